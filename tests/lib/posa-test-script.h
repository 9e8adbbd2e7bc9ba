/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* A port with a meter of given bytes at its end, on a fake clock: no process, no waiting. Each send
 * takes the next step; when there is none left, the meter is silent. Faults of the script, and a
 * send that is not the one expected, abort the test. */
#define POSA_TYPE_TEST_SCRIPT (posa_test_script_get_type ())
G_DECLARE_FINAL_TYPE (PosaTestScript, posa_test_script, POSA, TEST_SCRIPT, PosaPort)

typedef struct
{
  const char *hears; /* hex of one send, spaces skipped; NULL: whatever is sent */
  /* Words: hex bytes that arrive together, at the pace of the line; "+MS" a pause; "lost" the
   * device is unplugged; "" silence. NULL ends the array of steps. */
  const char *says;
} PosaTestScriptStep;

/* Borrows @steps. */
PosaTestScript *posa_test_script_new (const PosaTestScriptStep *steps);
/* Something that nobody asked for: as the words of a step. */
void posa_test_script_say (PosaTestScript *self, const char *words);
/* Sends so far, and the bytes of one, counted from 0, in hex (borrowed). */
guint posa_test_script_get_n_sent (PosaTestScript *self);
const char *posa_test_script_get_sent (PosaTestScript *self, guint i);
/* Time that has passed for the client. */
gint64 posa_test_script_get_elapsed_us (PosaTestScript *self);
/* Every step was taken, and no more was sent than that. */
void posa_test_script_assert_done (PosaTestScript *self);

G_END_DECLS
