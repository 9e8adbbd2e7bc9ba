/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers that look random and are the same for the same seed on every machine and with every
 * version of every library (xorshift64*). Not for secrets. */
typedef struct
{
  guint64 state;
} PosaRandom;

static inline guint32
posa_random_next (PosaRandom *self)
{
  self->state ^= self->state >> 12;
  self->state ^= self->state << 25;
  self->state ^= self->state >> 27;
  return (guint32) ((self->state * G_GUINT64_CONSTANT (0x2545F4914F6CDD1D)) >> 32);
}

static inline PosaRandom
posa_random_new (guint64 seed)
{
  /* a zero state would stay zero; neighbouring seeds have to part at once */
  PosaRandom self = { (seed + 1) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) };

  self.state |= self.state == 0;
  for (guint i = 0; i < 8; i++)
    posa_random_next (&self);
  return self;
}

/* 0 to @n - 1; @n > 0. */
static inline guint32
posa_random_below (PosaRandom *self, guint32 n)
{
  return (guint32) (((guint64) posa_random_next (self) * n) >> 32);
}

/* Above 0, up to 1. */
static inline double
posa_random_unit (PosaRandom *self)
{
  return (posa_random_next (self) + 1.0) / 4294967296.0;
}

G_END_DECLS
