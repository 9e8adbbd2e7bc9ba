/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-json.h"

G_BEGIN_DECLS

typedef enum
{
  POSA_DISPOSITION_ACCEPTED, /* "accepted": these bytes are the report of that id */
  POSA_DISPOSITION_VARIANT,  /* "variant": kept beside other bytes that came first */
  POSA_N_DISPOSITIONS
} PosaDisposition;

const char *posa_disposition_to_string (PosaDisposition self); /* static */

/* What the portal vouches for: it holds these bytes, durably, since that moment. */
typedef struct
{
  char *report_id;
  char *sha256; /* of the whole file, 64 lower-case hex digits */
  char *device_id;
  gint64 sequence; /* of the receipt, grows over the whole portal; the cursor of /v1/receipts */
  gint64 received_us;
  char *portal;
  PosaDisposition disposition;
} PosaWireStatement;

PosaWireStatement *posa_wire_statement_new (void);
void posa_wire_statement_free (PosaWireStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireStatement, posa_wire_statement_free)
char *posa_wire_statement_to_text (const PosaWireStatement *self);
PosaWireStatement *posa_wire_statement_from_text (const char *text, gssize size, GError **error);

/* The statement's exact text with a signature over these bytes and the certificate that made it. */
typedef struct
{
  char *statement;
  GBytes *signature;
  char *certificate; /* PEM */
} PosaWireReceipt;

PosaWireReceipt *posa_wire_receipt_new (void);
void posa_wire_receipt_free (PosaWireReceipt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireReceipt, posa_wire_receipt_free)
void posa_wire_receipt_to_json (const PosaWireReceipt *self, JsonBuilder *builder);
char *posa_wire_receipt_to_text (const PosaWireReceipt *self);
PosaWireReceipt *posa_wire_receipt_from_json (PosaJsonCursor object);
PosaWireReceipt *posa_wire_receipt_from_text (const char *text, gssize size, GError **error);
/* The statement, only if the certificate is of @ca (PEM), may sign receipts, and the signature
 * holds; SIGNATURE else. Nothing of the statement is parsed before. */
PosaWireStatement *
posa_wire_receipt_open (const PosaWireReceipt *self, const char *ca, GError **error);

/* A page of receipts: {"receipts":[…],"cursor":N,"has_more":bool}. */
typedef struct
{
  gint64 cursor;
  gboolean has_more;
  GPtrArray *receipts; /* PosaWireReceipt */
} PosaWireReceipts;

PosaWireReceipts *posa_wire_receipts_new (void);
void posa_wire_receipts_free (PosaWireReceipts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWireReceipts, posa_wire_receipts_free)
char *posa_wire_receipts_to_text (const PosaWireReceipts *self);
PosaWireReceipts *posa_wire_receipts_from_text (const char *text, gssize size, GError **error);

G_END_DECLS
