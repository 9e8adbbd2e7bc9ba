/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-j1.h"

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"

#define PUBLIC_SAP    16
#define INSTALLER_SAP 3
#define DAY_US        (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define QUARTER_US    (G_GINT64_CONSTANT (900) * G_USEC_PER_SEC)

static const PosaCosemTarget counter = { 1, { 0, 0, 43, 1, 3, 255 }, 2 };
static const PosaCosemTarget clock_time = { 8, { 0, 0, 1, 0, 0, 255 }, 2 };
static const PosaCosemTarget buffer = { 7, { 1, 0, 99, 1, 0, 255 }, 2 };

static const PosaCosemTarget attributes[POSA_TEST_J1_N_ATTRIBUTES] = {
  /* identity, status, contract */
  { 1, { 0, 0, 42, 0, 0, 255 }, 2 },
  { 1, { 0, 0, 96, 1, 0, 255 }, 2 },
  { 1, { 1, 0, 0, 2, 0, 255 }, 2 },
  { 1, { 0, 0, 96, 5, 0, 255 }, 2 },
  { 1, { 0, 0, 96, 1, 10, 255 }, 2 },
  { 1, { 0, 0, 94, 39, 20, 255 }, 2 },
  { 1, { 0, 0, 94, 39, 21, 255 }, 2 },
  /* energy: total and six bands, with their scalers */
  { 3, { 1, 0, 1, 8, 0, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 0, 255 }, 3 },
  { 3, { 1, 0, 1, 8, 1, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 1, 255 }, 3 },
  { 3, { 1, 0, 1, 8, 2, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 2, 255 }, 3 },
  { 3, { 1, 0, 1, 8, 3, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 3, 255 }, 3 },
  { 3, { 1, 0, 1, 8, 4, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 4, 255 }, 3 },
  { 3, { 1, 0, 1, 8, 5, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 5, 255 }, 3 },
  { 3, { 1, 0, 1, 8, 6, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 6, 255 }, 3 },
  /* clock: zone, status, summer time, base */
  { 8, { 0, 0, 1, 0, 0, 255 }, 3 },
  { 8, { 0, 0, 1, 0, 0, 255 }, 4 },
  { 8, { 0, 0, 1, 0, 0, 255 }, 5 },
  { 8, { 0, 0, 1, 0, 0, 255 }, 6 },
  { 8, { 0, 0, 1, 0, 0, 255 }, 7 },
  { 8, { 0, 0, 1, 0, 0, 255 }, 8 },
  { 8, { 0, 0, 1, 0, 0, 255 }, 9 },
  /* limiter */
  { 71, { 0, 0, 17, 0, 0, 255 }, 3 },
  { 71, { 0, 0, 17, 0, 0, 255 }, 4 },
  { 71, { 0, 0, 17, 0, 0, 255 }, 5 },
  { 71, { 0, 0, 17, 0, 0, 255 }, 6 },
  { 71, { 0, 0, 17, 0, 0, 255 }, 7 },
  { 71, { 0, 0, 17, 0, 0, 255 }, 10 },
  /* relay, link set-up */
  { 70, { 0, 0, 96, 3, 10, 255 }, 2 },
  { 70, { 0, 0, 96, 3, 10, 255 }, 3 },
  { 70, { 0, 0, 96, 3, 10, 255 }, 4 },
  { 23, { 0, 0, 22, 0, 0, 255 }, 2 },
  { 23, { 0, 0, 22, 0, 0, 255 }, 7 },
  { 23, { 0, 0, 22, 0, 0, 255 }, 8 },
};

static const PosaCosemTarget registers[POSA_TEST_J1_N_REGISTERS] = {
  { 3, { 1, 0, 1, 8, 0, 255 }, 2 },  { 3, { 1, 0, 1, 8, 1, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 2, 255 }, 2 },  { 3, { 1, 0, 1, 8, 3, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 4, 255 }, 2 },  { 3, { 1, 0, 1, 8, 5, 255 }, 2 },
  { 3, { 1, 0, 1, 8, 6, 255 }, 2 },  { 3, { 1, 0, 1, 7, 0, 255 }, 2 },
  { 3, { 1, 0, 32, 7, 0, 255 }, 2 }, { 3, { 1, 0, 14, 7, 0, 255 }, 2 },
};

void
posa_test_j1_free (PosaTestJ1 *self)
{
  if (self == NULL)
    return;
  posa_apdu_free (self->attributes);
  posa_cosem_value_free (self->rows);
  posa_apdu_free (self->registers);
  g_free (self);
}

static gboolean
fail (const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "J1: %s", what);
  return FALSE;
}

