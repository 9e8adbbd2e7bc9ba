/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* HDLC frame format type 3 of IEC 62056-46: encoding and decoding of single frames. Pure. */

#define POSA_HDLC_FLAG         0x7E
#define POSA_HDLC_MAX_FRAME    2047 /* bytes between the flags: eleven bits of length */
#define POSA_HDLC_DEFAULT_INFO 128
#define POSA_HDLC_MAX_INFO     2030
#define POSA_HDLC_MAX_WINDOW   7
#define POSA_HDLC_MAX_CLIENT   0x7E /* below "all stations" */

/* @width is 1, 2 or 4 bytes; one byte carries @upper (logical device or client) alone. */
typedef struct
{
  guint8 width;
  guint16 upper, lower;
} PosaHdlcAddress;

#define POSA_HDLC_CLIENT(sap) ((PosaHdlcAddress) { .width = 1, .upper = (sap) })

/* The address of logical device @upper in device @lower, in @width bytes; 0: the shortest form that
 * holds them, without @lower when that is 0. FALSE for three bytes, for numbers that do not fit and
 * for those that no device may have (clause 6.4.2.3). */
gboolean posa_hdlc_address_make (guint width, guint upper, guint lower, PosaHdlcAddress *out);
gboolean posa_hdlc_address_equal (PosaHdlcAddress x, PosaHdlcAddress y);
/* Whether a frame to @address is meant for the station @own: the same form, and in each part the
 * own number or "all stations" (clause 6.4.2.3; 7F, in the form of four bytes 3FFF). */
gboolean posa_hdlc_address_covers (PosaHdlcAddress address, PosaHdlcAddress own);

typedef enum
{
  POSA_HDLC_I,
  POSA_HDLC_RR,
  POSA_HDLC_RNR,
  POSA_HDLC_REJ,
  POSA_HDLC_SNRM,
  POSA_HDLC_DISC,
  POSA_HDLC_UA,
  POSA_HDLC_DM,
  POSA_HDLC_FRMR,
  POSA_HDLC_UI
} PosaHdlcType;

typedef struct
{
  PosaHdlcAddress destination, source;
  PosaHdlcType type;
  gboolean poll;             /* P from the client, F from the server */
  gboolean segmented;        /* more segments of this APDU follow */
  guint8 send_sequence;      /* N(S) of I */
  guint8 receive_sequence;   /* N(R) of I, RR, RNR, REJ */
  const guint8 *information; /* borrowed */
  gsize size;
} PosaHdlcFrame;

/* CRC-16/X.25 of clause 6.4 (check value of "123456789": 906E). */
guint16 posa_hdlc_crc (const guint8 *data, gsize size);

/* Appends flag, frame, flag. The information field must fit the length field. */
void posa_hdlc_frame_encode (const PosaHdlcFrame *self, GByteArray *out);
/* @data are the bytes between the flags. BAD_CHECKSUM or INVALID_DATA. */
gboolean
posa_hdlc_frame_decode (const guint8 *data, gsize size, PosaHdlcFrame *out, GError **error);

/* Parameters negotiated by SNRM and UA, seen from the sender of the field (clause 6.4.4.4.3.2). */
typedef struct
{
  guint16 max_transmit, max_receive; /* bytes of information field */
  guint8 window_transmit, window_receive;
} PosaHdlcParameters;

#define POSA_HDLC_PARAMETERS_DEFAULT                                                               \
  ((PosaHdlcParameters) { POSA_HDLC_DEFAULT_INFO, POSA_HDLC_DEFAULT_INFO, 1, 1 })

void posa_hdlc_parameters_encode (const PosaHdlcParameters *self, GByteArray *out);
/* An empty field means the defaults, as does each missing parameter. */
gboolean posa_hdlc_parameters_decode (const guint8 *data,
                                      gsize size,
                                      PosaHdlcParameters *out,
                                      GError **error);

G_END_DECLS
