/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-cursor.h"
#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* A line with the fuzzer at its far end. Time is fake: a wait that ends in silence is over at once.
 * A client that goes on for longer than any patience allows ends the program: that is a finding. */
#define FUZZ_TYPE_PORT (fuzz_port_get_type ())
G_DECLARE_FINAL_TYPE (FuzzPort, fuzz_port, FUZZ, PORT, PosaPort)

/* Called for each message that the client sends; appends what comes back to @line. */
typedef void (*FuzzAnswer) (gpointer data, const guint8 *sent, gsize size, GByteArray *line);

PosaPort *fuzz_port_new (FuzzAnswer answer, gpointer data);

/* How the next answer of a hostile meter is made: a byte that says what to do, a length of two
 * bytes, and that many bytes. What is missing is empty; behind the end of the input @silent is set.
 */
typedef struct
{
  guint8 how;
  const guint8 *data; /* borrowed from the input */
  gsize size;
  gboolean silent;
} FuzzStep;

FuzzStep fuzz_step_read (PosaReader *input);

G_END_DECLS
