/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"
#include "meter/driver/posa-dlms-client.h"
#include "meter/posa-meter.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* The writing part of a commissioning, over an open installer association (meters.md 10). */
typedef struct
{
  PosaDlmsClient *client;
  const PosaProfile *profile;
  const PosaCommissionPlan *plan;
  PosaClock *clock;
  PosaOperation *operation; /* may be NULL */
  GPtrArray *checks;        /* PosaMeterCheck: steps only look, and add what they saw; else NULL */
} PosaDlmsCommission;

/* The steps that the profile orders: each reads before, writes what is not yet right, reads back.
 * Array of PosaVerifiedValue; where nothing had to be written, `written` is what was there.
 * NOT_VERIFIED names the value; UNSUPPORTED a step that the profile or meter does not know. */
GPtrArray *posa_dlms_commission_run (const PosaDlmsCommission *self, GError **error);

/* As posa_meter_test_relay(). */
gboolean posa_dlms_commission_test_relay (const PosaDlmsCommission *self, GError **error);

gboolean posa_dlms_commission_read_clock (const PosaDlmsCommission *self,
                                          PosaMeterTime *out,
                                          GError **error);
/* As posa_meter_set_clock(). */
gboolean posa_dlms_commission_set_clock (const PosaDlmsCommission *self,
                                         PosaClockChange *out,
                                         GError **error);

G_END_DECLS
