/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* A port that writes down on a tape (posa-tape.h) what goes over the port inside it. A tape holds
 * whatever was sent, passwords too. */
#define POSA_TYPE_PORT_RECORDER (posa_port_recorder_get_type ())
G_DECLARE_FINAL_TYPE (PosaPortRecorder, posa_port_recorder, POSA, PORT_RECORDER, PosaPort)

/* Takes over @inner's reference. */
PosaPortRecorder *posa_port_recorder_new (PosaPort *inner);
/* Writes the tape so far, readable by its owner only. */
gboolean posa_port_recorder_save (PosaPortRecorder *self, const char *path, GError **error);

G_END_DECLS
