/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-keyring.h"

#include "base/posa-error.h"
#include "meter/codec/posa-dlms-ecc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct _PosaTestKeyring
{
  GObject parent_instance;
  char *path;
  PosaDlmsSuite suite;
  guint8 encryption_first;
  gboolean forgotten;
  gint64 next, peer;
  guint n_reserved;
  gboolean has_active, has_pending;
  PosaMeterKeys active, pending; /* that came later than those of its making */
};

static void keyring_iface_init (PosaKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PosaTestKeyring,
                               posa_test_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (POSA_TYPE_KEYRING, keyring_iface_init))

/* What earlier processes have noted. */
static void
load (PosaTestKeyring *self)
{
  g_autofree char *text = NULL;

  if (self->path == NULL || !g_file_get_contents (self->path, &text, NULL, NULL))
    return;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      gint64 first = 0, count = 0;

      if (sscanf (*line, "take %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &first, &count) == 2)
        self->next = MAX (self->next, first + count);
      else if (sscanf (*line, "peer %" G_GINT64_FORMAT, &first) == 1)
        self->peer = MAX (self->peer, first);
    }
}

static void
note (PosaTestKeyring *self, const char *line)
{
  FILE *file = self->path != NULL ? fopen (self->path, "a") : NULL;

  if (file == NULL)
    return;
  fputs (line, file);
  fflush (file);
  fsync (fileno (file));
  fclose (file);
}

static gboolean
get_client_title (PosaKeyring *keyring, guint8 title[POSA_DLMS_TITLE_SIZE], GError **error)
{
  memcpy (title, "PSAtest1", POSA_DLMS_TITLE_SIZE);
  return TRUE;
}

/* @first and the bytes that follow it. */
static void
fill (PosaDlmsKey *key, gsize size, guint8 first)
{
  key->size = size;
  for (gsize i = 0; i < size; i++)
    key->data[i] = (guint8) (first + i);
}

/* Private keys of one byte over and over: of the meter 61 and 62, of the client 71 and 72. */
static gboolean
fill_curves (PosaMeterKeys *keys, PosaDlmsSuite suite, GError **error)
{
  gsize size = posa_dlms_ecc_get_size (suite);
  PosaDlmsKey signing = { .size = size }, agreement = { .size = size };

  memset (signing.data, 0x61, size);
  memset (agreement.data, 0x62, size);
  keys->signing.size = keys->agreement.size = size;
  memset (keys->signing.data, 0x71, size);
  memset (keys->agreement.data, 0x72, size);
  return posa_dlms_ecc_get_public (suite, &signing, &keys->peer_signing, error) &&
         posa_dlms_ecc_get_public (suite, &agreement, &keys->peer_agreement, error);
}

static gboolean
get_keys (PosaKeyring *keyring,
          const char *serial,
          PosaKeySet set,
          PosaMeterKeys *keys,
          GError **error)
{
  PosaTestKeyring *self = POSA_TEST_KEYRING (keyring);
  gsize size = posa_dlms_suite_get_key_size (self->suite);

  if (self->forgotten)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "no key of meter %s", serial);
      return FALSE;
    }
  if (set == POSA_KEYS_NEXT && !self->has_pending)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "no new key of meter %s", serial);
      return FALSE;
    }
  if (set == POSA_KEYS_NEXT || self->has_active)
    {
      *keys = set == POSA_KEYS_NEXT ? self->pending : self->active;
      return TRUE;
    }
  fill (&keys->encryption, size, self->encryption_first);
  fill (&keys->authentication, size, 0xD0);
  fill (&keys->master, size, 0x40);
  fill (&keys->secret, 16, 0x50);
  return self->suite == POSA_DLMS_SUITE_0 || fill_curves (keys, self->suite, error);
}

