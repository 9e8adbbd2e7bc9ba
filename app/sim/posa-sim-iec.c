/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-iec.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-iec-message.h"

#define SHORT_REACTION_US (20 * 1000) /* without pace */

int
posa_sim_iec_read (PosaSimIec *self, gint64 timeout_us)
{
  int character = self->pushed_back;

  self->pushed_back = POSA_SIM_SILENCE;
  return character != POSA_SIM_SILENCE ? character : posa_sim_line_read (self->line, timeout_us);
}

void
posa_sim_iec_push_back (PosaSimIec *self, int character)
{
  self->pushed_back = character;
}

void
posa_sim_iec_react (PosaSimIec *self)
{
  gboolean pace = posa_sim_line_has_pace (self->line);

  posa_sim_line_wait_for_speed (self->line, POSA_SIM_IEC_GAP_US);
  posa_sim_line_wait (self->line, pace ? self->meter->reaction_us : SHORT_REACTION_US);
}

static void
send_spoilt (PosaSimIec *self, GByteArray *message)
{
  PosaSim1g *meter = self->meter;
  gboolean data = message->len > 1 && message->data[0] == POSA_IEC_STX;

  posa_sim_iec_react (self);
  if (data && meter->fault == POSA_SIM_1G_BAD_BCC && meter->fault_number > 0)
    {
      meter->fault_number--;
      message->data[message->len - 1] ^= 0x01;
    }
  if (data && meter->fault == POSA_SIM_1G_CUT_OFF)
    g_byte_array_set_size (message, MIN (message->len, meter->fault_number));
  posa_sim_line_write (self->line, message->data, message->len);
}

void
posa_sim_iec_send (PosaSimIec *self, const GByteArray *message)
{
  g_byte_array_set_size (self->last, 0);
  posa_put_bytes (self->last, message->data, message->len);
  posa_sim_iec_repeat (self);
}

void
posa_sim_iec_repeat (PosaSimIec *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_put_bytes (message, self->last->data, self->last->len);
  send_spoilt (self, message);
}

void
posa_sim_iec_send_block (PosaSimIec *self, const char *content)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_block (message, content);
  posa_sim_iec_send (self, message);
}

void
posa_sim_iec_send_partial_block (PosaSimIec *self, const char *content)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_partial_block (message, content);
  posa_sim_iec_send (self, message);
}

void
posa_sim_iec_send_byte (PosaSimIec *self, guint8 byte)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_put_u8 (message, byte);
  posa_sim_iec_send (self, message);
}
