/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-meter.h"

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "sim/posa-sim-2g-keys.h"
#include "sim/posa-sim-dlms.h"
#include "sim/posa-sim-hdlc.h"
#include "sim/posa-sim-mode-e.h"

/* Longer than a client waits for an answer. */
#define LATE_US (2500 * 1000)

typedef struct
{
  PosaSimMeter *meter;
  PosaSimDlms *dlms;
  PosaSimHdlc *hdlc;
  PosaSimModeE mode_e; /* how it is called */
  guint n_sent;        /* frames */
  gboolean cut;        /* the head slips off before the answer */
} Sim2g;

static void
reset_cb (gpointer data, guint8 sap)
{
  Sim2g *self = data;

  posa_sim_dlms_reset (self->dlms);
}

static void
handle_cb (gpointer data, guint8 sap, const GByteArray *apdu, GByteArray *answer)
{
  Sim2g *self = data;

  posa_sim_dlms_handle (self->dlms, sap, apdu, answer);
  self->cut = self->meter->fault == POSA_SIM_FAULT_KEYS_LOST &&
              posa_sim_2g_has_new_keys (self->meter);
}

static void
destroy (gpointer data)
{
  Sim2g *self = data;

  posa_sim_mode_e_clear (&self->mode_e);
  posa_sim_hdlc_free (self->hdlc);
  posa_sim_dlms_free (self->dlms);
  posa_sim_meter_free (self->meter);
  g_free (self);
}

/* How the meter is on the line below DLMS: hdlc=NAME, window=N. */
static gboolean
take_line_manners (const PosaSimSetup *setup, PosaSimHdlcOptions *options, GError **error)
{
  g_autofree char *manner = posa_sim_setup_take (setup, "hdlc");
  g_autofree char *window = posa_sim_setup_take (setup, "window");
  guint64 frames = 1;

  if (manner != NULL && !posa_sim_hdlc_manner_parse (manner, &options->manner))
    g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set hdlc=%s: not understood", manner);
  else if (window != NULL &&
           !g_ascii_string_to_unsigned (window, 10, 1, POSA_HDLC_MAX_WINDOW, &frames, NULL))
    g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set window=%s: 1 to 7", window);
  else
    {
      options->window = (guint8) frames;
      return TRUE;
    }
  return FALSE;
}

static gpointer
create (const PosaSimSetup *setup, GError **error)
{
  PosaSimMeter *meter = posa_sim_meter_new (setup, error);

  if (meter == NULL)
    return NULL;
  Sim2g *self = g_new0 (Sim2g, 1);
  PosaSimHdlcOptions options = { .logical = meter->logical_device,
                                 .physical = meter->physical_device,
                                 .max_info = meter->max_info,
                                 .notify = meter->fault == POSA_SIM_FAULT_NOTIFY,
                                 .reset = reset_cb,
                                 .handle = handle_cb,
                                 .data = self };
  if (meter->fault == POSA_SIM_FAULT_DEAF)
    options.deaf_every = meter->fault_every;
  self->meter = meter;
  self->dlms = posa_sim_dlms_new (meter);
  gboolean understood = take_line_manners (setup, &options, error) &&
                        posa_sim_mode_e_take (&self->mode_e, setup, meter->serial, error);
  self->hdlc = posa_sim_hdlc_new (&options);
  if (understood)
    return self;
  destroy (self);
  return NULL;
}

static gboolean
every (const Sim2g *self, PosaSimFault fault, guint number)
{
  return self->meter->fault == fault && number % self->meter->fault_every == 0;
}

static void
send_frame (Sim2g *self, PosaSimLine *line, GByteArray *frame)
{
  gboolean late = every (self, POSA_SIM_FAULT_LATE, ++self->n_sent);

  if (every (self, POSA_SIM_FAULT_LOSE, self->n_sent))
    return;
  gint64 reaction_us = posa_sim_line_has_pace (line) ? self->meter->reaction_us : 0;
  posa_sim_line_wait (line, late ? LATE_US : reaction_us);
  if (self->meter->fault == POSA_SIM_FAULT_LONG && frame->len > self->meter->fault_every)
    frame->data[frame->len / 2] ^= 0x10;
  posa_sim_line_write (line, frame->data, frame->len);
}

/* A client that is silent for long is gone: TRUE then. */
static gboolean
note_silence (Sim2g *self, gint64 since_us)
{
  gint64 now = posa_clock_get_monotonic (posa_clock_get_system ());
  gboolean gone = now - since_us >= (gint64) self->meter->inactivity_s * G_USEC_PER_SEC;

  if (gone)
    posa_sim_hdlc_time_out (self->hdlc);
  return gone;
}

/* HDLC until the client has disconnected, or gone. */
static void
serve_hdlc (Sim2g *self, PosaSimLine *line)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gint64 last_us = posa_clock_get_monotonic (posa_clock_get_system ());
  gboolean going = TRUE;

  while (going && !posa_sim_line_is_stopped (line))
    {
      int byte = posa_sim_line_read (line, G_USEC_PER_SEC);

      if (byte < 0)
        {
          going = !note_silence (self, last_us);
          continue;
        }
      guint8 octet = (guint8) byte;
      gboolean connected = posa_sim_hdlc_is_connected (self->hdlc);
      last_us = posa_clock_get_monotonic (posa_clock_get_system ());
      posa_sim_hdlc_feed (self->hdlc, &octet, 1, out);
      self->cut = self->cut ||
                  (out->len > 0 && every (self, POSA_SIM_FAULT_RESTART, self->n_sent + 1));
      if (self->cut)
        {
          g_byte_array_set_size (out, 0);
          posa_sim_hdlc_time_out (self->hdlc);
          self->meter->fault = POSA_SIM_FAULT_NONE;
          self->cut = FALSE;
        }
      if (out->len == 0)
        continue;
      send_frame (self, line, out);
      g_byte_array_set_size (out, 0);
      going = !connected || posa_sim_hdlc_is_connected (self->hdlc);
    }
}

static void
serve (gpointer data, PosaSimLine *line)
{
  Sim2g *self = data;

  while (posa_sim_mode_e_await_hdlc (&self->mode_e, line, self->meter->baud))
    serve_hdlc (self, line);
}

static void
dump (gpointer data, JsonBuilder *builder)
{
  Sim2g *self = data;

  posa_sim_meter_dump (self->meter, builder);
  json_builder_set_member_name (builder, "flag_checks");
  json_builder_add_int_value (builder, posa_sim_hdlc_get_n_flag_checks (self->hdlc));
}

const PosaSimModel posa_sim_2g = { .create = create,
                                   .serve = serve,
                                   .dump = dump,
                                   .destroy = destroy };
