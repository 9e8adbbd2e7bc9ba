/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-plan-tool.h"

#include "plan/posa-lot-calendar.h"
#include "plan/posa-month-facts.h"
#include "plan/posa-month-plan.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

/* What the folder holds, read and checked. */
typedef struct
{
  PosaLot *lot;
  PosaLotPoints *points;
  PosaSiteGraph *graph;
} Input;

static void
input_clear (Input *self)
{
  g_clear_pointer (&self->lot, posa_lot_free);
  g_clear_pointer (&self->points, posa_lot_points_free);
  g_clear_pointer (&self->graph, posa_site_graph_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Input, input_clear)

static gboolean
load (Input *self, const char *folder, PosaOperation *operation, GError **error)
{
  g_autofree char *lot = g_build_filename (folder, "lot.ini", NULL);
  g_autofree char *points = g_build_filename (folder, "points.csv", NULL);

  self->lot = posa_lot_load (lot, error);
  if (self->lot != NULL)
    self->points = posa_lot_points_load (points, operation, error);
  if (self->points != NULL)
    self->graph = posa_site_graph_new (self->points, self->lot, operation, error);
  return self->graph != NULL;
}

PosaPlanGraph *
posa_plan_tool_make_graph (const char *folder, PosaOperation *operation, GError **error)
{
  g_auto (Input) input = { 0 };

  if (!load (&input, folder, operation, error))
    return NULL;
  PosaPlanGraph *self = g_new0 (PosaPlanGraph, 1);
  self->n_pods = input.points->n_pods;
  self->n_sites = input.points->n_sites;
  self->n_streets = input.points->n_streets;
  self->n_edges = input.graph->n_edges;
  self->n_links = input.graph->n_links;
  self->text = posa_site_graph_to_text (input.graph);
  return self;
}

void
posa_plan_graph_free (PosaPlanGraph *self)
{
  g_bytes_unref (self->text);
  g_free (self);
}

/* ---- months ---- */

static void
criterion_free_cb (gpointer data)
{
  PosaPlanCriterion *criterion = data;

  g_free (criterion->text);
  g_free (criterion);
}

/* Takes @text. */
static void
add (PosaPlanMonths *self, const char *key, const char *label, double number, char *text)
{
  PosaPlanCriterion *criterion = g_new0 (PosaPlanCriterion, 1);

  *criterion = (PosaPlanCriterion) { key, label, text, number };
  g_ptr_array_add (self->criteria, criterion);
}

static void
add_percent (PosaPlanMonths *self, const char *key, const char *label, double part, double whole)
{
  double percent = whole > 0 ? 100 * part / whole : 0;

  add (self, key, label, percent, g_strdup_printf (_ ("%.2f %%"), percent));
}

static void
add_count (PosaPlanMonths *self, const char *key, const char *label, gint32 n, gint32 of)
{
  add (self, key, label, n,
       of < 0 ? g_strdup_printf ("%d", n) : g_strdup_printf (_ ("%d of %d"), n, of));
}

/* The month whose crews have least to spare. */
static guint
find_fullest (const PosaMonthFacts *facts)
{
  guint fullest = 0;

  for (guint m = 0; m < facts->n_months; m++)
    if ((double) facts->seconds[m] * (double) facts->capacity[fullest] >
        (double) facts->seconds[fullest] * (double) facts->capacity[m])
      fullest = m;
  return fullest;
}

static void
judge (PosaPlanMonths *self, const Input *input, const PosaMonthFacts *facts)
{
  guint fullest = find_fullest (facts);

  add_percent (self, "volume_dev_max_pct", _ ("Largest deviation of a month's points"),
               facts->deviation, 1);
  add_count (self, "months_connected", _ ("Months in one piece"), (gint32) facts->n_connected,
             (gint32) facts->n_months);
  add_percent (self, "stragglers_pct", _ ("Points outside the piece of their month"),
               facts->n_stragglers, input->points->n_pods);
  add_count (self, "consecutive_adjacent", _ ("Months next to the one after them"),
             (gint32) facts->n_consecutive, (gint32) facts->n_months - 1);
  add_count (self, "seasonal_violations", _ ("Points out of their season"), facts->n_misplaced, -1);
  add_count (self, "sites_split", _ ("Civics in more than one month"), facts->n_split_sites, -1);
  add_percent (self, "street_parts_extra_pct", _ ("Streets cut once more than needed"),
               facts->n_street_parts, input->points->n_streets);
  add_percent (self, "cut_edges_pct", _ ("Neighbours in different months"), facts->n_cut_edges,
               input->graph->n_edges);
  add_percent (self, "service_load_max_pct", _ ("Work at the civics in the fullest month"),
               (double) facts->seconds[fullest], (double) facts->capacity[fullest]);
}

static char *
name_month (const PosaLot *lot, guint month)
{
  guint year, calendar_month;

  posa_lot_get_month (lot, month, &year, &calendar_month);
  return g_strdup_printf ("%04u-%02u", year, calendar_month);
}

static char *
name_season (guint16 season)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 12; i++)
    g_string_append_c (text, season >> i & 1 ? '1' : '0');
  return g_string_free_and_steal (text);
}

static char *
describe_crowded (const PosaSeasonBound *bound, guint n_months)
{
  g_autofree char *season = name_season (bound->season);

  return g_strdup_printf (_ ("The seasons allow no even plan: %d points, most with the season %s, "
                             "are bound to %u months that have room for %d; %d too many. Widen "
                             "that season, or accept a deviation of %.0f points."),
                          (int) bound->n_pods, season, n_months, (int) bound->room,
                          (int) (bound->n_pods - bound->room), bound->deviation);
}

