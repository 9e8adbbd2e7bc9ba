/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

G_BEGIN_DECLS

/* What is where in a device's data folder. */
#define POSA_FOLDER_DATABASE "posa.db"
#define POSA_FOLDER_IDENTITY "identity" /* keys and certificates: app/sync/posa-identity.h */
#define POSA_FOLDER_REPORTS  "reports"  /* copies of signed reports for people to open */

/* Settings of the device that only the front ends know; store/posa-setting-store.h has the others.
 */
#define POSA_SETTING_OLD_PORT "old-port"
#define POSA_SETTING_NEW_PORT "new-port"

/* Makes the folder and a current database in it, and opens that to write. FAILED or DISK_FULL for
 * the folder, errors of posa_store_open(). */
PosaStore *posa_folder_open_store (const char *folder, GError **error);

G_END_DECLS
