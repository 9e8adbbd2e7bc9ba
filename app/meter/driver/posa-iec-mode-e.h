/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-reading-set.h"
#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* Brings meters to HDLC that wait behind the sign-on at 300 baud (IEC 62056-21 mode E, annex E).
 * Such a meter falls back to its start state whenever the HDLC link ends, so this comes before
 * every SNRM. */
typedef struct _PosaIecModeE PosaIecModeE;

/* Borrows @port; @address is the device's, NULL for any that listens, @max_baud the highest speed
 * to ask for, 0: what the meter offers. */
PosaIecModeE *
posa_iec_mode_e_new (PosaPort *port, const char *address, guint max_baud, PosaLineStats *stats);
void posa_iec_mode_e_free (PosaIecModeE *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaIecModeE, posa_iec_mode_e_free)

/* Signs on and agrees on HDLC: the port is then at 8N1 and @baud. When nobody answers at 300 baud
 * any more, but did before, the meter may still be in the link that was cut: the port is then as it
 * was in that link. TIMED_OUT, LINE_NOISE, UNSUPPORTED (no mode E), PORT_LOST, CANCELLED. */
gboolean
posa_iec_mode_e_start (PosaIecModeE *self, guint *baud, GCancellable *cancellable, GError **error);

G_END_DECLS
