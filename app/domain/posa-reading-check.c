/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "domain/posa-reading-check.h"

#include "domain/posa-pod.h"

#include <glib/gi18n-lib.h>

/* A customer may draw more than the available power for hours before the limiter opens
 * (domain.md 2.5); one and a half times is beyond every curve. */
#define EXCESS_NUMERATOR   3
#define EXCESS_DENOMINATOR 2

#define DRIFT_MAX_S     300
#define DEFAULT_MODULUS G_GINT64_CONSTANT (1000000000) /* six digits of kWh */
#define MAX_POWER_W     G_GINT64_CONSTANT (10000000)
#define MAX_ELAPSED_S   G_GINT64_CONSTANT (10000000000)

static const char *const code_names[POSA_N_FINDINGS] = {
  [POSA_FINDING_WRONG_SERIAL] = "wrong-serial",
  [POSA_FINDING_WRONG_CUSTOMER_NUMBER] = "wrong-customer-number",
  [POSA_FINDING_WRONG_KIND] = "wrong-kind",
  [POSA_FINDING_REGISTER_MISSING] = "register-missing",
  [POSA_FINDING_BELOW_BILLING] = "below-billing",
  [POSA_FINDING_IMPLAUSIBLE_JUMP] = "implausible-jump",
  [POSA_FINDING_BANDS_DISAGREE] = "bands-disagree",
  [POSA_FINDING_DEMAND_TOO_HIGH] = "demand-too-high",
  [POSA_FINDING_CLOCK_DRIFT] = "clock-drift",
  [POSA_FINDING_STATUS_FLAGS] = "status-flags",
};

const char *
posa_finding_code_to_string (PosaFindingCode self)
{
  g_return_val_if_fail (self < POSA_N_FINDINGS, "");
  return code_names[self];
}

void
posa_finding_free (PosaFinding *self)
{
  g_free (self->text);
  g_free (self);
}

/* Takes @text. */
static PosaFinding *
add (GPtrArray *findings, PosaFindingCode code, PosaSeverity severity, char *text)
{
  PosaFinding *self = g_new0 (PosaFinding, 1);

  self->code = code;
  self->severity = severity;
  self->text = text;
  g_ptr_array_add (findings, self);
  return self;
}

static void
add_at (GPtrArray *findings,
        PosaFindingCode code,
        PosaSeverity severity,
        char *text,
        PosaQuantity quantity,
        guint tier)
{
  PosaFinding *self = add (findings, code, severity, text);

  self->quantity = quantity;
  self->tier = tier;
}

static int
worst_first_cb (gconstpointer a, gconstpointer b)
{
  const PosaFinding *x = *(PosaFinding *const *) a;
  const PosaFinding *y = *(PosaFinding *const *) b;

  return (int) y->severity - (int) x->severity;
}

static GPtrArray *
findings_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) posa_finding_free);
}

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : _ ("nothing");
}

static void
check_customer_number (GPtrArray *findings, const char *read, const PosaWorkOrder *order)
{
  if (read == NULL)
    add (findings, POSA_FINDING_WRONG_CUSTOMER_NUMBER, POSA_SEVERITY_WARNING,
         g_strdup (_ ("The meter does not tell its customer number")));
  else if (g_strcmp0 (read, order->customer_number) != 0)
    add (findings, POSA_FINDING_WRONG_CUSTOMER_NUMBER, POSA_SEVERITY_STOP,
         g_strdup_printf (_ ("Customer number %s, the order says %s"), read,
                          or_nothing (order->customer_number)));
  /* Known of the meters of this distributor only (domain.md 2.3). */
  else if (g_str_has_prefix (order->pod, "IT001E") &&
           !posa_pod_matches_customer_number (order->pod, read))
    add (findings, POSA_FINDING_WRONG_CUSTOMER_NUMBER, POSA_SEVERITY_STOP,
         g_strdup_printf (_ ("Customer number %s does not belong to POD %s"), read, order->pod));
}

