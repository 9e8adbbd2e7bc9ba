/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-iec-message.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* Which meter is called and how, where more than one may listen, or it is not as a profile of the
 * data folder says. What is not given is as the profiles say, and a zeroed struct gives nothing.
 * The parts that are given also tell the protocol: a meter that is to be found by its device
 * address alone is not looked for in HDLC, and the other way round. */
typedef struct
{
  const char *profile; /* file that alone describes the meter; NULL: the data folder. Borrowed */
  char device[POSA_IEC_MAX_ADDRESS + 1]; /* of the sign-on of IEC 62056-21; "": any that listens */
  guint logical, physical, bytes;        /* of the HDLC address; 0: not given */
  guint public_client, client;           /* SAPs: of who asks for the name, and of who reads */
} PosaMeterAddress;

/* Parses "KEY=VALUE,…": device=TEXT, logical=N, physical=N, bytes=1|2|4, public=N, client=N, each
 * once; no profile. USAGE naming what is wrong with which key. */
gboolean posa_meter_address_parse (const char *text, PosaMeterAddress *out, GError **error);

/* Whether a sign-on, HDLC, may reach the meter; NULL is any meter. */
gboolean posa_meter_address_may_sign_on (const PosaMeterAddress *self);
gboolean posa_meter_address_may_be_hdlc (const PosaMeterAddress *self);
/* Device address for the sign-on, NULL for any; borrowed. */
const char *posa_meter_address_get_device (const PosaMeterAddress *self);

/* The profiles that may be the meter's, with what is given in the place of what they say; @self may
 * be NULL. USAGE when both together are no address; errors of posa_profile_load(). */
GPtrArray *posa_meter_address_load_profiles (const PosaMeterAddress *self, GError **error);

G_END_DECLS
