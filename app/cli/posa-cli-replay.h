/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "cli/posa-cli.h"
#include "domain/posa-reading-set.h"

G_BEGIN_DECLS

int posa_cli_replay (PosaCli *cli, int argc, char **argv); /* meter replay */

G_END_DECLS
