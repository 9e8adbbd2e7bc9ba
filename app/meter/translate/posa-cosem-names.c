/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-cosem-names.h"

/* Attributes from the second on (the first is the logical name of all) and methods from the first
 * on, separated by spaces. */
typedef struct
{
  guint16 id;
  const char *name, *attributes, *methods;
} ClassInfo;

static const ClassInfo classes[] = {
  { 1, "data", "value", "" },
  { 3, "register", "value scaler_unit", "reset" },
  { 4, "extended register", "value scaler_unit status capture_time", "reset" },
  { 5, "demand register",
    "current_average_value last_average_value scaler_unit status capture_time start_time_current "
    "period number_of_periods",
    "reset next_period" },
  { 6, "register activation", "register_assignment mask_list active_mask",
    "add_register add_mask delete_mask" },
  { 7, "profile generic",
    "buffer capture_objects capture_period sort_method sort_object entries_in_use profile_entries",
    "reset capture" },
  { 8, "clock",
    "time time_zone status daylight_savings_begin daylight_savings_end daylight_savings_deviation "
    "daylight_savings_enabled clock_base",
    "adjust_to_quarter adjust_to_measuring_period adjust_to_minute adjust_to_preset_time "
    "preset_adjusting_time shift_time" },
  { 9, "script table", "scripts", "execute" },
  { 10, "schedule", "entries", "enable_disable insert delete" },
  { 11, "special days table", "entries", "insert delete" },
  { 15, "association LN",
    "object_list associated_partners_id application_context_name xDLMS_context_info "
    "authentication_mechanism_name secret association_status security_setup_reference user_list "
    "current_user",
    "reply_to_HLS_authentication change_HLS_secret add_object remove_object add_user "
    "remove_user" },
  { 17, "SAP assignment", "SAP_assignment_list", "connect_logical_device" },
  { 18, "image transfer",
    "image_block_size image_transferred_blocks_status image_first_not_transferred_block_number "
    "image_transfer_enabled image_transfer_status image_to_activate_info",
    "image_transfer_initiate image_block_transfer image_verify image_activate" },
  { 19, "IEC local port setup",
    "default_mode default_baud prop_baud response_time device_addr pass_p1 pass_p2 pass_w5", "" },
  { 20, "activity calendar",
    "calendar_name_active season_profile_active week_profile_table_active "
    "day_profile_table_active calendar_name_passive season_profile_passive "
    "week_profile_table_passive day_profile_table_passive activate_passive_calendar_time",
    "activate_passive_calendar" },
  { 21, "register monitor", "thresholds monitored_value actions", "" },
  { 22, "single action schedule", "executed_script type execution_time", "" },
  { 23, "IEC HDLC setup",
    "comm_speed window_size_transmit window_size_receive max_info_field_length_transmit "
    "max_info_field_length_receive inter_octet_time_out inactivity_time_out device_address",
    "" },
  { 40, "push setup",
    "push_object_list send_destination_and_method communication_window "
    "randomisation_start_interval "
    "number_of_retries repetition_delay",
    "push" },
  { 62, "compact data",
    "compact_buffer capture_objects template_id template_description "
    "capture_method",
    "reset capture" },
  { 63, "status mapping", "status_word mapping_table", "" },
  { 64, "security setup",
    "security_policy security_suite client_system_title server_system_title certificates",
    "security_activate key_transfer key_agreement generate_key_pair "
    "generate_certificate_request import_certificate export_certificate remove_certificate" },
  { 65, "parameter monitor", "changed_parameter capture_time parameter_list",
    "add_parameter delete_parameter" },
  { 70, "disconnect control", "output_state control_state control_mode",
    "remote_disconnect remote_reconnect" },
  { 71, "limiter",
    "monitored_value threshold_active threshold_normal threshold_emergency "
    "min_over_threshold_duration min_under_threshold_duration emergency_profile "
    "emergency_profile_group_id_list emergency_profile_active actions",
    "" },
};

static const struct
{
  guint8 number;
  const char *name;
} units[] = {
  { 6, "min" }, { 7, "s" },    { 8, "degree" }, { 9, "degC" }, { 13, "m3" },   { 27, "W" },
  { 28, "VA" }, { 29, "var" }, { 30, "Wh" },    { 31, "VAh" }, { 32, "varh" }, { 33, "A" },
  { 35, "V" },  { 44, "Hz" },  { 56, "%" },     { 255, "" },
};

