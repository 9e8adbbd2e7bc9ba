/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-client.h"
#include "meter/posa-meter.h"
#include "posa-test-keyring.h"
#include "posa-test-sim.h"

G_BEGIN_DECLS

/* A simulated 2G meter in a process of its own, keys for it, and what shall be written to it. */
#define DLMS_RIG_SERIAL "2600000042"

typedef struct
{
  PosaTestSim *sim;
  PosaTestKeyring *keyring;
  PosaTariffTable *table;
  GArray *patron_days; /* 24 June */
  PosaCommissionPlan plan;
} DlmsRig;

/* Takes @sim, which may be NULL. */
void dlms_rig_init (DlmsRig *self, PosaTestSim *sim);
void dlms_rig_clear (DlmsRig *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DlmsRig, dlms_rig_clear)

#define DLMS_RIG_START(...)                                                                        \
  posa_test_sim_start ("2g", "--set", "serial=" DLMS_RIG_SERIAL __VA_OPT__ (, ) __VA_ARGS__, NULL)

/* The association of the installer as posa-sim 2g has it by itself. */
#define DLMS_RIG_INSTALLER(test_keyring)                                                           \
  { .sap = 3,                                                                                      \
    .agreement = POSA_DLMS_AGREEMENT_USUAL,                                                        \
    .keyring = POSA_KEYRING (test_keyring),                                                        \
    .serial = DLMS_RIG_SERIAL }

/* Each with a port of its own, closed at the end. */
PosaMeter *dlms_rig_open (DlmsRig *self, GError **error);
PosaReadingSet *dlms_rig_read (DlmsRig *self, GError **error);
GPtrArray *dlms_rig_commission (DlmsRig *self, GError **error);

/* Against the meter's own dump. */
void dlms_rig_assert_registers (DlmsRig *self, PosaReadingSet *reading);
void dlms_rig_assert_commissioned (DlmsRig *self);

G_END_DECLS
