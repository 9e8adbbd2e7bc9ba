/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-hdlc-link-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

/* An APDU has at most 65535 bytes; protection and LLC come on top. */
#define MAX_RESPONSE (66 * 1024)
#define MAX_SEGMENTS (MAX_RESPONSE / 32)
#define LLC_BYTES    3
/* Faults in a row for each silence that is borne: a meter that is heard is not given up so soon. */
#define FAULTS_PER_SILENCE 4
/* … unless it is to be called again with smaller frames. At 6 wrong bits in 10,000 bytes seven of
 * ten frames of 2030 bytes are lost, and one of four of 507: better two too few than two too many.
 */
#define FAULTS_OF_LARGE 2
/* A meter that is busy is asked so often … */
#define BUSY_POLL_US (200 * 1000)
/* … for so many times the wait for an answer. */
#define BUSY_PATIENCE 4

/* One APDU to the meter, and the one that comes back. */
typedef struct
{
  const GByteArray *out; /* with LLC; NULL when only the meter's is asked for */
  gsize acknowledged;    /* bytes of it that the meter has */
  guint n_outstanding;   /* segments sent in the last window */
  GByteArray *in;        /* with LLC, so far */
  guint n_segments;      /* in it */
  gboolean complete;     /* its last segment has come */
  guint n_silent;        /* silences in a row */
  guint n_faults;        /* faults since the last progress */
  gint64 busy_until;     /* 0 while the meter is not busy */
  gboolean was_silent;   /* a late answer may follow */
} Exchange;

/* What the meter's turn has brought. */
typedef enum
{
  TURN_PROGRESS, /* segments of it, or acknowledgement of ours */
  TURN_REPEAT,   /* it did not get what we sent */
  TURN_BUSY,     /* it has all, but no answer yet */
  TURN_DAMAGED,
  TURN_SILENCE,
  TURN_FAILED
} Turn;

PosaHdlcLink *
posa_hdlc_link_new (PosaPort *port, const PosaHdlcLinkOptions *options, PosaLineStats *stats)
{
  PosaHdlcLink *self = g_new0 (PosaHdlcLink, 1);

  self->port = g_object_ref (port);
  self->options = *options;
  self->options.window = MAX (options->window, 1);
  self->stats = stats;
  self->deframer = posa_hdlc_deframer_new ();
  return self;
}

void
posa_hdlc_link_free (PosaHdlcLink *self)
{
  if (self == NULL)
    return;
  posa_hdlc_deframer_free (self->deframer);
  g_object_unref (self->port);
  g_free (self);
}

gboolean
posa_hdlc_link_is_connected (const PosaHdlcLink *self)
{
  return self->state == POSA_HDLC_LINK_CONNECTED;
}

void
posa_hdlc_link_set_hasty (PosaHdlcLink *self, gboolean hasty)
{
  self->hasty = hasty;
}

guint16
posa_hdlc_link_get_max_info (const PosaHdlcLink *self)
{
  return self->state == POSA_HDLC_LINK_CONNECTED ? self->granted.max_receive
                                                 : POSA_HDLC_DEFAULT_INFO;
}

static gint64
now (PosaHdlcLink *self)
{
  return posa_clock_get_monotonic (posa_port_get_clock (self->port));
}

static gboolean
fail (GError **error, PosaErrorCode code, const char *what)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, what);
  return FALSE;
}

/* ---- our turn ---- */

/* As many segments as the meter takes in a row, from the first that it does not have. */
static void
put_window (PosaHdlcLink *self, Exchange *exchange, GByteArray *bytes)
{
  const GByteArray *out = exchange->out;
  gsize at = exchange->acknowledged;
  guint n = 0;

  while (at < out->len && n < self->granted.window_receive)
    {
      gsize size = MIN (out->len - at, self->granted.max_receive);
      gboolean last = at + size == out->len;
      const PosaHdlcFrame frame = { .type = POSA_HDLC_I,
                                    .segmented = !last,
                                    .poll = last || n + 1 == self->granted.window_receive,
                                    .send_sequence = (self->send_sequence + n) & 7,
                                    .receive_sequence = self->receive_sequence,
                                    .information = out->data + at,
                                    .size = size };
      posa_hdlc_link_put (self, frame, bytes);
      at += size;
      n++;
    }
  exchange->n_outstanding = n;
}

static gboolean
all_acknowledged (const Exchange *exchange)
{
  return exchange->out == NULL || exchange->acknowledged == exchange->out->len;
}

