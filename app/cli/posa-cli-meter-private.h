/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "cli/posa-cli.h"
#include "model/posa-meter-visit.h"

G_BEGIN_DECLS

/* The commands of the group "meter", a file each. */
int posa_cli_commission (PosaCli *cli, int argc, char **argv);
int posa_cli_meter_profile (PosaCli *cli, int argc, char **argv);
int posa_cli_meter_events (PosaCli *cli, int argc, char **argv);
int posa_cli_meter_verify (PosaCli *cli, int argc, char **argv);
int posa_cli_meter_clock (PosaCli *cli, int argc, char **argv);
int posa_cli_meter_keys (PosaCli *cli, int argc, char **argv);
int posa_cli_meter_firmware (PosaCli *cli, int argc, char **argv);

/* "2026-11-24" (its first moment in Italy) or "2026-11-24T12:00:00+01:00" as µs UTC; NULL is
 * @otherwise_us. USAGE naming @option. */
gboolean posa_cli_meter_parse_time (const char *option,
                                    const char *text,
                                    gint64 otherwise_us,
                                    gint64 *out,
                                    GError **error);
/* USAGE saying that @options are needed; the exit status. */
int posa_cli_meter_set_needed (const char *command, const char *options);

G_END_DECLS
