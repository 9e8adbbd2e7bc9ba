/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-hls.h"
#include "meter/codec/posa-dlms-protection.h"

G_BEGIN_DECLS

/* What client and meter agree on for an association: all of it is in the meter's security setup, a
 * profile tells it. All zero is the public association. */
typedef struct
{
  PosaAcseMechanism mechanism;
  PosaDlmsMakerProof maker; /* mechanism 2 only; NULL = none known */
  gboolean ciphered;        /* application context with ciphering */
  PosaDlmsSuite suite;
  PosaDlmsProtection protection;
  PosaDlmsKeyInfo key_info; /* of general-ciphering */
  guint8 policy;            /* see posa_dlms_policy_get_level() */
} PosaDlmsAgreement;

/* What a meter of the reference profiles wants: HLS 5, everything ciphered in suite 0. */
#define POSA_DLMS_AGREEMENT_USUAL                                                                  \
  { .mechanism = POSA_ACSE_MECHANISM_GMAC,                                                         \
    .ciphered = TRUE,                                                                              \
    .protection = POSA_DLMS_PROTECTION_GLO,                                                        \
    .policy = 3 }

/* UNSUPPORTED naming what does not go together. */
gboolean posa_dlms_agreement_check (const PosaDlmsAgreement *self, GError **error);

/* Whether the system titles have to be exchanged, and whether anything of it needs a key. */
gboolean posa_dlms_agreement_needs_title (const PosaDlmsAgreement *self);
gboolean posa_dlms_agreement_needs_keys (const PosaDlmsAgreement *self);
/* Whether the lasting encryption key is used, and with it its counters. */
gboolean posa_dlms_agreement_uses_global_key (const PosaDlmsAgreement *self);
gboolean posa_dlms_agreement_is_dedicated (const PosaDlmsAgreement *self);

/* Whether a message that turned out as @seen is protected as agreed for @level, or better. */
gboolean
posa_dlms_agreement_is_met (const PosaDlmsAgreement *self, guint level, const PosaDlmsSeen *seen);

/* Names in profiles and settings: of mechanisms "none", "password", "maker", "md5", "sha1", "gmac",
 * "sha256", "ecdsa"; of the functions of makers "aes128"; of ways to tell a key "none",
 * "identified", "wrapped", "agreed". */
gboolean posa_dlms_mechanism_from_string (const char *text, PosaAcseMechanism *out);
gboolean posa_dlms_maker_from_string (const char *text, PosaDlmsMakerProof *out);
gboolean posa_dlms_key_info_from_string (const char *text, PosaDlmsKeyInfo *out);
/* All of it in these names, "mechanism=gmac context=ciphered …"; free with g_free(). */
char *posa_dlms_agreement_describe (const PosaDlmsAgreement *self);

G_END_DECLS
