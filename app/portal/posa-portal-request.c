/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "portal/posa-portal-request.h"

#include "base/posa-error.h"
#include "domain/posa-uuid.h"
#include "portal/posa-portal-orders.h"
#include "portal/posa-portal-reports.h"
#include "sync/posa-wire-crypto.h"

#include <string.h>

#define DEFAULT_PAGE      100
#define RETRY_AFTER       "30" /* seconds, when the store cannot write */
#define HTTP_UNPROCESSED  422
#define HTTP_NO_CONDITION 428

void
posa_portal_request_answer (PosaPortalRequest *self, guint status, char *text)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_server_message_set_response (self->message,
                                    status >= 400 ? "application/problem+json" : "application/json",
                                    SOUP_MEMORY_TAKE, text, strlen (text));
  soup_server_message_set_status (self->message, status, NULL);
}

void
posa_portal_request_refuse (PosaPortalRequest *self,
                            guint status,
                            const char *name,
                            const char *detail)
{
  posa_portal_request_answer (self, status, posa_wire_problem_to_text (status, name, detail));
}

void
posa_portal_request_fail (PosaPortalRequest *self, GError *error)
{
  g_autoptr (GError) owned = error;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);

  switch (owned->domain == POSA_ERROR ? owned->code : POSA_ERROR_FAILED)
    {
    case POSA_ERROR_INVALID_DATA:
      posa_portal_request_refuse (self, SOUP_STATUS_BAD_REQUEST, "invalid-data", owned->message);
      return;
    case POSA_ERROR_ACCESS_DENIED:
      posa_portal_request_refuse (self, SOUP_STATUS_FORBIDDEN, "code-refused", owned->message);
      return;
    case POSA_ERROR_CONFLICT:
      posa_portal_request_refuse (self, SOUP_STATUS_CONFLICT, "code-used", owned->message);
      return;
    case POSA_ERROR_NOT_FOUND:
      posa_portal_request_refuse (self, SOUP_STATUS_GONE, "cursor-unknown", owned->message);
      return;
    default:
      break;
    }
  g_warning ("%s %s: %s", soup_server_message_get_method (self->message),
             g_uri_get_path (soup_server_message_get_uri (self->message)), owned->message);
  soup_message_headers_replace (headers, "Retry-After", RETRY_AFTER);
  posa_portal_request_refuse (self, SOUP_STATUS_SERVICE_UNAVAILABLE, "storage",
                              "the portal cannot store now; nothing was taken, repeat later");
}

static GBytes *
peek_body (PosaPortalRequest *self)
{
  return soup_message_body_flatten (soup_server_message_get_request_body (self->message));
}

static gboolean
check_type (PosaPortalRequest *self, const char *wanted)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  if (type != NULL && g_ascii_strcasecmp (type, wanted) == 0)
    return TRUE;
  g_autofree char *detail = g_strdup_printf ("expected Content-Type %s", wanted);
  posa_portal_request_refuse (self, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "wrong-type", detail);
  return FALSE;
}

/* A whole number of the query; refused when it is not one between @min and @max. */
static gboolean
get_number (PosaPortalRequest *self,
            const char *name,
            guint64 min,
            guint64 max,
            guint64 absent,
            guint64 *value)
{
  const char *text = self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;

  *value = absent;
  if (text == NULL || *text == '\0' || g_ascii_string_to_unsigned (text, 10, min, max, value, NULL))
    return TRUE;
  g_autofree char *detail = g_strdup_printf ("%s: expected a whole number from %" G_GUINT64_FORMAT
                                             " to %" G_GUINT64_FORMAT,
                                             name, min, max);
  posa_portal_request_refuse (self, SOUP_STATUS_BAD_REQUEST, "invalid-data", detail);
  return FALSE;
}

void
posa_portal_request_status (PosaPortalRequest *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "portal", posa_portal_ca_get_name (self->portal->ca));
  posa_json_add_int (builder, "protocol", POSA_WIRE_PROTOCOL);
  posa_json_add_string (builder, "program_version", POSA_VERSION);
  posa_json_add_time (builder, "time", posa_portal_now ());
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  posa_portal_request_answer (self, SOUP_STATUS_OK, posa_json_to_text (root, FALSE));
}

void
posa_portal_request_ca (PosaPortalRequest *self)
{
  const char *pem = posa_portal_ca_get_pem (self->portal->ca);

  soup_server_message_set_response (self->message, "application/x-pem-file", SOUP_MEMORY_COPY, pem,
                                    strlen (pem));
  soup_server_message_set_status (self->message, SOUP_STATUS_OK, NULL);
}

void
posa_portal_request_enrol (PosaPortalRequest *self)
{
  GError *error = NULL;
  gsize size;

  if (!check_type (self, "application/json"))
    return;
  g_autoptr (GBytes) body = peek_body (self);
  const char *text = g_bytes_get_data (body, &size);
  g_autoptr (PosaWireEnrolRequest)
      request = posa_wire_enrol_request_from_text (text != NULL ? text : "", (gssize) size, &error);
  g_autoptr (PosaWireEnrolAnswer)
      answer = request != NULL ? posa_portal_enrol (self->portal, request, &error) : NULL;
  if (answer == NULL)
    {
      g_message ("enrolment refused: %s", error->message);
      posa_portal_request_fail (self, error);
      return;
    }
  g_message ("device %s of crew %s enrolled", answer->device_id, answer->crew_id);
  posa_portal_request_answer (self, SOUP_STATUS_OK, posa_wire_enrol_answer_to_text (answer));
}

