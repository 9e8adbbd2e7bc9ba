/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The rows of every aggregate and the rules that the schema keeps. */

#include "posa-samples.h"

#include "base/posa-error.h"
#include "store/posa-counter-store.h"
#include "store/posa-job-store.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-reading-store.h"
#include "store/posa-report-store.h"
#include "store/posa-rows.h"
#include "store/posa-setting-store.h"
#include "store/posa-store-private.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
  PosaStore *store;
  GRand *random;
  guint n_ids;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("posa-test-store-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "posa.db", NULL);
  fixture->store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  fixture->random = g_rand_new_with_seed (21);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  posa_store_close (fixture->store);
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_rand_free (fixture->random);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* A new id each time, "id-1", "id-2"; borrowed until the fixture's next. */
static const char *
next_id (Fixture *fixture)
{
  static char id[32];

  g_snprintf (id, sizeof id, "id-%u", ++fixture->n_ids);
  return id;
}

static void
assert_conflict (Fixture *fixture, const char *sql, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (posa_store_run (fixture->store, NULL, &error, sql, ""));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  if (strstr (error->message, words) == NULL)
    g_error ("%s", error->message);
}

static PosaWorkOrder *
apply_order (Fixture *fixture, const char *id, gint64 revision, PosaOrderChange expected)
{
  g_autoptr (GError) error = NULL;
  PosaWorkOrder *order = posa_sample_order (fixture->random, id);
  PosaOrderChange change;

  order->revision = revision;
  g_assert_true (posa_order_store_apply (fixture->store, order, &change, &error));
  g_assert_no_error (error);
  g_assert_cmpint (change, ==, expected);
  return order;
}

static PosaOrderState
get_order_state (Fixture *fixture, const char *id)
{
  g_autoptr (PosaOrderEntry) entry = posa_order_store_get (fixture->store, id, NULL);

  g_assert_nonnull (entry);
  return entry->state;
}

static PosaEvent *
event_new (Fixture *fixture, const char *order_id, const char *type)
{
  PosaEvent *event = posa_event_new ();

  event->id = g_strdup (next_id (fixture));
  event->order_id = g_strdup (order_id);
  event->type = g_strdup (type);
  event->payload = g_strdup ("{\"n\":1}");
  event->wall_us = 1794992400000000;
  event->monotonic_us = 5000;
  event->boot_id = g_strdup ("boot");
  return event;
}

static void
append (Fixture *fixture, const char *order_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaEvent) event = event_new (fixture, order_id, "opened");

  g_assert_true (posa_event_store_append (fixture->store, event, &error));
  g_assert_no_error (error);
}

static void
test_setting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;

  g_assert_true (posa_setting_store_get (fixture->store, "x", &value, &error));
  g_assert_null (value);
  g_assert_true (posa_setting_store_set (fixture->store, "x", "1", &error));
  g_assert_true (posa_setting_store_set (fixture->store, "x", "2", &error));
  g_assert_true (posa_setting_store_get (fixture->store, "x", &value, &error));
  g_assert_cmpstr (value, ==, "2");
  g_clear_pointer (&value, g_free);
  g_assert_true (posa_setting_store_set (fixture->store, "x", NULL, &error));
  g_assert_true (posa_setting_store_get (fixture->store, "x", &value, &error));
  g_assert_null (value);
}

static void
test_order_revisions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkOrder) first = apply_order (fixture, "W-1", 5, POSA_ORDER_CHANGE_ADDED);
  g_autoptr (PosaWorkOrder) same = apply_order (fixture, "W-1", 5, POSA_ORDER_CHANGE_NONE);
  g_autoptr (PosaWorkOrder) older = apply_order (fixture, "W-1", 4, POSA_ORDER_CHANGE_NONE);
  g_autoptr (PosaOrderEntry) entry = posa_order_store_get (fixture->store, "W-1", &error);

  g_assert_no_error (error);
  g_autofree char *stored = posa_work_order_to_text (entry->order);
  g_autofree char *sent = posa_work_order_to_text (first);
  g_assert_cmpstr (stored, ==, sent);
  g_autoptr (PosaWorkOrder) newer = apply_order (fixture, "W-1", 6, POSA_ORDER_CHANGE_UPDATED);
  g_autoptr (PosaOrderEntry) after = posa_order_store_get (fixture->store, "W-1", &error);
  g_assert_cmpstr (after->order->old_serial, ==, newer->old_serial);
  g_assert_null (posa_order_store_get (fixture->store, "W-2", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "W-2"));
}

