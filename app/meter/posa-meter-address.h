/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-iec-message.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* Which meter is called, where more than one may listen or it is not at the address of its profile.
 * What is not given is as the profiles say. The parts that are given also tell the protocol: a
 * meter that is to be found by its device address alone is not looked for in HDLC, and the other
 * way round. */
typedef struct
{
  char device[POSA_IEC_MAX_ADDRESS + 1]; /* of the sign-on of IEC 62056-21; "": any that listens */
  guint logical, physical, bytes;        /* of the HDLC address; 0: not given */
  guint public_client, client;           /* SAPs: of who asks for the name, and of who reads */
} PosaMeterAddress;

/* Parses "KEY=VALUE,…": device=TEXT, logical=N, physical=N, bytes=1|2|4, public=N, client=N, each
 * once. USAGE naming what is wrong with which key. */
gboolean posa_meter_address_parse (const char *text, PosaMeterAddress *out, GError **error);

/* Whether a sign-on, HDLC, may reach the meter; NULL is any meter. */
gboolean posa_meter_address_may_sign_on (const PosaMeterAddress *self);
gboolean posa_meter_address_may_be_hdlc (const PosaMeterAddress *self);
/* Device address for the sign-on, NULL for any; borrowed. */
const char *posa_meter_address_get_device (const PosaMeterAddress *self);

/* Puts what is given in the place of what @profile says; @self may be NULL. USAGE when both
 * together are no address. */
gboolean
posa_meter_address_apply (const PosaMeterAddress *self, PosaProfile *profile, GError **error);

G_END_DECLS
