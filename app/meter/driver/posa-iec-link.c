/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-iec-link.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Times of 6.3.13. */
#define REACTION_US      (200 * 1000)  /* t_r: the least before an answer … */
#define FAST_REACTION_US (20 * 1000)   /* … and for meters that say they are fast */
#define GAP_US           (1500 * 1000) /* t_a: the most between two characters */
#define NO_ANSWER_US     (2200 * 1000) /* t_t: then there is no answer */

#define START_STATE_US (2300 * 1000)          /* more than t_t: the meter has given up on us */
#define STORM_US       (30 * G_USEC_PER_SEC)  /* a whole readout at 300 baud goes by */
#define BLOCK_END_US   (50 * 1000)            /* silence behind a damaged block */
#define LAST_PIECE_US  (500 * 1000)           /* between the pieces of six characters */
#define MAX_REPEATS    3                      /* of one damaged message */
#define MAX_READINGS   6                      /* of one message, damaged or not agreeing */
#define MIN_HEARD      8                      /* characters, to judge of the speed … */
#define SPOILT_SHARE   4                      /* … by this part of them: at random it is a half */
#define MAX_MESSAGE    (16 * 1024)            /* characters; real readouts have below 3000 */
#define MAX_MESSAGE_US (120 * G_USEC_PER_SEC) /* 3600 characters at 300 baud */
#define MAX_GARBAGE    64                     /* characters without the start of a message */

struct _PosaIecLink
{
  PosaPort *port;
  PosaClock *clock;
  GCancellable *cancellable; /* borrowed, may be NULL */
  gint64 reaction_us;
  gint64 heard_at;    /* monotonic: the last character */
  gint64 answered_us; /* wall clock: the first character of the last message */
  GByteArray *buffer;
  gboolean begun;      /* the buffer has the beginning of the next message */
  gsize expected_size; /* of the message that comes; 0: no progress shown */
  guint shown_tenths;
  guint n_heard, n_spoilt; /* characters since the last message sent */
  gboolean damaged;        /* damage was seen on this line */
  char *candidate;         /* content of an answer that waits for its confirmation */
  PosaIecCheckFunc check;
  gpointer check_data;
  PosaLineStats stats;
};

gint64
posa_iec_link_get_now_us (PosaIecLink *self)
{
  return posa_clock_get_monotonic (self->clock);
}

static GCancellable *
cancellable_of (PosaIecLink *self, PosaOperation *operation)
{
  return operation != NULL ? posa_operation_peek_cancellable (operation) : self->cancellable;
}

gboolean
posa_iec_link_is_damage (const GError *error)
{
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_LINE_NOISE) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

gboolean
posa_iec_link_is_worth_repeating (const GError *error)
{
  return posa_iec_link_is_damage (error) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
}

gboolean
posa_iec_link_set_speed (PosaIecLink *self, guint baud, GError **error)
{
  return posa_port_set_line (self->port, POSA_LINE_7E1 (baud), error);
}

gboolean
posa_iec_link_pause (PosaIecLink *self, gint64 us, PosaOperation *operation, GError **error)
{
  return posa_clock_sleep_until (self->clock, posa_iec_link_get_now_us (self) + us,
                                 cancellable_of (self, operation), error);
}

void
posa_iec_link_set_cancellable (PosaIecLink *self, GCancellable *cancellable)
{
  self->cancellable = cancellable;
}

void
posa_iec_link_set_fast (PosaIecLink *self, gboolean fast)
{
  self->reaction_us = fast ? FAST_REACTION_US : REACTION_US;
}

void
posa_iec_link_expect (PosaIecLink *self, gsize size)
{
  self->expected_size = size;
  self->shown_tenths = 0;
}

