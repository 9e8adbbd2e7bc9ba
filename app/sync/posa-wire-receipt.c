/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync/posa-wire-receipt.h"

#include "base/posa-error.h"
#include "domain/posa-uuid.h"
#include "sync/posa-wire-crypto.h"
#include "sync/posa-wire.h"

#include <string.h>

#define SHA256_HEX     64
#define MAX_SIGNATURE  256
#define RECEIPT_FORMAT "posa-receipt"

static const char *const dispositions[POSA_N_DISPOSITIONS] = {
  [POSA_DISPOSITION_ACCEPTED] = "accepted",
  [POSA_DISPOSITION_VARIANT] = "variant",
};

const char *
posa_disposition_to_string (PosaDisposition self)
{
  return dispositions[self];
}

static PosaDisposition
get_disposition (PosaJsonCursor object)
{
  const char *text = posa_json_string (object, "disposition");

  for (guint i = 0; text != NULL && i < POSA_N_DISPOSITIONS; i++)
    if (g_str_equal (dispositions[i], text))
      return (PosaDisposition) i;
  if (text != NULL)
    posa_json_fault (posa_json_member (object, "disposition"), "unknown value \"%s\"", text);
  return POSA_DISPOSITION_VARIANT;
}

PosaWireStatement *
posa_wire_statement_new (void)
{
  return g_new0 (PosaWireStatement, 1);
}

void
posa_wire_statement_free (PosaWireStatement *self)
{
  g_free (self->report_id);
  g_free (self->sha256);
  g_free (self->device_id);
  g_free (self->portal);
  g_free (self);
}

char *
posa_wire_statement_to_text (const PosaWireStatement *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "report_id", self->report_id);
  posa_json_add_string (builder, "sha256", self->sha256);
  posa_json_add_string (builder, "device_id", self->device_id);
  posa_json_add_int (builder, "sequence", self->sequence);
  posa_json_add_time (builder, "received_at", self->received_us);
  posa_json_add_string (builder, "portal", self->portal);
  posa_json_add_string (builder, "disposition", posa_disposition_to_string (self->disposition));
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

PosaWireStatement *
posa_wire_statement_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);
  g_autoptr (PosaWireStatement) self = posa_wire_statement_new ();

  if (document == NULL)
    return NULL;
  PosaJsonCursor root = posa_json_root (document);
  self->report_id = g_strdup (posa_json_string (root, "report_id"));
  self->sha256 = g_strdup (posa_json_string (root, "sha256"));
  self->device_id = g_strdup (posa_json_string (root, "device_id"));
  self->sequence = posa_json_int (root, "sequence");
  self->received_us = posa_json_time (root, "received_at");
  self->portal = g_strdup (posa_json_string (root, "portal"));
  self->disposition = get_disposition (root);
  if (self->report_id != NULL && !posa_uuid_is_valid (self->report_id))
    posa_json_fault (posa_json_member (root, "report_id"), "not a UUID");
  if (self->sha256 != NULL && strlen (self->sha256) != SHA256_HEX)
    posa_json_fault (posa_json_member (root, "sha256"), "expected %d hex digits", SHA256_HEX);
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}

PosaWireReceipt *
posa_wire_receipt_new (void)
{
  return g_new0 (PosaWireReceipt, 1);
}

void
posa_wire_receipt_free (PosaWireReceipt *self)
{
  g_free (self->statement);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self->certificate);
  g_free (self);
}

void
posa_wire_receipt_to_json (const PosaWireReceipt *self, JsonBuilder *builder)
{
  g_autofree char *signature = g_base64_encode (g_bytes_get_data (self->signature, NULL),
                                                g_bytes_get_size (self->signature));

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "format", RECEIPT_FORMAT);
  posa_json_add_int (builder, "version", POSA_WIRE_PROTOCOL);
  posa_json_add_string (builder, "statement", self->statement);
  posa_json_add_string (builder, "signature", signature);
  posa_json_add_string (builder, "certificate", self->certificate);
  json_builder_end_object (builder);
}

