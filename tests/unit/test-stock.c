/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Which meter may be fitted, and what becomes of both. */

#include "posa-samples.h"

#include "base/posa-error.h"
#include "stock/posa-stock.h"
#include "store/posa-order-store.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  PosaStore *store;
  PosaClock *clock;
  PosaWorkOrder *order; /* of a single-phase meter */
} Fixture;

static const PosaStockMove our_move = { "C-07", "B-1234", "W-1", 1794992400000000 };

static void
apply (Fixture *fixture,
       const char *serial,
       const char *crew_id,
       PosaMeterState state,
       PosaMeterKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *event_id = g_strconcat ("e-", serial, NULL);
  PosaMeterAsset asset = { .serial = (char *) serial,
                           .kind = kind,
                           .revision = 1,
                           .state = state,
                           .crew_id = (char *) crew_id,
                           .pod = state == POSA_METER_INSTALLED ? (char *) "IT001E1" : NULL };

  g_assert_true (posa_meter_asset_store_apply (fixture->store, &asset, event_id, 1, NULL, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  fixture->folder = g_dir_make_tmp ("posa-test-stock-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "posa.db", NULL);
  fixture->store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  fixture->clock = posa_clock_new_fake (1794992400000000);
  fixture->order = posa_sample_order (random, "W-1");
  fixture->order->old_kind = POSA_METER_KIND_M1B;
  apply (fixture, "good", "C-07", POSA_METER_ON_VAN, POSA_METER_KIND_G2_SINGLE);
  apply (fixture, "good2", "C-07", POSA_METER_ON_VAN, POSA_METER_KIND_G2_SINGLE);
  apply (fixture, "three", "C-07", POSA_METER_ON_VAN, POSA_METER_KIND_G2_THREE);
  apply (fixture, "other", "C-08", POSA_METER_ON_VAN, POSA_METER_KIND_G2_SINGLE);
  apply (fixture, "dead", "C-07", POSA_METER_FAULTY, POSA_METER_KIND_G2_SINGLE);
  apply (fixture, "used", "C-07", POSA_METER_INSTALLED, POSA_METER_KIND_G2_SINGLE);
  apply (fixture, "depot", "C-07", POSA_METER_IN_DEPOT, POSA_METER_KIND_G2_SINGLE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strdup (posa_store_get_path (fixture->store));

  posa_store_close (fixture->store);
  g_unlink (path);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_object_unref (fixture->clock);
  posa_work_order_free (fixture->order);
}

static void
test_check (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *serial, *reason;
  } rows[] = {
    { "nowhere", "unknown" },         { "other", "crew C-08" }, { "used", "installed already" },
    { "three", "of the wrong kind" }, { "dead", "faulty" },     { "depot", "not on the van" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeterAsset)
      good = posa_stock_check_new_meter (fixture->store, "good", fixture->order, "C-07", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (good->serial, ==, "good");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_null (posa_stock_check_new_meter (fixture->store, rows[i].serial, fixture->order,
                                                 "C-07", &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_STOCK_MISMATCH);
      if (strstr (error->message, rows[i].reason) == NULL ||
          strstr (error->message, rows[i].serial) == NULL)
        g_error ("%s", error->message);
      g_clear_error (&error);
    }
}

static void
test_available (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      fitting = posa_stock_list_available (fixture->store, "C-07", fixture->order, &error);
  g_autoptr (GPtrArray) all = posa_stock_list_available (fixture->store, "C-07", NULL, &error);
  g_autoptr (GPtrArray) none = posa_stock_list_available (fixture->store, "C-09", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fitting->len, ==, 2);
  g_assert_cmpstr (((PosaMeterAsset *) g_ptr_array_index (fitting, 0))->serial, ==, "good");
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpuint (none->len, ==, 0);
}

static guint
count_events (Fixture *fixture, const char *serial)
{
  g_autoptr (GPtrArray) events = posa_meter_asset_store_list_custody (fixture->store, serial, NULL);

  return events->len;
}

static void
test_replacement (Fixture *fixture, gconstpointer data)
{
  const char *old_serial = fixture->order->old_serial;
  g_autoptr (GError) error = NULL;

  /* Twice: the second is the redo after a restart. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (posa_stock_record_replacement (fixture->store, fixture->order, "good",
                                                    &our_move, fixture->clock, &error));
      g_assert_no_error (error);
    }
  g_autoptr (PosaMeterAsset) old = posa_meter_asset_store_get (fixture->store, old_serial, &error);
  g_assert_cmpint (old->state, ==, POSA_METER_REMOVED_ON_VAN);
  g_assert_cmpint (old->kind, ==, POSA_METER_KIND_M1B);
  g_assert_cmpstr (old->crew_id, ==, "C-07");
  g_assert_cmpuint (count_events (fixture, old_serial), ==, 1);
  g_autoptr (PosaMeterAsset) new = posa_meter_asset_store_get (fixture->store, "good", &error);
  g_assert_cmpint (new->state, ==, POSA_METER_INSTALLED);
  g_assert_cmpstr (new->pod, ==, fixture->order->pod);
  g_assert_cmpuint (count_events (fixture, "good"), ==, 2);
  /* It is used up. */
  g_assert_null (
      posa_stock_check_new_meter (fixture->store, "good", fixture->order, "C-07", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_STOCK_MISMATCH);
}

/* Both or neither, as a part of the caller's transaction or alone. */
static void
test_replacement_is_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (posa_stock_record_replacement (fixture->store, fixture->order, "nowhere",
                                                 &our_move, fixture->clock, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (count_events (fixture, fixture->order->old_serial), ==, 0);
  {
    g_autoptr (PosaTransaction) transaction = posa_transaction_begin (fixture->store, &error);

    g_assert_true (posa_stock_record_replacement (fixture->store, fixture->order, "good", &our_move,
                                                  fixture->clock, &error));
  }
  g_assert_cmpuint (count_events (fixture, fixture->order->old_serial), ==, 0);
  g_assert_cmpuint (count_events (fixture, "good"), ==, 1);
}

static void
test_faulty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    g_assert_true (
        posa_stock_record_faulty (fixture->store, "good", &our_move, fixture->clock, &error));
  g_assert_cmpuint (count_events (fixture, "good"), ==, 2);
  g_assert_null (
      posa_stock_check_new_meter (fixture->store, "good", fixture->order, "C-07", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_STOCK_MISMATCH);
}

/* A meter that was installed once may be the old one of a later order. */
static void
test_replaced_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PosaStockMove later = our_move;

  g_assert_true (posa_stock_record_replacement (fixture->store, fixture->order, "good", &our_move,
                                                fixture->clock, &error));
  g_set_str (&fixture->order->old_serial, "good");
  later.document = "W-2";
  g_assert_true (posa_stock_record_replacement (fixture->store, fixture->order, "good2", &later,
                                                fixture->clock, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_events (fixture, "good"), ==, 3);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/stock/check", test_check);
  ADD ("/stock/available", test_available);
  ADD ("/stock/replacement", test_replacement);
  ADD ("/stock/replacement/whole", test_replacement_is_whole);
  ADD ("/stock/faulty", test_faulty);
  ADD ("/stock/replaced-again", test_replaced_again);
  return g_test_run ();
}
