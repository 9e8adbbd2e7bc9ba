/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-load-profile.h"
#include "domain/posa-meter-event.h"
#include "meter/driver/posa-dlms-client.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* Profiles (class 7) of a DLMS meter over an open installer association: the load profile, and the
 * log books, which are profiles too. What the columns are is asked of the meter (capture objects,
 * period, scalers), and remembered for the model and firmware as long as the program runs; from
 * then on the columns are named in each request, so that a meter which captures something else
 * refuses instead of giving values that are taken for others. */
typedef struct
{
  PosaDlmsClient *client;
  const PosaProfile *profile;
  const char *model_key;    /* model and firmware; NULL: nothing is remembered */
  PosaOperation *operation; /* may be NULL */
} PosaDlmsProfileReader;

/* As posa_meter_read_load_profile(). */
gboolean posa_dlms_load_profile_read (const PosaDlmsProfileReader *self,
                                      gint64 from_us,
                                      gint64 to_us,
                                      PosaLoadProfile *out,
                                      GError **error);
/* As posa_meter_read_last_intervals(). */
gboolean posa_dlms_load_profile_read_last (const PosaDlmsProfileReader *self,
                                           guint n,
                                           PosaLoadProfile *out,
                                           GError **error);
/* As posa_meter_read_events(). */
GPtrArray *posa_dlms_events_read (const PosaDlmsProfileReader *self,
                                  gint64 from_us,
                                  gint64 to_us,
                                  GError **error);

G_END_DECLS
