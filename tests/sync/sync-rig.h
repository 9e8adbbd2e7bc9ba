/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"
#include "sync/posa-identity.h"
#include "sync/posa-sync.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Real parts for the tests of sync: the posa-portal process over TLS on a free port, and devices
 * with a folder and a store. Failures end the test; children die with it. */

#define RIG_CREW "C-07"

typedef struct
{
  char *folder; /* the portal's data */
  char *url, *ca_path, *fingerprint;
  guint port;       /* stays the same over restarts */
  gsize file_limit; /* of the next start: no file may grow beyond; 0 = none */
  GSubprocess *process;
} RigPortal;

RigPortal *rig_portal_new (void);                /* a fresh folder, running */
RigPortal *rig_portal_open (const char *folder); /* not running */
/* With a preload of the shim that kills at the @kill_at-th write; 0: never. */
void rig_portal_start (RigPortal *self, guint kill_at);
void rig_portal_stop (RigPortal *self); /* SIGTERM; has to end with status 0 */
void rig_portal_kill (RigPortal *self);
/* Waits for a portal that kills itself. */
void rig_portal_wait (RigPortal *self);
void rig_portal_free (RigPortal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RigPortal, rig_portal_free)
/* Runs "admin …", which has to succeed; its output. NULL ends the arguments. */
char *rig_portal_admin (RigPortal *self, ...) G_GNUC_NULL_TERMINATED;
char *rig_portal_add_code (RigPortal *self);
/* Rows of "admin list @what". */
guint rig_portal_count (RigPortal *self, const char *what);
/* Imports orders @first..@first+@n-1 ("W-000001"…) and a new meter for each, at @revision. */
void rig_portal_import (RigPortal *self, guint first, guint n, gint64 revision, gboolean cancelled);
/* Imports a lot as it is. */
void rig_portal_import_text (RigPortal *self, const char *lot);

typedef struct
{
  char *folder;
  PosaStore *store;
  PosaIdentity *identity;  /* NULL until enrolled */
  PosaSyncSummary summary; /* of the last rig_device_sync() */
} RigDevice;

RigDevice *rig_device_new (void);
RigDevice *rig_device_open (const char *folder);
void rig_device_close (RigDevice *self); /* leaves the folder */
void rig_device_free (RigDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RigDevice, rig_device_free)
void rig_device_enrol (RigDevice *self, RigPortal *portal);
/* Signs the report of order @n, which has to be here, and queues it; its id: @id, or a new one for
 * NULL. */
char *rig_device_report (RigDevice *self, guint n, const char *id);
/* As posa_sync_tool_run() does: everything is due. @url NULL: the identity's. */
gboolean rig_device_sync (RigDevice *self, const char *url, GError **error);
void rig_device_sync_well (RigDevice *self);
/* "QUEUED", "DELIVERED", … of an item; static. */
const char *rig_device_state (RigDevice *self, const char *report_id);
guint rig_device_count_orders (RigDevice *self);

/* Makes what @launcher starts kill itself before the @kill_at-th write. */
void rig_set_killer (GSubprocessLauncher *launcher, guint kill_at);

/* Copies a folder with everything in it, modes kept; the copy's path, below the temporary folder.
 */
char *rig_copy_folder (const char *folder);
void rig_remove_folder (const char *folder);
char *rig_make_folder (void);
/* Path of a built program, below the build's folder. */
char *rig_program (const char *name);

G_END_DECLS
