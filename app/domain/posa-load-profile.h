/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-register.h"

G_BEGIN_DECLS

/* A load profile: the energy of each interval of a fixed period, by channel. An interval is known
 * by its end in µs UTC, so that a day of a change of season is simply one of 23 or 25 hours, and
 * periods are counted from midnight UTC (the offset of Italian time is whole hours). */
#define POSA_LOAD_MAX_CHANNELS  8
#define POSA_LOAD_MAX_INTERVALS 40000 /* 416 days of quarter hours */
#define POSA_LOAD_NO_VALUE      (-1)  /* the meter has none for this channel: never 0 */

typedef enum
{
  POSA_LOAD_CLOCK_SET = 1 << 0,   /* "clock_set": the clock was set within the interval */
  POSA_LOAD_POWER_FAIL = 1 << 1,  /* "power_fail": the supply failed within it */
  POSA_LOAD_CLOCK_DOUBT = 1 << 2, /* "clock_doubt": the meter did not trust its clock */
  POSA_LOAD_INCOMPLETE = 1 << 3,  /* "incomplete": not measured over the whole interval */
  POSA_LOAD_MISSING = 1 << 4,     /* "missing": the meter says that it has no values */
  POSA_LOAD_OTHER_DOUBT = 1 << 5, /* "other_doubt": a mark of the maker without a name here */
} PosaLoadFlags;

/* One flag by its name. */
gboolean posa_load_flag_from_string (const char *text, guint *out);

typedef struct
{
  PosaObis obis;
  PosaQuantity quantity; /* values are in its unit: Wh, varh or W */
} PosaLoadChannel;

typedef struct
{
  gint64 end_us; /* µs UTC */
  guint flags;   /* PosaLoadFlags */
  gint64 values[POSA_LOAD_MAX_CHANNELS];
} PosaLoadInterval;

/* Missing intervals: those that end after @from_us and not after @to_us. */
typedef struct
{
  gint64 from_us, to_us;
} PosaLoadGap;

typedef struct
{
  guint period_s; /* 0 until the shape is known */
  guint n_channels;
  PosaLoadChannel channels[POSA_LOAD_MAX_CHANNELS];
  GArray *intervals; /* PosaLoadInterval, ascending by end */
} PosaLoadProfile;

PosaLoadProfile *posa_load_profile_new (void);
void posa_load_profile_free (PosaLoadProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaLoadProfile, posa_load_profile_free)

/* Says what the columns are. Once known they stay: INVALID_DATA when @period_s or @channels differ
 * from those of the intervals that are there, or cannot be. */
gboolean posa_load_profile_set_shape (PosaLoadProfile *self,
                                      guint period_s,
                                      const PosaLoadChannel *channels,
                                      guint n_channels,
                                      GError **error);

/* Puts one interval in its place. One that is there already may come again, but not with other
 * values, unless the clock was set in it: then the meter has two. INVALID_DATA. */
gboolean
posa_load_profile_add (PosaLoadProfile *self, const PosaLoadInterval *interval, GError **error);

/* The runs of intervals, of those that end after @from_us and up to @to_us, that are not there, as
 * an array of PosaLoadGap; empty when nothing is missing. The shape must be known. */
GArray *posa_load_profile_find_gaps (const PosaLoadProfile *self, gint64 from_us, gint64 to_us);

/* {"period_s","channels":[{"obis","quantity","unit"}],
 *  "intervals":[{"end","flags":[],"values":[]}]}; a missing value is null, flags only if any. */
void posa_load_profile_to_json (const PosaLoadProfile *self, JsonBuilder *builder);
char *posa_load_profile_to_text (const PosaLoadProfile *self, gboolean pretty);
PosaLoadProfile *posa_load_profile_from_json (PosaJsonCursor object); /* NULL after a fault */
PosaLoadProfile *posa_load_profile_from_text (const char *text, GError **error);

G_END_DECLS
