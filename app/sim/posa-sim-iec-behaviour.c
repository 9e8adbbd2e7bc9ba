/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-iec-behaviour.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-secret.h"

#include <string.h>

#define BLOCK_SIZE     120
#define MAX_BLOCK_SIZE 4096

static gboolean
set_usage (GError **error, const char *key, const char *text)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set %s=%s: not understood", key, text);
  return FALSE;
}

static gboolean
take_choice (const PosaSimSetup *setup,
             const char *key,
             const char *const names[],
             guint n_names,
             guint *choice,
             GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, key);

  for (guint i = 0; text != NULL && i < n_names; i++)
    if (strcmp (text, names[i]) == 0)
      {
        *choice = i;
        return TRUE;
      }
  return text == NULL || set_usage (error, key, text);
}

static gboolean
take_number (const PosaSimSetup *setup, const char *key, guint limit, guint *number, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, key);
  guint64 value = *number;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, limit, &value, NULL))
    return set_usage (error, key, text);
  *number = (guint) value;
  return TRUE;
}

static gboolean
take_style (PosaSimStyle *style, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "style");

  return text == NULL || posa_sim_style_from_string (text, style) ||
         set_usage (error, "style", text);
}

static gboolean
take_algorithm (PosaSimIecBehaviour *self, const PosaSimSetup *setup, GError **error)
{
  self->algorithm = posa_sim_setup_take (setup, "algorithm");
  return self->algorithm == NULL || posa_iec_secret_find (self->algorithm) != NULL ||
         set_usage (error, "algorithm", self->algorithm);
}

void
posa_sim_iec_behaviour_clear (PosaSimIecBehaviour *self)
{
  g_clear_pointer (&self->algorithm, g_free);
}

gboolean
posa_sim_iec_behaviour_take (PosaSimIecBehaviour *self, const PosaSimSetup *setup, GError **error)
{
  static const char *const refusals[POSA_SIM_IEC_N_REFUSALS] = { "break", "nak", "error" };
  static const char *const answers[] = { "no", "yes" };
  guint sleeps = FALSE, refusal = POSA_SIM_IEC_REFUSES_BY_BREAK;

  *self = (PosaSimIecBehaviour) { .block_size = BLOCK_SIZE };
  if (!take_choice (setup, "refusal", refusals, G_N_ELEMENTS (refusals), &refusal, error) ||
      !take_choice (setup, "wake_up", answers, G_N_ELEMENTS (answers), &sleeps, error))
    return FALSE;
  self->sleeps = sleeps == 1;
  self->refusal = refusal;
  if (!take_style (&self->style, setup, error) || !take_algorithm (self, setup, error))
    return FALSE;
  return take_number (setup, "block", MAX_BLOCK_SIZE, &self->block_size, error);
}
