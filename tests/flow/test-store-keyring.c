/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "domain/posa-uuid.h"
#include "flow/posa-store-keyring.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-meter-key-store.h"
#include "store/posa-setting-store.h"

/* RFC 3394 section 4.6: 256 bits of key data under a key of 256 bits. */
#define KEK     "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define DATA    "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"
#define WRAPPED "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"
#define DAMAGED "29C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"

typedef struct
{
  char *folder;
  PosaStore *store;
  PosaKeyring *keyring;
} Fixture;

static GBytes *
bytes_of (const char *hex)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = posa_hex_decode (hex, &error);

  g_assert_no_error (error);
  return bytes;
}

static PosaStore *
open_store (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "posa.db", NULL);
  PosaStore *store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);

  g_assert_no_error (error);
  return store;
}

static void
add_meter (PosaStore *store, const char *serial, gint64 revision, const char *wrapped)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_new ();
  g_autofree char *id = posa_uuid_new (posa_clock_get_system ());

  asset->serial = g_strdup (serial);
  asset->kind = POSA_METER_KIND_G2_SINGLE;
  asset->revision = revision;
  asset->state = POSA_METER_ON_VAN;
  asset->crew_id = g_strdup ("C-07");
  asset->wrapped_keys = wrapped != NULL ? bytes_of (wrapped) : NULL;
  posa_meter_asset_store_apply (store, asset, id, 1, NULL, &error);
  g_assert_no_error (error);
}

static void
open_keyring (Fixture *f)
{
  g_autoptr (GBytes) kek = bytes_of (KEK);

  f->store = open_store (f->folder);
  f->keyring = posa_store_keyring_new (f->store, kek);
}

static void
close_keyring (Fixture *f)
{
  g_clear_object (&f->keyring);
  g_clear_pointer (&f->store, posa_store_close);
}

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  f->folder = site_folder_new ();
  open_keyring (f);
  add_meter (f->store, "A", 1, WRAPPED);
  add_meter (f->store, "BARE", 1, NULL);
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  close_keyring (f);
  site_folder_remove (f->folder);
  g_free (f->folder);
}

static void
test_vector (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) kek = bytes_of (KEK);
  g_autoptr (GBytes) wrapped = NULL;
  g_auto (PosaMeterKeys) keys = { 0 };
  g_autofree char *ek = NULL;
  g_autofree char *ak = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *again = NULL;

  posa_keyring_get_keys (f->keyring, "A", POSA_KEYS_CURRENT, &keys, &error);
  g_assert_no_error (error);
  ek = posa_hex_encode (keys.encryption.data, keys.encryption.size);
  ak = posa_hex_encode (keys.authentication.data, keys.authentication.size);
  plain = g_strconcat (ek, ak, NULL);
  g_assert_cmpstr (plain, ==, DATA);
  wrapped = posa_store_keyring_wrap (kek, &keys, &error);
  g_assert_no_error (error);
  again = posa_hex_encode (g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped));
  g_assert_cmpstr (again, ==, WRAPPED);
}

static void
assert_no_keys (PosaKeyring *keyring, const char *serial, PosaErrorCode code)
{
  g_autoptr (GError) error = NULL;
  g_auto (PosaMeterKeys) keys = { 0 };

  g_assert_false (posa_keyring_get_keys (keyring, serial, POSA_KEYS_CURRENT, &keys, &error));
  g_assert_error (error, POSA_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, serial));
  g_assert_cmpuint (keys.encryption.size, ==, 0);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) other = bytes_of ("FF0102030405060708090A0B0C0D0E0F"
                                       "101112131415161718191A1B1C1D1E1F");
  g_autoptr (PosaKeyring) stranger = posa_store_keyring_new (f->store, other);
  g_autoptr (PosaKeyring) nobody = posa_store_keyring_new (f->store, NULL);

  assert_no_keys (f->keyring, "UNKNOWN", POSA_ERROR_KEY_MISSING);
  assert_no_keys (f->keyring, "BARE", POSA_ERROR_KEY_MISSING);
  assert_no_keys (stranger, "A", POSA_ERROR_DAMAGED);
  assert_no_keys (nobody, "A", POSA_ERROR_KEY_MISSING);
  add_meter (f->store, "SHORT", 1, "28C9F404C4B810F4CBCCB35CFB87F826");
  assert_no_keys (f->keyring, "SHORT", POSA_ERROR_DAMAGED);
}