static gboolean
reserve_counter (PosaKeyring *keyring,
                 const char *serial,
                 const PosaDlmsKey *key,
                 guint32 at_least,
                 guint32 count,
                 guint32 *first,
                 GError **error)
{
  PosaTestKeyring *self = POSA_TEST_KEYRING (keyring);

  load (self);
  self->next = MAX (self->next, at_least);
  *first = (guint32) self->next;
  self->next += count;
  self->n_reserved++;
  g_autofree char *line = g_strdup_printf ("take %u %u\n", *first, count);
  note (self, line);
  return TRUE;
}

static gboolean
get_peer_counter (PosaKeyring *keyring,
                  const char *serial,
                  const PosaDlmsKey *key,
                  gint64 *last_seen,
                  GError **error)
{
  PosaTestKeyring *self = POSA_TEST_KEYRING (keyring);

  load (self);
  *last_seen = self->peer;
  return TRUE;
}

static gboolean
set_peer_counter (PosaKeyring *keyring,
                  const char *serial,
                  const PosaDlmsKey *key,
                  guint32 last_seen,
                  GError **error)
{
  PosaTestKeyring *self = POSA_TEST_KEYRING (keyring);
  g_autofree char *line = g_strdup_printf ("peer %u\n", last_seen);

  self->peer = MAX (self->peer, (gint64) last_seen);
  note (self, line);
  return TRUE;
}

static gboolean
set_pending (PosaKeyring *keyring, const char *serial, const PosaMeterKeys *keys, GError **error)
{
  PosaTestKeyring *self = POSA_TEST_KEYRING (keyring);

  self->has_pending = keys != NULL;
  if (keys != NULL)
    self->pending = *keys;
  return TRUE;
}

static gboolean
promote (PosaKeyring *keyring, const char *serial, GError **error)
{
  PosaTestKeyring *self = POSA_TEST_KEYRING (keyring);

  self->active = self->pending;
  self->has_active = TRUE;
  self->has_pending = FALSE;
  /* Counters belong to a key. */
  self->peer = -1;
  return TRUE;
}

static void
keyring_iface_init (PosaKeyringInterface *iface)
{
  iface->set_pending = set_pending;
  iface->promote = promote;
  iface->get_client_title = get_client_title;
  iface->get_keys = get_keys;
  iface->reserve_counter = reserve_counter;
  iface->get_peer_counter = get_peer_counter;
  iface->set_peer_counter = set_peer_counter;
}

static void
posa_test_keyring_finalize (GObject *object)
{
  g_free (POSA_TEST_KEYRING (object)->path);
  G_OBJECT_CLASS (posa_test_keyring_parent_class)->finalize (object);
}

static void
posa_test_keyring_class_init (PosaTestKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_test_keyring_finalize;
}

static void
posa_test_keyring_init (PosaTestKeyring *self)
{
  self->next = 1;
  self->peer = -1;
}

PosaTestKeyring *
posa_test_keyring_new (const char *path)
{
  PosaTestKeyring *self = g_object_new (POSA_TYPE_TEST_KEYRING, NULL);

  self->path = g_strdup (path);
  return self;
}

void
posa_test_keyring_set_suite (PosaTestKeyring *self, PosaDlmsSuite suite)
{
  self->suite = suite;
}

void
posa_test_keyring_set_next (PosaTestKeyring *self, guint32 next)
{
  self->next = next;
}

void
posa_test_keyring_spoil (PosaTestKeyring *self)
{
  self->encryption_first = 0x40;
}

gboolean
posa_test_keyring_has_pending (PosaTestKeyring *self)
{
  return self->has_pending;
}

void
posa_test_keyring_forget (PosaTestKeyring *self)
{
  self->forgotten = TRUE;
}

guint32
posa_test_keyring_get_next (PosaTestKeyring *self)
{
  return (guint32) self->next;
}

guint
posa_test_keyring_get_n_reserved (PosaTestKeyring *self)
{
  return self->n_reserved;
}

gint64
posa_test_keyring_get_peer (PosaTestKeyring *self)
{
  return self->peer;
}
