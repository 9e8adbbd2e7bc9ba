/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms-private.h"

#include "base/posa-cursor.h"

/* Layers that are due in one direction; the public client has none. */
static guint
get_level (const PosaSimDlms *self, gboolean answer)
{
  if (self->access == POSA_SIM_ACCESS_PUBLIC)
    return 0;
  return posa_dlms_policy_get_level (self->meter->security.agreement.policy, answer);
}

/* An answer goes the way that its request came. */
static PosaDlmsSecurity
security_of (const PosaSimDlms *self, gboolean answer)
{
  const PosaSimSecurity *security = &self->meter->security;
  gboolean mirror = answer && self->seen.protection != POSA_DLMS_PROTECTION_NONE;

  return (PosaDlmsSecurity) {
    .suite = security->agreement.suite,
    .protection = mirror ? self->seen.protection : security->agreement.protection,
    .key_info = mirror ? self->seen.key_info : security->agreement.key_info,
    .keys = &security->keys,
    .dedicated = self->dedicated.size != 0 ? &self->dedicated : NULL,
    .sender = answer ? security->title : self->client_title,
    .receiver = answer ? self->client_title : security->title,
    .transaction = self->seen.transaction
  };
}

static gboolean
is_dedicated (PosaDlmsProtection protection)
{
  return protection == POSA_DLMS_PROTECTION_DED || protection == POSA_DLMS_PROTECTION_GENERAL_DED;
}

/* What is sealed as agreed, and what the faults make of it. */
void
posa_sim_dlms_seal (PosaSimDlms *self, const GByteArray *plain, PosaSimFault fault, GByteArray *out)
{
  static const guint8 other_title[] = { 'X', 'Y', 'Z', 0, 0, 0, 0, 1 };
  PosaDlmsSecurity security = security_of (self, TRUE);
  guint level = get_level (self, TRUE);
  guint32 *counter = is_dedicated (security.protection) ? &self->next_dedicated
                                                        : &self->meter->security.server_counter;

  if (fault == POSA_SIM_FAULT_GENERAL_GLO || fault == POSA_SIM_FAULT_OTHER_TITLE)
    security.protection = POSA_DLMS_PROTECTION_GENERAL_GLO;
  if (fault == POSA_SIM_FAULT_OTHER_TITLE)
    security.sender = other_title;
  if (fault == POSA_SIM_FAULT_OTHER_SUITE)
    security.suite = security.suite == POSA_DLMS_SUITE_0 ? POSA_DLMS_SUITE_1 : POSA_DLMS_SUITE_0;
  if (fault == POSA_SIM_FAULT_WEAK_CONTROL)
    level = POSA_DLMS_ENCRYPTED;
  posa_dlms_protect (&security, level, level != 0 ? (*counter)++ : 0, plain->data, plain->len, out,
                     NULL);
}

gsize
posa_sim_dlms_get_overhead (const PosaSimDlms *self, gsize size)
{
  PosaDlmsSecurity security = security_of (self, TRUE);

  if (self->meter->fault == POSA_SIM_FAULT_GENERAL_GLO)
    security.protection = POSA_DLMS_PROTECTION_GENERAL_GLO;
  return posa_dlms_protect_get_overhead (&security, get_level (self, TRUE), size);
}

/* Whether a message that opened is new; notes the nonce that it took. */
static gboolean
note_fresh (PosaSimDlms *self)
{
  PosaSimSecurity *security = &self->meter->security;
  gboolean dedicated = is_dedicated (self->seen.protection);
  gint64 *last = &security->client_transaction;
  gint64 number = (gint64) self->seen.transaction;

  if (self->seen.has_counter)
    {
      last = dedicated ? &self->dedicated_counter : &security->client_counter;
      number = self->seen.counter;
      posa_sim_security_note (security, dedicated ? &self->dedicated : &security->keys.encryption,
                              self->client_title, self->seen.counter);
    }
  if (number <= *last)
    return FALSE;
  *last = number;
  return TRUE;
}

gboolean
posa_sim_dlms_unseal (PosaSimDlms *self,
                      const GByteArray *apdu,
                      GByteArray *plain,
                      guint8 *exception)
{
  const PosaDlmsSecurity security = security_of (self, FALSE);
  gboolean is_public = self->access == POSA_SIM_ACCESS_PUBLIC;
  guint level = get_level (self, FALSE);

  self->seen = (PosaDlmsSeen) { 0 };
  self->before_apdu = self->meter->security.client_counter;
  *exception = POSA_DLMS_EXCEPTION_OPERATION_NOT_POSSIBLE;
  if (apdu->len == 0)
    return FALSE;
  if (!posa_dlms_is_ciphered (apdu->data[0]))
    {
      posa_put_bytes (plain, apdu->data, apdu->len);
      return level == 0;
    }
  if (is_public)
    return FALSE;
  *exception = POSA_DLMS_EXCEPTION_DECIPHERING;
  if (!posa_dlms_unprotect (&security, apdu->data, apdu->len, plain, &self->seen, NULL) ||
      !posa_dlms_agreement_is_met (&self->meter->security.agreement, level, &self->seen))
    return FALSE;
  *exception = POSA_DLMS_EXCEPTION_COUNTER;
  return self->seen.level == 0 || note_fresh (self);
}

void
posa_sim_dlms_seal_initiate (PosaSimDlms *self, const GByteArray *plain, GByteArray *out)
{
  PosaDlmsSecurity security = security_of (self, TRUE);

  security.protection = POSA_DLMS_PROTECTION_GLO;
  if (!self->meter->security.agreement.ciphered ||
      self->meter->fault == POSA_SIM_FAULT_PLAIN_INITIATE)
    posa_put_bytes (out, plain->data, plain->len);
  else
    posa_dlms_protect (&security, POSA_DLMS_AUTH_ENCRYPTED, self->meter->security.server_counter++,
                       plain->data, plain->len, out, NULL);
}

gboolean
posa_sim_dlms_unseal_initiate (PosaSimDlms *self,
                               const GByteArray *sealed,
                               GByteArray *plain,
                               guint8 *exception)
{
  PosaDlmsSecurity security = security_of (self, FALSE);

  self->seen = (PosaDlmsSeen) { 0 };
  security.protection = POSA_DLMS_PROTECTION_GLO;
  if (!self->meter->security.agreement.ciphered)
    {
      posa_put_bytes (plain, sealed->data, sealed->len);
      return TRUE;
    }
  *exception = POSA_DLMS_EXCEPTION_DECIPHERING;
  if (!posa_dlms_unprotect (&security, sealed->data, sealed->len, plain, &self->seen, NULL) ||
      self->seen.level != POSA_DLMS_AUTH_ENCRYPTED || is_dedicated (self->seen.protection))
    return FALSE;
  *exception = POSA_DLMS_EXCEPTION_COUNTER;
  return note_fresh (self);
}
