/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"
#include "meter/posa-meter-private.h"

void
posa_dlms_readings_clear (PosaDlmsReadings *self)
{
  g_clear_pointer (&self->answer, posa_apdu_free);
}

GCancellable *
posa_dlms_step_get_cancellable (const PosaDlmsCommission *self)
{
  return posa_operation_peek_cancellable (self->operation);
}

gboolean
posa_dlms_step_read (const PosaDlmsCommission *self,
                     guint16 class_id,
                     PosaObis obis,
                     const gint8 *indices,
                     guint n,
                     PosaDlmsReadings *out,
                     GError **error)
{
  PosaCosemTarget targets[8];

  g_assert (n <= G_N_ELEMENTS (targets));
  for (guint i = 0; i < n; i++)
    targets[i] = POSA_COSEM_TARGET (class_id, obis, indices[i]);
  return posa_dlms_step_read_targets (self, targets, n, out, error);
}

gboolean
posa_dlms_step_read_targets (const PosaDlmsCommission *self,
                             const PosaCosemTarget *targets,
                             guint n,
                             PosaDlmsReadings *out,
                             GError **error)
{
  posa_dlms_readings_clear (out);
  out->answer = posa_dlms_client_get_list (self->client, targets, n,
                                           posa_dlms_step_get_cancellable (self), error);
  if (out->answer == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (posa_apdu_get_item (out->answer, i)->value == NULL)
      {
        posa_dlms_set_result_error ("reading", targets[i],
                                    posa_apdu_get_item (out->answer, i)->result, error);
        return FALSE;
      }
  return TRUE;
}

const PosaCosemValue *
posa_dlms_readings_value (const PosaDlmsReadings *self, guint i)
{
  return posa_apdu_get_item (self->answer, i)->value;
}

gboolean
posa_dlms_readings_integer (const PosaDlmsReadings *self, guint i, gint64 *out, GError **error)
{
  if (posa_cosem_value_get_integer (posa_dlms_readings_value (self, i), out))
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "the meter gives something else than a number");
  return FALSE;
}

gboolean
posa_dlms_step_write (const PosaDlmsCommission *self,
                      guint16 class_id,
                      PosaObis obis,
                      gint8 index,
                      const PosaCosemValue *value,
                      GError **error)
{
  if (self->checks != NULL)
    return TRUE;
  return posa_dlms_client_set (self->client, POSA_COSEM_TARGET (class_id, obis, index), value,
                               posa_dlms_step_get_cancellable (self), error);
}

void
posa_dlms_writes_clear (PosaDlmsWrites *self)
{
  for (guint i = 0; i < self->n; i++)
    posa_cosem_value_free (self->values[i]);
  self->n = 0;
}

void
posa_dlms_writes_add (PosaDlmsWrites *self, PosaCosemTarget target, PosaCosemValue *value)
{
  g_assert (self->n < G_N_ELEMENTS (self->targets));
  self->targets[self->n] = target;
  self->values[self->n++] = value;
}

gboolean
posa_dlms_step_write_all (const PosaDlmsCommission *self,
                          const PosaDlmsWrites *writes,
                          GError **error)
{
  if (self->checks != NULL || writes->n == 0)
    return TRUE;
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_set_list (self->client, writes->targets,
                                          (const PosaCosemValue *const *) writes->values, writes->n,
                                          posa_dlms_step_get_cancellable (self), error);
  if (answer == NULL)
    return FALSE;
  for (guint i = 0; i < writes->n; i++)
    {
      guint8 result = posa_apdu_get_item (answer, i)->result;

      if (result == POSA_DLMS_SUCCESS)
        continue;
      posa_dlms_set_result_error ("writing", writes->targets[i], result, error);
      return FALSE;
    }
  return TRUE;
}

gboolean
posa_dlms_step_act (const PosaDlmsCommission *self,
                    guint16 class_id,
                    PosaObis obis,
                    gint8 method,
                    GError **error)
{
  g_autoptr (PosaCosemValue) zero = posa_cosem_value_new_integer (POSA_COSEM_INT8, 0);

  if (self->checks != NULL)
    return TRUE;
  return posa_dlms_client_act (self->client, POSA_COSEM_TARGET (class_id, obis, method), zero, NULL,
                               posa_dlms_step_get_cancellable (self), error);
}

gboolean
posa_dlms_step_set_not_verified (const char *wanted, const char *read_back, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED,
               "the meter does not keep what was written: %s written, %s read back", wanted,
               read_back);
  return FALSE;
}

PosaVerifiedValue *
posa_dlms_step_finish (const PosaDlmsCommission *self,
                       const PosaDlmsOutcome *outcome,
                       GError **error)
{
  if (self->checks != NULL)
    g_ptr_array_add (self->checks, posa_meter_check_new (outcome->name, outcome->wanted,
                                                         outcome->after, outcome->right));
  else if (!outcome->right)
    {
      posa_dlms_step_set_not_verified (outcome->wanted, outcome->after, error);
      return NULL;
    }
  return posa_verified_value_new (outcome->name, outcome->before, outcome->wanted, outcome->after);
}
