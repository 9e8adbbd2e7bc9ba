/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal-devices.h"

G_BEGIN_DECLS

/* Reports: taken once, kept for ever, answered with a receipt. A fact is never refused for a
 * business reason: it is stored, and an exception tells the office (trust.md 3.2). */

typedef enum
{
  POSA_REPORT_NEW,      /* stored now */
  POSA_REPORT_KNOWN,    /* these bytes were here */
  POSA_REPORT_VARIANT,  /* other bytes are under this id: kept beside them */
  POSA_REPORT_SIGNATURE /* not verifiable: in quarantine, no receipt */
} PosaReportFate;

typedef struct
{
  PosaReportFate fate;
  PosaWireReceipt *receipt; /* NULL in quarantine */
  char *reason;             /* in quarantine */
} PosaPortalAnswer;

void posa_portal_answer_free (PosaPortalAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalAnswer, posa_portal_answer_free)

/* @device brought @pdf as the report @report_id. NULL only when the store fails: then nothing is
 * acknowledged, and the device repeats. */
PosaPortalAnswer *posa_portal_put_report (PosaPortal *self,
                                          const PosaPortalDevice *device,
                                          const char *report_id,
                                          GBytes *pdf,
                                          GError **error);

/* Keeps what cannot be taken; a repetition is kept once. At most 1000 of a device: DISK_FULL. */
gboolean posa_portal_quarantine (PosaPortal *self,
                                 const PosaPortalDevice *device,
                                 const char *report_id,
                                 GBytes *body,
                                 const char *reason,
                                 GError **error);

/* Receipts for the device with a sequence above @since. */
PosaWireReceipts *posa_portal_get_receipts (PosaPortal *self,
                                            const PosaPortalDevice *device,
                                            gint64 since,
                                            guint limit,
                                            GError **error);

/* The bytes of a report; NOT_FOUND. */
GBytes *posa_portal_get_report (PosaPortal *self, const char *report_id, GError **error);

G_END_DECLS
