/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One block of general block transfer, IEC 62056-5-3 clause 9.3.13: a piece of any APDU, protected
 * as it may be. Either side counts its own blocks from 1. Pure. */

#define POSA_GBT_TAG 0xE0
/* Tag, control, both numbers. */
#define POSA_GBT_HEAD       6
#define POSA_GBT_MAX_WINDOW 63

typedef struct
{
  gboolean last;
  gboolean streaming; /* the next block follows without being asked for */
  guint8 window;      /* blocks that the sender takes in a row */
  guint16 number;
  guint16 ack;        /* the last block of the other side that came in order; 0 = none */
  const guint8 *data; /* borrowed; none in an acknowledgement */
  gsize size;
} PosaGbt;

void posa_gbt_encode (const PosaGbt *self, GByteArray *out);
/* INVALID_DATA. */
gboolean posa_gbt_decode (const guint8 *data, gsize size, PosaGbt *out, GError **error);

G_END_DECLS
