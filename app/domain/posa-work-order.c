/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-work-order.h"

#include "domain/posa-pod.h"

#define ID_MAX      40
#define TEXT_MAX    200
#define SERIAL_MAX  32
#define POWER_MAX_W 10000000

PosaWorkOrder *
posa_work_order_new (void)
{
  PosaWorkOrder *self = g_new0 (PosaWorkOrder, 1);

  self->last_billing = posa_registers_new ();
  return self;
}

static gpointer
copy_register_cb (gconstpointer src, gpointer user_data)
{
  return posa_register_copy (src);
}

PosaWorkOrder *
posa_work_order_copy (const PosaWorkOrder *self)
{
  PosaWorkOrder *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->cancel_reason = g_strdup (self->cancel_reason);
  copy->crew_id = g_strdup (self->crew_id);
  copy->pod = g_strdup (self->pod);
  copy->customer_number = g_strdup (self->customer_number);
  copy->municipality = g_strdup (self->municipality);
  copy->street = g_strdup (self->street);
  copy->house_number = g_strdup (self->house_number);
  copy->access_note = g_strdup (self->access_note);
  copy->old_serial = g_strdup (self->old_serial);
  copy->tariff_table = self->tariff_table != NULL ? posa_tariff_table_copy (self->tariff_table)
                                                  : NULL;
  copy->patron_days = self->patron_days != NULL ? g_array_copy (self->patron_days) : NULL;
  copy->last_billing = g_ptr_array_copy (self->last_billing, copy_register_cb, NULL);
  g_ptr_array_set_free_func (copy->last_billing, (GDestroyNotify) posa_register_free);
  return copy;
}

void
posa_work_order_free (PosaWorkOrder *self)
{
  g_free (self->id);
  g_free (self->cancel_reason);
  g_free (self->crew_id);
  g_free (self->pod);
  g_free (self->customer_number);
  g_free (self->municipality);
  g_free (self->street);
  g_free (self->house_number);
  g_free (self->access_note);
  g_free (self->old_serial);
  g_clear_pointer (&self->tariff_table, posa_tariff_table_free);
  g_clear_pointer (&self->patron_days, g_array_unref);
  g_ptr_array_unref (self->last_billing);
  g_free (self);
}

static void
place_to_json (const PosaWorkOrder *self, JsonBuilder *builder)
{
  posa_json_add_string (builder, "pod", self->pod);
  posa_json_add_string (builder, "customer_number", self->customer_number);
  posa_json_add_string (builder, "municipality", self->municipality);
  posa_json_add_string (builder, "street", self->street);
  posa_json_add_string (builder, "house_number", self->house_number);
  posa_json_add_string (builder, "access_note", self->access_note);
  posa_json_add_double (builder, "lon", self->lon);
  posa_json_add_double (builder, "lat", self->lat);
}

static void
contract_to_json (const PosaWorkOrder *self, JsonBuilder *builder)
{
  posa_json_add_int (builder, "contract_power_w", self->contract_power_w);
  posa_json_add_int (builder, "available_power_w", self->available_power_w);
  posa_json_add_bool (builder, "limiter_enabled", self->limiter_enabled);
  json_builder_set_member_name (builder, "tariff_table");
  if (self->tariff_table != NULL)
    posa_tariff_table_to_json (self->tariff_table, builder);
  else
    json_builder_add_null_value (builder);
  if (self->patron_days != NULL)
    {
      json_builder_set_member_name (builder, "patron_days");
      posa_holidays_to_json (self->patron_days, builder);
    }
  json_builder_set_member_name (builder, "last_billing");
  posa_registers_to_json (self->last_billing, builder);
  posa_json_add_time_or_null (builder, "last_billing_at", self->last_billing_us);
}

void
posa_work_order_to_json (const PosaWorkOrder *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "id", self->id);
  posa_json_add_int (builder, "revision", self->revision);
  posa_json_add_bool (builder, "cancelled", self->cancelled);
  posa_json_add_string (builder, "cancel_reason", self->cancel_reason);
  posa_json_add_string (builder, "crew_id", self->crew_id);
  place_to_json (self, builder);
  posa_json_add_string (builder, "old_serial", self->old_serial);
  posa_json_add_string (builder, "old_kind", posa_meter_kind_to_string (self->old_kind));
  posa_json_add_bool (builder, "life_support", self->life_support);
  posa_json_add_bool (builder, "presence_needed", self->presence_needed);
  posa_json_add_time (builder, "window_start", self->window_start_us);
  posa_json_add_time (builder, "window_end", self->window_end_us);
  posa_json_add_time_or_null (builder, "notice_posted", self->notice_posted_us);
  contract_to_json (self, builder);
  json_builder_end_object (builder);
}

