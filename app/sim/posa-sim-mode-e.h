/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-model.h"
#include "sim/posa-sim-sign-on.h"

G_BEGIN_DECLS

/* The meter's side of mode E (IEC 62056-21, annex E): a meter that speaks HDLC behind a sign-on at
 * 300 baud, or one that speaks it at once. */
typedef enum
{
  POSA_SIM_CONFIRMS_WHOLE,  /* the option comes back at the new speed */
  POSA_SIM_CONFIRMS_PIECES, /* … with pauses in it */
  POSA_SIM_CONFIRMS_NOT,    /* … not at all: HDLC at once, as some old devices do */
  POSA_SIM_N_CONFIRMATIONS
} PosaSimConfirmation;

typedef struct
{
  gboolean signs_on;                /* --set start=mode-e; direct otherwise */
  PosaSimConfirmation confirmation; /* --set confirmation=whole, pieces or missing */
  char *identification;             /* --set identification=, between '/' and CR LF */
  PosaSimDevice device;
} PosaSimModeE;

/* Takes its settings out of @setup, for the meter @serial. USAGE. */
gboolean posa_sim_mode_e_take (PosaSimModeE *self,
                               const PosaSimSetup *setup,
                               const char *serial,
                               GError **error);
void posa_sim_mode_e_clear (PosaSimModeE *self);

/* Serves the sign-on until a client has chosen HDLC; the line is then
 * at 8N1. A meter that does not sign on takes @baud at once. FALSE when the process shall end. */
gboolean posa_sim_mode_e_await_hdlc (const PosaSimModeE *self, PosaSimLine *line, guint baud);

G_END_DECLS
