/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-keys.h"

#include <string.h>

#include "sim/posa-sim-2g-objects.h"

enum
{
  KEY_ENCRYPTION = 0,
  KEY_AUTHENTICATION = 2,
  KEY_MASTER = 3
};

/* Whether @policy wants, of either direction, all that @present does. */
static gboolean
is_as_strong (guint8 policy, guint8 present)
{
  for (int answer = FALSE; answer <= TRUE; answer++)
    {
      guint level = posa_dlms_policy_get_level (present, answer);

      if ((posa_dlms_policy_get_level (policy, answer) & level) != level)
        return FALSE;
    }
  return TRUE;
}

guint8
posa_sim_2g_strengthen (PosaSimMeter *self, const PosaCosemValue *policy)
{
  PosaDlmsAgreement next = self->security.agreement;
  gint64 wanted = -1;

  if (!posa_cosem_value_get_integer (policy, &wanted) || wanted < 0 || wanted > G_MAXUINT8)
    return POSA_DLMS_TYPE_UNMATCHED;
  if (!is_as_strong ((guint8) wanted, next.policy))
    return POSA_DLMS_READ_WRITE_DENIED;
  next.policy = (guint8) wanted;
  /* Where nothing was ciphered so far, it is in the way that all clients know. */
  if (next.protection == POSA_DLMS_PROTECTION_NONE && !posa_dlms_agreement_check (&next, NULL))
    next.protection = POSA_DLMS_PROTECTION_GLO;
  if (!posa_dlms_agreement_check (&next, NULL))
    return POSA_DLMS_READ_WRITE_DENIED;
  self->next_agreement = next;
  self->has_next_agreement = TRUE;
  return POSA_DLMS_SUCCESS;
}

/* Opens one entry of the array into its place. */
static gboolean
take_entry (const PosaMeterKeys *present, const PosaCosemValue *entry, PosaMeterKeys *next)
{
  PosaDlmsKey *const places[] = { [KEY_ENCRYPTION] = &next->encryption,
                                  [KEY_AUTHENTICATION] = &next->authentication,
                                  [KEY_MASTER] = &next->master };
  g_auto (PosaDlmsKey) key = { .size = 0 };
  gint64 id = -1;
  gsize size = 0;
  const guint8 *wrapped = posa_cosem_value_get_bytes (posa_cosem_value_get_item (entry, 1), &size);

  posa_cosem_value_get_integer (posa_cosem_value_get_item (entry, 0), &id);
  if (wrapped == NULL || id < 0 || id > KEY_MASTER || places[id] == NULL ||
      !posa_dlms_unwrap_key (&present->master, wrapped, size, &key, NULL) ||
      key.size != present->encryption.size)
    return FALSE;
  *places[id] = key;
  return TRUE;
}

guint8
posa_sim_2g_transfer_keys (PosaSimMeter *self, const PosaCosemValue *parameter)
{
  g_auto (PosaMeterKeys) next = self->security.keys;

  if (posa_cosem_value_get_n_items (parameter) == 0)
    return POSA_DLMS_TYPE_UNMATCHED;
  for (guint i = 0; i < posa_cosem_value_get_n_items (parameter); i++)
    if (!take_entry (&self->security.keys, posa_cosem_value_get_item (parameter, i), &next))
      return POSA_DLMS_OTHER_REASON;
  self->next_keys = next;
  self->has_next_keys = TRUE;
  self->n_key_transfers++;
  return POSA_DLMS_SUCCESS;
}

static void
take_keys (PosaSimMeter *self, gboolean opens)
{
  PosaMeterKeys *keys = &self->security.keys;

  if (!self->has_next_keys || (self->fault == POSA_SIM_FAULT_KEYS_LATE && !opens))
    return;
  /* Counters belong to a key. */
  if (memcmp (keys->encryption.data, self->next_keys.encryption.data, keys->encryption.size) != 0)
    self->security.client_counter = -1;
  *keys = self->next_keys;
  posa_meter_keys_clear (&self->next_keys);
  self->has_next_keys = FALSE;
}

static void
take_agreement (PosaSimMeter *self)
{
  PosaSimObject *setup =
      posa_sim_cosem_find (self->cosem, POSA_DLMS_CLASS_SECURITY, POSA_SIM_OBIS_SECURITY);

  if (!self->has_next_agreement)
    return;
  self->security.agreement = self->next_agreement;
  self->has_next_agreement = FALSE;
  setup->values[2]->integer = self->security.agreement.policy;
}

void
posa_sim_2g_take_security (PosaSimMeter *self, gboolean opens)
{
  take_keys (self, opens);
  take_agreement (self);
}

gboolean
posa_sim_2g_has_new_keys (const PosaSimMeter *self)
{
  return self->has_next_keys;
}
