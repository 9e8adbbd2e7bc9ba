/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-obis.h"
#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

/* Short ways to the COSEM values that the objects of a simulated meter are built of. */

PosaCosemValue *posa_sim_value_octets (const void *data, gsize size);
/* A logical name. */
PosaCosemValue *posa_sim_value_name (PosaObis obis);
/* {class, logical name, attribute}: what a limiter or a register monitor watches. */
PosaCosemValue *posa_sim_value_watched (guint16 class_id, PosaObis obis, gint8 attribute);
/* {logical name of a script table, script}. */
PosaCosemValue *posa_sim_value_script (PosaObis table, guint16 script);
PosaCosemValue *posa_sim_value_scaler (int scaler, int unit);
/* A date-time of which nothing is specified. */
PosaCosemValue *posa_sim_value_no_time (void);
/* Takes all items. */
PosaCosemValue *posa_sim_value_container (PosaCosemTag tag, guint n, PosaCosemValue *const *items);

#define POSA_SIM_VALUE_STRUCTURE(...)                                                              \
  posa_sim_value_container (POSA_COSEM_STRUCTURE,                                                  \
                            sizeof ((PosaCosemValue *[]) { __VA_ARGS__ }) /                        \
                                sizeof (PosaCosemValue *),                                         \
                            (PosaCosemValue *[]) { __VA_ARGS__ })
#define POSA_SIM_VALUE_ARRAY(...)                                                                  \
  posa_sim_value_container (                                                                       \
      POSA_COSEM_ARRAY, sizeof ((PosaCosemValue *[]) { __VA_ARGS__ }) / sizeof (PosaCosemValue *), \
      (PosaCosemValue *[]) { __VA_ARGS__ })

G_END_DECLS
