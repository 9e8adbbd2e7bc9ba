/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-tariff-table.h"

#include "base/posa-error.h"

#define ID_MAX      8
#define DAY_MINUTES 1440

PosaTariffTable *
posa_tariff_table_new (const char *id)
{
  PosaTariffTable *self = g_new0 (PosaTariffTable, 1);

  self->id = g_strdup (id);
  self->default_tier = 1;
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      self->n_intervals[day] = 1;
      self->intervals[day][0] = (PosaTariffInterval) { 0, 1 };
    }
  return self;
}

PosaTariffTable *
posa_tariff_table_copy (const PosaTariffTable *self)
{
  PosaTariffTable *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  return copy;
}

void
posa_tariff_table_free (PosaTariffTable *self)
{
  g_free (self->id);
  g_free (self);
}

static gboolean
days_equal (const PosaTariffTable *x, const PosaTariffTable *y, guint day)
{
  if (x->n_intervals[day] != y->n_intervals[day])
    return FALSE;
  for (guint i = 0; i < x->n_intervals[day]; i++)
    if (x->intervals[day][i].start_minute != y->intervals[day][i].start_minute ||
        x->intervals[day][i].tier != y->intervals[day][i].tier)
      return FALSE;
  return TRUE;
}

gboolean
posa_tariff_table_equal (const PosaTariffTable *x, const PosaTariffTable *y)
{
  if (x->default_tier != y->default_tier)
    return FALSE;
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    if (!days_equal (x, y, day))
      return FALSE;
  return TRUE;
}

static gboolean
is_tier (guint tier)
{
  return tier >= 1 && tier <= 4;
}

/* NULL when the day is well formed. */
static const char *
find_day_fault (const PosaTariffTable *self, guint day)
{
  guint n = self->n_intervals[day];
  const PosaTariffInterval *intervals = self->intervals[day];

  if (n < 1 || n > POSA_TARIFF_MAX_INTERVALS)
    return "needs one to five intervals";
  if (intervals[0].start_minute != 0)
    return "does not start at 00:00";
  for (guint i = 0; i < n; i++)
    {
      if (!is_tier (intervals[i].tier))
        return "has a tier outside 1 to 4";
      if (intervals[i].start_minute >= DAY_MINUTES)
        return "has a time past 23:59";
      if (i > 0 && intervals[i].start_minute <= intervals[i - 1].start_minute)
        return "has intervals that do not ascend";
    }
  return NULL;
}

static gboolean
is_name (const char *id)
{
  gsize length = id != NULL ? strlen (id) : 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (id[i]))
      return FALSE;
  return length >= 1 && length <= ID_MAX;
}

gboolean
posa_tariff_table_check (const PosaTariffTable *self, GError **error)
{
  if (!is_name (self->id) || !is_tier (self->default_tier))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "tariff table: %s",
                   is_name (self->id) ? "default tier outside 1 to 4"
                                      : "the id needs one to eight printable characters");
      return FALSE;
    }
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      const char *fault = find_day_fault (self, day);

      if (fault == NULL)
        continue;
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "tariff table %s: day type %u %s",
                   self->id, day + 1, fault);
      return FALSE;
    }
  return TRUE;
}

guint
posa_tariff_table_get_tier (const PosaTariffTable *self, guint day_type, guint minute)
{
  g_return_val_if_fail (day_type < POSA_TARIFF_DAY_TYPES, self->default_tier);

  guint tier = self->default_tier;
  for (guint i = 0; i < self->n_intervals[day_type]; i++)
    if (self->intervals[day_type][i].start_minute <= minute)
      tier = self->intervals[day_type][i].tier;
  return tier;
}

void
posa_tariff_table_to_json (const PosaTariffTable *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "id", self->id);
  posa_json_add_int (builder, "default_tier", self->default_tier);
  json_builder_set_member_name (builder, "days");
  json_builder_begin_array (builder);
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->n_intervals[day]; i++)
        {
          const PosaTariffInterval *interval = &self->intervals[day][i];
          g_autofree char *from = g_strdup_printf ("%02u:%02u", interval->start_minute / 60u,
                                                   interval->start_minute % 60u);

          json_builder_begin_object (builder);
          posa_json_add_string (builder, "from", from);
          posa_json_add_int (builder, "tier", interval->tier);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* Exactly HH:MM. */
static guint16
minute_from_json (PosaJsonCursor object)
{
  const char *text = posa_json_string (object, "from");

  if (text != NULL && strlen (text) == 5 && text[2] == ':' && g_ascii_isdigit (text[0]) &&
      g_ascii_isdigit (text[1]) && g_ascii_isdigit (text[3]) && g_ascii_isdigit (text[4]))
    {
      int hour = 10 * (text[0] - '0') + text[1] - '0';
      int minute = 10 * (text[3] - '0') + text[4] - '0';

      if (hour < 24 && minute < 60)
        return (guint16) (60 * hour + minute);
    }
  posa_json_fault (posa_json_member (object, "from"), "expected a time 00:00 to 23:59");
  return 0;
}

static guint8
tier_from_json (PosaJsonCursor object, const char *member)
{
  gint64 tier = posa_json_int (object, member);

  if (tier >= 1 && tier <= 4)
    return (guint8) tier;
  posa_json_fault (posa_json_member (object, member), "outside 1 to 4");
  return 1;
}

static void
day_from_json (PosaTariffTable *self, guint day, PosaJsonCursor array)
{
  guint n = posa_json_length (array);

  if (n < 1 || n > POSA_TARIFF_MAX_INTERVALS)
    {
      posa_json_fault (array, "needs one to five intervals");
      return;
    }
  self->n_intervals[day] = n;
  for (guint i = 0; i < n; i++)
    {
      PosaJsonCursor at = posa_json_at (array, i);

      self->intervals[day][i].start_minute = minute_from_json (at);
      self->intervals[day][i].tier = tier_from_json (at, "tier");
    }
}

PosaTariffTable *
posa_tariff_table_from_json (PosaJsonCursor object)
{
  g_autoptr (PosaTariffTable) self = posa_tariff_table_new (posa_json_string (object, "id"));
  g_autoptr (GError) local = NULL;
  PosaJsonCursor days = posa_json_array (object, "days");

  self->default_tier = tier_from_json (object, "default_tier");
  if (posa_json_length (days) != POSA_TARIFF_DAY_TYPES)
    posa_json_fault (days, "needs seven day types");
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    day_from_json (self, day, posa_json_at (days, day));
  if (posa_json_check (object.document, NULL) && !posa_tariff_table_check (self, &local))
    posa_json_fault (object, "%s", local->message);
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}
