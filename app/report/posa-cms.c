/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-cms.h"

#include "base/posa-cursor.h"
#include "report/posa-der.h"

/* Object identifiers as whole elements. */
static const guint8 oid_data[] = {
  0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01
}; /* 1.2.840.113549.1.7.1 */
static const guint8 oid_signed_data[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                          0xF7, 0x0D, 0x01, 0x07, 0x02 };
static const guint8 oid_content_type[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                           0xF7, 0x0D, 0x01, 0x09, 0x03 };
static const guint8 oid_message_digest[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                             0xF7, 0x0D, 0x01, 0x09, 0x04 };
static const guint8 oid_signing_certificate_v2[] = { 0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7,
                                                     0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F };
static const guint8 oid_sha256[] = { 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                     0x65, 0x03, 0x04, 0x02, 0x01 };
static const guint8 oid_ecdsa_with_sha256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48,
                                                0xCE, 0x3D, 0x04, 0x03, 0x02 };

static GPtrArray *
new_elements (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
}

static void
put_certificate (GByteArray *out, X509 *certificate)
{
  guint8 *der = NULL;
  int size = i2d_X509 (certificate, &der);

  posa_put_bytes (out, der, size > 0 ? (gsize) size : 0);
  OPENSSL_free (der);
}

static GByteArray *
make_attribute (const guint8 *oid, gsize oid_size, GByteArray *value)
{
  GByteArray *content = g_byte_array_new ();
  GByteArray *attribute = g_byte_array_new ();

  posa_put_bytes (content, oid, oid_size);
  posa_der_put_array (content, POSA_DER_SET, value);
  posa_der_put_array (attribute, POSA_DER_SEQUENCE, content);
  return attribute;
}

/* SigningCertificateV2 (RFC 5035 3): one ESSCertIDv2 that holds only the hash, as SHA-256 is the
 * default algorithm and issuerSerial would repeat the signer identifier. */
static GByteArray *
make_signing_certificate (X509 *signer)
{
  g_autoptr (GByteArray) der = g_byte_array_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[POSA_SHA256_SIZE];
  gsize size = sizeof hash;
  GByteArray *id = g_byte_array_new ();
  GByteArray *ids = g_byte_array_new ();
  GByteArray *content = g_byte_array_new ();
  GByteArray *value = g_byte_array_new ();

  put_certificate (der, signer);
  g_checksum_update (checksum, der->data, der->len);
  g_checksum_get_digest (checksum, hash, &size);
  posa_der_put (id, POSA_DER_OCTET_STRING, hash, sizeof hash);
  posa_der_put_array (ids, POSA_DER_SEQUENCE, id);
  posa_der_put_array (content, POSA_DER_SEQUENCE, ids);
  posa_der_put_array (value, POSA_DER_SEQUENCE, content);
  return value;
}

GBytes *
posa_cms_make_attributes (const guint8 *content_sha256, X509 *signer)
{
  GPtrArray *attributes = new_elements ();
  GByteArray *out = g_byte_array_new ();
  GByteArray *type = g_byte_array_new ();
  GByteArray *digest = g_byte_array_new ();

  posa_put_bytes (type, oid_data, sizeof oid_data);
  posa_der_put (digest, POSA_DER_OCTET_STRING, content_sha256, POSA_SHA256_SIZE);
  g_ptr_array_add (attributes, make_attribute (oid_content_type, sizeof oid_content_type, type));
  g_ptr_array_add (attributes,
                   make_attribute (oid_message_digest, sizeof oid_message_digest, digest));
  g_ptr_array_add (attributes,
                   make_attribute (oid_signing_certificate_v2, sizeof oid_signing_certificate_v2,
                                   make_signing_certificate (signer)));
  posa_der_put_set_of (out, POSA_DER_SET, attributes);
  return g_byte_array_free_to_bytes (out);
}