GPtrArray *
posa_reading_check_identity (const PosaReadingSet *reading, const PosaWorkOrder *order)
{
  GPtrArray *findings = findings_new ();

  if (g_strcmp0 (reading->meter.serial, order->old_serial) != 0)
    add (findings, POSA_FINDING_WRONG_SERIAL, POSA_SEVERITY_STOP,
         g_strdup_printf (_ ("Serial number %s, the order says %s"),
                          or_nothing (reading->meter.serial), or_nothing (order->old_serial)));
  check_customer_number (findings, reading->meter.customer_number, order);
  if (reading->meter.kind != order->old_kind)
    add (findings, POSA_FINDING_WRONG_KIND, POSA_SEVERITY_STOP,
         g_strdup_printf (_ ("Meter of kind %s, the order says %s"),
                          posa_meter_kind_to_string (reading->meter.kind),
                          posa_meter_kind_to_string (order->old_kind)));
  g_ptr_array_sort (findings, worst_first_cb);
  return findings;
}

/* domain.md F-1. */
static gboolean
is_required (PosaMeterKind kind, PosaQuantity quantity, guint tier)
{
  gboolean three_phase = kind == POSA_METER_KIND_M3 || kind == POSA_METER_KIND_M3B;
  gboolean both_ways = kind == POSA_METER_KIND_M1B || kind == POSA_METER_KIND_M3B;

  if (!posa_meter_kind_is_first_generation (kind))
    return quantity == POSA_QUANTITY_ACTIVE_IMPORT && tier == 0;
  switch (quantity)
    {
    case POSA_QUANTITY_ACTIVE_IMPORT:
      return TRUE;
    case POSA_QUANTITY_ACTIVE_EXPORT:
      return both_ways;
    case POSA_QUANTITY_REACTIVE_IMPORT:
      return three_phase;
    case POSA_QUANTITY_MAX_DEMAND_IMPORT:
      return tier > 0;
    case POSA_QUANTITY_REACTIVE_EXPORT:
    case POSA_N_QUANTITIES:
    default:
      return FALSE;
    }
}

static void
check_present (GPtrArray *findings,
               const PosaReadingSet *reading,
               PosaQuantity quantity,
               guint tier)
{
  PosaRegister wanted = { .quantity = quantity, .tier = tier };
  /* The display shows the maxima only where they are enabled (Art. 4.2 j). */
  gboolean may_lack = reading->method == POSA_READING_DISPLAY &&
                      quantity == POSA_QUANTITY_MAX_DEMAND_IMPORT;

  if (!is_required (reading->meter.kind, quantity, tier) ||
      posa_registers_find (reading->registers, quantity, tier) != NULL)
    return;
  g_autofree char *label = posa_register_format_label (&wanted);
  add_at (findings, POSA_FINDING_REGISTER_MISSING,
          may_lack ? POSA_SEVERITY_WARNING : POSA_SEVERITY_STOP,
          g_strdup_printf (_ ("%s was not read"), label), quantity, tier);
}

/* Where the counter starts again from zero: the digits that the meter gave, when its text really
 * is the value; else six digits of kWh (domain.md invariant 6). */
static gint64
get_modulus (const PosaRegister *reg)
{
  const char *bracket = reg->raw != NULL ? strrchr (reg->raw, '(') : NULL;
  const char *p = bracket != NULL ? bracket + 1 : reg->raw;
  gint64 number = 0;
  gint64 weight = reg->resolution;
  guint digits = 0;

  for (; p != NULL && (g_ascii_isdigit (*p) || *p == '.') && digits <= 9; p++)
    if (*p != '.')
      {
        number = number * 10 + (*p - '0');
        weight *= 10;
        digits++;
      }
  if (digits < 4 || digits > 9 || number * reg->resolution != reg->value)
    return DEFAULT_MODULUS;
  return weight;
}

/* The most that can have been counted in @elapsed_us at this usage point; -1 when unknown. */
static gint64
get_energy_limit (const PosaWorkOrder *order, gint64 taken_us)
{
  gint64 elapsed_s = (taken_us - order->last_billing_us) / G_USEC_PER_SEC;
  gint64 power = CLAMP (order->available_power_w, 0, MAX_POWER_W);

  if (order->last_billing_us == 0 || elapsed_s < 0 || power == 0)
    return -1;
  return power * MIN (elapsed_s, MAX_ELAPSED_S) / 3600 * EXCESS_NUMERATOR / EXCESS_DENOMINATOR;
}

