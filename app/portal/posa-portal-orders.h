/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal-devices.h"

G_BEGIN_DECLS

/* Orders and stock: in from a lot file, out as pages of changes. */

typedef enum
{
  POSA_IMPORT_ORDERS = 1 << 0,
  POSA_IMPORT_STOCK = 1 << 1
} PosaImportParts;

typedef struct
{
  guint orders, stock; /* rows that are new or changed */
  guint unchanged;
} PosaImportCounts;

/* {"format":"posa-lot","version":1,"orders":[work orders],"stock":[stock items, keys bare]}: all or
 * nothing. Of the members not in @parts nothing is taken. INVALID_DATA with the place; CONFLICT
 * when a revision is not newer than other content that is there. */
gboolean posa_portal_import (PosaPortal *self,
                             GBytes *file,
                             PosaImportParts parts,
                             PosaImportCounts *counts,
                             GError **error);

/* What changed for the device's crew since @cursor ("" = everything), at most @limit rows.
 * NOT_FOUND: the cursor is not of this database, the device has to start from "". */
PosaWireChanges *posa_portal_get_changes (PosaPortal *self,
                                          const PosaPortalDevice *device,
                                          const char *cursor,
                                          guint limit,
                                          GError **error);

G_END_DECLS
