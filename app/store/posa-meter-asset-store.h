/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-meter-kind.h"
#include "store/posa-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Meters and their custody (domain.md §5, MeterAsset and CustodyEvent). A custody event is never
 * changed; each names the one before it, so that a meter is in exactly one place (invariant 1). */
typedef enum
{
  POSA_METER_ORDERED,
  POSA_METER_IN_DEPOT,
  POSA_METER_IN_TRANSIT,
  POSA_METER_ON_VAN,
  POSA_METER_FAULTY,
  POSA_METER_INSTALLED,
  POSA_METER_REMOVED_ON_VAN,
  POSA_METER_AT_CONTRACTOR,
  POSA_METER_QUARANTINE,
  POSA_METER_RELEASED,
  POSA_METER_RETURNED_3PL,
  POSA_METER_DISPOSED,
  POSA_METER_LOST,
  POSA_N_METER_STATES
} PosaMeterState;

const char *posa_meter_state_to_string (PosaMeterState self); /* "ON_VAN"; static */
gboolean posa_meter_state_from_string (const char *text, PosaMeterState *out);
const char *posa_meter_state_get_label (PosaMeterState self); /* translated; static */

/* A meter and where it is now. Strings owned. */
typedef struct
{
  char *serial;
  char *model; /* NULL when not known */
  PosaMeterKind kind;
  gint64 revision; /* the portal's; 0 for a meter that only this device knows */
  PosaMeterState state;
  char *crew_id;        /* who has it or handled it last */
  char *pod;            /* where it is installed, else NULL */
  GBytes *wrapped_keys; /* AES-KW under the device's storage key; NULL = none */
} PosaMeterAsset;

PosaMeterAsset *posa_meter_asset_new (void);
void posa_meter_asset_free (PosaMeterAsset *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaMeterAsset, posa_meter_asset_free)

/* Who moved a meter, when, by which document. Strings borrowed in calls, owned in lists. */
typedef struct
{
  char *id; /* UUIDv7 */
  char *serial;
  PosaMeterState state; /* after the move */
  char *crew_id;
  char *pod;      /* NULL unless installed */
  char *actor;    /* operator's badge, or "portal" */
  char *document; /* order, report or delivery note; NULL = none */
  gint64 wall_us;
} PosaCustodyEvent;

void posa_custody_event_free (PosaCustodyEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaCustodyEvent, posa_custody_event_free)

/* A meter as the portal knows it. The same or an older revision changes nothing. The life of a
 * meter goes one way: a state behind the one here (installed here, still on the van there) leaves
 * ours; keys are always taken, a NULL never erases them. @event_id names the custody event if one
 * is written; @applied (may be NULL) tells whether anything was. */
gboolean posa_meter_asset_store_apply (PosaStore *store,
                                       const PosaMeterAsset *asset,
                                       const char *event_id,
                                       gint64 wall_us,
                                       gboolean *applied,
                                       GError **error);
/* NOT_FOUND names the serial. */
PosaMeterAsset *posa_meter_asset_store_get (PosaStore *store, const char *serial, GError **error);
/* PosaMeterAsset (owned) by serial, in one state, or in all with POSA_N_METER_STATES. */
GPtrArray *posa_meter_asset_store_list (PosaStore *store, PosaMeterState state, GError **error);
/* Adds a meter that no delivery announced (an old meter as it is taken off), with its first custody
 * event. CONFLICT when the serial is known. */
gboolean posa_meter_asset_store_add (PosaStore *store,
                                     const PosaMeterAsset *asset,
                                     const PosaCustodyEvent *event,
                                     GError **error);
/* Closes the custody of event->serial and opens the new one. */
gboolean
posa_meter_asset_store_move (PosaStore *store, const PosaCustodyEvent *event, GError **error);
/* PosaCustodyEvent (owned), oldest first. */
GPtrArray *
posa_meter_asset_store_list_custody (PosaStore *store, const char *serial, GError **error);

G_END_DECLS
