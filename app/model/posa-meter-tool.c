/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-meter-tool.h"

#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-recorder.h"
#include "meter/port/posa-port-replay.h"
#include "meter/posa-meter.h"
#include "meter/posa-replay-keyring.h"
#include "model/posa-meter-access.h"

static PosaReadingSet *
read_port (PosaPort *port,
           const PosaMeterAddress *address,
           PosaKeyring *keyring,
           PosaOperation *operation,
           GError **error)
{
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_ANY, address, keyring, operation, error);

  return meter != NULL ? posa_meter_read (meter, POSA_READING_CHECK, operation, error) : NULL;
}

static PosaReadingSet *
read_recorded (PosaPort *device,
               const PosaMeterAddress *address,
               const char *tape_path,
               PosaKeyring *keyring,
               PosaOperation *operation,
               GError **error)
{
  g_autoptr (PosaPortRecorder) recorder = posa_port_recorder_new (g_object_ref (device));
  g_autoptr (PosaPort) port = posa_port_echo_new (POSA_PORT (g_object_ref (recorder)));
  g_autoptr (PosaReadingSet) reading = NULL;

  /* Better to learn now than after the reading that the file cannot be written. */
  if (!posa_port_recorder_save (recorder, tape_path, error))
    return NULL;
  reading = read_port (port, address, keyring, operation, error);
  if (!posa_port_recorder_save (recorder, tape_path, reading != NULL ? error : NULL))
    return NULL;
  return g_steal_pointer (&reading);
}

PosaReadingSet *
posa_meter_tool_read (const PosaMeterPlace *place,
                      const char *tape_path,
                      PosaOperation *operation,
                      GError **error)
{
  g_auto (PosaMeterAccess) access = { NULL };

  if (!posa_meter_access_open (&access, place, FALSE, error))
    return NULL;
  g_autoptr (PosaPort) device = posa_port_open_device (place->port_path, error);
  if (device == NULL)
    return NULL;
  if (tape_path != NULL)
    return read_recorded (device, place->address, tape_path, access.keyring, operation, error);
  g_autoptr (PosaPort) port = posa_port_echo_new (g_object_ref (device));
  return read_port (port, place->address, access.keyring, operation, error);
}

/* The keys for the conversation on @tape. */
static PosaKeyring *
load_keyring (const PosaTape *tape, const char *tape_path, const char *key_path, GError **error)
{
  g_autoptr (PosaKeyFile) keys = posa_key_file_load (key_path, error);

  if (keys == NULL)
    return NULL;
  PosaKeyring *keyring = posa_replay_keyring_new (tape, keys, error);
  if (keyring == NULL)
    g_prefix_error (error, "%s, ", tape_path);
  return keyring;
}

PosaReadingSet *
posa_meter_tool_replay (const char *tape_path,
                        const PosaMeterAddress *address,
                        const char *key_path,
                        PosaOperation *operation,
                        GError **error)
{
  g_autoptr (PosaTape) tape = posa_tape_load (tape_path, error);
  g_autoptr (PosaKeyring) keyring = NULL;

  if (tape != NULL && key_path != NULL)
    keyring = load_keyring (tape, tape_path, key_path, error);
  if (tape == NULL || (key_path != NULL && keyring == NULL))
    return NULL;
  g_autoptr (PosaPort) replay = posa_port_replay_new (g_steal_pointer (&tape));
  g_autoptr (PosaPort) port = posa_port_echo_new (g_object_ref (replay));
  g_autoptr (PosaReadingSet) reading = read_port (port, address, keyring, operation, error);
  if (reading == NULL)
    g_prefix_error (error, "%s, line %u: ", tape_path,
                    posa_port_replay_get_line (POSA_PORT_REPLAY (replay)));
  return g_steal_pointer (&reading);
}
