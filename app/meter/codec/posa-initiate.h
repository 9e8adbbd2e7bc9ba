/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* xDLMS InitiateRequest (01) and InitiateResponse (08) of IEC 62056-5-3 clause 9.5. Pure. */

/* Conformance bits; bit 0 of the standard is the most significant of 24. */
enum
{
  POSA_CONFORMANCE_GENERAL_PROTECTION = 0x400000,
  POSA_CONFORMANCE_GENERAL_BLOCK = 0x200000,
  POSA_CONFORMANCE_BLOCK_GET = 0x001000,
  POSA_CONFORMANCE_BLOCK_SET = 0x000800,
  POSA_CONFORMANCE_BLOCK_ACTION = 0x000400,
  POSA_CONFORMANCE_MULTIPLE = 0x000200, /* with-list */
  POSA_CONFORMANCE_ACCESS = 0x000040,
  POSA_CONFORMANCE_GET = 0x000010,
  POSA_CONFORMANCE_SET = 0x000008,
  POSA_CONFORMANCE_SELECTIVE = 0x000004,
  POSA_CONFORMANCE_ACTION = 0x000001
};

#define POSA_DLMS_VERSION 6
#define POSA_DLMS_VAA_LN  7

typedef struct
{
  gboolean response;
  gboolean has_dedicated_key;
  guint8 dedicated_key[32];
  gsize dedicated_key_size;
  gboolean has_quality;
  guint8 quality;
  guint8 version;
  guint32 conformance;
  guint16 max_pdu; /* that the sender receives; 0 = no limit */
  guint16 vaa;     /* response */
} PosaInitiate;

void posa_initiate_encode (const PosaInitiate *self, GByteArray *out);
gboolean posa_initiate_decode (const guint8 *data, gsize size, PosaInitiate *out, GError **error);

G_END_DECLS
