/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-shape.h"

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-batch.h"

#define MAX_PERIOD_S (24 * 60 * 60)

/* sort_method, IEC 62056-6-2 clause 4.3.6; other ones go by a value. */
#define SORT_FIFO 1
#define SORT_LIFO 2

/* D of an OBIS code: energy of the interval that the row closes. */
#define D_INTERVAL_1 29
#define D_INTERVAL_2 30

static GMutex lock;
static GHashTable *known; /* "MODEL OBIS" -> PosaDlmsShape */

static char *
dup_key (const char *model_key, PosaObis obis)
{
  g_autofree char *code = posa_obis_format (obis);

  return g_strconcat (model_key, " ", code, NULL);
}

gboolean
posa_dlms_shape_recall (const char *model_key, PosaObis obis, PosaDlmsShape *out)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (model_key == NULL || known == NULL)
    return FALSE;
  g_autofree char *key = dup_key (model_key, obis);
  const PosaDlmsShape *shape = g_hash_table_lookup (known, key);
  if (shape != NULL)
    *out = *shape;
  return shape != NULL;
}

void
posa_dlms_shape_remember (const char *model_key, PosaObis obis, const PosaDlmsShape *shape)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (model_key == NULL)
    return;
  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (known, dup_key (model_key, obis), g_memdup2 (shape, sizeof *shape));
}

void
posa_dlms_shape_forget (const char *model_key, PosaObis obis)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (model_key == NULL || known == NULL)
    return;
  g_autofree char *key = dup_key (model_key, obis);
  g_hash_table_remove (known, key);
}

/* Energy of an interval by direction: A+, A-, and the quadrants of R. */
static gboolean
get_quantity (PosaObis obis, PosaQuantity *out)
{
  static const PosaQuantity by_channel[] = {
    [1] = POSA_QUANTITY_ACTIVE_IMPORT,   [2] = POSA_QUANTITY_ACTIVE_EXPORT,
    [3] = POSA_QUANTITY_REACTIVE_IMPORT, [4] = POSA_QUANTITY_REACTIVE_EXPORT,
    [5] = POSA_QUANTITY_REACTIVE_IMPORT, [6] = POSA_QUANTITY_REACTIVE_IMPORT,
    [7] = POSA_QUANTITY_REACTIVE_EXPORT, [8] = POSA_QUANTITY_REACTIVE_EXPORT,
  };

  if (obis.a != 1 || obis.c < 1 || obis.c >= G_N_ELEMENTS (by_channel) ||
      (obis.d != D_INTERVAL_1 && obis.d != D_INTERVAL_2))
    return FALSE;
  *out = by_channel[obis.c];
  return TRUE;
}

static gboolean
parse_column (const PosaCosemValue *item, PosaDlmsColumn *out)
{
  gint64 class_id = 0, attribute = 0, index = 0;
  gsize size = 0;
  const guint8 *name = posa_cosem_value_get_bytes (posa_cosem_value_get_item (item, 1), &size);

  if (!posa_cosem_value_get_integer (posa_cosem_value_get_item (item, 0), &class_id) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (item, 2), &attribute) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (item, 3), &index) || name == NULL ||
      size != 6)
    return FALSE;
  PosaObis obis = POSA_OBIS (name[0], name[1], name[2], name[3], name[4], name[5]);
  *out = (PosaDlmsColumn) { .target =
                                POSA_COSEM_TARGET ((guint16) class_id, obis, (gint8) attribute) };
  if (class_id == POSA_DLMS_CLASS_CLOCK && attribute == 2)
    out->kind = POSA_DLMS_COLUMN_CLOCK;
  else if (obis.a == 0 && obis.c == 96 && obis.d == 10)
    out->kind = POSA_DLMS_COLUMN_STATUS;
  else if (attribute == 2 && index == 0 && get_quantity (obis, &out->quantity))
    out->kind = POSA_DLMS_COLUMN_ENERGY;
  return TRUE;
}

