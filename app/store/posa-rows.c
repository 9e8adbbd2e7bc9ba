/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-rows.h"

#include "base/posa-error.h"
#include "store/posa-store-private.h"

struct _PosaRows
{
  PosaStore *store;
  sqlite3_stmt *statement;
  GError *fault;
};

static void
bind_bytes (sqlite3_stmt *statement, int i, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes == NULL)
    sqlite3_bind_null (statement, i);
  else if (size == 0)
    sqlite3_bind_zeroblob (statement, i, 0);
  else
    sqlite3_bind_blob64 (statement, i, data, size, SQLITE_TRANSIENT);
}

/* Binding cannot fail but for want of memory; a parameter left unbound is NULL. */
static void
bind_all (sqlite3_stmt *statement, const char *types, va_list args)
{
  g_assert ((int) strlen (types) == sqlite3_bind_parameter_count (statement));
  for (int i = 1; *types != '\0'; types++, i++)
    switch (*types)
      {
      case 's':
        sqlite3_bind_text (statement, i, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'i':
        sqlite3_bind_int64 (statement, i, va_arg (args, gint64));
        break;
      case 'b':
        bind_bytes (statement, i, va_arg (args, GBytes *));
        break;
      default:
        g_assert_not_reached ();
      }
}

static PosaRows *
query_valist (PosaStore *store, const char *sql, const char *types, va_list args)
{
  PosaRows *self = g_new0 (PosaRows, 1);
  sqlite3 *database = posa_store_get_database (store);

  self->store = store;
  if (sqlite3_prepare_v2 (database, sql, -1, &self->statement, NULL) != SQLITE_OK)
    posa_store_fail (database, posa_store_get_path (store), "preparing a query", &self->fault);
  else
    bind_all (self->statement, types, args);
  return self;
}

PosaRows *
posa_rows_query (PosaStore *store, const char *sql, const char *types, ...)
{
  va_list args;

  va_start (args, types);
  PosaRows *self = query_valist (store, sql, types, args);
  va_end (args);
  return self;
}

void
posa_rows_free (PosaRows *self)
{
  sqlite3_finalize (self->statement);
  g_clear_error (&self->fault);
  g_free (self);
}

gboolean
posa_rows_next (PosaRows *self)
{
  if (self->fault != NULL)
    return FALSE;
  int result = sqlite3_step (self->statement);
  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    posa_store_fail (posa_store_get_database (self->store), posa_store_get_path (self->store),
                     sqlite3_stmt_readonly (self->statement) ? "reading" : "writing", &self->fault);
  return FALSE;
}

gboolean
posa_rows_check (PosaRows *self, GError **error)
{
  if (self->fault == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->fault);
  return FALSE;
}

const char *
posa_rows_text (PosaRows *self, int column)
{
  return (const char *) sqlite3_column_text (self->statement, column);
}

gint64
posa_rows_int (PosaRows *self, int column)
{
  return sqlite3_column_int64 (self->statement, column);
}

GBytes *
posa_rows_dup_bytes (PosaRows *self, int column)
{
  const void *data = sqlite3_column_blob (self->statement, column);

  if (sqlite3_column_type (self->statement, column) == SQLITE_NULL)
    return NULL;
  return g_bytes_new (data, (gsize) sqlite3_column_bytes (self->statement, column));
}

gboolean
posa_store_run (PosaStore *store,
                int *n_changed,
                GError **error,
                const char *sql,
                const char *types,
                ...)
{
  va_list args;

  va_start (args, types);
  g_autoptr (PosaRows) self = query_valist (store, sql, types, args);
  va_end (args);
  posa_rows_next (self);
  if (!posa_rows_check (self, error))
    return FALSE;
  if (n_changed != NULL)
    *n_changed = sqlite3_changes (posa_store_get_database (store));
  return TRUE;
}
