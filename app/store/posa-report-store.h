/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Signed reports: never changed, never deleted, numbered without gap, each chained to the one
 * before (domain.md invariants 4, 5). */
typedef struct
{
  char *id;     /* UUIDv7, the report's own */
  char *number; /* DEVICE-000001 */
  gint64 sequence;
  char *order_id;
  char *sha256;          /* of the PDF; computed by the store */
  char *previous_sha256; /* NULL for the first */
  gint64 created_us;
} PosaReportEntry;

void posa_report_entry_free (PosaReportEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReportEntry, posa_report_entry_free)

/* What the next report has to carry. Ask and add in one transaction. @previous_sha256: free; NULL
 * for the first. */
gboolean
posa_report_store_next (PosaStore *store, gint64 *sequence, char **previous_sha256, GError **error);
/* @entry's sha256 is ignored. CONFLICT when sequence or previous_sha256 are not the next ones. */
gboolean
posa_report_store_add (PosaStore *store, const PosaReportEntry *entry, GBytes *pdf, GError **error);
PosaReportEntry *posa_report_store_get (PosaStore *store, const char *id, GError **error);
/* The newest of an order; NOT_FOUND when it has none. */
PosaReportEntry *
posa_report_store_get_of_order (PosaStore *store, const char *order_id, GError **error);
GBytes *posa_report_store_get_pdf (PosaStore *store, const char *id, GError **error);
/* PosaReportEntry (owned), in sequence. */
GPtrArray *posa_report_store_list (PosaStore *store, GError **error);

G_END_DECLS
