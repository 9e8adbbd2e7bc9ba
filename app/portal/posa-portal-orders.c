/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-orders.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "sync/posa-wire-crypto.h"

#include <string.h>

#define EPOCH_LENGTH 8

/* ---- changes ---- */

static gboolean
note_change (PosaPortal *self,
             const char *crew_id,
             const char *type,
             const char *id,
             gboolean gone,
             GError **error)
{
  return posa_portal_store_run (self->store, error,
                                "DELETE FROM change WHERE crew_id = ? AND type = ? AND id = ?",
                                "sss", crew_id, type, id) &&
         posa_portal_store_run (self->store, error,
                                "INSERT INTO change (crew_id, type, id, gone) VALUES (?, ?, ?, ?)",
                                "sssi", crew_id, type, id, (gint64) gone);
}

/* A thing of @type changed, and went from @old_crew (NULL: it is new) to @crew. */
static gboolean
note_move (PosaPortal *self,
           const char *type,
           const char *id,
           const char *old_crew,
           const char *crew,
           GError **error)
{
  if (old_crew != NULL && !g_str_equal (old_crew, crew) &&
      !note_change (self, old_crew, type, id, TRUE, error))
    return FALSE;
  return note_change (self, crew, type, id, FALSE, error);
}

static gboolean
add_order (PosaPortal *self,
           PosaWireChanges *changes,
           const char *id,
           gboolean gone,
           GError **error)
{
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT body FROM work_order WHERE id = ?", "s", id);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  PosaWorkOrder *order = posa_work_order_from_text (posa_portal_rows_text (rows, 0), error);
  if (order == NULL)
    return FALSE;
  if (gone)
    {
      order->cancelled = TRUE;
      g_set_str (&order->cancel_reason, "given to another crew");
    }
  g_ptr_array_add (changes->orders, order);
  return TRUE;
}

/* Keys as the database keeps them, for the device; NULL without an error when there are none. */
static GBytes *
rewrap (PosaPortal *self, const PosaPortalDevice *device, GBytes *stored, GError **error)
{
  if (stored == NULL)
    return NULL;
  g_autoptr (GBytes) key = posa_wire_unwrap (posa_portal_ca_get_kek (self->ca), stored, error);
  return key != NULL ? posa_wire_wrap (device->transport_key, key, error) : NULL;
}

static gboolean
add_stock (PosaPortal *self,
           const PosaPortalDevice *device,
           PosaWireChanges *changes,
           const char *serial,
           gboolean gone,
           GError **error)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->store, error,
      "SELECT model, kind, crew_id, revision, removed, wrapped_keys FROM stock_item "
      "WHERE serial = ?",
      "s", serial);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  PosaWireStockItem *item = posa_wire_stock_item_new ();
  g_ptr_array_add (changes->stock, item);
  item->serial = g_strdup (serial);
  item->model = g_strdup (posa_portal_rows_text (rows, 0));
  posa_meter_kind_from_string (posa_portal_rows_text (rows, 1), &item->kind);
  item->crew_id = g_strdup (posa_portal_rows_text (rows, 2));
  item->revision = posa_portal_rows_int (rows, 3);
  item->removed = gone || posa_portal_rows_int (rows, 4) != 0;
  if (item->removed)
    return TRUE;
  g_autoptr (GBytes) keys = posa_portal_rows_bytes (rows, 5);
  item->wrapped_keys = rewrap (self, device, keys, &fault);
  if (fault == NULL)
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&fault), "keys of %s: ", serial);
  return FALSE;
}

/* Before a key leaves it is on record who got it. */
static gboolean
record_keys (PosaPortal *self,
             const PosaPortalDevice *device,
             const PosaWireChanges *changes,
             GError **error)
{
  g_autoptr (PosaPortalTransaction) transaction = posa_portal_store_begin (self->store, error);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < changes->stock->len; i++)
    {
      const PosaWireStockItem *item = g_ptr_array_index (changes->stock, i);
      if (item->wrapped_keys != NULL &&
          !posa_portal_store_run (self->store, error,
                                  "INSERT INTO key_issue (device_id, serial, revision, issued_us) "
                                  "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                                  "ssii", device->id, item->serial, item->revision,
                                  posa_portal_now ()))
        return FALSE;
    }
  return posa_portal_transaction_commit (transaction, error);
}

