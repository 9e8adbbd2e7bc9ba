/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-replay.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Plays the tape through the echo filter, doing whatever it wants done. */
static void
play (PosaTape *tape)
{
  g_autoptr (GPtrArray) events = g_ptr_array_ref (tape->events);
  g_autoptr (PosaPort) port = posa_port_echo_new (posa_port_replay_new (tape));
  guint8 bytes[16];

  for (guint i = 0; i < events->len; i++)
    {
      const PosaTapeEvent *event = g_ptr_array_index (events, i);
      if (event->verb == POSA_TAPE_LINE)
        posa_port_set_line (port, event->line, NULL);
      else if (event->verb == POSA_TAPE_TX)
        posa_port_send (port, g_bytes_get_data (event->bytes, NULL),
                        g_bytes_get_size (event->bytes), NULL, NULL);
      else
        posa_port_receive (port, bytes, sizeof bytes, event->at_us, NULL, NULL);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  PosaTape *tape = posa_tape_parse ((const char *) data, size, &error);

  g_assert_true ((tape == NULL) == (error != NULL));
  if (tape != NULL)
    play (tape);
  return 0;
}
