/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-keyring.h"

G_BEGIN_DECLS

/* A keyring for tests: one pair of keys for every meter, counters in memory or, so that several
 * processes share them, in a file of one line each ("take FIRST COUNT", "peer LAST"). */
#define POSA_TYPE_TEST_KEYRING (posa_test_keyring_get_type ())
G_DECLARE_FINAL_TYPE (PosaTestKeyring, posa_test_keyring, POSA, TEST_KEYRING, GObject)

/* With the keys that posa-sim 2g has by itself. @path may be NULL. */
PosaTestKeyring *posa_test_keyring_new (const char *path);
/* The keys for a meter of @suite, the client's ones. */
void posa_test_keyring_set_suite (PosaTestKeyring *self, PosaDlmsSuite suite);
/* The next counter to give out. */
void posa_test_keyring_set_next (PosaTestKeyring *self, guint32 next);
/* Another encryption key than the meter's. */
void posa_test_keyring_spoil (PosaTestKeyring *self);
/* Whether keys are on their way to the meter. */
gboolean posa_test_keyring_has_pending (PosaTestKeyring *self);
/* From now on this device has no key: KEY_MISSING. */
void posa_test_keyring_forget (PosaTestKeyring *self);
/* Counters given out so far, and how often; the highest peer counter. */
guint32 posa_test_keyring_get_next (PosaTestKeyring *self);
guint posa_test_keyring_get_n_reserved (PosaTestKeyring *self);
gint64 posa_test_keyring_get_peer (PosaTestKeyring *self);

G_END_DECLS
