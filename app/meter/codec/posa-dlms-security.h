/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-cipher.h"

G_BEGIN_DECLS

/* The forms in which a protected APDU travels (IEC 62056-5-3 clause 9.2.7.2): one layer each, made
 * and taken apart. Pure. What both ends agree on is in posa-dlms-protection.h. */

typedef enum
{
  POSA_DLMS_PROTECTION_NONE,
  POSA_DLMS_PROTECTION_GLO,               /* C8 …, the service's own tag, global key */
  POSA_DLMS_PROTECTION_DED,               /* D0 …, the same with the dedicated key */
  POSA_DLMS_PROTECTION_GENERAL_GLO,       /* DB, with the sender's title */
  POSA_DLMS_PROTECTION_GENERAL_DED,       /* DC */
  POSA_DLMS_PROTECTION_GENERAL_CIPHERING, /* DD, with both titles and the key */
  POSA_DLMS_N_PROTECTIONS
} PosaDlmsProtection;

/* How general-ciphering tells its key. */
typedef enum
{
  POSA_DLMS_KEY_INFO_NONE,
  POSA_DLMS_KEY_INFO_IDENTIFIED, /* the global key */
  POSA_DLMS_KEY_INFO_WRAPPED,    /* a fresh one under the master key */
  POSA_DLMS_KEY_INFO_AGREED,     /* a fresh one of ECDH, one end's key pair made for it */
  POSA_DLMS_N_KEY_INFOS
} PosaDlmsKeyInfo;

#define POSA_DLMS_GENERAL_GLO       0xDB
#define POSA_DLMS_GENERAL_DED       0xDC
#define POSA_DLMS_GENERAL_CIPHERING 0xDD
#define POSA_DLMS_GENERAL_SIGNING   0xDF

/* What a protected APDU says of itself; pointers are into the APDU. */
typedef struct
{
  guint8 tag;     /* C8, CC, 21, 28, DB … */
  guint8 control; /* security control byte */
  guint32 counter;
  guint8 title[POSA_DLMS_TITLE_SIZE]; /* of the sender: general forms only */
  gboolean has_title;
  const guint8 *body; /* text and tag of the cipher, or what is signed */
  gsize size;

  /* general-ciphering and general-signing */
  const guint8 *header; /* transaction to other information with their lengths: authenticated */
  gsize header_size;
  const guint8 *transaction;
  gsize transaction_size;
  guint8 recipient[POSA_DLMS_TITLE_SIZE];
  gboolean has_recipient;
  PosaDlmsKeyInfo key_info;
  guint8 key_id; /* which key, which master key, which way to agree */
  const guint8 *key_data;
  gsize key_size;
  const guint8 *signature;
  gsize signature_size;
} PosaDlmsEnvelope;

/* @text: name in profiles and settings, "general-glo". */
gboolean posa_dlms_protection_from_string (const char *text, PosaDlmsProtection *out);
const char *posa_dlms_protection_to_string (PosaDlmsProtection protection);
/* FALSE for a plain APDU. */
gboolean posa_dlms_is_ciphered (guint8 tag);
/* Which form @tag is of; NONE for a plain or a signed APDU. */
PosaDlmsProtection posa_dlms_get_protection (guint8 tag);

/* Appends the form @form, all but general-ciphering, of @plain with @control 10, 20 or 30. The
 * counter must never have been used with these keys and title. UNSUPPORTED when the service has no
 * tag of its own in that form. */
gboolean posa_dlms_seal (const PosaDlmsCipher *cipher,
                         PosaDlmsProtection form,
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

G_END_DECLS
