/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-ca.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/posa-file.h"

struct _PosaTestCa
{
  EVP_PKEY *key;
  X509 *certificate;
  GBytes *pem;
};

static GBytes *
take_bio (BIO *bio)
{
  char *data = NULL;
  long size = BIO_get_mem_data (bio, &data);
  GBytes *bytes = g_bytes_new (data, (gsize) size);

  BIO_free (bio);
  return bytes;
}

static GBytes *
certificate_to_pem (X509 *certificate)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  g_assert_cmpint (PEM_write_bio_X509 (bio, certificate), ==, 1);
  return take_bio (bio);
}

static void
write_file (GBytes *content, const char *folder, const char *name, const char *suffix)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, file, NULL) : g_strdup (file);

  posa_file_write (path, content, 0600, &error);
  g_assert_no_error (error);
}

static GBytes *
key_to_pem (EVP_PKEY *key)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  g_assert_cmpint (PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL), ==, 1);
  return take_bio (bio);
}

static void
write_key (EVP_PKEY *key, const char *folder, const char *name)
{
  g_autoptr (GBytes) pem = key_to_pem (key);

  write_file (pem, folder, name, ".key");
}

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  g_assert_cmpint (X509_add_ext (certificate, extension, -1), ==, 1);
  X509_EXTENSION_free (extension);
}

static void
add_name (X509_NAME *name, const char *field, const char *value)
{
  if (value != NULL)
    g_assert_cmpint (X509_NAME_add_entry_by_txt (name, field, MBSTRING_UTF8, (const guint8 *) value,
                                                 -1, -1, 0),
                     ==, 1);
}

static X509 *
new_certificate (EVP_PKEY *key,
                 const char *common_name,
                 const char *organization,
                 gint64 from_us,
                 int days)
{
  X509 *certificate = X509_new ();
  time_t from = (time_t) (from_us / G_USEC_PER_SEC);

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate),
                           (guint64) g_random_int () << 31 | g_random_int () | 1);
  ASN1_TIME_set (X509_getm_notBefore (certificate), from);
  ASN1_TIME_set (X509_getm_notAfter (certificate), from + (time_t) days * 86400);
  add_name (X509_get_subject_name (certificate), "O", organization);
  add_name (X509_get_subject_name (certificate), "CN", common_name);
  X509_set_pubkey (certificate, key);
  return certificate;
}

static void
add_usage (X509 *certificate, X509 *issuer, PosaTestUsage usage)
{
  static const char *const key_usages[] = {
    [POSA_TEST_USAGE_REPORT] = "critical,nonRepudiation",
    [POSA_TEST_USAGE_TLS] = "critical,digitalSignature",
    [POSA_TEST_USAGE_BOTH] = "critical,digitalSignature,nonRepudiation",
    [POSA_TEST_USAGE_CA] = "critical,keyCertSign,cRLSign",
  };

  add_extension (certificate, issuer, NID_basic_constraints,
                 usage == POSA_TEST_USAGE_CA ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension (certificate, issuer, NID_key_usage, key_usages[usage]);
  if (usage == POSA_TEST_USAGE_TLS)
    add_extension (certificate, issuer, NID_ext_key_usage, "clientAuth");
  add_extension (certificate, issuer, NID_subject_key_identifier, "hash");
  if (issuer != certificate)
    add_extension (certificate, issuer, NID_authority_key_identifier, "keyid");
}

PosaTestCa *
posa_test_ca_new (const char *name)
{
  PosaTestCa *self = g_new0 (PosaTestCa, 1);
  const gint64 year_2020 = G_GINT64_CONSTANT (1577836800) * G_USEC_PER_SEC;

  self->key = EVP_EC_gen ("P-256");
  self->certificate = new_certificate (self->key, name, "Posa test", year_2020, 365 * 30);
  X509_set_issuer_name (self->certificate, X509_get_subject_name (self->certificate));
  add_usage (self->certificate, self->certificate, POSA_TEST_USAGE_CA);
  g_assert_cmpint (X509_sign (self->certificate, self->key, EVP_sha256 ()), >, 0);
  self->pem = certificate_to_pem (self->certificate);
  return self;
}

PosaTestCa *
posa_test_ca_open (const char *path)
{
  PosaTestCa *self = g_new0 (PosaTestCa, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_path = g_strconcat (path, ".key", NULL);
  g_autofree char *certificate_path = g_strconcat (path, ".crt", NULL);
  g_autoptr (GBytes) key = posa_file_read (key_path, 65536, &error);
  g_assert_no_error (error);
  self->pem = posa_file_read (certificate_path, 65536, &error);
  g_assert_no_error (error);
  BIO *bio = BIO_new_mem_buf (g_bytes_get_data (key, NULL), (int) g_bytes_get_size (key));
  self->key = PEM_read_bio_PrivateKey (bio, NULL, NULL, NULL);
  BIO_free (bio);
  bio = BIO_new_mem_buf (g_bytes_get_data (self->pem, NULL), (int) g_bytes_get_size (self->pem));
  self->certificate = PEM_read_bio_X509 (bio, NULL, NULL, NULL);
  BIO_free (bio);
  g_assert_nonnull (self->key);
  g_assert_nonnull (self->certificate);
  return self;
}

void
posa_test_ca_free (PosaTestCa *self)
{
  EVP_PKEY_free (self->key);
  X509_free (self->certificate);
  g_bytes_unref (self->pem);
  g_free (self);
}

GBytes *
posa_test_ca_get_pem (PosaTestCa *self)
{
  return self->pem;
}

GBytes *
posa_test_ca_dup_key_pem (PosaTestCa *self)
{
  return key_to_pem (self->key);
}

void
posa_test_ca_write (PosaTestCa *self, const char *path)
{
  write_file (self->pem, NULL, path, "");
}

void
posa_test_ca_issue (PosaTestCa *self,
                    const char *folder,
                    const char *name,
                    PosaTestUsage usage,
                    const char *device_id,
                    const char *contractor,
                    gint64 from_us,
                    int days)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate = new_certificate (key, device_id, contractor, from_us, days);

  X509_set_issuer_name (certificate, X509_get_subject_name (self->certificate));
  add_usage (certificate, self->certificate, usage);
  g_assert_cmpint (X509_sign (certificate, self->key, EVP_sha256 ()), >, 0);
  g_autoptr (GBytes) pem = certificate_to_pem (certificate);
  write_file (pem, folder, name, ".crt");
  write_key (key, folder, name);
  X509_free (certificate);
  EVP_PKEY_free (key);
}
