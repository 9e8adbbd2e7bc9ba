/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-security.h"

G_BEGIN_DECLS

/* The protection of one direction of an association as both ends have agreed on it (IEC 62056-5-3
 * clause 9.2.7): an APDU is signed, then ciphered, and the other way round. Pure. */

/* Layers of a message beside POSA_DLMS_AUTHENTICATED and POSA_DLMS_ENCRYPTED. */
#define POSA_DLMS_SIGNED 0x40

#define POSA_DLMS_TRANSACTION_SIZE 8

/* All borrowed. */
typedef struct
{
  PosaDlmsSuite suite;
  PosaDlmsProtection protection;
  PosaDlmsKeyInfo key_info; /* of general-ciphering */
  const PosaMeterKeys *keys;
  const PosaDlmsKey *dedicated;    /* NULL = none */
  const guint8 *sender, *receiver; /* titles */
  guint64 transaction;             /* of general-ciphering and general-signing */
} PosaDlmsSecurity;

/* What a message turned out to be. */
typedef struct
{
  PosaDlmsProtection protection;
  PosaDlmsKeyInfo key_info;
  guint level;          /* POSA_DLMS_AUTHENTICATED, _ENCRYPTED, _SIGNED */
  gboolean has_counter; /* a key that lasts: the counter must grow */
  guint32 counter;
  gboolean has_transaction; /* eight bytes */
  guint64 transaction;
} PosaDlmsSeen;

/* The layers that a security policy wants: of version 0 (0 nothing, 1 authenticated, 2 encrypted,
 * 3 both) or of version 1 (bits 04, 08, 10 of requests, 20, 40, 80 of responses), whose two lowest
 * bits are reserved, so that one byte tells which it is. */
guint posa_dlms_policy_get_level (guint8 policy, gboolean response);

/* Whether the keys that @level needs are there. KEY_MISSING naming what lacks. */
gboolean posa_dlms_security_check (const PosaDlmsSecurity *self, guint level, GError **error);

/* Whether a message under these keys takes a counter; a key made for one message does not. */
gboolean posa_dlms_security_takes_counter (const PosaDlmsSecurity *self, guint level);

/* Appends @plain with the layers of @level. */
gboolean posa_dlms_protect (const PosaDlmsSecurity *self,
                            guint level,
                            guint32 counter,
                            const guint8 *plain,
                            gsize size,
                            GByteArray *out,
                            GError **error);
/* Takes all layers off; @plain is left empty on failure. Whether they are as many and as strong as
 * agreed, and fresh, is for the caller to see from @seen. ACCESS_DENIED, INVALID_DATA. */
gboolean posa_dlms_unprotect (const PosaDlmsSecurity *self,
                              const guint8 *data,
                              gsize size,
                              GByteArray *plain,
                              PosaDlmsSeen *seen,
                              GError **error);
/* Bytes that posa_dlms_protect() adds to a message of @size. */
gsize posa_dlms_protect_get_overhead (const PosaDlmsSecurity *self, guint level, gsize size);

G_END_DECLS