/* RR acknowledges what we have and asks for the next; after a fault it asks what the meter has. */
static gboolean
take_our_turn (PosaHdlcLink *self,
               Exchange *exchange,
               gboolean ask,
               gint64 *deadline,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (ask || all_acknowledged (exchange))
    posa_hdlc_link_put (self,
                        (PosaHdlcFrame) { .type = POSA_HDLC_RR,
                                          .poll = TRUE,
                                          .receive_sequence = self->receive_sequence },
                        bytes);
  else
    put_window (self, exchange, bytes);
  return posa_hdlc_link_send (self, bytes, deadline, cancellable, error);
}

/* ---- the meter's turn ---- */

/* The meter has the next @n segments of ours. */
static void
acknowledge (PosaHdlcLink *self, Exchange *exchange, guint n)
{
  gsize size = (gsize) n * self->granted.max_receive;

  self->send_sequence = (self->send_sequence + n) & 7;
  exchange->n_outstanding -= n;
  if (exchange->out != NULL)
    exchange->acknowledged = MIN (exchange->acknowledged + size, exchange->out->len);
}

/* N(R) of RR, RNR, REJ: what the meter expects next. */
static Turn
take_supervisory (PosaHdlcLink *self, Exchange *exchange, const PosaHdlcFrame *frame)
{
  guint n = (guint) (frame->receive_sequence - self->send_sequence) & 7;
  gboolean news = n > 0 && n <= exchange->n_outstanding;

  if (news)
    acknowledge (self, exchange, n);
  if (all_acknowledged (exchange) || frame->type == POSA_HDLC_RNR)
    return TURN_BUSY;
  return news ? TURN_PROGRESS : TURN_REPEAT;
}

/* Takes the segment if it is the next one. An answer acknowledges all of the request, whatever its
 * N(R) says: the meter could not answer otherwise, and some count it wrong. */
static gboolean
take_segment (PosaHdlcLink *self, Exchange *exchange, const PosaHdlcFrame *frame, GError **error)
{
  if (frame->send_sequence != self->receive_sequence || exchange->complete)
    return TRUE;
  if (exchange->in->len + frame->size > MAX_RESPONSE || ++exchange->n_segments > MAX_SEGMENTS)
    return fail (error, POSA_ERROR_INVALID_DATA, "the meter's answer does not end");
  acknowledge (self, exchange, exchange->n_outstanding);
  posa_put_bytes (exchange->in, frame->information, frame->size);
  self->receive_sequence = (self->receive_sequence + 1) & 7;
  exchange->complete = !frame->segmented;
  return TRUE;
}

/* A segment is missing before this one. Any other number is a repeat of what we have. */
static gboolean
is_ahead (PosaHdlcLink *self, const PosaHdlcFrame *frame)
{
  guint distance = (guint) (frame->send_sequence - self->receive_sequence) & 7;

  return distance > 0 && distance < self->granted.window_transmit;
}

/* Waits until the meter's turn is over: a frame with F, or a fault. */
static Turn
take_meters_turn (PosaHdlcLink *self,
                  Exchange *exchange,
                  gint64 deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  guint n_before = exchange->n_segments;

  for (;;)
    {
      PosaHdlcFrame frame;
      PosaHdlcWaited waited = posa_hdlc_link_wait (self, deadline, &frame, cancellable, error);

      if (waited == POSA_HDLC_WAITED_ERROR)
        return TURN_FAILED;
      if (waited == POSA_HDLC_WAITED_SILENCE && exchange->n_segments == n_before)
        return TURN_SILENCE;
      if (waited != POSA_HDLC_WAITED_FRAME)
        return TURN_DAMAGED;
      if (frame.type == POSA_HDLC_DM || frame.type == POSA_HDLC_FRMR)
        {
          fail (error, POSA_ERROR_TIMED_OUT, "the meter has closed it; connect again");
          return TURN_FAILED;
        }
      if (frame.type == POSA_HDLC_RR || frame.type == POSA_HDLC_RNR || frame.type == POSA_HDLC_REJ)
        return take_supervisory (self, exchange, &frame);
      if (frame.type != POSA_HDLC_I)
        continue;
      gboolean ahead = is_ahead (self, &frame);
      guint n = exchange->n_segments;
      if (!take_segment (self, exchange, &frame, error))
        return TURN_FAILED;
      if (frame.poll && (exchange->n_segments > n_before || ahead))
        return ahead ? TURN_DAMAGED : TURN_PROGRESS;
      if (exchange->n_segments > n)
        deadline = posa_hdlc_link_get_next_due (self);
    }
}

/* ---- both ---- */

static guint
get_max_faults (const PosaHdlcLink *self)
{
  gboolean large = MAX (self->granted.max_transmit, self->granted.max_receive) >
                   POSA_HDLC_DEFAULT_INFO;

  return self->hasty && large ? FAULTS_OF_LARGE - 1
                              : self->options.max_retries * FAULTS_PER_SILENCE;
}

