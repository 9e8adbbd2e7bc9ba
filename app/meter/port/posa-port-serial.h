/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port-fd.h"

G_BEGIN_DECLS

/* A real serial device, through libserialport; adds to PosaPortFd the modem lines that feed an
 * optical head. */
#define POSA_TYPE_PORT_SERIAL (posa_port_serial_get_type ())
G_DECLARE_FINAL_TYPE (PosaPortSerial, posa_port_serial, POSA, PORT_SERIAL, PosaPortFd)

/* Errors as posa_port_open(). Takes 200 ms: the head has to power up. */
PosaPort *posa_port_serial_open (const char *path, GError **error);

G_END_DECLS
