/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-dlms-protection.h"
#include "sim/posa-sim-model.h"

G_BEGIN_DECLS

/* Keys, counters and security policy of a simulated meter's installer association. Every key that
 * is not given by --set is one that posa-test-keyring has too. */
typedef struct
{
  guint8 title[POSA_DLMS_TITLE_SIZE];
  PosaMeterKeys keys;
  gint64 client_counter;  /* last accepted under the key, -1 none */
  guint32 server_counter; /* next */
  GPtrArray *nonces;      /* "KEY TITLE COUNTER", each as often as it came */
} PosaSimSecurity;

/* Takes ek, ak and client_counter out of @setup. USAGE. */
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
