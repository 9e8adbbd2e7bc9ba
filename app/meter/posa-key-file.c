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

#define FIELD(name) G_STRUCT_OFFSET (PosaKeyFile, name)

/* Keys have 16 bytes, in suite 2 32. */
static const struct
{
  const char *word;
  gsize offset, has_title; /* 0 for a key */
} fields[] = {
  { "ek", FIELD (keys.encryption), 0 },
  { "ak", FIELD (keys.authentication), 0 },
  { "kek", FIELD (keys.master), 0 },
  { "secret", FIELD (keys.secret), 0 },
  { "dk", FIELD (dedicated), 0 },
  { "client_title", FIELD (client_title), FIELD (has_client_title) },
  { "server_title", FIELD (server_title), FIELD (has_server_title) },
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
take_key (PosaDlmsKey *key, gboolean secret, const guint8 *data, gsize size)
{
  if (key->size != 0)
    return "given twice";
  if (!secret && size != 16 && size != 32)
    return "a key has 32 hex digits, in suite 2 64";
  return posa_dlms_key_set (key, data, size) ? NULL : "too long";
}

static const char *
take_title (guint8 *title, gboolean *has, const guint8 *data, gsize size)
{
  if (*has)
    return "given twice";
  if (size != POSA_DLMS_TITLE_SIZE)
    return "a title has 16 hex digits";
  memcpy (title, data, size);
  *has = TRUE;
  return NULL;
}

/* What is wrong with @hex as the value of a field, or NULL. */
static const char *
take_value (PosaKeyFile *self, guint field, const char *hex)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (hex, NULL);
  gpointer target = G_STRUCT_MEMBER_P (self, fields[field].offset);
  gsize size = 0;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return "not hex";
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &size);
  const char *fault =
      fields[field].has_title == 0
          ? take_key (target, target == &self->keys.secret, data, size)
          : take_title (target, G_STRUCT_MEMBER_P (self, fields[field].has_title), data, size);
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
  return "unknown word; there are ek, ak, kek, dk, secret, client_title and server_title";
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
  gboolean has_ek = self->keys.encryption.size > 0, has_ak = self->keys.authentication.size > 0;
  if (has_ek == has_ak && (has_ek || self->keys.secret.size > 0))
    return g_steal_pointer (&self);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: %s is missing", name,
               has_ek ? "ak" : "ek");
  return NULL;
}

PosaKeyFile *
posa_key_file_load (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) == 0 && (info.st_mode & 077) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
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
