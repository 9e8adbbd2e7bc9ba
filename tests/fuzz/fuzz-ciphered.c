/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-hls.h"
#include "meter/codec/posa-dlms-protection.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Keys that no seed was made with: nothing that claims a tag may open. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 key[16] = { 1, 2, 3 };
  static const guint8 title[8] = { 'P', 'S', 'A' };
  const PosaDlmsCipher cipher = { .encryption = key, .authentication = key, .title = title };
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaDlmsEnvelope envelope;
  g_auto (PosaMeterKeys) keys = { .encryption = { { 1, 2, 3 }, 16 },
                                  .authentication = { { 1, 2, 3 }, 16 },
                                  .master = { { 1, 2, 3 }, 16 } };
  const PosaDlmsSecurity security = { .keys = &keys, .sender = title, .receiver = key };
  const PosaDlmsHls hls = { .mechanism = POSA_ACSE_MECHANISM_GMAC,
                            .keys = &keys,
                            .prover = title,
                            .challenge = key,
                            .challenge_size = sizeof key };
  PosaDlmsSeen seen;
  guint32 counter = 0;

  g_assert_false (posa_dlms_hls_check (&hls, data, size, &counter));
  if (posa_dlms_unprotect (&security, data, size, plain, &seen, NULL))
    g_assert_cmphex (seen.level & (POSA_DLMS_AUTHENTICATED | POSA_DLMS_SIGNED), ==, 0);
  if (!posa_dlms_envelope_parse (data, size, &envelope, NULL))
    return 0;
  g_assert_true (envelope.body >= data && envelope.body + envelope.size <= data + size);
  gboolean opened = posa_dlms_open (&cipher, &envelope, plain, NULL);
  if ((envelope.control & POSA_DLMS_AUTHENTICATED) != 0)
    g_assert_false (opened);
  if (!opened)
    g_assert_cmpuint (plain->len, ==, 0);
  return 0;
}
