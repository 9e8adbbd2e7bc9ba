/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-key-file.h"
#include "meter/posa-keyring.h"

G_BEGIN_DECLS

/* The keys of a key file for whatever meter is at hand, none of which ever changes; its client
 * title in the place of the device's own. Counters are those of another keyring, so that the same
 * key never counts twice from the start, whether it comes out of a file or not. */
#define POSA_TYPE_FILE_KEYRING (posa_file_keyring_get_type ())
G_DECLARE_FINAL_TYPE (PosaFileKeyring, posa_file_keyring, POSA, FILE_KEYRING, GObject)

/* Copies @keys, of the file @name (for messages); takes a reference to @counters. */
PosaKeyring *
posa_file_keyring_new (const PosaKeyFile *keys, const char *name, PosaKeyring *counters);

G_END_DECLS
