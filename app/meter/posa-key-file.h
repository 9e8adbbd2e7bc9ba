/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-cipher.h"

G_BEGIN_DECLS

/* Keys of one meter in a text file that only its owner may read (mode 0600): for captured
 * bytes, and for new keys that the office hands over in this form. A line each, in any order, all
 * but EK and AK may be left out; lines that begin with # say nothing:
 *
 *   ek 000102030405060708090A0B0C0D0E0F
 *   ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
 *   kek …                         master key, for keys that travel wrapped
 *   secret …                      LLS password or HLS secret, in hex
 *   dk …                          dedicated key, when it was not sent on the line
 *   client_title 4D4D4D0000BC614E
 *   server_title 4142434445464748 */
typedef struct
{
  PosaMeterKeys keys;
  PosaDlmsKey dedicated;
  guint8 client_title[POSA_DLMS_TITLE_SIZE];
  guint8 server_title[POSA_DLMS_TITLE_SIZE];
  gboolean has_client_title, has_server_title;
} PosaKeyFile;

/* ACCESS_DENIED when others may read it; INVALID_DATA naming file and line, never a key. */
PosaKeyFile *posa_key_file_load (const char *path, GError **error);
PosaKeyFile *posa_key_file_parse (const char *name, const char *text, GError **error);
void posa_key_file_free (PosaKeyFile *self); /* zeroes the keys */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaKeyFile, posa_key_file_free)

G_END_DECLS
