/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "domain/posa-register.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

typedef struct
{
  const char *name;
  const char *unit;
  const char *big_unit; /* for people */
  const char *sign;
} QuantityInfo;

static const QuantityInfo infos[POSA_N_QUANTITIES] = {
  [POSA_QUANTITY_ACTIVE_IMPORT] = { "active_import", "Wh", "kWh", "A+" },
  [POSA_QUANTITY_ACTIVE_EXPORT] = { "active_export", "Wh", "kWh", "A-" },
  [POSA_QUANTITY_REACTIVE_IMPORT] = { "reactive_import", "varh", "kvarh", "R+" },
  [POSA_QUANTITY_REACTIVE_EXPORT] = { "reactive_export", "varh", "kvarh", "R-" },
  [POSA_QUANTITY_MAX_DEMAND_IMPORT] = { "max_demand_import", "W", "kW", "P max" },
};

const char *
posa_quantity_to_string (PosaQuantity self)
{
  g_return_val_if_fail (self < POSA_N_QUANTITIES, "");
  return infos[self].name;
}

gboolean
posa_quantity_from_string (const char *text, PosaQuantity *out)
{
  for (guint i = 0; i < POSA_N_QUANTITIES; i++)
    if (g_strcmp0 (text, infos[i].name) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

const char *
posa_quantity_get_unit (PosaQuantity self)
{
  g_return_val_if_fail (self < POSA_N_QUANTITIES, "");
  return infos[self].unit;
}

char *
posa_register_format_label (const PosaRegister *self)
{
  const char *sign = infos[self->quantity].sign;

  if (self->tier == 0)
    /* TRANSLATORS: a register that counts in all time bands, "A+ total" */
    return g_strdup_printf (_ ("%s total"), sign);
  return g_strdup_printf ("%s T%u", sign, self->tier);
}

/* Decimals of the thousandfold unit that the meter really gave. */
static int
count_decimals (gint64 resolution)
{
  int decimals = 3;

  for (gint64 weight = 10; weight <= resolution && decimals > 0; weight *= 10)
    decimals--;
  return decimals;
}

char *
posa_register_format_value (const PosaRegister *self)
{
  static const int weights[] = { 1000, 100, 10, 1 };
  int decimals = count_decimals (self->resolution);
  gint64 whole = self->value / 1000;
  int rest = (int) ABS (self->value % 1000) / weights[decimals];
  const char *minus = self->value < 0 && whole == 0 ? "-" : "";
  const char *unit = infos[self->quantity].big_unit;

  if (decimals == 0)
    return g_strdup_printf ("%s%'" G_GINT64_FORMAT " %s", minus, whole, unit);
  return g_strdup_printf ("%s%'" G_GINT64_FORMAT "%s%0*d %s", minus, whole,
                          localeconv ()->decimal_point, decimals, rest, unit);
}
