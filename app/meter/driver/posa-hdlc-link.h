/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-reading-set.h"
#include "meter/codec/posa-hdlc.h"
#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* The client's end of an HDLC link (IEC 62056-46) over a port: connects, carries whole APDUs in
 * both directions with segmentation, recovers lost and damaged frames, disconnects. Blocking, work
 * thread, every wait with a deadline. */
typedef struct _PosaHdlcLink PosaHdlcLink;

typedef struct
{
  guint8 client; /* SAP */
  PosaHdlcAddress server;
  guint16 max_info;      /* proposed in SNRM, 32..2030; used as granted */
  guint8 window;         /* likewise, 1..7, both ways; 0 is 1 */
  guint baud;            /* of the line, for the waits */
  gint64 response_us;    /* until the first byte of an answer */
  gint64 inter_octet_us; /* silence that ends a broken frame */
  guint max_retries;     /* silences in a row after which the link is given up */
  /* Brings a meter to HDLC that does not speak it at once; before every SNRM. Sets the line and
   * *@baud. NULL: not needed. */
  gboolean (*start) (gpointer data, guint *baud, GCancellable *cancellable, GError **error);
  gpointer start_data;
} PosaHdlcLinkOptions;

/* Refers to @port; @stats (borrowed) is counted up. */
PosaHdlcLink *
posa_hdlc_link_new (PosaPort *port, const PosaHdlcLinkOptions *options, PosaLineStats *stats);
void posa_hdlc_link_free (PosaHdlcLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaHdlcLink, posa_hdlc_link_free)

/* SNRM and UA; both sequence counts start anew. A meter that is silent on the proposed parameters,
 * or refuses them, is asked for the defaults. TIMED_OUT when nothing answers, LINE_NOISE when
 * something else does, ACCESS_DENIED when the meter says DM to every try. */
gboolean posa_hdlc_link_connect (PosaHdlcLink *self, GCancellable *cancellable, GError **error);
gboolean posa_hdlc_link_is_connected (const PosaHdlcLink *self);
/* Whether large frames (more than 128 bytes, either way) are given up after a few faults in a row,
 * since the caller will connect anew and agree on smaller ones. */
void posa_hdlc_link_set_hasty (PosaHdlcLink *self, gboolean hasty);
/* Bytes of information that the meter takes in one frame. */
guint16 posa_hdlc_link_get_max_info (const PosaHdlcLink *self);

/* Sends @request as one APDU and takes the meter's APDU into @response (cleared first), both
 * without LLC bytes. Lost and damaged frames are recovered (clause 6.4.4): after a fault the meter
 * is asked with RR what it has. After any error the link is closed: TIMED_OUT (silence, busy
 * without end, or the meter has closed the link), BAD_CHECKSUM (damaged answers to the end),
 * PORT_LOST, CANCELLED, INVALID_DATA. */
gboolean posa_hdlc_link_exchange (PosaHdlcLink *self,
                                  const guint8 *request,
                                  gsize size,
                                  GByteArray *response,
                                  GCancellable *cancellable,
                                  GError **error);
/* Asks (RR) for the next APDU, after an unsolicited one came in the place of the answer. */
gboolean posa_hdlc_link_poll (PosaHdlcLink *self,
                              GByteArray *response,
                              GCancellable *cancellable,
                              GError **error);
/* DISC; whatever the meter answers, the link is closed. */
void posa_hdlc_link_disconnect (PosaHdlcLink *self);

G_END_DECLS
