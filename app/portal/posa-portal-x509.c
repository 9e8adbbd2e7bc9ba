/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-x509.h"

#include "base/posa-error.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#define SERIAL_BITS     127
#define SECONDS_PER_DAY (24 * 60 * 60)
#define CLOCK_SLACK     (60 * 60) /* a tablet whose clock is a little behind is served too */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)

static void
set_error (GError **error, PosaErrorCode code, const char *what)
{
  unsigned long reason = ERR_peek_last_error ();
  const char *text = reason != 0 ? ERR_reason_error_string (reason) : NULL;

  g_set_error (error, POSA_ERROR, code, text != NULL ? "%s: %s" : "%s", what, text);
  ERR_clear_error ();
}

static gboolean
add_extension (X509 *self, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;

  if (value == NULL)
    return TRUE;
  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, issuer, self, NULL, NULL, 0);
  g_autoptr (X509_EXTENSION) extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  return extension != NULL && X509_add_ext (self, extension, -1);
}

static gboolean
set_subject (X509 *self, const PosaX509Profile *profile)
{
  X509_NAME *name = X509_get_subject_name (self);

  return (profile->organization == NULL ||
          X509_NAME_add_entry_by_NID (name, NID_organizationName, MBSTRING_UTF8,
                                      (const guchar *) profile->organization, -1, -1, 0)) &&
         X509_NAME_add_entry_by_NID (name, NID_commonName, MBSTRING_UTF8,
                                     (const guchar *) profile->common_name, -1, -1, 0);
}

static gboolean
set_serial (X509 *self)
{
  g_autoptr (BIGNUM) number = BN_new ();

  return BN_rand (number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
         BN_to_ASN1_INTEGER (number, X509_get_serialNumber (self)) != NULL;
}

X509 *
posa_x509_make (const PosaX509Profile *profile,
                EVP_PKEY *subject_key,
                X509 *issuer,
                EVP_PKEY *issuer_key,
                GError **error)
{
  g_autoptr (X509) self = X509_new ();
  X509 *signer = issuer != NULL ? issuer : self;

  if (X509_set_version (self, X509_VERSION_3) && set_serial (self) && set_subject (self, profile) &&
      X509_set_issuer_name (self, X509_get_subject_name (signer)) &&
      X509_gmtime_adj (X509_getm_notBefore (self), -CLOCK_SLACK) != NULL &&
      X509_gmtime_adj (X509_getm_notAfter (self), (long) profile->days * SECONDS_PER_DAY) != NULL &&
      X509_set_pubkey (self, subject_key) &&
      add_extension (self, signer, NID_basic_constraints, profile->basic_constraints) &&
      add_extension (self, signer, NID_key_usage, profile->key_usage) &&
      add_extension (self, signer, NID_ext_key_usage, profile->extended_key_usage) &&
      add_extension (self, signer, NID_subject_alt_name, profile->alternative_names) &&
      add_extension (self, signer, NID_subject_key_identifier, "hash") &&
      add_extension (self, signer, NID_authority_key_identifier, "keyid") &&
      X509_sign (self, issuer_key, EVP_sha256 ()))
    return g_steal_pointer (&self);
  set_error (error, POSA_ERROR_FAILED, "making a certificate");
  return NULL;
}

char *
posa_x509_to_pem (X509 *self)
{
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());
  char *data = NULL;

  PEM_write_bio_X509 (bio, self);
  long size = BIO_get_mem_data (bio, &data);
  return g_strndup (data, (gsize) MAX (size, 0));
}

static BIO *
open_bytes (GBytes *pem)
{
  gsize size;
  const void *data = g_bytes_get_data (pem, &size);

  return BIO_new_mem_buf (data != NULL ? data : "", (int) size);
}

X509 *
posa_x509_from_pem (GBytes *pem, const char *what, GError **error)
{
  g_autoptr (BIO) bio = open_bytes (pem);
  X509 *self = PEM_read_bio_X509 (bio, NULL, NULL, (void *) "");

  if (self == NULL)
    set_error (error, POSA_ERROR_DAMAGED, what);
  return self;
}

EVP_PKEY *
posa_x509_key_from_pem (GBytes *pem, const char *what, GError **error)
{
  g_autoptr (BIO) bio = open_bytes (pem);
  /* An empty passphrase instead of a prompt on the terminal. */
  EVP_PKEY *key = PEM_read_bio_PrivateKey (bio, NULL, NULL, (void *) "");

  if (key == NULL)
    set_error (error, POSA_ERROR_DAMAGED, what);
  return key;
}

static gboolean
is_p256 (EVP_PKEY *key)
{
  char group[32] = "";

  return EVP_PKEY_get_base_id (key) == EVP_PKEY_EC &&
         EVP_PKEY_get_utf8_string_param (key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                         NULL) &&
         g_str_equal (group, "prime256v1");
}

EVP_PKEY *
posa_x509_key_from_request (const char *csr, GError **error)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (csr, (int) strlen (csr));
  g_autoptr (X509_REQ) request = PEM_read_bio_X509_REQ (bio, NULL, NULL, (void *) "");
  g_autoptr (EVP_PKEY) key = request != NULL ? X509_REQ_get_pubkey (request) : NULL;

  if (key != NULL && is_p256 (key) && X509_REQ_verify (request, key) == 1)
    return g_steal_pointer (&key);
  ERR_clear_error ();
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "expected a PKCS#10 request in PEM for an EC P-256 key, signed by it");
  return NULL;
}

gboolean
posa_x509_is_same_key (const char *csr, const char *other_csr)
{
  g_autoptr (EVP_PKEY) key = posa_x509_key_from_request (csr, NULL);
  g_autoptr (EVP_PKEY) other = posa_x509_key_from_request (other_csr, NULL);

  return key != NULL && other != NULL && EVP_PKEY_eq (key, other) == 1;
}

char *
posa_x509_dup_serial (X509 *self)
{
  g_autoptr (BIGNUM) number = ASN1_INTEGER_to_BN (X509_get0_serialNumber (self), NULL);
  char *hex = BN_bn2hex (number);
  char *copy = g_strdup (hex);

  OPENSSL_free (hex);
  return copy;
}
