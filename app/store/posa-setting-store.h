/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

G_BEGIN_DECLS

/* What this device knows of itself. */
#define POSA_SETTING_DEVICE_ID      "device-id"
#define POSA_SETTING_CREW_ID        "crew-id"
#define POSA_SETTING_CONTRACTOR     "contractor"
#define POSA_SETTING_OPERATOR_BADGE "operator-badge"
#define POSA_SETTING_OPERATOR_NAME  "operator-name"
#define POSA_SETTING_PORTAL         "portal"        /* its base address */
#define POSA_SETTING_CHANGE_CURSOR  "change-cursor" /* opaque, of GET /v1/changes */
#define POSA_SETTING_CLIENT_TITLE   "client-title"  /* DLMS system title, hex */

/* @value: free; NULL when it was never set. */
gboolean posa_setting_store_get (PosaStore *store, const char *key, char **value, GError **error);
/* NULL forgets it. */
gboolean
posa_setting_store_set (PosaStore *store, const char *key, const char *value, GError **error);

G_END_DECLS
