/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* A port that swallows the echo of an optical head: cheap heads send back every byte that they
 * send out (meters.md 0.1). Found out by itself: what comes in after a send and equals the bytes
 * sent is the echo, up to the first difference. */
#define POSA_TYPE_PORT_ECHO (posa_port_echo_get_type ())
G_DECLARE_FINAL_TYPE (PosaPortEcho, posa_port_echo, POSA, PORT_ECHO, PosaPort)

/* Takes over @inner's reference. */
PosaPort *posa_port_echo_new (PosaPort *inner);

G_END_DECLS
