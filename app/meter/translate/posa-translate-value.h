/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-cosem-value.h"
#include "meter/translate/posa-tree.h"

G_BEGIN_DECLS

/* Adds @value as an item @name with its type, and what it means where its form tells: times, names
 * of objects, texts, scaler and unit. */
void posa_translate_value (PosaTree *parent, const char *name, const PosaCosemValue *value);
/* The same without any content: a password or a key. */
void posa_translate_secret (PosaTree *parent, const char *name, const PosaCosemValue *value);

/* "double-long-unsigned" …; static. */
const char *posa_translate_type_name (PosaCosemTag tag);
/* FALSE when @value is no scaler_unit. */
gboolean posa_translate_get_scaler (const PosaCosemValue *value, gint8 *scaler, guint8 *unit);
/* @number × 10^@scaler with its unit, in decimal; free with g_free(). */
char *posa_translate_scale (gint64 number, gint8 scaler, guint8 unit);

G_END_DECLS
