/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-dlms-cipher.h"

G_BEGIN_DECLS

/* High level security of IEC 62056-5-3 clause 9.2.7.4: what passes 3 and 4 of an authentication
 * carry, f(challenge), for mechanisms 2 to 7. Pure. */

/* The function of a maker (mechanism 2): appends what proves the knowledge of @secret. */
typedef gboolean (*PosaDlmsMakerProof) (const PosaDlmsKey *secret,
                                        const guint8 *challenge,
                                        gsize size,
                                        GByteArray *out,
                                        GError **error);

/* One of the two proofs; all borrowed. */
typedef struct
{
  PosaAcseMechanism mechanism;
  PosaDlmsSuite suite;
  const PosaMeterKeys *keys;       /* of the end that works with this struct */
  const guint8 *prover, *verifier; /* titles */
  const guint8 *challenge;         /* of the verifier */
  gsize challenge_size;
  const guint8 *own_challenge; /* of the prover */
  gsize own_challenge_size;
  PosaDlmsMakerProof maker; /* mechanism 2 */
} PosaDlmsHls;

/* Whether passes 3 and 4 belong to the mechanism. */
gboolean posa_dlms_hls_is_high (PosaAcseMechanism mechanism);

/* Whether @keys hold what an authentication needs, that by password too: to be asked before a meter
 * is. KEY_MISSING naming it. */
gboolean posa_dlms_hls_check_keys (PosaAcseMechanism mechanism,
                                   PosaDlmsSuite suite,
                                   const PosaMeterKeys *keys,
                                   GError **error);
/* Appends f(challenge). Mechanism 5 takes @counter, never used before. KEY_MISSING when the keys do
 * not hold what the mechanism needs, UNSUPPORTED when there is no function of the maker. */
gboolean
posa_dlms_hls_prove (const PosaDlmsHls *self, guint32 counter, GByteArray *out, GError **error);
/* Compares in constant time; @counter receives the prover's counter, which only mechanism 5 has. */
gboolean
posa_dlms_hls_check (const PosaDlmsHls *self, const guint8 *proof, gsize size, guint32 *counter);

/* A function that several makers have chosen: AES-128 of each 16 bytes of the challenge. */
gboolean posa_dlms_hls_maker_aes (const PosaDlmsKey *secret,
                                  const guint8 *challenge,
                                  gsize size,
                                  GByteArray *out,
                                  GError **error);

G_END_DECLS
