/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-forge.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <string.h>

#include "report/posa-cms.h"
#include "report/posa-ecdsa.h"
#include "report/posa-pdf-signature.h"
#include "report/posa-report-page.h"
#include "report/posa-report-private.h"

PosaTestForger *
posa_test_forger_new (PosaTestSigner *signer, const char *name, GBytes *authority_pem)
{
  PosaTestForger *self = g_new0 (PosaTestForger, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_name = g_strconcat (name, ".key", NULL);
  g_autofree char *certificate_name = g_strconcat (name, ".crt", NULL);
  g_autoptr (GBytes) key = posa_test_signer_read (signer, key_name);
  g_autoptr (GBytes) certificate = posa_test_signer_read (signer, certificate_name);
  g_autoptr (GPtrArray) leafs = posa_certificates_from_pem (certificate, name, &error);
  g_autoptr (GPtrArray) authorities = posa_certificates_from_pem (authority_pem, "CA", &error);

  self->key = posa_private_key_from_pem (key, name, &error);
  g_assert_no_error (error);
  self->certificate = X509_dup (g_ptr_array_index (leafs, 0));
  self->authority = X509_dup (g_ptr_array_index (authorities, 0));
  return self;
}

void
posa_test_forger_free (PosaTestForger *self)
{
  EVP_PKEY_free (self->key);
  X509_free (self->certificate);
  X509_free (self->authority);
  g_free (self);
}

GBytes *
posa_test_forge_unsigned (const PosaReplacementReport *report,
                          GBytes *pages,
                          GBytes *json,
                          gint64 signed_us)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = posa_replacement_report_to_text (report);
  g_autoptr (GBytes) own_json = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) own_pages = posa_report_page_render (report, &error);
  GBytes *pdf = posa_report_compose (report, pages != NULL ? pages : own_pages,
                                     json != NULL ? json : own_json,
                                     posa_report_page_get_rendering (), signed_us, &error);

  g_assert_no_error (error);
  return pdf;
}

/* The other s of the two that verify. */
static GBytes *
raise_s (GBytes *signature)
{
  const guint8 *der = g_bytes_get_data (signature, NULL);
  ECDSA_SIG *value = d2i_ECDSA_SIG (NULL, &der, (long) g_bytes_get_size (signature));
  EC_GROUP *group = EC_GROUP_new_by_curve_name (NID_X9_62_prime256v1);
  BIGNUM *r = BN_dup (ECDSA_SIG_get0_r (value));
  BIGNUM *s = BN_new ();
  guint8 *out = NULL;

  BN_sub (s, EC_GROUP_get0_order (group), ECDSA_SIG_get0_s (value));
  ECDSA_SIG_set0 (value, r, s);
  int size = i2d_ECDSA_SIG (value, &out);
  GBytes *bytes = g_bytes_new (out, (gsize) size);
  OPENSSL_free (out);
  ECDSA_SIG_free (value);
  EC_GROUP_free (group);
  return bytes;
}

GBytes *
posa_test_forge_sign (PosaTestForger *self, GBytes *empty, X509 *shown, gboolean high_s)
{
  g_auto (PosaPdfSignature) room = { 0 };
  g_autoptr (GError) error = NULL;
  guint8 digest[POSA_SHA256_SIZE];

  posa_pdf_signature_find (&room, empty, &error);
  g_assert_no_error (error);
  posa_pdf_signature_digest (&room, empty, digest);
  g_autoptr (GBytes) attributes = posa_cms_make_attributes (digest, self->certificate);
  g_autoptr (GBytes) low = posa_ecdsa_sign (self->key, attributes, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) signature = high_s ? raise_s (low) : g_bytes_ref (low);
  g_autoptr (GBytes) cms = posa_cms_encode (attributes, shown != NULL ? shown : self->certificate,
                                            self->authority, signature);
  return posa_test_forge_fill (empty, cms);
}

GBytes *
posa_test_forge_fill (GBytes *pdf, GBytes *cms)
{
  g_auto (PosaPdfSignature) room = { 0 };
  g_autoptr (GError) error = NULL;

  posa_pdf_signature_find (&room, pdf, &error);
  g_assert_no_error (error);
  GBytes *filled = posa_pdf_signature_fill (&room, pdf, cms, &error);
  g_assert_no_error (error);
  return filled;
}

gsize
posa_test_forge_find (GBytes *pdf, const char *text, gsize from)
{
  gsize size;
  const char *data = g_bytes_get_data (pdf, &size);
  const char *at = memmem (data + from, size - from, text, strlen (text));

  g_assert_nonnull (at);
  return (gsize) (at - data);
}

static GBytes *
copy_with (GBytes *pdf, gsize at, const void *patch, gsize patch_size)
{
  gsize size;
  const void *data = g_bytes_get_data (pdf, &size);
  guint8 *copy = g_memdup2 (data, size);

  memcpy (copy + at, patch, patch_size);
  return g_bytes_new_take (copy, size);
}

GBytes *
posa_test_forge_replace (GBytes *pdf, const char *from, const char *to)
{
  g_assert_cmpuint (strlen (from), ==, strlen (to));
  return copy_with (pdf, posa_test_forge_find (pdf, from, 0), to, strlen (to));
}

GBytes *
posa_test_forge_append (GBytes *pdf, const char *text)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (pdf, &size);
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, data, (guint) size);
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
  return g_byte_array_free_to_bytes (out);
}

GBytes *
posa_test_forge_flip (GBytes *pdf, gsize at, guint8 mask)
{
  const guint8 *data = g_bytes_get_data (pdf, NULL);
  const guint8 flipped = data[at] ^ mask;

  return copy_with (pdf, at, &flipped, 1);
}
