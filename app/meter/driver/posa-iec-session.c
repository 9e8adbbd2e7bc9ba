/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-session.h"

#include "base/posa-error.h"
#include "meter/driver/posa-iec-link.h"

#include <string.h>

#define MAX_REPEATS    3             /* of a command that the meter did not understand */
#define MAX_SIGN_ONS   3             /* of one readout */
#define MAX_PARTIAL    (64 * 1024)   /* characters of all partial blocks */
#define ID_FRESH_US    (1000 * 1000) /* the meter waits 1.5 s for the option select */
#define FAST_SWITCH_US (10 * 1000)   /* a fast meter answers after 20 ms */

typedef enum
{
  IDLE,
  IDENTIFIED,
  READ_OUT, /* the meter listens for a request to repeat its data */
  PROGRAMMING,
  ASTRAY /* the meter may still have something to say */
} State;

struct _PosaIecSession
{
  PosaIecLink *link;
  State state;
  guint max_baud;
  gint64 switch_delay_us;
  gboolean known; /* identification is that of the first sign-on */
  PosaIecIdentification identification;
};

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
  if (!posa_iec_link_send (self->link, message, operation, error))
    return FALSE;
  /* The send ends with the computed last stop bit; one character more for converters that began
   * late. The meter's answer begins 200 ms after it at the soonest. */
  gint64 pause = 10 * G_USEC_PER_SEC / POSA_IEC_START_BAUD + self->switch_delay_us;
  if (self->identification.fast)
    pause = FAST_SWITCH_US;
  return posa_iec_link_pause (self->link, pause, operation, error) &&
         posa_iec_link_set_speed (self->link, baud, error);
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
  posa_iec_link_send (self->link, message, NULL, NULL);
  self->state = IDLE;
}

/* The readout was good: the meter need not wait for NAK, and hears the next request at once. */
static void
send_thanks (PosaIecSession *self)
{
  posa_iec_link_send_byte (self->link, POSA_IEC_ACK, NULL, NULL);
  self->state = IDLE;
}

/* A meter that has identified itself and hears no option would send its whole readout at 300 baud.
 * Programming mode at 300, entered and left, has it back in the start state in a second. */
static void
abandon_identified (PosaIecSession *self)
{
  PosaIecMessage message;

  if (select_option (self, POSA_IEC_START_BAUD, '1', NULL, NULL) &&
      posa_iec_link_receive (self->link, &message, NULL, NULL))
    send_break (self);
}

static gboolean
take_identification (PosaIecSession *self, const PosaIecIdentification *found, GError **error)
{
  if (posa_iec_speed_to_baud (found->speed) == 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "the meter %s %s does not speak mode C (speed character %c)",
                   found->manufacturer, found->ident, found->speed);
      return FALSE;
    }
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
  posa_iec_link_set_fast (self->link, found->fast);
  return TRUE;
}

static gboolean
try_sign_on (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  PosaIecIdentification found;

  self->state = IDLE;
  posa_iec_put_request (message, NULL);
  return posa_iec_link_set_speed (self->link, POSA_IEC_START_BAUD, error) &&
         posa_iec_link_send (self->link, message, operation, error) &&
         posa_iec_link_receive_identification (self->link, &found, operation, error) &&
         take_identification (self, &found, error);
}

static void
count_retry (PosaIecSession *self)
{
  posa_iec_link_get_stats (self->link)->retries++;
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
      /* Something spoke, so a meter may be waiting for the option. */
      gboolean damage = posa_iec_link_is_damage (local_error);
      if (damage)
        abandon_identified (self);
      if (i >= tries || !posa_iec_link_is_worth_repeating (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      count_retry (self);
      if (damage && !posa_iec_link_wait_for_start (self->link, operation, error))
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
      !posa_iec_link_receive (self->link, &message, operation, error))
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
  return self->state == IDENTIFIED && posa_iec_link_get_silence_us (self->link) < ID_FRESH_US;
}

/* Has the meter wait for our option: it does already after a fresh sign-on, else it is called
 * again. @first: nothing has gone wrong yet. */
static gboolean
ensure_identified (PosaIecSession *self, gboolean first, PosaOperation *operation, GError **error)
{
  gboolean stale = !first || self->state == IDENTIFIED || self->state == ASTRAY;

  if (first && is_identified (self))
    return TRUE;
  posa_iec_session_sign_off (self);
  return (!stale || posa_iec_link_wait_for_start (self->link, operation, error)) &&
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
      posa_iec_link_expect (self->link, expected_size);
      sets = try_read_out (self, baud, operation, &local_error);
      posa_iec_link_expect (self->link, 0);
      if (sets != NULL)
        return sets;
      if (i == MAX_SIGN_ONS || !posa_iec_link_is_worth_repeating (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      count_retry (self);
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

  while (tries-- > 0 && posa_iec_link_send (self->link, message, operation, &local_error) &&
         posa_iec_link_receive (self->link, answer, operation, &local_error))
    {
      if (answer->type != POSA_IEC_REFUSED || tries == 0)
        return TRUE;
      count_retry (self);
    }
  if (posa_iec_link_is_worth_repeating (local_error))
    {
      posa_iec_link_skip_rest (self->link, NULL, NULL);
      send_break (self);
      self->state = ASTRAY;
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

  if (!ensure_identified (self, TRUE, operation, error))
    return FALSE;
  if (!select_option (self, get_fast_baud (self), '1', operation, error) ||
      !posa_iec_link_receive (self->link, &answer, operation, error))
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
  while (answer->type == POSA_IEC_PARTIAL && content->len < MAX_PARTIAL)
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
  self->state = ASTRAY;
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
  return posa_iec_link_get_answered_us (self->link);
}

const PosaIecIdentification *
posa_iec_session_get_identification (PosaIecSession *self)
{
  return &self->identification;
}

const PosaLineStats *
posa_iec_session_get_stats (PosaIecSession *self)
{
  return posa_iec_link_get_stats (self->link);
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

  self->link = posa_iec_link_new (port);
  return self;
}

void
posa_iec_session_free (PosaIecSession *self)
{
  posa_iec_link_free (self->link);
  g_free (self);
}
