/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* What went over a line, in order: a text of one event a line,
 *
 *   posa-tape 1
 *   start 2026-11-21T10:15:30.250+01:00
 *   0.000120 line 300 7E1
 *   0.167204 tx 2F3F210D0A
 *   0.402041 rx 2F505361
 *   2.402100 idle
 *   2.500000 lost
 *
 * Times are seconds since the start; idle is a wait that ended in silence, lost an unplugged
 * device. Lines that begin with # and empty lines say nothing. */
typedef enum
{
  POSA_TAPE_LINE,
  POSA_TAPE_TX,
  POSA_TAPE_RX,
  POSA_TAPE_IDLE,
  POSA_TAPE_LOST,
  POSA_N_TAPE_VERBS
} PosaTapeVerb;

typedef struct
{
  gint64 at_us;
  PosaTapeVerb verb;
  PosaLineSettings line; /* LINE */
  GBytes *bytes;         /* TX, RX; NULL else */
  guint number;          /* of the text's line */
} PosaTapeEvent;

typedef struct
{
  gint64 start_us;   /* wall clock, UTC */
  GPtrArray *events; /* PosaTapeEvent */
} PosaTape;

/* INVALID_DATA naming the line of the text. */
PosaTape *posa_tape_parse (const char *text, gsize size, GError **error);
PosaTape *posa_tape_load (const char *path, GError **error);
void posa_tape_free (PosaTape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTape, posa_tape_free)

const char *posa_tape_verb_to_string (PosaTapeVerb verb); /* static */

G_END_DECLS
