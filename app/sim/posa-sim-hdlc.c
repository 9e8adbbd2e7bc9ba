/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-hdlc.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-hdlc-deframer.h"

#define LLC_BYTES 3
#define MAX_APDU  (8 * 1024)
/* Below are the messages of the association itself. */
#define TAG_FIRST_SERVICE 0xC0

/* Upper addresses that mean us although they are not ours; lower ones likewise. */
#define ALL_STATIONS_ONE_BYTE 0x7F
#define ALL_STATIONS_TWO_BYTE 0x3FFF

struct _PosaSimHdlc
{
  PosaSimHdlcOptions options;
  PosaHdlcDeframer *deframer;
  gboolean connected;
  PosaHdlcAddress client, server; /* of the connection: answers carry the same form back */
  guint16 transmit, receive;      /* granted sizes of information, ours */
  guint8 send_sequence, receive_sequence;
  GByteArray *request; /* segments so far */
  GByteArray *answer;  /* with LLC; sent so far: answer_at */
  gsize answer_at;
  GByteArray *last; /* I frame that is not acknowledged */
  GByteArray *held; /* with LLC: the answer behind a notification */
  guint n_received; /* frames */
};

PosaSimHdlc *
posa_sim_hdlc_new (const PosaSimHdlcOptions *options)
{
  PosaSimHdlc *self = g_new0 (PosaSimHdlc, 1);

  self->options = *options;
  self->deframer = posa_hdlc_deframer_new ();
  self->request = g_byte_array_new ();
  self->answer = g_byte_array_new ();
  self->last = g_byte_array_new ();
  self->held = g_byte_array_new ();
  return self;
}

void
posa_sim_hdlc_free (PosaSimHdlc *self)
{
  if (self == NULL)
    return;
  posa_hdlc_deframer_free (self->deframer);
  g_byte_array_unref (self->request);
  g_byte_array_unref (self->answer);
  g_byte_array_unref (self->last);
  g_byte_array_unref (self->held);
  g_free (self);
}

static gboolean
is_for_us (PosaSimHdlc *self, PosaHdlcAddress address)
{
  guint16 all = address.width == 4 ? ALL_STATIONS_TWO_BYTE : ALL_STATIONS_ONE_BYTE;

  if (address.upper != self->options.logical && address.upper != all)
    return FALSE;
  return address.width == 1 || address.lower == self->options.physical || address.lower == all;
}

static void
put_frame (PosaSimHdlc *self, const PosaHdlcFrame *request, PosaHdlcFrame frame, GByteArray *out)
{
  frame.destination = request->source;
  frame.source = request->destination;
  frame.poll = TRUE;
  posa_hdlc_frame_encode (&frame, out);
}

static void
put_simple (PosaSimHdlc *self, const PosaHdlcFrame *request, PosaHdlcType type, GByteArray *out)
{
  put_frame (self, request,
             (PosaHdlcFrame) { .type = type, .receive_sequence = self->receive_sequence }, out);
}

static void
drop_connection (PosaSimHdlc *self)
{
  self->connected = FALSE;
  self->send_sequence = self->receive_sequence = 0;
  self->answer_at = 0;
  g_byte_array_set_size (self->request, 0);
  g_byte_array_set_size (self->answer, 0);
  g_byte_array_set_size (self->last, 0);
  g_byte_array_set_size (self->held, 0);
}

static void
handle_snrm (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  g_autoptr (GByteArray) field = g_byte_array_new ();
  PosaHdlcParameters theirs, ours;

  if (!posa_hdlc_parameters_decode (frame->information, frame->size, &theirs, NULL))
    return;
  drop_connection (self);
  /* What the client receives is what we may transmit. */
  self->transmit = MIN (theirs.max_receive, self->options.max_info);
  self->receive = MIN (theirs.max_transmit, self->options.max_info);
  ours = (PosaHdlcParameters) { self->transmit, self->receive, 1, 1 };
  self->client = frame->source;
  self->server = frame->destination;
  self->connected = TRUE;
  self->options.reset (self->options.data, (guint8) frame->source.upper);
  posa_hdlc_parameters_encode (&ours, field);
  put_frame (
      self, frame,
      (PosaHdlcFrame) { .type = POSA_HDLC_UA, .information = field->data, .size = field->len },
      out);
}

static void
handle_disc (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  gboolean was_connected = self->connected;

  drop_connection (self);
  self->options.reset (self->options.data, (guint8) frame->source.upper);
  put_simple (self, frame, was_connected ? POSA_HDLC_UA : POSA_HDLC_DM, out);
}

