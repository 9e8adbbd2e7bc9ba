/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-1g-state.h"
#include "sim/posa-sim-iec-behaviour.h"
#include "sim/posa-sim-sign-on.h"

G_BEGIN_DECLS

/* One 1G meter on one line: messages of IEC 62056-21, the device's side. */
typedef struct
{
  PosaSim1g *meter;
  PosaSimIecBehaviour behaviour;
  PosaSimLine *line;
  GByteArray *last; /* message sent, for a client that wants it again */
  int pushed_back;  /* a character read too early, or POSA_SIM_SILENCE */
} PosaSimIec;

/* The next character, as posa_sim_line_read(). */
int posa_sim_iec_read (PosaSimIec *self, gint64 timeout_us);
void posa_sim_iec_push_back (PosaSimIec *self, int character);

/* The reaction time of the meter. */
void posa_sim_iec_react (PosaSimIec *self);
/* These react first, and remember what they send. */
void posa_sim_iec_send (PosaSimIec *self, const GByteArray *message);
void posa_sim_iec_send_block (PosaSimIec *self, const char *content);
void posa_sim_iec_send_partial_block (PosaSimIec *self, const char *content);
void posa_sim_iec_send_byte (PosaSimIec *self, guint8 byte);
/* The last message once more. */
void posa_sim_iec_repeat (PosaSimIec *self);

/* Programming mode, from P0 to the break or the end of the client's patience
 * (posa-sim-iec-programming.c). */
void posa_sim_iec_serve_programming (PosaSimIec *self);

G_END_DECLS
