/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-hdlc-link.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-hdlc-deframer.h"

/* An APDU has at most 65535 bytes; protection and LLC come on top. */
#define MAX_RESPONSE (66 * 1024)
/* Fewer stray bytes are a glitch of the head's LED, not the rest of an answer. */
#define MIN_FRAGMENT 5
#define LLC_BYTES    3

typedef enum
{
  LINK_IDLE,
  LINK_CONNECTED,
  LINK_BROKEN /* the meter may still think that we are there */
} LinkState;

struct _PosaHdlcLink
{
  PosaPort *port;
  PosaHdlcLinkOptions options;
  PosaLineStats *stats;
  PosaHdlcDeframer *deframer;
  LinkState state;
  PosaHdlcParameters granted; /* as the meter put it: it transmits, it receives */
  guint8 send_sequence;       /* V(S) */
  guint8 receive_sequence;    /* V(R) */
  gboolean recovered;         /* a repeat was needed in this exchange: late frames may follow */
};

/* What came of waiting for a frame. */
typedef enum
{
  WAITED_FRAME,
  WAITED_SILENCE,
  WAITED_DAMAGED, /* bytes, but no good frame */
  WAITED_ERROR
} Waited;

/* What a frame means to the one who sent a request. */
typedef enum
{
  MEANS_ANSWER,
  MEANS_NOTHING, /* a duplicate, a late frame: go on waiting */
  MEANS_REPEAT,  /* the meter did not get our frame */
  MEANS_NOT_YET, /* it has our frame, but no answer */
  MEANS_LINK_LOST
} Meaning;

PosaHdlcLink *
posa_hdlc_link_new (PosaPort *port, const PosaHdlcLinkOptions *options, PosaLineStats *stats)
{
  PosaHdlcLink *self = g_new0 (PosaHdlcLink, 1);

  self->port = g_object_ref (port);
  self->options = *options;
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
  return self->state == LINK_CONNECTED;
}

guint16
posa_hdlc_link_get_max_info (const PosaHdlcLink *self)
{
  return self->state == LINK_CONNECTED ? self->granted.max_receive : POSA_HDLC_DEFAULT_INFO;
}

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

/* Sends @frame from us to the meter with P set; *deadline is when the answer must have begun. */
static gboolean
send_frame (PosaHdlcLink *self,
            PosaHdlcFrame frame,
            gint64 *deadline,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  frame.destination = self->options.server;
  frame.source = POSA_HDLC_CLIENT (self->options.client);
  frame.poll = TRUE;
  posa_hdlc_frame_encode (&frame, bytes);
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
         posa_hdlc_address_equal (frame->source, self->options.server);
}

/* The next frame from the meter. The first byte has until @deadline; an answer that breaks off is
 * noticed after the time between two bytes. */
static Waited
wait_frame (PosaHdlcLink *self,
            gint64 deadline,
            PosaHdlcFrame *frame,
            GCancellable *cancellable,
            GError **error)
{
  gint64 give_up = deadline + line_time (self, 2 * POSA_HDLC_MAX_FRAME) + self->options.response_us;
  gsize n_stray = 0;

  for (gint64 until = deadline;;)
    {
      guint8 bytes[512];

      while (posa_hdlc_deframer_next (self->deframer, frame, NULL))
        if (is_for_us (self, frame))
          return WAITED_FRAME;
      gssize n = posa_port_receive (self->port, bytes, sizeof bytes, MIN (until, give_up),
                                    cancellable, error);
      if (n < 0)
        return WAITED_ERROR;
      if (n == 0)
        return n_stray >= MIN_FRAGMENT ? WAITED_DAMAGED : WAITED_SILENCE;
      n_stray += (gsize) n;
      self->stats->bytes_rx += (guint64) n;
      posa_hdlc_deframer_push (self->deframer, bytes, (gsize) n);
      if (n_stray >= MIN_FRAGMENT)
        until = now (self) + self->options.inter_octet_us;
    }
}

/* Before anything is sent again the line must be silent, or a late answer would be taken for that
 * of the next request. */
static gboolean
recover (PosaHdlcLink *self, GCancellable *cancellable, GError **error)
{
  self->stats->retries++;
  self->recovered = TRUE;
  posa_hdlc_deframer_clear (self->deframer);
  return posa_port_drain (self->port, self->options.inter_octet_us, cancellable, error);
}

static gboolean
break_link (PosaHdlcLink *self, GError **error)
{
  self->state = LINK_BROKEN;
  g_prefix_error_literal (error, "HDLC link to the meter: ");
  return FALSE;
}

static gboolean
give_up (PosaHdlcLink *self, Waited last, GError **error)
{
  if (last == WAITED_DAMAGED)
    g_set_error (error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM, "every answer of %u tries was damaged",
                 self->options.max_retries + 1);
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "no answer in %u tries",
                 self->options.max_retries + 1);
  return FALSE;
}

/* N(S) of the request has been taken when the meter expects the next one. */
static gboolean
acknowledges (const PosaHdlcFrame *request, const PosaHdlcFrame *answer)
{
  return answer->receive_sequence == ((request->send_sequence + 1) & 7);
}

