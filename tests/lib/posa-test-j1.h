/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-client.h"

G_BEGIN_DECLS

/* Job J1, by which clients are compared: public association for the invocation counter, association
 * with HLS 5 in suite 0, 40 attributes, one day of a load profile of two columns in quarter hours,
 * 10 registers, release. Of posa-sim 2g as it is delivered. */
typedef struct
{
  guint baud;
  guint16 max_info;
  PosaKeyring *keyring; /* borrowed; with the keys of posa-sim */
  gboolean password;    /* LLS in plain; without the public association, as there is no counter */
} PosaTestJ1Options;

/* What was read; none of it changes by itself within the day. */
typedef struct
{
  PosaApdu *attributes; /* an item each */
  PosaCosemValue *rows; /* of the last whole day */
  PosaApdu *registers;
} PosaTestJ1;

#define POSA_TEST_J1_N_ATTRIBUTES 40
#define POSA_TEST_J1_N_REGISTERS  10
#define POSA_TEST_J1_N_ROWS       96

/* Over a port that is open, from the first frame to the last. The errors of PosaDlmsClient, and
 * INVALID_DATA when something lacks. */
PosaTestJ1 *posa_test_j1_run (PosaPort *port,
                              const PosaTestJ1Options *options,
                              PosaLineStats *stats,
                              GCancellable *cancellable,
                              GError **error);
gboolean posa_test_j1_equal (const PosaTestJ1 *x, const PosaTestJ1 *y);
void posa_test_j1_free (PosaTestJ1 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTestJ1, posa_test_j1_free)

G_END_DECLS