/* Counts what @turn costs; FALSE when it was once too often. */
static gboolean
bear (PosaHdlcLink *self, Exchange *exchange, Turn turn, GError **error)
{
  guint max = self->options.max_retries;

  if (turn == TURN_BUSY)
    {
      gint64 time = now (self);

      if (exchange->busy_until == 0)
        exchange->busy_until = time + BUSY_PATIENCE * self->options.response_us;
      return time < exchange->busy_until ||
             fail (error, POSA_ERROR_TIMED_OUT, "the meter has no answer: it stays busy");
    }
  exchange->n_silent = turn == TURN_SILENCE ? exchange->n_silent + 1 : 0;
  exchange->n_faults = turn == TURN_PROGRESS ? 0 : exchange->n_faults + 1;
  if (turn == TURN_PROGRESS)
    exchange->busy_until = 0;
  if (exchange->n_silent > max)
    g_set_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "no answer in %u tries", max + 1);
  else if (exchange->n_faults > get_max_faults (self))
    g_set_error (error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM,
                 "what the meter sends, or gets, is damaged every time (%u)", exchange->n_faults);
  else
    return TRUE;
  return FALSE;
}

/* What has to happen between @turn and ours. */
static gboolean
prepare_next (PosaHdlcLink *self,
              Exchange *exchange,
              Turn turn,
              GCancellable *cancellable,
              GError **error)
{
  if (turn == TURN_PROGRESS)
    return TRUE;
  if (turn == TURN_BUSY)
    return posa_clock_sleep_until (posa_port_get_clock (self->port), now (self) + BUSY_POLL_US,
                                   cancellable, error);
  exchange->was_silent = exchange->was_silent || turn == TURN_SILENCE;
  return posa_hdlc_link_recover (self, cancellable, error);
}

/* Turn by turn until the meter's APDU is complete. */
static gboolean
converse (PosaHdlcLink *self, Exchange *exchange, GCancellable *cancellable, GError **error)
{
  gboolean ask = FALSE;

  for (;;)
    {
      gint64 deadline = 0;

      if (!take_our_turn (self, exchange, ask, &deadline, cancellable, error))
        return FALSE;
      Turn turn = take_meters_turn (self, exchange, deadline, cancellable, error);
      if (turn == TURN_FAILED)
        return FALSE;
      if (exchange->complete)
        return TRUE;
      if (!bear (self, exchange, turn, error) ||
          !prepare_next (self, exchange, turn, cancellable, error))
        return FALSE;
      ask = turn != TURN_PROGRESS && turn != TURN_REPEAT;
    }
}

static gboolean
strip_llc (GByteArray *apdu, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, apdu->data, apdu->len);
  gboolean good = posa_reader_u8 (&reader) == 0xE6;
  guint8 source = posa_reader_u8 (&reader); /* E7; E6 from one stack in the field */

  good = good && (source == 0xE7 || source == 0xE6) && posa_reader_u8 (&reader) == 0;
  if (reader.failed || !good)
    return fail (error, POSA_ERROR_INVALID_DATA, "the answer does not begin as one of a meter");
  g_byte_array_remove_range (apdu, 0, LLC_BYTES);
  return TRUE;
}

static gboolean
run (PosaHdlcLink *self,
     const GByteArray *out,
     GByteArray *response,
     GCancellable *cancellable,
     GError **error)
{
  Exchange exchange = { .out = out, .in = response };

  g_byte_array_set_size (response, 0);
  if (!converse (self, &exchange, cancellable, error) || !strip_llc (response, error))
    return posa_hdlc_link_break (self, error);
  /* The answer to what was sent again may still be on its way. */
  if (exchange.was_silent &&
      !posa_hdlc_link_drain (self, self->options.inter_octet_us, cancellable, error))
    return posa_hdlc_link_break (self, error);
  return TRUE;
}

gboolean
posa_hdlc_link_exchange (PosaHdlcLink *self,
                         const guint8 *request,
                         gsize size,
                         GByteArray *response,
                         GCancellable *cancellable,
                         GError **error)
{
  static const guint8 llc[LLC_BYTES] = { 0xE6, 0xE6, 0x00 };
  g_autoptr (GByteArray) apdu = g_byte_array_new ();

  g_return_val_if_fail (self->state == POSA_HDLC_LINK_CONNECTED, FALSE);
  posa_put_bytes (apdu, llc, sizeof llc);
  posa_put_bytes (apdu, request, size);
  return run (self, apdu, response, cancellable, error);
}

gboolean
posa_hdlc_link_poll (PosaHdlcLink *self,
                     GByteArray *response,
                     GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (self->state == POSA_HDLC_LINK_CONNECTED, FALSE);
  return run (self, NULL, response, cancellable, error);
}