/* Sends the next segment of the answer and keeps it until it is acknowledged. */
static void
put_segment (PosaSimHdlc *self, const PosaHdlcFrame *request, GByteArray *out)
{
  gsize size = MIN (self->answer->len - self->answer_at, self->transmit);
  PosaHdlcFrame frame = { .type = POSA_HDLC_I,
                          .segmented = self->answer_at + size < self->answer->len,
                          .send_sequence = self->send_sequence,
                          .receive_sequence = self->receive_sequence,
                          .information = self->answer->data + self->answer_at,
                          .size = size };

  self->answer_at += size;
  self->send_sequence = (self->send_sequence + 1) & 7;
  g_byte_array_set_size (self->last, 0);
  put_frame (self, request, frame, self->last);
  posa_put_bytes (out, self->last->data, self->last->len);
}

/* What the client asks for by acknowledging or not acknowledging. */
static void
handle_rr (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  if (frame->receive_sequence != self->send_sequence && self->last->len > 0)
    {
      posa_put_bytes (out, self->last->data, self->last->len);
      return;
    }
  g_byte_array_set_size (self->last, 0);
  if (self->answer_at == self->answer->len && self->held->len > 0)
    {
      g_byte_array_set_size (self->answer, 0);
      posa_put_bytes (self->answer, self->held->data, self->held->len);
      g_byte_array_set_size (self->held, 0);
      self->answer_at = 0;
    }
  if (self->answer_at < self->answer->len)
    put_segment (self, frame, out);
  else
    put_simple (self, frame, POSA_HDLC_RR, out);
}

/* Holds the answer back, so that the client gets it only when it asks again. */
static void
send_notification (PosaSimHdlc *self)
{
  static const guint8 notification[] = { 0xE6, 0xE7, 0x00, 0x0F, 0, 0, 0, 1, 0, 0 };

  g_byte_array_set_size (self->held, 0);
  posa_put_bytes (self->held, self->answer->data, self->answer->len);
  g_byte_array_set_size (self->answer, 0);
  posa_put_bytes (self->answer, notification, sizeof notification);
}

static void
answer_request (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  static const guint8 llc[LLC_BYTES] = { 0xE6, 0xE7, 0x00 };
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  g_byte_array_remove_range (self->request, 0, LLC_BYTES);
  self->options.handle (self->options.data, (guint8) frame->source.upper, self->request, answer);
  g_byte_array_set_size (self->request, 0);
  if (answer->len == 0)
    {
      put_simple (self, frame, POSA_HDLC_RR, out);
      return;
    }
  posa_put_bytes (self->answer, llc, sizeof llc);
  posa_put_bytes (self->answer, answer->data, answer->len);
  if (self->options.notify && answer->data[0] >= TAG_FIRST_SERVICE)
    send_notification (self);
  put_segment (self, frame, out);
}

static void
handle_i (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  /* A number that was taken already: the client did not see what we sent. */
  if (frame->send_sequence != self->receive_sequence)
    {
      handle_rr (self, frame, out);
      return;
    }
  if (frame->size > self->receive || self->request->len + frame->size > MAX_APDU)
    {
      put_simple (self, frame, POSA_HDLC_FRMR, out);
      drop_connection (self);
      return;
    }
  self->receive_sequence = (self->receive_sequence + 1) & 7;
  g_byte_array_set_size (self->last, 0);
  g_byte_array_set_size (self->answer, 0);
  self->answer_at = 0;
  posa_put_bytes (self->request, frame->information, frame->size);
  if (frame->segmented)
    put_simple (self, frame, POSA_HDLC_RR, out);
  else if (self->request->len < LLC_BYTES || self->request->data[0] != 0xE6)
    {
      g_byte_array_set_size (self->request, 0);
      put_simple (self, frame, POSA_HDLC_RR, out);
    }
  else
    answer_request (self, frame, out);
}

static void
handle_frame (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  if (!is_for_us (self, frame->destination) || frame->source.width != 1)
    return;
  if (frame->type == POSA_HDLC_SNRM)
    handle_snrm (self, frame, out);
  else if (frame->type == POSA_HDLC_DISC)
    handle_disc (self, frame, out);
  else if (!self->connected || !posa_hdlc_address_equal (frame->source, self->client))
    put_simple (self, frame, POSA_HDLC_DM, out);
  else if (frame->type == POSA_HDLC_I)
    handle_i (self, frame, out);
  else if (frame->type == POSA_HDLC_RR)
    handle_rr (self, frame, out);
}

void
posa_sim_hdlc_feed (PosaSimHdlc *self, const guint8 *data, gsize size, GByteArray *out)
{
  PosaHdlcFrame frame;

  posa_hdlc_deframer_push (self->deframer, data, size);
  while (posa_hdlc_deframer_next (self->deframer, &frame, NULL))
    if (self->options.deaf_every == 0 || ++self->n_received % self->options.deaf_every != 0)
      handle_frame (self, &frame, out);
}

gboolean
posa_sim_hdlc_is_connected (const PosaSimHdlc *self)
{
  return self->connected;
}

void
posa_sim_hdlc_time_out (PosaSimHdlc *self)
{
  posa_hdlc_deframer_clear (self->deframer);
  if (!self->connected)
    return;
  self->options.reset (self->options.data, (guint8) self->client.upper);
  drop_connection (self);
}
