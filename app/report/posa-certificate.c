/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

#include "base/posa-error.h"
#include "report/posa-ecdsa.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE_CTX, X509_STORE_CTX_free)

/* Without this OpenSSL would ask for the passphrase of an encrypted key on the terminal. */
static int
no_passphrase_cb (char *buffer, int size, int writing, void *data)
{
  return -1;
}

static BIO *
open_bytes (GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  return BIO_new_mem_buf (data != NULL ? data : "", (int) MIN (size, G_MAXINT));
}

GPtrArray *
posa_certificates_from_pem (GBytes *pem, const char *what, GError **error)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) X509_free);
  g_autoptr (BIO) bio = open_bytes (pem);
  X509 *certificate;

  while ((certificate = PEM_read_bio_X509 (bio, NULL, no_passphrase_cb, NULL)) != NULL)
    g_ptr_array_add (certificates, certificate);
  ERR_clear_error ();
  if (certificates->len == 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: no PEM certificate in it",
                   what);
      return NULL;
    }
  return g_steal_pointer (&certificates);
}

EVP_PKEY *
posa_private_key_from_pem (GBytes *pem, const char *what, GError **error)
{
  g_autoptr (BIO) bio = open_bytes (pem);
  g_autoptr (EVP_PKEY) key = PEM_read_bio_PrivateKey (bio, NULL, no_passphrase_cb, NULL);

  ERR_clear_error ();
  if (key == NULL || !posa_ecdsa_is_p256 (key))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "%s: no unencrypted EC P-256 private key in PEM", what);
      return NULL;
    }
  return g_steal_pointer (&key);
}

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_SIGNATURE, text);
  return FALSE;
}

static gboolean
check_usage (X509 *self, GError **error)
{
  guint32 flags = X509_get_extension_flags (self);

  if ((flags & EXFLAG_INVALID) != 0)
    return refuse (error, "the signer's certificate is malformed");
  if ((flags & EXFLAG_CA) != 0)
    return refuse (error, "the signer's certificate is that of an authority");
  if ((flags & EXFLAG_KUSAGE) == 0 || X509_get_key_usage (self) != KU_NON_REPUDIATION ||
      (flags & EXFLAG_XKUSAGE) != 0)
    return refuse (error, "the signer's certificate is not for signing reports (its key usage is "
                          "not contentCommitment alone)");
  if (!posa_ecdsa_is_p256 (X509_get0_pubkey (self)))
    return refuse (error, "the signer's key is not EC P-256");
  return TRUE;
}

/* Signature and issuer only; time is checked by itself, revocation by the portal's table. */
static gboolean
check_chain (X509 *self, GPtrArray *authorities, GError **error)
{
  g_autoptr (X509_STORE) store = X509_STORE_new ();
  g_autoptr (X509_STORE_CTX) context = X509_STORE_CTX_new ();

  for (guint i = 0; i < authorities->len; i++)
    X509_STORE_add_cert (store, g_ptr_array_index (authorities, i));
  X509_STORE_set_flags (store, X509_V_FLAG_NO_CHECK_TIME);
  if (X509_STORE_CTX_init (context, store, self, NULL) != 1 || X509_verify_cert (context) != 1)
    {
      int reason = X509_STORE_CTX_get_error (context);
      ERR_clear_error ();
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE,
                   "the signer's certificate is not of the enrolment authority (%s)",
                   X509_verify_cert_error_string (reason));
      return FALSE;
    }
  if (sk_X509_num (X509_STORE_CTX_get0_chain (context)) != 2)
    return refuse (error, "the signer's certificate is not issued by the enrolment authority "
                          "itself");
  return TRUE;
}

gboolean
posa_certificate_check (X509 *self, GPtrArray *authorities, GError **error)
{
  g_autofree char *name = posa_certificate_dup_common_name (self);

  if (!check_chain (self, authorities, error) || !check_usage (self, error))
    return FALSE;
  if (name == NULL)
    return refuse (error, "the signer's certificate names no device");
  return TRUE;
}

gboolean
posa_certificate_check_time (X509 *self, gint64 at_us, GError **error)
{
  time_t at = (time_t) (at_us / G_USEC_PER_SEC);

  if (X509_cmp_time (X509_get0_notBefore (self), &at) < 0 &&
      X509_cmp_time (X509_get0_notAfter (self), &at) > 0)
    return TRUE;
  return refuse (error, "the claimed time lies outside the validity of the signer's certificate");
}

/* The one value of @nid in the subject; several would leave open who signed. */
static char *
dup_subject_entry (X509 *self, int nid)
{
  X509_NAME *subject = X509_get_subject_name (self);
  int at = X509_NAME_get_index_by_NID (subject, nid, -1);
  guint8 *utf8 = NULL;
  char *text = NULL;

  if (at < 0 || X509_NAME_get_index_by_NID (subject, nid, at) >= 0)
    return NULL;
  int size =
      ASN1_STRING_to_UTF8 (&utf8, X509_NAME_ENTRY_get_data (X509_NAME_get_entry (subject, at)));
  if (size > 0 && g_utf8_validate_len ((const char *) utf8, (gsize) size, NULL))
    text = g_strndup ((const char *) utf8, (gsize) size);
  OPENSSL_free (utf8);
  return text;
}

char *
posa_certificate_dup_common_name (X509 *self)
{
  return dup_subject_entry (self, NID_commonName);
}

char *
posa_certificate_dup_organization (X509 *self)
{
  return dup_subject_entry (self, NID_organizationName);
}

char *
posa_certificate_dup_serial (X509 *self)
{
  g_autoptr (BIGNUM) number = ASN1_INTEGER_to_BN (X509_get0_serialNumber (self), NULL);
  char *hex = number != NULL ? BN_bn2hex (number) : NULL;
  char *text = g_strdup (hex != NULL ? hex : "");

  OPENSSL_free (hex);
  return text;
}
