/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-devices.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "portal/posa-portal-x509.h"
#include "sync/posa-wire-crypto.h"

#include <string.h>

#define CODE_GROUPS       4
#define CODE_GROUP_LENGTH 5
#define MAX_SUBJECT       64 /* ub-organization-name, RFC 5280 appendix A.1 */
#define TITLE_MAKER       "PSA"

/* Without I, L, O and U: what a person reads aloud or types stays what it was. */
static const char code_letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static char *
make_code (void)
{
  gsize length = CODE_GROUPS * CODE_GROUP_LENGTH;
  g_autoptr (GBytes) random = posa_wire_random (length);
  const guint8 *data = g_bytes_get_data (random, NULL);
  g_autoptr (GString) code = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && i % CODE_GROUP_LENGTH == 0)
        g_string_append_c (code, '-');
      g_string_append_c (code, code_letters[data[i] % 32]);
    }
  return g_string_free_and_steal (g_steal_pointer (&code));
}

static char *
hash_code (const char *code)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *p = code; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (plain, g_ascii_toupper (*p));
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (g_steal_pointer (&plain));
  return posa_wire_sha256 (bytes);
}

static gboolean
check_text (const char *name, const char *text, GError **error)
{
  if (text != NULL && *text != '\0' && g_utf8_validate (text, -1, NULL) &&
      g_utf8_strlen (text, -1) <= MAX_SUBJECT)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: expected 1 to %d characters", name,
               MAX_SUBJECT);
  return FALSE;
}

char *
posa_portal_add_code (PosaPortal *self, const PosaPortalInvitation *invitation, GError **error)
{
  g_autofree char *code = make_code ();
  g_autofree char *hash = hash_code (code);
  gint64 now = posa_portal_now ();

  if (check_text ("crew", invitation->crew_id, error) &&
      check_text ("operator", invitation->operator_badge, error) &&
      check_text ("name", invitation->operator_name, error) &&
      check_text ("contractor", invitation->contractor, error) &&
      posa_portal_store_run (self->store, error,
                             "INSERT INTO enrol_code (code_sha256, crew_id, operator_badge, "
                             "operator_name, contractor, created_us, expires_us) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?)",
                             "sssssii", hash, invitation->crew_id, invitation->operator_badge,
                             invitation->operator_name, invitation->contractor, now,
                             now + invitation->valid_us))
    return g_steal_pointer (&code);
  return NULL;
}

/* ---- enrolment ---- */

typedef struct
{
  char *crew_id, *operator_badge, *operator_name, *contractor;
  gint64 expires_us;
  char *request_sha256, *device_id; /* NULL until used */
} Code;

static void
code_free (Code *self)
{
  g_free (self->crew_id);
  g_free (self->operator_badge);
  g_free (self->operator_name);
  g_free (self->contractor);
  g_free (self->request_sha256);
  g_free (self->device_id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Code, code_free)

static Code *
find_code (PosaPortal *self, const char *hash, GError **error)
{
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->store, error,
      "SELECT crew_id, operator_badge, operator_name, contractor, expires_us, request_sha256, "
      "device_id FROM enrol_code WHERE code_sha256 = ?",
      "s", hash);
  g_autoptr (GError) fault = NULL;

  if (rows == NULL)
    return NULL;
  if (!posa_portal_rows_next (rows, &fault))
    {
      if (fault != NULL)
        g_propagate_error (error, g_steal_pointer (&fault));
      else
        g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                             "there is no such enrolment code");
      return NULL;
    }
  Code *code = g_new0 (Code, 1);
  code->crew_id = g_strdup (posa_portal_rows_text (rows, 0));
  code->operator_badge = g_strdup (posa_portal_rows_text (rows, 1));
  code->operator_name = g_strdup (posa_portal_rows_text (rows, 2));
  code->contractor = g_strdup (posa_portal_rows_text (rows, 3));
  code->expires_us = posa_portal_rows_int (rows, 4);
  code->request_sha256 = g_strdup (posa_portal_rows_text (rows, 5));
  code->device_id = g_strdup (posa_portal_rows_text (rows, 6));
  return code;
}

static gboolean
check_code (const Code *code, const char *request_hash, GError **error)
{
  if (code->request_sha256 != NULL)
    {
      if (g_str_equal (code->request_sha256, request_hash))
        return TRUE;
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_CONFLICT,
                           "this enrolment code was used by another device");
      return FALSE;
    }
  if (posa_portal_now () < code->expires_us)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                       "this enrolment code has expired");
  return FALSE;
}

