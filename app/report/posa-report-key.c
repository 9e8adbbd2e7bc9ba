/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-key.h"

#include <openssl/pem.h>

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "report/posa-ecdsa.h"

#define PEM_LIMIT 65536

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_NAME, X509_NAME_free)

struct _PosaReportKey
{
  EVP_PKEY *key;
  X509 *certificate;
  X509 *authority;
  char *device_id;
  char *contractor;
};

void
posa_report_key_free (PosaReportKey *self)
{
  if (self == NULL)
    return;
  EVP_PKEY_free (self->key);
  X509_free (self->certificate);
  X509_free (self->authority);
  g_free (self->device_id);
  g_free (self->contractor);
  g_free (self);
}

static GPtrArray *
load_certificates (const char *path, GError **error)
{
  g_autoptr (GBytes) pem = posa_file_read (path, PEM_LIMIT, error);

  return pem != NULL ? posa_certificates_from_pem (pem, path, error) : NULL;
}

static EVP_PKEY *
load_private_key (const char *path, GError **error)
{
  g_autoptr (GBytes) pem = posa_file_read (path, PEM_LIMIT, error);

  return pem != NULL ? posa_private_key_from_pem (pem, path, error) : NULL;
}

/* The authority of @authorities that issued @certificate: it goes into the signature. */
static X509 *
find_issuer (X509 *certificate, GPtrArray *authorities)
{
  for (guint i = 0; i < authorities->len; i++)
    {
      X509 *authority = g_ptr_array_index (authorities, i);
      if (X509_verify (certificate, X509_get0_pubkey (authority)) == 1)
        return authority;
    }
  return NULL;
}

PosaReportKey *
posa_report_key_load (const char *key_path,
                      const char *certificate_path,
                      const char *ca_path,
                      GError **error)
{
  g_autoptr (EVP_PKEY) key = load_private_key (key_path, error);
  g_autoptr (GPtrArray) certificates = key != NULL ? load_certificates (certificate_path, error)
                                                   : NULL;
  g_autoptr (GPtrArray) authorities = certificates != NULL ? load_certificates (ca_path, error)
                                                           : NULL;

  if (authorities == NULL)
    return NULL;
  X509 *certificate = g_ptr_array_index (certificates, 0);
  if (!posa_certificate_check (certificate, authorities, error))
    {
      g_prefix_error (error, "%s: ", certificate_path);
      return NULL;
    }
  if (EVP_PKEY_eq (key, X509_get0_pubkey (certificate)) != 1)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE, "%s is not the key of %s", key_path,
                   certificate_path);
      return NULL;
    }
  PosaReportKey *self = g_new0 (PosaReportKey, 1);
  X509 *authority = find_issuer (certificate, authorities);
  X509_up_ref (certificate);
  X509_up_ref (authority);
  self->key = g_steal_pointer (&key);
  self->certificate = certificate;
  self->authority = authority;
  self->device_id = posa_certificate_dup_common_name (certificate);
  self->contractor = posa_certificate_dup_organization (certificate);
  return self;
}

static GBytes *
bytes_of_bio (BIO *bio)
{
  char *data = NULL;
  long size = BIO_get_mem_data (bio, &data);

  return g_bytes_new (data, size > 0 ? (gsize) size : 0);
}

GBytes *
posa_key_generate (GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());

  if (key == NULL || PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL) != 1)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_FAILED, "cannot make an EC P-256 key");
      return NULL;
    }
  return bytes_of_bio (bio);
}

static gboolean
add_entry (X509_NAME *name, const char *field, const char *value)
{
  return X509_NAME_add_entry_by_txt (name, field, MBSTRING_UTF8, (const guint8 *) value, -1, -1,
                                     0) == 1;
}

GBytes *
posa_key_make_request (GBytes *key_pem,
                       const char *device_id,
                       const char *contractor,
                       GError **error)
{
  g_autoptr (EVP_PKEY) key = posa_private_key_from_pem (key_pem, "the new key", error);
  g_autoptr (X509_REQ) request = X509_REQ_new ();
  g_autoptr (X509_NAME) subject = X509_NAME_new ();
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());

  if (key == NULL)
    return NULL;
  if (!add_entry (subject, "O", contractor) || !add_entry (subject, "CN", device_id) ||
      X509_REQ_set_subject_name (request, subject) != 1 ||
      X509_REQ_set_pubkey (request, key) != 1 || X509_REQ_sign (request, key, EVP_sha256 ()) <= 0 ||
      PEM_write_bio_X509_REQ (bio, request) != 1)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "cannot make a certificate request for device \"%s\" of \"%s\"", device_id,
                   contractor);
      return NULL;
    }
  return bytes_of_bio (bio);
}

GBytes *
posa_key_create (const char *key_path,
                 const char *device_id,
                 const char *contractor,
                 GError **error)
{
  g_autoptr (GBytes) key = posa_key_generate (error);
  g_autoptr (GBytes)
      request = key != NULL ? posa_key_make_request (key, device_id, contractor, error) : NULL;

  if (request == NULL || !posa_file_write (key_path, key, 0600, error))
    return NULL;
  return g_steal_pointer (&request);
}

const char *
posa_report_key_get_device_id (PosaReportKey *self)
{
  return self->device_id;
}

const char *
posa_report_key_get_contractor (PosaReportKey *self)
{
  return self->contractor;
}

X509 *
posa_report_key_peek_certificate (PosaReportKey *self)
{
  return self->certificate;
}

X509 *
posa_report_key_peek_authority (PosaReportKey *self)
{
  return self->authority;
}

GBytes *
posa_report_key_sign (PosaReportKey *self, GBytes *message, GError **error)
{
  return posa_ecdsa_sign (self->key, message, error);
}
