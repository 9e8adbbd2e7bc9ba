/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Kinds of delibera 292/06: M1 single-phase (Art. 4), M1B bidirectional (Art. 5), M3 three-phase
 * (Art. 6), M3B three-phase bidirectional (Art. 7). G2 are second-generation meters. */
typedef enum
{
  POSA_METER_KIND_M1,
  POSA_METER_KIND_M1B,
  POSA_METER_KIND_M3,
  POSA_METER_KIND_M3B,
  POSA_METER_KIND_G2_SINGLE, /* "2g-1" */
  POSA_METER_KIND_G2_THREE,  /* "2g-3" */
  POSA_METER_KIND_GENERIC,   /* "generic": read by a profile for any maker; fits no order */
  POSA_N_METER_KINDS
} PosaMeterKind;

const char *posa_meter_kind_to_string (
    PosaMeterKind kind); /* "m1", "m1b", "m3", "m3b", "2g-1", "2g-3", "generic"; static */
gboolean posa_meter_kind_from_string (const char *text, PosaMeterKind *out);
/* Number of current registers that the kind must hold: 9, 14, 14, 19 (domain.md F-1); 2G: 7 per
 * direction of energy that the profile requires, 0 = not fixed here. */
guint posa_meter_kind_get_n_registers (PosaMeterKind kind);
gboolean posa_meter_kind_is_first_generation (PosaMeterKind kind);
/* The 2G kind that replaces a 1G kind. */
PosaMeterKind posa_meter_kind_get_successor (PosaMeterKind kind);

G_END_DECLS
