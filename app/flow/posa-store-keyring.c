/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-store-keyring.h"

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "store/posa-counter-store.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-meter-key-store.h"
#include "store/posa-setting-store.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

/* Encryption and authentication key; suite 2 has the long ones. */
#define KEY_SIZE      16
#define LONG_KEY_SIZE 32
#define MAX_PLAIN     (2 * LONG_KEY_SIZE)
#define WRAP_BYTES    8

struct _PosaStoreKeyring
{
  GObject parent_instance;
  PosaStore *store;
  GBytes *storage_key;
};

static void keyring_init (PosaKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PosaStoreKeyring,
                               posa_store_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (POSA_TYPE_KEYRING, keyring_init))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/* RFC 3394. @out has room for @size plus 8 bytes. FALSE: the key or the bytes are not right. */
static gboolean
run_key_wrap (GBytes *storage_key, gboolean wrap, const guint8 *in, gsize size, guint8 *out)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  int written = 0, rest = 0;

  if (g_bytes_get_size (storage_key) != POSA_STORAGE_KEY_SIZE)
    return FALSE;
  EVP_CIPHER_CTX_set_flags (context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  return EVP_CipherInit_ex2 (context, EVP_aes_256_wrap (), g_bytes_get_data (storage_key, NULL),
                             NULL, wrap ? 1 : 0, NULL) == 1 &&
         EVP_CipherUpdate (context, out, &written, in, (int) size) == 1 &&
         EVP_CipherFinal_ex (context, out + written, &rest) == 1;
}

static gboolean
is_key_size (gsize size)
{
  return size == KEY_SIZE || size == LONG_KEY_SIZE;
}

GBytes *
posa_store_keyring_wrap (GBytes *storage_key, const PosaMeterKeys *keys, GError **error)
{
  gsize size = keys->encryption.size;
  guint8 plain[MAX_PLAIN];
  guint8 wrapped[MAX_PLAIN + 2 * WRAP_BYTES];
  gboolean ok;

  if (!is_key_size (size) || keys->authentication.size != size)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED,
                   "encryption and authentication key have %u bytes both, in suite 2 %u",
                   (guint) KEY_SIZE, (guint) LONG_KEY_SIZE);
      return NULL;
    }
  memcpy (plain, keys->encryption.data, size);
  memcpy (plain + size, keys->authentication.data, size);
  ok = run_key_wrap (storage_key, TRUE, plain, 2 * size, wrapped);
  OPENSSL_cleanse (plain, sizeof plain);
  if (!ok)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_FAILED, "the keys cannot be wrapped");
      return NULL;
    }
  return g_bytes_new (wrapped, 2 * size + WRAP_BYTES);
}

static gboolean
unwrap (PosaStoreKeyring *self,
        const char *serial,
        PosaKeySet set,
        GBytes *wrapped,
        PosaMeterKeys *keys,
        GError **error)
{
  gsize total = 0;
  const guint8 *data = g_bytes_get_data (wrapped, &total);
  gsize size = total > WRAP_BYTES ? (total - WRAP_BYTES) / 2 : 0;
  guint8 plain[MAX_PLAIN + 2 * WRAP_BYTES];
  gboolean ok = is_key_size (size) && total == 2 * size + WRAP_BYTES &&
                run_key_wrap (self->storage_key, FALSE, data, total, plain);

  if (ok)
    {
      posa_dlms_key_set (&keys->encryption, plain, size);
      posa_dlms_key_set (&keys->authentication, plain + size, size);
    }
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED,
                 "the %skeys of meter %s cannot be opened with this device's storage key: they are "
                 "damaged, or another device's; none was tried, have the office restore the store",
                 set == POSA_KEYS_NEXT ? "new " : "", serial);
  OPENSSL_cleanse (plain, sizeof plain);
  return ok;
}

static gboolean
set_no_keys (const char *serial, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "this device has no keys for meter %s",
               serial);
  return FALSE;
}

/* Those that this device gave the meter, else those that came with it. @wrapped is unset when there
 * are none of @set. */
static gboolean
find_wrapped (PosaStoreKeyring *self,
              const char *serial,
              PosaKeySet set,
              GBytes **wrapped,
              GError **error)
{
  gboolean is_pending = set == POSA_KEYS_NEXT;
  g_autoptr (GError) local = NULL;

  if (posa_meter_key_store_get (self->store, serial,
                                is_pending ? POSA_METER_KEY_PENDING : POSA_METER_KEY_ACTIVE,
                                wrapped, &local) ||
      (local == NULL && is_pending))
    return TRUE;
  g_autoptr (PosaMeterAsset)
      asset = local == NULL ? posa_meter_asset_store_get (self->store, serial, &local) : NULL;
  if (local != NULL && !g_error_matches (local, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (asset != NULL && asset->wrapped_keys != NULL)
    *wrapped = g_bytes_ref (asset->wrapped_keys);
  return TRUE;
}

static gboolean
posa_store_keyring_get_keys (PosaKeyring *keyring,
                             const char *serial,
                             PosaKeySet set,
                             PosaMeterKeys *keys,
                             GError **error)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (keyring);
  g_autoptr (GBytes) wrapped = NULL;

  if (!find_wrapped (self, serial, set, &wrapped, error))
    return FALSE;
  if (wrapped == NULL || self->storage_key == NULL)
    return set_no_keys (serial, error);
  return unwrap (self, serial, set, wrapped, keys, error);
}

/* The name of a key must not tell the key, so it is a hash. */
static char *
dup_key_id (const PosaDlmsKey *key)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, key->data, key->size);

  return g_strndup (digest, 16);
}

