/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Security suite 0 of IEC 62056-5-3 clause 9.2: AES-GCM-128 with tags of 12 bytes, AES-128 key
 * wrap. Pure. Keys have 16 bytes, system titles 8. */

#define POSA_DLMS_AUTHENTICATED    0x10 /* security control: tag only */
#define POSA_DLMS_ENCRYPTED        0x20 /* cipher only */
#define POSA_DLMS_AUTH_ENCRYPTED   0x30
#define POSA_DLMS_TAG_BYTES        12
#define POSA_DLMS_HLS_ANSWER_BYTES 17 /* SC, IC, tag */
#define POSA_DLMS_MAX_COUNTER      G_MAXUINT32
#define POSA_DLMS_GENERAL_GLO      0xDB

/* One direction of a protected association; all borrowed. */
typedef struct
{
  const guint8 *encryption;     /* EK, 16 bytes */
  const guint8 *authentication; /* AK, 16 bytes */
  const guint8 *title;          /* of the sender, 8 bytes */
} PosaDlmsCipher;

/* What a protected APDU says of itself. */
typedef struct
{
  guint8 tag;     /* C8, CC, 21, 28, DB … */
  guint8 control; /* security control byte */
  guint32 counter;
  guint8 title[8]; /* general-glo-ciphering only */
  gboolean has_title;
  const guint8 *body; /* ciphertext and tag; borrowed */
  gsize size;
} PosaDlmsEnvelope;

/* Tag of the global ciphering of a plain APDU's tag (C0 -> C8), or 0. */
guint8 posa_dlms_get_glo_tag (guint8 plain_tag);
gboolean posa_dlms_is_ciphered (guint8 tag);

/* Appends the protected form of @plain with @control 10, 20 or 30: tag, length, SC, IC, text, tag.
 * The counter must never have been used with these keys and title. */
gboolean posa_dlms_seal (const PosaDlmsCipher *cipher,
                         guint8 control,
                         guint32 counter,
                         const guint8 *plain,
                         gsize size,
                         GByteArray *out,
                         GError **error);
/* The same as general-glo-ciphering, which carries the title. */
gboolean posa_dlms_seal_general (const PosaDlmsCipher *cipher,
                                 guint8 control,
                                 guint32 counter,
                                 const guint8 *plain,
                                 gsize size,
                                 GByteArray *out,
                                 GError **error);
/* Takes an APDU apart without keys. INVALID_DATA. */
gboolean
posa_dlms_envelope_parse (const guint8 *data, gsize size, PosaDlmsEnvelope *out, GError **error);
/* Checks the tag and deciphers into @plain (cleared first, and left empty on failure).
 * ACCESS_DENIED when the tag is not of these keys. */
gboolean posa_dlms_open (const PosaDlmsCipher *cipher,
                         const PosaDlmsEnvelope *envelope,
                         GByteArray *plain,
                         GError **error);

/* HLS mechanism 5 (GMAC): f(challenge) = SC 10, IC, tag. */
gboolean posa_dlms_hls_answer (const PosaDlmsCipher *cipher,
                               guint32 counter,
                               const guint8 *challenge,
                               gsize size,
                               guint8 out[POSA_DLMS_HLS_ANSWER_BYTES],
                               GError **error);
/* Compares in constant time; @counter receives the sender's counter. */
gboolean posa_dlms_hls_check (const PosaDlmsCipher *cipher,
                              const guint8 *challenge,
                              gsize challenge_size,
                              const guint8 *answer,
                              gsize answer_size,
                              guint32 *counter);

/* AES key wrap (RFC 3394) of a 16-byte key under a 16-byte key. */
gboolean posa_dlms_wrap_key (const guint8 *kek, const guint8 *key, guint8 out[24], GError **error);
/* ACCESS_DENIED when the integrity check fails. */
gboolean
posa_dlms_unwrap_key (const guint8 *kek, const guint8 *wrapped, guint8 out[16], GError **error);

/* Fresh challenge or title from the system generator. */
gboolean posa_dlms_random (guint8 *out, gsize size, GError **error);

G_END_DECLS