/* AlgorithmIdentifier without parameters (RFC 5754 2, 3.3). */
static void
put_algorithm (GByteArray *out, const guint8 *oid, gsize size)
{
  posa_der_put (out, POSA_DER_SEQUENCE, oid, size);
}

static void
put_version_1 (GByteArray *out)
{
  static const guint8 one = 1;

  posa_der_put (out, POSA_DER_INTEGER, &one, 1);
}

static void
put_issuer_and_serial (GByteArray *out, X509 *signer)
{
  GByteArray *content = g_byte_array_new ();
  guint8 *issuer = NULL, *serial = NULL;
  int issuer_size = i2d_X509_NAME (X509_get_issuer_name (signer), &issuer);
  int serial_size = i2d_ASN1_INTEGER (X509_get0_serialNumber (signer), &serial);

  posa_put_bytes (content, issuer, issuer_size > 0 ? (gsize) issuer_size : 0);
  posa_put_bytes (content, serial, serial_size > 0 ? (gsize) serial_size : 0);
  OPENSSL_free (issuer);
  OPENSSL_free (serial);
  posa_der_put_array (out, POSA_DER_SEQUENCE, content);
}

static GByteArray *
make_signer_info (GBytes *attributes, X509 *signer, GBytes *signature)
{
  GByteArray *content = g_byte_array_new ();
  GByteArray *info = g_byte_array_new ();
  gsize size;
  const guint8 *set = g_bytes_get_data (attributes, &size);

  put_version_1 (content);
  put_issuer_and_serial (content, signer);
  put_algorithm (content, oid_sha256, sizeof oid_sha256);
  /* RFC 5652 5.4: the SET OF is what is signed, [0] IMPLICIT is what is stored. */
  posa_put_u8 (content, POSA_DER_CONTEXT_0);
  posa_put_bytes (content, set + 1, size - 1);
  put_algorithm (content, oid_ecdsa_with_sha256, sizeof oid_ecdsa_with_sha256);
  posa_der_put (content, POSA_DER_OCTET_STRING, g_bytes_get_data (signature, NULL),
                g_bytes_get_size (signature));
  posa_der_put_array (info, POSA_DER_SEQUENCE, content);
  return info;
}

static GPtrArray *
make_certificates (X509 *signer, X509 *authority)
{
  GPtrArray *certificates = new_elements ();
  X509 *const both[] = { signer, authority };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      GByteArray *der = g_byte_array_new ();
      put_certificate (der, both[i]);
      g_ptr_array_add (certificates, der);
    }
  return certificates;
}

GBytes *
posa_cms_encode (GBytes *attributes, X509 *signer, X509 *authority, GBytes *signature)
{
  GByteArray *algorithms = g_byte_array_new ();
  GByteArray *content_info = g_byte_array_new ();
  GByteArray *signed_data = g_byte_array_new ();
  GByteArray *explicit_content = g_byte_array_new ();
  GByteArray *outer = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  GPtrArray *signers = new_elements ();

  put_algorithm (algorithms, oid_sha256, sizeof oid_sha256);
  posa_put_bytes (content_info, oid_data, sizeof oid_data);
  g_ptr_array_add (signers, make_signer_info (attributes, signer, signature));

  put_version_1 (signed_data);
  posa_der_put_array (signed_data, POSA_DER_SET, algorithms);
  posa_der_put_array (signed_data, POSA_DER_SEQUENCE, content_info);
  posa_der_put_set_of (signed_data, POSA_DER_CONTEXT_0, make_certificates (signer, authority));
  posa_der_put_set_of (signed_data, POSA_DER_SET, signers);
  posa_der_put_array (explicit_content, POSA_DER_SEQUENCE, signed_data);

  posa_put_bytes (outer, oid_signed_data, sizeof oid_signed_data);
  posa_der_put_array (outer, POSA_DER_CONTEXT_0, explicit_content);
  posa_der_put_array (out, POSA_DER_SEQUENCE, outer);
  return g_byte_array_free_to_bytes (out);
}
