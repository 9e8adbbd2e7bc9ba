/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-2g-meter.h"

G_BEGIN_DECLS

/* The DLMS server of a simulated meter: associations, protection, services, long answers. One APDU
 * in, one out. */
typedef struct _PosaSimDlms PosaSimDlms;

PosaSimDlms *posa_sim_dlms_new (PosaSimMeter *meter); /* borrowed */
void posa_sim_dlms_free (PosaSimDlms *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSimDlms, posa_sim_dlms_free)

void posa_sim_dlms_reset (PosaSimDlms *self);
void
posa_sim_dlms_handle (PosaSimDlms *self, guint8 sap, const GByteArray *apdu, GByteArray *answer);

G_END_DECLS
