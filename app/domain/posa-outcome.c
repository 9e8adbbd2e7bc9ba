/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "domain/posa-outcome.h"

#include <glib/gi18n-lib.h>

static const struct
{
  PosaOutcome code;
  const char *label;
} infos[] = {
  { POSA_OUTCOME_REPLACED, N_ ("Replaced") },
  { POSA_OUTCOME_REPLACED_MANUAL_READING, N_ ("Replaced, read from the display") },
  { POSA_OUTCOME_CUSTOMER_ABSENT, N_ ("Customer absent") },
  { POSA_OUTCOME_ACCESS_REFUSED, N_ ("Access refused") },
  { POSA_OUTCOME_INACCESSIBLE, N_ ("Meter not accessible") },
  { POSA_OUTCOME_ADDRESS_NOT_FOUND, N_ ("Address not found") },
  { POSA_OUTCOME_SERIAL_DIFFERS, N_ ("Serial number differs from the order") },
  { POSA_OUTCOME_POD_DIFFERS, N_ ("Customer number differs from the order") },
  { POSA_OUTCOME_ALREADY_REPLACED, N_ ("Already replaced") },
  { POSA_OUTCOME_TAMPER_SUSPECTED, N_ ("Signs of tampering") },
  { POSA_OUTCOME_INSTALLATION_UNFIT, N_ ("Installation unfit") },
  { POSA_OUTCOME_ELECTRICAL_DANGER, N_ ("Electrical danger") },
  { POSA_OUTCOME_LIFE_SUPPORT, N_ ("Life-support equipment present") },
  { POSA_OUTCOME_READING_IMPOSSIBLE, N_ ("Reading impossible") },
  { POSA_OUTCOME_NEW_METER_FAULTY, N_ ("New meter faulty") },
  { POSA_OUTCOME_WIRING_REVERSED, N_ ("Phase and neutral reversed, cannot be corrected") },
  { POSA_OUTCOME_FORCE_MAJEURE, N_ ("Weather or force majeure") },
  { POSA_OUTCOME_MATERIAL_MISSING, N_ ("Material missing") },
  { POSA_OUTCOME_RESTORED_OLD, N_ ("Interrupted, old meter restored") },
  { POSA_OUTCOME_MADE_SAFE, N_ ("Left without supply, made safe and escalated") },
};

const char *
posa_outcome_get_label (PosaOutcome self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    if (infos[i].code == self)
      return g_dgettext (GETTEXT_PACKAGE, infos[i].label);
  return NULL;
}

gboolean
posa_outcome_is_valid (gint64 code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    if ((gint64) infos[i].code == code)
      return TRUE;
  return FALSE;
}

const PosaOutcome *
posa_outcome_list (void)
{
  static PosaOutcome codes[G_N_ELEMENTS (infos) + 1];
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
        codes[i] = infos[i].code;
      g_once_init_leave (&ready, 1);
    }
  return codes;
}
