/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Every message of the wire. What a parser takes has to survive its own writer. */

#include "sync/posa-wire-crypto.h"
#include "sync/posa-wire-receipt.h"
#include "sync/posa-wire.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (gboolean holds)
{
  if (!holds)
    abort ();
}

static void
fuzz_enrolment (const char *text, gssize size)
{
  g_autoptr (PosaWireEnrolRequest) request = posa_wire_enrol_request_from_text (text, size, NULL);
  g_autoptr (PosaWireEnrolAnswer) answer = posa_wire_enrol_answer_from_text (text, size, NULL);

  if (request != NULL)
    {
      g_autofree char *again = posa_wire_enrol_request_to_text (request);
      g_autoptr (PosaWireEnrolRequest) same = posa_wire_enrol_request_from_text (again, -1, NULL);
      check (same != NULL && g_str_equal (same->code, request->code));
    }
  if (answer != NULL)
    {
      g_autofree char *again = posa_wire_enrol_answer_to_text (answer);
      g_autoptr (PosaWireEnrolAnswer) same = posa_wire_enrol_answer_from_text (again, -1, NULL);
      check (same != NULL && g_bytes_equal (same->transport_key, answer->transport_key));
    }
}

static void
fuzz_pages (const char *text, gssize size)
{
  g_autoptr (PosaWireChanges) changes = posa_wire_changes_from_text (text, size, NULL);
  g_autoptr (PosaWireReceipts) receipts = posa_wire_receipts_from_text (text, size, NULL);

  if (changes != NULL)
    {
      g_autofree char *again = posa_wire_changes_to_text (changes);
      g_autoptr (PosaWireChanges) same = posa_wire_changes_from_text (again, -1, NULL);
      check (same != NULL && same->orders->len == changes->orders->len);
    }
  if (receipts != NULL)
    {
      g_autofree char *again = posa_wire_receipts_to_text (receipts);
      g_autoptr (PosaWireReceipts) same = posa_wire_receipts_from_text (again, -1, NULL);
      check (same != NULL && same->receipts->len == receipts->receipts->len);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autofree char *header = g_strndup (text, size);
  g_autofree char *digest = posa_wire_content_digest_parse (header, NULL);
  g_autofree char *fingerprint = posa_wire_certificate_fingerprint (header, NULL);

  fuzz_enrolment (text, (gssize) size);
  fuzz_pages (text, (gssize) size);
  g_autoptr (PosaWireProblem) problem = posa_wire_problem_from_text (text, (gssize) size, NULL);
  g_autoptr (PosaWireStatement)
      statement = posa_wire_statement_from_text (text, (gssize) size, NULL);
  g_autoptr (PosaWireReceipt) receipt = posa_wire_receipt_from_text (text, (gssize) size, NULL);
  if (statement != NULL)
    {
      g_autofree char *again = posa_wire_statement_to_text (statement);
      g_autoptr (PosaWireStatement) same = posa_wire_statement_from_text (again, -1, NULL);
      check (same != NULL && same->sequence == statement->sequence);
    }
  if (receipt != NULL)
    {
      g_autoptr (PosaWireStatement)
          opened = posa_wire_receipt_open (receipt, receipt->certificate, NULL);
    }
  return 0;
}
