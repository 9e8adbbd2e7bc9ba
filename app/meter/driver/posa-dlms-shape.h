/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-load-profile.h"
#include "meter/driver/posa-dlms-client.h"

G_BEGIN_DECLS

#define POSA_DLMS_MAX_COLUMNS 24

typedef enum
{
  POSA_DLMS_COLUMN_OTHER, /* nothing that is asked for: a voltage, a counter */
  POSA_DLMS_COLUMN_CLOCK,
  POSA_DLMS_COLUMN_STATUS, /* of the row; 0 is good */
  POSA_DLMS_COLUMN_ENERGY  /* of the interval */
} PosaDlmsColumnKind;

typedef struct
{
  PosaCosemTarget target; /* what is captured */
  PosaDlmsColumnKind kind;
  PosaQuantity quantity; /* ENERGY: */
  gint64 scaler;         /* power of ten to the base unit */
} PosaDlmsColumn;

/* What the rows of a load profile are made of. */
typedef struct
{
  guint period_s;
  int row_step; /* periods from a row to the next: 1, or -1 when the newest is first; 0 = unknown */
  guint n_columns;
  PosaDlmsColumn columns[POSA_DLMS_MAX_COLUMNS];
} PosaDlmsShape;

/* Asks the meter for capture objects, period, order and scalers of the profile @obis. INVALID_DATA
 * when that is no load profile: no clock, no period, an energy in a unit that is none. */
gboolean posa_dlms_shape_read (PosaDlmsClient *client,
                               PosaObis obis,
                               PosaDlmsShape *out,
                               GCancellable *cancellable,
                               GError **error);

/* Shapes once read, by model and firmware; any thread. */
gboolean posa_dlms_shape_recall (const char *model_key, PosaObis obis, PosaDlmsShape *out);
void posa_dlms_shape_remember (const char *model_key, PosaObis obis, const PosaDlmsShape *shape);
void posa_dlms_shape_forget (const char *model_key, PosaObis obis);

/* The columns that are worth their bytes: all but OTHER. @targets has room for
 * POSA_DLMS_MAX_COLUMNS; returns how many. */
guint posa_dlms_shape_get_targets (const PosaDlmsShape *self, PosaCosemTarget *targets);

G_END_DECLS