/* What a cancelled revision does to an order in each state (field-work.md 6.3). */
static void
test_order_cancelled (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    PosaOrderState before;
    PosaOrderChange change;
    PosaOrderState after;
  } rows[] = {
    { POSA_ORDER_ASSIGNED, POSA_ORDER_CHANGE_WITHDRAWN, POSA_ORDER_WITHDRAWN },
    { POSA_ORDER_IN_PROGRESS, POSA_ORDER_CHANGE_WORK_STANDS, POSA_ORDER_IN_PROGRESS },
    { POSA_ORDER_DONE, POSA_ORDER_CHANGE_WORK_STANDS, POSA_ORDER_DONE },
    { POSA_ORDER_ABORTED, POSA_ORDER_CHANGE_WITHDRAWN, POSA_ORDER_WITHDRAWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *id = g_strdup_printf ("W-%u", (guint) i);
      g_autoptr (PosaWorkOrder) order = apply_order (fixture, id, 1, POSA_ORDER_CHANGE_ADDED);
      PosaOrderChange change;

      g_assert_true (posa_order_store_set_state (fixture->store, id, rows[i].before, &error));
      order->revision = 2;
      order->cancelled = TRUE;
      order->cancel_reason = g_strdup ("moved");
      g_assert_true (posa_order_store_apply (fixture->store, order, &change, &error));
      g_assert_cmpint (change, ==, rows[i].change);
      g_assert_cmpint (get_order_state (fixture, id), ==, rows[i].after);
      /* Whatever the state, the crew can see why. */
      g_autoptr (PosaOrderEntry) entry = posa_order_store_get (fixture->store, id, &error);
      g_assert_true (entry->order->cancelled);
    }
}

