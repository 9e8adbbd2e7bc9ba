/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-gbt.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

#define CONTROL_LAST      0x80
#define CONTROL_STREAMING 0x40

void
posa_gbt_encode (const PosaGbt *self, GByteArray *out)
{
  posa_put_u8 (out, POSA_GBT_TAG);
  posa_put_u8 (out, (guint8) ((self->last ? CONTROL_LAST : 0) |
                              (self->streaming ? CONTROL_STREAMING : 0) |
                              (self->window & POSA_GBT_MAX_WINDOW)));
  posa_put_u16_be (out, self->number);
  posa_put_u16_be (out, self->ack);
  posa_axdr_put_length (out, self->size);
  if (self->size > 0)
    posa_put_bytes (out, self->data, self->size);
}

gboolean
posa_gbt_decode (const guint8 *data, gsize size, PosaGbt *out, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  guint8 tag = posa_reader_u8 (&reader);
  guint8 control = posa_reader_u8 (&reader);

  *out = (PosaGbt) { .last = (control & CONTROL_LAST) != 0,
                     .streaming = (control & CONTROL_STREAMING) != 0,
                     .window = control & POSA_GBT_MAX_WINDOW };
  out->number = posa_reader_u16_be (&reader);
  out->ack = posa_reader_u16_be (&reader);
  out->size = posa_axdr_read_length (&reader);
  out->data = posa_reader_bytes (&reader, out->size);
  if (tag == POSA_GBT_TAG && !reader.failed)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "general block transfer: a damaged block");
  return FALSE;
}
