/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "sync/posa-identity.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "sync/posa-wire-crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define IDENTITY     "identity"
#define UNFINISHED   "identity.new"
#define TLS_KEY      "tls-key.pem"
#define TLS_CERT     "tls.pem"
#define REPORT_KEY   "report-key.pem"
#define REPORT_CERT  "report.pem"
#define AUTHORITY    "ca.pem"
#define TRANSPORT    "transport.key"
#define DEVICE       "device.json"
#define REQUEST      "request.json"
#define FILE_LIMIT   65536
#define PRIVATE_MODE 0600

struct _PosaIdentity
{
  char *device_id, *crew_id, *operator_badge, *operator_name, *contractor, *client_title;
  char *portal_url;
  char *ca;
  GBytes *transport_key;
  char *ca_path, *tls_key_path, *tls_certificate_path;
  char *report_key_path, *report_certificate_path;
};

void
posa_identity_free (PosaIdentity *self)
{
  g_free (self->device_id);
  g_free (self->crew_id);
  g_free (self->operator_badge);
  g_free (self->operator_name);
  g_free (self->contractor);
  g_free (self->client_title);
  g_free (self->portal_url);
  g_free (self->ca);
  g_clear_pointer (&self->transport_key, g_bytes_unref);
  g_free (self->ca_path);
  g_free (self->tls_key_path);
  g_free (self->tls_certificate_path);
  g_free (self->report_key_path);
  g_free (self->report_certificate_path);
  g_free (self);
}

/* ---- files ---- */

static GBytes *
read_file (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return posa_file_read (path, FILE_LIMIT, error);
}

static char *
read_text (const char *folder, const char *name, GError **error)
{
  g_autoptr (GBytes) bytes = read_file (folder, name, error);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                       : NULL;
}

static gboolean
write_bytes (const char *folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return posa_file_write (path, bytes, PRIVATE_MODE, error);
}

static gboolean
write_text (const char *folder, const char *name, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return write_bytes (folder, name, bytes, error);
}

static gboolean
fail_errno (const char *path, GError **error)
{
  int saved = errno;

  g_set_error (error, POSA_ERROR, saved == ENOSPC ? POSA_ERROR_DISK_FULL : POSA_ERROR_FAILED,
               "%s: %s", path, g_strerror (saved));
  return FALSE;
}

/* A rename is on the disk when its folder is. */
static gboolean
sync_folder (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (!done)
    fail_errno (path, error);
  if (fd >= 0)
    close (fd);
  return done;
}

/* ---- loading ---- */

gboolean
posa_identity_exists (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, IDENTITY, DEVICE, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
parse_device (PosaIdentity *self, const char *text, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, error);

  if (document == NULL)
    return FALSE;
  PosaJsonCursor root = posa_json_root (document);
  self->portal_url = g_strdup (posa_json_string (root, "portal_url"));
  self->device_id = g_strdup (posa_json_string (root, "device_id"));
  self->crew_id = g_strdup (posa_json_string (root, "crew_id"));
  self->operator_badge = g_strdup (posa_json_string (root, "operator_badge"));
  self->operator_name = g_strdup (posa_json_string (root, "operator_name"));
  self->contractor = g_strdup (posa_json_string (root, "contractor"));
  self->client_title = g_strdup (posa_json_string (root, "client_title"));
  return posa_json_check (document, error);
}

static gboolean
load_files (PosaIdentity *self, const char *path, GError **error)
{
  g_autofree char *device = read_text (path, DEVICE, error);

  if (device == NULL || !parse_device (self, device, error) ||
      (self->ca = read_text (path, AUTHORITY, error)) == NULL ||
      (self->transport_key = read_file (path, TRANSPORT, error)) == NULL)
    return FALSE;
  if (g_bytes_get_size (self->transport_key) == POSA_WIRE_TRANSPORT_KEY_SIZE)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: expected %d bytes", TRANSPORT,
               POSA_WIRE_TRANSPORT_KEY_SIZE);
  return FALSE;
}

PosaIdentity *
posa_identity_load (const char *folder, GError **error)
{
  g_autoptr (PosaIdentity) self = g_new0 (PosaIdentity, 1);
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *path = g_build_filename (absolute, IDENTITY, NULL);
  g_autoptr (GError) fault = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                           "this device is not enrolled");
      return NULL;
    }
  if (!load_files (self, path, &fault))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: %s", path, fault->message);
      return NULL;
    }
  self->ca_path = g_build_filename (path, AUTHORITY, NULL);
  self->tls_key_path = g_build_filename (path, TLS_KEY, NULL);
  self->tls_certificate_path = g_build_filename (path, TLS_CERT, NULL);
  self->report_key_path = g_build_filename (path, REPORT_KEY, NULL);
  self->report_certificate_path = g_build_filename (path, REPORT_CERT, NULL);
  return g_steal_pointer (&self);
}

const char *
posa_identity_get_device_id (const PosaIdentity *self)
{
  return self->device_id;
}

const char *
posa_identity_get_crew_id (const PosaIdentity *self)
{
  return self->crew_id;
}

const char *
posa_identity_get_operator_badge (const PosaIdentity *self)
{
  return self->operator_badge;
}

const char *
posa_identity_get_operator_name (const PosaIdentity *self)
{
  return self->operator_name;
}

const char *
posa_identity_get_contractor (const PosaIdentity *self)
{
  return self->contractor;
}

const char *
posa_identity_get_client_title (const PosaIdentity *self)
{
  return self->client_title;
}

