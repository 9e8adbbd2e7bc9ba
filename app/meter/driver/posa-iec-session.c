/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-iec-session.h"

#include "base/posa-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Times of 6.3.13. */
#define REACTION_US      (200 * 1000)  /* t_r: the least before an answer … */
#define FAST_REACTION_US (20 * 1000)   /* … and for meters that say they are fast */
#define GAP_US           (1500 * 1000) /* t_a: the most between two characters */
#define NO_ANSWER_US     (2200 * 1000) /* t_t: then there is no answer */

#define START_STATE_US (2300 * 1000)         /* more than t_t: the meter has given up on us */
#define STORM_US       (30 * G_USEC_PER_SEC) /* a whole readout at 300 baud goes by */
#define BLOCK_END_US   (50 * 1000)           /* silence behind a damaged block */
#define MAX_REPEATS    3                     /* of one message (meters.md 1.6) */
#define MAX_SIGN_ONS   3                     /* of one readout */
#define MAX_MESSAGE    (16 * 1024)           /* characters; real readouts have below 3000 */
#define MAX_GARBAGE    256                   /* characters without the start of a message */
#define ID_FRESH_US    (1000 * 1000)         /* the meter waits 1.5 s for the option select */

typedef enum
{
  IDLE,
  IDENTIFIED,
  READ_OUT, /* the meter listens for a request to repeat its data */
  PROGRAMMING
} State;

struct _PosaIecSession
{
  PosaPort *port;
  PosaClock *clock;
  State state;
  guint max_baud;
  gint64 switch_delay_us;
  gboolean known; /* identification is that of the first sign-on */
  PosaIecIdentification identification;
  gint64 heard_at;    /* monotonic: the last character */
  gint64 answered_us; /* wall clock: the first character of the last message */
  GByteArray *buffer;
  gsize expected_size; /* of the message that comes; 0: no progress shown */
  guint shown_tenths;
  PosaLineStats stats;
};

static gint64
now_us (PosaIecSession *self)
{
  return posa_clock_get_monotonic (self->clock);
}

static gboolean
is_damage (const GError *error)
{
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_LINE_NOISE) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static gboolean
is_worth_repeating (const GError *error)
{
  return is_damage (error) || g_error_matches (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
}

/* Sends @message, but not sooner after the last character than the meter can listen (t_r). */
static gboolean
send_message (PosaIecSession *self,
              const GByteArray *message,
              PosaOperation *operation,
              GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  gint64 reaction = self->identification.fast ? FAST_REACTION_US : REACTION_US;

  if (!posa_clock_sleep_until (self->clock, self->heard_at + reaction, cancellable, error))
    return FALSE;
  self->stats.bytes_tx += message->len;
  self->stats.round_trips++;
  return posa_port_send (self->port, message->data, message->len, cancellable, error);
}

/* In tenths: nobody wants to hear of every character. */
static void
show_progress (PosaIecSession *self, PosaOperation *operation)
{
  gsize tenths = self->expected_size > 0 ? self->buffer->len * 10 / self->expected_size : 0;

  if (tenths <= self->shown_tenths || tenths > 10)
    return;
  self->shown_tenths = (guint) tenths;
  posa_operation_report (operation, self->shown_tenths / 10.0, "%s", _ ("Reading the meter"));
}

/* Adds what comes to the buffer; FALSE without error when nothing came until @deadline. */
static gboolean
receive_more (PosaIecSession *self, gint64 deadline, PosaOperation *operation, GError **error)
{
  guint8 bytes[512];
  gssize n = posa_port_receive (self->port, bytes, sizeof bytes, deadline,
                                posa_operation_peek_cancellable (operation), error);

  if (n <= 0)
    return FALSE;
  self->heard_at = now_us (self);
  if (self->buffer->len == 0)
    self->answered_us = posa_clock_get_wall (self->clock);
  self->stats.bytes_rx += (guint64) n;
  g_byte_array_append (self->buffer, bytes, (guint) n);
  show_progress (self, operation);
  return TRUE;
}

static gboolean
set_no_answer (PosaIecSession *self, GError **error)
{
  if (self->buffer->len == 0)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "the meter does not answer");
  else
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                         "the meter's answer is garbled or breaks off");
  return FALSE;
}