static gboolean
parse_cursor (PosaPortal *self, const char *cursor, gint64 *sequence, GError **error)
{
  guint64 value = 0;
  gint64 newest = 0;

  *sequence = 0;
  if (*cursor == '\0')
    return TRUE;
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT seq FROM sqlite_sequence WHERE name = 'change'", "");
  if (rows == NULL)
    return FALSE;
  if (posa_portal_rows_next (rows, NULL))
    newest = posa_portal_rows_int (rows, 0);
  if (strlen (self->epoch) == EPOCH_LENGTH && g_str_has_prefix (cursor, self->epoch) &&
      cursor[EPOCH_LENGTH] == '-' &&
      g_ascii_string_to_unsigned (cursor + EPOCH_LENGTH + 1, 10, 0, (guint64) newest, &value, NULL))
    {
      *sequence = (gint64) value;
      return TRUE;
    }
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_NOT_FOUND,
                       "the cursor is not of this portal's data; start from an empty one");
  return FALSE;
}

PosaWireChanges *
posa_portal_get_changes (PosaPortal *self,
                         const PosaPortalDevice *device,
                         const char *cursor,
                         guint limit,
                         GError **error)
{
  g_autoptr (PosaWireChanges) changes = posa_wire_changes_new ();
  g_autoptr (GError) fault = NULL;
  gint64 sequence;

  if (!parse_cursor (self, cursor, &sequence, error))
    return NULL;
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->store, error,
      "SELECT sequence, type, id, gone FROM change WHERE crew_id = ? AND sequence > ? "
      "ORDER BY sequence LIMIT ?",
      "sii", device->crew_id, sequence, (gint64) limit + 1);
  for (guint n = 0; rows != NULL && fault == NULL && posa_portal_rows_next (rows, &fault); n++)
    {
      const char *id = posa_portal_rows_text (rows, 2);
      gboolean gone = posa_portal_rows_int (rows, 3) != 0;
      changes->has_more = n == limit;
      if (changes->has_more)
        break;
      if (g_str_equal (posa_portal_rows_text (rows, 1), "order"))
        add_order (self, changes, id, gone, &fault);
      else
        add_stock (self, device, changes, id, gone, &fault);
      sequence = posa_portal_rows_int (rows, 0);
    }
  if (rows == NULL)
    return NULL;
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  changes->cursor = g_strdup_printf ("%s-%" G_GINT64_FORMAT, self->epoch, sequence);
  g_clear_pointer (&rows, posa_portal_rows_free);
  if (changes->stock->len > 0 && !record_keys (self, device, changes, error))
    return NULL;
  return g_steal_pointer (&changes);
}

/* ---- import ---- */

typedef struct
{
  PosaPortal *portal;
  PosaImportCounts *counts;
} Import;

static gboolean
refuse_revision (const char *what, const char *id, gint64 has, gint64 given, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_CONFLICT,
               "%s %s: revision %" G_GINT64_FORMAT " is not newer than %" G_GINT64_FORMAT
               ", which differs",
               what, id, given, has);
  return FALSE;
}

static gboolean
import_order (Import *import, PosaWorkOrder *order, GError **error)
{
  PosaPortal *self = import->portal;
  g_autofree char *body = posa_work_order_to_text (order);
  g_autofree char *old_crew = NULL;
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT revision, crew_id, body FROM work_order WHERE id = ?",
                                      "s", order->id);

  if (rows == NULL)
    return FALSE;
  if (posa_portal_rows_next (rows, NULL))
    {
      gint64 revision = posa_portal_rows_int (rows, 0);
      old_crew = g_strdup (posa_portal_rows_text (rows, 1));
      if (g_strcmp0 (posa_portal_rows_text (rows, 2), body) == 0)
        {
          import->counts->unchanged++;
          return TRUE;
        }
      if (order->revision <= revision)
        return refuse_revision ("order", order->id, revision, order->revision, error);
    }
  import->counts->orders++;
  return posa_portal_store_run (
             self->store, error,
             "INSERT INTO work_order (id, revision, crew_id, body) VALUES (?1, ?2, ?3, ?4) "
             "ON CONFLICT (id) DO UPDATE SET revision = ?2, crew_id = ?3, body = ?4",
             "siss", order->id, order->revision, order->crew_id, body) &&
         note_move (self, "order", order->id, old_crew, order->crew_id, error);
}

