/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-method.h"

#include "base/posa-clock.h"
#include "sim/posa-sim-2g-image.h"
#include "sim/posa-sim-2g-keys.h"
#include "sim/posa-sim-2g-objects.h"

/* The drive of the relay takes its time. */
#define RELAY_MOVES_US (300 * 1000)
#define MINUTE_US      (60 * G_USEC_PER_SEC)
#define MAX_SHIFT_S    900

/* Of the control modes; in the others a relay that is closed remotely waits for the button. */
enum
{
  MODE_ALWAYS_CONNECTED = 0,
  MODE_REMOTE_A = 2,
  MODE_REMOTE_B = 4
};

/* ---- registers ---- */

static guint8
reset_register (PosaSimObject *reg)
{
  reg->values[2]->integer = 0;
  if (reg->class_id == POSA_DLMS_CLASS_DEMAND_REGISTER)
    reg->values[3]->integer = 0;
  return POSA_DLMS_SUCCESS;
}

/* The average of the period that ends becomes the last one. */
static guint8
next_period (PosaSimMeter *self, PosaSimObject *demand)
{
  PosaCosemTime now = posa_sim_meter_stamp (self, posa_sim_meter_get_time (self));

  demand->values[3]->integer = demand->values[2]->integer;
  demand->values[2]->integer = 0;
  posa_sim_object_set (demand, 6, posa_cosem_time_to_value (&now));
  posa_sim_object_set (demand, 7, posa_cosem_time_to_value (&now));
  return POSA_DLMS_SUCCESS;
}

/* ---- clock ---- */

void
posa_sim_2g_set_clock (PosaSimMeter *self, gint64 wall_us)
{
  self->clock_offset_us = wall_us - posa_clock_get_wall (posa_clock_get_system ());
}

/* To the nearest multiple of @step_us. */
static guint8
adjust_clock (PosaSimMeter *self, gint64 step_us)
{
  gint64 now = posa_sim_meter_get_time (self);

  posa_sim_2g_set_clock (self, (now + step_us / 2) / step_us * step_us);
  return POSA_DLMS_SUCCESS;
}

static guint8
shift_clock (PosaSimMeter *self, const PosaCosemValue *parameter)
{
  gint64 seconds = 0;

  if (!posa_cosem_value_get_integer (parameter, &seconds) || ABS (seconds) > MAX_SHIFT_S)
    return POSA_DLMS_TYPE_UNMATCHED;
  self->clock_offset_us += seconds * G_USEC_PER_SEC;
  return POSA_DLMS_SUCCESS;
}

/* Keeps the time that adjust_to_preset_time() then sets, if it comes within the interval. */
static guint8
preset_clock (PosaSimMeter *self, const PosaCosemValue *parameter)
{
  gint64 times[3];

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      PosaCosemTime time;

      if (!posa_cosem_time_from_value (posa_cosem_value_get_item (parameter, i), &time) ||
          !posa_cosem_time_to_utc (&time, &times[i]))
        return POSA_DLMS_TYPE_UNMATCHED;
    }
  self->preset_us = times[0];
  self->preset_from_us = times[1];
  self->preset_to_us = times[2];
  return POSA_DLMS_SUCCESS;
}

static guint8
apply_preset (PosaSimMeter *self)
{
  gint64 now = posa_sim_meter_get_time (self);

  if (self->preset_us == 0 || now < self->preset_from_us || now > self->preset_to_us)
    return POSA_DLMS_TEMPORARY_FAILURE;
  posa_sim_2g_set_clock (self, self->preset_us);
  self->preset_us = 0;
  return POSA_DLMS_SUCCESS;
}

static guint8
act_on_clock (PosaSimMeter *self, gint8 method, const PosaCosemValue *parameter)
{
  switch (method)
    {
    case 1: /* quarter */
    case 2: /* measuring period, the same here */
      return adjust_clock (self, 15 * MINUTE_US);
    case 3:
      return adjust_clock (self, MINUTE_US);
    case 4:
      return apply_preset (self);
    case 5:
      return preset_clock (self, parameter);
    default:
      return shift_clock (self, parameter);
    }
}

