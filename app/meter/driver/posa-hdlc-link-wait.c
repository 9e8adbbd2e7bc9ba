/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-hdlc-link-private.h"

#include "base/posa-error.h"

/* Fewer stray bytes are a glitch of the head's LED, not the rest of an answer. */
#define MIN_FRAGMENT 5
/* Silence that tells that a frame whose end is known was the last one: USB converters deliver every
 * 16 ms. */
#define QUIET_US (40 * 1000)

static gint64
now (PosaHdlcLink *self)
{
  return posa_clock_get_monotonic (posa_port_get_clock (self->port));
}

static gint64
line_time (PosaHdlcLink *self, gsize n_bytes)
{
  return (gint64) n_bytes * 10 * G_USEC_PER_SEC / self->options.baud;
}

void
posa_hdlc_link_put (PosaHdlcLink *self, PosaHdlcFrame frame, GByteArray *out)
{
  frame.destination = self->server;
  frame.source = POSA_HDLC_CLIENT (self->options.client);
  posa_hdlc_frame_encode (&frame, out);
}

gboolean
posa_hdlc_link_send (PosaHdlcLink *self,
                     const GByteArray *bytes,
                     gint64 *deadline,
                     GCancellable *cancellable,
                     GError **error)
{
  self->stats->bytes_tx += bytes->len;
  self->stats->round_trips++;
  if (!posa_port_send (self->port, bytes->data, bytes->len, cancellable, error))
    return FALSE;
  /* A device may take the bytes faster than the line carries them. */
  *deadline = now (self) + self->options.response_us + line_time (self, bytes->len);
  return TRUE;
}

static gboolean
is_for_us (PosaHdlcLink *self, const PosaHdlcFrame *frame)
{
  /* Also keeps out an echo of our own: it is addressed to the meter. */
  return posa_hdlc_address_equal (frame->destination, POSA_HDLC_CLIENT (self->options.client)) &&
         frame->source.width == self->server.width &&
         posa_hdlc_address_covers (self->server, frame->source);
}

/* The next frame for us that has come already. A whole one that is not leaves *n_stray at 0: it is
 * nothing of an answer. */
static gboolean
take_frame (PosaHdlcLink *self, PosaHdlcFrame *frame, gsize *n_stray)
{
  while (posa_hdlc_deframer_next (self->deframer, frame, NULL))
    {
      if (is_for_us (self, frame))
        return TRUE;
      *n_stray = 0;
    }
  return FALSE;
}

PosaHdlcWaited
posa_hdlc_link_wait (PosaHdlcLink *self,
                     gint64 deadline,
                     PosaHdlcFrame *frame,
                     GCancellable *cancellable,
                     GError **error)
{
  gint64 give_up = deadline + line_time (self, 2 * POSA_HDLC_MAX_FRAME) + self->options.response_us;
  guint n_damaged = posa_hdlc_deframer_get_n_damaged (self->deframer);
  gsize n_stray = 0;

  /* A line that chatters for ever ends this too. */
  while (now (self) <= give_up)
    {
      guint8 bytes[512];
      gint64 until = deadline;

      if (take_frame (self, frame, &n_stray))
        return POSA_HDLC_WAITED_FRAME;
      if (posa_hdlc_deframer_get_n_damaged (self->deframer) > n_damaged)
        until = now (self) + QUIET_US;
      else if (n_stray >= MIN_FRAGMENT)
        until = now (self) + self->options.inter_octet_us;
      gssize n = posa_port_receive (self->port, bytes, sizeof bytes, until, cancellable, error);
      if (n < 0)
        return POSA_HDLC_WAITED_ERROR;
      if (n == 0)
        return n_stray >= MIN_FRAGMENT ? POSA_HDLC_WAITED_DAMAGED : POSA_HDLC_WAITED_SILENCE;
      n_stray += (gsize) n;
      self->stats->bytes_rx += (guint64) n;
      posa_hdlc_deframer_push (self->deframer, bytes, (gsize) n);
    }
  return POSA_HDLC_WAITED_DAMAGED;
}

gint64
posa_hdlc_link_get_next_due (PosaHdlcLink *self)
{
  return now (self) + self->options.inter_octet_us;
}

gboolean
posa_hdlc_link_drain (PosaHdlcLink *self,
                      gint64 silence_us,
                      GCancellable *cancellable,
                      GError **error)
{
  posa_hdlc_deframer_clear (self->deframer);
  return posa_port_drain (self->port, silence_us, cancellable, error);
}

gboolean
posa_hdlc_link_recover (PosaHdlcLink *self, GCancellable *cancellable, GError **error)
{
  self->stats->retries++;
  return posa_hdlc_link_drain (self, QUIET_US, cancellable, error);
}

gboolean
posa_hdlc_link_break (PosaHdlcLink *self, GError **error)
{
  self->state = POSA_HDLC_LINK_BROKEN;
  g_prefix_error_literal (error, "HDLC link to the meter: ");
  return FALSE;
}