const char *
posa_identity_get_portal_url (const PosaIdentity *self)
{
  return self->portal_url;
}

const char *
posa_identity_get_ca (const PosaIdentity *self)
{
  return self->ca;
}

GBytes *
posa_identity_get_transport_key (const PosaIdentity *self)
{
  return self->transport_key;
}

const char *
posa_identity_get_ca_path (const PosaIdentity *self)
{
  return self->ca_path;
}

const char *
posa_identity_get_tls_key_path (const PosaIdentity *self)
{
  return self->tls_key_path;
}

const char *
posa_identity_get_tls_certificate_path (const PosaIdentity *self)
{
  return self->tls_certificate_path;
}

const char *
posa_identity_get_report_key_path (const PosaIdentity *self)
{
  return self->report_key_path;
}

const char *
posa_identity_get_report_certificate_path (const PosaIdentity *self)
{
  return self->report_certificate_path;
}

/* ---- enrolment ---- */

/* The request of an attempt that was cut, if it was for @code. */
static PosaWireEnrolRequest *
find_request (const char *path, const char *code)
{
  g_autofree char *text = read_text (path, REQUEST, NULL);
  g_autoptr (PosaWireEnrolRequest)
      request = text != NULL ? posa_wire_enrol_request_from_text (text, -1, NULL) : NULL;

  if (request == NULL || !g_str_equal (request->code, code))
    return NULL;
  return g_steal_pointer (&request);
}

static char *
make_key (const char *path, const char *name, GError **error)
{
  g_autoptr (GBytes) key = posa_wire_key_new (error);

  if (key == NULL || !write_bytes (path, name, key, error))
    return NULL;
  return posa_wire_csr_new (key, "posa device", error);
}

PosaWireEnrolRequest *
posa_identity_prepare (const char *folder, const char *code, GError **error)
{
  g_autofree char *path = g_build_filename (folder, UNFINISHED, NULL);
  PosaWireEnrolRequest *earlier = find_request (path, code);

  if (earlier != NULL)
    return earlier;
  if (g_mkdir_with_parents (path, 0700) != 0)
    {
      fail_errno (path, error);
      return NULL;
    }
  /* A request must never stand beside keys that are not its own. */
  g_autofree char *request_path = g_build_filename (path, REQUEST, NULL);
  if (g_unlink (request_path) != 0 && errno != ENOENT)
    {
      fail_errno (request_path, error);
      return NULL;
    }
  g_autoptr (PosaWireEnrolRequest) request = posa_wire_enrol_request_new ();
  request->code = g_strdup (code);
  request->program_version = g_strdup (POSA_VERSION);
  if ((request->tls_csr = make_key (path, TLS_KEY, error)) == NULL ||
      (request->report_csr = make_key (path, REPORT_KEY, error)) == NULL)
    return NULL;
  g_autofree char *text = posa_wire_enrol_request_to_text (request);
  return write_text (path, REQUEST, text, error) ? g_steal_pointer (&request) : NULL;
}

static gboolean
check_certificate (const char *path,
                   const char *key_name,
                   const char *certificate,
                   const char *ca,
                   GError **error)
{
  g_autoptr (GBytes) key = read_file (path, key_name, error);

  if (key != NULL && posa_wire_certificate_check (certificate, ca, NULL, error) &&
      posa_wire_certificate_holds_key (certificate, key, error))
    return TRUE;
  g_prefix_error_literal (error, "the portal's answer: ");
  return FALSE;
}

static char *
describe_device (const PosaWireEnrolAnswer *answer, const char *portal_url)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "portal_url", portal_url);
  posa_json_add_string (builder, "portal", answer->portal);
  posa_json_add_string (builder, "device_id", answer->device_id);
  posa_json_add_string (builder, "crew_id", answer->crew_id);
  posa_json_add_string (builder, "operator_badge", answer->operator_badge);
  posa_json_add_string (builder, "operator_name", answer->operator_name);
  posa_json_add_string (builder, "contractor", answer->contractor);
  posa_json_add_string (builder, "client_title", answer->client_title);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}

static gboolean
finish_folder (const char *folder, const char *unfinished, GError **error)
{
  g_autofree char *path = g_build_filename (folder, IDENTITY, NULL);
  g_autofree char *request = g_build_filename (path, REQUEST, NULL);

  if (g_rename (unfinished, path) != 0)
    return fail_errno (path, error);
  if (!sync_folder (folder, error))
    return FALSE;
  /* It holds a used code: of no use to anybody, so a failure to remove it is none of ours. */
  g_unlink (request);
  return TRUE;
}

gboolean
posa_identity_complete (const char *folder,
                        const char *portal_url,
                        const char *ca,
                        const PosaWireEnrolAnswer *answer,
                        GError **error)
{
  g_autofree char *path = g_build_filename (folder, UNFINISHED, NULL);
  g_autofree char *device = describe_device (answer, portal_url);

  return check_certificate (path, TLS_KEY, answer->tls_certificate, ca, error) &&
         check_certificate (path, REPORT_KEY, answer->report_certificate, ca, error) &&
         write_text (path, TLS_CERT, answer->tls_certificate, error) &&
         write_text (path, REPORT_CERT, answer->report_certificate, error) &&
         write_text (path, AUTHORITY, ca, error) &&
         write_bytes (path, TRANSPORT, answer->transport_key, error) &&
         write_text (path, DEVICE, device, error) && sync_folder (path, error) &&
         finish_folder (folder, path, error);
}
