/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-ca.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "portal/posa-portal-x509.h"
#include "sync/posa-wire-crypto.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <openssl/x509v3.h>
#include <string.h>

#define FILE_LIMIT    65536
#define PRIVATE_MODE  0600
#define PUBLIC_MODE   0644
#define CA_DAYS       3650
#define RECEIPT_DAYS  3650
#define SERVER_DAYS   397
#define DEVICE_DAYS   397
#define NO_AUTHORITY  "critical,CA:FALSE"
#define SIGNATURE_USE "critical,digitalSignature"

struct _PosaPortalCa
{
  char *folder, *path;
  char *pem, *name, *fingerprint;
  X509 *certificate;
  EVP_PKEY *key;
  GBytes *receipt_key;
  char *receipt_certificate;
  GBytes *kek;
};

static const PosaX509Profile device_profiles[] = {
  [POSA_CERTIFICATE_TLS] = { .days = DEVICE_DAYS,
                             .basic_constraints = NO_AUTHORITY,
                             .key_usage = SIGNATURE_USE,
                             .extended_key_usage = "clientAuth" },
  [POSA_CERTIFICATE_REPORT] = { .days = DEVICE_DAYS,
                                .basic_constraints = NO_AUTHORITY,
                                .key_usage = "critical,nonRepudiation" },
};

const char *
posa_certificate_purpose_to_string (PosaCertificatePurpose self)
{
  return self == POSA_CERTIFICATE_TLS ? "tls" : "report";
}

static char *
build_path (PosaPortalCa *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static gboolean
write_text (const char *path, const char *text, int mode, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return posa_file_write (path, bytes, mode, error);
}

static GBytes *
load_private (const char *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) == 0 && (status.st_mode & 077) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "%s: others may read this key; chmod 600, and think about who has read it",
                   path);
      return NULL;
    }
  return posa_file_read (path, FILE_LIMIT, error);
}

/* A key file; made when it is not there and @create. */
static GBytes *
load_key (PosaPortalCa *self, const char *name, gboolean create, GError **error)
{
  g_autofree char *path = build_path (self, name);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return load_private (path, error);
  if (!create)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED,
                   "%s: the key is gone, but its certificate is there", path);
      return NULL;
    }
  g_autoptr (GBytes) key = posa_wire_key_new (error);
  if (key == NULL || !posa_file_write (path, key, PRIVATE_MODE, error))
    return NULL;
  return g_steal_pointer (&key);
}

/* The key comes first and the certificate last, so an interrupted start is repeated whole. */
static gboolean
load_authority (PosaPortalCa *self, GError **error)
{
  gboolean made = g_file_test (self->path, G_FILE_TEST_EXISTS);
  g_autoptr (GBytes) key = load_key (self, "ca-key.pem", !made, error);
  static const PosaX509Profile profile = { .common_name = "Posa portal",
                                           .days = CA_DAYS,
                                           .basic_constraints = "critical,CA:TRUE,pathlen:0",
                                           .key_usage = "critical,keyCertSign,cRLSign" };

  if (key == NULL || (self->key = posa_x509_key_from_pem (key, "ca-key.pem", error)) == NULL)
    return FALSE;
  if (!made)
    {
      g_autofree char *id = g_uuid_string_random ();
      g_autofree char *name = g_strdup_printf ("Posa portal %.8s", id);
      PosaX509Profile named = profile;
      named.common_name = name;
      g_autoptr (X509) fresh = posa_x509_make (&named, self->key, NULL, self->key, error);
      g_autofree char *pem = fresh != NULL ? posa_x509_to_pem (fresh) : NULL;
      if (pem == NULL || !write_text (self->path, pem, PUBLIC_MODE, error))
        return FALSE;
    }
  g_autoptr (GBytes) bytes = posa_file_read (self->path, FILE_LIMIT, error);
  if (bytes == NULL || (self->certificate = posa_x509_from_pem (bytes, self->path, error)) == NULL)
    return FALSE;
  if (X509_check_private_key (self->certificate, self->key) != 1)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: not the certificate of ca-key.pem",
                   self->path);
      return FALSE;
    }
  return TRUE;
}