static Meaning
interpret (PosaHdlcLink *self, const PosaHdlcFrame *request, const PosaHdlcFrame *frame)
{
  switch (frame->type)
    {
    case POSA_HDLC_I:
      /* Any other number is a repeat of what we have. */
      return frame->send_sequence == self->receive_sequence ? MEANS_ANSWER : MEANS_NOTHING;
    case POSA_HDLC_RR:
    case POSA_HDLC_RNR:
      if (request->type == POSA_HDLC_I && !acknowledges (request, frame))
        return MEANS_REPEAT;
      return request->segmented && frame->type == POSA_HDLC_RR ? MEANS_ANSWER : MEANS_NOT_YET;
    case POSA_HDLC_DM:
    case POSA_HDLC_FRMR:
      return MEANS_LINK_LOST;
    default:
      return MEANS_NOTHING;
    }
}

static Waited
wait_meaning (PosaHdlcLink *self,
              gint64 deadline,
              const PosaHdlcFrame *request,
              PosaHdlcFrame *answer,
              Meaning *meaning,
              GCancellable *cancellable,
              GError **error)
{
  Waited waited;

  do
    {
      waited = wait_frame (self, deadline, answer, cancellable, error);
      *meaning = waited == WAITED_FRAME ? interpret (self, request, answer) : MEANS_NOTHING;
    }
  while (waited == WAITED_FRAME && *meaning == MEANS_NOTHING);
  return waited;
}

/* Sends @request (an I frame, or RR for the next segment) and waits for its answer. After a fault
 * RR asks the meter what it has: it repeats a lost answer, or tells that the request was lost. */
static gboolean
ask (PosaHdlcLink *self,
     const PosaHdlcFrame *request,
     PosaHdlcFrame *answer,
     GCancellable *cancellable,
     GError **error)
{
  PosaHdlcFrame poll = { .type = POSA_HDLC_RR, .receive_sequence = self->receive_sequence };
  gboolean repeat_request = TRUE;
  Waited waited = WAITED_SILENCE;

  for (guint attempt = 0; attempt <= self->options.max_retries; attempt++)
    {
      Meaning meaning = MEANS_NOTHING;
      gint64 deadline = 0;

      if (attempt > 0 && !recover (self, cancellable, error))
        return FALSE;
      if (!send_frame (self, repeat_request ? *request : poll, &deadline, cancellable, error))
        return FALSE;
      waited = wait_meaning (self, deadline, request, answer, &meaning, cancellable, error);
      if (waited == WAITED_ERROR)
        return FALSE;
      if (meaning == MEANS_ANSWER)
        return TRUE;
      if (meaning == MEANS_LINK_LOST)
        {
          g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT,
                               "the meter has closed it; connect again");
          return FALSE;
        }
      repeat_request = meaning == MEANS_REPEAT;
    }
  return give_up (self, waited, error);
}

/* Sends all segments; @answer is what follows the last one. */
static gboolean
send_segments (PosaHdlcLink *self,
               const GByteArray *apdu,
               PosaHdlcFrame *answer,
               GCancellable *cancellable,
               GError **error)
{
  for (gsize at = 0; at < apdu->len;)
    {
      gsize size = MIN (apdu->len - at, self->granted.max_receive);
      PosaHdlcFrame frame = { .type = POSA_HDLC_I,
                              .segmented = at + size < apdu->len,
                              .send_sequence = self->send_sequence,
                              .receive_sequence = self->receive_sequence,
                              .information = apdu->data + at,
                              .size = size };

      if (!ask (self, &frame, answer, cancellable, error))
        return FALSE;
      self->send_sequence = (self->send_sequence + 1) & 7;
      at += size;
    }
  return TRUE;
}

/* Collects the segments of the answer that begins with @frame. */
static gboolean
take_segments (PosaHdlcLink *self,
               PosaHdlcFrame frame,
               GByteArray *apdu,
               GCancellable *cancellable,
               GError **error)
{
  for (;;)
    {
      posa_put_bytes (apdu, frame.information, frame.size);
      self->receive_sequence = (self->receive_sequence + 1) & 7;
      if (!frame.segmented)
        return TRUE;
      if (apdu->len > MAX_RESPONSE)
        {
          g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                               "the meter's answer does not end");
          return FALSE;
        }
      PosaHdlcFrame next = { .type = POSA_HDLC_RR, .receive_sequence = self->receive_sequence };
      if (!ask (self, &next, &frame, cancellable, error))
        return FALSE;
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
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the answer does not begin as one of a meter");
      return FALSE;
    }
  g_byte_array_remove_range (apdu, 0, LLC_BYTES);
  return TRUE;
}

