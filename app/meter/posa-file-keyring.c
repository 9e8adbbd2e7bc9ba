/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-file-keyring.h"

#include "base/posa-error.h"

#include <openssl/crypto.h>
#include <string.h>

struct _PosaFileKeyring
{
  GObject parent_instance;
  PosaKeyFile keys;
  char *name;
  PosaKeyring *counters;
};

static void keyring_iface_init (PosaKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PosaFileKeyring,
                               posa_file_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (POSA_TYPE_KEYRING, keyring_iface_init))

static gboolean
get_client_title (PosaKeyring *keyring, guint8 title[POSA_DLMS_TITLE_SIZE], GError **error)
{
  PosaFileKeyring *self = POSA_FILE_KEYRING (keyring);

  if (self->keys.has_client_title)
    memcpy (title, self->keys.client_title, POSA_DLMS_TITLE_SIZE);
  else if (!posa_keyring_get_client_title (self->counters, title, error))
    {
      g_prefix_error (error, "%s has no client_title, and ", self->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
get_keys (PosaKeyring *keyring,
          const char *serial,
          PosaKeySet set,
          PosaMeterKeys *keys,
          GError **error)
{
  PosaFileKeyring *self = POSA_FILE_KEYRING (keyring);

  if (set == POSA_KEYS_CURRENT)
    *keys = self->keys.keys;
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "%s has no new keys of meter %s",
                 self->name, serial);
  return set == POSA_KEYS_CURRENT;
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
  return posa_keyring_reserve_counter (POSA_FILE_KEYRING (keyring)->counters, serial, key, at_least,
                                       count, first, error);
}

static gboolean
get_peer_counter (PosaKeyring *keyring,
                  const char *serial,
                  const PosaDlmsKey *key,
                  gint64 *last_seen,
                  GError **error)
{
  return posa_keyring_get_peer_counter (POSA_FILE_KEYRING (keyring)->counters, serial, key,
                                        last_seen, error);
}

static gboolean
set_peer_counter (PosaKeyring *keyring,
                  const char *serial,
                  const PosaDlmsKey *key,
                  guint32 last_seen,
                  GError **error)
{
  return posa_keyring_set_peer_counter (POSA_FILE_KEYRING (keyring)->counters, serial, key,
                                        last_seen, error);
}

static void
keyring_iface_init (PosaKeyringInterface *iface)
{
  iface->get_client_title = get_client_title;
  iface->get_keys = get_keys;
  iface->reserve_counter = reserve_counter;
  iface->get_peer_counter = get_peer_counter;
  iface->set_peer_counter = set_peer_counter;
}

static void
posa_file_keyring_finalize (GObject *object)
{
  PosaFileKeyring *self = POSA_FILE_KEYRING (object);

  OPENSSL_cleanse (&self->keys, sizeof self->keys);
  g_free (self->name);
  g_clear_object (&self->counters);
  G_OBJECT_CLASS (posa_file_keyring_parent_class)->finalize (object);
}

static void
posa_file_keyring_class_init (PosaFileKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_file_keyring_finalize;
}

static void
posa_file_keyring_init (PosaFileKeyring *self)
{
}

PosaKeyring *
posa_file_keyring_new (const PosaKeyFile *keys, const char *name, PosaKeyring *counters)
{
  PosaFileKeyring *self = g_object_new (POSA_TYPE_FILE_KEYRING, NULL);

  self->keys = *keys;
  self->name = g_strdup (name);
  self->counters = g_object_ref (counters);
  return POSA_KEYRING (self);
}
