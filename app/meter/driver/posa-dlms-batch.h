/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-client.h"
#include "meter/posa-meter-private.h"

G_BEGIN_DECLS

/* What one reading asks of a DLMS meter, in few messages: who it is, and unless only the totals
 * of energy are wanted firmware, customer number and status word; then the registers. */
typedef struct
{
  const PosaProfile *profile; /* borrowed, as all here that is not said to be owned */
  PosaCosemTarget identity;   /* where the meter has its serial number */
  GHashTable *scalers;        /* code of a register -> scaler, as far as read before */
  gboolean totals_only;
  GArray *targets;  /* PosaCosemTarget, owned */
  PosaApdu *answer; /* owned */
  guint next;       /* item of the answer to be taken */
} PosaDlmsBatch;

void posa_dlms_batch_clear (PosaDlmsBatch *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaDlmsBatch, posa_dlms_batch_clear)

gboolean posa_dlms_batch_ask (PosaDlmsBatch *self,
                              PosaDlmsClient *client,
                              PosaOperation *operation,
                              GError **error);
/* Fills in @plate. WRONG_METER when its serial number is another now. */
gboolean posa_dlms_batch_take_identity (PosaDlmsBatch *self, PosaNameplate *plate, GError **error);
/* Status word and registers. INVALID_DATA, UNSUPPORTED naming the register. */
gboolean posa_dlms_batch_take_values (PosaDlmsBatch *self, PosaReadingSet *reading, GError **error);

/* The scaler in a scaler and unit: INVALID_DATA naming @code unless the unit is that of @quantity.
 */
gboolean posa_dlms_check_scaler (const char *code,
                                 PosaQuantity quantity,
                                 const PosaCosemValue *scaler_unit,
                                 gint64 *scaler,
                                 GError **error);
/* @raw times 10^@scaler in whole base units, downwards as a display does. FALSE: too large. */
gboolean posa_dlms_scale (gint64 raw, gint64 scaler, gint64 *value, gint64 *resolution);

/* WRONG_METER unless @serial (may be NULL) is that of @plate. */
gboolean posa_dlms_check_serial (const PosaNameplate *plate, const char *serial, GError **error);
/* The code @text of a profile as the value of a data object. INVALID_DATA. */
gboolean posa_dlms_data_target (const char *text, PosaCosemTarget *out, GError **error);
/* A value's text without spaces around it; NULL when there is none. Free with g_free(). */
char *posa_dlms_dup_text (const PosaCosemValue *value);

G_END_DECLS