static gboolean
finish_exchange (PosaHdlcLink *self,
                 const PosaHdlcFrame *first,
                 GByteArray *response,
                 GCancellable *cancellable,
                 GError **error)
{
  if (!take_segments (self, *first, response, cancellable, error) || !strip_llc (response, error))
    return FALSE;
  /* The answer to a repeated frame may still be on its way. */
  if (!self->recovered)
    return TRUE;
  posa_hdlc_deframer_clear (self->deframer);
  return posa_port_drain (self->port, self->options.inter_octet_us, cancellable, error);
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
  PosaHdlcFrame first;

  g_return_val_if_fail (self->state == LINK_CONNECTED, FALSE);
  g_byte_array_set_size (response, 0);
  self->recovered = FALSE;
  posa_put_bytes (apdu, llc, sizeof llc);
  posa_put_bytes (apdu, request, size);
  if (!send_segments (self, apdu, &first, cancellable, error) ||
      !finish_exchange (self, &first, response, cancellable, error))
    return break_link (self, error);
  return TRUE;
}

gboolean
posa_hdlc_link_poll (PosaHdlcLink *self,
                     GByteArray *response,
                     GCancellable *cancellable,
                     GError **error)
{
  PosaHdlcFrame poll = { .type = POSA_HDLC_RR, .receive_sequence = self->receive_sequence };
  PosaHdlcFrame first;

  g_return_val_if_fail (self->state == LINK_CONNECTED, FALSE);
  g_byte_array_set_size (response, 0);
  self->recovered = FALSE;
  if (!ask (self, &poll, &first, cancellable, error) ||
      !finish_exchange (self, &first, response, cancellable, error))
    return break_link (self, error);
  return TRUE;
}

static gboolean
accept_ua (PosaHdlcLink *self, const PosaHdlcFrame *frame, GError **error)
{
  if (!posa_hdlc_parameters_decode (frame->information, frame->size, &self->granted, error))
    return FALSE;
  self->granted.max_receive = MIN (self->granted.max_receive, self->options.max_info);
  self->send_sequence = self->receive_sequence = 0;
  self->state = LINK_CONNECTED;
  return TRUE;
}

/* Sends an unnumbered command and waits for one of its two answers; anything else is a left-over of
 * an earlier session. */
static Waited
command (PosaHdlcLink *self,
         const PosaHdlcFrame *frame,
         PosaHdlcFrame *answer,
         GCancellable *cancellable,
         GError **error)
{
  gint64 deadline = 0;
  Waited waited;

  if (!send_frame (self, *frame, &deadline, cancellable, error))
    return WAITED_ERROR;
  do
    waited = wait_frame (self, deadline, answer, cancellable, error);
  while (waited == WAITED_FRAME && answer->type != POSA_HDLC_UA && answer->type != POSA_HDLC_DM);
  return waited;
}

static gboolean
fail_connect (PosaHdlcLink *self, Waited last, gboolean refused, GError **error)
{
  if (refused)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                         "the meter refuses the connection (it answers DM)");
  else if (last == WAITED_DAMAGED)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                         "something answers, but not in HDLC");
  else
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "nothing answers");
  g_prefix_error_literal (error, "HDLC link to the meter: ");
  return FALSE;
}

gboolean
posa_hdlc_link_connect (PosaHdlcLink *self, GCancellable *cancellable, GError **error)
{
  const PosaHdlcParameters proposed = { self->options.max_info, self->options.max_info, 1, 1 };
  g_autoptr (GByteArray) field = g_byte_array_new ();
  Waited waited = WAITED_SILENCE;
  gboolean refused = FALSE;

  if (self->options.start != NULL &&
      !self->options.start (self->options.start_data, &self->options.baud, cancellable, error))
    return break_link (self, error);
  posa_hdlc_parameters_encode (&proposed, field);
  posa_hdlc_deframer_clear (self->deframer);
  for (guint attempt = 0; attempt <= self->options.max_retries; attempt++)
    {
      PosaHdlcFrame snrm = { .type = POSA_HDLC_SNRM };
      PosaHdlcFrame answer;

      if (attempt > 0 && !recover (self, cancellable, error))
        return break_link (self, error);
      /* Some servers do not take the field, some need it: the last try goes without. */
      if (attempt < self->options.max_retries || attempt == 0)
        {
          snrm.information = field->data;
          snrm.size = field->len;
        }
      waited = command (self, &snrm, &answer, cancellable, error);
      if (waited == WAITED_ERROR)
        return break_link (self, error);
      refused = waited == WAITED_FRAME && answer.type == POSA_HDLC_DM;
      if (waited == WAITED_FRAME && !refused)
        return accept_ua (self, &answer, error) || break_link (self, error);
    }
  return fail_connect (self, waited, refused, error);
}

void
posa_hdlc_link_disconnect (PosaHdlcLink *self)
{
  PosaHdlcFrame disc = { .type = POSA_HDLC_DISC };
  PosaHdlcFrame answer;
  gboolean silent = TRUE;

  if (self->state == LINK_BROKEN)
    silent = posa_port_drain (self->port, self->options.inter_octet_us, NULL, NULL);
  posa_hdlc_deframer_clear (self->deframer);
  if (self->state != LINK_IDLE && silent)
    command (self, &disc, &answer, NULL, NULL);
  self->state = LINK_IDLE;
}
