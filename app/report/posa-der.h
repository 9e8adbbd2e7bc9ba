/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writing DER (X.690): definite, shortest lengths. Elements are appended to a GByteArray. */
#define POSA_DER_INTEGER      0x02
#define POSA_DER_OCTET_STRING 0x04
#define POSA_DER_SEQUENCE     0x30
#define POSA_DER_SET          0x31
#define POSA_DER_CONTEXT_0    0xA0 /* [0], constructed */

/* Appends one element with a copy of @content. */
void posa_der_put (GByteArray *out, guint8 tag, const void *content, gsize size);
/* The same around what was collected in @content, which it consumes. */
void posa_der_put_array (GByteArray *out, guint8 tag, GByteArray *content);
/* A SET OF under @tag: @elements (GByteArray, each a whole element) sorted as 11.6 demands.
 * Consumes @elements. */
void posa_der_put_set_of (GByteArray *out, guint8 tag, GPtrArray *elements);

G_END_DECLS
