/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"

#define RELAY_PATIENCE_US (5 * G_USEC_PER_SEC)
#define RELAY_INTERVAL_US (300 * 1000)

enum
{
  CONTROL_DISCONNECTED,
  CONTROL_CONNECTED,
  CONTROL_READY
};

typedef struct
{
  gint64 output, control;
} Relay;

static gboolean
read_relay (const PosaDlmsCommission *self, Relay *out, GError **error)
{
  static const gint8 indices[] = { 2, 3 };
  g_auto (PosaDlmsReadings) reading = { NULL };

  return posa_dlms_step_read (self, POSA_DLMS_CLASS_DISCONNECT, self->profile->dlms.disconnect,
                              indices, 2, &reading, error) &&
         posa_dlms_readings_integer (&reading, 0, &out->output, error) &&
         posa_dlms_readings_integer (&reading, 1, &out->control, error);
}

static gboolean
is_relay (const Relay *relay, gboolean closed)
{
  return (relay->output != 0) == closed &&
         relay->control == (closed ? CONTROL_CONNECTED : CONTROL_DISCONNECTED);
}

static const char *
describe_relay (const Relay *relay)
{
  if (relay->control == CONTROL_READY)
    return "ready for reconnection";
  return relay->output != 0 ? "connected" : "disconnected";
}

static gboolean
wait_for_relay (const PosaDlmsCommission *self, gboolean closed, Relay *relay, GError **error)
{
  gint64 deadline = posa_clock_get_monotonic (self->clock) + RELAY_PATIENCE_US;

  for (;;)
    {
      gint64 now = posa_clock_get_monotonic (self->clock);

      if (!read_relay (self, relay, error))
        return FALSE;
      if (is_relay (relay, closed))
        return TRUE;
      if (now >= deadline || (closed && relay->control == CONTROL_READY))
        break;
      if (!posa_clock_sleep_until (self->clock, now + RELAY_INTERVAL_US,
                                   posa_dlms_step_get_cancellable (self), error))
        return FALSE;
    }
  if (relay->control == CONTROL_READY)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED,
                         "the relay waits for the button of the meter: press it, then repeat");
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED,
                 "the relay does not move: \"%s\" ordered, \"%s\" read back",
                 closed ? "connected" : "disconnected", describe_relay (relay));
  return FALSE;
}

gboolean
posa_dlms_commission_switch (const PosaDlmsCommission *self, gboolean close, GError **error)
{
  Relay relay;

  return posa_dlms_step_act (self, POSA_DLMS_CLASS_DISCONNECT, self->profile->dlms.disconnect,
                             close ? 2 : 1, error) &&
         wait_for_relay (self, close, &relay, error);
}

PosaVerifiedValue *
posa_dlms_step_supply (const PosaDlmsCommission *self, GError **error)
{
  Relay before, after;

  if (!read_relay (self, &before, error))
    return NULL;
  if (!is_relay (&before, TRUE) && before.control != CONTROL_READY &&
      !posa_dlms_step_act (self, POSA_DLMS_CLASS_DISCONNECT, self->profile->dlms.disconnect, 2,
                           error))
    return NULL;
  after = before;
  if (self->checks == NULL && !wait_for_relay (self, TRUE, &after, error))
    return NULL;
  const PosaDlmsOutcome outcome = { "supply", describe_relay (&before), "connected",
                                    describe_relay (&after), is_relay (&after, TRUE) };
  return posa_dlms_step_finish (self, &outcome, error);
}
