/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync/posa-wire.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "sync/posa-wire-crypto.h"

#include <string.h>

#define PROBLEM_PREFIX    "urn:posa:problem:"
#define WRAPPED_KEYS      (2 * POSA_WIRE_METER_KEY + 8)
#define LONG_WRAPPED_KEYS (2 * POSA_WIRE_LONG_METER_KEY + 8)
#define CLIENT_TITLE_SIZE 8

/* ---- helpers ---- */

static JsonBuilder *
begin_message (const char *format)
{
  JsonBuilder *builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "format", format);
  posa_json_add_int (builder, "version", POSA_WIRE_PROTOCOL);
  return builder;
}

static char *
end_message (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

/* The root of a message of that format, faulted when it is another. */
static PosaJsonCursor
open_message (PosaJsonDocument *document, const char *format)
{
  PosaJsonCursor root = posa_json_root (document);
  const char *name = posa_json_string (root, "format");

  if (name != NULL && !g_str_equal (name, format))
    posa_json_fault (root, "expected a %s", format);
  if (posa_json_int (root, "version") != POSA_WIRE_PROTOCOL && name != NULL)
    posa_json_fault (posa_json_member (root, "version"), "this program speaks version %d",
                     POSA_WIRE_PROTOCOL);
  return root;
}

static void
add_hex (JsonBuilder *builder, const char *name, GBytes *bytes)
{
  g_autofree char *hex =
      bytes != NULL ? posa_hex_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                    : NULL;

  posa_json_add_string (builder, name, hex);
}

static GBytes *
get_hex (PosaJsonCursor object, const char *member, gsize size)
{
  const char *text = posa_json_string (object, member);
  g_autoptr (GBytes) bytes = text != NULL ? posa_hex_decode (text, NULL) : NULL;

  if (text == NULL)
    return NULL;
  if (bytes == NULL || g_bytes_get_size (bytes) != size)
    {
      posa_json_fault (posa_json_member (object, member), "expected %d bytes in hex", (int) size);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

static char *
get_text (PosaJsonCursor object, const char *member)
{
  const char *text = posa_json_string (object, member);

  if (text != NULL && *text == '\0')
    posa_json_fault (posa_json_member (object, member), "empty");
  return g_strdup (text);
}

/* ---- enrolment ---- */

PosaWireEnrolRequest *
posa_wire_enrol_request_new (void)
{
  return g_new0 (PosaWireEnrolRequest, 1);
}

void
posa_wire_enrol_request_free (PosaWireEnrolRequest *self)
{
  g_free (self->code);
  g_free (self->tls_csr);
  g_free (self->report_csr);
  g_free (self->program_version);
  g_free (self);
}

char *
posa_wire_enrol_request_to_text (const PosaWireEnrolRequest *self)
{
  g_autoptr (JsonBuilder) builder = begin_message ("posa-enrol-request");

  posa_json_add_string (builder, "code", self->code);
  posa_json_add_string (builder, "tls_csr", self->tls_csr);
  posa_json_add_string (builder, "report_csr", self->report_csr);
  posa_json_add_string (builder, "program_version", self->program_version);
  return end_message (builder);
}

PosaWireEnrolRequest *
posa_wire_enrol_request_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);
  g_autoptr (PosaWireEnrolRequest) self = posa_wire_enrol_request_new ();

  if (document == NULL)
    return NULL;
  PosaJsonCursor root = open_message (document, "posa-enrol-request");
  self->code = get_text (root, "code");
  self->tls_csr = get_text (root, "tls_csr");
  self->report_csr = get_text (root, "report_csr");
  self->program_version = get_text (root, "program_version");
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}

PosaWireEnrolAnswer *
posa_wire_enrol_answer_new (void)
{
  return g_new0 (PosaWireEnrolAnswer, 1);
}

void
posa_wire_enrol_answer_free (PosaWireEnrolAnswer *self)
{
  g_free (self->portal);
  g_free (self->device_id);
  g_free (self->crew_id);
  g_free (self->operator_badge);
  g_free (self->operator_name);
  g_free (self->contractor);
  g_free (self->client_title);
  g_free (self->tls_certificate);
  g_free (self->report_certificate);
  g_free (self->ca_certificate);
  g_clear_pointer (&self->transport_key, g_bytes_unref);
  g_free (self);
}

char *
posa_wire_enrol_answer_to_text (const PosaWireEnrolAnswer *self)
{
  g_autoptr (JsonBuilder) builder = begin_message ("posa-enrol-answer");

  posa_json_add_string (builder, "portal", self->portal);
  posa_json_add_string (builder, "device_id", self->device_id);
  posa_json_add_string (builder, "crew_id", self->crew_id);
  posa_json_add_string (builder, "operator_badge", self->operator_badge);
  posa_json_add_string (builder, "operator_name", self->operator_name);
  posa_json_add_string (builder, "contractor", self->contractor);
  posa_json_add_string (builder, "client_title", self->client_title);
  posa_json_add_string (builder, "tls_certificate", self->tls_certificate);
  posa_json_add_string (builder, "report_certificate", self->report_certificate);
  posa_json_add_string (builder, "ca_certificate", self->ca_certificate);
  add_hex (builder, "transport_key", self->transport_key);
  return end_message (builder);
}

static char *
get_client_title (PosaJsonCursor object)
{
  g_autoptr (GBytes) bytes = get_hex (object, "client_title", CLIENT_TITLE_SIZE);

  if (bytes == NULL)
    return NULL;
  return posa_hex_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

PosaWireEnrolAnswer *
posa_wire_enrol_answer_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);
  g_autoptr (PosaWireEnrolAnswer) self = posa_wire_enrol_answer_new ();

  if (document == NULL)
    return NULL;
  PosaJsonCursor root = open_message (document, "posa-enrol-answer");
  self->portal = get_text (root, "portal");
  self->device_id = get_text (root, "device_id");
  self->crew_id = get_text (root, "crew_id");
  self->operator_badge = get_text (root, "operator_badge");
  self->operator_name = get_text (root, "operator_name");
  self->contractor = get_text (root, "contractor");
  self->client_title = get_client_title (root);
  self->tls_certificate = get_text (root, "tls_certificate");
  self->report_certificate = get_text (root, "report_certificate");
  self->ca_certificate = get_text (root, "ca_certificate");
  self->transport_key = get_hex (root, "transport_key", POSA_WIRE_TRANSPORT_KEY_SIZE);
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}