/* Collects one whole message, intact or not. */
static gboolean
receive_message (PosaIecSession *self,
                 PosaIecMessage *message,
                 PosaOperation *operation,
                 GError **error)
{
  gint64 deadline = now_us (self) + NO_ANSWER_US;
  g_autoptr (GError) local_error = NULL;

  g_byte_array_set_size (self->buffer, 0);
  while (self->buffer->len < MAX_MESSAGE)
    {
      if (!receive_more (self, deadline, operation, &local_error))
        break;
      if (posa_iec_message_scan (self->buffer->data, self->buffer->len, message) !=
          POSA_IEC_INCOMPLETE)
        return TRUE;
      deadline = now_us (self) + GAP_US;
    }
  if (local_error == NULL)
    return set_no_answer (self, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Waits until the meter has been silent long enough to be in its start state, however much it still
 * has to say. */
static gboolean
wait_for_start_state (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  gint64 give_up = now_us (self) + STORM_US;

  self->state = IDLE;
  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      if (posa_port_drain (self->port, START_STATE_US, cancellable, &local_error))
        return TRUE;
      if (!is_damage (local_error) || now_us (self) >= give_up)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}

/* Sends the option select message and changes to the speed @baud. */
static gboolean
select_option (PosaIecSession *self,
               guint baud,
               char mode,
               PosaOperation *operation,
               GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  self->state = IDLE;
  posa_iec_put_option (message, posa_iec_baud_to_speed (baud), mode);
  if (!send_message (self, message, operation, error))
    return FALSE;
  /* The send ends with the computed last stop bit; one character more for converters that began
   * late. The meter's answer begins 200 ms after it at the soonest. */
  gint64 pause = 10 * G_USEC_PER_SEC / POSA_IEC_START_BAUD + self->switch_delay_us;
  if (self->identification.fast)
    pause = MIN (pause, FAST_REACTION_US / 2);
  return posa_clock_sleep_until (self->clock, now_us (self) + pause,
                                 posa_operation_peek_cancellable (operation), error) &&
         posa_port_set_line (self->port, POSA_LINE_7E1 (baud), error);
}

static guint
get_fast_baud (PosaIecSession *self)
{
  guint offered = posa_iec_speed_to_baud (self->identification.speed);

  return self->max_baud > 0 ? MIN (offered, self->max_baud) : offered;
}

static void
send_break (PosaIecSession *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_command (message, "B0", NULL);
  send_message (self, message, NULL, NULL);
  self->state = IDLE;
}

/* The readout was good: the meter need not wait for NAK, and hears the next request at once. */
static void
send_thanks (PosaIecSession *self)
{
  const guint8 ack = POSA_IEC_ACK;
  g_autoptr (GByteArray) message = g_byte_array_new_take (g_memdup2 (&ack, 1), 1);

  send_message (self, message, NULL, NULL);
  self->state = IDLE;
}

/* A meter that has identified itself and hears no option would send its whole readout at 300 baud.
 * Programming mode at 300, entered and left, has it back in the start state in a second. */
static void
abandon_identified (PosaIecSession *self)
{
  PosaIecMessage message;

  if (select_option (self, POSA_IEC_START_BAUD, '1', NULL, NULL) &&
      receive_message (self, &message, NULL, NULL))
    send_break (self);
}

static gboolean
take_identification (PosaIecSession *self, const PosaIecIdentification *found, GError **error)
{
  if (self->known && (strcmp (found->manufacturer, self->identification.manufacturer) != 0 ||
                      strcmp (found->ident, self->identification.ident) != 0))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER,
                   "another meter answers now: %s %s instead of %s %s", found->manufacturer,
                   found->ident, self->identification.manufacturer, self->identification.ident);
      return FALSE;
    }
  self->identification = *found;
  self->known = TRUE;
  self->state = IDENTIFIED;
  return TRUE;
}

