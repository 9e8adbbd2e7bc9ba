/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "posa-samples.h"
#include "sync/posa-wire-crypto.h"
#include "sync/posa-wire-receipt.h"
#include "sync/posa-wire.h"

#include <string.h>

static PosaWireStockItem *
make_item (const char *serial, gsize key_size)
{
  PosaWireStockItem *item = posa_wire_stock_item_new ();

  item->serial = g_strdup (serial);
  item->model = g_strdup ("OM-2G-1");
  item->kind = POSA_METER_KIND_G2_SINGLE;
  item->crew_id = g_strdup ("C-01");
  item->revision = 3;
  item->wrapped_keys = posa_wire_random (2 * key_size + 8);
  return item;
}

static PosaWireChanges *
make_changes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  PosaWireChanges *changes = posa_wire_changes_new ();

  changes->cursor = g_strdup ("abcdef01-17");
  changes->has_more = TRUE;
  g_ptr_array_add (changes->orders, posa_sample_order (random, "W-000001"));
  g_ptr_array_add (changes->orders, posa_sample_order (random, "W-000002"));
  g_ptr_array_add (changes->stock, make_item ("26P2M0000001", POSA_WIRE_METER_KEY));
  g_ptr_array_add (changes->stock, make_item ("26P2M0000002", POSA_WIRE_LONG_METER_KEY));
  return changes;
}

static void
test_changes (void)
{
  g_autoptr (PosaWireChanges) changes = make_changes ();
  g_autofree char *text = posa_wire_changes_to_text (changes);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWireChanges) again = posa_wire_changes_from_text (text, -1, &error);

  g_assert_no_error (error);
  g_autofree char *second = posa_wire_changes_to_text (again);
  g_assert_cmpstr (second, ==, text);
  g_assert_cmpuint (again->orders->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const PosaWireStockItem *item = g_ptr_array_index (again->stock, i);
      const PosaWireStockItem *first = g_ptr_array_index (changes->stock, i);

      g_assert_true (g_bytes_equal (item->wrapped_keys, first->wrapped_keys));
    }
}

/* Each fault names its place, and nothing is taken. */
static void
test_strict (void)
{
  static const struct
  {
    const char *old, *new, *place;
  } rows[] = {
    { "posa-changes", "posa-receipts", "posa-changes" },
    { "\"version\":1", "\"version\":2", "version" },
    { "\"has_more\":true", "\"has_more\":1", "has_more" },
    { "\"cursor\":\"abcdef01-17\"", "\"cursor\":\"\"", "cursor" },
    { "\"kind\":\"2g-1\"", "\"kind\":\"2g-9\"", "stock[0].kind" },
    { "\"wrapped_keys\":\"", "\"wrapped_keys\":\"00", "stock[0].wrapped_keys" },
    { "\"serial\":\"26P2M0000001\"", "\"serial\":7", "stock[0].serial" },
    { "\"id\":\"W-000002\"", "\"id\":null", "orders[1].id" },
    { "\"stock\":[", "\"stocks\":[", "stock" },
  };
  g_autoptr (PosaWireChanges) changes = make_changes ();
  g_autofree char *text = posa_wire_changes_to_text (changes);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) broken = g_string_new (text);
      g_autoptr (GError) error = NULL;
      g_assert_cmpuint (g_string_replace (broken, rows[i].old, rows[i].new, 1), ==, 1);
      g_assert_null (posa_wire_changes_from_text (broken->str, -1, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].place));
    }
  for (gsize length = 0; length < strlen (text); length += 7)
    g_assert_null (posa_wire_changes_from_text (text, (gssize) length, NULL));
}

static void
test_digest (void)
{
  g_autoptr (GBytes) content = g_bytes_new_static ("{\"hello\": \"world\"}\n", 19);
  g_autofree char *header = posa_wire_content_digest (content);
  g_autofree char *sha256 = posa_wire_sha256 (content);
  g_autoptr (GError) error = NULL;
  static const char *const bad[] = { NULL,
                                     "",
                                     "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
                                     "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabD=:",
                                     "sha-256=:AAAA:",
                                     "sha-512=:AAAA:",
                                     "sha-256=:" };

  /* The example of RFC 9530, appendix B.1. */
  g_assert_cmpstr (header, ==, "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
  g_autofree char *mixed = g_strconcat ("md5=:AAAA:, ", header, NULL);
  g_autofree char *parsed = posa_wire_content_digest_parse (mixed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (parsed, ==, sha256);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refused = NULL;
      g_assert_null (posa_wire_content_digest_parse (bad[i], &refused));
      g_assert_error (refused, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

/* RFC 3394, 4.6: 256 bits of key data with a 256-bit key. */
static void
test_key_wrap (void)
{
  g_autoptr (GBytes) kek =
      posa_hex_decode ("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", NULL);
  g_autoptr (GBytes) key =
      posa_hex_decode ("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", NULL);
  g_autoptr (GBytes) expected = posa_hex_decode ("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326"
                                                 "CBC7F0E71A99F43BFB988B9B7A02DD21",
                                                 NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wrapped = posa_wire_wrap (kek, key, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (wrapped, expected));
  g_autoptr (GBytes) opened = posa_wire_unwrap (kek, wrapped, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (opened, key));
  for (gsize i = 0; i < g_bytes_get_size (wrapped); i++)
    {
      g_autofree guint8 *data =
          g_memdup2 (g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped));
      data[i] ^= 1;
      g_autoptr (GBytes) changed = g_bytes_new (data, g_bytes_get_size (wrapped));
      g_autoptr (GError) refused = NULL;
      g_assert_null (posa_wire_unwrap (kek, changed, &refused));
      g_assert_error (refused, POSA_ERROR, POSA_ERROR_SIGNATURE);
    }
}

static void
test_problem (void)
{
  g_autofree char *text = posa_wire_problem_to_text (409, "code-used", "twice");
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWireProblem) problem = posa_wire_problem_from_text (text, -1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (problem->status, ==, 409);
  g_assert_cmpstr (problem->type, ==, "urn:posa:problem:code-used");
  g_assert_cmpstr (problem->title, ==, "code used");
  g_assert_null (posa_wire_problem_from_text ("<html>", -1, NULL));
}

static void
test_keys (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = posa_wire_key_new (&error);
  g_autoptr (GBytes) other = posa_wire_key_new (&error);
  g_autofree char *csr = posa_wire_csr_new (key, "device", &error);
  g_autoptr (GBytes) signature = posa_wire_sign (key, "text", &error);

  g_assert_no_error (error);
  g_assert_false (g_bytes_equal (key, other));
  g_assert_true (g_str_has_prefix (csr, "-----BEGIN CERTIFICATE REQUEST-----"));
  g_assert_cmpuint (g_bytes_get_size (signature), >, 60);
  g_assert_null (posa_wire_certificate_fingerprint ("no certificate", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/changes", test_changes);
  g_test_add_func ("/wire/strict", test_strict);
  g_test_add_func ("/wire/digest", test_digest);
  g_test_add_func ("/wire/key-wrap", test_key_wrap);
  g_test_add_func ("/wire/problem", test_problem);
  g_test_add_func ("/wire/keys", test_keys);
  return g_test_run ();
}
