/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The cryptography of the wire, shared by the device and the portal. Pure functions over bytes and
 * PEM texts, any thread; keys are EC P-256, PEM PKCS#8. */

#define POSA_WIRE_TRANSPORT_KEY_SIZE 32

/* Extended key usage of the one certificate that may sign receipts: without it any device of the
 * same authority could sign its own receipts. */
#define POSA_WIRE_RECEIPT_USAGE "2.25.92197553860322482296845174101176109809"

/* SHA-256 as 64 lower-case hex digits; free with g_free(). */
char *posa_wire_sha256 (GBytes *content);
/* The header value of RFC 9530, "sha-256=:BASE64:"; free with g_free(). */
char *posa_wire_content_digest (GBytes *content);
/* The sha-256 of such a header as 64 hex digits; INVALID_DATA when there is none. */
char *posa_wire_content_digest_parse (const char *header, GError **error);

/* From the system's generator. */
GBytes *posa_wire_random (gsize size);

GBytes *posa_wire_key_new (GError **error);
/* PKCS#10 in PEM, signed by @key; the portal chooses the subject, so it says only @common_name. */
char *posa_wire_csr_new (GBytes *key, const char *common_name, GError **error);
/* SHA-256 of the DER certificate, 64 lower-case hex digits: what a person compares. */
char *posa_wire_certificate_fingerprint (const char *certificate, GError **error);
gboolean posa_wire_certificate_holds_key (const char *certificate, GBytes *key, GError **error);
/* Whether @ca signed @certificate, whatever the time; SIGNATURE else. @usage is a dotted OID that
 * the extended key usage must name, or NULL. */
gboolean posa_wire_certificate_check (const char *certificate,
                                      const char *ca,
                                      const char *usage,
                                      GError **error);

/* ECDSA over SHA-256 of exactly these bytes, DER. */
GBytes *posa_wire_sign (GBytes *key, const char *text, GError **error);
gboolean
posa_wire_verify (const char *certificate, const char *text, GBytes *signature, GError **error);

/* AES-256 key wrap (RFC 3394): @key of 16 or 32 bytes under @kek of 32 bytes. Unwrapping with
 * another key, or altered bytes, is SIGNATURE. */
GBytes *posa_wire_wrap (GBytes *kek, GBytes *key, GError **error);
GBytes *posa_wire_unwrap (GBytes *kek, GBytes *wrapped, GError **error);

G_END_DECLS
