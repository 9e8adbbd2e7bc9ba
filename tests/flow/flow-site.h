/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow/posa-flow-run.h"

G_BEGIN_DECLS

/* A place of work for tests: a data folder with a real store, an order, meters on the van with
 * their keys, an enrolled report key; and simulated meters as processes of their own. Failures of
 * the set-up end the test. */

#define SITE_ORDER           "W-000123"
#define SITE_CREW            "C-07"
#define SITE_DEVICE          "T-0007"
#define SITE_POD             "IT001E47110815"
#define SITE_CUSTOMER_NUMBER "471108152"
#define SITE_OLD_SERIAL      "05812345678"
#define SITE_NEW_SERIAL      "26N0000001"
#define SITE_SPARE_SERIAL    "26N0000002"
#define SITE_OTHER_SERIAL    "26N0000003" /* on another crew's van */
#define SITE_THREE_SERIAL    "26N0000004" /* ours, three-phase */
#define SITE_STORAGE_KEY     "an example of thirty-two octets!"

/* A new temporary folder; free. */
char *site_folder_new (void);
void site_folder_remove (const char *folder);

/* ---- data ---- */

PosaWorkOrder *site_order_new (void);
/* Fills an empty folder. */
void site_create (const char *folder);
/* What the portal sends: a revision of the order. */
void site_apply_order (PosaStore *store, const PosaWorkOrder *order);

typedef struct
{
  char *folder;
  PosaStore *store;
  PosaKeyring *keyring;
  PosaReportKey *key;
  char *old_port, *new_port;
  PosaFlowServices services;
} Site;

Site *site_open (const char *folder, const char *old_port, const char *new_port);
void site_close (Site *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Site, site_close)

/* The certificate of the authority that enrolled the device. Free with g_bytes_unref(). */
GBytes *site_read_ca (const char *folder);

/* ---- meters ---- */

typedef struct _SiteMeter SiteMeter;

/* Starts posa-sim without pace; ready when this returns, gone at the latest with the test.
 * @settings: more of them for the old meter, "key=value,key=value"; NULL for none. */
SiteMeter *site_meter_start_old (const char *folder, const char *settings);
SiteMeter *site_meter_start_new (const char *folder, const char *serial);
const char *site_meter_get_port (SiteMeter *self);
/* The simulator's state as JSON text; free. */
char *site_meter_dump (SiteMeter *self);
void site_meter_stop (SiteMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiteMeter, site_meter_stop)

/* ---- crew ---- */

/* What a crew without troubles does next: performs, or confirms with what the step needs. NULL at
 * an end. *error as of the run. */
PosaFlowSnapshot *site_crew_step (PosaFlowRun *run, const PosaFlowSnapshot *at, GError **error);

G_END_DECLS
