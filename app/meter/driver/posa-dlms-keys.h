/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-client.h"

G_BEGIN_DECLS

/* Hands the encryption and authentication key of @next to the meter in one action of its security
 * setup @obis (class 64, global_key_transfer; IEC 62056-6-2 clause 4.4.7), wrapped with the master
 * key of @next. ACCESS_DENIED, FAILED: the meter says that it did not take them. Any other error:
 * nobody knows whether it has them, and they must not be sent again. */
gboolean posa_dlms_keys_transfer (PosaDlmsClient *client,
                                  PosaObis obis,
                                  const PosaMeterKeys *next,
                                  GCancellable *cancellable,
                                  GError **error);
/* What has to be right before that: sizes, and keys that differ from @present. USAGE, UNSUPPORTED
 * when the meter's security suite is another. */
gboolean posa_dlms_keys_check (PosaDlmsClient *client,
                               PosaObis obis,
                               const PosaMeterKeys *present,
                               const PosaMeterKeys *next,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
