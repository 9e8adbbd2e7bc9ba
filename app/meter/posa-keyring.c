/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-keyring.h"

#include "base/posa-error.h"

G_DEFINE_INTERFACE (PosaKeyring, posa_keyring, G_TYPE_OBJECT)

static void
posa_keyring_default_init (PosaKeyringInterface *iface)
{
}

gboolean
posa_keyring_get_client_title (PosaKeyring *self,
                               guint8 title[POSA_DLMS_TITLE_SIZE],
                               GError **error)
{
  return POSA_KEYRING_GET_IFACE (self)->get_client_title (self, title, error);
}

gboolean
posa_keyring_get_keys (PosaKeyring *self,
                       const char *serial,
                       PosaKeySet set,
                       PosaMeterKeys *keys,
                       GError **error)
{
  return POSA_KEYRING_GET_IFACE (self)->get_keys (self, serial, set, keys, error);
}

gboolean
posa_keyring_reserve_counter (PosaKeyring *self,
                              const char *serial,
                              const PosaDlmsKey *key,
                              guint32 at_least,
                              guint32 count,
                              guint32 *first,
                              GError **error)
{
  return POSA_KEYRING_GET_IFACE (self)->reserve_counter (self, serial, key, at_least, count, first,
                                                         error);
}

gboolean
posa_keyring_get_peer_counter (PosaKeyring *self,
                               const char *serial,
                               const PosaDlmsKey *key,
                               gint64 *last_seen,
                               GError **error)
{
  return POSA_KEYRING_GET_IFACE (self)->get_peer_counter (self, serial, key, last_seen, error);
}

gboolean
posa_keyring_set_peer_counter (PosaKeyring *self,
                               const char *serial,
                               const PosaDlmsKey *key,
                               guint32 last_seen,
                               GError **error)
{
  return POSA_KEYRING_GET_IFACE (self)->set_peer_counter (self, serial, key, last_seen, error);
}

gboolean
posa_keyring_make_fresh (PosaKeyring *self,
                         PosaKeyringFresh what,
                         guint8 *out,
                         gsize size,
                         GError **error)
{
  PosaKeyringInterface *iface = POSA_KEYRING_GET_IFACE (self);

  return iface->make_fresh != NULL ? iface->make_fresh (self, what, out, size, error)
                                   : posa_dlms_random (out, size, error);
}

gboolean
posa_keyring_set_pending (PosaKeyring *self,
                          const char *serial,
                          const PosaMeterKeys *keys,
                          GError **error)
{
  PosaKeyringInterface *iface = POSA_KEYRING_GET_IFACE (self);

  if (iface->set_pending != NULL)
    return iface->set_pending (self, serial, keys, error);
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
               "new keys of meter %s have no place to be kept here; nothing was sent", serial);
  return FALSE;
}

/* Only where set_pending() has been. */
gboolean
posa_keyring_promote (PosaKeyring *self, const char *serial, GError **error)
{
  return POSA_KEYRING_GET_IFACE (self)->promote (self, serial, error);
}