char *
posa_work_order_to_text (const PosaWorkOrder *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  posa_work_order_to_json (self, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

/* A text of 1 to @max bytes; @graphic: printable ASCII without spaces (ids, serials). */
static char *
text_from_json (PosaJsonCursor object, const char *member, gsize max, gboolean graphic)
{
  const char *text = posa_json_string (object, member);

  if (text == NULL)
    return NULL;
  if (*text == '\0' || strlen (text) > max)
    posa_json_fault (posa_json_member (object, member), "needs 1 to %" G_GSIZE_FORMAT " bytes",
                     max);
  for (const char *p = text; graphic && *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_.", *p) == NULL)
      posa_json_fault (posa_json_member (object, member), "letters, digits, - _ . only");
  return g_strdup (text);
}

static gint64
range_from_json (PosaJsonCursor object, const char *member, gint64 min, gint64 max)
{
  gint64 value = posa_json_int (object, member);

  if (value < min || value > max)
    posa_json_fault (posa_json_member (object, member),
                     "outside %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  return value;
}

static char *
pod_from_json (PosaJsonCursor object)
{
  const char *text = posa_json_string (object, "pod");
  g_autoptr (GError) local = NULL;
  g_autofree char *pod = text != NULL ? posa_pod_parse (text, NULL, &local) : NULL;

  if (local != NULL)
    posa_json_fault (posa_json_member (object, "pod"), "%s", local->message);
  else if (g_strcmp0 (pod, text) != 0)
    posa_json_fault (posa_json_member (object, "pod"), "not in its 14-character form");
  return g_steal_pointer (&pod);
}

static char *
customer_number_from_json (PosaJsonCursor object)
{
  const char *text = posa_json_string (object, "customer_number");

  if (text != NULL && (strlen (text) != 9 || strspn (text, "0123456789") != 9))
    posa_json_fault (posa_json_member (object, "customer_number"), "needs nine digits");
  return g_strdup (text);
}

static double
degrees_from_json (PosaJsonCursor object, const char *member, double limit)
{
  double value = posa_json_double (object, member);

  if (value < -limit || value > limit)
    posa_json_fault (posa_json_member (object, member), "not in degrees");
  return value;
}

static void
place_from_json (PosaWorkOrder *self, PosaJsonCursor object)
{
  self->pod = pod_from_json (object);
  self->customer_number = customer_number_from_json (object);
  self->municipality = text_from_json (object, "municipality", TEXT_MAX, FALSE);
  self->street = text_from_json (object, "street", TEXT_MAX, FALSE);
  self->house_number = text_from_json (object, "house_number", TEXT_MAX, FALSE);
  if (posa_json_has (object, "access_note"))
    self->access_note = text_from_json (object, "access_note", 5 * TEXT_MAX, FALSE);
  self->lon = degrees_from_json (object, "lon", 180);
  self->lat = degrees_from_json (object, "lat", 90);
}

static void
meter_from_json (PosaWorkOrder *self, PosaJsonCursor object)
{
  const char *kind = posa_json_string (object, "old_kind");

  self->old_serial = text_from_json (object, "old_serial", SERIAL_MAX, TRUE);
  if (!posa_meter_kind_from_string (kind, &self->old_kind))
    posa_json_fault (posa_json_member (object, "old_kind"), "unknown kind \"%s\"",
                     kind != NULL ? kind : "");
}

static void
contract_from_json (PosaWorkOrder *self, PosaJsonCursor object)
{
  self->contract_power_w = range_from_json (object, "contract_power_w", 1, POWER_MAX_W);
  self->available_power_w = range_from_json (object, "available_power_w", 1, POWER_MAX_W);
  self->limiter_enabled = posa_json_bool (object, "limiter_enabled");
  self->tariff_table = posa_tariff_table_from_json (posa_json_object (object, "tariff_table"));
  if (posa_json_has (object, "patron_days"))
    self->patron_days = posa_holidays_from_json (posa_json_array (object, "patron_days"));
  g_ptr_array_unref (self->last_billing);
  self->last_billing = posa_registers_from_json (posa_json_array (object, "last_billing"));
  self->last_billing_us = posa_json_time_or_0 (object, "last_billing_at");
}

PosaWorkOrder *
posa_work_order_from_json (PosaJsonCursor object)
{
  g_autoptr (PosaWorkOrder) self = posa_work_order_new ();

  self->id = text_from_json (object, "id", ID_MAX, TRUE);
  self->revision = range_from_json (object, "revision", 0, G_MAXINT64);
  self->cancelled = posa_json_bool (object, "cancelled");
  self->cancel_reason = posa_json_dup_string_or_null (object, "cancel_reason");
  self->crew_id = text_from_json (object, "crew_id", ID_MAX, TRUE);
  place_from_json (self, object);
  meter_from_json (self, object);
  self->life_support = posa_json_bool (object, "life_support");
  self->presence_needed = posa_json_bool (object, "presence_needed");
  self->window_start_us = posa_json_time (object, "window_start");
  self->window_end_us = posa_json_time (object, "window_end");
  if (self->window_end_us < self->window_start_us)
    posa_json_fault (posa_json_member (object, "window_end"), "earlier than window_start");
  self->notice_posted_us = posa_json_time_or_0 (object, "notice_posted");
  contract_from_json (self, object);
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}

PosaWorkOrder *
posa_work_order_from_text (const char *text, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, error);

  if (document == NULL)
    return NULL;
  g_autoptr (PosaWorkOrder) self = posa_work_order_from_json (posa_json_root (document));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}

char *
posa_work_order_format_address (const PosaWorkOrder *self)
{
  return g_strdup_printf ("%s %s, %s", self->street, self->house_number, self->municipality);
}