void
posa_portal_request_changes (PosaPortalRequest *self)
{
  const char *since = self->query != NULL ? g_hash_table_lookup (self->query, "since") : NULL;
  GError *error = NULL;
  guint64 limit;

  if (!get_number (self, "limit", 1, POSA_WIRE_MAX_PAGE, DEFAULT_PAGE, &limit))
    return;
  g_autoptr (PosaWireChanges)
      changes = posa_portal_get_changes (self->portal, self->device, since != NULL ? since : "",
                                         (guint) limit, &error);
  if (changes == NULL)
    posa_portal_request_fail (self, error);
  else
    posa_portal_request_answer (self, SOUP_STATUS_OK, posa_wire_changes_to_text (changes));
}

void
posa_portal_request_receipts (PosaPortalRequest *self)
{
  GError *error = NULL;
  guint64 since, limit;

  if (!get_number (self, "since", 0, G_MAXINT64, 0, &since) ||
      !get_number (self, "limit", 1, POSA_WIRE_MAX_PAGE, DEFAULT_PAGE, &limit))
    return;
  g_autoptr (PosaWireReceipts) page =
      posa_portal_get_receipts (self->portal, self->device, (gint64) since, (guint) limit, &error);
  if (page == NULL)
    posa_portal_request_fail (self, error);
  else
    posa_portal_request_answer (self, SOUP_STATUS_OK, posa_wire_receipts_to_text (page));
}

/* A stored report is never replaced, so a PUT that means "replace" is not taken. */
static gboolean
check_condition (PosaPortalRequest *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);

  if (g_strcmp0 (soup_message_headers_get_one (headers, "If-None-Match"), "*") == 0)
    return TRUE;
  posa_portal_request_refuse (self, HTTP_NO_CONDITION, "condition-needed",
                              "a report is never replaced: send If-None-Match: *");
  return FALSE;
}

static gboolean
check_digest (PosaPortalRequest *self, GBytes *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *header = soup_message_headers_get_list (headers, "Content-Digest");
  g_autofree char *sha256 = posa_wire_sha256 (body);
  GError *error = NULL;
  g_autofree char *claimed = posa_wire_content_digest_parse (header, &error);

  if (claimed == NULL)
    {
      posa_portal_request_fail (self, error);
      return FALSE;
    }
  if (g_str_equal (claimed, sha256))
    return TRUE;
  posa_portal_request_refuse (self, SOUP_STATUS_BAD_REQUEST, "digest-mismatch",
                              "the body is not what Content-Digest says; send it again");
  return FALSE;
}

/* The report of a revoked device is evidence too; it is kept aside and the office is told. */
static void
keep_revoked (PosaPortalRequest *self, GBytes *body)
{
  g_autoptr (GError) error = NULL;

  if (!posa_portal_quarantine (self->portal, self->device, self->rest, body, "device revoked",
                               &error))
    g_warning ("%s", error->message);
  posa_portal_request_refuse (self, SOUP_STATUS_FORBIDDEN, "device-revoked",
                              "this device is revoked; the office has the report aside");
}

static void
answer_report (PosaPortalRequest *self, const PosaPortalAnswer *answer)
{
  static const guint statuses[] = { [POSA_REPORT_NEW] = SOUP_STATUS_CREATED,
                                    [POSA_REPORT_KNOWN] = SOUP_STATUS_OK,
                                    [POSA_REPORT_VARIANT] = SOUP_STATUS_ACCEPTED,
                                    [POSA_REPORT_SIGNATURE] = HTTP_UNPROCESSED };
  guint status = statuses[answer->fate];

  g_message ("report %s of %s: %u", self->rest, self->device->id, status);
  if (answer->receipt != NULL)
    posa_portal_request_answer (self, status, posa_wire_receipt_to_text (answer->receipt));
  else
    posa_portal_request_refuse (self, status, "signature", answer->reason);
}

void
posa_portal_request_report (PosaPortalRequest *self)
{
  GError *error = NULL;

  if (!posa_uuid_is_valid (self->rest))
    {
      posa_portal_request_refuse (self, SOUP_STATUS_BAD_REQUEST, "invalid-data",
                                  "a report's id is a UUID in lower case");
      return;
    }
  if (!check_type (self, "application/pdf") || !check_condition (self))
    return;
  g_autoptr (GBytes) body = peek_body (self);
  if (!check_digest (self, body))
    return;
  if (self->device->revoked)
    {
      keep_revoked (self, body);
      return;
    }
  g_autoptr (PosaPortalAnswer)
      answer = posa_portal_put_report (self->portal, self->device, self->rest, body, &error);
  if (answer == NULL)
    posa_portal_request_fail (self, error);
  else
    answer_report (self, answer);
}
