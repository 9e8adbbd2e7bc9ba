/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-holidays.h"
#include "domain/posa-meter-kind.h"
#include "domain/posa-register.h"
#include "domain/posa-tariff-table.h"

G_BEGIN_DECLS

/* WorkOrder (IEC 61968-6): one replacement at one UsagePoint, as released by the portal to a crew.
 * All strings owned. No name of a customer: the crew does not need one (privacy, domain.md 2.2). */
typedef struct
{
  char *id;            /* short number that people use, "W-000123"; unique */
  gint64 revision;     /* grows with every change at the portal */
  gboolean cancelled;  /* withdrawn by the office */
  char *cancel_reason; /* NULL unless cancelled */
  char *crew_id;
  char *pod;                                                /* 14 characters */
  char *customer_number;                                    /* nine digits, as the meter shows it */
  char *municipality, *street, *house_number, *access_note; /* access_note NULL = none */
  double lon, lat;                                          /* WGS84, 0/0 = unknown */
  char *old_serial;
  PosaMeterKind old_kind;
  gboolean life_support; /* electromedical equipment declared: hard stop before the cut */
  gboolean presence_needed;
  gint64 window_start_us, window_end_us; /* the band that was announced */
  gint64 notice_posted_us;               /* 0 = no notice */
  gint64 contract_power_w, available_power_w;
  gboolean limiter_enabled;
  PosaTariffTable *tariff_table;
  GArray *patron_days;     /* PosaHoliday: holidays of the place only; NULL = none are known */
  GPtrArray *last_billing; /* PosaRegister: what the old meter must at least show */
  gint64 last_billing_us;
} PosaWorkOrder;

PosaWorkOrder *posa_work_order_new (void);
PosaWorkOrder *posa_work_order_copy (const PosaWorkOrder *self);
void posa_work_order_free (PosaWorkOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWorkOrder, posa_work_order_free)

/* One JSON object with these members (times ISO 8601), patron_days only when there are any: the
 * form on the wire and in the store. */
void posa_work_order_to_json (const PosaWorkOrder *self, JsonBuilder *builder);
char *posa_work_order_to_text (const PosaWorkOrder *self);
PosaWorkOrder *posa_work_order_from_json (PosaJsonCursor object);
PosaWorkOrder *posa_work_order_from_text (const char *text, GError **error);
/* "Via Roma 12/A, Anagni"; free. */
char *posa_work_order_format_address (const PosaWorkOrder *self);

G_END_DECLS
