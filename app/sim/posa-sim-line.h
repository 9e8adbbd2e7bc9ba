/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-faults.h"

G_BEGIN_DECLS

/* The meter's end of the optical line: a pseudo-terminal's master, at the pace of the real line.
 *
 * The client's speed is read from its terminal settings; while it differs from the meter's, both
 * sides see garbage, as on the wire. A pseudo-terminal carries eight bits without parity, so in
 * 7E1 the parity bit is made and checked in software. A client that hangs up is silence, and so is
 * a device that is unplugged; after a second it is there again, as another pseudo-terminal. */
typedef struct _PosaSimLine PosaSimLine;

typedef struct
{
  const char *link_path; /* made a symbolic link to the slave; removed by posa_sim_line_free() */
  gboolean pace;         /* bytes take the time of the line; otherwise none */
  gboolean echo;         /* the optical head sends the client's bytes back */
  PosaSimFaultOptions faults;
  void (*dump) (gpointer data); /* called on SIGUSR1, inside a read or a wait */
  gpointer dump_data;
} PosaSimLineOptions;

/* Takes SIGTERM, SIGINT, SIGHUP (stop) and SIGUSR1 (dump) of the process. Options are copied, the
 * strings and dump_data borrowed. */
PosaSimLine *posa_sim_line_new (const PosaSimLineOptions *options, GError **error);
void posa_sim_line_free (PosaSimLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSimLine, posa_sim_line_free)

/* Speed of the meter's side, and 7E1 instead of 8N1. Starts at 300 7E1. */
void posa_sim_line_set_speed (PosaSimLine *self, guint baud, gboolean seven_even);

#define POSA_SIM_SILENCE (-1)
#define POSA_SIM_STOPPED (-2)

/* The next byte from the client, after its stop bit; in 7E1 its seven bits, 0 for a damaged one.
 * POSA_SIM_SILENCE when none began within @timeout_us (negative: wait for ever), POSA_SIM_STOPPED
 * when the process shall end. */
int posa_sim_line_read (PosaSimLine *self, gint64 timeout_us);
/* Sends @size bytes; returns after the last stop bit. */
void posa_sim_line_write (PosaSimLine *self, const void *data, gsize size);
/* The reaction time of a meter; FALSE when the process shall end. */
gboolean posa_sim_line_wait (PosaSimLine *self, gint64 us);
/* Without pace the client may still be busy changing its speed: waits until both agree, but no
 * longer than @timeout_us. Does nothing with pace, where the client has to be in time. */
void posa_sim_line_wait_for_speed (PosaSimLine *self, gint64 timeout_us);
gboolean posa_sim_line_is_stopped (PosaSimLine *self);
/* Whether @pace was asked for: without it reaction times are short too. */
gboolean posa_sim_line_has_pace (PosaSimLine *self);

G_END_DECLS
