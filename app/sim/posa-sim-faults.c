/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-faults.h"

struct _PosaSimFaults
{
  PosaSimFaultOptions options;
  GRand *rand;
};

PosaSimFaults *
posa_sim_faults_new (const PosaSimFaultOptions *options)
{
  PosaSimFaults *self = g_new0 (PosaSimFaults, 1);

  self->options = *options;
  self->rand = g_rand_new_with_seed ((guint32) (options->seed ^ (options->seed >> 32)));
  return self;
}

void
posa_sim_faults_free (PosaSimFaults *self)
{
  g_rand_free (self->rand);
  g_free (self);
}

/* Throws no dice for what never happens: so one fault does not move the places of another. */
static gboolean
happens (PosaSimFaults *self, double chance)
{
  return chance > 0 && g_rand_double (self->rand) < chance;
}

static guint8
any_byte (PosaSimFaults *self)
{
  return (guint8) g_rand_int_range (self->rand, 0, 256);
}

gsize
posa_sim_faults_carry (PosaSimFaults *self, guint8 byte, gboolean same_speed, guint8 out[2])
{
  gsize n = 0;

  if (happens (self, self->options.insert))
    out[n++] = any_byte (self);
  if (happens (self, self->options.lose))
    return n;
  if (happens (self, self->options.noise))
    byte ^= (guint8) (1 << g_rand_int_range (self->rand, 0, 8));
  out[n++] = same_speed ? byte : any_byte (self);
  return n;
}

gboolean
posa_sim_faults_is_late (PosaSimFaults *self)
{
  return happens (self, self->options.late);
}

gsize
posa_sim_faults_get_burst (PosaSimFaults *self, gsize most)
{
  return (gsize) g_rand_int_range (self->rand, 1, (gint32) most + 1);
}
