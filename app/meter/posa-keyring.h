/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

#include "meter/codec/posa-dlms-cipher.h"

G_BEGIN_DECLS

/* Which keys of a meter. */
typedef enum
{
  POSA_KEYS_CURRENT,
  POSA_KEYS_NEXT /* of a key transfer, until the meter is known to have taken them */
} PosaKeySet;

/* Where the DLMS driver gets keys and invocation counters. Implemented over the store (layer flow)
 * and by tests; called from the work thread. */
#define POSA_TYPE_KEYRING (posa_keyring_get_type ())
G_DECLARE_INTERFACE (PosaKeyring, posa_keyring, POSA, KEYRING, GObject)

/* What has to be new for each association. */
typedef enum
{
  POSA_KEYRING_CHALLENGE,
  POSA_KEYRING_DEDICATED_KEY
} PosaKeyringFresh;

struct _PosaKeyringInterface
{
  GTypeInterface parent_iface;

  gboolean (*get_client_title) (PosaKeyring *self,
                                guint8 title[POSA_DLMS_TITLE_SIZE],
                                GError **error);
  gboolean (*get_keys) (PosaKeyring *self,
                        const char *serial,
                        PosaKeySet set,
                        PosaMeterKeys *keys,
                        GError **error);
  gboolean (*reserve_counter) (PosaKeyring *self,
                               const char *serial,
                               const PosaDlmsKey *key,
                               guint32 at_least,
                               guint32 count,
                               guint32 *first,
                               GError **error);
  gboolean (*get_peer_counter) (PosaKeyring *self,
                                const char *serial,
                                const PosaDlmsKey *key,
                                gint64 *last_seen,
                                GError **error);
  gboolean (*set_peer_counter) (PosaKeyring *self,
                                const char *serial,
                                const PosaDlmsKey *key,
                                guint32 last_seen,
                                GError **error);
  /* NULL: from the system's generator, as with every real meter. */
  gboolean (*make_fresh) (PosaKeyring *self,
                          PosaKeyringFresh what,
                          guint8 *out,
                          gsize size,
                          GError **error);
  /* The next two NULL: keys for reading only, none of which ever changes. */
  gboolean (*set_pending) (PosaKeyring *self,
                           const char *serial,
                           const PosaMeterKeys *keys,
                           GError **error);
  gboolean (*promote) (PosaKeyring *self, const char *serial, GError **error);
};

/* This device's own system title (never shared between tablets). */
gboolean posa_keyring_get_client_title (PosaKeyring *self,
                                        guint8 title[POSA_DLMS_TITLE_SIZE],
                                        GError **error);
/* KEY_MISSING when this device has no such key for @serial; DAMAGED when it has one that cannot be
 * used, which is never the same: the meter may have it. */
gboolean posa_keyring_get_keys (PosaKeyring *self,
                                const char *serial,
                                PosaKeySet set,
                                PosaMeterKeys *keys,
                                GError **error);
/* Counters belong to a key, not to a meter (several may have the same key, and what a meter says
 * its serial number is may be wrong), and not to a set of keys, which is another one when the meter
 * has taken new keys: @key is the encryption key that they count for.
 *
 * Reserves @count invocation counters for it, none below @at_least, durable before it returns: they
 * are never given out again, whatever happens (meters.md 6.3). */
gboolean posa_keyring_reserve_counter (PosaKeyring *self,
                                       const char *serial,
                                       const PosaDlmsKey *key,
                                       guint32 at_least,
                                       guint32 count,
                                       guint32 *first,
                                       GError **error);
/* Last counter accepted from the meter, -1 for none. */
gboolean posa_keyring_get_peer_counter (PosaKeyring *self,
                                        const char *serial,
                                        const PosaDlmsKey *key,
                                        gint64 *last_seen,
                                        GError **error);
gboolean posa_keyring_set_peer_counter (PosaKeyring *self,
                                        const char *serial,
                                        const PosaDlmsKey *key,
                                        guint32 last_seen,
                                        GError **error);

/* @size random bytes, never made before: unless a recorded conversation is replayed. */
gboolean posa_keyring_make_fresh (PosaKeyring *self,
                                  PosaKeyringFresh what,
                                  guint8 *out,
                                  gsize size,
                                  GError **error);

/* Notes, durable before it returns, that @keys (encryption and authentication key) are on their way
 * to @serial; NULL takes that back. The keys in force stay as they are. */
gboolean posa_keyring_set_pending (PosaKeyring *self,
                                   const char *serial,
                                   const PosaMeterKeys *keys,
                                   GError **error);
/* The meter has proven that it has the pending keys: they are in force now. Those before them are
 * kept, but not given any more. NOT_FOUND when there are none. */
gboolean posa_keyring_promote (PosaKeyring *self, const char *serial, GError **error);

G_END_DECLS