/* A code whose E counts something is named without it; -1 stands for any E or B. */
static const struct
{
  gint16 a, b, c, d, e;
  const char *name;
} objects[] = {
  { 0, 0, 1, 0, 0, "clock" },
  { 0, 0, 1, 1, 0, "unix time" },
  { 0, 0, 10, 0, 0, "global reset scripts" },
  { 0, 0, 10, 0, 100, "tariff scripts" },
  { 0, 0, 10, 0, 106, "disconnect scripts" },
  { 0, 0, 11, 0, 0, "special days" },
  { 0, 0, 13, 0, 0, "activity calendar" },
  { 0, 0, 17, 0, 0, "limiter" },
  { 0, 0, 20, 0, 0, "local port" },
  { 0, 0, 22, 0, 0, "HDLC setup" },
  { 0, 0, 25, 9, 0, "push setup" },
  { 0, 0, 40, 0, -1, "association" },
  { 0, 0, 41, 0, 0, "SAP assignment" },
  { 0, 0, 42, 0, 0, "logical device name" },
  { 0, 0, 43, 0, -1, "security setup" },
  { 0, 0, 43, 1, -1, "invocation counter" },
  { 0, 0, 44, 0, -1, "image transfer" },
  { 0, 0, 94, 39, -1, "country-specific object of Italy" },
  { 0, 0, 96, 1, 0, "serial number" },
  { 0, 0, 96, 1, 10, "metering point" },
  { 0, 0, 96, 1, -1, "device identity" },
  { 0, 0, 96, 3, 10, "disconnect control" },
  { 0, 0, 96, 5, -1, "status word" },
  { 0, 0, 96, 7, -1, "power failures" },
  { 0, 0, 96, 10, -1, "profile status" },
  { 0, 0, 96, 11, -1, "event code" },
  { 0, 0, 96, 14, -1, "active tariff" },
  { 0, 0, 97, 97, -1, "error word" },
  { 0, 0, 97, 98, -1, "alarm" },
  { 0, 0, 98, 1, -1, "billing values" },
  { 0, 0, 99, 98, -1, "event log" },
  { 1, 0, 0, 0, -1, "electricity identity" },
  { 1, 0, 0, 2, 0, "active firmware" },
  { 1, 0, 0, 2, 8, "firmware signature" },
  { 1, 0, 0, 3, -1, "impulse constant" },
  { 1, 0, 0, 4, 2, "current transformer ratio" },
  { 1, 0, 0, 4, 3, "voltage transformer ratio" },
  { 1, 0, 0, 8, -1, "period" },
  { 1, 0, 98, 1, -1, "billing values" },
  { 1, 0, 98, 2, -1, "daily billing values" },
  { 1, 0, 99, 1, -1, "load profile" },
  { 1, 0, 99, 2, -1, "daily profile" },
  { 1, -1, 1, 2, -1, "cumulated maximum of active power in" },
  { 1, -1, 1, 4, -1, "present average of active power in" },
  { 1, -1, 1, 5, -1, "last average of active power in" },
  { 1, -1, 1, 6, -1, "maximum of active power in" },
  { 1, -1, 2, 6, -1, "maximum of active power out" },
  { 1, -1, 1, 7, -1, "active power in" },
  { 1, -1, 2, 7, -1, "active power out" },
  { 1, -1, 3, 7, -1, "reactive power in" },
  { 1, -1, 4, 7, -1, "reactive power out" },
  { 1, -1, 13, 7, -1, "power factor" },
  { 1, -1, 14, 7, -1, "frequency" },
  { 1, -1, 16, 7, -1, "active power, sum" },
  { 1, -1, 31, 7, -1, "current L1" },
  { 1, -1, 51, 7, -1, "current L2" },
  { 1, -1, 71, 7, -1, "current L3" },
  { 1, -1, 32, 7, -1, "voltage L1" },
  { 1, -1, 52, 7, -1, "voltage L2" },
  { 1, -1, 72, 7, -1, "voltage L3" },
  { 1, -1, 1, 8, -1, "active energy in" },
  { 1, -1, 2, 8, -1, "active energy out" },
  { 1, -1, 3, 8, -1, "reactive energy in" },
  { 1, -1, 4, 8, -1, "reactive energy out" },
  { 1, -1, 5, 8, -1, "reactive energy, quadrant I" },
  { 1, -1, 6, 8, -1, "reactive energy, quadrant II" },
  { 1, -1, 7, 8, -1, "reactive energy, quadrant III" },
  { 1, -1, 8, 8, -1, "reactive energy, quadrant IV" },
  { 1, -1, 9, 8, -1, "apparent energy in" },
  { 1, -1, 15, 8, -1, "active energy, both ways" },
};

static const ClassInfo *
find_class (guint16 class_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (classes[i].id == class_id)
      return &classes[i];
  return NULL;
}

const char *
posa_cosem_class_name (guint16 class_id)
{
  const ClassInfo *info = find_class (class_id);

  return info != NULL ? info->name : NULL;
}

/* Word @n, counted from 0; interned, since the few there are live as long as the program. */
static const char *
pick_word (const char *words, int n)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  return n >= 0 && n < (int) g_strv_length (list) && *list[n] != '\0' ? g_intern_string (list[n])
                                                                      : NULL;
}

const char *
posa_cosem_attribute_name (guint16 class_id, gint8 index)
{
  const ClassInfo *info = find_class (class_id);

  if (index == 1)
    return "logical_name";
  return info != NULL ? pick_word (info->attributes, index - 2) : NULL;
}

const char *
posa_cosem_method_name (guint16 class_id, gint8 index)
{
  const ClassInfo *info = find_class (class_id);

  return info != NULL ? pick_word (info->methods, index - 1) : NULL;
}

const char *
posa_cosem_unit_name (guint8 unit)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].number == unit)
      return units[i].name;
  return NULL;
}

static gboolean
is_like (gint16 pattern, guint8 value)
{
  return pattern < 0 || pattern == value;
}

const char *
posa_cosem_object_name (PosaObis obis)
{
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    if (is_like (objects[i].a, obis.a) && is_like (objects[i].b, obis.b) &&
        is_like (objects[i].c, obis.c) && is_like (objects[i].d, obis.d) &&
        is_like (objects[i].e, obis.e))
      return objects[i].name;
  return NULL;
}
