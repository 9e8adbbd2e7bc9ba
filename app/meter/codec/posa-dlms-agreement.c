/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-agreement.h"

#include <string.h>

#include "base/posa-error.h"

static const char *const mechanisms[] = { "none", "password", "maker",  "md5",
                                          "sha1", "gmac",     "sha256", "ecdsa" };
static const char *const key_infos[POSA_DLMS_N_KEY_INFOS] = { "none", "identified", "wrapped",
                                                              "agreed" };

static gboolean
find_name (const char *const *names, guint n_names, const char *text, guint *out)
{
  for (*out = 0; *out < n_names; (*out)++)
    if (strcmp (names[*out], text) == 0)
      return TRUE;
  return FALSE;
}

gboolean
posa_dlms_mechanism_from_string (const char *text, PosaAcseMechanism *out)
{
  guint i = 0;

  if (!find_name (mechanisms, G_N_ELEMENTS (mechanisms), text, &i))
    return FALSE;
  *out = (PosaAcseMechanism) i;
  return TRUE;
}

gboolean
posa_dlms_maker_from_string (const char *text, PosaDlmsMakerProof *out)
{
  if (strcmp (text, "aes128") != 0)
    return FALSE;
  *out = posa_dlms_hls_maker_aes;
  return TRUE;
}

gboolean
posa_dlms_key_info_from_string (const char *text, PosaDlmsKeyInfo *out)
{
  guint i = 0;

  if (!find_name (key_infos, G_N_ELEMENTS (key_infos), text, &i))
    return FALSE;
  *out = (PosaDlmsKeyInfo) i;
  return TRUE;
}

char *
posa_dlms_agreement_describe (const PosaDlmsAgreement *self)
{
  return g_strdup_printf ("mechanism=%s context=%s suite=%u protection=%s key_info=%s policy=%u",
                          mechanisms[self->mechanism], self->ciphered ? "ciphered" : "plain",
                          self->suite, posa_dlms_protection_to_string (self->protection),
                          key_infos[self->key_info], self->policy);
}

static guint
get_levels (const PosaDlmsAgreement *self)
{
  return posa_dlms_policy_get_level (self->policy, FALSE) |
         posa_dlms_policy_get_level (self->policy, TRUE);
}

gboolean
posa_dlms_agreement_check (const PosaDlmsAgreement *self, GError **error)
{
  gboolean curves = self->suite != POSA_DLMS_SUITE_0;
  guint levels = get_levels (self);
  const char *fault = NULL;

  if (self->suite >= POSA_DLMS_N_SUITES || self->protection >= POSA_DLMS_N_PROTECTIONS ||
      self->key_info >= POSA_DLMS_N_KEY_INFOS)
    fault = "an unknown suite or protection";
  else if (self->mechanism == POSA_ACSE_MECHANISM_MAKER && self->maker == NULL)
    fault = "mechanism maker needs the function of the maker";
  else if (self->mechanism == POSA_ACSE_MECHANISM_ECDSA && !curves)
    fault = "mechanism ecdsa needs security suite 1 or 2";
  else if ((levels & POSA_DLMS_SIGNED) != 0 && !curves)
    fault = "a policy with signatures needs security suite 1 or 2";
  else if (self->key_info == POSA_DLMS_KEY_INFO_AGREED && !curves)
    fault = "an agreed key needs security suite 1 or 2";
  else if (self->key_info != POSA_DLMS_KEY_INFO_NONE &&
           self->protection != POSA_DLMS_PROTECTION_GENERAL_CIPHERING)
    fault = "a key info goes with general-ciphering only";
  else if (self->protection != POSA_DLMS_PROTECTION_NONE && !self->ciphered)
    fault = "protection needs the ciphered context";
  else if ((levels & POSA_DLMS_AUTH_ENCRYPTED) != 0 &&
           self->protection == POSA_DLMS_PROTECTION_NONE)
    fault = "a policy that ciphers needs a form of protection";
  else if (self->protection != POSA_DLMS_PROTECTION_NONE &&
           (levels & POSA_DLMS_AUTH_ENCRYPTED) == 0)
    fault = "a form of protection needs a policy that ciphers";
  if (fault == NULL)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, fault);
  return FALSE;
}

gboolean
posa_dlms_agreement_needs_title (const PosaDlmsAgreement *self)
{
  return self->ciphered || (get_levels (self) & POSA_DLMS_SIGNED) != 0 ||
         self->mechanism >= POSA_ACSE_MECHANISM_GMAC;
}

gboolean
posa_dlms_agreement_needs_keys (const PosaDlmsAgreement *self)
{
  return self->ciphered || self->mechanism != POSA_ACSE_MECHANISM_NONE || self->policy != 0;
}

gboolean
posa_dlms_agreement_uses_global_key (const PosaDlmsAgreement *self)
{
  return self->ciphered || self->mechanism == POSA_ACSE_MECHANISM_GMAC;
}

static gboolean
is_dedicated (PosaDlmsProtection protection)
{
  return protection == POSA_DLMS_PROTECTION_DED || protection == POSA_DLMS_PROTECTION_GENERAL_DED;
}

gboolean
posa_dlms_agreement_is_dedicated (const PosaDlmsAgreement *self)
{
  return is_dedicated (self->protection);
}

static gboolean
is_global (PosaDlmsProtection protection)
{
  return protection == POSA_DLMS_PROTECTION_GLO || protection == POSA_DLMS_PROTECTION_GENERAL_GLO;
}

/* The key that general-ciphering is under, when it does not say, is the global one. */
static gboolean
is_same_key (PosaDlmsKeyInfo a, PosaDlmsKeyInfo b)
{
  return a == b || (a <= POSA_DLMS_KEY_INFO_IDENTIFIED && b <= POSA_DLMS_KEY_INFO_IDENTIFIED);
}

gboolean
posa_dlms_agreement_is_met (const PosaDlmsAgreement *self, guint level, const PosaDlmsSeen *seen)
{
  if ((seen->level & level) != level)
    return FALSE;
  if (seen->protection == POSA_DLMS_PROTECTION_NONE)
    return TRUE; /* the layers that are due are there */
  /* A meter may choose between the service's own tag and the general one, not between keys. */
  if (is_global (self->protection))
    return is_global (seen->protection);
  if (is_dedicated (self->protection))
    return is_dedicated (seen->protection);
  return seen->protection == self->protection && is_same_key (seen->key_info, self->key_info);
}
