/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-hdlc.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "meter/codec/posa-hdlc-deframer.h"

#define LLC_BYTES 3
#define MAX_APDU  (8 * 1024)
/* Below are the messages of the association itself. */
#define TAG_FIRST_SERVICE 0xC0

/* The request before which a meter that drops its connection does so. */
#define DROP_AT 5

static const char *const manner_names[POSA_SIM_HDLC_N_MANNERS] = {
  "plain",  "bare-ua",     "bare-snrm", "refuse-field", "stuck",  "client-llc", "garbage",
  "double", "shared-flag", "busy",      "disconnect",   "reject", "flag-check",
};

struct _PosaSimHdlc
{
  PosaSimHdlcOptions options;
  PosaHdlcDeframer *deframer;
  gboolean connected;
  PosaHdlcAddress client;     /* of the connection */
  PosaHdlcParameters granted; /* seen from us */
  guint8 send_sequence;       /* of the first segment that is not acknowledged */
  guint8 receive_sequence;
  guint n_outstanding;               /* segments sent and not acknowledged … */
  gsize sizes[POSA_HDLC_MAX_WINDOW]; /* … of so many bytes each */
  GByteArray *request;               /* segments so far */
  GByteArray *answer;                /* with LLC */
  gsize answer_at;                   /* so much of it is acknowledged */
  GByteArray *held;                  /* with LLC: the answer behind a notification */
  guint n_requests;                  /* since the start */
  guint n_received;                  /* frames */
  guint n_flag_checks;               /* frames sent whose check ended in 7E */
};

PosaSimHdlc *
posa_sim_hdlc_new (const PosaSimHdlcOptions *options)
{
  PosaSimHdlc *self = g_new0 (PosaSimHdlc, 1);

  self->options = *options;
  self->deframer = posa_hdlc_deframer_new ();
  self->request = g_byte_array_new ();
  self->answer = g_byte_array_new ();
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
  g_byte_array_unref (self->held);
  g_free (self);
}

gboolean
posa_sim_hdlc_manner_parse (const char *name, PosaSimHdlcManner *out)
{
  guint i = 0;

  while (i < POSA_SIM_HDLC_N_MANNERS && g_strcmp0 (manner_names[i], name) != 0)
    i++;
  *out = (PosaSimHdlcManner) i;
  return i < POSA_SIM_HDLC_N_MANNERS;
}

static gboolean
has_manner (const PosaSimHdlc *self, PosaSimHdlcManner manner)
{
  return self->options.manner == manner;
}

static gboolean
is_for_us (PosaSimHdlc *self, PosaHdlcAddress address)
{
  const PosaHdlcAddress own = { address.width, self->options.logical, self->options.physical };

  return posa_hdlc_address_covers (address, own);
}

/* In the form that the client used, and with our own numbers in it. */
static PosaHdlcAddress
get_own_address (PosaSimHdlc *self, const PosaHdlcFrame *request)
{
  guint8 width = request->destination.width;

  return (PosaHdlcAddress) { width, self->options.logical, width > 1 ? self->options.physical : 0 };
}

/* Whether the last byte of the check, before the flag, is itself that of a flag. */
static gboolean
ends_in_flag (const GByteArray *frame)
{
  return frame->data[frame->len - 2] == POSA_HDLC_FLAG;
}

static void
encode (PosaSimHdlc *self, const PosaHdlcFrame *request, PosaHdlcFrame frame, GByteArray *out)
{
  frame.destination = request->source;
  frame.source = get_own_address (self, request);
  if (has_manner (self, POSA_SIM_HDLC_STUCK) && frame.type == POSA_HDLC_I)
    frame.receive_sequence = 0;
  posa_hdlc_frame_encode (&frame, out);
}

static void
put_frame (PosaSimHdlc *self, const PosaHdlcFrame *request, PosaHdlcFrame frame, GByteArray *out)
{
  static const guint8 garbage[] = { 0x7F, 0x00, 0x7E, 0xA0, 0x1E, 0x21 };

  if (has_manner (self, POSA_SIM_HDLC_GARBAGE))
    posa_put_bytes (out, garbage, sizeof garbage);
  if (has_manner (self, POSA_SIM_HDLC_SHARED_FLAG) && out->len > 0)
    g_byte_array_set_size (out, out->len - 1);
  encode (self, request, frame, out);
  self->n_flag_checks += ends_in_flag (out);
}

