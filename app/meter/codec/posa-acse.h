/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Association control of IEC 62056-5-3 clause 9.4 in BER: AARQ, AARE, RLRQ, RLRE, both ways. Pure.
 * Lenient: fields in any order, unknown ones skipped by their length. */

typedef enum
{
  POSA_ACSE_AARQ = 0x60,
  POSA_ACSE_AARE = 0x61,
  POSA_ACSE_RLRQ = 0x62,
  POSA_ACSE_RLRE = 0x63
} PosaAcseKind;

typedef enum
{
  POSA_ACSE_CONTEXT_UNKNOWN = 0,
  POSA_ACSE_CONTEXT_LN = 1,
  POSA_ACSE_CONTEXT_SN = 2,
  POSA_ACSE_CONTEXT_LN_CIPHERED = 3
} PosaAcseContext;

typedef enum
{
  POSA_ACSE_MECHANISM_NONE = 0,
  POSA_ACSE_MECHANISM_PASSWORD = 1, /* LLS */
  POSA_ACSE_MECHANISM_MAKER = 2,    /* HLS from here on */
  POSA_ACSE_MECHANISM_MD5 = 3,
  POSA_ACSE_MECHANISM_SHA1 = 4,
  POSA_ACSE_MECHANISM_GMAC = 5,
  POSA_ACSE_MECHANISM_SHA256 = 6,
  POSA_ACSE_MECHANISM_ECDSA = 7
} PosaAcseMechanism;

/* Diagnostics of the service user that we use. */
enum
{
  POSA_ACSE_DIAGNOSTIC_NULL = 0,
  POSA_ACSE_DIAGNOSTIC_NO_REASON = 1,
  POSA_ACSE_DIAGNOSTIC_CONTEXT = 2,
  POSA_ACSE_DIAGNOSTIC_CALLING_TITLE = 3,
  POSA_ACSE_DIAGNOSTIC_MECHANISM = 11,
  POSA_ACSE_DIAGNOSTIC_MECHANISM_REQUIRED = 12,
  POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED = 13,
  POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED = 14
};

#define POSA_ACSE_MAX_AUTHENTICATION 64

typedef struct
{
  PosaAcseKind kind;
  gboolean has_version; /* protocol-version 1, spelled out */
  guint8 context;       /* last arc of the application context name */
  gboolean has_mechanism;
  guint8 mechanism; /* last arc of the mechanism name */
  gboolean has_title;
  guint8 title[8]; /* of the sender of this message */
  gboolean has_authentication;
  guint8 authentication[POSA_ACSE_MAX_AUTHENTICATION]; /* password or challenge */
  gsize authentication_size;
  guint8 result, diagnostic; /* AARE */
  gboolean by_provider;      /* whose diagnostic it is */
  gboolean has_reason;
  guint8 reason;                /* RLRQ, RLRE */
  GByteArray *user_information; /* owned, NULL for none: an xDLMS APDU */
} PosaAcse;

PosaAcse *posa_acse_new (PosaAcseKind kind);
void posa_acse_free (PosaAcse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaAcse, posa_acse_free)
void posa_acse_set_user_information (PosaAcse *self, const guint8 *data, gsize size);

void posa_acse_encode (const PosaAcse *self, GByteArray *out);
/* INVALID_DATA. An RLRE is accepted whatever its inner lengths: the association is over. */
PosaAcse *posa_acse_decode (const guint8 *data, gsize size, GError **error);

/* What an AARE's refusal means, in plain words; static. */
const char *posa_acse_describe (const PosaAcse *self);

G_END_DECLS