static gboolean
receive_identification (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  gint64 deadline = now_us (self) + NO_ANSWER_US;
  PosaIecIdentification found;
  g_autoptr (GError) local_error = NULL;

  g_byte_array_set_size (self->buffer, 0);
  while (self->buffer->len < MAX_GARBAGE && receive_more (self, deadline, operation, &local_error))
    {
      if (posa_iec_identification_scan (self->buffer->data, self->buffer->len, &found,
                                        &local_error))
        return take_identification (self, &found, error);
      if (local_error != NULL)
        break;
      deadline = now_us (self) + GAP_US;
    }
  if (local_error == NULL)
    return set_no_answer (self, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
try_sign_on (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  self->state = IDLE;
  posa_iec_put_request (message, NULL);
  return posa_port_set_line (self->port, POSA_LINE_7E1 (POSA_IEC_START_BAUD), error) &&
         send_message (self, message, operation, error) &&
         receive_identification (self, operation, error);
}

gboolean
posa_iec_session_sign_on (PosaIecSession *self,
                          guint tries,
                          PosaOperation *operation,
                          GError **error)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (GError) local_error = NULL;
      if (try_sign_on (self, operation, &local_error))
        return TRUE;
      if (i >= tries || !is_worth_repeating (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      self->stats.retries++;
      /* Something spoke, so a meter may be waiting for the option. */
      if (is_damage (local_error))
        abandon_identified (self);
      if (is_damage (local_error) && !wait_for_start_state (self, operation, error))
        return FALSE;
    }
}

static gboolean
send_nak (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  const guint8 nak = POSA_IEC_NAK;
  g_autoptr (GByteArray) message = g_byte_array_new_take (g_memdup2 (&nak, 1), 1);

  self->stats.retries++;
  return posa_port_drain (self->port, BLOCK_END_US, posa_operation_peek_cancellable (operation),
                          error) &&
         send_message (self, message, operation, error);
}

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM,
                       "the meter's answer is damaged, its repeats too");
  return FALSE;
}

/* A message that is intact, asking for repeats of damaged ones. */
static gboolean
receive_intact (PosaIecSession *self,
                PosaIecMessage *message,
                PosaOperation *operation,
                GError **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) local_error = NULL;
      gboolean whole = receive_message (self, message, operation, &local_error);
      gboolean silent = g_error_matches (local_error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
      if (whole && message->intact)
        return TRUE;
      if ((!whole && !is_worth_repeating (local_error)) || (silent && i == 0))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      /* Silence after a damaged answer tells less than the damage does. */
      if (silent || i == MAX_REPEATS)
        return set_damaged (error);
      if (!send_nak (self, operation, error))
        return FALSE;
    }
}

static gboolean
set_astray (GError **error)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                       "the meter sends something else than an answer");
  return FALSE;
}

static GPtrArray *
try_read_out (PosaIecSession *self, guint baud, PosaOperation *operation, GError **error)
{
  PosaIecMessage message;

  if (!select_option (self, baud, '0', operation, error) ||
      !receive_intact (self, &message, operation, error))
    return NULL;
  if (message.type != POSA_IEC_BLOCK)
    {
      set_astray (error);
      return NULL;
    }
  self->state = READ_OUT;
  return posa_iec_data_parse (message.content, message.size, error);
}

static gboolean
is_identified (PosaIecSession *self)
{
  return self->state == IDENTIFIED && now_us (self) - self->heard_at < ID_FRESH_US;
}

/* Has the meter wait for our option: it does already after a fresh sign-on, else it is called
 * again. @first: nothing has gone wrong yet. */
static gboolean
ensure_identified (PosaIecSession *self, gboolean first, PosaOperation *operation, GError **error)
{
  gboolean stale = !first || self->state == IDENTIFIED;

  if (first && is_identified (self))
    return TRUE;
  posa_iec_session_sign_off (self);
  return (!stale || wait_for_start_state (self, operation, error)) &&
         posa_iec_session_sign_on (self, MAX_SIGN_ONS, operation, error);
}