static void
put_simple (PosaSimHdlc *self, const PosaHdlcFrame *request, PosaHdlcType type, GByteArray *out)
{
  put_frame (
      self, request,
      (PosaHdlcFrame) { .type = type, .poll = TRUE, .receive_sequence = self->receive_sequence },
      out);
}

static void
drop_connection (PosaSimHdlc *self)
{
  self->connected = FALSE;
  self->send_sequence = self->receive_sequence = 0;
  self->answer_at = 0;
  self->n_outstanding = 0;
  g_byte_array_set_size (self->request, 0);
  g_byte_array_set_size (self->answer, 0);
  g_byte_array_set_size (self->held, 0);
}

static void
handle_snrm (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  const PosaSimHdlcOptions *options = &self->options;
  g_autoptr (GByteArray) field = g_byte_array_new ();
  PosaHdlcParameters theirs;

  if (!posa_hdlc_parameters_decode (frame->information, frame->size, &theirs, NULL))
    return;
  if (frame->size > 0 && has_manner (self, POSA_SIM_HDLC_REFUSE_FIELD))
    put_simple (self, frame, POSA_HDLC_DM, out);
  if (frame->size > 0 &&
      (has_manner (self, POSA_SIM_HDLC_REFUSE_FIELD) || has_manner (self, POSA_SIM_HDLC_BARE_SNRM)))
    return;
  drop_connection (self);
  /* What the client receives is what we may transmit. */
  self->granted = (PosaHdlcParameters) { MIN (theirs.max_receive, options->max_info),
                                         MIN (theirs.max_transmit, options->max_info),
                                         MIN (theirs.window_receive, options->window),
                                         MIN (theirs.window_transmit, options->window) };
  if (has_manner (self, POSA_SIM_HDLC_BARE_UA))
    self->granted = POSA_HDLC_PARAMETERS_DEFAULT;
  else
    posa_hdlc_parameters_encode (&self->granted, field);
  self->client = frame->source;
  self->connected = TRUE;
  options->reset (options->data, (guint8) frame->source.upper);
  put_frame (self, frame,
             (PosaHdlcFrame) { .type = POSA_HDLC_UA,
                               .poll = TRUE,
                               .information = field->data,
                               .size = field->len },
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

/* Segment number @n in a row, @size bytes of the answer from @at on. */
static PosaHdlcFrame
make_segment (const PosaSimHdlc *self, guint n, gsize at, gsize size)
{
  gboolean last = at + size == self->answer->len;

  return (PosaHdlcFrame) { .type = POSA_HDLC_I,
                           .segmented = !last,
                           .poll = last || n + 1 == self->granted.window_transmit,
                           .send_sequence = (self->send_sequence + n) & 7,
                           .receive_sequence = self->receive_sequence,
                           .information = self->answer->data + at,
                           .size = size };
}

/* As much as the client takes; of a segment that is sent again what it had. A meter with checks
 * that end in 7E cuts the answer so that there is one, if it can. */
static gsize
choose_size (PosaSimHdlc *self, const PosaHdlcFrame *request, guint n, gsize at)
{
  gsize most = MIN (self->answer->len - at, self->granted.max_transmit);

  if (n < self->n_outstanding)
    return self->sizes[n];
  for (gsize size = most; size > 0 && has_manner (self, POSA_SIM_HDLC_FLAG_CHECK); size--)
    {
      g_autoptr (GByteArray) frame = g_byte_array_new ();

      encode (self, request, make_segment (self, n, at, size), frame);
      if (ends_in_flag (frame))
        return size;
    }
  return most;
}

/* Sends as many segments of the answer as the client takes in a row, from the first that it does
 * not have. */
static void
put_window (PosaSimHdlc *self, const PosaHdlcFrame *request, GByteArray *out)
{
  guint copies = has_manner (self, POSA_SIM_HDLC_DOUBLE) ? 2 : 1;
  gsize at = self->answer_at;
  guint n = 0;

  while (at < self->answer->len && n < self->granted.window_transmit)
    {
      self->sizes[n] = choose_size (self, request, n, at);
      for (guint i = 0; i < copies; i++)
        put_frame (self, request, make_segment (self, n, at, self->sizes[n]), out);
      at += self->sizes[n];
      n++;
    }
  self->n_outstanding = n;
}

/* What the client has of the answer. */
static void
take_acknowledgement (PosaSimHdlc *self, const PosaHdlcFrame *frame)
{
  guint n = (guint) (frame->receive_sequence - self->send_sequence) & 7;

  if (n > self->n_outstanding)
    return;
  for (guint i = 0; i < n; i++)
    self->answer_at += self->sizes[i];
  memmove (self->sizes, self->sizes + n, (POSA_HDLC_MAX_WINDOW - n) * sizeof *self->sizes);
  self->send_sequence = (self->send_sequence + n) & 7;
  self->n_outstanding -= n;
}

/* The client asks for what comes next, or for what it did not get. */
static void
handle_rr (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  take_acknowledgement (self, frame);
  if (self->answer_at == self->answer->len && self->held->len > 0)
    {
      g_byte_array_set_size (self->answer, 0);
      posa_put_bytes (self->answer, self->held->data, self->held->len);
      g_byte_array_set_size (self->held, 0);
      self->answer_at = 0;
    }
  if (self->answer_at < self->answer->len)
    put_window (self, frame, out);
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
  const guint8 source = has_manner (self, POSA_SIM_HDLC_CLIENT_LLC) ? 0xE6 : 0xE7;
  const guint8 llc[LLC_BYTES] = { 0xE6, source, 0x00 };
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
  if (has_manner (self, POSA_SIM_HDLC_BUSY))
    put_simple (self, frame, POSA_HDLC_RNR, out);
  else
    put_window (self, frame, out);
}

/* A number that is not the next: one before is missing, or the client did not see what we sent. */
static void
handle_wrong_number (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  guint ahead = (guint) (frame->send_sequence - self->receive_sequence) & 7;

  if (!frame->poll)
    return;
  if (ahead < self->granted.window_receive)
    put_simple (self, frame, POSA_HDLC_REJ, out);
  else
    handle_rr (self, frame, out);
}

/* The whole request, once it is there. */
static void
handle_request (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  self->n_requests++;
  if (self->n_requests == DROP_AT &&
      (has_manner (self, POSA_SIM_HDLC_DISCONNECT) || has_manner (self, POSA_SIM_HDLC_REJECT)))
    {
      put_simple (self, frame,
                  has_manner (self, POSA_SIM_HDLC_REJECT) ? POSA_HDLC_FRMR : POSA_HDLC_DM, out);
      drop_connection (self);
    }
  else if (self->request->len < LLC_BYTES || self->request->data[0] != 0xE6)
    {
      g_byte_array_set_size (self->request, 0);
      put_simple (self, frame, POSA_HDLC_RR, out);
    }
  else
    answer_request (self, frame, out);
}

static void
handle_i (PosaSimHdlc *self, const PosaHdlcFrame *frame, GByteArray *out)
{
  if (frame->send_sequence != self->receive_sequence)
    {
      handle_wrong_number (self, frame, out);
      return;
    }
  if (frame->size > self->granted.max_receive || self->request->len + frame->size > MAX_APDU)
    {
      put_simple (self, frame, POSA_HDLC_FRMR, out);
      drop_connection (self);
      return;
    }
  take_acknowledgement (self, frame);
  self->receive_sequence = (self->receive_sequence + 1) & 7;
  /* A new request: whatever is left of the last answer, nobody wants it. */
  self->send_sequence = (self->send_sequence + self->n_outstanding) & 7;
  self->n_outstanding = 0;
  g_byte_array_set_size (self->answer, 0);
  self->answer_at = 0;
  posa_put_bytes (self->request, frame->information, frame->size);
  if (!frame->segmented)
    handle_request (self, frame, out);
  else if (frame->poll)
    put_simple (self, frame, POSA_HDLC_RR, out);
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

guint
posa_sim_hdlc_get_n_flag_checks (const PosaSimHdlc *self)
{
  return self->n_flag_checks;
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
