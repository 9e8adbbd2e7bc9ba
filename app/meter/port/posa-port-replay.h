/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-tape.h"

G_BEGIN_DECLS

/* A tape as a port: goes by sequence, not by time; whoever sends, waits or sets the line otherwise
 * than on the tape gets INVALID_DATA, and the line of the tape can be asked for. Its clock is a
 * fake one that follows the tape, so that minutes replay at once. */
#define POSA_TYPE_PORT_REPLAY (posa_port_replay_get_type ())
G_DECLARE_FINAL_TYPE (PosaPortReplay, posa_port_replay, POSA, PORT_REPLAY, PosaPort)

/* Takes over @tape. */
PosaPort *posa_port_replay_new (PosaTape *tape);
/* The line of the tape where it first was not as wanted, else the one that comes next. */
guint posa_port_replay_get_line (PosaPortReplay *self);

G_END_DECLS
