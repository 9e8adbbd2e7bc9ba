/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-commission.h"
#include "meter/driver/posa-dlms-meter.h"
#include "meter/driver/posa-iec-mode-e.h"
#include "meter/posa-meter-private.h"

G_BEGIN_DECLS

/* The DLMS driver in three files: posa-dlms-meter-open.c calls the meter and finds out which it is,
 * posa-dlms-meter.c reads, posa-dlms-meter-jobs.c has what else is done once it is known. */
struct _PosaDlmsMeter
{
  PosaMeter parent_instance;
  PosaKeyring *keyring; /* may be NULL */
  GPtrArray *profiles;
  const PosaProfile *profile; /* one of them */
  const PosaProfile *style;   /* … and the one by whose ways the meter was reached */
  PosaDlmsClient *client;
  PosaIecModeE *mode_e;     /* NULL when the meter is in HDLC at once */
  PosaCosemTarget identity; /* where the meter has the serial number of its nameplate */
  guint32 first_counter;    /* the meter accepts from here on */
  char *no_counter;         /* why the meter does not say that; NULL: it does, or need not */
  GHashTable *scalers;      /* code of a register -> its scaler + unit, once read */
  gint64 used_us;           /* monotonic time of the last exchange */
  gint64 opening_us;        /* time of the opening, counted to the first reading */
  PosaLineStats stats, reported;
};

PosaClock *posa_dlms_meter_get_clock (PosaDlmsMeter *self);
/* The installer's association, opened if there is none or the meter may have forgotten it. Keys on
 * their way to the meter are tried before those in force, each once; those that open it are in
 * force then. */
gboolean
posa_dlms_meter_ensure_installer (PosaDlmsMeter *self, PosaOperation *operation, GError **error);
/* Calls the meter once more, as if it had just been put on: WRONG_METER when another answers. */
gboolean posa_dlms_meter_call_again (PosaDlmsMeter *self, PosaOperation *operation, GError **error);
/* Whether @error says only that the meter does not give what was asked for: the association goes
 * on. */
gboolean posa_dlms_meter_is_refusal (PosaDlmsMeter *self, const GError *error);
/* The same of a stranger, from whom nothing is demanded. */
gboolean posa_dlms_meter_is_lack (PosaDlmsMeter *self, const GError *error);
/* A job that only reads; NULL with the error. */
typedef gpointer (*PosaDlmsReadFunc) (PosaDlmsMeter *self,
                                      gpointer data,
                                      PosaOperation *operation,
                                      GError **error);
/* Runs @func in the installer's association, as often as frames can be made shorter when long ones
 * do not get through: it is to go on where it was. */
gpointer posa_dlms_meter_run_reading (PosaDlmsMeter *self,
                                      PosaDlmsReadFunc func,
                                      gpointer data,
                                      PosaOperation *operation,
                                      GError **error);
/* Notes that the line was used until now. */
void posa_dlms_meter_touch (PosaDlmsMeter *self);
PosaDlmsCommission posa_dlms_meter_make_context (PosaDlmsMeter *self,
                                                 const PosaCommissionPlan *plan,
                                                 PosaOperation *operation);

/* Fills in what posa-dlms-meter-jobs.c implements. */
void posa_dlms_meter_install_jobs (PosaMeterClass *klass);

G_END_DECLS