static void
test_order_planned_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PosaWorkOrder) first = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_order_store_set_state (fixture->store, "W-1", POSA_ORDER_ABORTED, &error));
  g_autoptr (PosaWorkOrder) again = apply_order (fixture, "W-1", 2, POSA_ORDER_CHANGE_UPDATED);
  g_assert_cmpint (get_order_state (fixture, "W-1"), ==, POSA_ORDER_ASSIGNED);
  g_assert_true (posa_order_store_set_state (fixture->store, "W-1", POSA_ORDER_DONE, &error));
  g_assert_false (posa_order_store_set_state (fixture->store, "W-1", POSA_ORDER_ASSIGNED, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (posa_order_store_set_state (fixture->store, "W-9", POSA_ORDER_DONE, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
}

static void
test_order_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 last = 0;

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("W-%u", i);
      g_autoptr (PosaWorkOrder) order = apply_order (fixture, id, 1, POSA_ORDER_CHANGE_ADDED);
    }
  g_autoptr (GPtrArray) entries = posa_order_store_list (fixture->store, &error);
  g_assert_cmpuint (entries->len, ==, 50);
  for (guint i = 0; i < entries->len; i++)
    {
      const PosaOrderEntry *entry = g_ptr_array_index (entries, i);

      g_assert_cmpint (entry->order->window_start_us, >=, last);
      last = entry->order->window_start_us;
    }
}

static PosaCustodyEvent
move_to (Fixture *fixture, const char *serial, PosaMeterState state)
{
  return (PosaCustodyEvent) { .id = (char *) next_id (fixture),
                              .serial = (char *) serial,
                              .state = state,
                              .crew_id = (char *) "C-07",
                              .pod = state == POSA_METER_INSTALLED ? (char *) "POD" : NULL,
                              .actor = (char *) "B-1",
                              .wall_us = 1 };
}

static gboolean
apply_asset (Fixture *fixture, const char *serial, gint64 revision, PosaMeterState state)
{
  g_autoptr (GError) error = NULL;
  gboolean applied = FALSE;
  PosaMeterAsset asset = { .serial = (char *) serial,
                           .model = (char *) "GEMIS",
                           .kind = POSA_METER_KIND_G2_SINGLE,
                           .revision = revision,
                           .state = state,
                           .crew_id = (char *) "C-07",
                           .pod = state == POSA_METER_INSTALLED ? (char *) "POD" : NULL };

  g_assert_true (posa_meter_asset_store_apply (fixture->store, &asset, next_id (fixture), 1,
                                               &applied, &error));
  g_assert_no_error (error);
  return applied;
}

static PosaMeterState
get_meter_state (Fixture *fixture, const char *serial)
{
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_store_get (fixture->store, serial, NULL);

  g_assert_nonnull (asset);
  return asset->state;
}

static guint
count_custody (Fixture *fixture, const char *serial)
{
  g_autoptr (GPtrArray) events = posa_meter_asset_store_list_custody (fixture->store, serial, NULL);

  return events->len;
}

static void
test_meter_apply (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PosaCustodyEvent move;

  g_assert_true (apply_asset (fixture, "001", 1, POSA_METER_ON_VAN));
  g_assert_false (apply_asset (fixture, "001", 1, POSA_METER_FAULTY));
  g_assert_cmpint (get_meter_state (fixture, "001"), ==, POSA_METER_ON_VAN);
  g_assert_true (apply_asset (fixture, "001", 2, POSA_METER_ON_VAN));
  g_assert_cmpuint (count_custody (fixture, "001"), ==, 1);

  /* Installed here: the portal, which does not know yet, does not take it back onto the van. */
  move = move_to (fixture, "001", POSA_METER_INSTALLED);
  g_assert_true (posa_meter_asset_store_move (fixture->store, &move, &error));
  g_assert_true (apply_asset (fixture, "001", 3, POSA_METER_ON_VAN));
  g_assert_cmpint (get_meter_state (fixture, "001"), ==, POSA_METER_INSTALLED);
  g_assert_true (apply_asset (fixture, "001", 4, POSA_METER_AT_CONTRACTOR));
  g_assert_cmpint (get_meter_state (fixture, "001"), ==, POSA_METER_AT_CONTRACTOR);
  g_assert_cmpuint (count_custody (fixture, "001"), ==, 3);

  move = move_to (fixture, "999", POSA_METER_FAULTY);
  g_assert_false (posa_meter_asset_store_move (fixture->store, &move, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
}

static void
test_meter_handed_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PosaMeterAsset asset = { .serial = (char *) "001",
                           .kind = POSA_METER_KIND_G2_SINGLE,
                           .revision = 2,
                           .state = POSA_METER_ON_VAN,
                           .crew_id = (char *) "C-08" };

  g_assert_true (apply_asset (fixture, "001", 1, POSA_METER_ON_VAN));
  g_assert_true (posa_meter_asset_store_apply (fixture->store, &asset, "e", 1, NULL, &error));
  g_autoptr (PosaMeterAsset) stored = posa_meter_asset_store_get (fixture->store, "001", &error);
  g_assert_cmpstr (stored->crew_id, ==, "C-08");
  g_assert_cmpstr (stored->model, ==, "GEMIS");
  g_assert_cmpuint (count_custody (fixture, "001"), ==, 2);
}

static void
test_meter_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) keys = g_bytes_new ("\0wrapped\0keys", 13);
  PosaMeterAsset asset = { .serial = (char *) "001",
                           .kind = POSA_METER_KIND_G2_SINGLE,
                           .revision = 1,
                           .state = POSA_METER_ON_VAN,
                           .wrapped_keys = keys };

  g_assert_true (posa_meter_asset_store_apply (fixture->store, &asset, "e1", 1, NULL, &error));
  /* A later row without keys does not erase them. */
  asset.revision = 2;
  asset.wrapped_keys = NULL;
  g_assert_true (posa_meter_asset_store_apply (fixture->store, &asset, "e2", 1, NULL, &error));
  g_autoptr (PosaMeterAsset) stored = posa_meter_asset_store_get (fixture->store, "001", &error);
  g_assert_true (g_bytes_equal (stored->wrapped_keys, keys));
  g_assert_cmpint (stored->revision, ==, 2);
}

