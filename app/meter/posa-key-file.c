/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-key-file.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "base/posa-file.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE (16 * 1024)

typedef enum
{
  KIND_SYMMETRIC,
  KIND_SECRET,
  KIND_PRIVATE,
  KIND_PUBLIC,
  KIND_TITLE
} Kind;

/* Bytes in the suites that have them, the longer ones in suite 2; 0: any number. */
static const struct
{
  gsize size, long_size;
  const char *rule;
} kinds[] = {
  [KIND_SYMMETRIC] = { 16, 32, "a key has 32 hex digits, in suite 2 64" },
  [KIND_SECRET] = { 0, 0, NULL },
  [KIND_PRIVATE] = { 32, 48, "a private key has 64 hex digits, in suite 2 96" },
  [KIND_PUBLIC] = { 64, 96, "a public key is x and y, with 128 hex digits, in suite 2 192" },
  [KIND_TITLE] = { POSA_DLMS_TITLE_SIZE, POSA_DLMS_TITLE_SIZE, "a title has 16 hex digits" },
};

#define FIELD(name) G_STRUCT_OFFSET (PosaKeyFile, name)

static const struct
{
  const char *word;
  Kind kind;
  gsize offset, has_title; /* the latter of a title only */
} fields[] = {
  { "ek", KIND_SYMMETRIC, FIELD (keys.encryption), 0 },
  { "ak", KIND_SYMMETRIC, FIELD (keys.authentication), 0 },
  { "kek", KIND_SYMMETRIC, FIELD (keys.master), 0 },
  { "dk", KIND_SYMMETRIC, FIELD (dedicated), 0 },
  { "secret", KIND_SECRET, FIELD (keys.secret), 0 },
  { "client_signing", KIND_PRIVATE, FIELD (keys.signing), 0 },
  { "server_signing", KIND_PUBLIC, FIELD (keys.peer_signing), 0 },
  { "client_agreement", KIND_PRIVATE, FIELD (keys.agreement), 0 },
  { "server_agreement", KIND_PUBLIC, FIELD (keys.peer_agreement), 0 },
  { "client_title", KIND_TITLE, FIELD (client_title), FIELD (has_client_title) },
  { "server_title", KIND_TITLE, FIELD (server_title), FIELD (has_server_title) },
};

void
posa_key_file_free (PosaKeyFile *self)
{
  if (self == NULL)
    return;
  OPENSSL_cleanse (self, sizeof *self);
  g_free (self);
}

static const char *
take_key (PosaDlmsKey *key, const guint8 *data, gsize size)
{
  if (key->size != 0)
    return "given twice";
  return posa_dlms_key_set (key, data, size) ? NULL : "too long";
}

static const char *
take_title (guint8 *title, gboolean *has, const guint8 *data)
{
  if (*has)
    return "given twice";
  memcpy (title, data, POSA_DLMS_TITLE_SIZE);
  *has = TRUE;
  return NULL;
}

/* What is wrong with @data as the value of a field, or NULL. */
static const char *
take_bytes (PosaKeyFile *self, guint field, const guint8 *data, gsize size)
{
  gpointer target = G_STRUCT_MEMBER_P (self, fields[field].offset);
  Kind kind = fields[field].kind;

  if (kinds[kind].size != 0 && size != kinds[kind].size && size != kinds[kind].long_size)
    return kinds[kind].rule;
  return kind == KIND_TITLE
             ? take_title (target, G_STRUCT_MEMBER_P (self, fields[field].has_title), data)
             : take_key (target, data, size);
}

static const char *
take_value (PosaKeyFile *self, guint field, const char *hex)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (hex, NULL);
  gsize size = 0;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return "not hex";
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &size);
  const char *fault = take_bytes (self, field, data, size);
  OPENSSL_cleanse (data, size);
  g_free (data);
  return fault;
}

/* What is wrong with "WORD HEX", or NULL. */
static const char *
take_line (PosaKeyFile *self, const char *line)
{
  gsize length = strcspn (line, " ");

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strlen (fields[i].word) == length && strncmp (fields[i].word, line, length) == 0)
      return take_value (self, i, line + length);
  return "unknown word; there are ek, ak, kek, dk, secret, client_signing, server_signing, "
         "client_agreement, server_agreement, client_title and server_title";
}

/* What is missing in a file, or NULL. */
static const char *
find_gap (const PosaKeyFile *self)
{
  gboolean has_ek = self->keys.encryption.size > 0, has_ak = self->keys.authentication.size > 0;

  if (has_ek != has_ak)
    return has_ek ? "ak is missing" : "ek is missing";
  if (has_ek || self->keys.secret.size > 0 || self->keys.signing.size > 0)
    return NULL;
  return "there is neither ek and ak nor secret nor client_signing in it";
}

PosaKeyFile *
posa_key_file_parse (const char *name, const char *text, GError **error)
{
  g_autoptr (PosaKeyFile) self = g_new0 (PosaKeyFile, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const char *fault = NULL;
  guint number = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (fault == NULL && *line != '\0' && *line != '#')
        {
          fault = take_line (self, line);
          number = i + 1;
        }
      OPENSSL_cleanse (lines[i], strlen (lines[i]));
    }
  if (fault != NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s, line %u: %s", name, number,
                   fault);
      return NULL;
    }
  fault = find_gap (self);
  if (fault == NULL)
    return g_steal_pointer (&self);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: %s", name, fault);
  return NULL;
}

PosaKeyFile *
posa_key_file_load (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) == 0 && (info.st_mode & 077) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "%s: others may read these keys; chmod 600 it first", path);
      return NULL;
    }
  g_autoptr (GBytes) content = posa_file_read (path, MAX_FILE, error);
  if (content == NULL)
    return NULL;
  gsize size = 0;
  char *data = g_bytes_unref_to_data (g_steal_pointer (&content), &size);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  PosaKeyFile *self = posa_key_file_parse (path, text, error);
  OPENSSL_cleanse (text, strlen (text));
  if (data != NULL)
    OPENSSL_cleanse (data, size);
  g_free (data);
  return self;
}