gboolean
posa_iec_link_send (PosaIecLink *self,
                    const GByteArray *message,
                    PosaOperation *operation,
                    GError **error)
{
  GCancellable *cancellable = cancellable_of (self, operation);

  if (!posa_clock_sleep_until (self->clock, self->heard_at + self->reaction_us, cancellable, error))
    return FALSE;
  self->stats.bytes_tx += message->len;
  self->stats.round_trips++;
  self->begun = FALSE;
  self->n_heard = self->n_spoilt = 0;
  return posa_port_send (self->port, message->data, message->len, cancellable, error);
}

gboolean
posa_iec_link_send_byte (PosaIecLink *self, guint8 byte, PosaOperation *operation, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  g_byte_array_append (message, &byte, 1);
  return posa_iec_link_send (self, message, operation, error);
}

/* In tenths: nobody wants to hear of every character. */
static void
show_progress (PosaIecLink *self, PosaOperation *operation)
{
  gsize tenths = self->expected_size > 0 ? self->buffer->len * 10 / self->expected_size : 0;

  if (tenths <= self->shown_tenths || tenths > 10)
    return;
  self->shown_tenths = (guint) tenths;
  posa_operation_report (operation, self->shown_tenths / 10.0, "%s", _ ("Reading the meter"));
}

/* Adds what comes to the buffer; FALSE without error when nothing came until @deadline. */
static gboolean
receive_more (PosaIecLink *self, gint64 deadline, PosaOperation *operation, GError **error)
{
  guint8 bytes[512];
  gssize n = posa_port_receive (self->port, bytes, sizeof bytes, deadline,
                                cancellable_of (self, operation), error);

  if (n <= 0)
    return FALSE;
  self->heard_at = posa_iec_link_get_now_us (self);
  if (self->buffer->len == 0)
    self->answered_us = posa_clock_get_wall (self->clock);
  self->stats.bytes_rx += (guint64) n;
  self->n_heard += (guint) n;
  for (gssize i = 0; i < n; i++)
    self->n_spoilt += bytes[i] == 0;
  g_byte_array_append (self->buffer, bytes, (guint) n);
  show_progress (self, operation);
  return TRUE;
}

static gboolean
set_no_answer (PosaIecLink *self, GError **error)
{
  if (self->buffer->len == 0)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "the meter does not answer");
  else
    {
      self->damaged = TRUE;
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                           "the meter's answer is garbled or breaks off");
    }
  return FALSE;
}

static void
clear_buffer (PosaIecLink *self)
{
  if (!self->begun)
    g_byte_array_set_size (self->buffer, 0);
  self->begun = FALSE;
}