static gboolean
open_secured (PosaDlmsClient *client,
              const PosaTestJ1Options *options,
              GCancellable *cancellable,
              GError **error)
{
  const PosaDlmsAssociationOptions in_public = { .sap = PUBLIC_SAP };
  PosaDlmsAssociationOptions installer = { .sap = INSTALLER_SAP,
                                           .agreement = POSA_DLMS_AGREEMENT_USUAL,
                                           .keyring = options->keyring,
                                           .serial = "J1" };
  gint64 last = 0;

  if (!posa_dlms_client_open (client, &in_public, cancellable, error))
    return FALSE;
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (client, counter, cancellable, error);
  if (value == NULL)
    return FALSE;
  if (!posa_cosem_value_get_integer (value, &last) || last < 0 || last >= G_MAXUINT32)
    return fail ("no counter", error);
  posa_dlms_client_close (client);
  installer.at_least = (guint32) last + 1;
  return posa_dlms_client_open (client, &installer, cancellable, error);
}

static gboolean
open_with_password (PosaDlmsClient *client,
                    const PosaTestJ1Options *options,
                    GCancellable *cancellable,
                    GError **error)
{
  const PosaDlmsAssociationOptions installer = {
    .sap = INSTALLER_SAP,
    .agreement = { .mechanism = POSA_ACSE_MECHANISM_PASSWORD },
    .keyring = options->keyring,
    .serial = "J1",
  };

  return posa_dlms_client_open (client, &installer, cancellable, error);
}

static PosaApdu *
read_all (PosaDlmsClient *client,
          const PosaCosemTarget *targets,
          guint n,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (PosaApdu) answer = posa_dlms_client_get_list (client, targets, n, cancellable, error);

  for (guint i = 0; answer != NULL && i < n; i++)
    if (posa_apdu_get_item (answer, i)->value == NULL)
      {
        posa_dlms_set_result_error ("J1:", targets[i], posa_apdu_get_item (answer, i)->result,
                                    error);
        return NULL;
      }
  return g_steal_pointer (&answer);
}

static PosaCosemValue *
stamp (gint64 wall_us)
{
  PosaCosemTime time = posa_cosem_time_from_utc (wall_us, 0, FALSE);

  return posa_cosem_time_to_value (&time);
}

/* The last day in UTC, the zone of the meter as delivered, that is over on any clock; rows are
 * stamped at their end. */
static PosaCosemValue *
read_day (PosaDlmsClient *client, GCancellable *cancellable, GError **error)
{
  gint64 end = (g_get_real_time () - DAY_US / 24) / DAY_US * DAY_US;
  g_autoptr (PosaCosemSelection)
      day = posa_cosem_selection_new_range (clock_time, stamp (end - DAY_US + QUARTER_US),
                                            stamp (end), NULL, 0);
  g_autoptr (PosaCosemValue)
      rows = posa_dlms_client_get_selected (client, buffer, day, cancellable, error);

  if (rows == NULL)
    return NULL;
  if (posa_cosem_value_get_n_items (rows) != POSA_TEST_J1_N_ROWS ||
      posa_cosem_value_get_n_items (posa_cosem_value_get_item (rows, 0)) != 2)
    {
      fail ("the day is not complete", error);
      return NULL;
    }
  return g_steal_pointer (&rows);
}

PosaTestJ1 *
posa_test_j1_run (PosaPort *port,
                  const PosaTestJ1Options *options,
                  PosaLineStats *stats,
                  GCancellable *cancellable,
                  GError **error)
{
  const PosaHdlcLinkOptions link = { .server = { .width = 1, .upper = 1 },
                                     .max_info = options->max_info,
                                     .baud = options->baud,
                                     .response_us = 1500 * 1000,
                                     .inter_octet_us = 250 * 1000,
                                     .max_retries = 4 };
  g_autoptr (PosaDlmsClient) client = posa_dlms_client_new (port, &link, stats);
  g_autoptr (PosaTestJ1) self = g_new0 (PosaTestJ1, 1);

  if (!posa_port_set_line (port, POSA_LINE_8N1 (options->baud), error))
    return NULL;
  gboolean done = (options->password ? open_with_password (client, options, cancellable, error)
                                     : open_secured (client, options, cancellable, error)) &&
                  (self->attributes = read_all (client, attributes, POSA_TEST_J1_N_ATTRIBUTES,
                                                cancellable, error)) != NULL &&
                  (self->rows = read_day (client, cancellable, error)) != NULL &&
                  (self->registers = read_all (client, registers, POSA_TEST_J1_N_REGISTERS,
                                               cancellable, error)) != NULL;
  posa_dlms_client_close (client);
  return done ? g_steal_pointer (&self) : NULL;
}

static gboolean
items_equal (const PosaApdu *x, const PosaApdu *y)
{
  for (guint i = 0; i < x->items->len; i++)
    if (!posa_cosem_value_equal (posa_apdu_get_item (x, i)->value,
                                 posa_apdu_get_item (y, i)->value))
      return FALSE;
  return TRUE;
}

gboolean
posa_test_j1_equal (const PosaTestJ1 *x, const PosaTestJ1 *y)
{
  return items_equal (x->attributes, y->attributes) && items_equal (x->registers, y->registers) &&
         posa_cosem_value_equal (x->rows, y->rows);
}