static gboolean
same_bytes (GBytes *x, GBytes *y)
{
  return x == y || (x != NULL && y != NULL && g_bytes_equal (x, y));
}

static gboolean
is_same_item (PosaPortalRows *rows, const PosaWireStockItem *item)
{
  g_autoptr (GBytes) keys = posa_portal_rows_bytes (rows, 5);

  return g_str_equal (posa_portal_rows_text (rows, 1), item->crew_id) &&
         g_str_equal (posa_portal_rows_text (rows, 2), item->model) &&
         g_str_equal (posa_portal_rows_text (rows, 3), posa_meter_kind_to_string (item->kind)) &&
         (posa_portal_rows_int (rows, 4) != 0) == item->removed &&
         same_bytes (keys, item->wrapped_keys);
}

static gboolean
import_item (Import *import, PosaWireStockItem *item, GError **error)
{
  PosaPortal *self = import->portal;
  g_autofree char *old_crew = NULL;

  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->store, error,
      "SELECT revision, crew_id, model, kind, removed, wrapped_keys FROM stock_item "
      "WHERE serial = ?",
      "s", item->serial);
  if (rows == NULL)
    return FALSE;
  if (posa_portal_rows_next (rows, NULL))
    {
      gint64 revision = posa_portal_rows_int (rows, 0);
      old_crew = g_strdup (posa_portal_rows_text (rows, 1));
      /* Key wrap is deterministic, so equal keys are equal here. */
      if (is_same_item (rows, item))
        {
          import->counts->unchanged++;
          return TRUE;
        }
      if (item->revision <= revision)
        return refuse_revision ("stock item", item->serial, revision, item->revision, error);
    }
  import->counts->stock++;
  return posa_portal_store_run (
             self->store, error,
             "INSERT INTO stock_item (serial, revision, crew_id, model, kind, removed, "
             "wrapped_keys) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
             "ON CONFLICT (serial) DO UPDATE SET revision = ?2, crew_id = ?3, model = ?4, "
             "kind = ?5, removed = ?6, wrapped_keys = ?7",
             "sisssib", item->serial, item->revision, item->crew_id, item->model,
             posa_meter_kind_to_string (item->kind), (gint64) item->removed, item->wrapped_keys) &&
         note_move (self, "stock", item->serial, old_crew, item->crew_id, error);
}

static GPtrArray *
parse_orders (PosaJsonCursor root)
{
  g_autoptr (GPtrArray)
      orders = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_work_order_free);
  PosaJsonCursor array = posa_json_has (root, "orders") ? posa_json_array (root, "orders")
                                                        : (PosaJsonCursor) { 0 };

  for (guint i = 0; array.node != NULL && i < posa_json_length (array); i++)
    {
      PosaWorkOrder *order = posa_work_order_from_json (posa_json_at (array, i));
      if (order == NULL)
        break;
      g_ptr_array_add (orders, order);
    }
  return g_steal_pointer (&orders);
}

/* A key of the file, in clear, of the size of the one before; appended to @keys. */
static void
parse_key (PosaJsonCursor object, const char *member, GByteArray *keys)
{
  const char *text = posa_json_string (object, member);
  g_autoptr (GBytes) key = text != NULL ? posa_hex_decode (text, NULL) : NULL;

  gsize size = key != NULL ? g_bytes_get_size (key) : 0;

  if ((size == POSA_WIRE_METER_KEY || size == POSA_WIRE_LONG_METER_KEY) &&
      (keys->len == 0 || keys->len == size))
    posa_put_bytes (keys, g_bytes_get_data (key, NULL), size);
  else if (text != NULL)
    posa_json_fault (posa_json_member (object, member),
                     "expected %d bytes in hex, for both keys of a meter of suite 2 %d",
                     POSA_WIRE_METER_KEY, POSA_WIRE_LONG_METER_KEY);
}

