/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tags of IEC 62056-6-2 clause 4.1.5, as they are on the wire. */
typedef enum
{
  POSA_COSEM_NULL = 0x00,
  POSA_COSEM_ARRAY = 0x01,
  POSA_COSEM_STRUCTURE = 0x02,
  POSA_COSEM_BOOLEAN = 0x03,
  POSA_COSEM_BIT_STRING = 0x04,
  POSA_COSEM_INT32 = 0x05,
  POSA_COSEM_UINT32 = 0x06,
  POSA_COSEM_OCTET_STRING = 0x09,
  POSA_COSEM_VISIBLE_STRING = 0x0A,
  POSA_COSEM_UTF8_STRING = 0x0C,
  POSA_COSEM_BCD = 0x0D,
  POSA_COSEM_INT8 = 0x0F,
  POSA_COSEM_INT16 = 0x10,
  POSA_COSEM_UINT8 = 0x11,
  POSA_COSEM_UINT16 = 0x12,
  POSA_COSEM_COMPACT_ARRAY = 0x13, /* on the wire only: decoded to an array */
  POSA_COSEM_INT64 = 0x14,
  POSA_COSEM_UINT64 = 0x15,
  POSA_COSEM_ENUM = 0x16,
  POSA_COSEM_FLOAT32 = 0x17,
  POSA_COSEM_FLOAT64 = 0x18,
  POSA_COSEM_DATE_TIME = 0x19,
  POSA_COSEM_DATE = 0x1A,
  POSA_COSEM_TIME = 0x1B,
  POSA_COSEM_DELTA_INT8 = 0x1C,
  POSA_COSEM_DELTA_INT16 = 0x1D,
  POSA_COSEM_DELTA_INT32 = 0x1E,
  POSA_COSEM_DELTA_UINT8 = 0x1F,
  POSA_COSEM_DELTA_UINT16 = 0x20,
  POSA_COSEM_DELTA_UINT32 = 0x21,
  POSA_COSEM_DONT_CARE = 0xFF
} PosaCosemTag;

/* A value of the COSEM data model: a tree that owns its children. */
typedef struct _PosaCosemValue PosaCosemValue;
struct _PosaCosemValue
{
  PosaCosemTag tag;
  gint64 integer;    /* boolean, enum, all integers; floats keep their bits; bit strings: bits */
  GByteArray *bytes; /* strings, bit strings, dates; owned; NULL for the rest */
  GPtrArray *items;  /* arrays and structures; owned; NULL for the rest */
};

PosaCosemValue *posa_cosem_value_new_null (void);
PosaCosemValue *posa_cosem_value_new_integer (PosaCosemTag tag, gint64 integer);
PosaCosemValue *posa_cosem_value_new_bytes (PosaCosemTag tag, const void *data, gsize size);
PosaCosemValue *posa_cosem_value_new_text (const char *text);      /* an octet string */
PosaCosemValue *posa_cosem_value_new_container (PosaCosemTag tag); /* array or structure */
PosaCosemValue *posa_cosem_value_new_bits (const guint8 *data, guint n_bits);
PosaCosemValue *posa_cosem_value_copy (const PosaCosemValue *self);
void posa_cosem_value_free (PosaCosemValue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaCosemValue, posa_cosem_value_free)

/* Takes @item. */
void posa_cosem_value_append (PosaCosemValue *self, PosaCosemValue *item);
/* Same tags, same content: what a read-back has to show. NULL equals only NULL. */
gboolean posa_cosem_value_equal (const PosaCosemValue *x, const PosaCosemValue *y);

/* The getters take NULL and the wrong type for "not there", so that a path into a tree is walked
 * straight and tested once at its end. */
guint posa_cosem_value_get_n_items (const PosaCosemValue *self);
const PosaCosemValue *posa_cosem_value_get_item (const PosaCosemValue *self, guint i);
gboolean posa_cosem_value_get_integer (const PosaCosemValue *self, gint64 *out);
/* Any string or date type; borrowed. */
const guint8 *posa_cosem_value_get_bytes (const PosaCosemValue *self, gsize *size);
/* A string's characters when all are printable ASCII, else NULL; free with g_free(). */
char *posa_cosem_value_dup_text (const PosaCosemValue *self);

G_END_DECLS
