/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "cli/posa-cli.h"
#include "domain/posa-reading-set.h"

G_BEGIN_DECLS

int posa_cli_replay (PosaCli *cli, int argc, char **argv); /* meter replay */

/* What "meter read" and "meter replay" print (posa-cli-meter.c). */
void posa_cli_print_reading (const PosaReadingSet *reading, gboolean as_json);

G_END_DECLS
