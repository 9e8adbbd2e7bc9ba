/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-mode-e.h"

#include "base/posa-error.h"
#include "meter/driver/posa-iec-session.h"

#define SIGN_ON_TRIES   2
#define HAND_OVER_TRIES 2

struct _PosaIecModeE
{
  PosaPort *port;
  char *address; /* of the device; NULL: any */
  guint max_baud;
  guint baud;           /* of the last hand-over, 0: none yet */
  PosaLineStats *stats; /* borrowed */
};

static gboolean
hand_over (PosaIecModeE *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (PosaIecSession) session = posa_iec_session_new (self->port);
  gboolean done = FALSE;

  posa_iec_session_set_call (session, self->address, FALSE);
  posa_iec_session_set_line (session, self->max_baud, 0);
  posa_iec_session_set_cancellable (session, cancellable);
  for (guint i = 1; !done; i++)
    {
      g_autoptr (GError) local_error = NULL;
      done = posa_iec_session_sign_on (session, SIGN_ON_TRIES, NULL, &local_error) &&
             posa_iec_session_hand_over (session, &self->baud, NULL, &local_error);
      if (!done && (i == HAND_OVER_TRIES ||
                    !g_error_matches (local_error, POSA_ERROR, POSA_ERROR_LINE_NOISE)))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          break;
        }
    }
  const PosaLineStats *line = posa_iec_session_get_stats (session);
  self->stats->bytes_tx += line->bytes_tx;
  self->stats->bytes_rx += line->bytes_rx;
  self->stats->round_trips += line->round_trips;
  self->stats->retries += line->retries;
  return done;
}

gboolean
posa_iec_mode_e_start (PosaIecModeE *self, guint *baud, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean done = hand_over (self, cancellable, &local_error);

  if (!done && self->baud > 0 && g_error_matches (local_error, POSA_ERROR, POSA_ERROR_TIMED_OUT))
    {
      g_clear_error (&local_error);
      done = posa_port_set_line (self->port, POSA_LINE_8N1 (self->baud), &local_error);
    }
  *baud = self->baud;
  if (!done)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return done;
}

PosaIecModeE *
posa_iec_mode_e_new (PosaPort *port, const char *address, guint max_baud, PosaLineStats *stats)
{
  PosaIecModeE *self = g_new0 (PosaIecModeE, 1);

  self->port = port;
  self->address = g_strdup (address);
  self->max_baud = max_baud;
  self->stats = stats;
  return self;
}

void
posa_iec_mode_e_free (PosaIecModeE *self)
{
  g_free (self->address);
  g_free (self);
}
