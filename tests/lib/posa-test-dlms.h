/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-client.h"
#include "posa-test-script.h"

G_BEGIN_DECLS

/* A client and a meter of given answers (posa-test-script.h), one APDU each. */

#define POSA_TEST_DLMS_MAX_STEPS 24
/* In the place of a question: RR, by which the client asks for the next APDU; SNRM and DISC, which
 * the meter acknowledges. */
#define POSA_TEST_DLMS_RR   "RR"
#define POSA_TEST_DLMS_SNRM "SNRM"
#define POSA_TEST_DLMS_DISC "DISC"
/* In the place of an answer: nothing comes. */
#define POSA_TEST_DLMS_SILENCE ""

/* What the client must ask, as an APDU in hex, NULL for whatever it does; and what it gets, NULL
 * for a device that is unplugged (or the acknowledgement). */
typedef struct
{
  const char *asks, *answers;
} PosaTestDlmsExchange;

typedef struct
{
  guint8 sap; /* of the client */
  GPtrArray *texts;
  PosaTestScriptStep steps[POSA_TEST_DLMS_MAX_STEPS];
  guint n_steps, n_sent, n_answered;
  PosaTestScript *script;
  PosaDlmsClient *client;
  PosaLineStats stats;
} PosaTestDlms;

/* Nothing is open yet: the exchanges begin with SNRM. */
void posa_test_dlms_prepare (PosaTestDlms *self,
                             guint8 sap,
                             const PosaTestDlmsExchange *exchanges,
                             guint n);
#define POSA_TEST_DLMS_PREPARE(self, sap, ...)                                                     \
  posa_test_dlms_prepare (self, sap, (const PosaTestDlmsExchange[]) { __VA_ARGS__ },               \
                          sizeof ((const PosaTestDlmsExchange[]) { __VA_ARGS__ }) /                \
                              sizeof (PosaTestDlmsExchange))

/* With a public association, open. The meter grants @conformance (hex of three bytes) and takes
 * APDUs of @pdu bytes. */
void posa_test_dlms_init (PosaTestDlms *self,
                          const char *conformance,
                          guint pdu,
                          const PosaTestDlmsExchange *exchanges,
                          guint n);
#define POSA_TEST_DLMS_INIT(self, conformance, pdu, ...)                                           \
  posa_test_dlms_init (self, conformance, pdu, (const PosaTestDlmsExchange[]) { __VA_ARGS__ },     \
                       sizeof ((const PosaTestDlmsExchange[]) { __VA_ARGS__ }) /                   \
                           sizeof (PosaTestDlmsExchange))
/* All of it must have been said. */
void posa_test_dlms_clear (PosaTestDlms *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaTestDlms, posa_test_dlms_clear)

void posa_test_dlms_assert_integer (const PosaCosemValue *value, gint64 expected);
void posa_test_dlms_assert_text (const PosaCosemValue *value, const char *expected);

G_END_DECLS
