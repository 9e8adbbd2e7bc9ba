/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms-private.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-gbt.h"
#include "sim/posa-sim-2g-keys.h"

PosaSimDlms *
posa_sim_dlms_new (PosaSimMeter *meter)
{
  PosaSimDlms *self = g_new0 (PosaSimDlms, 1);

  self->meter = meter;
  self->pending = g_byte_array_new ();
  self->incoming = g_byte_array_new ();
  self->whole = g_byte_array_new ();
  self->outgoing = g_byte_array_new ();
  self->old_answer = g_byte_array_new ();
  return self;
}

void
posa_sim_dlms_free (PosaSimDlms *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->incoming);
  g_byte_array_unref (self->whole);
  g_byte_array_unref (self->outgoing);
  g_byte_array_unref (self->pending);
  g_byte_array_unref (self->old_answer);
  g_free (self);
}

void
posa_sim_dlms_reset (PosaSimDlms *self)
{
  self->state = POSA_SIM_ASSOCIATION_NONE;
  posa_dlms_key_clear (&self->dedicated);
  self->dedicated_counter = -1;
  self->next_dedicated = 0;
  g_byte_array_set_size (self->pending, 0);
  g_byte_array_set_size (self->incoming, 0);
  g_byte_array_set_size (self->whole, 0);
  g_byte_array_set_size (self->outgoing, 0);
}

void
posa_sim_dlms_put_exception (PosaSimDlms *self, guint8 service, GByteArray *answer)
{
  g_autoptr (PosaApdu) exception = posa_apdu_new (POSA_APDU_EXCEPTION, 0);

  self->meter->n_refused++;
  exception->state = 1; /* service not allowed */
  exception->service = service;
  exception->counter = (guint32) (self->meter->security.client_counter + 1);
  if (self->meter->fault == POSA_SIM_FAULT_COUNTER_JUMP)
    exception->counter = G_MAXUINT32 - 3;
  posa_apdu_encode (exception, answer);
}

/* Protects an answer as agreed, or as the fault to show wants it. */
static void
put_answer (PosaSimDlms *self, PosaApdu *response, gboolean settled, GByteArray *answer)
{
  static const guint8 trailing[] = { 0x09, 0x02, 0x41, 0x42 };
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaSimFault fault = settled ? self->meter->fault : POSA_SIM_FAULT_NONE;

  if (fault == POSA_SIM_FAULT_WRONG_INVOKE)
    response->invoke_id ^= 1;
  posa_apdu_encode (response, plain);
  if (fault == POSA_SIM_FAULT_TRAILING)
    posa_put_bytes (plain, trailing, sizeof trailing);
  if (self->access == POSA_SIM_ACCESS_PUBLIC || fault == POSA_SIM_FAULT_WEAK_ANSWER)
    {
      posa_put_bytes (answer, plain->data, plain->len);
      return;
    }
  if (fault == POSA_SIM_FAULT_REPLAY && self->old_answer->len > 0)
    {
      posa_put_bytes (answer, self->old_answer->data, self->old_answer->len);
      return;
    }
  posa_sim_dlms_seal (self, plain, fault, answer);
  if (fault == POSA_SIM_FAULT_BAD_TAG)
    answer->data[answer->len - 1] ^= 0x80;
  g_byte_array_set_size (self->old_answer, 0);
  posa_put_bytes (self->old_answer, answer->data, answer->len);
}

static void
handle_service (PosaSimDlms *self, const GByteArray *apdu, GByteArray *answer)
{
  gboolean settled = self->state == POSA_SIM_ASSOCIATION_OPEN;
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 exception = POSA_DLMS_EXCEPTION_OPERATION_NOT_POSSIBLE;

  if (self->state == POSA_SIM_ASSOCIATION_NONE ||
      !posa_sim_dlms_unseal (self, apdu, plain, &exception))
    {
      posa_sim_dlms_put_exception (self, exception, answer);
      return;
    }
  g_autoptr (PosaApdu) request = posa_apdu_decode (plain->data, plain->len, NULL);
  g_autoptr (PosaApdu) response = request != NULL ? posa_sim_dlms_serve (self, request) : NULL;
  if (response == NULL)
    posa_sim_dlms_put_exception (self,
                                 request == NULL ? POSA_DLMS_EXCEPTION_NOT_SUPPORTED
                                                 : POSA_DLMS_EXCEPTION_OPERATION_NOT_POSSIBLE,
                                 answer);
  else
    put_answer (self, response, settled, answer);
}

void
posa_sim_dlms_handle (PosaSimDlms *self, guint8 sap, const GByteArray *apdu, GByteArray *answer)
{
  if (apdu->len == 0)
    return;
  posa_sim_2g_take_security (self->meter, apdu->data[0] == POSA_ACSE_AARQ);
  if (apdu->data[0] == POSA_GBT_TAG)
    {
      if (posa_sim_dlms_take_transfer (self, apdu, answer))
        handle_service (self, self->whole, answer);
      posa_sim_dlms_put_in_blocks (self, answer);
      return;
    }
  if (apdu->data[0] != POSA_ACSE_AARQ && apdu->data[0] != POSA_ACSE_RLRQ)
    {
      handle_service (self, apdu, answer);
      posa_sim_dlms_put_in_blocks (self, answer);
      return;
    }
  g_autoptr (PosaAcse) acse = posa_acse_decode (apdu->data, apdu->len, NULL);
  if (acse == NULL)
    posa_sim_dlms_put_exception (self, POSA_DLMS_EXCEPTION_OTHER, answer);
  else if (acse->kind == POSA_ACSE_AARQ)
    posa_sim_dlms_associate (self, sap, acse, answer);
  else
    posa_sim_dlms_release (self, answer);
}