/* ---- tables ---- */

static guint
find_entry (const PosaCosemValue *entries, const PosaCosemValue *index)
{
  guint at = 0;

  while (at < posa_cosem_value_get_n_items (entries) &&
         !posa_cosem_value_equal (
             posa_cosem_value_get_item (posa_cosem_value_get_item (entries, at), 0), index))
    at++;
  return at;
}

/* Special days and schedules: an entry with a number that is there takes its place. */
static guint8
insert_entry (PosaSimObject *table, const PosaCosemValue *entry)
{
  GPtrArray *entries = table->values[2]->items;
  guint width = table->class_id == POSA_DLMS_CLASS_SPECIAL_DAYS ? 3 : 10;

  if (posa_cosem_value_get_n_items (entry) != width)
    return POSA_DLMS_TYPE_UNMATCHED;
  guint at = find_entry (table->values[2], posa_cosem_value_get_item (entry, 0));
  if (at < entries->len)
    g_ptr_array_remove_index (entries, at);
  g_ptr_array_insert (entries, (int) at, posa_cosem_value_copy (entry));
  return POSA_DLMS_SUCCESS;
}

static guint8
delete_entry (PosaSimObject *table, const PosaCosemValue *index)
{
  guint at = find_entry (table->values[2], index);

  if (index == NULL || at == table->values[2]->items->len)
    return POSA_DLMS_OBJECT_UNAVAILABLE;
  g_ptr_array_remove_index (table->values[2]->items, at);
  return POSA_DLMS_SUCCESS;
}

/* ---- calendar ---- */

/* Every day that a week names must be in the table of days. */
static gboolean
is_calendar_whole (const PosaCosemValue *weeks, const PosaCosemValue *days)
{
  for (guint w = 0; w < posa_cosem_value_get_n_items (weeks); w++)
    for (guint d = 1; d <= 7; d++)
      {
        const PosaCosemValue *week = posa_cosem_value_get_item (weeks, w);

        if (find_entry (days, posa_cosem_value_get_item (week, d)) ==
            posa_cosem_value_get_n_items (days))
          return FALSE;
      }
  return posa_cosem_value_get_n_items (weeks) > 0;
}

static guint8
activate_calendar (PosaSimObject *calendar)
{
  if (!is_calendar_whole (calendar->values[8], calendar->values[9]))
    return POSA_DLMS_OTHER_REASON;
  for (guint i = 2; i <= 5; i++)
    posa_sim_object_set (calendar, i, posa_cosem_value_copy (calendar->values[i + 4]));
  return POSA_DLMS_SUCCESS;
}

/* ---- relay ---- */

void
posa_sim_2g_move_relay (PosaSimMeter *self)
{
  PosaSimObject *relay =
      posa_sim_cosem_find (self->cosem, POSA_DLMS_CLASS_DISCONNECT, POSA_SIM_OBIS_DISCONNECT);
  gint64 now = posa_clock_get_monotonic (posa_clock_get_system ());

  if (self->relay_due_us == 0 || now < self->relay_due_us)
    return;
  self->relay_due_us = 0;
  self->n_relay_moves++;
  relay->values[2]->integer = self->relay_wanted;
  relay->values[3]->integer = self->relay_wanted ? POSA_SIM_RELAY_CONNECTED
                                                 : POSA_SIM_RELAY_DISCONNECTED;
}

