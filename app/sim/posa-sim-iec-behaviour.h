/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-iec-style.h"
#include "sim/posa-sim-model.h"

G_BEGIN_DECLS

/* How a simulated 1G meter answers a wrong password, --set refusal=NAME. */
typedef enum
{
  POSA_SIM_IEC_REFUSES_BY_BREAK, /* break, and the session is over */
  POSA_SIM_IEC_REFUSES_BY_NAK,   /* nak */
  POSA_SIM_IEC_REFUSES_BY_ERROR, /* error: (ER04) */
  POSA_SIM_IEC_N_REFUSALS
} PosaSimIecRefusal;

/* What differs between makers and stays within the standard. */
typedef struct
{
  PosaSimStyle style; /* --set style=NAME, see posa-sim-iec-style.h */
  PosaSimIecRefusal refusal;
  char *algorithm;  /* --set algorithm=NAME: P2 instead of P1, see posa-iec-secret.h */
  gboolean sleeps;  /* --set wake_up=yes: a battery device, hears nothing before its wake-up */
  guint block_size; /* --set block=N: characters of a partial block in programming mode */
} PosaSimIecBehaviour;

/* Takes its settings out of @setup. USAGE. */
gboolean
posa_sim_iec_behaviour_take (PosaSimIecBehaviour *self, const PosaSimSetup *setup, GError **error);

void posa_sim_iec_behaviour_clear (PosaSimIecBehaviour *self);

G_END_DECLS