/* Invariant 1, by the schema alone: no program can break it. */
static void
test_custody_schema (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  apply_asset (fixture, "001", 1, POSA_METER_ON_VAN);
  apply_asset (fixture, "002", 1, POSA_METER_ON_VAN);
  /* A second beginning, a fork, the chain of another meter. */
  assert_conflict (fixture,
                   "INSERT INTO custody_event (id, serial, previous, state, actor, wall_us)"
                   " VALUES ('a', '001', NULL, 'ON_VAN', 'x', 1)",
                   "UNIQUE");
  g_assert_true (posa_store_run (
      fixture->store, NULL, &error,
      "INSERT INTO custody_event (id, serial, previous, state, actor, wall_us)"
      " SELECT 'b', serial, custody, 'FAULTY', 'x', 1 FROM meter_asset WHERE serial = '001'",
      ""));
  assert_conflict (fixture,
                   "INSERT INTO custody_event (id, serial, previous, state, actor, wall_us)"
                   " VALUES ('c', '001', 1, 'ON_VAN', 'x', 1)",
                   "UNIQUE");
  assert_conflict (fixture,
                   "INSERT INTO custody_event (id, serial, previous, state, actor, wall_us)"
                   " VALUES ('d', '001', 2, 'ON_VAN', 'x', 1)",
                   "FOREIGN KEY");
  assert_conflict (fixture,
                   "INSERT INTO meter_asset (serial, kind, revision, custody)"
                   " VALUES ('003', '2g-1', 0, 1)",
                   "FOREIGN KEY");
  assert_conflict (fixture, "UPDATE meter_asset SET custody = 2 WHERE serial = '001'",
                   "FOREIGN KEY");
  assert_conflict (fixture, "UPDATE custody_event SET state = 'LOST'", "never changed");
  assert_conflict (fixture, "DELETE FROM custody_event", "never deleted");
  assert_conflict (fixture, "DELETE FROM meter_asset", "never deleted");
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_event_store_verify_chain (fixture->store, &error));
  for (guint i = 0; i < 20; i++)
    append (fixture, i % 2 == 0 ? "W-1" : NULL);
  g_assert_true (posa_event_store_verify_chain (fixture->store, &error));
  g_autoptr (GPtrArray) all = posa_event_store_list (fixture->store, NULL, 0, &error);
  g_autoptr (GPtrArray) some = posa_event_store_list (fixture->store, "W-1", 10, &error);
  g_assert_cmpuint (all->len, ==, 20);
  g_assert_cmpuint (some->len, ==, 5);
  g_assert_cmpint (((PosaEvent *) g_ptr_array_index (some, 0))->sequence, ==, 11);

  assert_conflict (fixture, "UPDATE event SET payload = '{}' WHERE sequence = 3", "never changed");
  assert_conflict (fixture, "DELETE FROM event WHERE sequence = 20", "never deleted");
  assert_conflict (fixture,
                   "INSERT INTO event (sequence, id, type, payload, wall_us, monotonic_us, boot_id,"
                   " prev_sha256, sha256) SELECT 22, 'x', 't', '{}', 1, 1, 'b', sha256, 'y' FROM"
                   " event WHERE sequence = 20",
                   "follows the last one");
  assert_conflict (fixture,
                   "INSERT INTO event (sequence, id, type, payload, wall_us, monotonic_us, boot_id,"
                   " prev_sha256, sha256) SELECT 21, 'x', 't', '{}', 1, 1, 'b', sha256, 'y' FROM"
                   " event WHERE sequence = 19",
                   "follows the last one");
}