static char *
describe_empty (const PosaSeasonBound *bound, guint n_months, const PosaLot *lot)
{
  guint first = 0;

  while ((bound->months >> first & 1) == 0)
    first++;
  g_autofree char *month = name_month (lot, first);
  return g_strdup_printf (_ ("The seasons allow no even plan: in %u months, the first is %s, %d "
                             "points may be worked on, and %d are needed. Widen a season, or "
                             "accept a deviation of %.0f points."),
                          n_months, month, (int) bound->n_pods, (int) bound->room,
                          bound->deviation);
}

/* What the seasons do not allow, by how much. */
static void
note_bound (GStrvBuilder *notes, const Input *input, const PosaSeasonBound *bound)
{
  guint n_months = 0;

  for (guint m = 0; m < input->lot->n_months; m++)
    n_months += bound->months >> m & 1;
  if (bound->deviation > 0)
    g_strv_builder_take (notes, bound->is_crowded ? describe_crowded (bound, n_months)
                                                  : describe_empty (bound, n_months, input->lot));
}

static void
note_shortages (GStrvBuilder *notes, const Input *input, const PosaMonthFacts *facts)
{
  for (guint m = 0; m < facts->n_months; m++)
    {
      g_autofree char *month = name_month (input->lot, m);
      gint64 over = facts->seconds[m] - facts->capacity[m];

      if (over > 0)
        g_strv_builder_take (
            notes, g_strdup_printf (_ ("%s: %d minutes of work, but the crews have %d; %d too "
                                       "many. Add a crew, or lengthen the lot."),
                                    month, (int) (facts->seconds[m] / 60),
                                    (int) (facts->capacity[m] / 60), (int) ((over + 59) / 60)));
    }
}

static void
note_exceptions (GStrvBuilder *notes, gint32 n)
{
  if (n > 0)
    g_strv_builder_take (
        notes, g_strdup_printf (ngettext ("%d point is away from its surroundings for its season's "
                                          "sake.",
                                          "%d points are away from their surroundings for their "
                                          "season's sake.",
                                          (gulong) n),
                                n));
}

static void
put_months (JsonBuilder *builder, const Input *input, const PosaMonthFacts *facts)
{
  json_builder_set_member_name (builder, "months");
  json_builder_begin_array (builder);
  for (guint m = 0; m < facts->n_months; m++)
    {
      g_autofree char *name = name_month (input->lot, m);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "month");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "points");
      json_builder_add_int_value (builder, facts->n_pods[m]);
      json_builder_set_member_name (builder, "three_phase");
      json_builder_add_int_value (builder, facts->n_three_phase[m]);
      json_builder_set_member_name (builder, "pieces");
      json_builder_add_int_value (builder, facts->n_pieces[m]);
      json_builder_set_member_name (builder, "minutes");
      json_builder_add_int_value (builder, facts->seconds[m] / 60);
      json_builder_set_member_name (builder, "minutes_available");
      json_builder_add_int_value (builder, facts->capacity[m] / 60);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static char *
write_json (const PosaPlanMonths *self, const Input *input, const PosaMonthFacts *facts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "lot");
  json_builder_add_string_value (builder, input->lot->id);
  json_builder_set_member_name (builder, "points");
  json_builder_add_int_value (builder, input->points->n_pods);
  for (guint i = 0; i < self->criteria->len; i++)
    {
      const PosaPlanCriterion *criterion = g_ptr_array_index (self->criteria, i);

      json_builder_set_member_name (builder, criterion->key);
      json_builder_add_double_value (builder, criterion->number);
    }
  put_months (builder, input, facts);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (guint i = 0; self->notes[i] != NULL; i++)
    json_builder_add_string_value (builder, self->notes[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

PosaPlanMonths *
posa_plan_tool_make_months (const char *folder,
                            guint64 seed,
                            PosaOperation *operation,
                            GError **error)
{
  g_auto (Input) input = { 0 };
  g_autoptr (GStrvBuilder) notes = g_strv_builder_new ();
  PosaMonthFacts facts;

  if (!load (&input, folder, operation, error))
    return NULL;
  g_autoptr (PosaMonthPlan)
      plan = posa_month_plan_new (input.points, input.lot, input.graph, seed, operation, error);
  if (plan == NULL)
    return NULL;
  PosaPlanMonths *self = g_new0 (PosaPlanMonths, 1);
  posa_month_facts_count (&facts, input.points, input.lot, input.graph, plan->month);
  self->criteria = g_ptr_array_new_with_free_func (criterion_free_cb);
  judge (self, &input, &facts);
  note_bound (notes, &input, &plan->bound);
  note_shortages (notes, &input, &facts);
  note_exceptions (notes, plan->n_exceptions);
  self->notes = g_strv_builder_end (notes);
  self->json = write_json (self, &input, &facts);
  /* the text is large, and the graph no longer needed */
  g_clear_pointer (&input.graph, posa_site_graph_free);
  self->plan = posa_month_plan_to_text (plan, input.points);
  return self;
}

void
posa_plan_months_free (PosaPlanMonths *self)
{
  g_bytes_unref (self->plan);
  g_ptr_array_unref (self->criteria);
  g_strfreev (self->notes);
  g_free (self->json);
  g_free (self);
}
