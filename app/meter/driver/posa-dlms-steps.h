/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"
#include "meter/driver/posa-dlms-commission.h"

G_BEGIN_DECLS

/* The steps of a commissioning, one file each, and what they share. A step reads before, writes
 * what is not yet right, reads back and compares; NULL and an error, NOT_VERIFIED when it differs.
 */
typedef PosaVerifiedValue *(*PosaDlmsStep) (const PosaDlmsCommission *self, GError **error);

PosaVerifiedValue *posa_dlms_step_clock (const PosaDlmsCommission *self, GError **error);
PosaVerifiedValue *posa_dlms_step_tariff_table (const PosaDlmsCommission *self, GError **error);
PosaVerifiedValue *posa_dlms_step_special_days (const PosaDlmsCommission *self, GError **error);
PosaVerifiedValue *posa_dlms_step_contract_power (const PosaDlmsCommission *self, GError **error);
PosaVerifiedValue *posa_dlms_step_limiter (const PosaDlmsCommission *self, GError **error);
PosaVerifiedValue *posa_dlms_step_customer_number (const PosaDlmsCommission *self, GError **error);
PosaVerifiedValue *posa_dlms_step_supply (const PosaDlmsCommission *self, GError **error);

/* Attributes of one object, all of them there. */
typedef struct
{
  PosaApdu *answer;
} PosaDlmsReadings;

void posa_dlms_readings_clear (PosaDlmsReadings *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaDlmsReadings, posa_dlms_readings_clear)

/* Value number @i of those asked for; borrowed. */
const PosaCosemValue *posa_dlms_readings_value (const PosaDlmsReadings *self, guint i);
/* INVALID_DATA when it is no number. */
gboolean
posa_dlms_readings_integer (const PosaDlmsReadings *self, guint i, gint64 *out, GError **error);

GCancellable *posa_dlms_step_get_cancellable (const PosaDlmsCommission *self);
/* Reads attributes @indices (at most 8) of an object; @out is cleared first. */
gboolean posa_dlms_step_read (const PosaDlmsCommission *self,
                              guint16 class_id,
                              PosaObis obis,
                              const gint8 *indices,
                              guint n,
                              PosaDlmsReadings *out,
                              GError **error);
/* The same with attributes of several objects. */
gboolean posa_dlms_step_read_targets (const PosaDlmsCommission *self,
                                      const PosaCosemTarget *targets,
                                      guint n,
                                      PosaDlmsReadings *out,
                                      GError **error);
gboolean posa_dlms_step_write (const PosaDlmsCommission *self,
                               guint16 class_id,
                               PosaObis obis,
                               gint8 index,
                               const PosaCosemValue *value,
                               GError **error);
/* What is to be written in one go; all 0 at first. */
typedef struct
{
  PosaCosemTarget targets[8];
  PosaCosemValue *values[8];
  guint n;
} PosaDlmsWrites;

void posa_dlms_writes_clear (PosaDlmsWrites *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaDlmsWrites, posa_dlms_writes_clear)

/* Takes @value. */
void posa_dlms_writes_add (PosaDlmsWrites *self, PosaCosemTarget target, PosaCosemValue *value);
gboolean posa_dlms_step_write_all (const PosaDlmsCommission *self,
                                   const PosaDlmsWrites *writes,
                                   GError **error);
/* Calls a method with the parameter integer 0. */
gboolean posa_dlms_step_act (const PosaDlmsCommission *self,
                             guint16 class_id,
                             PosaObis obis,
                             gint8 method,
                             GError **error);
/* What a step found and did. Borrowed. */
typedef struct
{
  const char *name, *before, *wanted, *after;
  gboolean right; /* whether @after is what is wanted */
} PosaDlmsOutcome;

/* The value for the record, or NULL and NOT_VERIFIED unless it is right; where the plan is only to
 * be checked, notes it in either case. */
PosaVerifiedValue *posa_dlms_step_finish (const PosaDlmsCommission *self,
                                          const PosaDlmsOutcome *outcome,
                                          GError **error);
/* NOT_VERIFIED; always FALSE. */
gboolean
posa_dlms_step_set_not_verified (const char *wanted, const char *read_back, GError **error);

G_END_DECLS
