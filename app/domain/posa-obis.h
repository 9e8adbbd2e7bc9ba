/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* OBIS code A-B:C.D.E*F (IEC 62056-6-1). A plain value; compare with posa_obis_equal(). */
typedef struct
{
  guint8 a, b, c, d, e, f;
} PosaObis;

#define POSA_OBIS(a, b, c, d, e, f) ((PosaObis) { (a), (b), (c), (d), (e), (f) })

gboolean posa_obis_equal (PosaObis x, PosaObis y);
/* FALSE for all zero, which is what a field has that nothing was put in. */
gboolean posa_obis_is_set (PosaObis self);
/* "1-0:1.8.0*255", "1-0:1.8.0", "1.0.1.8.0.255" (six dotted), or short "1.8.0"; short codes get
 * A=1 B=0 F=255. Letters C, F, L, P of group C are 96, 97, 98, 99. FALSE: not an OBIS code. */
gboolean posa_obis_parse (const char *text, PosaObis *out);
/* "1-0:1.8.0" (F only when it is not 255). Free with g_free(). */
char *posa_obis_format (PosaObis self);

G_END_DECLS
