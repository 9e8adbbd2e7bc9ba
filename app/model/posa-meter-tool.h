/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-reading-set.h"
#include "model/posa-meter-place.h"

G_BEGIN_DECLS

/* Reads the meter at @place: identity, clock, status word, all current registers. Writes what went
 * over the line to the file @tape_path unless that is NULL, also when the reading fails. Meters
 * that need keys are read with those of the place's key file, else of the device's stock. Blocking,
 * a thread of its own. Errors: those of posa_meter_access_open(), posa_port_open(),
 * posa_meter_open() and posa_meter_read(). */
PosaReadingSet *posa_meter_tool_read (const PosaMeterPlace *place,
                                      const char *tape_path,
                                      PosaOperation *operation,
                                      GError **error);
/* The same reading again from a tape, at once and without a meter; @address as it was called then.
 * A tape holds no keys: ciphered conversations need those of the file @key_path
 * (meter/posa-key-file.h), else NULL. Every error names the line of the tape: INVALID_DATA when the
 * program would now ask otherwise than on it, PORT_LOST where it ends too early, ACCESS_DENIED when
 * it is of a meter with other keys. */
PosaReadingSet *posa_meter_tool_replay (const char *tape_path,
                                        const PosaMeterAddress *address,
                                        const char *key_path,
                                        PosaOperation *operation,
                                        GError **error);

G_END_DECLS