static void
describe_authority (PosaPortalCa *self)
{
  char name[128] = "";

  self->pem = posa_x509_to_pem (self->certificate);
  self->fingerprint = posa_wire_certificate_fingerprint (self->pem, NULL);
  X509_NAME_get_text_by_NID (X509_get_subject_name (self->certificate), NID_commonName, name,
                             sizeof name);
  self->name = g_utf8_make_valid (name, -1);
}

/* Certificate of @key for @profile in @name; kept when it is there and @keep. */
static char *
load_certificate (PosaPortalCa *self,
                  const char *name,
                  GBytes *key,
                  const PosaX509Profile *profile,
                  gboolean keep,
                  GError **error)
{
  g_autofree char *path = build_path (self, name);

  if (keep && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autoptr (GBytes) bytes = posa_file_read (path, FILE_LIMIT, error);
      g_autoptr (X509) x509 = bytes != NULL ? posa_x509_from_pem (bytes, path, error) : NULL;
      return x509 != NULL ? posa_x509_to_pem (x509) : NULL;
    }
  g_autoptr (EVP_PKEY) pkey = posa_x509_key_from_pem (key, name, error);
  g_autoptr (X509) x509 =
      pkey != NULL ? posa_x509_make (profile, pkey, self->certificate, self->key, error) : NULL;
  g_autofree char *pem = x509 != NULL ? posa_x509_to_pem (x509) : NULL;
  if (pem == NULL || !write_text (path, pem, PUBLIC_MODE, error))
    return NULL;
  return g_steal_pointer (&pem);
}

static gboolean
load_receipts (PosaPortalCa *self, GError **error)
{
  g_autofree char *usage = g_strconcat ("critical,", POSA_WIRE_RECEIPT_USAGE, NULL);
  PosaX509Profile profile = { .common_name = "receipts",
                              .organization = self->name,
                              .days = RECEIPT_DAYS,
                              .basic_constraints = NO_AUTHORITY,
                              .key_usage = SIGNATURE_USE,
                              .extended_key_usage = usage };
  g_autofree char *path = build_path (self, "receipt.pem");
  gboolean made = g_file_test (path, G_FILE_TEST_EXISTS);

  self->receipt_key = load_key (self, "receipt-key.pem", !made, error);
  if (self->receipt_key == NULL)
    return FALSE;
  self->receipt_certificate =
      load_certificate (self, "receipt.pem", self->receipt_key, &profile, TRUE, error);
  return self->receipt_certificate != NULL;
}

static char *
build_names (const char *host)
{
  g_autoptr (GString) names = g_string_new ("DNS:localhost,IP:127.0.0.1,IP:::1");

  if (host != NULL && *host != '\0' && strpbrk (host, ",\n") == NULL)
    g_string_append_printf (names, ",%s:%s", g_hostname_is_ip_address (host) ? "IP" : "DNS", host);
  g_string_append_printf (names, ",DNS:%s", g_get_host_name ());
  return g_string_free_and_steal (g_steal_pointer (&names));
}

/* Made anew at each start: the device knows the authority, not this certificate, and so the names
 * and the validity are always those of today. */
static gboolean
make_server (PosaPortalCa *self, const char *host, GError **error)
{
  g_autofree char *names = build_names (host);
  PosaX509Profile profile = { .common_name = "portal",
                              .organization = self->name,
                              .days = SERVER_DAYS,
                              .basic_constraints = NO_AUTHORITY,
                              .key_usage = SIGNATURE_USE,
                              .extended_key_usage = "serverAuth",
                              .alternative_names = names };
  g_autoptr (GBytes) key = load_key (self, "server-key.pem", TRUE, error);
  g_autofree char *pem =
      key != NULL ? load_certificate (self, "server.pem", key, &profile, FALSE, error) : NULL;

  return pem != NULL;
}

