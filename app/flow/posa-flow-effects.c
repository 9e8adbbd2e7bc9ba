/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-flow-effects.h"

#include "meter/posa-meter.h"

static PosaMeter *
open_meter (const char *path,
            PosaMeterExpectation expectation,
            PosaKeyring *keyring,
            PosaOperation *operation,
            GError **error)
{
  g_autoptr (PosaPort) port = NULL;

  if (path == NULL || *path == '\0')
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_PORT_MISSING,
                           "no optical head has been chosen");
      return NULL;
    }
  port = posa_port_open (path, error);
  return port != NULL ? posa_meter_open (port, expectation, NULL, keyring, operation, error) : NULL;
}

static PosaMeter *
open_old (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  return open_meter (work->services->old_port, POSA_METER_FIRST_GENERATION, NULL, operation, error);
}

static PosaMeter *
open_new (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  const char *path = work->services->new_port;

  if (path == NULL || *path == '\0')
    path = work->services->old_port;
  return open_meter (path, POSA_METER_SECOND_GENERATION, work->services->keyring, operation, error);
}

static gboolean
check_serial (const char *answered, const char *expected, GError **error)
{
  if (g_strcmp0 (answered, expected) == 0)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER, "meter %s answers, %s is expected",
               answered != NULL ? answered : "without a serial number", expected);
  return FALSE;
}

static PosaFlowEvidence *
evidence_of_reading (const PosaReadingSet *reading)
{
  PosaFlowEvidence *evidence = posa_flow_evidence_new ();
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);

  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_READING, text);
  return evidence;
}

/* Whether it is the order's meter is for the guard to say: it sees all of the identity. */
static PosaFlowEvidence *
read_old (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaMeter) meter = open_old (work, operation, error);
  g_autoptr (PosaReadingSet) reading = NULL;

  if (meter != NULL)
    reading = posa_meter_read (meter, POSA_READING_REMOVAL, operation, error);
  if (meter != NULL)
    posa_meter_close (meter);
  if (reading == NULL)
    {
      g_prefix_error_literal (error, "reading the old meter: ");
      return NULL;
    }
  return evidence_of_reading (reading);
}

static PosaFlowEvidence *
read_old_totals (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaMeter) meter = open_old (work, operation, error);
  g_autoptr (PosaReadingSet) reading = NULL;

  if (meter != NULL)
    reading = posa_meter_read_totals (meter, operation, error);
  if (meter != NULL)
    posa_meter_close (meter);
  if (reading == NULL || !check_serial (reading->meter.serial, work->order->old_serial, error))
    {
      g_prefix_error_literal (error, "reading the totals of the old meter: ");
      return NULL;
    }
  return evidence_of_reading (reading);
}

static PosaFlowEvidence *
probe_new (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaMeter) meter = open_new (work, operation, error);
  PosaFlowEvidence *evidence = NULL;

  if (meter != NULL &&
      check_serial (posa_meter_get_nameplate (meter)->serial, work->facts->new_serial, error))
    {
      evidence = posa_flow_evidence_new ();
      posa_flow_evidence_set (evidence, POSA_FLOW_KEY_SERIAL,
                              posa_meter_get_nameplate (meter)->serial);
    }
  if (meter != NULL)
    posa_meter_close (meter);
  if (evidence == NULL)
    g_prefix_error_literal (error, "looking for the new meter: ");
  return evidence;
}

static PosaFlowEvidence *
commission_open (PosaMeter *meter,
                 const PosaFlowWork *work,
                 PosaOperation *operation,
                 GError **error)
{
  PosaCommissionPlan plan = posa_commission_plan_of_order (work->order, work->facts->new_serial);
  g_autoptr (GPtrArray) verified = posa_meter_commission (meter, &plan, operation, error);
  g_autoptr (PosaReadingSet) reading = NULL;
  g_autofree char *text = NULL;
  PosaFlowEvidence *evidence;

  if (verified == NULL)
    return NULL;
  reading = posa_meter_read (meter, POSA_READING_ACTIVATION, operation, error);
  if (reading == NULL || !check_serial (reading->meter.serial, work->facts->new_serial, error))
    {
      g_prefix_error_literal (error, "activation readings: ");
      return NULL;
    }
  evidence = evidence_of_reading (reading);
  text = posa_flow_verified_to_text (verified);
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_VERIFIED, text);
  return evidence;
}

static PosaFlowEvidence *
commission (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaMeter) meter = open_new (work, operation, error);
  PosaFlowEvidence *evidence = NULL;

  if (meter != NULL)
    evidence = commission_open (meter, work, operation, error);
  if (meter != NULL)
    posa_meter_close (meter);
  if (evidence == NULL)
    g_prefix_error_literal (error, "commissioning: ");
  return evidence;
}

static PosaFlowEvidence *
test_relay (const PosaFlowWork *work, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaMeter) meter = open_new (work, operation, error);
  gboolean ok;

  ok = meter != NULL &&
       check_serial (posa_meter_get_nameplate (meter)->serial, work->facts->new_serial, error) &&
       posa_meter_test_relay (meter, operation, error);
  if (meter != NULL)
    posa_meter_close (meter);
  if (!ok)
    g_prefix_error_literal (error, "testing the switch: ");
  return ok ? posa_flow_evidence_new () : NULL;
}

PosaFlowEvidence *
posa_flow_effect_run (PosaFlowEffect effect,
                      const PosaFlowWork *work,
                      PosaOperation *operation,
                      GError **error)
{
  switch (effect)
    {
    case POSA_FLOW_EFFECT_READ_OLD:
      return read_old (work, operation, error);
    case POSA_FLOW_EFFECT_SECOND_READING:
    case POSA_FLOW_EFFECT_REREAD_OLD:
      return read_old_totals (work, operation, error);
    case POSA_FLOW_EFFECT_PROBE_NEW:
      return probe_new (work, operation, error);
    case POSA_FLOW_EFFECT_COMMISSION:
      return commission (work, operation, error);
    case POSA_FLOW_EFFECT_TEST_RELAY:
      return test_relay (work, operation, error);
    case POSA_FLOW_EFFECT_NONE:
    case POSA_FLOW_EFFECT_SIGN:
    case POSA_FLOW_EFFECT_CUSTODY:
    case POSA_FLOW_EFFECT_QUEUE:
    case POSA_N_FLOW_EFFECTS:
    default:
      return posa_flow_evidence_new ();
    }
}
