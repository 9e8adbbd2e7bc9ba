/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-replay.h"
#include "meter/posa-replay-keyring.h"

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

/* Looks through the tape for associations and counters, and asks for all that it found. */
static void
take_keys (const PosaTape *tape)
{
  g_autoptr (PosaKeyFile) keys = posa_key_file_parse ("keys",
                                                      "ek 000102030405060708090A0B0C0D0E0F\n"
                                                      "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n",
                                                      NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaKeyring) keyring = posa_replay_keyring_new (tape, keys, &error);
  guint8 challenge[16];
  guint32 first = 0, last = 0;

  g_assert_true ((keyring == NULL) == (error != NULL));
  if (keyring == NULL)
    return;
  while (
      posa_keyring_make_fresh (keyring, POSA_KEYRING_CHALLENGE, challenge, sizeof challenge, NULL))
    continue;
  while (posa_keyring_reserve_counter (keyring, "", &keys->keys.encryption, 0, 64, &first, NULL))
    {
      g_assert_true (last == 0 || first > last);
      last = first;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  PosaTape *tape = posa_tape_parse ((const char *) data, size, &error);

  g_assert_true ((tape == NULL) == (error != NULL));
  if (tape == NULL)
    return 0;
  take_keys (tape);
  play (tape);
  return 0;
}
