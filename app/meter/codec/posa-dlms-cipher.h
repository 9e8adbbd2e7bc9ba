/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-meter-keys.h"

G_BEGIN_DECLS

/* The symmetric half of the security suites of IEC 62056-5-3 clause 9.2.3: AES-GCM with tags of 12
 * bytes and AES key wrap. Pure. System titles have 8 bytes. */

typedef enum
{
  POSA_DLMS_SUITE_0, /* AES-128 */
  POSA_DLMS_SUITE_1, /* AES-128, P-256 */
  POSA_DLMS_SUITE_2, /* AES-256, P-384 */
  POSA_DLMS_N_SUITES
} PosaDlmsSuite;

#define POSA_DLMS_AUTHENTICATED  0x10 /* security control: tag only */
#define POSA_DLMS_ENCRYPTED      0x20 /* cipher only */
#define POSA_DLMS_AUTH_ENCRYPTED 0x30
#define POSA_DLMS_SUITE_MASK     0x0F
#define POSA_DLMS_TAG_BYTES      12
#define POSA_DLMS_TITLE_SIZE     8
#define POSA_DLMS_MAC_BYTES      17 /* SC, IC, tag */

/* One direction of a protected association; all borrowed. */
typedef struct
{
  PosaDlmsSuite suite;
  const guint8 *encryption;     /* EK or DK, as long as the suite has it */
  const guint8 *authentication; /* AK, the same */
  const guint8 *title;          /* of the sender, 8 bytes */
  const guint8 *header;         /* authenticated with the text: general-ciphering; NULL = none */
  gsize header_size;
} PosaDlmsCipher;

/* Bytes of the symmetric keys: 16 or 32. */
gsize posa_dlms_suite_get_key_size (PosaDlmsSuite suite);

/* Appends SC, IC, text and tag; @control is 10, 20 or 30, the suite is added to it. The counter
 * must never have been used with these keys and title. */
gboolean posa_dlms_cipher_seal (const PosaDlmsCipher *self,
                                guint8 control,
                                guint32 counter,
                                const guint8 *plain,
                                gsize size,
                                GByteArray *out,
                                GError **error);
/* Checks the tag and deciphers @body, text and tag, into @plain (cleared first, and left empty on
 * failure). ACCESS_DENIED when the tag is not of these keys, UNSUPPORTED for another suite. */
gboolean posa_dlms_cipher_open (const PosaDlmsCipher *self,
                                guint8 control,
                                guint32 counter,
                                const guint8 *body,
                                gsize size,
                                GByteArray *plain,
                                GError **error);
/* SC, IC and the tag over @data alone: GMAC. */
gboolean posa_dlms_cipher_mac (const PosaDlmsCipher *self,
                               guint32 counter,
                               const guint8 *data,
                               gsize size,
                               guint8 out[POSA_DLMS_MAC_BYTES],
                               GError **error);

/* AES key wrap (RFC 3394) of a key of 16 or 32 bytes under another; appends 8 bytes more. */
gboolean posa_dlms_wrap_key (const PosaDlmsKey *kek,
                             const PosaDlmsKey *key,
                             GByteArray *out,
                             GError **error);
/* ACCESS_DENIED when the integrity check fails. */
gboolean posa_dlms_unwrap_key (const PosaDlmsKey *kek,
                               const guint8 *wrapped,
                               gsize size,
                               PosaDlmsKey *key,
                               GError **error);

/* Fresh challenge, key or title from the system generator. */
gboolean posa_dlms_random (guint8 *out, gsize size, GError **error);

G_END_DECLS
