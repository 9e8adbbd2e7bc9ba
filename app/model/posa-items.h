/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-item.h"

G_BEGIN_DECLS

/* Rows of the lists: immutable GObjects with construct properties, all texts ready for people. */

/* id s · address s · pod s · old-serial s · kind s (translated) · window s ("08:30–10:30") · date s
 * ("21/11/2026") · when s (the band, with the day before it unless that is today) · state s (nick:
 * "assigned" "in-progress" "done" "aborted" "withdrawn") · state-label s · zone s ("green" "amber"
 * "red") · note s (access note, may be "") · power s ("3 kW") · life-support b · presence-needed b
 * · delivered b (receipt held) */
#define POSA_TYPE_ORDER_ITEM (posa_order_item_get_type ())
G_DECLARE_FINAL_TYPE (PosaOrderItem, posa_order_item, POSA, ORDER_ITEM, PosaItem)

/* id s · order-id s · number s (of the report) · state s ("queued" "sending" "held" "delivered"
 * "refused" "conflict") · state-label s · detail s (reason or receipt in words) · attempts u */
#define POSA_TYPE_OUTBOX_ROW (posa_outbox_row_get_type ())
G_DECLARE_FINAL_TYPE (PosaOutboxRow, posa_outbox_row, POSA, OUTBOX_ROW, PosaItem)

/* serial s · kind s · state s (nick) · state-label s */
#define POSA_TYPE_STOCK_ITEM (posa_stock_item_get_type ())
G_DECLARE_FINAL_TYPE (PosaStockItem, posa_stock_item, POSA, STOCK_ITEM, PosaItem)

/* One register in a table: label s ("A+ T1") · before s (last billing, "" = unknown) · now s ·
 * delta s · verdict s ("ok" "warning" "stop") */
#define POSA_TYPE_READING_ROW (posa_reading_row_get_type ())
G_DECLARE_FINAL_TYPE (PosaReadingRow, posa_reading_row, POSA, READING_ROW, PosaItem)

/* severity s ("info" "warning" "stop") · text s */
#define POSA_TYPE_FINDING_ROW (posa_finding_row_get_type ())
G_DECLARE_FINAL_TYPE (PosaFindingRow, posa_finding_row, POSA, FINDING_ROW, PosaItem)

/* A value written to the new meter: name s (translated) · before s · written s · read-back s */
#define POSA_TYPE_VERIFIED_ROW (posa_verified_row_get_type ())
G_DECLARE_FINAL_TYPE (PosaVerifiedRow, posa_verified_row, POSA, VERIFIED_ROW, PosaItem)

/* Something the crew may do now besides the primary action: event s (nick) · label s · destructive
 * b · needs-reason b (free text) · needs-outcome b (one of posa_outcome_list()) · needs-serial b
 * hold b (danger: to be held, or confirmed twice) */
#define POSA_TYPE_JOB_ACTION (posa_job_action_get_type ())
G_DECLARE_FINAL_TYPE (PosaJobAction, posa_job_action, POSA, JOB_ACTION, PosaItem)

G_END_DECLS