/* ---- changes ---- */

PosaWireStockItem *
posa_wire_stock_item_new (void)
{
  return g_new0 (PosaWireStockItem, 1);
}

void
posa_wire_stock_item_free (PosaWireStockItem *self)
{
  g_free (self->serial);
  g_free (self->model);
  g_free (self->crew_id);
  g_clear_pointer (&self->wrapped_keys, g_bytes_unref);
  g_free (self);
}

void
posa_wire_stock_item_to_json (const PosaWireStockItem *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "serial", self->serial);
  posa_json_add_string (builder, "model", self->model);
  posa_json_add_string (builder, "kind", posa_meter_kind_to_string (self->kind));
  posa_json_add_string (builder, "crew_id", self->crew_id);
  posa_json_add_int (builder, "revision", self->revision);
  posa_json_add_bool (builder, "removed", self->removed);
  add_hex (builder, "wrapped_keys", self->wrapped_keys);
  json_builder_end_object (builder);
}

static GBytes *
get_wrapped_keys (PosaJsonCursor object)
{
  const char *text = posa_json_string (object, "wrapped_keys");

  return get_hex (object, "wrapped_keys",
                  text != NULL && strlen (text) > 2 * WRAPPED_KEYS ? LONG_WRAPPED_KEYS
                                                                   : WRAPPED_KEYS);
}

PosaWireStockItem *
posa_wire_stock_item_from_json (PosaJsonCursor object)
{
  PosaWireStockItem *self = posa_wire_stock_item_new ();
  const char *kind = posa_json_string (object, "kind");

  self->serial = get_text (object, "serial");
  self->model = get_text (object, "model");
  if (kind != NULL && !posa_meter_kind_from_string (kind, &self->kind))
    posa_json_fault (posa_json_member (object, "kind"), "unknown kind \"%s\"", kind);
  self->crew_id = get_text (object, "crew_id");
  self->revision = posa_json_int_or (object, "revision", 1);
  self->removed = posa_json_has (object, "removed") && posa_json_bool (object, "removed");
  if (posa_json_has (object, "wrapped_keys"))
    self->wrapped_keys = get_wrapped_keys (object);
  return self;
}

