/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-meter-place.h"
#include "model/posa-work-context.h"

G_BEGIN_DECLS

/* The keys with which a meter is visited outside of the workflow. */
typedef struct
{
  PosaWorkContext *context; /* NULL on a device that is not enrolled */
  PosaStore *own_store;     /* of such a device, for the counters of a key file's keys */
  PosaKeyring *keyring;     /* NULL: no keys here; enough for meters that need none */
} PosaMeterAccess;

/* Those of the file that @place names, which only its owner may read, else those that came with the
 * stock of the device's data folder. @enrolled: on an enrolled device only. Work thread. Errors of
 * posa_key_file_load(), posa_work_context_open(), posa_store_open(). */
gboolean posa_meter_access_open (PosaMeterAccess *self,
                                 const PosaMeterPlace *place,
                                 gboolean enrolled,
                                 GError **error);
void posa_meter_access_clear (PosaMeterAccess *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaMeterAccess, posa_meter_access_clear)

G_END_DECLS