static gboolean
load_kek (PosaPortalCa *self, GError **error)
{
  g_autofree char *path = build_path (self, "kek");

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autoptr (GBytes) fresh = posa_wire_random (POSA_WIRE_TRANSPORT_KEY_SIZE);
      if (!posa_file_write (path, fresh, PRIVATE_MODE, error))
        return FALSE;
    }
  self->kek = load_private (path, error);
  if (self->kek == NULL || g_bytes_get_size (self->kek) == POSA_WIRE_TRANSPORT_KEY_SIZE)
    return self->kek != NULL;
  g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: expected %d bytes", path,
               POSA_WIRE_TRANSPORT_KEY_SIZE);
  return FALSE;
}

PosaPortalCa *
posa_portal_ca_open (const char *folder, const char *host, GError **error)
{
  g_autoptr (PosaPortalCa) self = g_new0 (PosaPortalCa, 1);
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);

  self->folder = g_build_filename (absolute, "ca", NULL);
  self->path = build_path (self, "ca.pem");
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s: %s", self->folder,
                   g_strerror (errno));
      return NULL;
    }
  if (!load_authority (self, error))
    return NULL;
  describe_authority (self);
  if (load_receipts (self, error) && load_kek (self, error) &&
      (host == NULL || make_server (self, host, error)))
    return g_steal_pointer (&self);
  return NULL;
}

void
posa_portal_ca_free (PosaPortalCa *self)
{
  g_free (self->folder);
  g_free (self->path);
  g_free (self->pem);
  g_free (self->name);
  g_free (self->fingerprint);
  g_clear_pointer (&self->certificate, X509_free);
  g_clear_pointer (&self->key, EVP_PKEY_free);
  g_clear_pointer (&self->receipt_key, g_bytes_unref);
  g_free (self->receipt_certificate);
  g_clear_pointer (&self->kek, g_bytes_unref);
  g_free (self);
}

const char *
posa_portal_ca_get_pem (PosaPortalCa *self)
{
  return self->pem;
}

const char *
posa_portal_ca_get_path (PosaPortalCa *self)
{
  return self->path;
}

const char *
posa_portal_ca_get_fingerprint (PosaPortalCa *self)
{
  return self->fingerprint;
}

const char *
posa_portal_ca_get_name (PosaPortalCa *self)
{
  return self->name;
}

GBytes *
posa_portal_ca_get_kek (PosaPortalCa *self)
{
  return self->kek;
}

GTlsCertificate *
posa_portal_ca_load_server (PosaPortalCa *self, GError **error)
{
  g_autofree char *certificate = build_path (self, "server.pem");
  g_autofree char *key = build_path (self, "server-key.pem");
  GTlsCertificate *loaded = g_tls_certificate_new_from_files (certificate, key, error);

  posa_error_convert (error, POSA_ERROR_DAMAGED);
  return loaded;
}

char *
posa_portal_ca_issue (PosaPortalCa *self,
                      PosaCertificatePurpose purpose,
                      const char *csr,
                      const char *device_id,
                      const char *contractor,
                      char **serial,
                      GError **error)
{
  g_autoptr (EVP_PKEY) key = posa_x509_key_from_request (csr, error);
  PosaX509Profile profile = device_profiles[purpose];

  profile.common_name = device_id;
  profile.organization = contractor;
  if (key == NULL)
    {
      g_prefix_error (error, "%s_csr: ", posa_certificate_purpose_to_string (purpose));
      return NULL;
    }
  g_autoptr (X509) x509 = posa_x509_make (&profile, key, self->certificate, self->key, error);
  if (x509 == NULL)
    return NULL;
  *serial = posa_x509_dup_serial (x509);
  return posa_x509_to_pem (x509);
}

PosaWireReceipt *
posa_portal_ca_sign_receipt (PosaPortalCa *self, const PosaWireStatement *statement, GError **error)
{
  g_autoptr (PosaWireReceipt) receipt = posa_wire_receipt_new ();

  receipt->statement = posa_wire_statement_to_text (statement);
  receipt->certificate = g_strdup (self->receipt_certificate);
  receipt->signature = posa_wire_sign (self->receipt_key, receipt->statement, error);
  return receipt->signature != NULL ? g_steal_pointer (&receipt) : NULL;
}
