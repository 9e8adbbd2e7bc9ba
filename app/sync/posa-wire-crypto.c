/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync/posa-wire-crypto.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#define SHA256_SIZE    32
#define PEM_LIMIT      65536
#define DIGEST_PREFIX  "sha-256=:"
#define KEY_WRAP_EXTRA 8
#define MAX_WRAPPED    64 /* both keys of a meter of suite 2 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE_CTX, X509_STORE_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)

/* Sets @code with OpenSSL's own reason, and empties its queue for the next caller. */
static void
set_error (GError **error, PosaErrorCode code, const char *what)
{
  unsigned long reason = ERR_peek_last_error ();
  const char *text = reason != 0 ? ERR_reason_error_string (reason) : NULL;

  g_set_error (error, POSA_ERROR, code, text != NULL ? "%s: %s" : "%s", what, text);
  ERR_clear_error ();
}

static BIO *
open_text (const char *text)
{
  return BIO_new_mem_buf (text, (int) MIN (strlen (text), PEM_LIMIT));
}

static EVP_PKEY *
read_key (GBytes *key, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (key, &size);
  g_autoptr (BIO) bio = BIO_new_mem_buf (data, (int) MIN (size, PEM_LIMIT));
  /* An empty passphrase instead of a prompt on the terminal. */
  EVP_PKEY *pkey = PEM_read_bio_PrivateKey (bio, NULL, NULL, (void *) "");

  if (pkey == NULL)
    set_error (error, POSA_ERROR_DAMAGED, "private key");
  return pkey;
}

static X509 *
read_certificate (const char *certificate, GError **error)
{
  g_autoptr (BIO) bio = open_text (certificate);
  X509 *x509 = PEM_read_bio_X509 (bio, NULL, NULL, NULL);

  if (x509 == NULL)
    set_error (error, POSA_ERROR_INVALID_DATA, "not a PEM certificate");
  return x509;
}

static GBytes *
steal_bio (BIO *bio)
{
  char *data = NULL;
  long size = BIO_get_mem_data (bio, &data);

  return g_bytes_new (data, (gsize) MAX (size, 0));
}

char *
posa_wire_sha256 (GBytes *content)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);
}

char *
posa_wire_content_digest (GBytes *content)
{
  g_autofree char *hex = posa_wire_sha256 (content);
  g_autoptr (GBytes) raw = posa_hex_decode (hex, NULL);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));

  return g_strconcat (DIGEST_PREFIX, base64, ":", NULL);
}

char *
posa_wire_content_digest_parse (const char *header, GError **error)
{
  const char *start = header != NULL ? strstr (header, DIGEST_PREFIX) : NULL;
  const char *end = start != NULL ? strchr (start + strlen (DIGEST_PREFIX), ':') : NULL;

  if (end != NULL)
    {
      gsize size = 0;
      g_autofree char *base64 = g_strndup (start + strlen (DIGEST_PREFIX),
                                           (gsize) (end - start) - strlen (DIGEST_PREFIX));
      g_autofree guchar *raw = g_base64_decode (base64, &size);
      g_autofree char *again = g_base64_encode (raw, size);
      if (size == SHA256_SIZE && g_str_equal (again, base64))
        {
          g_autofree char *hex = posa_hex_encode (raw, size);
          return g_ascii_strdown (hex, -1);
        }
    }
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "Content-Digest: expected sha-256=:BASE64: (RFC 9530)");
  return NULL;
}

GBytes *
posa_wire_random (gsize size)
{
  g_autofree guint8 *data = g_malloc (size);

  /* A device that cannot draw random numbers must not make keys. */
  if (RAND_bytes (data, (int) size) != 1)
    g_error ("the system's random generator does not work");
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

GBytes *
posa_wire_key_new (GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());

  if (key == NULL || !PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL))
    {
      set_error (error, POSA_ERROR_FAILED, "making a key");
      return NULL;
    }
  return steal_bio (bio);
}

char *
posa_wire_csr_new (GBytes *key, const char *common_name, GError **error)
{
  g_autoptr (EVP_PKEY) pkey = read_key (key, error);
  g_autoptr (X509_REQ) request = X509_REQ_new ();
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());

  if (pkey == NULL)
    return NULL;
  X509_NAME *name = X509_REQ_get_subject_name (request);
  if (!X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guchar *) common_name, -1, -1,
                                   0) ||
      !X509_REQ_set_version (request, X509_REQ_VERSION_1) || !X509_REQ_set_pubkey (request, pkey) ||
      !X509_REQ_sign (request, pkey, EVP_sha256 ()) || !PEM_write_bio_X509_REQ (bio, request))
    {
      set_error (error, POSA_ERROR_FAILED, "making a certificate request");
      return NULL;
    }
  g_autoptr (GBytes) pem = steal_bio (bio);
  return g_strndup (g_bytes_get_data (pem, NULL), g_bytes_get_size (pem));
}

char *
posa_wire_certificate_fingerprint (const char *certificate, GError **error)
{
  g_autoptr (X509) x509 = read_certificate (certificate, error);
  guint8 digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;

  if (x509 == NULL)
    return NULL;
  X509_digest (x509, EVP_sha256 (), digest, &size);
  g_autofree char *hex = posa_hex_encode (digest, size);
  return g_ascii_strdown (hex, -1);
}

