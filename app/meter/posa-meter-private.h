/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-meter.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* For the drivers: what a subclass implements. A function left NULL is UNSUPPORTED. */
struct _PosaMeterClass
{
  GObjectClass parent_class;

  PosaReadingSet *(*read) (PosaMeter *self,
                           PosaReadingKind kind,
                           PosaOperation *operation,
                           GError **error);
  PosaReadingSet *(*read_totals) (PosaMeter *self, PosaOperation *operation, GError **error);
  gboolean (*read_load_profile) (PosaMeter *self,
                                 gint64 from_us,
                                 gint64 to_us,
                                 PosaLoadProfile *profile,
                                 PosaOperation *operation,
                                 GError **error);
  gboolean (*read_last_intervals) (PosaMeter *self,
                                   guint n,
                                   PosaLoadProfile *profile,
                                   PosaOperation *operation,
                                   GError **error);
  GPtrArray *(*read_events) (PosaMeter *self,
                             gint64 from_us,
                             gint64 to_us,
                             PosaOperation *operation,
                             GError **error);
  gboolean (*read_clock) (PosaMeter *self,
                          PosaMeterTime *out,
                          PosaOperation *operation,
                          GError **error);
  gboolean (*set_clock) (PosaMeter *self,
                         PosaClockChange *out,
                         PosaOperation *operation,
                         GError **error);
  GPtrArray *(*verify) (PosaMeter *self,
                        const PosaCommissionPlan *plan,
                        PosaOperation *operation,
                        GError **error);
  gboolean (*change_keys) (PosaMeter *self,
                           const PosaMeterKeys *keys,
                           PosaOperation *operation,
                           GError **error);
  gboolean (*update_firmware) (PosaMeter *self,
                               const PosaFirmware *firmware,
                               PosaOperation *operation,
                               GError **error);
  GPtrArray *(*commission) (PosaMeter *self,
                            const PosaCommissionPlan *plan,
                            PosaOperation *operation,
                            GError **error);
  gboolean (*test_relay) (PosaMeter *self, PosaOperation *operation, GError **error);
  /* Signs off; called once, before the port is closed. */
  void (*sign_off) (PosaMeter *self);
};

/* Takes a reference to @port; once, right after construction. */
void posa_meter_set_port (PosaMeter *self, PosaPort *port);
PosaPort *posa_meter_get_port (PosaMeter *self); /* borrowed, NULL once closed */

/* The nameplate to fill in; the strings become the meter's. */
PosaNameplate *posa_meter_edit_nameplate (PosaMeter *self);

/* A new reading set with the nameplate, the profile's identity and the present time; the rest is
 * for the driver. */
PosaReadingSet *
posa_meter_begin_reading (PosaMeter *self, const PosaProfile *profile, PosaReadingKind kind);

/* Whether @reg is a total of energy: what a second reading takes. */
gboolean posa_meter_is_total (const PosaProfileRegister *reg);

/* Takes none of the strings. */
PosaMeterCheck *
posa_meter_check_new (const char *name, const char *wanted, const char *found, gboolean right);

G_END_DECLS