/* Somebody edits the file with other tools. */
static void
test_event_chain_broken (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "UPDATE event SET payload = '{\"n\":2}' WHERE sequence = 3",
    "UPDATE event SET wall_us = wall_us + 1 WHERE sequence = 3",
    "UPDATE event SET order_id = NULL WHERE sequence = 3",
    "UPDATE event SET prev_sha256 = 'x' WHERE sequence = 3",
    "DELETE FROM event WHERE sequence = 3",
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    append (fixture, "W-1");
  g_assert_true (posa_store_run (fixture->store, NULL, &error, "DROP TRIGGER event_no_update", ""));
  g_assert_true (posa_store_run (fixture->store, NULL, &error, "DROP TRIGGER event_no_delete", ""));
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (PosaTransaction) transaction = posa_transaction_begin (fixture->store, &error);

      g_assert_true (posa_store_run (fixture->store, NULL, &error, changes[i], ""));
      g_assert_false (posa_event_store_verify_chain (fixture->store, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, "event 3"));
      g_clear_error (&error);
    }
  g_assert_true (posa_event_store_verify_chain (fixture->store, &error));
}

static PosaJobEntry *
job_new (const PosaWorkOrder *order, const char *state, gboolean open)
{
  PosaJobEntry *job = posa_job_entry_new ();

  job->order_id = g_strdup (order->id);
  job->state = g_strdup (state);
  job->zone = g_strdup ("GREEN");
  job->open = open;
  job->since_wall_us = 7;
  job->since_monotonic_us = 8;
  job->since_boot_id = g_strdup ("boot");
  job->data = g_strdup ("{}");
  job->order = posa_work_order_copy (order);
  return job;
}

static gboolean
save_job (Fixture *fixture,
          const PosaWorkOrder *order,
          const char *state,
          gboolean open,
          GError **error)
{
  g_autoptr (PosaJobEntry) job = job_new (order, state, open);
  g_autoptr (PosaEvent) event = event_new (fixture, order->id, state);

  return posa_job_store_save (fixture->store, job, event, error);
}

