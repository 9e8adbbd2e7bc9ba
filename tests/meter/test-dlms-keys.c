/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* New keys for a 2G meter: whatever happens on the way, the meter can be opened afterwards. */

#include "dlms-rig.h"

#include "base/posa-error.h"

#include <string.h>

static void
fill (PosaDlmsKey *key, guint8 first)
{
  key->size = 16;
  for (guint8 i = 0; i < 16; i++)
    key->data[i] = (guint8) (first + i);
}

/* New keys, and the master key that posa-sim has by itself. */
static PosaMeterKeys
new_keys (void)
{
  PosaMeterKeys keys = { 0 };

  fill (&keys.encryption, 0x80);
  fill (&keys.authentication, 0xA0);
  fill (&keys.master, 0x40);
  return keys;
}

static gboolean
change (DlmsRig *self, const PosaMeterKeys *keys, GError **error)
{
  g_autoptr (PosaMeter) meter = dlms_rig_open (self, error);

  return meter != NULL && posa_meter_change_keys (meter, keys, NULL, error);
}

static void
assert_opens (DlmsRig *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (self, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reading);
}

/* Whether the keys in force are those of new_keys(). */
static gboolean
has_new_keys (DlmsRig *self)
{
  PosaMeterKeys have = { 0 }, next = new_keys ();

  g_assert_true (posa_keyring_get_keys (POSA_KEYRING (self->keyring), DLMS_RIG_SERIAL,
                                        POSA_KEYS_CURRENT, &have, NULL));
  return memcmp (have.encryption.data, next.encryption.data, 16) == 0 &&
         memcmp (have.authentication.data, next.authentication.data, 16) == 0;
}

static void
check_change (const char *fault)
{
  g_auto (DlmsRig) self = { 0 };
  PosaMeterKeys keys = new_keys ();
  g_autoptr (GError) error = NULL;
  g_autofree char *setting = g_strdup_printf ("fault=%s", fault);

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", setting));
  g_assert_true (change (&self, &keys, &error));
  g_assert_no_error (error);
  g_assert_true (has_new_keys (&self));
  g_assert_false (posa_test_keyring_has_pending (self.keyring));
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "key_transfers"), ==, 1);
  assert_opens (&self);
}

static void
test_change (void)
{
  check_change ("none");
}

/* The meter goes on with the old ones until the association ends. */
static void
test_late (void)
{
  check_change ("keys-late");
}

/* The head slips before the answer: asked which keys it has, the meter is not sent them again. */
static void
test_answer_lost (void)
{
  check_change ("keys-lost");
}

/* Another master key: the meter takes nothing, and says so. */
static void
test_wrong_master (void)
{
  g_auto (DlmsRig) self = { 0 };
  PosaMeterKeys keys = new_keys ();
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  keys.master.data[0] ^= 1;
  g_assert_false (change (&self, &keys, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED);
  g_assert_nonnull (strstr (error->message, "kept its old keys"));
  g_assert_false (has_new_keys (&self));
  g_assert_false (posa_test_keyring_has_pending (self.keyring));
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "key_transfers"), ==, 0);
  assert_opens (&self);
}

static void
test_bad_keys (void)
{
  g_auto (DlmsRig) self = { 0 };
  PosaMeterKeys same = new_keys (), equal = new_keys (), none = new_keys ();

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  fill (&same.encryption, 0x00); /* that it has */
  equal.authentication = equal.encryption;
  none.master.size = 0;
  const PosaMeterKeys *bad[] = { &same, &equal, &none };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (change (&self, bad[i], &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_USAGE);
      g_assert_false (posa_test_keyring_has_pending (self.keyring));
    }
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "key_transfers"), ==, 0);
}

/* The program ended between the note and the action: the meter has its old keys. */
static void
test_killed_before (void)
{
  g_auto (DlmsRig) self = { 0 };
  PosaMeterKeys keys = new_keys ();
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_assert_true (
      posa_keyring_set_pending (POSA_KEYRING (self.keyring), DLMS_RIG_SERIAL, &keys, NULL));
  assert_opens (&self);
  g_assert_false (has_new_keys (&self));
  /* Each set of keys was tried once, and the one that is not the meter's not again. */
  g_assert_false (posa_test_keyring_has_pending (self.keyring));
  assert_opens (&self);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 1);
}

/* It ended between the action and the note: the meter has the new ones. */
static void
test_killed_after (void)
{
  g_auto (DlmsRig) self = { 0 };
  PosaMeterKeys keys = new_keys ();
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "ek=808182838485868788898A8B8C8D8E8F",
                                        "--set", "ak=A0A1A2A3A4A5A6A7A8A9AAABACADAEAF"));
  g_assert_true (
      posa_keyring_set_pending (POSA_KEYRING (self.keyring), DLMS_RIG_SERIAL, &keys, NULL));
  assert_opens (&self);
  g_assert_true (has_new_keys (&self));
  g_assert_false (posa_test_keyring_has_pending (self.keyring));
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-keys/change", test_change);
  g_test_add_func ("/dlms-keys/late", test_late);
  g_test_add_func ("/dlms-keys/11.25-answer-lost", test_answer_lost);
  g_test_add_func ("/dlms-keys/wrong-master", test_wrong_master);
  g_test_add_func ("/dlms-keys/bad-keys", test_bad_keys);
  g_test_add_func ("/dlms-keys/killed-before", test_killed_before);
  g_test_add_func ("/dlms-keys/killed-after", test_killed_after);
  return g_test_run ();
}
