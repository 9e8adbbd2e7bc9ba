/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "posa-test-sim.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs of the built programs, and one device enrolled at one portal. Faults of the rig end the
 * test. */

typedef struct
{
  int status; /* of exit; -1 when it was killed at its deadline */
  char *out, *err;
} CliRun;

void cli_run_free (CliRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRun, cli_run_free)

/* Runs a built program ("posactl") with arguments up to NULL; it has 60 seconds. */
CliRun *cli_run (const char *program, ...) G_GNUC_NULL_TERMINATED;
/* The same, which has to end with @status and say @text on either output. */
void cli_expect (int status, const char *text, const char *program, ...) G_GNUC_NULL_TERMINATED;
/* Path of a built program; free. */
char *cli_find_program (const char *name);

/* A portal with the demo's lot, and a device. */
typedef struct
{
  char *folder; /* of all of it */
  char *lot;    /* the lot's file */
  char *portal, *url, *ca;
  char *device; /* data folder */
  int n_copies; /* of it, changed atomically */
  GSubprocess *server;
} CliSite;

CliSite *cli_site_new (void);      /* portal running, device enrolled, orders fetched */
CliSite *cli_site_new_bare (void); /* portal running, device not enrolled */
void cli_site_stop_portal (CliSite *self);
/* Serves @portal (a data folder) on the same address. */
void cli_site_start_portal (CliSite *self, const char *portal);
char *cli_site_add_code (CliSite *self);
void cli_site_free (CliSite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliSite, cli_site_free)

/* Another data folder, as that of the device is now: for tests side by side, and from any thread.
 * Its path; free. */
char *cli_site_copy_device (CliSite *self);

/* A value of the lot by a jq expression; free. */
char *cli_site_lot (CliSite *self, const char *expression);
/* The old meter of the first order, 1 kWh or more above its last billing, and the first new meter.
 */
PosaTestSim *cli_site_old_meter (CliSite *self);
PosaTestSim *cli_site_new_meter (CliSite *self);
/* The same, with one more setting ("KEY=VALUE"). */
PosaTestSim *cli_site_new_meter_with (CliSite *self, const char *setting);

G_END_DECLS