GPtrArray *
posa_iec_session_read_out (PosaIecSession *self,
                           gsize expected_size,
                           PosaOperation *operation,
                           GError **error)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (GError) local_error = NULL;
      GPtrArray *sets = NULL;
      if (!ensure_identified (self, i == 1, operation, error))
        return NULL;
      /* Some meters say they can change the speed and do not: the last try stays slow. */
      guint baud = i < MAX_SIGN_ONS ? get_fast_baud (self) : POSA_IEC_START_BAUD;
      self->expected_size = expected_size;
      self->shown_tenths = 0;
      sets = try_read_out (self, baud, operation, &local_error);
      self->expected_size = 0;
      if (sets != NULL)
        return sets;
      if (i == MAX_SIGN_ONS || !is_worth_repeating (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      self->stats.retries++;
    }
}

/* Sends @message, up to @tries times when the meter asks for a repeat, and gets its intact answer.
 * When there is none, the session ends. */
static gboolean
exchange (PosaIecSession *self,
          const GByteArray *message,
          guint tries,
          PosaIecMessage *answer,
          PosaOperation *operation,
          GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (tries-- > 0 && send_message (self, message, operation, &local_error) &&
         receive_intact (self, answer, operation, &local_error))
    {
      if (answer->type != POSA_IEC_REFUSED || tries == 0)
        return TRUE;
      self->stats.retries++;
    }
  if (is_worth_repeating (local_error))
    {
      posa_port_drain (self->port, BLOCK_END_US, NULL, NULL);
      send_break (self);
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
check_password_answer (PosaIecSession *self, const PosaIecMessage *answer, GError **error)
{
  if (answer->type == POSA_IEC_ACKNOWLEDGED)
    return TRUE;
  if (answer->type == POSA_IEC_COMMAND)
    self->state = IDLE; /* the meter broke off */
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                       "the meter refuses the password");
  return FALSE;
}

static gboolean
send_password (PosaIecSession *self, const char *password, PosaOperation *operation, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree char *data_set = g_strdup_printf ("(%s)", password);
  PosaIecMessage answer;

  posa_iec_put_command (message, "P1", data_set);
  return exchange (self, message, 1, &answer, operation, error) &&
         check_password_answer (self, &answer, error);
}

gboolean
posa_iec_session_program (PosaIecSession *self,
                          const char *password,
                          PosaOperation *operation,
                          GError **error)
{
  PosaIecMessage answer;

  if (!is_identified (self) && !(wait_for_start_state (self, operation, error) &&
                                 posa_iec_session_sign_on (self, MAX_SIGN_ONS, operation, error)))
    return FALSE;
  if (!select_option (self, get_fast_baud (self), '1', operation, error) ||
      !receive_intact (self, &answer, operation, error))
    return FALSE;
  if (answer.type != POSA_IEC_COMMAND || strcmp (answer.command, "P0") != 0)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the meter has no programming mode");
      return FALSE;
    }
  self->state = PROGRAMMING;
  return password == NULL || send_password (self, password, operation, error);
}

/* The meter's own error text, "(ER01)", in place of an answer. */
static gboolean
set_refused (const char *command, const char *code, const PosaIecMessage *answer, GError **error)
{
  if (answer->type == POSA_IEC_COMMAND)
    return set_astray (error);
  g_autofree char *text = answer->content != NULL
                              ? g_strndup ((const char *) answer->content, answer->size)
                              : g_strdup ("no");

  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "%s %s: the meter answers %s", command,
               code, text);
  return FALSE;
}

