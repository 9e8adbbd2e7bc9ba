/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-apdu.h"

G_BEGIN_DECLS

/* Selective access to the buffer of a profile (class 7, attribute 2; IEC 62056-6-2 clause 4.3.6):
 * which rows, and which of their columns. Pure. */
typedef struct
{
  guint8 selector;
  PosaCosemValue *parameter; /* owned */
} PosaCosemSelection;

#define POSA_COSEM_SELECTOR_RANGE   1
#define POSA_COSEM_SELECTOR_ENTRIES 2

/* The rows whose column @by, mostly the clock, is between @from and @to, both included; takes both
 * values. @columns are the capture objects wanted; with none of them all come. */
PosaCosemSelection *posa_cosem_selection_new_range (PosaCosemTarget by,
                                                    PosaCosemValue *from,
                                                    PosaCosemValue *to,
                                                    const PosaCosemTarget *columns,
                                                    guint n_columns);
/* Rows and columns by number, from 1; as the last of them 0 is the last there is. */
PosaCosemSelection *posa_cosem_selection_new_entries (guint32 first_row,
                                                      guint32 last_row,
                                                      guint16 first_column,
                                                      guint16 last_column);
void posa_cosem_selection_free (PosaCosemSelection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaCosemSelection, posa_cosem_selection_free)

G_END_DECLS
