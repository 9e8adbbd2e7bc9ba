/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "cli/posa-cli.h"

G_BEGIN_DECLS

/* posactl meter commission */
int posa_cli_commission (PosaCli *cli, int argc, char **argv);

G_END_DECLS
