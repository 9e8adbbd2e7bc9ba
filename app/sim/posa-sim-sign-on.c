/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-sign-on.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-message.h"

#include <string.h>

#define MAX_REQUEST     64
#define MIN_WAKE_UP     55 /* NUL characters at 300 baud: 1.8 of the 2.1 s, to be lenient */
#define WAKE_UP_REST_US (1500 * 1000) /* of silence behind them */
#define WAKE_UP_GAP_US  (100 * 1000)  /* they come back to back */
#define AWAKE_US        (5000 * 1000) /* then a device that heard nothing sleeps again */

gboolean
posa_sim_device_take (PosaSimDevice *self,
                      const PosaSimSetup *setup,
                      const char *serial,
                      GError **error)
{
  g_autofree char *general_call = posa_sim_setup_take (setup, "general_call");

  self->address = posa_sim_setup_take (setup, "device_address");
  if (self->address == NULL)
    self->address = g_strdup (serial);
  self->own_only = g_strcmp0 (general_call, "no") == 0;
  if (posa_iec_is_address (self->address) &&
      (general_call == NULL || self->own_only || strcmp (general_call, "yes") == 0))
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE,
                       "--set: device_address is letters and digits, general_call yes or no");
  return FALSE;
}

void
posa_sim_device_clear (PosaSimDevice *self)
{
  g_clear_pointer (&self->address, g_free);
}

/* The address of a request may be left out, and its leading zeros do not count. */
static gboolean
is_addressed (const PosaSimDevice *device, const char *address)
{
  const char *own = device->address;

  while (*address == '0')
    address++;
  while (*own == '0')
    own++;
  return *address == '\0' ? !device->own_only : strcmp (address, own) == 0;
}

static gboolean
is_request (const PosaSimDevice *device, const char *line)
{
  const char *start = g_strrstr (line, "/?");
  const char *end = start != NULL ? strchr (start, '!') : NULL;

  if (end == NULL)
    return FALSE;
  g_autofree char *address = g_strndup (start + 2, (gsize) (end - start - 2));
  return is_addressed (device, address);
}

/* Sleeps until the wake-up has passed; FALSE when the process shall end. */
static gboolean
await_wake_up (PosaSimLine *line)
{
  for (guint n = 0;;)
    {
      int c = posa_sim_line_read (line, n > 0 ? WAKE_UP_GAP_US : -1);
      if (c == POSA_SIM_STOPPED)
        return FALSE;
      if (c == POSA_SIM_SILENCE && n >= MIN_WAKE_UP)
        return posa_sim_line_wait (line, posa_sim_line_has_pace (line) ? WAKE_UP_REST_US : 0);
      n = c == 0 ? n + 1 : 0;
    }
}

gboolean
posa_sim_sign_on_await_request (PosaSimLine *line,
                                const PosaSimDevice *device,
                                int first,
                                gboolean asleep)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean sleeping = asleep;

  if (first > 0)
    g_string_append_c (text, (char) first);
  for (;;)
    {
      if (sleeping && !await_wake_up (line))
        return FALSE;
      gint64 timeout = text->len > 0 ? POSA_SIM_IEC_GAP_US : asleep ? AWAKE_US : -1;
      int c = posa_sim_line_read (line, timeout);
      if (c == POSA_SIM_STOPPED)
        return FALSE;
      if (c > 0)
        g_string_append_c (text, (char) c);
      if (c == '\n' && is_request (device, text->str))
        return TRUE;
      sleeping = asleep && c == POSA_SIM_SILENCE;
      if (c == '\n' || c == POSA_SIM_SILENCE || text->len > MAX_REQUEST)
        g_string_truncate (text, 0);
    }
}

gboolean
posa_sim_sign_on_await_option (PosaSimLine *line, char offered, PosaSimOption *option)
{
  char message[6];
  guint n = 0;

  while (n < sizeof message)
    {
      int c = posa_sim_line_read (line, n > 0 ? POSA_SIM_IEC_GAP_US : POSA_SIM_IEC_NO_ANSWER_US);
      if (c < 0)
        return FALSE;
      message[n] = (char) c;
      n += n > 0 || c == POSA_IEC_ACK;
    }
  *option = (PosaSimOption) { message[1], message[2], message[3] };
  return posa_iec_speed_to_mode (option->speed) == POSA_IEC_MODE_C && option->speed <= offered &&
         message[4] == '\r' && message[5] == '\n';
}
