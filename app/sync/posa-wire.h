/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-work-order.h"

G_BEGIN_DECLS

/* The messages of data/openapi.yaml as values: a pure, strict JSON codec that the device and the
 * portal share. Every parser gives NULL and INVALID_DATA with the place of the fault; all strings
 * are owned; any thread. */

#define POSA_WIRE_PROTOCOL       1
#define POSA_WIRE_MAX_BODY       (4 * 1024 * 1024) /* of a report; what the portal accepts */
#define POSA_WIRE_MAX_REPLY      (8 * 1024 * 1024) /* what the device reads */
#define POSA_WIRE_MAX_PAGE       500               /* changes or receipts in one answer */
#define POSA_WIRE_METER_KEY      16                /* bytes of EK and of AK */
#define POSA_WIRE_LONG_METER_KEY 32                /* in security suite 2 */

/* One-time code against certificates. The portal takes the code's second use with the same two
 * requests for a repetition and gives the same answer, so that a lost answer costs nothing. */
typedef struct
{
  char *code;
  char *tls_csr, *report_csr; /* PEM */
  char *program_version;
} PosaWireEnrolRequest;

PosaWireEnrolRequest *posa_wire_enrol_request_new (void);
void posa_wire_enrol_request_free (PosaWireEnrolRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireEnrolRequest, posa_wire_enrol_request_free)
char *posa_wire_enrol_request_to_text (const PosaWireEnrolRequest *self);
PosaWireEnrolRequest *
posa_wire_enrol_request_from_text (const char *text, gssize size, GError **error);

typedef struct
{
  char *portal; /* its name for people */
  char *device_id, *crew_id;
  char *operator_badge, *operator_name, *contractor;
  char *client_title;                         /* DLMS system title of this device, 16 hex digits */
  char *tls_certificate, *report_certificate; /* PEM */
  char *ca_certificate;                       /* PEM */
  GBytes *transport_key;                      /* 32 bytes: opens the meter keys in stock items */
} PosaWireEnrolAnswer;

PosaWireEnrolAnswer *posa_wire_enrol_answer_new (void);
void posa_wire_enrol_answer_free (PosaWireEnrolAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireEnrolAnswer, posa_wire_enrol_answer_free)
char *posa_wire_enrol_answer_to_text (const PosaWireEnrolAnswer *self);
PosaWireEnrolAnswer *
posa_wire_enrol_answer_from_text (const char *text, gssize size, GError **error);

/* A meter in the crew's van. The keys are EK and AK in a row, of the same size, wrapped (RFC 3394)
 * under the device's transport key; NULL for a meter that has none. */
typedef struct
{
  char *serial, *model;
  PosaMeterKind kind;
  char *crew_id;
  gint64 revision;
  gboolean removed; /* taken out of this crew's stock */
  GBytes *wrapped_keys;
} PosaWireStockItem;

PosaWireStockItem *posa_wire_stock_item_new (void);
void posa_wire_stock_item_free (PosaWireStockItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireStockItem, posa_wire_stock_item_free)
void posa_wire_stock_item_to_json (const PosaWireStockItem *self, JsonBuilder *builder);
PosaWireStockItem *posa_wire_stock_item_from_json (PosaJsonCursor object);

/* One page of what changed for the crew since a cursor. The cursor is the portal's own text: the
 * device stores it with the rows, in one transaction, and sends it back. */
typedef struct
{
  char *cursor;
  gboolean has_more;
  GPtrArray *orders; /* PosaWorkOrder */
  GPtrArray *stock;  /* PosaWireStockItem */
} PosaWireChanges;

PosaWireChanges *posa_wire_changes_new (void);
void posa_wire_changes_free (PosaWireChanges *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireChanges, posa_wire_changes_free)
char *posa_wire_changes_to_text (const PosaWireChanges *self);
PosaWireChanges *posa_wire_changes_from_text (const char *text, gssize size, GError **error);

/* RFC 9457 application/problem+json; NULL when the text is none. */
typedef struct
{
  guint status;
  char *type; /* "urn:posa:problem:code-used" */
  char *title, *detail;
} PosaWireProblem;

void posa_wire_problem_free (PosaWireProblem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireProblem, posa_wire_problem_free)
/* @name is the last part of the type. */
char *posa_wire_problem_to_text (guint status, const char *name, const char *detail);
PosaWireProblem *posa_wire_problem_from_text (const char *text, gssize size, GError **error);

G_END_DECLS
