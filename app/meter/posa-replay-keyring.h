/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-tape.h"
#include "meter/posa-key-file.h"
#include "meter/posa-keyring.h"

G_BEGIN_DECLS

/* A keyring that makes a recorded conversation happen once more: the keys are those of a file,
 * since no tape holds any; title, challenges, dedicated keys and counters are those that were used
 * on the tape. Nothing that it gives out is fresh, so it is of no use with a meter: there every
 * nonce would be a used one. */
#define POSA_TYPE_REPLAY_KEYRING (posa_replay_keyring_get_type ())
G_DECLARE_FINAL_TYPE (PosaReplayKeyring, posa_replay_keyring, POSA, REPLAY_KEYRING, GObject)

/* @keys are copied. ACCESS_DENIED naming the line of the tape with an association under other keys.
 */
PosaKeyring *
posa_replay_keyring_new (const PosaTape *tape, const PosaKeyFile *keys, GError **error);

G_END_DECLS
