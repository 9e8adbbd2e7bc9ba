/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-cipher.h"

G_BEGIN_DECLS

/* Keys of one meter in a text file that only its owner may read (mode 0600): to read a meter that
 * did not come with the stock, for captured bytes, and for new keys that the office hands over in
 * this form. A line each in hex, in any order; one key at least, EK and AK together; lines that
 * begin with # say nothing:
 *
 *   ek 000102030405060708090A0B0C0D0E0F    32 bytes in suite 2, as all symmetric keys
 *   ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
 *   kek …                         master key, for keys that travel wrapped
 *   secret …                      LLS password, or secret of HLS 2, 3, 4 and 6
 *   client_signing …              private key of the client for HLS 7 and signatures, in suite 1
 *                                 32 bytes, in suite 2 48
 *   server_signing …              public key of the meter for the same: x and y, 64 or 96 bytes
 *   client_agreement …            private key of the client for ECDH
 *   server_agreement …            public key of the meter for the same
 *   dk …                          dedicated key, when it was not sent on the line
 *   client_title 4D4D4D0000BC614E the client's system title: of one device only, ever, as keys and
 *                                 counter must not meet twice under the same title
 *   server_title 4142434445464748 */
typedef struct
{
  PosaMeterKeys keys;
  PosaDlmsKey dedicated;
  guint8 client_title[POSA_DLMS_TITLE_SIZE];
  guint8 server_title[POSA_DLMS_TITLE_SIZE];
  gboolean has_client_title, has_server_title;
} PosaKeyFile;

/* FILE_MISSING; INVALID_DATA when others may read it, else naming file and line, never a key. */
PosaKeyFile *posa_key_file_load (const char *path, GError **error);
PosaKeyFile *posa_key_file_parse (const char *name, const char *text, GError **error);
void posa_key_file_free (PosaKeyFile *self); /* zeroes the keys */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaKeyFile, posa_key_file_free)

G_END_DECLS
