/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What goes wrong on a simulated line. Everything by chance follows from the seed. */
typedef struct
{
  guint64 seed;
  double noise, lose, insert; /* chance of each byte, either way: one bit flips, it gets lost, one
                               * that nobody sent comes before it */
  double late;                /* chance of each answer to begin later than clients wait */
  guint hole_ms;              /* nothing passes for so long … */
  guint64 hole_at; /* … from the meter's byte of this number on, counted from 1; 0 = never */
  guint split_ms;  /* the converter delivers to the client in bursts, so long apart; 0 = at once */
  guint64 unplug_at; /* with this byte, of either side, the device is gone; 0 = never */
} PosaSimFaultOptions;

/* The dice. */
typedef struct _PosaSimFaults PosaSimFaults;

PosaSimFaults *posa_sim_faults_new (const PosaSimFaultOptions *options);
void posa_sim_faults_free (PosaSimFaults *self);

/* What becomes of @byte on its way: the number of bytes that arrive, in @out. @same_speed: the two
 * sides agree; otherwise what arrives is any byte. */
gsize posa_sim_faults_carry (PosaSimFaults *self, guint8 byte, gboolean same_speed, guint8 out[2]);
gboolean posa_sim_faults_is_late (PosaSimFaults *self);
/* How many bytes, from 1 to @most, the next burst has. */
gsize posa_sim_faults_get_burst (PosaSimFaults *self, gsize most);

G_END_DECLS