static gboolean
set_no_profile (PosaObis obis, const char *why, GError **error)
{
  g_autofree char *code = posa_obis_format (obis);

  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s is no load profile: %s", code, why);
  return FALSE;
}

static gboolean
parse_shape (PosaObis obis, const PosaApdu *answer, PosaDlmsShape *out, GError **error)
{
  const PosaCosemValue *columns = posa_apdu_get_item (answer, 0)->value;
  gint64 period = 0, order = 0;
  guint n_clocks = 0;

  if (!posa_cosem_value_get_integer (posa_apdu_get_item (answer, 1)->value, &period) ||
      period < 1 || period > MAX_PERIOD_S)
    return set_no_profile (obis, "it has no fixed period", error);
  out->period_s = (guint) period;
  posa_cosem_value_get_integer (posa_apdu_get_item (answer, 2)->value, &order);
  out->row_step = order == SORT_FIFO ? 1 : order == SORT_LIFO ? -1 : 0;
  out->n_columns = posa_cosem_value_get_n_items (columns);
  if (out->n_columns > POSA_DLMS_MAX_COLUMNS)
    return set_no_profile (obis, "too many columns", error);
  for (guint i = 0; i < out->n_columns; i++)
    {
      if (!parse_column (posa_cosem_value_get_item (columns, i), &out->columns[i]))
        return set_no_profile (obis, "a column is not understood", error);
      n_clocks += out->columns[i].kind == POSA_DLMS_COLUMN_CLOCK;
    }
  return n_clocks == 1 || set_no_profile (obis, "its rows do not say when they are of", error);
}

static gboolean
read_scalers (PosaDlmsClient *client,
              PosaDlmsShape *shape,
              GCancellable *cancellable,
              GError **error)
{
  PosaCosemTarget targets[POSA_DLMS_MAX_COLUMNS];
  guint n = 0, taken = 0;

  for (guint i = 0; i < shape->n_columns; i++)
    if (shape->columns[i].kind == POSA_DLMS_COLUMN_ENERGY)
      {
        targets[n] = shape->columns[i].target;
        targets[n++].index = 3;
      }
  g_autoptr (PosaApdu) answer = posa_dlms_client_get_list (client, targets, n, cancellable, error);
  if (answer == NULL)
    return FALSE;
  for (guint i = 0; i < shape->n_columns; i++)
    {
      PosaDlmsColumn *column = &shape->columns[i];

      if (column->kind != POSA_DLMS_COLUMN_ENERGY)
        continue;
      const PosaApduItem *item = posa_apdu_get_item (answer, taken);
      if (item->value == NULL)
        {
          posa_dlms_set_result_error ("reading", targets[taken], item->result, error);
          return FALSE;
        }
      taken++;
      g_autofree char *code = posa_obis_format (column->target.obis);
      if (!posa_dlms_check_scaler (code, column->quantity, item->value, &column->scaler, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
posa_dlms_shape_read (PosaDlmsClient *client,
                      PosaObis obis,
                      PosaDlmsShape *out,
                      GCancellable *cancellable,
                      GError **error)
{
  const PosaCosemTarget targets[] = { POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, obis, 3),
                                      POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, obis, 4),
                                      POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, obis, 5) };
  g_autoptr (PosaApdu) answer =
      posa_dlms_client_get_list (client, targets, G_N_ELEMENTS (targets), cancellable, error);

  if (answer == NULL)
    return FALSE;
  for (guint i = 0; i < 2; i++) /* a profile can do without telling its order */
    if (posa_apdu_get_item (answer, i)->value == NULL)
      {
        posa_dlms_set_result_error ("reading", targets[i], posa_apdu_get_item (answer, i)->result,
                                    error);
        return FALSE;
      }
  return parse_shape (obis, answer, out, error) && read_scalers (client, out, cancellable, error);
}

guint
posa_dlms_shape_get_targets (const PosaDlmsShape *self, PosaCosemTarget *targets)
{
  guint n = 0;

  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].kind != POSA_DLMS_COLUMN_OTHER)
      targets[n++] = self->columns[i].target;
  return n;
}