static char *
format_change (const char *what, const PosaRegister *last, const PosaRegister *now)
{
  g_autofree char *label = posa_register_format_label (now);
  g_autofree char *before = posa_register_format_value (last);
  g_autofree char *after = posa_register_format_value (now);

  /* TRANSLATORS: register, what is odd, value at the last billing, value now */
  return g_strdup_printf (_ ("%s: %s (last billing %s, now %s)"), label, what, before, after);
}

static void
check_progress (GPtrArray *findings,
                const PosaReadingSet *reading,
                const PosaWorkOrder *order,
                const PosaRegister *last)
{
  const PosaRegister *now = posa_registers_find (reading->registers, last->quantity, last->tier);
  gint64 limit = get_energy_limit (order, reading->taken_us);

  if (now == NULL)
    return;
  gint64 resolution = MAX (now->resolution, last->resolution);
  gint64 growth = now->value - last->value;
  gboolean below = growth < 0;
  if (below)
    growth += get_modulus (now);
  gboolean plausible = growth >= 0 && limit >= 0 && growth <= limit + resolution;

  if (below && !plausible)
    add_at (findings, POSA_FINDING_BELOW_BILLING, POSA_SEVERITY_STOP,
            format_change (_ ("lower than the last billing"), last, now), now->quantity, now->tier);
  else if (below)
    add_at (findings, POSA_FINDING_BELOW_BILLING, POSA_SEVERITY_INFO,
            format_change (_ ("the counter went past its end to zero"), last, now), now->quantity,
            now->tier);
  else if (limit >= 0 && !plausible)
    add_at (findings, POSA_FINDING_IMPLAUSIBLE_JUMP, POSA_SEVERITY_WARNING,
            format_change (_ ("more than this supply can have drawn"), last, now), now->quantity,
            now->tier);
}

static gboolean
is_in_use (const PosaRegister *reg, const PosaTariffTable *table)
{
  if (reg->value != 0 || table == NULL)
    return TRUE;
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    for (guint i = 0; i < table->n_intervals[day]; i++)
      if (table->intervals[day][i].tier == reg->tier)
        return TRUE;
  return FALSE;
}

/* Total minus bands, and how far truncation alone can put it below and above what it truly is. */
typedef struct
{
  gint64 difference;
  gint64 below, above;
  gint64 modulus;
  guint n_bands;
} Bands;

/* FALSE when there is no total or no band. */
static gboolean
sum_bands (GPtrArray *registers, PosaQuantity quantity, const PosaTariffTable *table, Bands *out)
{
  const PosaRegister *total = posa_registers_find (registers, quantity, 0);

  if (total == NULL)
    return FALSE;
  *out = (Bands) { total->value, total->resolution - 1, 0, get_modulus (total), 0 };
  for (guint tier = 1; tier <= POSA_REGISTER_MAX_TIER; tier++)
    {
      const PosaRegister *band = posa_registers_find (registers, quantity, tier);

      if (band == NULL)
        continue;
      out->n_bands++;
      out->difference -= band->value;
      if (is_in_use (band, table))
        out->above += band->resolution - 1;
    }
  return out->n_bands > 0;
}

/* domain.md invariant 7. With one resolution r for all, -(r-1) <= d <= n(r-1) for a multiple d of r
 * is 0 <= d <= (n-1)r. Bands that were started later than the total leave a constant difference,
 * which the last billing shows. */
static gboolean
bands_agree (const Bands *now, const Bands *billing)
{
  gint64 d = now->difference;

  /* The total wraps before its bands do. */
  if (d < -now->below)
    d += now->modulus;
  if (d >= -now->below && d <= now->above)
    return TRUE;
  if (billing == NULL || billing->n_bands != now->n_bands || billing->difference <= now->above)
    return FALSE;
  return ABS (d - billing->difference) <= now->above + now->below;
}