/* Appends the content of @answer and of the partial blocks behind it (6.5.29) to @content. */
static gboolean
collect_blocks (PosaIecSession *self,
                PosaIecMessage *answer,
                GByteArray *content,
                PosaOperation *operation,
                GError **error)
{
  const guint8 ack = POSA_IEC_ACK;
  g_autoptr (GByteArray) message = g_byte_array_new_take (g_memdup2 (&ack, 1), 1);

  g_byte_array_append (content, answer->content, (guint) answer->size);
  while (answer->type == POSA_IEC_PARTIAL && content->len < MAX_MESSAGE)
    {
      if (!exchange (self, message, 1, answer, operation, error))
        return FALSE;
      if (answer->content != NULL)
        g_byte_array_append (content, answer->content, (guint) answer->size);
    }
  return TRUE;
}

/* An answer to @code names it, or nothing at all. */
static gboolean
check_address (GPtrArray *sets, const char *code, GError **error)
{
  const PosaIecDataSet *first = sets->len > 0 ? g_ptr_array_index (sets, 0) : NULL;

  if (first != NULL && (*first->address == '\0' || posa_iec_code_equal (first->address, code)))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_LINE_NOISE, "asked for %s, the meter answers %s", code,
               first != NULL ? first->address : "nothing");
  return FALSE;
}

GPtrArray *
posa_iec_session_read (PosaIecSession *self,
                       const char *code,
                       PosaOperation *operation,
                       GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new (), content = g_byte_array_new ();
  g_autofree char *data_set = g_strdup_printf ("%s()", code);
  PosaIecMessage answer;

  posa_iec_put_command (message, "R1", data_set);
  if (!exchange (self, message, MAX_REPEATS, &answer, operation, error))
    return NULL;
  gboolean block = answer.type == POSA_IEC_BLOCK || answer.type == POSA_IEC_PARTIAL;
  if (!block || answer.size == 0 || memchr (answer.content, '(', answer.size) == NULL ||
      g_strstr_len ((const char *) answer.content, (gssize) answer.size, "(ER") != NULL)
    {
      set_refused ("R1", code, &answer, error);
      return NULL;
    }
  if (!collect_blocks (self, &answer, content, operation, error))
    return NULL;
  g_autoptr (GPtrArray) sets = posa_iec_data_parse (content->data, content->len, error);
  if (sets == NULL || check_address (sets, code, error))
    return g_steal_pointer (&sets);
  /* An answer to an earlier question: whatever comes next could be one too. */
  send_break (self);
  return NULL;
}

gboolean
posa_iec_session_write (PosaIecSession *self,
                        const char *code,
                        const char *value,
                        PosaOperation *operation,
                        GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree char *data_set = g_strdup_printf ("%s(%s)", code, value);
  PosaIecMessage answer;

  posa_iec_put_command (message, "W1", data_set);
  return exchange (self, message, MAX_REPEATS, &answer, operation, error) &&
         (answer.type == POSA_IEC_ACKNOWLEDGED || set_refused ("W1", code, &answer, error));
}

void
posa_iec_session_sign_off (PosaIecSession *self)
{
  if (self->state == PROGRAMMING)
    send_break (self);
  else if (self->state == READ_OUT)
    send_thanks (self);
  else if (is_identified (self))
    abandon_identified (self);
  self->state = IDLE;
}

gint64
posa_iec_session_get_answered_us (PosaIecSession *self)
{
  return self->answered_us;
}

const PosaIecIdentification *
posa_iec_session_get_identification (PosaIecSession *self)
{
  return &self->identification;
}

const PosaLineStats *
posa_iec_session_get_stats (PosaIecSession *self)
{
  return &self->stats;
}

void
posa_iec_session_set_line (PosaIecSession *self, guint baud, guint switch_delay_ms)
{
  self->max_baud = baud;
  self->switch_delay_us = (gint64) switch_delay_ms * 1000;
}

PosaIecSession *
posa_iec_session_new (PosaPort *port)
{
  PosaIecSession *self = g_new0 (PosaIecSession, 1);

  self->port = port;
  self->clock = posa_port_get_clock (port);
  self->buffer = g_byte_array_new ();
  return self;
}

void
posa_iec_session_free (PosaIecSession *self)
{
  g_byte_array_unref (self->buffer);
  g_free (self);
}
