/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-hdlc-deframer.h"
#include "meter/driver/posa-hdlc-link.h"

G_BEGIN_DECLS

/* What the files of PosaHdlcLink share: posa-hdlc-link.c carries APDUs, -connect.c opens and
 * closes, -wait.c is the line. */

typedef enum
{
  POSA_HDLC_LINK_IDLE,
  POSA_HDLC_LINK_CONNECTED,
  POSA_HDLC_LINK_BROKEN /* the meter may still think that we are there */
} PosaHdlcLinkState;

struct _PosaHdlcLink
{
  PosaPort *port;
  PosaHdlcLinkOptions options;
  PosaLineStats *stats;
  PosaHdlcDeframer *deframer;
  PosaHdlcLinkState state;
  PosaHdlcAddress server;     /* as the meter called itself in UA */
  PosaHdlcParameters granted; /* as the meter put it: it transmits, it receives */
  guint8 send_sequence;       /* V(S): of the first segment that is not acknowledged */
  guint8 receive_sequence;    /* V(R) */
  gboolean hasty;             /* with large frames */
};

/* What came of waiting for a frame. */
typedef enum
{
  POSA_HDLC_WAITED_FRAME,
  POSA_HDLC_WAITED_SILENCE,
  POSA_HDLC_WAITED_DAMAGED, /* bytes, but no good frame */
  POSA_HDLC_WAITED_ERROR
} PosaHdlcWaited;

/* Appends @frame from us to the meter. */
void posa_hdlc_link_put (PosaHdlcLink *self, PosaHdlcFrame frame, GByteArray *out);
/* Sends frames of which the last has P set; *deadline is when the answer must have begun. */
gboolean posa_hdlc_link_send (PosaHdlcLink *self,
                              const GByteArray *bytes,
                              gint64 *deadline,
                              GCancellable *cancellable,
                              GError **error);
/* The next frame from the meter. The first byte has until @deadline; an answer that breaks off is
 * noticed after the time between two bytes, one that is damaged as soon as it is over. */
PosaHdlcWaited posa_hdlc_link_wait (PosaHdlcLink *self,
                                    gint64 deadline,
                                    PosaHdlcFrame *frame,
                                    GCancellable *cancellable,
                                    GError **error);
/* When a frame that directly follows another one must have begun. */
gint64 posa_hdlc_link_get_next_due (PosaHdlcLink *self);
/* Before anything is sent again after a fault the line must be silent, or a late answer would be
 * taken for that of the next request. */
gboolean posa_hdlc_link_drain (PosaHdlcLink *self,
                               gint64 silence_us,
                               GCancellable *cancellable,
                               GError **error);
/* The same before a repeat, which is counted. */
gboolean posa_hdlc_link_recover (PosaHdlcLink *self, GCancellable *cancellable, GError **error);
/* Marks the link as broken and names it in @error; FALSE. */
gboolean posa_hdlc_link_break (PosaHdlcLink *self, GError **error);

G_END_DECLS
