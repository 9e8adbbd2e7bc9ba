/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-cursor.h"
#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

/* A-XDR (IEC 61334-6) of COSEM data. Pure. A tree from the wire has at most 16 levels and 16384
 * nodes, whatever it announces. */

/* Reads one value and leaves @reader behind it. NULL and INVALID_DATA. */
PosaCosemValue *posa_axdr_read (PosaReader *reader, GError **error);
/* One value; bytes behind it are tolerated, as a server in the field appends some. */
PosaCosemValue *posa_axdr_decode (const guint8 *data, gsize size, GError **error);
/* The whole elements at the beginning of an array that was cut; NULL when there is none. */
PosaCosemValue *posa_axdr_decode_partial (const guint8 *data, gsize size);
void posa_axdr_write (const PosaCosemValue *value, GByteArray *out);

/* Lengths and counts: one byte below 80, else 81 to 84 and the bytes. A longer form fails the
 * reader. */
gsize posa_axdr_read_length (PosaReader *reader);
void posa_axdr_put_length (GByteArray *out, gsize length);

G_END_DECLS