/* DLMS system title: three letters of the maker, five bytes of ours (IEC 62056-5-3, 4.3.4). */
static char *
make_title (gint64 number)
{
  g_autoptr (GByteArray) title = g_byte_array_new ();

  posa_put_bytes (title, TITLE_MAKER, strlen (TITLE_MAKER));
  posa_put_u8 (title, (guint8) (number >> 32));
  posa_put_u32_be (title, (guint32) number);
  return posa_hex_encode (title->data, title->len);
}

static gboolean
store_certificate (PosaPortal *self,
                   const char *device_id,
                   PosaCertificatePurpose purpose,
                   const char *csr,
                   const char *contractor,
                   GError **error)
{
  g_autofree char *serial = NULL;
  g_autofree char *pem =
      posa_portal_ca_issue (self->ca, purpose, csr, device_id, contractor, &serial, error);
  g_autofree char *fingerprint = pem != NULL ? posa_wire_certificate_fingerprint (pem, error)
                                             : NULL;

  return fingerprint != NULL &&
         posa_portal_store_run (self->store, error,
                                "INSERT INTO certificate (serial, device_id, purpose, fingerprint, "
                                "pem) VALUES (?, ?, ?, ?, ?)",
                                "sssss", serial, device_id,
                                posa_certificate_purpose_to_string (purpose), fingerprint, pem);
}

static gboolean
next_number (PosaPortal *self, gint64 *number, GError **error)
{
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT coalesce(max(number), 0) + 1 FROM device", "");

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  *number = posa_portal_rows_int (rows, 0);
  return TRUE;
}

static gboolean
store_device (PosaPortal *self,
              const char *code_hash,
              const char *request_hash,
              Code *code,
              const PosaWireEnrolRequest *request,
              GError **error)
{
  gint64 number = 0;

  if (posa_x509_is_same_key (request->tls_csr, request->report_csr))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "report_csr: it is for the key of tls_csr; a report has its own key");
      return FALSE;
    }
  if (!next_number (self, &number, error))
    return FALSE;
  code->device_id = g_strdup_printf ("T-%06" G_GINT64_FORMAT, number);
  g_autofree char *title = make_title (number);
  g_autoptr (GBytes) key = posa_wire_random (POSA_WIRE_TRANSPORT_KEY_SIZE);
  g_autoptr (GBytes) wrapped = posa_wire_wrap (posa_portal_ca_get_kek (self->ca), key, error);
  if (wrapped == NULL)
    return FALSE;
  return posa_portal_store_run (self->store, error,
                                "INSERT INTO device (number, id, crew_id, operator_badge, "
                                "operator_name, contractor, client_title, transport_key, "
                                "enrolled_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                "issssssbi", number, code->device_id, code->crew_id,
                                code->operator_badge, code->operator_name, code->contractor, title,
                                wrapped, posa_portal_now ()) &&
         store_certificate (self, code->device_id, POSA_CERTIFICATE_TLS, request->tls_csr,
                            code->contractor, error) &&
         store_certificate (self, code->device_id, POSA_CERTIFICATE_REPORT, request->report_csr,
                            code->contractor, error) &&
         posa_portal_store_run (self->store, error,
                                "UPDATE enrol_code SET request_sha256 = ?, device_id = ? "
                                "WHERE code_sha256 = ?",
                                "sss", request_hash, code->device_id, code_hash);
}

static char *
get_certificate (PosaPortal *self,
                 const char *device_id,
                 PosaCertificatePurpose purpose,
                 GError **error)
{
  g_autoptr (PosaPortalRows) rows =
      posa_portal_store_query (self->store, error,
                               "SELECT pem FROM certificate WHERE device_id = ? AND purpose = ?",
                               "ss", device_id, posa_certificate_purpose_to_string (purpose));

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return NULL;
  return g_strdup (posa_portal_rows_text (rows, 0));
}

