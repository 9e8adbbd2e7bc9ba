/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-value.h"

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

PosaCosemValue *
posa_sim_value_octets (const void *data, gsize size)
{
  return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, data, size);
}

PosaCosemValue *
posa_sim_value_name (PosaObis obis)
{
  const guint8 bytes[] = { obis.a, obis.b, obis.c, obis.d, obis.e, obis.f };

  return posa_sim_value_octets (bytes, sizeof bytes);
}

PosaCosemValue *
posa_sim_value_watched (guint16 class_id, PosaObis obis, gint8 attribute)
{
  return POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_UINT16, class_id),
                                   posa_sim_value_name (obis),
                                   integer (POSA_COSEM_INT8, attribute));
}

PosaCosemValue *
posa_sim_value_script (PosaObis table, guint16 script)
{
  return POSA_SIM_VALUE_STRUCTURE (posa_sim_value_name (table),
                                   integer (POSA_COSEM_UINT16, script));
}

PosaCosemValue *
posa_sim_value_scaler (int scaler, int unit)
{
  return POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_INT8, scaler),
                                   integer (POSA_COSEM_ENUM, unit));
}

PosaCosemValue *
posa_sim_value_no_time (void)
{
  static const guint8 unset[12] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                    0xFF, 0xFF, 0xFF, 0x80, 0x00, 0xFF };

  return posa_sim_value_octets (unset, sizeof unset);
}

PosaCosemValue *
posa_sim_value_container (PosaCosemTag tag, guint n, PosaCosemValue *const *items)
{
  PosaCosemValue *value = posa_cosem_value_new_container (tag);

  for (guint i = 0; i < n; i++)
    posa_cosem_value_append (value, items[i]);
  return value;
}