gboolean
posa_wire_certificate_holds_key (const char *certificate, GBytes *key, GError **error)
{
  g_autoptr (X509) x509 = read_certificate (certificate, error);
  g_autoptr (EVP_PKEY) pkey = x509 != NULL ? read_key (key, error) : NULL;

  if (pkey == NULL)
    return FALSE;
  if (X509_check_private_key (x509, pkey))
    return TRUE;
  set_error (error, POSA_ERROR_SIGNATURE, "the certificate is not for this device's key");
  return FALSE;
}

static gboolean
names_usage (X509 *x509, const char *usage)
{
  g_autoptr (EXTENDED_KEY_USAGE) list = X509_get_ext_d2i (x509, NID_ext_key_usage, NULL, NULL);

  for (int i = 0; list != NULL && i < sk_ASN1_OBJECT_num (list); i++)
    {
      char name[80];
      OBJ_obj2txt (name, sizeof name, sk_ASN1_OBJECT_value (list, i), 1);
      if (g_str_equal (name, usage))
        return TRUE;
    }
  return FALSE;
}

gboolean
posa_wire_certificate_check (const char *certificate,
                             const char *ca,
                             const char *usage,
                             GError **error)
{
  g_autoptr (X509) leaf = read_certificate (certificate, error);
  g_autoptr (X509) root = leaf != NULL ? read_certificate (ca, error) : NULL;
  g_autoptr (X509_STORE) store = X509_STORE_new ();
  g_autoptr (X509_STORE_CTX) context = X509_STORE_CTX_new ();

  if (root == NULL)
    return FALSE;
  X509_STORE_add_cert (store, root);
  /* A tablet's clock may be years off, and no clock may cost a receipt; the TLS session that
   * brought it has looked at the time. */
  X509_STORE_set_flags (store, X509_V_FLAG_NO_CHECK_TIME);
  X509_STORE_CTX_init (context, store, leaf, NULL);
  if (X509_verify_cert (context) != 1)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE, "certificate: %s",
                   X509_verify_cert_error_string (X509_STORE_CTX_get_error (context)));
      ERR_clear_error ();
      return FALSE;
    }
  if (usage == NULL || names_usage (leaf, usage))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE,
               "certificate: it is not one that may sign this");
  return FALSE;
}

GBytes *
posa_wire_sign (GBytes *key, const char *text, GError **error)
{
  g_autoptr (EVP_PKEY) pkey = read_key (key, error);
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  guint8 signature[256];
  size_t size = sizeof signature;

  if (pkey == NULL)
    return NULL;
  if (!EVP_DigestSignInit (context, NULL, EVP_sha256 (), NULL, pkey) ||
      !EVP_DigestSign (context, signature, &size, (const guchar *) text, strlen (text)))
    {
      set_error (error, POSA_ERROR_FAILED, "signing");
      return NULL;
    }
  return g_bytes_new (signature, size);
}

gboolean
posa_wire_verify (const char *certificate, const char *text, GBytes *signature, GError **error)
{
  g_autoptr (X509) x509 = read_certificate (certificate, error);
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();

  if (x509 == NULL)
    return FALSE;
  if (EVP_DigestVerifyInit (context, NULL, EVP_sha256 (), NULL, X509_get0_pubkey (x509)) &&
      EVP_DigestVerify (context, g_bytes_get_data (signature, NULL), g_bytes_get_size (signature),
                        (const guchar *) text, strlen (text)) == 1)
    return TRUE;
  set_error (error, POSA_ERROR_SIGNATURE, "the signature does not hold");
  return FALSE;
}

/* One pass of RFC 3394 in either direction; NULL without an error when it does not check. */
static GBytes *
key_wrap (GBytes *kek, GBytes *input, gboolean encrypt)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  guint8 output[MAX_WRAPPED + 2 * KEY_WRAP_EXTRA];
  gsize size = g_bytes_get_size (input);
  int written = 0;

  if (g_bytes_get_size (kek) != POSA_WIRE_TRANSPORT_KEY_SIZE ||
      size > sizeof output - KEY_WRAP_EXTRA)
    return NULL;
  EVP_CIPHER_CTX_set_flags (context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (!EVP_CipherInit_ex2 (context, EVP_aes_256_wrap (), g_bytes_get_data (kek, NULL), NULL,
                           encrypt, NULL) ||
      EVP_CipherUpdate (context, output, &written, g_bytes_get_data (input, NULL), (int) size) !=
          1 ||
      written <= 0)
    return NULL;
  GBytes *result = g_bytes_new (output, (gsize) written);
  OPENSSL_cleanse (output, sizeof output);
  return result;
}

GBytes *
posa_wire_wrap (GBytes *kek, GBytes *key, GError **error)
{
  GBytes *wrapped = key_wrap (kek, key, TRUE);

  if (wrapped == NULL)
    set_error (error, POSA_ERROR_INVALID_DATA, "wrapping a key");
  return wrapped;
}

GBytes *
posa_wire_unwrap (GBytes *kek, GBytes *wrapped, GError **error)
{
  GBytes *key = key_wrap (kek, wrapped, FALSE);

  if (key == NULL)
    set_error (error, POSA_ERROR_SIGNATURE, "a wrapped key does not open with this device's key");
  return key;
}
