/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal-ca.h"
#include "portal/posa-portal-store.h"

G_BEGIN_DECLS

/* One portal's data, open: what the rules (devices, orders, reports) work on. One thread. */
typedef struct
{
  PosaPortalStore *store;
  PosaPortalCa *ca;
  char *epoch; /* names this database in cursors: after another's restore they do not fit */
} PosaPortal;

/* @host as for posa_portal_ca_open(). DAMAGED when the key file does not open what the database
 * keeps. */
PosaPortal *posa_portal_open (const char *folder, const char *host, GError **error);
void posa_portal_free (PosaPortal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortal, posa_portal_free)

gint64 posa_portal_now (void); /* µs UTC */

G_END_DECLS
