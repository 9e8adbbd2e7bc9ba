/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-cosem-selection.h"

static PosaCosemSelection *
selection_new (guint8 selector)
{
  PosaCosemSelection *self = g_new0 (PosaCosemSelection, 1);

  self->selector = selector;
  self->parameter = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
  return self;
}

void
posa_cosem_selection_free (PosaCosemSelection *self)
{
  if (self == NULL)
    return;
  posa_cosem_value_free (self->parameter);
  g_free (self);
}

static void
append_integer (PosaCosemValue *structure, PosaCosemTag tag, gint64 integer)
{
  posa_cosem_value_append (structure, posa_cosem_value_new_integer (tag, integer));
}

/* A capture object definition: class, name, attribute, and the whole of it. */
static PosaCosemValue *
capture_object (const PosaCosemTarget *column)
{
  const PosaObis *obis = &column->obis;
  const guint8 name[] = { obis->a, obis->b, obis->c, obis->d, obis->e, obis->f };
  PosaCosemValue *object = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  append_integer (object, POSA_COSEM_UINT16, column->class_id);
  posa_cosem_value_append (object,
                           posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, name, sizeof name));
  append_integer (object, POSA_COSEM_INT8, column->index);
  append_integer (object, POSA_COSEM_UINT16, 0);
  return object;
}

PosaCosemSelection *
posa_cosem_selection_new_range (PosaCosemTarget by,
                                PosaCosemValue *from,
                                PosaCosemValue *to,
                                const PosaCosemTarget *columns,
                                guint n_columns)
{
  PosaCosemSelection *self = selection_new (POSA_COSEM_SELECTOR_RANGE);
  PosaCosemValue *wanted = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint i = 0; i < n_columns; i++)
    posa_cosem_value_append (wanted, capture_object (&columns[i]));
  posa_cosem_value_append (self->parameter, capture_object (&by));
  posa_cosem_value_append (self->parameter, from);
  posa_cosem_value_append (self->parameter, to);
  posa_cosem_value_append (self->parameter, wanted);
  return self;
}

PosaCosemSelection *
posa_cosem_selection_new_entries (guint32 first_row,
                                  guint32 last_row,
                                  guint16 first_column,
                                  guint16 last_column)
{
  PosaCosemSelection *self = selection_new (POSA_COSEM_SELECTOR_ENTRIES);

  append_integer (self->parameter, POSA_COSEM_UINT32, first_row);
  append_integer (self->parameter, POSA_COSEM_UINT32, last_row);
  append_integer (self->parameter, POSA_COSEM_UINT16, first_column);
  append_integer (self->parameter, POSA_COSEM_UINT16, last_column);
  return self;
}
