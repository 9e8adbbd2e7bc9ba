/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A posa-sim process for a test, in a folder of its own; it dies with the test. Needs POSA_BUILDDIR
 * in the environment. Faults of the helper itself abort the test. */
typedef struct _PosaTestSim PosaTestSim;

/* Arguments for posa-sim up to NULL, without --link and --dump: posa_test_sim_start ("1g",
 * "--kind", "m1", "--no-pace", NULL). Returns when the meter listens. */
PosaTestSim *posa_test_sim_start (const char *kind, ...) G_GNUC_NULL_TERMINATED;
PosaTestSim *posa_test_sim_start_argv (const char *const *arguments); /* likewise */
/* Ends the process if it still runs, and reaps it. */
void posa_test_sim_stop (PosaTestSim *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTestSim, posa_test_sim_stop)

/* The meter's power fails, or the head is unplugged: SIGKILL. */
void posa_test_sim_kill (PosaTestSim *self);

const char *posa_test_sim_get_port (PosaTestSim *self);
/* The state as JSON text, freshly dumped; free with g_free(). */
char *posa_test_sim_dump (PosaTestSim *self);
/* Members of the dump: a number, or a text (free with g_free()). A path like "registers/1.8.0" goes
 * into objects. */
gint64 posa_test_sim_get_int (PosaTestSim *self, const char *path);
char *posa_test_sim_get_text (PosaTestSim *self, const char *path);

G_END_DECLS
