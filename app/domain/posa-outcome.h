/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Outcome of a visit: stable numbers (domain.md 2.9). */
typedef enum
{
  POSA_OUTCOME_NONE = 0,
  POSA_OUTCOME_REPLACED = 100,
  POSA_OUTCOME_REPLACED_MANUAL_READING = 110,
  POSA_OUTCOME_CUSTOMER_ABSENT = 200,
  POSA_OUTCOME_ACCESS_REFUSED = 210,
  POSA_OUTCOME_INACCESSIBLE = 220,
  POSA_OUTCOME_ADDRESS_NOT_FOUND = 230,
  POSA_OUTCOME_SERIAL_DIFFERS = 300,
  POSA_OUTCOME_POD_DIFFERS = 310,
  POSA_OUTCOME_ALREADY_REPLACED = 320,
  POSA_OUTCOME_TAMPER_SUSPECTED = 400,
  POSA_OUTCOME_INSTALLATION_UNFIT = 410,
  POSA_OUTCOME_ELECTRICAL_DANGER = 420,
  POSA_OUTCOME_LIFE_SUPPORT = 430,
  POSA_OUTCOME_READING_IMPOSSIBLE = 500,
  POSA_OUTCOME_NEW_METER_FAULTY = 510,
  POSA_OUTCOME_WIRING_REVERSED = 520,
  POSA_OUTCOME_FORCE_MAJEURE = 600,
  POSA_OUTCOME_MATERIAL_MISSING = 610,
  POSA_OUTCOME_RESTORED_OLD = 700, /* rolled back: old meter left or put back */
  POSA_OUTCOME_MADE_SAFE = 710     /* RED ended without supply: made safe and escalated */
} PosaOutcome;

const char *posa_outcome_get_label (PosaOutcome self); /* translated, static; NULL: no such code */
gboolean posa_outcome_is_valid (gint64 code);
/* All codes, 0-terminated, static; for menus of abort reasons. */
const PosaOutcome *posa_outcome_list (void);

G_END_DECLS
