/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-iec-session.h"
#include "posa-test-sim.h"

G_BEGIN_DECLS

/* A session with a simulated meter, without a driver between. */
typedef struct
{
  PosaTestSim *sim;
  PosaPort *port;
  PosaIecSession *session;
} IecTalk;

/* Takes @sim. */
IecTalk iec_talk_to (PosaTestSim *sim);
void iec_talk_clear (IecTalk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IecTalk, iec_talk_clear)

G_END_DECLS
