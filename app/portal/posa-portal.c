/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "sync/posa-wire-crypto.h"

#include <string.h>

#define KEK_CHECK "posa-portal-kek!" /* 16 bytes: a key of its own kind */

gint64
posa_portal_now (void)
{
  return posa_clock_get_wall (posa_clock_get_system ());
}

static GBytes *
get_meta (PosaPortal *self, const char *name, GError **error)
{
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error, "SELECT value FROM meta WHERE name = ?",
                                      "s", name);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return NULL;
  return posa_portal_rows_bytes (rows, 0);
}

static gboolean
init_meta (PosaPortal *self, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (GBytes) epoch = g_bytes_new (id, 8);
  g_autoptr (GBytes) check = g_bytes_new_static (KEK_CHECK, strlen (KEK_CHECK));
  g_autoptr (GBytes) wrapped = posa_wire_wrap (posa_portal_ca_get_kek (self->ca), check, error);
  const char *sql = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING";

  if (wrapped == NULL)
    return FALSE;
  g_autoptr (PosaPortalTransaction) transaction = posa_portal_store_begin (self->store, error);
  return transaction != NULL &&
         posa_portal_store_run (self->store, error, sql, "sb", "epoch", epoch) &&
         posa_portal_store_run (self->store, error, sql, "sb", "kek_check", wrapped) &&
         posa_portal_transaction_commit (transaction, error);
}

static gboolean
check_kek (PosaPortal *self, GBytes *wrapped, GError **error)
{
  g_autoptr (GBytes) check = posa_wire_unwrap (posa_portal_ca_get_kek (self->ca), wrapped, NULL);

  if (check != NULL)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_DAMAGED,
                       "ca/kek is not the key file of this database");
  return FALSE;
}

PosaPortal *
posa_portal_open (const char *folder, const char *host, GError **error)
{
  g_autoptr (PosaPortal) self = g_new0 (PosaPortal, 1);
  g_autoptr (GError) missing = NULL;

  if ((self->store = posa_portal_store_open (folder, error)) == NULL ||
      (self->ca = posa_portal_ca_open (folder, host, error)) == NULL)
    return NULL;
  g_autoptr (GBytes) check = get_meta (self, "kek_check", &missing);
  if (check == NULL && missing == NULL)
    {
      if (!init_meta (self, error))
        return NULL;
      check = get_meta (self, "kek_check", &missing);
    }
  g_autoptr (GBytes) epoch = check != NULL ? get_meta (self, "epoch", &missing) : NULL;
  if (epoch == NULL)
    {
      g_propagate_error (error, missing != NULL
                                    ? g_steal_pointer (&missing)
                                    : g_error_new_literal (POSA_ERROR, POSA_ERROR_DAMAGED,
                                                           "portal.db: no epoch"));
      return NULL;
    }
  self->epoch = g_strndup (g_bytes_get_data (epoch, NULL), g_bytes_get_size (epoch));
  return check_kek (self, check, error) ? g_steal_pointer (&self) : NULL;
}

void
posa_portal_free (PosaPortal *self)
{
  g_clear_pointer (&self->store, posa_portal_store_free);
  g_clear_pointer (&self->ca, posa_portal_ca_free);
  g_free (self->epoch);
  g_free (self);
}