char *
posa_wire_receipt_to_text (const PosaWireReceipt *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  posa_wire_receipt_to_json (self, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

static GBytes *
get_signature (PosaJsonCursor object)
{
  const char *text = posa_json_string (object, "signature");
  gsize size = 0;

  if (text == NULL)
    return NULL;
  g_autofree guchar *data = strlen (text) <= 2 * MAX_SIGNATURE ? g_base64_decode (text, &size)
                                                               : NULL;
  if (size == 0 || size > MAX_SIGNATURE)
    posa_json_fault (posa_json_member (object, "signature"), "expected at most %d bytes in base64",
                     MAX_SIGNATURE);
  return g_bytes_new (data, MIN (size, MAX_SIGNATURE));
}

PosaWireReceipt *
posa_wire_receipt_from_json (PosaJsonCursor object)
{
  PosaWireReceipt *self = posa_wire_receipt_new ();
  const char *format = posa_json_string (object, "format");

  if (format != NULL && !g_str_equal (format, RECEIPT_FORMAT))
    posa_json_fault (object, "expected a %s", RECEIPT_FORMAT);
  if (posa_json_int (object, "version") != POSA_WIRE_PROTOCOL && format != NULL)
    posa_json_fault (posa_json_member (object, "version"), "this program speaks version %d",
                     POSA_WIRE_PROTOCOL);
  self->statement = g_strdup (posa_json_string (object, "statement"));
  self->signature = get_signature (object);
  self->certificate = g_strdup (posa_json_string (object, "certificate"));
  return self;
}

PosaWireReceipt *
posa_wire_receipt_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);

  if (document == NULL)
    return NULL;
  g_autoptr (PosaWireReceipt) self = posa_wire_receipt_from_json (posa_json_root (document));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}

PosaWireStatement *
posa_wire_receipt_open (const PosaWireReceipt *self, const char *ca, GError **error)
{
  if (posa_wire_certificate_check (self->certificate, ca, POSA_WIRE_RECEIPT_USAGE, error) &&
      posa_wire_verify (self->certificate, self->statement, self->signature, error))
    return posa_wire_statement_from_text (self->statement, -1, error);
  g_prefix_error_literal (error, "receipt: ");
  return NULL;
}

PosaWireReceipts *
posa_wire_receipts_new (void)
{
  PosaWireReceipts *self = g_new0 (PosaWireReceipts, 1);

  self->receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_wire_receipt_free);
  return self;
}

void
posa_wire_receipts_free (PosaWireReceipts *self)
{
  g_ptr_array_unref (self->receipts);
  g_free (self);
}

char *
posa_wire_receipts_to_text (const PosaWireReceipts *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "format", "posa-receipts");
  posa_json_add_int (builder, "version", POSA_WIRE_PROTOCOL);
  posa_json_add_int (builder, "cursor", self->cursor);
  posa_json_add_bool (builder, "has_more", self->has_more);
  json_builder_set_member_name (builder, "receipts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->receipts->len; i++)
    posa_wire_receipt_to_json (g_ptr_array_index (self->receipts, i), builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

PosaWireReceipts *
posa_wire_receipts_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);
  g_autoptr (PosaWireReceipts) self = posa_wire_receipts_new ();

  if (document == NULL)
    return NULL;
  PosaJsonCursor root = posa_json_root (document);
  self->cursor = posa_json_int (root, "cursor");
  self->has_more = posa_json_bool (root, "has_more");
  PosaJsonCursor array = posa_json_array (root, "receipts");
  guint length = posa_json_length (array);
  if (length > POSA_WIRE_MAX_PAGE)
    posa_json_fault (array, "more than %d rows in a page", POSA_WIRE_MAX_PAGE);
  for (guint i = 0; i < MIN (length, POSA_WIRE_MAX_PAGE); i++)
    g_ptr_array_add (self->receipts, posa_wire_receipt_from_json (posa_json_at (array, i)));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}