/* Collects one whole message, intact or not. */
static gboolean
receive_message (PosaIecLink *self,
                 PosaIecMessage *message,
                 PosaOperation *operation,
                 GError **error)
{
  gint64 deadline = posa_iec_link_get_now_us (self) + NO_ANSWER_US;
  gint64 give_up = posa_iec_link_get_now_us (self) + MAX_MESSAGE_US;
  g_autoptr (GError) local_error = NULL;

  clear_buffer (self);
  for (;;)
    {
      if (posa_iec_message_scan (self->buffer->data, self->buffer->len, message) !=
          POSA_IEC_INCOMPLETE)
        return TRUE;
      if (self->buffer->len >= (message->begun ? MAX_MESSAGE : MAX_GARBAGE) ||
          !receive_more (self, MIN (deadline, give_up), operation, &local_error))
        break;
      deadline = posa_iec_link_get_now_us (self) + GAP_US;
    }
  if (local_error == NULL)
    return set_no_answer (self, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
posa_iec_link_receive_identification (PosaIecLink *self,
                                      PosaIecIdentification *out,
                                      PosaOperation *operation,
                                      GError **error)
{
  gint64 deadline = posa_iec_link_get_now_us (self) + NO_ANSWER_US;
  g_autoptr (GError) local_error = NULL;

  g_byte_array_set_size (self->buffer, 0);
  while (self->buffer->len < 2 * MAX_GARBAGE &&
         receive_more (self, deadline, operation, &local_error))
    {
      if (posa_iec_identification_scan (self->buffer->data, self->buffer->len, out, &local_error))
        {
          self->begun = posa_iec_speed_to_mode (out->speed) != POSA_IEC_MODE_C;
          if (self->begun)
            g_byte_array_remove_range (self->buffer, 0, (guint) out->end);
          return TRUE;
        }
      if (local_error != NULL)
        break;
      deadline = posa_iec_link_get_now_us (self) + GAP_US;
    }
  if (local_error == NULL)
    return set_no_answer (self, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* How many characters of @confirmation came, in its order. */
static guint
count_confirmed (PosaIecLink *self, const GByteArray *confirmation)
{
  guint n = 0;

  for (guint i = 0; i < self->buffer->len && n < confirmation->len; i++)
    n += self->buffer->data[i] == confirmation->data[n];
  return n;
}

gboolean
posa_iec_link_receive_confirmation (PosaIecLink *self,
                                    const GByteArray *confirmation,
                                    PosaOperation *operation,
                                    GError **error)
{
  gint64 deadline = posa_iec_link_get_now_us (self) + NO_ANSWER_US;
  g_autoptr (GError) local_error = NULL;

  g_byte_array_set_size (self->buffer, 0);
  while (count_confirmed (self, confirmation) < confirmation->len &&
         self->buffer->len < MAX_GARBAGE && receive_more (self, deadline, operation, &local_error))
    deadline = posa_iec_link_get_now_us (self) + LAST_PIECE_US;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* Its end tells as well as its beginning that this is the new speed. */
  guint n = count_confirmed (self, confirmation);
  gboolean ended = self->buffer->len >= 2 &&
                   memcmp (self->buffer->data + self->buffer->len - 2, "\r\n", 2) == 0;
  return self->buffer->len == 0 || ended || n * 2 > confirmation->len ||
         set_no_answer (self, error);
}

gboolean
posa_iec_link_leave_to_hdlc (PosaIecLink *self, guint baud, GError **error)
{
  return posa_port_set_line (self->port, POSA_LINE_8N1 (baud), error);
}

gboolean
posa_iec_link_wait_for_start (PosaIecLink *self, PosaOperation *operation, GError **error)
{
  GCancellable *cancellable = cancellable_of (self, operation);
  gint64 give_up = posa_iec_link_get_now_us (self) + STORM_US;

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      if (posa_port_drain (self->port, START_STATE_US, cancellable, &local_error))
        return TRUE;
      if (!posa_iec_link_is_damage (local_error) || posa_iec_link_get_now_us (self) >= give_up)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}

gboolean
posa_iec_link_swallow (PosaIecLink *self, gsize *n, PosaOperation *operation, GError **error)
{
  gint64 give_up = posa_iec_link_get_now_us (self) + MAX_MESSAGE_US;
  g_autoptr (GError) local_error = NULL;

  *n = 0;
  g_byte_array_set_size (self->buffer, 0);
  while (
      posa_iec_link_get_now_us (self) < give_up &&
      receive_more (self, posa_iec_link_get_now_us (self) + BLOCK_END_US, operation, &local_error))
    {
      *n += self->buffer->len;
      g_byte_array_set_size (self->buffer, 0);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* An acknowledgement or a refusal is one character without a check. Where an answer is due that
 * says more, or with more around it, it is a spoilt character of something else. */
static gboolean
is_lone_character (PosaIecLink *self, const PosaIecMessage *message, PosaOperation *operation)
{
  gsize n = 0;

  if (message->content != NULL || message->type == POSA_IEC_COMMAND)
    return TRUE;
  if (message->skipped > 0 || self->buffer->len > message->end)
    return FALSE;
  if (message->type == POSA_IEC_ACKNOWLEDGED && self->check == NULL)
    return TRUE;
  return posa_iec_link_swallow (self, &n, operation, NULL) && n == 0;
}

/* Once damage was seen on this line, or when the message looks odd, its block check is not enough:
 * then two readings have to agree. */
static gboolean
is_confirmed (PosaIecLink *self, const PosaIecMessage *message)
{
  if (message->content == NULL)
    return TRUE;
  g_autofree char *text = g_strndup ((const char *) message->content, message->size);
  gboolean odd = self->check != NULL && message->type != POSA_IEC_COMMAND &&
                 !self->check (self->check_data, message, text);

  self->damaged = self->damaged || odd || message->skipped > 0 || self->buffer->len > message->end;
  gboolean agreed = !self->damaged ||
                    (self->candidate != NULL && posa_iec_check_agree (self->candidate, text));
  g_free (self->candidate);
  self->candidate = agreed ? NULL : g_steal_pointer (&text);
  return agreed;
}

static gboolean
set_damaged (PosaIecLink *self, GError **error)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM,
                       self->candidate != NULL
                           ? "no two readings of the meter's answer agree on a disturbed line"
                           : "the meter's answer is damaged, its repeats too");
  return FALSE;
}

gboolean
posa_iec_link_is_gibberish (PosaIecLink *self)
{
  return self->n_heard >= MIN_HEARD && self->n_spoilt * SPOILT_SHARE > self->n_heard;
}

static gboolean
set_gibberish (GError **error)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                       "the meter's answer is garbled, as if at another speed");
  return FALSE;
}

/* Has the meter say it again, unless it speaks at another speed and would not understand. */
static gboolean
send_nak (PosaIecLink *self, PosaOperation *operation, GError **error)
{
  gsize n;

  if (!posa_iec_link_swallow (self, &n, operation, error))
    return FALSE;
  if (posa_iec_link_is_gibberish (self))
    return set_gibberish (error);
  self->stats.retries++;
  return posa_iec_link_send_byte (self, POSA_IEC_NAK, operation, error);
}

gboolean
posa_iec_link_receive (PosaIecLink *self,
                       PosaIecMessage *message,
                       PosaOperation *operation,
                       GError **error)
{
  guint n_damaged = 0;

  for (guint i = 0;; i++)
    {
      g_autoptr (GError) local_error = NULL;
      gboolean whole = receive_message (self, message, operation, &local_error);
      gboolean silent = g_error_matches (local_error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
      gboolean intact = whole && message->intact && is_lone_character (self, message, operation);
      if (intact && is_confirmed (self, message))
        return TRUE;
      if ((!whole && !posa_iec_link_is_worth_repeating (local_error)) || (silent && i == 0))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      self->damaged = TRUE;
      n_damaged += !intact;
      /* Silence after a damaged answer tells less than the damage does. */
      if (silent || n_damaged > MAX_REPEATS || i == MAX_READINGS)
        return set_damaged (self, error);
      if (!send_nak (self, operation, error))
        return FALSE;
    }
}

void
posa_iec_link_set_check (PosaIecLink *self, PosaIecCheckFunc check, gpointer data)
{
  self->check = check;
  self->check_data = data;
}

void
posa_iec_link_forget (PosaIecLink *self)
{
  g_clear_pointer (&self->candidate, g_free);
}

gint64
posa_iec_link_get_silence_us (PosaIecLink *self)
{
  return posa_iec_link_get_now_us (self) - self->heard_at;
}

gint64
posa_iec_link_get_answered_us (PosaIecLink *self)
{
  return self->answered_us;
}

PosaLineStats *
posa_iec_link_get_stats (PosaIecLink *self)
{
  return &self->stats;
}

PosaIecLink *
posa_iec_link_new (PosaPort *port)
{
  PosaIecLink *self = g_new0 (PosaIecLink, 1);

  self->port = port;
  self->clock = posa_port_get_clock (port);
  self->reaction_us = REACTION_US;
  self->buffer = g_byte_array_new ();
  return self;
}

void
posa_iec_link_free (PosaIecLink *self)
{
  g_byte_array_unref (self->buffer);
  g_free (self->candidate);
  g_free (self);
}