PosaWireChanges *
posa_wire_changes_new (void)
{
  PosaWireChanges *self = g_new0 (PosaWireChanges, 1);

  self->orders = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_work_order_free);
  self->stock = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_wire_stock_item_free);
  return self;
}

void
posa_wire_changes_free (PosaWireChanges *self)
{
  g_free (self->cursor);
  g_ptr_array_unref (self->orders);
  g_ptr_array_unref (self->stock);
  g_free (self);
}

char *
posa_wire_changes_to_text (const PosaWireChanges *self)
{
  g_autoptr (JsonBuilder) builder = begin_message ("posa-changes");

  posa_json_add_string (builder, "cursor", self->cursor);
  posa_json_add_bool (builder, "has_more", self->has_more);
  json_builder_set_member_name (builder, "orders");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->orders->len; i++)
    posa_work_order_to_json (g_ptr_array_index (self->orders, i), builder);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "stock");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->stock->len; i++)
    posa_wire_stock_item_to_json (g_ptr_array_index (self->stock, i), builder);
  json_builder_end_array (builder);
  return end_message (builder);
}

static PosaJsonCursor
get_page (PosaJsonCursor root, const char *member, guint *length)
{
  PosaJsonCursor array = posa_json_array (root, member);

  *length = posa_json_length (array);
  if (*length > POSA_WIRE_MAX_PAGE)
    posa_json_fault (array, "more than %d rows in a page", POSA_WIRE_MAX_PAGE);
  *length = MIN (*length, POSA_WIRE_MAX_PAGE);
  return array;
}

PosaWireChanges *
posa_wire_changes_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);
  g_autoptr (PosaWireChanges) self = posa_wire_changes_new ();
  guint length;

  if (document == NULL)
    return NULL;
  PosaJsonCursor root = open_message (document, "posa-changes");
  self->cursor = get_text (root, "cursor");
  self->has_more = posa_json_bool (root, "has_more");
  PosaJsonCursor orders = get_page (root, "orders", &length);
  for (guint i = 0; i < length; i++)
    {
      PosaWorkOrder *order = posa_work_order_from_json (posa_json_at (orders, i));
      if (order != NULL)
        g_ptr_array_add (self->orders, order);
    }
  PosaJsonCursor stock = get_page (root, "stock", &length);
  for (guint i = 0; i < length; i++)
    g_ptr_array_add (self->stock, posa_wire_stock_item_from_json (posa_json_at (stock, i)));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}

/* ---- problems ---- */

void
posa_wire_problem_free (PosaWireProblem *self)
{
  g_free (self->type);
  g_free (self->title);
  g_free (self->detail);
  g_free (self);
}

char *
posa_wire_problem_to_text (guint status, const char *name, const char *detail)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *type = g_strconcat (PROBLEM_PREFIX, name, NULL);
  g_autofree char *title = g_strdelimit (g_strdup (name), "-", ' ');

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "type", type);
  posa_json_add_string (builder, "title", title);
  posa_json_add_int (builder, "status", status);
  posa_json_add_string (builder, "detail", detail);
  return end_message (builder);
}

PosaWireProblem *
posa_wire_problem_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);
  g_autoptr (PosaWireProblem) self = g_new0 (PosaWireProblem, 1);

  if (document == NULL)
    return NULL;
  PosaJsonCursor root = posa_json_root (document);
  gint64 status = posa_json_int (root, "status");
  if (status < 400 || status > 599)
    posa_json_fault (posa_json_member (root, "status"), "not one of an error");
  self->status = (guint) CLAMP (status, 0, 599);
  self->type = get_text (root, "type");
  self->title = get_text (root, "title");
  self->detail = posa_json_dup_string_or_null (root, "detail");
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}
