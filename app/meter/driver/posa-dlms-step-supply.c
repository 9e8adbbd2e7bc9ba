/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-steps.h"

#include <glib/gi18n-lib.h>

#include "base/posa-error.h"

#define RELAY_PATIENCE_US (5 * G_USEC_PER_SEC)
#define RELAY_INTERVAL_US (300 * 1000)

enum
{
  CONTROL_DISCONNECTED,
  CONTROL_CONNECTED,
  CONTROL_READY
};

/* Who may move the relay: control_mode of class 70, IEC 62056-6-2 clause 4.5.8. */
typedef enum
{
  MODE_ALWAYS_CONNECTED, /* nobody */
  MODE_BY_BUTTON,        /* closed remotely, it waits for the button of the meter */
  MODE_REMOTE,           /* closed remotely, it closes */
  MODE_UNKNOWN
} Mode;

typedef struct
{
  gint64 output, control, mode;
} Relay;

static Mode
mode_of (const Relay *relay)
{
  static const Mode modes[] = { MODE_ALWAYS_CONNECTED, MODE_BY_BUTTON, MODE_REMOTE,
                                MODE_BY_BUTTON,        MODE_REMOTE,    MODE_BY_BUTTON,
                                MODE_BY_BUTTON };

  return relay->mode >= 0 && relay->mode < (gint64) G_N_ELEMENTS (modes) ? modes[relay->mode]
                                                                         : MODE_UNKNOWN;
}

static gboolean
read_relay (const PosaDlmsCommission *self, Relay *out, GError **error)
{
  static const gint8 indices[] = { 2, 3, 4 };
  g_auto (PosaDlmsReadings) reading = { NULL };

  return posa_dlms_step_read (self, POSA_DLMS_CLASS_DISCONNECT, self->profile->dlms.disconnect,
                              indices, G_N_ELEMENTS (indices), &reading, error) &&
         posa_dlms_readings_integer (&reading, 0, &out->output, error) &&
         posa_dlms_readings_integer (&reading, 1, &out->control, error) &&
         posa_dlms_readings_integer (&reading, 2, &out->mode, error);
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

static gboolean
switch_relay (const PosaDlmsCommission *self, gboolean close, GError **error)
{
  Relay relay;

  if (posa_dlms_step_act (self, POSA_DLMS_CLASS_DISCONNECT, self->profile->dlms.disconnect,
                          close ? 2 : 1, error) &&
      wait_for_relay (self, close, &relay, error))
    return TRUE;
  g_prefix_error (error, "%s the supply relay: ", close ? "closing" : "opening");
  return FALSE;
}

/* Why the relay must not be moved for a test; NULL for no reason. */
static const char *
find_test_obstacle (const Relay *relay)
{
  switch (mode_of (relay))
    {
    case MODE_ALWAYS_CONNECTED:
      return "nobody can move it but the meter itself; there is nothing to test";
    case MODE_BY_BUTTON:
      return "once open it would stay so until somebody presses the button of the meter; test it "
             "by hand";
    case MODE_REMOTE:
      return relay->control == CONTROL_READY
                 ? "it waits for the button of the meter; press it, and test again"
                 : NULL;
    case MODE_UNKNOWN:
    default:
      return "nobody knows who may close it; call the office";
    }
}

gboolean
posa_dlms_commission_test_relay (const PosaDlmsCommission *self, GError **error)
{
  Relay relay;

  if (!read_relay (self, &relay, error))
    return FALSE;
  const char *obstacle = find_test_obstacle (&relay);
  if (obstacle != NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED,
                   "the supply relay (%s, control mode %" G_GINT64_FORMAT ") was not touched: %s",
                   describe_relay (&relay), relay.mode, obstacle);
      return FALSE;
    }
  /* open: a test was cut off, and the customer is in the dark */
  if (!is_relay (&relay, TRUE) && !switch_relay (self, TRUE, error))
    return FALSE;
  posa_operation_report (self->operation, 0.2, "%s", _ ("Opening the supply relay"));
  if (!switch_relay (self, FALSE, error))
    return FALSE;
  posa_operation_report (self->operation, 0.6, "%s", _ ("Closing the supply relay"));
  return switch_relay (self, TRUE, error);
}

/* Asks the meter to close; where that takes the button, it is then ready for it. */
static gboolean
close_relay (const PosaDlmsCommission *self, const Relay *relay, GError **error)
{
  if (is_relay (relay, TRUE) || relay->control == CONTROL_READY)
    return TRUE;
  if (mode_of (relay) == MODE_BY_BUTTON || mode_of (relay) == MODE_REMOTE)
    return posa_dlms_step_act (self, POSA_DLMS_CLASS_DISCONNECT, self->profile->dlms.disconnect, 2,
                               error);
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
               "the supply relay is %s and was not touched: in control mode %" G_GINT64_FORMAT
               " it cannot be closed over the port; have the office set another, or fit another "
               "meter",
               describe_relay (relay), relay->mode);
  return FALSE;
}

PosaVerifiedValue *
posa_dlms_step_supply (const PosaDlmsCommission *self, GError **error)
{
  Relay before, after;

  if (!read_relay (self, &before, error))
    return NULL;
  after = before;
  if (self->checks == NULL &&
      (!close_relay (self, &before, error) || !wait_for_relay (self, TRUE, &after, error)))
    return NULL;
  const PosaDlmsOutcome outcome = { "supply", describe_relay (&before), "connected",
                                    describe_relay (&after), is_relay (&after, TRUE) };
  return posa_dlms_step_finish (self, &outcome, error);
}