static void
test_job (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkOrder) order = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);

  g_assert_null (posa_job_store_get (fixture->store, "W-1", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (save_job (fixture, order, "IDENTIFY", TRUE, &error));
  g_assert_true (save_job (fixture, order, "READ_OLD", TRUE, &error));
  g_autoptr (PosaJobEntry) job = posa_job_store_get (fixture->store, "W-1", &error);
  g_assert_cmpstr (job->state, ==, "READ_OLD");
  g_assert_cmpint (job->since_monotonic_us, ==, 8);

  /* Another order under the same id: neither state nor event is written. */
  g_autoptr (PosaWorkOrder) other = apply_order (fixture, "W-1", 2, POSA_ORDER_CHANGE_UPDATED);
  g_assert_false (save_job (fixture, other, "CUT", TRUE, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_autoptr (GPtrArray) events = posa_event_store_list (fixture->store, "W-1", 0, &error);
  g_assert_cmpuint (events->len, ==, 2);

  /* Ended, and begun anew on the newer revision. */
  g_assert_true (save_job (fixture, order, "DONE", FALSE, &error));
  g_autoptr (GPtrArray) none = posa_job_store_list_open (fixture->store, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (save_job (fixture, other, "IDENTIFY", TRUE, &error));
  g_autoptr (GPtrArray) open = posa_job_store_list_open (fixture->store, &error);
  g_assert_cmpuint (open->len, ==, 1);
  g_assert_cmpstr (((PosaJobEntry *) g_ptr_array_index (open, 0))->order->old_serial, ==,
                   other->old_serial);
}

static void
test_readings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkOrder) order = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);
  g_autoptr (PosaReadingSet) reading = posa_sample_removal (fixture->random, order);

  g_assert_true (posa_reading_store_add (fixture->store, "r1", "W-1", reading, &error));
  g_assert_true (posa_reading_store_add (fixture->store, "r1", "W-1", reading, &error));
  reading->kind = POSA_READING_SECOND;
  g_assert_false (posa_reading_store_add (fixture->store, "r1", "W-1", reading, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (posa_reading_store_add (fixture->store, "r2", "W-1", reading, &error));
  g_autoptr (GPtrArray) entries = posa_reading_store_list (fixture->store, "W-1", &error);
  g_assert_cmpuint (entries->len, ==, 2);
  g_autoptr (PosaReadingSet) stored = posa_reading_store_get (fixture->store, "r2", &error);
  g_autofree char *text = posa_reading_set_to_text (stored, FALSE);
  g_autofree char *expected = posa_reading_set_to_text (reading, FALSE);
  g_assert_cmpstr (text, ==, expected);
  g_assert_false (posa_reading_store_add (fixture->store, "r3", "W-2", reading, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  assert_conflict (fixture, "UPDATE reading SET kind = 'x'", "never changed");
  assert_conflict (fixture, "DELETE FROM reading", "never deleted");
}

static gboolean
add_report (Fixture *fixture, const char *id, gint64 sequence, const char *previous, GError **error)
{
  g_autofree char *number = g_strdup_printf ("TAB-%06d", (int) sequence);
  g_autofree char *content = g_strconcat ("%PDF ", id, NULL);
  g_autoptr (GBytes) pdf = g_bytes_new (content, strlen (content));
  PosaReportEntry entry = { .id = (char *) id,
                            .number = number,
                            .sequence = sequence,
                            .order_id = (char *) "W-1",
                            .previous_sha256 = (char *) previous,
                            .created_us = 9 };

  return posa_report_store_add (fixture->store, &entry, pdf, error);
}

static void
test_reports (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkOrder) order = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);
  g_autofree char *last = NULL;
  gint64 sequence = 0;

  for (gint64 i = 1; i <= 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("p%d", (int) i);
      g_autofree char *previous = NULL;

      g_assert_true (posa_report_store_next (fixture->store, &sequence, &previous, &error));
      g_assert_cmpint (sequence, ==, i);
      g_assert_cmpstr (previous, ==, last);
      g_assert_true (add_report (fixture, id, sequence, previous, &error));
      g_autoptr (GBytes) pdf = posa_report_store_get_pdf (fixture->store, id, &error);
      g_free (last);
      last = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, pdf);
    }
  /* A gap, a number twice, another chain. */
  g_assert_false (add_report (fixture, "p5", 5, last, NULL));
  g_assert_false (add_report (fixture, "p3b", 3, last, NULL));
  g_assert_false (add_report (fixture, "p4", 4, NULL, NULL));
  g_assert_false (add_report (fixture, "p4", 4, "x", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_autoptr (PosaReportEntry)
      entry = posa_report_store_get_of_order (fixture->store, "W-1", &error);
  g_assert_cmpstr (entry->id, ==, "p3");
  g_assert_cmpstr (entry->sha256, ==, last);
  g_autoptr (GPtrArray) all = posa_report_store_list (fixture->store, &error);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_null (posa_report_store_get (fixture->store, "zz", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
  assert_conflict (fixture, "UPDATE report SET pdf = x'00'", "never changed");
  assert_conflict (fixture, "DELETE FROM report", "never deleted");
}

static guint
count_due (Fixture *fixture, gint64 now)
{
  g_autoptr (GPtrArray) items = posa_outbox_store_list_due (fixture->store, now, NULL);

  return items->len;
}

static void
test_outbox (Fixture *fixture, gconstpointer data)
{
  PosaStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError)
      reason = g_error_new_literal (POSA_ERROR, POSA_ERROR_OFFLINE, "no route to the portal");
  g_autoptr (GBytes) receipt = g_bytes_new_static ("receipt", 7);
  g_autoptr (PosaWorkOrder) order = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);

  g_assert_false (posa_outbox_store_add (store, "p1", 100, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (add_report (fixture, "p1", 1, NULL, &error));
  g_assert_true (posa_outbox_store_add (store, "p1", 100, &error));
  g_assert_cmpuint (count_due (fixture, 99), ==, 0);
  g_assert_cmpuint (count_due (fixture, 100), ==, 1);

  g_assert_true (posa_outbox_store_set_sending (store, "p1", &error));
  /* Killed now: it is due again. */
  g_assert_cmpuint (count_due (fixture, 0), ==, 1);
  g_assert_true (
      posa_outbox_store_set_waiting (store, "p1", POSA_OUTBOX_QUEUED, 500, reason, &error));
  g_autoptr (PosaOutboxItem) waiting = posa_outbox_store_get (store, "p1", &error);
  g_assert_cmpuint (waiting->attempts, ==, 1);
  g_assert_cmpstr (waiting->error_nick, ==, "offline");
  g_assert_cmpstr (waiting->number, ==, "TAB-000001");
  g_assert_cmpuint (count_due (fixture, 499), ==, 0);
  g_assert_true (posa_outbox_store_hurry (store, &error));
  g_assert_cmpuint (count_due (fixture, 0), ==, 1);

  g_assert_false (
      posa_outbox_store_set_waiting (store, "p1", POSA_OUTBOX_DELIVERED, 0, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (posa_outbox_store_set_delivered (store, "p1", receipt, 600, &error));
  g_autoptr (PosaOutboxItem) done = posa_outbox_store_get (store, "p1", &error);
  g_assert_cmpint (done->state, ==, POSA_OUTBOX_DELIVERED);
  g_assert_true (g_bytes_equal (done->receipt, receipt));
  g_assert_null (done->error_nick);
}

static void
test_outbox_final (Fixture *fixture, gconstpointer data)
{
  PosaStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) receipt = g_bytes_new_static ("receipt", 7);
  g_autoptr (GBytes) second = g_bytes_new_static ("second", 6);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (PosaWorkOrder) order = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);

  g_assert_true (add_report (fixture, "p1", 1, NULL, &error));
  g_assert_true (posa_outbox_store_add (store, "p1", 100, &error));
  g_assert_false (posa_outbox_store_set_delivered (store, "p1", empty, 600, &error));
  g_clear_error (&error);
  g_assert_true (posa_outbox_store_set_delivered (store, "p1", receipt, 600, &error));
  g_assert_true (posa_outbox_store_set_delivered (store, "p1", second, 700, &error));
  g_autoptr (PosaOutboxItem) item = posa_outbox_store_get (store, "p1", &error);
  g_assert_true (g_bytes_equal (item->receipt, receipt));
  g_assert_false (posa_outbox_store_set_sending (store, "p1", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpuint (count_due (fixture, G_MAXINT64), ==, 0);
  g_assert_true (posa_outbox_store_hurry (store, &error));
  g_assert_cmpuint (count_due (fixture, G_MAXINT64), ==, 0);
  assert_conflict (fixture, "UPDATE outbox SET state = 'QUEUED', receipt = NULL", "stays");
  assert_conflict (fixture, "DELETE FROM outbox", "never deleted");
  g_assert_false (posa_outbox_store_set_delivered (store, "zz", receipt, 600, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
}

static void
test_counters (Fixture *fixture, gconstpointer data)
{
  PosaStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  guint32 first = 0;
  gint64 seen = 0;

  g_assert_true (posa_counter_store_reserve (store, "1", "k", 0, 10, &first, &error));
  g_assert_cmpuint (first, ==, 0);
  g_assert_true (posa_counter_store_reserve (store, "1", "k", 0, 10, &first, &error));
  g_assert_cmpuint (first, ==, 10);
  g_assert_true (posa_counter_store_reserve (store, "1", "k", 1000, 1, &first, &error));
  g_assert_cmpuint (first, ==, 1000);
  g_assert_true (posa_counter_store_reserve (store, "1", "k", 5, 1, &first, &error));
  g_assert_cmpuint (first, ==, 1001);
  /* A new key of the same meter; another meter with the same key. */
  g_assert_true (posa_counter_store_reserve (store, "1", "l", 0, 1, &first, &error));
  g_assert_cmpuint (first, ==, 0);
  g_assert_true (posa_counter_store_reserve (store, "2", "k", 0, 1, &first, &error));
  g_assert_cmpuint (first, ==, 1002);
  g_assert_true (posa_counter_store_reserve (store, "1", "k", 0, 1, &first, &error));
  g_assert_cmpuint (first, ==, 1003);
  g_assert_true (posa_counter_store_reserve (store, "2", "k", G_MAXUINT32, 1, &first, &error));
  g_assert_cmpuint (first, ==, G_MAXUINT32);
  g_assert_false (posa_counter_store_reserve (store, "2", "k", 0, 1, &first, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
  g_clear_error (&error);

  g_assert_true (posa_counter_store_get_peer (store, "1", "k", &seen, &error));
  g_assert_cmpint (seen, ==, -1);
  g_assert_true (posa_counter_store_set_peer (store, "1", "k", 0, &error));
  g_assert_true (posa_counter_store_set_peer (store, "1", "k", 77, &error));
  g_assert_false (posa_counter_store_set_peer (store, "1", "k", 76, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_assert_true (posa_counter_store_get_peer (store, "1", "k", &seen, NULL));
  g_assert_cmpint (seen, ==, 77);
  assert_conflict (fixture, "UPDATE invocation_counter SET next = next - 1 WHERE next > 0",
                   "does not go back");
}

static void
test_counter_is_durable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (fixture->store, &error);
  guint32 first = 0;

  g_assert_false (posa_counter_store_reserve (fixture->store, "1", "k", 0, 1, &first, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
}

static void
test_transactions (Fixture *fixture, gconstpointer data)
{
  PosaStore *store = fixture->store;
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (PosaTransaction) transaction = posa_transaction_begin (store, &error);

    g_assert_nonnull (transaction);
    append (fixture, NULL);
    g_assert_null (posa_transaction_begin (store, &error));
    g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
    g_clear_error (&error);
  }
  g_autoptr (GPtrArray) none = posa_event_store_list (store, NULL, 0, &error);
  g_assert_cmpuint (none->len, ==, 0);

  PosaTransaction *outer = posa_transaction_begin (store, &error);
  append (fixture, NULL);
  g_assert_true (posa_transaction_commit (outer, &error));
  g_autoptr (GPtrArray) one = posa_event_store_list (store, NULL, 0, &error);
  g_assert_cmpuint (one->len, ==, 1);
}

/* A step that failed cannot be committed by a caller that did not look. */
static void
test_transaction_doomed (Fixture *fixture, gconstpointer data)
{
  PosaStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkOrder) order = apply_order (fixture, "W-1", 1, POSA_ORDER_CHANGE_ADDED);
  PosaTransaction *outer = posa_transaction_begin (store, &error);

  g_assert_true (save_job (fixture, order, "IDENTIFY", TRUE, &error));
  g_set_str (&order->access_note, "another");
  g_assert_false (save_job (fixture, order, "CUT", TRUE, NULL));
  g_assert_false (posa_transaction_commit (outer, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (posa_job_store_get (store, "W-1", &error));
  g_clear_error (&error);
  append (fixture, NULL);
}

static void
test_locked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) other = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (other, &error);

  /* Else five seconds. */
  sqlite3_busy_timeout (posa_store_get_database (fixture->store), 50);
  g_assert_null (posa_transaction_begin (fixture->store, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "another program keeps it locked"));
  g_clear_error (&error);
  g_clear_pointer (&transaction, posa_transaction_rollback);
  append (fixture, NULL);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/setting", test_setting);
  ADD ("/store/order/revisions", test_order_revisions);
  ADD ("/store/order/cancelled", test_order_cancelled);
  ADD ("/store/order/planned-again", test_order_planned_again);
  ADD ("/store/order/list", test_order_list);
  ADD ("/store/meter/apply", test_meter_apply);
  ADD ("/store/meter/handed-over", test_meter_handed_over);
  ADD ("/store/meter/keys", test_meter_keys);
  ADD ("/store/meter/custody-schema", test_custody_schema);
  ADD ("/store/event", test_events);
  ADD ("/store/event/chain-broken", test_event_chain_broken);
  ADD ("/store/job", test_job);
  ADD ("/store/reading", test_readings);
  ADD ("/store/report", test_reports);
  ADD ("/store/outbox", test_outbox);
  ADD ("/store/outbox/final", test_outbox_final);
  ADD ("/store/counter", test_counters);
  ADD ("/store/counter/durable", test_counter_is_durable);
  ADD ("/store/transaction", test_transactions);
  ADD ("/store/transaction/locked", test_locked);
  ADD ("/store/transaction/doomed", test_transaction_doomed);
  return g_test_run ();
}
