/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-frozen-registers.h"
#include "domain/posa-meter-facts.h"
#include "domain/posa-meter-kind.h"
#include "domain/posa-register.h"

G_BEGIN_DECLS

typedef enum
{
  POSA_READING_REMOVAL,    /* "removal": full read of the old meter before the cut */
  POSA_READING_SECOND,     /* "second": totals again after the cut */
  POSA_READING_ACTIVATION, /* "activation": new meter */
  POSA_READING_CHECK,      /* "check": posactl meter read */
  POSA_N_READING_KINDS
} PosaReadingKind;

/* How a value was obtained; printed in the report. */
typedef enum
{
  POSA_READING_OPTICAL, /* "optical" */
  POSA_READING_DISPLAY, /* "display": typed twice from the display */
  POSA_N_READING_METHODS
} PosaReadingMethod;

const char *posa_reading_kind_to_string (PosaReadingKind self);
const char *posa_reading_method_to_string (PosaReadingMethod self);

/* Plate data. All strings owned, may be NULL when the meter does not say. */
typedef struct
{
  char *manufacturer; /* FLAG id, three letters */
  char *serial;       /* opaque text, leading zeros kept */
  char *model;
  PosaMeterKind kind;
  char *firmware;
  char *customer_number; /* nine digits */
} PosaNameplate;

typedef struct
{
  guint64 bytes_tx, bytes_rx;
  guint round_trips;
  guint retries;
  gint64 wall_us;
} PosaLineStats;

/* Something that was asked for and not given: it stays visible, and is never 0. */
typedef struct
{
  char *what;   /* the code or the name of the group */
  char *reason; /* plain English, for the record */
} PosaMissingItem;

typedef struct
{
  PosaReadingKind kind;
  PosaReadingMethod method;
  gint64 taken_us; /* device's time of the read, µs UTC */
  PosaNameplate meter;
  char *profile_id, *profile_version, *profile_sha256;
  gint64 meter_clock_us;       /* the meter's own time; 0 = not read */
  gint64 device_clock_us;      /* device's time at that moment */
  char *status_raw;            /* status word as read (hex), NULL = not read */
  GStrv status_flags;          /* decoded names, never NULL */
  GPtrArray *registers;        /* PosaRegister */
  PosaFrozenRegisters *frozen; /* NULL = not read */
  PosaMeterFacts *facts;       /* NULL = not read */
  GPtrArray *missing;          /* PosaMissingItem, never NULL */
  PosaLineStats line;
} PosaReadingSet;

PosaReadingSet *posa_reading_set_new (void);
void posa_reading_set_free (PosaReadingSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReadingSet, posa_reading_set_free)

/* Notes that @what was not obtained; copies both. */
void posa_reading_set_add_missing (PosaReadingSet *self, const char *what, const char *reason);

/* Drift of the meter's clock, whole seconds, positive = meter ahead. */
gint64 posa_reading_set_get_drift_s (const PosaReadingSet *self);

/* {"kind","method","taken_at","meter":{"serial","model","kind","firmware","customer_number","manufacturer"},
 *  "profile":{"id","version","sha256"},"clock":{"meter","device","drift_s"},"status":{"raw","flags":[]},
 *  "registers":[…],"frozen":{…},"facts":{…},"missing":[{"what","reason"}],
 *  "line":{"bytes_tx","bytes_rx","round_trips","wall_ms","retries"}}; frozen, facts and missing
 * only when there are any, so that readings of before they were known read the same. */
void posa_reading_set_to_json (const PosaReadingSet *self, JsonBuilder *builder);
char *posa_reading_set_to_text (const PosaReadingSet *self, gboolean pretty);
PosaReadingSet *posa_reading_set_from_json (PosaJsonCursor object);
PosaReadingSet *posa_reading_set_from_text (const char *text, GError **error);

G_END_DECLS