/* A stock item whose keys, if it has any, are at once wrapped for the database. */
static PosaWireStockItem *
parse_item (PosaPortal *self, PosaJsonCursor object)
{
  PosaWireStockItem *item = posa_wire_stock_item_from_json (object);
  g_autoptr (GByteArray) keys = g_byte_array_new ();

  if (posa_json_has (object, "wrapped_keys"))
    posa_json_fault (posa_json_member (object, "wrapped_keys"), "a lot has its keys in clear");
  if (!posa_json_has (object, "encryption_key") && !posa_json_has (object, "authentication_key"))
    return item;
  parse_key (object, "encryption_key", keys);
  parse_key (object, "authentication_key", keys);
  if (keys->len != 2 * POSA_WIRE_METER_KEY && keys->len != 2 * POSA_WIRE_LONG_METER_KEY)
    return item;
  g_autoptr (GBytes) bare = g_byte_array_free_to_bytes (g_steal_pointer (&keys));
  g_clear_pointer (&item->wrapped_keys, g_bytes_unref);
  item->wrapped_keys = posa_wire_wrap (posa_portal_ca_get_kek (self->ca), bare, NULL);
  if (item->wrapped_keys == NULL)
    posa_json_fault (object, "the keys cannot be wrapped");
  return item;
}

static GPtrArray *
parse_stock (PosaPortal *self, PosaJsonCursor root)
{
  GPtrArray *stock = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_wire_stock_item_free);
  PosaJsonCursor array = posa_json_has (root, "stock") ? posa_json_array (root, "stock")
                                                       : (PosaJsonCursor) { 0 };

  for (guint i = 0; array.node != NULL && i < posa_json_length (array); i++)
    g_ptr_array_add (stock, parse_item (self, posa_json_at (array, i)));
  return stock;
}

static gboolean
import_rows (Import *import,
             GPtrArray *orders,
             GPtrArray *stock,
             PosaImportParts parts,
             GError **error)
{
  for (guint i = 0; (parts & POSA_IMPORT_ORDERS) != 0 && i < orders->len; i++)
    if (!import_order (import, g_ptr_array_index (orders, i), error))
      return FALSE;
  for (guint i = 0; (parts & POSA_IMPORT_STOCK) != 0 && i < stock->len; i++)
    if (!import_item (import, g_ptr_array_index (stock, i), error))
      return FALSE;
  return TRUE;
}

gboolean
posa_portal_import (PosaPortal *self,
                    GBytes *file,
                    PosaImportParts parts,
                    PosaImportCounts *counts,
                    GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (file, &size);
  g_autoptr (PosaJsonDocument)
      document = posa_json_parse (text != NULL ? text : "", (gssize) size, error);
  Import import = { self, counts };

  *counts = (PosaImportCounts) { 0 };
  if (document == NULL)
    return FALSE;
  PosaJsonCursor root = posa_json_root (document);
  const char *format = posa_json_string (root, "format");
  if (format != NULL && !g_str_equal (format, "posa-lot"))
    posa_json_fault (posa_json_member (root, "format"), "expected posa-lot");
  if (posa_json_int (root, "version") != 1)
    posa_json_fault (posa_json_member (root, "version"), "this program reads version 1");
  g_autoptr (GPtrArray) orders = parse_orders (root);
  g_autoptr (GPtrArray) stock = parse_stock (self, root);
  if (!posa_json_check (document, error))
    return FALSE;
  g_autoptr (PosaPortalTransaction) transaction = posa_portal_store_begin (self->store, error);
  return transaction != NULL && import_rows (&import, orders, stock, parts, error) &&
         posa_portal_transaction_commit (transaction, error);
}