static guint8
switch_relay (PosaSimMeter *self, PosaSimObject *relay, gboolean close)
{
  gint64 mode = relay->values[4]->integer;

  posa_sim_2g_move_relay (self);
  self->n_relay_orders++;
  if (mode == MODE_ALWAYS_CONNECTED || (close && self->fault == POSA_SIM_FAULT_NO_CLOSE))
    return POSA_DLMS_SUCCESS;
  if (close && mode != MODE_REMOTE_A && mode != MODE_REMOTE_B)
    {
      if (relay->values[3]->integer == POSA_SIM_RELAY_DISCONNECTED)
        relay->values[3]->integer = POSA_SIM_RELAY_READY;
      return POSA_DLMS_SUCCESS;
    }
  self->relay_wanted = close;
  self->relay_due_us = posa_clock_get_monotonic (posa_clock_get_system ()) + RELAY_MOVES_US;
  return POSA_DLMS_SUCCESS;
}

/* ---- scripts ---- */

/* Runs the methods that a script names, and writes its values. */
static guint8
run_script (PosaSimMeter *self, const PosaSimObject *table, const PosaCosemValue *id)
{
  guint at = id != NULL ? find_entry (table->values[2], id) : G_MAXUINT;
  const PosaCosemValue *actions =
      posa_cosem_value_get_item (posa_cosem_value_get_item (table->values[2], at), 1);

  if (actions == NULL)
    return POSA_DLMS_OBJECT_UNAVAILABLE;
  for (guint i = 0; i < posa_cosem_value_get_n_items (actions); i++)
    {
      const PosaCosemValue *action = posa_cosem_value_get_item (actions, i);
      gint64 service = 0, class_id = 0, index = 0;
      gsize size = 0;
      const guint8 *name =
          posa_cosem_value_get_bytes (posa_cosem_value_get_item (action, 2), &size);

      posa_cosem_value_get_integer (posa_cosem_value_get_item (action, 0), &service);
      posa_cosem_value_get_integer (posa_cosem_value_get_item (action, 1), &class_id);
      posa_cosem_value_get_integer (posa_cosem_value_get_item (action, 3), &index);
      PosaSimObject *object =
          posa_sim_cosem_find (self->cosem, (guint16) class_id,
                               POSA_OBIS (name[0], name[1], name[2], name[3], name[4], name[5]));
      const PosaCosemValue *parameter = posa_cosem_value_get_item (action, 4);
      if (service == 1)
        posa_sim_object_set (object, (guint) index, posa_cosem_value_copy (parameter));
      else if (posa_sim_2g_act (self, object, (gint8) index, parameter) != POSA_DLMS_SUCCESS)
        return POSA_DLMS_OTHER_REASON;
    }
  return POSA_DLMS_SUCCESS;
}

guint8
posa_sim_2g_act (PosaSimMeter *self,
                 PosaSimObject *object,
                 gint8 method,
                 const PosaCosemValue *parameter)
{
  switch (object->class_id)
    {
    case POSA_DLMS_CLASS_REGISTER:
    case POSA_DLMS_CLASS_EXTENDED_REGISTER:
      return reset_register (object);
    case POSA_DLMS_CLASS_DEMAND_REGISTER:
      return method == 1 ? reset_register (object) : next_period (self, object);
    case POSA_DLMS_CLASS_CLOCK:
      return act_on_clock (self, method, parameter);
    case POSA_DLMS_CLASS_SCRIPTS:
      return run_script (self, object, parameter);
    case POSA_DLMS_CLASS_SCHEDULE:
      return method == 2 ? insert_entry (object, parameter) : delete_entry (object, parameter);
    case POSA_DLMS_CLASS_SPECIAL_DAYS:
      return method == 1 ? insert_entry (object, parameter) : delete_entry (object, parameter);
    case POSA_DLMS_CLASS_IMAGE_TRANSFER:
      return posa_sim_2g_image_act (self, object, method, parameter);
    case POSA_DLMS_CLASS_CALENDAR:
      return activate_calendar (object);
    case POSA_DLMS_CLASS_SECURITY:
      return method == 1 ? posa_sim_2g_strengthen (self, parameter)
                         : posa_sim_2g_transfer_keys (self, parameter);
    case POSA_DLMS_CLASS_DISCONNECT:
      return switch_relay (self, object, method == 2);
    default:
      return POSA_DLMS_OTHER_REASON;
    }
}
