/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-reading.h"

#include "base/posa-clock.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

static void
print_padded (const char *text, int width)
{
  printf ("%s%*s", text, MAX (1, width - (int) g_utf8_strlen (text, -1)), "");
}

static void
print_line (const char *label, const char *value)
{
  fputs ("  ", stdout);
  print_padded (label, 18);
  puts (value != NULL ? value : "-");
}

static void
print_clock (const PosaReadingSet *reading)
{
  g_autofree char *time = posa_time_format (reading->meter_clock_us);
  g_autofree char *text = g_strdup_printf (_ ("%s, %+d s from this device"), time,
                                           (int) posa_reading_set_get_drift_s (reading));

  print_line (_ ("Clock"), reading->meter_clock_us != 0 ? text : NULL);
}

static void
print_status (const PosaReadingSet *reading)
{
  g_autofree char *flags = g_strjoinv (", ", reading->status_flags);
  g_autofree char *text = g_strdup_printf ("%s%s%s",
                                           reading->status_raw != NULL ? reading->status_raw : "-",
                                           *flags != '\0' ? "  " : "", flags);

  print_line (_ ("Status word"), text);
}

static void
print_register (const PosaRegister *reg)
{
  g_autofree char *obis = posa_obis_format (reg->obis);
  g_autofree char *label = posa_register_format_label (reg);
  g_autofree char *value = posa_register_format_value (reg);
  g_autofree char *captured = reg->captured_us != 0 ? posa_time_format (reg->captured_us) : NULL;

  if (captured != NULL) /* to the minute: "2026-11-13T01:30" */
    captured[strlen ("YYYY-MM-DDThh:mm")] = '\0';
  fputs ("  ", stdout);
  print_padded (obis, 18);
  print_padded (label, 14);
  printf ("%*s%s%s%s\n", MAX (0, 18 - (int) g_utf8_strlen (value, -1)), "", value,
          captured != NULL ? "  " : "", captured != NULL ? captured : "");
}

static void
print_registers (GPtrArray *registers)
{
  for (guint i = 0; i < registers->len; i++)
    print_register (g_ptr_array_index (registers, i));
}

static void
print_frozen (const PosaFrozenRegisters *frozen)
{
  g_autofree char *time = posa_time_format (frozen->frozen_us);

  /* TRANSLATORS: registers as they stood at a time, and why: "billing", "switch", ... */
  printf (_ ("\n  Frozen %s (%s)\n"), frozen->frozen_us != 0 ? time : "-",
          posa_freeze_reason_to_string (frozen->reason));
  print_registers (frozen->registers);
}

static char *
format_watts (gint64 watts)
{
  return g_strdup_printf ("%d W", (int) watts);
}

static void
print_tariff (const PosaMeterFacts *facts)
{
  const PosaTariffTable *table = facts->tariff_table;
  g_autofree char *text = g_strdup_printf (_ ("%s, by default T%u, now T%u"), table->id,
                                           table->default_tier, facts->active_tier);

  print_line (_ ("Tariff table"), text);
}

static void
print_limiter (const PosaLimiter *limiter)
{
  g_autoptr (GString) text = g_string_new (limiter->enabled ? _ ("on") : _ ("off"));

  for (guint i = 0; i < limiter->n_steps; i++)
    g_string_append_printf (text, _ ("; above %u.%u %% for %u s"),
                            limiter->steps[i].above_per_mille / 10,
                            limiter->steps[i].above_per_mille % 10, limiter->steps[i].trip_s);
  print_line (_ ("Limiter"), text->str);
}

static void
print_voltage (const PosaVoltageStats *voltage)
{
  g_autofree char *text =
      g_strdup_printf (_ ("%u.%u to %u.%u V, %u.%u %% of the time within 10 %%"),
                       voltage->min_dv / 10, voltage->min_dv % 10, voltage->max_dv / 10,
                       voltage->max_dv % 10, voltage->within_per_mille / 10,
                       voltage->within_per_mille % 10);

  print_line (_ ("Voltage"), text);
}

static void
print_facts (const PosaMeterFacts *facts)
{
  g_autofree char *contract = format_watts (facts->contract_power_w);
  g_autofree char *available = format_watts (facts->available_power_w);
  g_autofree char *now = format_watts (facts->power_w);

  puts ("");
  if (facts->tariff_table != NULL)
    print_tariff (facts);
  if (facts->limiter != NULL)
    print_limiter (facts->limiter);
  if (facts->contract_power_w != 0)
    print_line (_ ("Contractual power"), contract);
  if (facts->available_power_w != 0)
    print_line (_ ("Available power"), available);
  if (facts->has_max_demand)
    print_line (_ ("Maximum demand"), facts->max_demand_enabled ? _ ("on") : _ ("off"));
  if (facts->power_w >= 0)
    print_line (_ ("Power now"), now);
  if (facts->voltage != NULL)
    print_voltage (facts->voltage);
}

static void
print_further (const PosaReadingSet *reading)
{
  if (reading->frozen != NULL)
    print_frozen (reading->frozen);
  if (reading->facts != NULL)
    print_facts (reading->facts);
  for (guint i = 0; i < reading->missing->len; i++)
    {
      const PosaMissingItem *item = g_ptr_array_index (reading->missing, i);
      printf (_ ("  Missing: %s, %s\n"), item->what, item->reason);
    }
}

static void
print_reading (const PosaReadingSet *reading)
{
  const PosaNameplate *meter = &reading->meter;
  const PosaLineStats *line = &reading->line;
  g_autofree char *profile =
      g_strdup_printf (_ ("%s, version %s"), reading->profile_id, reading->profile_version);

  print_line (_ ("Serial number"), meter->serial);
  print_line (_ ("Customer number"), meter->customer_number);
  print_line (_ ("Maker"), meter->manufacturer);
  print_line (_ ("Model"), meter->model);
  print_line (_ ("Kind"), posa_meter_kind_to_string (meter->kind));
  print_line (_ ("Firmware"), meter->firmware);
  print_line (_ ("Profile"), profile);
  print_clock (reading);
  print_status (reading);
  puts ("");
  print_registers (reading->registers);
  print_further (reading);
  /* %llu, as a message with a format macro in it cannot be translated */
  printf (_ ("\n  %llu bytes sent, %llu received, %u retries, %.2f s\n"),
          (unsigned long long) line->bytes_tx, (unsigned long long) line->bytes_rx, line->retries,
          (double) line->wall_us / 1e6);
}

void
posa_cli_print_reading (const PosaReadingSet *reading, gboolean as_json)
{
  g_autofree char *text = as_json ? posa_reading_set_to_text (reading, TRUE) : NULL;

  if (as_json)
    puts (text);
  else
    print_reading (reading);
}
