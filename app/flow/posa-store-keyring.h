/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-keyring.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

#define POSA_STORAGE_KEY_SIZE 32

/* The keys and invocation counters of this device's new meters, out of its store. Keys lie there
 * wrapped (RFC 3394, AES-256; encryption key then authentication key, 16 bytes each, in suite 2 32)
 * and are opened in memory for the one call that asks. Work thread; borrows the store, which must
 * outlive it. */
#define POSA_TYPE_STORE_KEYRING (posa_store_keyring_get_type ())
G_DECLARE_FINAL_TYPE (PosaStoreKeyring, posa_store_keyring, POSA, STORE_KEYRING, GObject)

/* @storage_key: the device's, POSA_STORAGE_KEY_SIZE bytes; kept as a reference. NULL (not
 * enrolled): every key is then KEY_MISSING. */
PosaKeyring *posa_store_keyring_new (PosaStore *store, GBytes *storage_key);

/* The inverse of what the keyring does, for those who fill the store: @keys wrapped for
 * meter_asset.wrapped_keys. */
GBytes *posa_store_keyring_wrap (GBytes *storage_key, const PosaMeterKeys *keys, GError **error);

G_END_DECLS
