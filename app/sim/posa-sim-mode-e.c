/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-mode-e.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-iec-message.h"

#include <string.h>

#define IDENTIFICATION "PSA5\\22G"
#define REACTION_US    (200 * 1000)
#define PIECE_PAUSE_US (120 * 1000)
#define PIECE_SIZE     2

gboolean
posa_sim_mode_e_take (PosaSimModeE *self,
                      const PosaSimSetup *setup,
                      const char *serial,
                      GError **error)
{
  static const char *const names[POSA_SIM_N_CONFIRMATIONS] = { "whole", "pieces", "missing" };
  g_autofree char *start = posa_sim_setup_take (setup, "start");
  g_autofree char *confirmation = posa_sim_setup_take (setup, "confirmation");
  gboolean known = start == NULL || strcmp (start, "direct") == 0 || strcmp (start, "mode-e") == 0;

  self->identification = posa_sim_setup_take (setup, "identification");
  if (self->identification == NULL)
    self->identification = g_strdup (IDENTIFICATION);
  self->signs_on = g_strcmp0 (start, "mode-e") == 0;
  while (confirmation != NULL && self->confirmation < POSA_SIM_N_CONFIRMATIONS &&
         strcmp (confirmation, names[self->confirmation]) != 0)
    self->confirmation++;
  known = known && self->confirmation < POSA_SIM_N_CONFIRMATIONS &&
          strlen (self->identification) >= 4;
  if (!known)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE,
                         "--set: start is direct or mode-e, confirmation whole, pieces or missing");
  return known && posa_sim_device_take (&self->device, setup, serial, error);
}

void
posa_sim_mode_e_clear (PosaSimModeE *self)
{
  g_clear_pointer (&self->identification, g_free);
  posa_sim_device_clear (&self->device);
}

/* The option once more, at the new speed. */
static void
confirm (const PosaSimModeE *self, PosaSimLine *line, const PosaSimOption *option)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  gsize piece = self->confirmation == POSA_SIM_CONFIRMS_PIECES ? PIECE_SIZE : G_MAXSIZE;

  posa_iec_put_option (message, option->protocol, option->speed, option->mode);
  for (gsize sent = 0; sent < message->len; sent += MIN (piece, message->len - sent))
    {
      if (sent > 0)
        posa_sim_line_wait (line, PIECE_PAUSE_US);
      posa_sim_line_write (line, message->data + sent, MIN (piece, message->len - sent));
    }
}

/* One sign-on; the speed when the client has chosen HDLC, 0 when it has not. */
static guint
serve_sign_on (const PosaSimModeE *self, PosaSimLine *line)
{
  g_autofree char *identification = g_strconcat ("/", self->identification, "\r\n", NULL);
  PosaSimOption option;

  posa_sim_line_wait (line, REACTION_US);
  posa_sim_line_write (line, identification, strlen (identification));
  if (!posa_sim_sign_on_await_option (line, self->identification[3], &option) ||
      option.protocol != '2' || option.mode != '2')
    return 0;
  guint baud = posa_iec_speed_to_baud (option.speed);
  posa_sim_line_set_speed (line, baud, TRUE);
  posa_sim_line_wait_for_speed (line, POSA_SIM_IEC_GAP_US);
  posa_sim_line_wait (line, REACTION_US);
  if (self->confirmation != POSA_SIM_CONFIRMS_NOT)
    confirm (self, line, &option);
  return baud;
}

gboolean
posa_sim_mode_e_await_hdlc (const PosaSimModeE *self, PosaSimLine *line, guint baud)
{
  guint agreed = self->signs_on ? 0 : baud;

  while (agreed == 0)
    {
      posa_sim_line_set_speed (line, POSA_IEC_START_BAUD, TRUE);
      if (!posa_sim_sign_on_await_request (line, &self->device, POSA_SIM_SILENCE, FALSE))
        return FALSE;
      agreed = serve_sign_on (self, line);
    }
  posa_sim_line_set_speed (line, agreed, FALSE);
  return !posa_sim_line_is_stopped (line);
}
