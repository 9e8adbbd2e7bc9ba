/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-agreement.h"
#include "sim/posa-sim-model.h"

G_BEGIN_DECLS

/* Keys, counters and security policy of a simulated meter's installer association. The keys
 * that --set does not give are the same in every process: 00 01 …, D0 D1 …, 40 41 …, the secret
 * 50 51 …; private keys of the meter 61 and 62 and of the client 71 and 72, all bytes alike. */
typedef struct
{
  PosaDlmsAgreement agreement; /* what the installer has to agree to */
  guint8 title[POSA_DLMS_TITLE_SIZE];
  PosaMeterKeys keys;
  gint64 client_counter;     /* last accepted under the key, -1 none */
  gint64 client_transaction; /* the same of messages without a counter */
  guint32 server_counter;    /* next */
  GPtrArray *nonces;         /* "KEY TITLE COUNTER", each as often as it came */
} PosaSimSecurity;

/* Takes out of @setup: suite, context, mechanism, maker, protection, key_info, policy as in a
 * profile; ek, ak, kek, secret, signing, agreement, client_signing, client_agreement in hex;
 * client_counter, server_counter. USAGE. */
gboolean posa_sim_security_init (PosaSimSecurity *self,
                                 const char *serial,
                                 const PosaSimSetup *setup,
                                 GError **error);
void posa_sim_security_clear (PosaSimSecurity *self);
void posa_sim_security_dump (const PosaSimSecurity *self, JsonBuilder *builder);

/* Writes down that a client used @counter with @key: once each, or the client is at fault. */
void posa_sim_security_note (PosaSimSecurity *self,
                             const PosaDlmsKey *key,
                             const guint8 *title,
                             guint32 counter);

G_END_DECLS
