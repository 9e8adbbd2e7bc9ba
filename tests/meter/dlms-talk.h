/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "dlms-rig.h"

G_BEGIN_DECLS

/* A client and a simulated 2G meter that agree on what is to be tried. */

/* As the settings of posa-sim have it. */
typedef struct
{
  const char *suite, *context, *mechanism, *protection, *key_info, *policy;
} DlmsWords;

typedef struct
{
  PosaTestSim *sim;
  PosaTestKeyring *keyring;
  PosaPort *port;
  PosaDlmsClient *client;
  PosaDlmsAssociationOptions options;
  PosaLineStats stats;
} DlmsTalk;

PosaDlmsAgreement dlms_talk_agreement_of (const DlmsWords *words);
/* A meter that wants @words, with two more of its settings, and a client that does too. */
void
dlms_talk_start (DlmsTalk *self, const DlmsWords *words, const char *more, const char *still_more);
void dlms_talk_end (DlmsTalk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DlmsTalk, dlms_talk_end)
gboolean dlms_talk_open (DlmsTalk *self, GError **error);

/* Key, title and counter of every message that the meter opened: each of them once. */
void dlms_talk_assert_nonces (DlmsTalk *self);
void dlms_talk_assert_text (DlmsTalk *self, PosaCosemTarget target, const char *expected);
/* What the meter's objects for association and security say is what was agreed. */
void dlms_talk_assert_setup (DlmsTalk *self);

G_END_DECLS