static void
check_bands (GPtrArray *findings,
             const PosaReadingSet *reading,
             const PosaWorkOrder *order,
             PosaQuantity quantity)
{
  Bands now, billing;

  if (!sum_bands (reading->registers, quantity, order->tariff_table, &now))
    return;
  gboolean has_billing = sum_bands (order->last_billing, quantity, order->tariff_table, &billing);
  if (bands_agree (&now, has_billing ? &billing : NULL))
    return;
  PosaRegister total = *posa_registers_find (reading->registers, quantity, 0);
  PosaRegister sum = total;
  sum.value = total.value - now.difference;
  sum.resolution = 1;
  g_autofree char *label = posa_register_format_label (&total);
  g_autofree char *total_text = posa_register_format_value (&total);
  g_autofree char *sum_text = posa_register_format_value (&sum);
  add_at (findings, POSA_FINDING_BANDS_DISAGREE, POSA_SEVERITY_STOP,
          g_strdup_printf (_ ("%s is %s, but its bands add up to %s"), label, total_text, sum_text),
          quantity, 0);
}

static void
check_demand (GPtrArray *findings, const PosaRegister *reg, const PosaWorkOrder *order)
{
  gint64 limit =
      CLAMP (order->available_power_w, 0, MAX_POWER_W) * EXCESS_NUMERATOR / EXCESS_DENOMINATOR;

  if (reg->quantity != POSA_QUANTITY_MAX_DEMAND_IMPORT || limit == 0 || reg->value <= limit)
    return;
  g_autofree char *label = posa_register_format_label (reg);
  g_autofree char *value = posa_register_format_value (reg);
  add_at (findings, POSA_FINDING_DEMAND_TOO_HIGH, POSA_SEVERITY_WARNING,
          g_strdup_printf (_ ("%s: %s is more than this supply can draw"), label, value),
          reg->quantity, reg->tier);
}

static void
check_condition (GPtrArray *findings, const PosaReadingSet *reading)
{
  gint64 drift_s = posa_reading_set_get_drift_s (reading);

  if (ABS (drift_s) > DRIFT_MAX_S)
    {
      g_autofree char *drift = g_strdup_printf ("%+" G_GINT64_FORMAT, drift_s);

      add (findings, POSA_FINDING_CLOCK_DRIFT, POSA_SEVERITY_INFO,
           g_strdup_printf (_ ("The meter's clock is off by %s s"), drift));
    }
  if (reading->status_flags[0] != NULL)
    {
      g_autofree char *flags = g_strjoinv (", ", reading->status_flags);

      add (findings, POSA_FINDING_STATUS_FLAGS, POSA_SEVERITY_WARNING,
           g_strdup_printf (_ ("The meter signals: %s"), flags));
    }
}

GPtrArray *
posa_reading_check_registers (const PosaReadingSet *reading, const PosaWorkOrder *order)
{
  GPtrArray *findings = findings_new ();

  for (PosaQuantity quantity = 0; quantity < POSA_N_QUANTITIES; quantity++)
    {
      for (guint tier = 0; tier <= 4; tier++)
        check_present (findings, reading, quantity, tier);
      if (quantity != POSA_QUANTITY_MAX_DEMAND_IMPORT)
        check_bands (findings, reading, order, quantity);
    }
  for (guint i = 0; i < order->last_billing->len; i++)
    {
      const PosaRegister *last = g_ptr_array_index (order->last_billing, i);

      /* A maximum starts again with each billing. */
      if (last->quantity != POSA_QUANTITY_MAX_DEMAND_IMPORT)
        check_progress (findings, reading, order, last);
    }
  for (guint i = 0; i < reading->registers->len; i++)
    check_demand (findings, g_ptr_array_index (reading->registers, i), order);
  check_condition (findings, reading);
  g_ptr_array_sort (findings, worst_first_cb);
  return findings;
}

char *
posa_findings_to_text (GPtrArray *findings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", finding->text);
    }
  return g_string_free_and_steal (text);
}
