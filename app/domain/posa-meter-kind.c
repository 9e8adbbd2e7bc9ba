/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-meter-kind.h"

typedef struct
{
  const char *name;
  guint n_registers;
  gboolean first_generation;
  PosaMeterKind successor;
} KindInfo;

static const KindInfo infos[POSA_N_METER_KINDS] = {
  [POSA_METER_KIND_M1] = { "m1", 9, TRUE, POSA_METER_KIND_G2_SINGLE },
  [POSA_METER_KIND_M1B] = { "m1b", 14, TRUE, POSA_METER_KIND_G2_SINGLE },
  [POSA_METER_KIND_M3] = { "m3", 14, TRUE, POSA_METER_KIND_G2_THREE },
  [POSA_METER_KIND_M3B] = { "m3b", 19, TRUE, POSA_METER_KIND_G2_THREE },
  [POSA_METER_KIND_G2_SINGLE] = { "2g-1", 0, FALSE, POSA_METER_KIND_G2_SINGLE },
  [POSA_METER_KIND_G2_THREE] = { "2g-3", 0, FALSE, POSA_METER_KIND_G2_THREE },
  [POSA_METER_KIND_GENERIC] = { "generic", 0, FALSE, POSA_METER_KIND_G2_SINGLE },
};

const char *
posa_meter_kind_to_string (PosaMeterKind kind)
{
  g_return_val_if_fail (kind < POSA_N_METER_KINDS, "");
  return infos[kind].name;
}

gboolean
posa_meter_kind_from_string (const char *text, PosaMeterKind *out)
{
  for (guint i = 0; i < POSA_N_METER_KINDS; i++)
    if (g_strcmp0 (text, infos[i].name) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

guint
posa_meter_kind_get_n_registers (PosaMeterKind kind)
{
  g_return_val_if_fail (kind < POSA_N_METER_KINDS, 0);
  return infos[kind].n_registers;
}

gboolean
posa_meter_kind_is_first_generation (PosaMeterKind kind)
{
  g_return_val_if_fail (kind < POSA_N_METER_KINDS, FALSE);
  return infos[kind].first_generation;
}

PosaMeterKind
posa_meter_kind_get_successor (PosaMeterKind kind)
{
  g_return_val_if_fail (kind < POSA_N_METER_KINDS, POSA_METER_KIND_G2_SINGLE);
  return infos[kind].successor;
}