static PosaWireEnrolAnswer *
make_answer (PosaPortal *self, const Code *code, GError **error)
{
  g_autoptr (PosaWireEnrolAnswer) answer = posa_wire_enrol_answer_new ();
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT client_title, transport_key FROM device WHERE id = ?",
                                      "s", code->device_id);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return NULL;
  g_autoptr (GBytes) wrapped = posa_portal_rows_bytes (rows, 1);
  answer->client_title = g_strdup (posa_portal_rows_text (rows, 0));
  answer->transport_key = posa_wire_unwrap (posa_portal_ca_get_kek (self->ca), wrapped, error);
  answer->portal = g_strdup (posa_portal_ca_get_name (self->ca));
  answer->device_id = g_strdup (code->device_id);
  answer->crew_id = g_strdup (code->crew_id);
  answer->operator_badge = g_strdup (code->operator_badge);
  answer->operator_name = g_strdup (code->operator_name);
  answer->contractor = g_strdup (code->contractor);
  answer->ca_certificate = g_strdup (posa_portal_ca_get_pem (self->ca));
  answer->tls_certificate = get_certificate (self, code->device_id, POSA_CERTIFICATE_TLS, error);
  if (answer->transport_key == NULL || answer->tls_certificate == NULL)
    return NULL;
  answer->report_certificate =
      get_certificate (self, code->device_id, POSA_CERTIFICATE_REPORT, error);
  return answer->report_certificate != NULL ? g_steal_pointer (&answer) : NULL;
}

PosaWireEnrolAnswer *
posa_portal_enrol (PosaPortal *self, const PosaWireEnrolRequest *request, GError **error)
{
  g_autofree char *code_hash = hash_code (request->code);
  g_autofree char *both = g_strconcat (request->tls_csr, "\n", request->report_csr, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static (both, strlen (both));
  g_autofree char *request_hash = posa_wire_sha256 (bytes);
  g_autoptr (PosaPortalTransaction) transaction = posa_portal_store_begin (self->store, error);

  if (transaction == NULL)
    return NULL;
  g_autoptr (Code) code = find_code (self, code_hash, error);
  if (code == NULL || !check_code (code, request_hash, error))
    return NULL;
  if (code->device_id == NULL &&
      !store_device (self, code_hash, request_hash, code, request, error))
    return NULL;
  g_autoptr (PosaWireEnrolAnswer) answer = make_answer (self, code, error);
  if (answer == NULL || !posa_portal_transaction_commit (transaction, error))
    return NULL;
  return g_steal_pointer (&answer);
}

/* ---- finding and revoking ---- */

void
posa_portal_device_free (PosaPortalDevice *self)
{
  g_free (self->id);
  g_free (self->crew_id);
  g_clear_pointer (&self->transport_key, g_bytes_unref);
  g_free (self);
}

static PosaPortalDevice *
find_device (PosaPortal *self, const char *sql, const char *value, GError **error)
{
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (self->store, error, sql, "s", value);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return NULL;
  g_autoptr (PosaPortalDevice) device = g_new0 (PosaPortalDevice, 1);
  g_autoptr (GBytes) wrapped = posa_portal_rows_bytes (rows, 2);
  device->id = g_strdup (posa_portal_rows_text (rows, 0));
  device->crew_id = g_strdup (posa_portal_rows_text (rows, 1));
  device->revoked = !posa_portal_rows_is_null (rows, 3);
  device->transport_key = posa_wire_unwrap (posa_portal_ca_get_kek (self->ca), wrapped, error);
  return device->transport_key != NULL ? g_steal_pointer (&device) : NULL;
}

PosaPortalDevice *
posa_portal_find_device (PosaPortal *self, const char *fingerprint, GError **error)
{
  return find_device (self,
                      "SELECT id, crew_id, transport_key, revoked_us FROM device "
                      "WHERE id = (SELECT device_id FROM certificate "
                      "WHERE fingerprint = ? AND purpose = 'tls')",
                      fingerprint, error);
}

PosaPortalDevice *
posa_portal_find_signer (PosaPortal *self, const char *serial, GError **error)
{
  return find_device (self,
                      "SELECT id, crew_id, transport_key, revoked_us FROM device "
                      "WHERE id = (SELECT device_id FROM certificate "
                      "WHERE serial = ? AND purpose = 'report')",
                      serial, error);
}

gboolean
posa_portal_revoke (PosaPortal *self, const char *device_id, const char *reason, GError **error)
{
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT count(*) FROM device WHERE id = ?", "s", device_id);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  if (posa_portal_rows_int (rows, 0) == 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "there is no device %s", device_id);
      return FALSE;
    }
  return posa_portal_store_run (self->store, error,
                                "UPDATE device SET revoked_us = ?, revoked_reason = ? "
                                "WHERE id = ? AND revoked_us IS NULL",
                                "iss", posa_portal_now (), reason, device_id);
}
