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
  guint16 max_info;      /* proposed in SNRM, 32..2030 */
  guint baud;            /* of the line, for the waits */
  gint64 response_us;    /* until the first byte of an answer */
  gint64 inter_octet_us; /* silence that ends a broken frame */
  guint max_retries;     /* repeats of one frame before the link is given up */
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

/* SNRM and UA; both sequence counts start anew. TIMED_OUT when nothing answers, LINE_NOISE when
 * something else does, ACCESS_DENIED when the meter says DM to every try. */
gboolean posa_hdlc_link_connect (PosaHdlcLink *self, GCancellable *cancellable, GError **error);
gboolean posa_hdlc_link_is_connected (const PosaHdlcLink *self);
/* Bytes of information that the meter takes in one frame. */
guint16 posa_hdlc_link_get_max_info (const PosaHdlcLink *self);

/* Sends @request as one APDU and takes the meter's APDU into @response (cleared first), both
 * without LLC bytes. Lost frames are recovered within max_retries. After any error the link is
 * closed: TIMED_OUT, BAD_CHECKSUM (damaged answers to the end), PORT_LOST, CANCELLED, INVALID_DATA.
 */
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
