/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-worker.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* The device's settings as the front ends see them: read in the main thread, written by the work
 * thread, because the main thread never writes to the store. */
typedef struct _PosaSettings PosaSettings;

PosaSettings *posa_settings_new (void);
void posa_settings_free (PosaSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSettings, posa_settings_free)

/* Reads the values of @keys (static strings) anew; what is not set is "". */
gboolean posa_settings_load (PosaSettings *self,
                             PosaStore *store,
                             const char *const *keys,
                             guint n_keys,
                             GError **error);
/* Borrowed; "" when not set. */
const char *posa_settings_get (PosaSettings *self, const char *key);
/* Takes the new value at once and has @worker write it to the database of @folder; a failure is
 * logged. FALSE: it was the value already. */
gboolean posa_settings_set (PosaSettings *self,
                            PosaWorker *worker,
                            const char *folder,
                            const char *key,
                            const char *value);

G_END_DECLS
