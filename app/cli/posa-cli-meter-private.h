/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "cli/posa-cli.h"
#include "model/posa-meter-visit.h"

G_BEGIN_DECLS

/* Where the meter of a command is, and what is known of it: --port, --address, --profile and
 * --key-file. */
typedef struct
{
  PosaMeterPlace place;
  gboolean stock_keys_only; /* no --key-file: what the command does is about the stock's keys */
  char *port, *address_text, *profile, *key_file;
  PosaMeterAddress address;
} PosaCliMeter;

void posa_cli_meter_clear (PosaCliMeter *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaCliMeter, posa_cli_meter_clear)

/* posa_cli_parse() with the options of a meter before @entries; fills in the place, all but the
 * folder. That --port was given is for the caller to check. */
gboolean posa_cli_meter_parse (PosaCliMeter *self,
                               const char *parameters,
                               const char *summary,
                               const GOptionEntry *entries,
                               int *argc,
                               char ***argv,
                               int n_arguments,
                               int *exit_status);
/* The options --address and --profile alone, and what was given with them into the place. USAGE. */
GOptionEntry posa_cli_meter_get_address_entry (PosaCliMeter *self);
GOptionEntry posa_cli_meter_get_profile_entry (PosaCliMeter *self);
gboolean posa_cli_meter_take_address (PosaCliMeter *self, GError **error);
/* posa_cli_fail() for what a meter could not be asked; knows where its keys should have been. */
int posa_cli_meter_fail (const PosaCliMeter *self, const GError *error);

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
