/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-json.h"
#include "domain/posa-obis.h"

G_BEGIN_DECLS

/* One line of a meter's log book. */
typedef struct
{
  gint64 time_us; /* µs UTC by the meter's clock; 0 = the meter does not say */
  gint64 code;    /* as the meter has it */
  char *text;     /* what the profile calls it; NULL when it has no name for the code */
  PosaObis log;   /* which of the meter's logs */
} PosaMeterEvent;

/* Takes a copy of @text. */
PosaMeterEvent *posa_meter_event_new (gint64 time_us, gint64 code, const char *text, PosaObis log);
void posa_meter_event_free (PosaMeterEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaMeterEvent, posa_meter_event_free)

/* An array of events (GPtrArray of PosaMeterEvent, free func set). */
GPtrArray *posa_meter_events_new (void);
/* [{"time","code","text","log"}] */
void posa_meter_events_to_json (GPtrArray *events, JsonBuilder *builder);

G_END_DECLS
