/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include <string.h>

#include "base/posa-error.h"

static char *
dup_text_or_empty (const PosaCosemValue *value)
{
  char *text = posa_cosem_value_dup_text (value);

  return text != NULL ? text : g_strdup ("");
}

PosaVerifiedValue *
posa_dlms_step_customer_number (const PosaDlmsCommission *self, GError **error)
{
  static const gint8 value_attribute[] = { 2 };
  const char *wanted = self->plan->customer_number;
  g_auto (PosaDlmsReadings) reading = { NULL };
  PosaObis obis;

  if (self->profile->customer_number == NULL ||
      !posa_obis_parse (self->profile->customer_number, &obis))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the profile does not say where it is");
      return NULL;
    }
  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_DATA, obis, value_attribute, 1, &reading, error))
    return NULL;
  g_autofree char *before = dup_text_or_empty (posa_dlms_readings_value (&reading, 0));
  if (strcmp (before, wanted) != 0)
    {
      PosaCosemTag tag = posa_dlms_readings_value (&reading, 0)->bytes != NULL
                             ? posa_dlms_readings_value (&reading, 0)->tag
                             : POSA_COSEM_OCTET_STRING;
      g_autoptr (PosaCosemValue) value = posa_cosem_value_new_bytes (tag, wanted, strlen (wanted));
      if (!posa_dlms_step_write (self, POSA_DLMS_CLASS_DATA, obis, 2, value, error))
        return NULL;
    }
  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_DATA, obis, value_attribute, 1, &reading, error))
    return NULL;
  g_autofree char *after = dup_text_or_empty (posa_dlms_readings_value (&reading, 0));
  const PosaDlmsOutcome outcome = { "customer_number", before, wanted, after,
                                    strcmp (after, wanted) == 0 };
  return posa_dlms_step_finish (self, &outcome, error);
}
