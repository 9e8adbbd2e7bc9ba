/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-names.h"

G_BEGIN_DECLS

/* A civic, while the sites of a lot have no order yet. */
typedef struct
{
  gint32 street;  /* id in the names of the streets */
  guint32 suffix; /* bytes from the beginning of the civic's text to what follows the number */
  guint64 number; /* POSA_CIVIC_NO_NUMBER when it has none */
} PosaCivic;

/* What sorts behind all that people number doors with. */
#define POSA_CIVIC_NO_NUMBER G_GUINT64_CONSTANT (1000000000)

/* "12/A": 12 and "/A". FALSE for a number of more than 18 digits. */
gboolean posa_civic_parse (const char *text, PosaCivic *civic);

/* The sites' ids in the order of (street, number, suffix, id). @civics [@n]: their texts are
 * @texts; a street's name is what its bytes sort by. Free with g_free(). */
gint32 *posa_site_order_make (const PosaCivic *civics,
                              gint32 n,
                              const PosaNames *texts,
                              const PosaNames *streets);

G_END_DECLS