static gboolean
posa_store_keyring_get_client_title (PosaKeyring *keyring,
                                     guint8 title[POSA_DLMS_TITLE_SIZE],
                                     GError **error)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (keyring);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!posa_setting_store_get (self->store, POSA_SETTING_CLIENT_TITLE, &text, error))
    return FALSE;
  bytes = posa_hex_decode (text != NULL ? text : "", error);
  if (bytes == NULL)
    return FALSE;
  if (g_bytes_get_size (bytes) != POSA_DLMS_TITLE_SIZE)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
                           "this device has no DLMS system title; it is not enrolled");
      return FALSE;
    }
  memcpy (title, g_bytes_get_data (bytes, NULL), POSA_DLMS_TITLE_SIZE);
  return TRUE;
}

static gboolean
posa_store_keyring_reserve_counter (PosaKeyring *keyring,
                                    const char *serial,
                                    const PosaDlmsKey *key,
                                    guint32 at_least,
                                    guint32 count,
                                    guint32 *first,
                                    GError **error)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (keyring);
  g_autofree char *key_id = dup_key_id (key);

  return posa_counter_store_reserve (self->store, serial, key_id, at_least, count, first, error);
}

static gboolean
posa_store_keyring_get_peer_counter (PosaKeyring *keyring,
                                     const char *serial,
                                     const PosaDlmsKey *key,
                                     gint64 *last_seen,
                                     GError **error)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (keyring);
  g_autofree char *key_id = dup_key_id (key);

  return posa_counter_store_get_peer (self->store, serial, key_id, last_seen, error);
}

static gboolean
posa_store_keyring_set_peer_counter (PosaKeyring *keyring,
                                     const char *serial,
                                     const PosaDlmsKey *key,
                                     guint32 last_seen,
                                     GError **error)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (keyring);
  g_autofree char *key_id = dup_key_id (key);

  return posa_counter_store_set_peer (self->store, serial, key_id, last_seen, error);
}

static gint64
get_wall (void)
{
  return posa_clock_get_wall (posa_clock_get_system ());
}

static gboolean
posa_store_keyring_set_pending (PosaKeyring *keyring,
                                const char *serial,
                                const PosaMeterKeys *keys,
                                GError **error)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (keyring);
  g_autoptr (GBytes) wrapped = NULL;

  if (self->storage_key == NULL)
    return set_no_keys (serial, error);
  if (keys != NULL)
    {
      wrapped = posa_store_keyring_wrap (self->storage_key, keys, error);
      if (wrapped == NULL)
        return FALSE;
    }
  return posa_meter_key_store_set_pending (self->store, serial, wrapped, get_wall (), error);
}

static gboolean
posa_store_keyring_promote (PosaKeyring *keyring, const char *serial, GError **error)
{
  return posa_meter_key_store_promote (POSA_STORE_KEYRING (keyring)->store, serial, get_wall (),
                                       error);
}

static void
keyring_init (PosaKeyringInterface *iface)
{
  iface->set_pending = posa_store_keyring_set_pending;
  iface->promote = posa_store_keyring_promote;
  iface->get_client_title = posa_store_keyring_get_client_title;
  iface->get_keys = posa_store_keyring_get_keys;
  iface->reserve_counter = posa_store_keyring_reserve_counter;
  iface->get_peer_counter = posa_store_keyring_get_peer_counter;
  iface->set_peer_counter = posa_store_keyring_set_peer_counter;
}

static void
posa_store_keyring_finalize (GObject *object)
{
  PosaStoreKeyring *self = POSA_STORE_KEYRING (object);

  g_clear_pointer (&self->storage_key, g_bytes_unref);
  G_OBJECT_CLASS (posa_store_keyring_parent_class)->finalize (object);
}

static void
posa_store_keyring_class_init (PosaStoreKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_store_keyring_finalize;
}

static void
posa_store_keyring_init (PosaStoreKeyring *self)
{
}

PosaKeyring *
posa_store_keyring_new (PosaStore *store, GBytes *storage_key)
{
  PosaStoreKeyring *self = g_object_new (POSA_TYPE_STORE_KEYRING, NULL);

  self->store = store;
  self->storage_key = storage_key != NULL ? g_bytes_ref (storage_key) : NULL;
  return POSA_KEYRING (self);
}