static void
test_title (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 title[POSA_DLMS_TITLE_SIZE];
  const guint8 expected[] = { 'P', 'S', 'A', 0, 0, 0, 0, 7 };

  g_assert_false (posa_keyring_get_client_title (f->keyring, title, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
  g_clear_error (&error);
  posa_setting_store_set (f->store, POSA_SETTING_CLIENT_TITLE, "5053410000000007", &error);
  posa_keyring_get_client_title (f->keyring, title, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (title, sizeof title, expected, sizeof expected);
}

static const PosaDlmsKey some_key = { .data = { 1 }, .size = 16 };

static guint32
reserve (Fixture *f, guint32 at_least, guint32 count)
{
  g_autoptr (GError) error = NULL;
  guint32 first = 0;

  posa_keyring_reserve_counter (f->keyring, "A", &some_key, at_least, count, &first, &error);
  g_assert_no_error (error);
  return first;
}

/* Numbers are given out once, also across restarts. */
static void
test_counters (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 seen = 0;
  guint32 first = reserve (f, 0, 10);

  g_assert_cmpuint (reserve (f, 0, 1), ==, first + 10);
  close_keyring (f);
  open_keyring (f);
  g_assert_cmpuint (reserve (f, 0, 1), ==, first + 11);
  g_assert_cmpuint (reserve (f, 1000, 1), ==, 1000);

  posa_keyring_get_peer_counter (f->keyring, "A", &some_key, &seen, &error);
  g_assert_cmpint (seen, ==, -1);
  g_assert_true (posa_keyring_set_peer_counter (f->keyring, "A", &some_key, 77, &error));
  posa_keyring_get_peer_counter (f->keyring, "A", &some_key, &seen, &error);
  g_assert_cmpint (seen, ==, 77);
  g_assert_false (posa_keyring_set_peer_counter (f->keyring, "A", &some_key, 76, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
}

/* Another key counts for itself; the same key of another meter goes on, and hears that meter anew.
 */
static void
test_keys_count_apart (Fixture *f, gconstpointer data)
{
  const PosaDlmsKey other_key = { .data = { 2 }, .size = 16 };
  g_autoptr (GError) error = NULL;
  guint32 first = reserve (f, 0, 100), other = G_MAXUINT32;
  gint64 seen = 0;

  posa_keyring_reserve_counter (f->keyring, "A", &other_key, 0, 1, &other, &error);
  g_assert_cmpuint (other, ==, first);
  posa_keyring_reserve_counter (f->keyring, "BARE", &some_key, 0, 1, &other, &error);
  g_assert_cmpuint (other, ==, first + 100);
  g_assert_true (posa_keyring_set_peer_counter (f->keyring, "A", &some_key, 77, &error));
  posa_keyring_get_peer_counter (f->keyring, "A", &other_key, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpint (seen, ==, -1);
  posa_keyring_get_peer_counter (f->keyring, "BARE", &some_key, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpint (seen, ==, -1);
}

static const PosaMeterKeys new_keys = { .encryption = { .data = { 3 }, .size = 16 },
                                        .authentication = { .data = { 4 }, .size = 16 } };

/* Whether the keys of @set begin with @first. */
static void
expect_keys (PosaKeyring *keyring, PosaKeySet set, guint8 first)
{
  g_autoptr (GError) error = NULL;
  g_auto (PosaMeterKeys) keys = { 0 };

  posa_keyring_get_keys (keyring, "A", set, &keys, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (keys.encryption.size, ==, 16);
  g_assert_cmpuint (keys.encryption.data[0], ==, first);
}

/* What no suite has is not taken. */
static void
test_sizes (Fixture *f, gconstpointer data)
{
  static const gsize sizes[][2] = { { 0, 0 }, { 16, 0 }, { 16, 32 }, { 32, 16 }, { 48, 48 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      const PosaMeterKeys keys = { .encryption.size = sizes[i][0],
                                   .authentication.size = sizes[i][1] };

      g_assert_false (posa_keyring_set_pending (f->keyring, "A", &keys, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
    }
}

static void
expect_no_keys (PosaKeyring *keyring, PosaKeySet set, PosaErrorCode code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_auto (PosaMeterKeys) keys = { 0 };

  g_assert_false (posa_keyring_get_keys (keyring, "A", set, &keys, &error));
  g_assert_error (error, POSA_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, "meter A"));
  g_assert_nonnull (strstr (error->message, message));
  g_assert_cmpuint (keys.encryption.size, ==, 0);
}

static void
note (PosaKeyring *keyring, const PosaMeterKeys *keys)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_keyring_set_pending (keyring, "A", keys, &error));
  g_assert_no_error (error);
}

/* Keys on their way stand beside those that came with the meter, until they take their place. */
static void
test_change (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  expect_no_keys (f->keyring, POSA_KEYS_NEXT, POSA_ERROR_KEY_MISSING, "has no keys");
  note (f->keyring, &new_keys);
  expect_keys (f->keyring, POSA_KEYS_CURRENT, 0x00);
  expect_keys (f->keyring, POSA_KEYS_NEXT, 3);
  note (f->keyring, NULL);
  expect_no_keys (f->keyring, POSA_KEYS_NEXT, POSA_ERROR_KEY_MISSING, "has no keys");
  note (f->keyring, &new_keys);
  close_keyring (f);
  open_keyring (f);
  g_assert_true (posa_keyring_promote (f->keyring, "A", &error));
  expect_keys (f->keyring, POSA_KEYS_CURRENT, 3);
  expect_no_keys (f->keyring, POSA_KEYS_NEXT, POSA_ERROR_KEY_MISSING, "has no keys");
  /* A later revision of the stock does not bring the old ones back. */
  add_meter (f->store, "A", 2, WRAPPED);
  expect_keys (f->keyring, POSA_KEYS_CURRENT, 3);
}

/* Keys of another device, in a database that was copied: neither used nor taken for none. */
static void
test_other_device (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) other = bytes_of ("FF0102030405060708090A0B0C0D0E0F"
                                       "101112131415161718191A1B1C1D1E1F");
  g_autoptr (PosaKeyring) stranger = posa_store_keyring_new (f->store, other);
  g_autoptr (PosaKeyring) nobody = posa_store_keyring_new (f->store, NULL);
  g_autoptr (GError) error = NULL;

  note (stranger, &new_keys);
  expect_keys (f->keyring, POSA_KEYS_CURRENT, 0x00);
  expect_no_keys (f->keyring, POSA_KEYS_NEXT, POSA_ERROR_DAMAGED, "cannot be opened");
  g_assert_true (posa_keyring_promote (stranger, "A", &error));
  expect_no_keys (f->keyring, POSA_KEYS_CURRENT, POSA_ERROR_DAMAGED, "cannot be opened");
  expect_keys (stranger, POSA_KEYS_CURRENT, 3);
  expect_no_keys (nobody, POSA_KEYS_CURRENT, POSA_ERROR_KEY_MISSING, "has no keys");
  g_assert_false (posa_keyring_set_pending (nobody, "A", &new_keys, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
}

/* A row with one bit wrong, cut, or of no size that keys have. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  static const char *const rows[] = {
    DAMAGED,
    "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD",
    "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326",
    "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD2100000000",
    "00",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) wrapped = bytes_of (rows[i]);

      posa_meter_key_store_set_pending (f->store, "A", wrapped, 1, &error);
      g_assert_no_error (error);
      expect_no_keys (f->keyring, POSA_KEYS_NEXT, POSA_ERROR_DAMAGED, "the new keys");
      expect_keys (f->keyring, POSA_KEYS_CURRENT, 0x00);
      note (f->keyring, NULL);
    }
}

/* ---- meters of each suite ---- */

#define SERIAL "26N0000001"

/* Two keys that count up from @first and @second, and the master key of posa-sim. */
static PosaMeterKeys
make_keys (gsize size, guint8 first, guint8 second)
{
  PosaMeterKeys keys = { .encryption.size = size,
                         .authentication.size = size,
                         .master.size = size };

  for (gsize i = 0; i < size; i++)
    {
      keys.encryption.data[i] = (guint8) (first + i);
      keys.authentication.data[i] = (guint8) (second + i);
      keys.master.data[i] = (guint8) (0x40 + i);
    }
  return keys;
}

/* A data folder whose one profile is for meters of @suite. Free. */
static char *
make_profiles (Fixture *f, guint suite)
{
  g_autoptr (GError) error = NULL;
  const char *data = g_getenv ("POSA_DATADIR");
  g_autofree char *source = g_build_filename (data, "profiles", "posa-2g-single.profile", NULL);
  g_autofree char *text = NULL;
  char *folder = g_build_filename (f->folder, "data", NULL);
  g_autofree char *path = g_build_filename (folder, "profiles", "one.profile", NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *line = g_strdup_printf ("[dlms]\nsuite=%u", suite);

  g_mkdir_with_parents (parent, 0700);
  g_file_get_contents (source, &text, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GString) changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, "[dlms]", line, 1), ==, 1);
  g_file_set_contents (path, changed->str, -1, &error);
  g_assert_no_error (error);
  return folder;
}

static PosaMeter *
call (Fixture *f, PosaTestSim *sim)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  PosaMeter *meter =
      posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL, f->keyring, NULL, &error);

  g_assert_no_error (error);
  return meter;
}

static gsize
get_key_size (guint suite)
{
  return suite == 2 ? 32 : 16;
}

/* An enrolled device that has the keys of posa-sim for its meter. */
static void
add_stocked (Fixture *f, guint suite)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) kek = bytes_of (KEK);
  g_auto (PosaMeterKeys) keys = make_keys (get_key_size (suite), 0x00, 0xD0);
  g_autoptr (GBytes) wrapped = posa_store_keyring_wrap (kek, &keys, &error);
  g_autofree char *hex =
      posa_hex_encode (g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped));

  add_meter (f->store, SERIAL, 1, hex);
  posa_setting_store_set (f->store, POSA_SETTING_CLIENT_TITLE, "5053410000000007", &error);
  g_assert_no_error (error);
}

/* New keys of another suite's size stay here; those of the right one are taken, and open it. */
static void
check_suite (Fixture *f, PosaTestSim *sim, gsize size)
{
  g_autoptr (PosaMeter) meter = call (f, sim);
  g_autoptr (GError) error = NULL;
  g_auto (PosaMeterKeys) wrong = make_keys (48 - size, 0x80, 0xA0);
  g_auto (PosaMeterKeys) next = make_keys (size, 0x80, 0xA0);
  g_auto (PosaMeterKeys) present = { 0 };
  g_autoptr (PosaReadingSet) reading = posa_meter_read_totals (meter, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (posa_meter_change_keys (meter, &wrong, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  posa_meter_change_keys (meter, &next, NULL, &error);
  g_assert_no_error (error);
  posa_meter_close (meter);
  g_autoptr (PosaMeter) again = call (f, sim);
  PosaMeterTime time;
  posa_meter_read_clock (again, &time, NULL, &error);
  g_assert_no_error (error);
  posa_meter_close (again);
  posa_keyring_get_keys (f->keyring, SERIAL, POSA_KEYS_CURRENT, &present, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (present.encryption.data, present.encryption.size, next.encryption.data, size);
  g_assert_cmpmem (present.authentication.data, present.authentication.size,
                   next.authentication.data, size);
  g_assert_cmpint (posa_test_sim_get_int (sim, "key_transfers"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (sim, "refused"), ==, 0);
}

/* The keys that the meter has are there, but those on their way to it are damaged. It may have
 * taken them, so that the old ones would be refused: it is not asked. */
static void
test_damaged_meter (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) damaged = bytes_of (DAMAGED);
  g_auto (PosaMeterKeys) next = make_keys (16, 0x80, 0xA0);
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("2g", "--no-pace", "--set", "serial=" SERIAL, NULL);
  PosaMeterTime time;

  add_stocked (f, 0);
  posa_meter_key_store_set_pending (f->store, SERIAL, damaged, 1, &error);
  g_assert_no_error (error);
  g_autoptr (PosaMeter) meter = call (f, sim);
  gint64 associations = posa_test_sim_get_int (sim, "associations");
  g_assert_false (posa_meter_read_clock (meter, &time, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "the new keys of meter " SERIAL));
  g_clear_error (&error);
  g_assert_false (posa_meter_change_keys (meter, &next, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_DAMAGED);
  posa_meter_close (meter);
  g_assert_cmpint (posa_test_sim_get_int (sim, "associations"), ==, associations);
  g_assert_cmpint (posa_test_sim_get_int (sim, "key_transfers"), ==, 0);
  g_assert_cmpint (posa_test_sim_get_int (sim, "refused"), ==, 0);
}

static void
test_suite (Fixture *f, gconstpointer data)
{
  guint suite = GPOINTER_TO_UINT (data);
  g_autofree char *setting = g_strdup_printf ("suite=%u", suite);
  g_autoptr (PosaTestSim) sim =
      posa_test_sim_start ("2g", "--no-pace", "--set", "serial=" SERIAL, "--set", setting, NULL);
  g_autofree char *before = g_strdup (g_getenv ("POSA_DATADIR"));
  g_autofree char *folder = make_profiles (f, suite);

  add_stocked (f, suite);
  g_setenv ("POSA_DATADIR", folder, TRUE);
  check_suite (f, sim, get_key_size (suite));
  g_setenv ("POSA_DATADIR", before, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/flow/keyring/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

  ADD ("vector", test_vector);
  ADD ("missing", test_missing);
  ADD ("title", test_title);
  ADD ("counters", test_counters);
  ADD ("keys-count-apart", test_keys_count_apart);
  ADD ("change", test_change);
  ADD ("other-device", test_other_device);
  ADD ("damaged", test_damaged);
  ADD ("damaged-meter", test_damaged_meter);
  ADD ("sizes", test_sizes);
  for (guint suite = 0; suite <= 2; suite++)
    {
      g_autofree char *path = g_strdup_printf ("/flow/keyring/suite/%u", suite);

      g_test_add (path, Fixture, GUINT_TO_POINTER (suite), fixture_set_up, test_suite,
                  fixture_tear_down);
    }
  return g_test_run ();
}
