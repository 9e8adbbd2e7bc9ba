/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-frozen-registers.h"
#include "domain/posa-load-profile.h"
#include "domain/posa-meter-facts.h"
#include "sim/posa-sim-model.h"

G_BEGIN_DECLS

/* Bad behaviour on purpose, --set fault=NAME or NAME:NUMBER. */
typedef enum
{
  POSA_SIM_1G_GOOD,
  POSA_SIM_1G_BAD_BCC,  /* bcc:N, the next N data messages carry a wrong block check */
  POSA_SIM_1G_SILENT,   /* silent */
  POSA_SIM_1G_GARBAGE,  /* garbage: answers the request with noise */
  POSA_SIM_1G_LATE,     /* late:MS, the first answer in programming mode comes so late */
  POSA_SIM_1G_STAY_300, /* stay300: goes on at 300 baud after the acknowledgement */
  POSA_SIM_1G_CUT_OFF,  /* cut:N, falls silent after N characters of a data message */
  POSA_SIM_1G_N_FAULTS
} PosaSim1gFault;

/* What a kind must hold beyond A+ and maximum demand (delibera 292/06, Art. 4 to 7). */
typedef struct
{
  const char *name, *identification;
  gboolean exports, reactive;
} PosaSim1gKind;

/* The simulated meter. It knows IEC 62056-21 mode C; the proprietary protocol on the port of the
 * distributor's 1G meters is not public.
 *
 * Everything follows from the seed and fits together: the hours of the profile since the registers
 * were frozen are, band by band of the tariff table, what the registers have counted since. */
typedef struct
{
  const PosaSim1gKind *kind;
  guint64 seed;
  char *identification; /* between '/' and CR LF */
  char *serial, *customer_number, *firmware;
  char *password;
  char *omitted;        /* code left out of the data block, NULL for none */
  GHashTable *replaced; /* code -> text with parentheses given in place of the value */
  gint64 clock_offset_us;
  guint32 status;
  gboolean relay_open;
  GPtrArray *registers; /* PosaRegister */
  PosaFrozenRegisters *frozen;
  guint freezes; /* how often they were frozen: the number behind the code of a frozen value */
  PosaMeterFacts *facts;
  GArray *holidays; /* PosaHoliday, that the table of Sundays holds for */
  PosaLoadProfile *profile;
  gint64 reaction_us;
  gint64 inactivity_us;
  PosaSim1gFault fault;
  guint fault_number;
  guint sessions, readouts, passwords, wrong_passwords, writes, profile_rows;
} PosaSim1g;

/* Settings beside those of the plate: "register.CODE", "tariff.1" to "tariff.7" as
 * "0000-3,0700-2", "default_tier", "profile_gap=FIRST:COUNT" for hours without supply, "omit=CODE",
 * and "value.CODE=(TEXT)" for what the meter shall say instead. */
PosaSim1g *posa_sim_1g_new (const PosaSimSetup *setup, GError **error);
void posa_sim_1g_free (PosaSim1g *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSim1g, posa_sim_1g_free)

gint64 posa_sim_1g_get_clock (PosaSim1g *self); /* µs UTC */

/* The data block of the readout, up to and with "!" CR LF: identity and totals first, all but the
 * load profile. Free with g_free(). */
char *posa_sim_1g_format_readout (PosaSim1g *self);
/* The value of @code in parentheses, unit and all; NULL when there is no such code. */
char *posa_sim_1g_format_value (PosaSim1g *self, const char *code);
/* The load profile, log book or the like @code as a whole answer "CODE(…)…", @argument being what
 * stood in the parentheses of the question; NULL when there is none. Free with g_free(). */
char *posa_sim_1g_format_profile (PosaSim1g *self, const char *code, const char *argument);
/* FALSE when @code cannot be written or @value is wrong. */
gboolean posa_sim_1g_write (PosaSim1g *self, const char *code, const char *value);

void posa_sim_1g_dump (PosaSim1g *self, JsonBuilder *builder);

G_END_DECLS
