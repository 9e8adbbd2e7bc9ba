/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-message.h"
#include "sim/posa-sim-iec.h"
#include "sim/posa-sim-sign-on.h"

#include <string.h>

#define STAY_300_US (300 * 1000) /* the client is at the new speed by then */

static void
send_garbage (PosaSimIec *self)
{
  static const guint8 garbage[] = { 0x7F, 0x2F, 0x11, 0x5A, 0x7F, 0x03, 0x2A, 0x0A, 0x7F, 0x7F };

  posa_sim_iec_react (self);
  posa_sim_line_write (self->line, garbage, sizeof garbage);
}

/* One block, or parts of it, each acknowledged and repeated by itself. What the client said behind
 * the last: NAK asks for a single block again, with what the meter has to say now. */
static int
send_data (PosaSimIec *self, const char *content)
{
  gboolean partial = self->behaviour.style == POSA_SIM_STYLE_PARTIAL;
  gsize size = partial ? self->behaviour.block_size : strlen (content);
  int c = POSA_IEC_ACK;

  for (const char *rest = content; *rest != '\0' && c == POSA_IEC_ACK;
       rest += MIN (size, strlen (rest)))
    {
      g_autofree char *text = g_strndup (rest, size);
      if (strlen (rest) > size)
        posa_sim_iec_send_partial_block (self, text);
      else
        posa_sim_iec_send_block (self, text);
      while ((c = posa_sim_iec_read (self, POSA_SIM_IEC_NO_ANSWER_US)) == POSA_IEC_NAK && partial)
        posa_sim_iec_repeat (self);
    }
  return c;
}

/* The data, again as long as the client says NAK. */
static void
serve_readout (PosaSimIec *self)
{
  int c = POSA_IEC_NAK;

  self->meter->readouts++;
  while (c == POSA_IEC_NAK)
    {
      g_autofree char *plain = posa_sim_1g_format_readout (self->meter);
      g_autofree char *content = posa_sim_style_apply (self->behaviour.style, plain);
      c = send_data (self, content);
    }
  if (c >= 0 && c != POSA_IEC_ACK)
    posa_sim_iec_push_back (self, c);
}

/* Mode C: the client chooses. Without a valid option the readout comes at the speed of the start
 * (6.4.1). */
static void
serve_option (PosaSimIec *self)
{
  PosaSimOption option = { 0 };
  gboolean selected =
      posa_sim_sign_on_await_option (self->line, self->meter->identification[3], &option) &&
      option.protocol == '0';

  if (selected && self->meter->fault == POSA_SIM_1G_STAY_300)
    posa_sim_line_wait (self->line, STAY_300_US);
  else if (selected)
    posa_sim_line_set_speed (self->line, posa_iec_speed_to_baud (option.speed), TRUE);
  if (posa_sim_line_is_stopped (self->line))
    return;
  if (selected && option.mode == '1')
    posa_sim_iec_serve_programming (self);
  else
    serve_readout (self);
}

static void
serve_session (PosaSimIec *self)
{
  PosaSim1g *meter = self->meter;
  g_autofree char *identification = g_strconcat ("/", meter->identification, "\r\n", NULL);
  char speed = meter->identification[3];

  meter->sessions++;
  posa_sim_iec_react (self);
  if (self->behaviour.style == POSA_SIM_STYLE_GARBAGE)
    posa_sim_line_write (self->line, "\x7F\x7F/\x7F", 4);
  if (self->behaviour.style == POSA_SIM_STYLE_ECHO)
    posa_sim_line_write (self->line, "/?!\r\n", 5);
  posa_sim_line_write (self->line, identification, strlen (identification));
  if (posa_iec_speed_to_mode (speed) == POSA_IEC_MODE_C)
    serve_option (self);
  else
    {
      posa_sim_line_set_speed (self->line, posa_iec_speed_to_baud (speed), TRUE);
      serve_readout (self);
    }
}

typedef struct
{
  PosaSim1g *meter;
  PosaSimIecBehaviour behaviour;
  PosaSimDevice device;
} Sim1g;

static void
serve (gpointer data, PosaSimLine *line)
{
  const Sim1g *sim = data;
  g_autoptr (GByteArray) last = g_byte_array_new ();
  PosaSimIec self = { .meter = sim->meter,
                      .behaviour = sim->behaviour,
                      .line = line,
                      .last = last,
                      .pushed_back = POSA_SIM_SILENCE };

  while (!posa_sim_line_is_stopped (line))
    {
      posa_sim_line_set_speed (line, POSA_IEC_START_BAUD, TRUE);
      int first = self.pushed_back;
      self.pushed_back = POSA_SIM_SILENCE;
      if (!posa_sim_sign_on_await_request (line, &sim->device, first, sim->behaviour.sleeps))
        return;
      if (sim->meter->fault == POSA_SIM_1G_GARBAGE)
        send_garbage (&self);
      else if (sim->meter->fault != POSA_SIM_1G_SILENT)
        serve_session (&self);
    }
}

static void
destroy (gpointer data)
{
  Sim1g *sim = data;

  g_clear_pointer (&sim->meter, posa_sim_1g_free);
  posa_sim_iec_behaviour_clear (&sim->behaviour);
  posa_sim_device_clear (&sim->device);
  g_free (sim);
}

static gpointer
create (const PosaSimSetup *setup, GError **error)
{
  Sim1g *sim = g_new0 (Sim1g, 1);

  sim->meter = posa_sim_1g_new (setup, error);
  if (sim->meter != NULL && posa_sim_iec_behaviour_take (&sim->behaviour, setup, error) &&
      posa_sim_device_take (&sim->device, setup, sim->meter->serial, error))
    return sim;
  destroy (sim);
  return NULL;
}

static void
dump (gpointer data, JsonBuilder *builder)
{
  const Sim1g *sim = data;

  posa_sim_1g_dump (sim->meter, builder);
}

const PosaSimModel posa_sim_1g = { create, serve, dump, destroy };
