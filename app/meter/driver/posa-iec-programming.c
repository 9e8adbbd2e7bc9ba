/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-session-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-iec-secret.h"

#include <string.h>

/* Programming mode (6.4.2, 6.5.2): commands, their answers, and answers in partial blocks. */

#define MAX_REPEATS 3           /* of a command that the meter did not understand */
#define MAX_ANSWER  (64 * 1024) /* characters of all partial blocks of a register */
#define PART_SIZE   64          /* characters of a partial block that we send */

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

  posa_iec_link_forget (self->link);
  while (tries-- > 0 && posa_iec_link_send (self->link, message, operation, &local_error) &&
         posa_iec_link_receive (self->link, answer, operation, &local_error))
    {
      if (answer->type != POSA_IEC_REFUSED || tries == 0)
        return TRUE;
      posa_iec_session_count_retry (self);
    }
  if (posa_iec_link_is_worth_repeating (local_error))
    posa_iec_session_leave (self);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* The session ends: @answer is not what a meter that heard us right can say. */
static gboolean
set_astray (PosaIecSession *self, GError **error)
{
  posa_iec_session_leave (self);
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                       "the meter sends something else than an answer");
  return FALSE;
}

/* The meter's own error text, "(ER01)", in place of an answer. */
static gboolean
set_refused (PosaIecSession *self,
             const char *command,
             const char *code,
             const PosaIecMessage *answer,
             GError **error)
{
  if (answer->type == POSA_IEC_COMMAND)
    return set_astray (self, error);
  g_autofree char *text = answer->content != NULL
                              ? g_strndup ((const char *) answer->content, answer->size)
                              : g_strdup ("no");

  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "%s %s: the meter answers %s", command,
               code, text);
  return FALSE;
}

static gboolean
check_password_answer (PosaIecSession *self, const PosaIecMessage *answer, GError **error)
{
  if (answer->type == POSA_IEC_ACKNOWLEDGED)
    return TRUE;
  if (answer->type == POSA_IEC_COMMAND)
    self->state = POSA_IEC_IDLE; /* the meter broke off */
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                       "the meter refuses the password");
  return FALSE;
}

/* The operand of P2: what the maker's algorithm makes of the password and the seed "(…)". */
static char *
make_secret (PosaIecSession *self, const char *password, const char *seed, GError **error)
{
  PosaIecSecretFunc function = posa_iec_secret_find (self->algorithm);
  gsize size = strlen (seed);

  if (function == NULL)
    g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                 "there is no password algorithm \"%s\" for command P2", self->algorithm);
  else if (size < 2 || seed[0] != '(' || seed[size - 1] != ')')
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                         "the meter sends no seed for command P2");
  else
    {
      g_autofree char *inside = g_strndup (seed + 1, size - 2);
      return function (inside, password);
    }
  return NULL;
}

/* @seed: the operand of the meter's P0. */
static gboolean
send_password (PosaIecSession *self,
               const char *password,
               const char *seed,
               PosaOperation *operation,
               GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree char *operand = self->algorithm != NULL ? make_secret (self, password, seed, error)
                                                     : g_strdup (password);
  PosaIecMessage answer;

  if (operand == NULL)
    return FALSE;
  g_autofree char *data_set = g_strdup_printf ("(%s)", operand);
  posa_iec_put_command (message, self->algorithm != NULL ? "P2" : "P1", data_set);
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

  if (!posa_iec_session_ensure_identified (self, TRUE, operation, error))
    return FALSE;
  if (posa_iec_session_get_mode (self) != POSA_IEC_MODE_C)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the meter gives nothing but its data readout (mode A or B)");
      return FALSE;
    }
  posa_iec_link_set_check (self->link, NULL, NULL);
  posa_iec_link_forget (self->link);
  if (!posa_iec_session_select_option (self, posa_iec_session_get_fast_baud (self), '1', operation,
                                       error) ||
      !posa_iec_link_receive (self->link, &answer, operation, error))
    return FALSE;
  if (answer.type != POSA_IEC_COMMAND || strcmp (answer.command, "P0") != 0)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the meter has no programming mode");
      return FALSE;
    }
  self->state = POSA_IEC_PROGRAMMING;
  g_autofree char *seed =
      g_strndup (answer.content != NULL ? (const char *) answer.content : "", answer.size);
  return password == NULL || send_password (self, password, seed, operation, error);
}

static gboolean
is_data (const PosaIecMessage *answer)
{
  return answer->type == POSA_IEC_BLOCK || answer->type == POSA_IEC_PARTIAL;
}

/* A first block that is no error text. */
static gboolean
is_answer (const PosaIecMessage *answer)
{
  return is_data (answer) && memchr (answer->content, '(', answer->size) != NULL &&
         g_strstr_len ((const char *) answer->content, (gssize) answer->size, "(ER") == NULL;
}

/* Hands @answer and the partial blocks behind it (6.5.29) to @func. */
static gboolean
take_blocks (PosaIecSession *self,
             PosaIecMessage *answer,
             PosaIecBlockFunc func,
             gpointer data,
             PosaOperation *operation,
             GError **error)
{
  g_autoptr (GByteArray) ack = g_byte_array_new ();

  posa_put_u8 (ack, POSA_IEC_ACK);
  for (;;)
    {
      gboolean last = answer->type == POSA_IEC_BLOCK;
      g_autofree char *text = g_strndup ((const char *) answer->content, answer->size);
      if (!func (data, text, last, error))
        {
          posa_iec_session_leave (self);
          return FALSE;
        }
      if (last)
        return TRUE;
      self->block_size = answer->size;
      /* A meter that did not understand the acknowledgement says so and hears it again; one that
       * is silent has perhaps sent the block in vain, or not: nobody can tell, so it is over. */
      if (!exchange (self, ack, MAX_REPEATS, answer, operation, error))
        return FALSE;
      if (!is_data (answer))
        return set_astray (self, error);
    }
}

/* Meters cut long answers into blocks of equal size: one of another size, as the first and the last
 * may be, has lost a character or not. */
static gboolean
check_answer_cb (gpointer data, const PosaIecMessage *message, const char *text)
{
  PosaIecSession *self = data;

  if (message->type == POSA_IEC_PARTIAL || self->block_size > 0)
    return self->vouch == NULL || message->size == self->block_size;
  return posa_iec_session_vouches (self, text, FALSE);
}

gboolean
posa_iec_session_read_blocks (PosaIecSession *self,
                              const char *command,
                              const char *code,
                              const char *argument,
                              PosaIecBlockFunc func,
                              gpointer data,
                              PosaOperation *operation,
                              GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree char *data_set = g_strdup_printf ("%s(%s)", code, argument);
  PosaIecMessage answer;

  posa_iec_link_set_check (self->link, check_answer_cb, self);
  self->block_size = 0;
  posa_iec_put_command (message, command, data_set);
  if (!exchange (self, message, MAX_REPEATS, &answer, operation, error))
    return FALSE;
  if (!is_answer (&answer))
    return set_refused (self, command, code, &answer, error);
  return take_blocks (self, &answer, func, data, operation, error);
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

static gboolean
collect_cb (gpointer data, const char *text, gboolean last, GError **error)
{
  GString *content = data;

  g_string_append (content, text);
  if (content->len <= MAX_ANSWER)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "the meter's answer does not end");
  return FALSE;
}

GPtrArray *
posa_iec_session_read (PosaIecSession *self,
                       const char *code,
                       PosaOperation *operation,
                       GError **error)
{
  g_autoptr (GString) content = g_string_new (NULL);

  if (!posa_iec_session_read_blocks (self, "R1", code, "", collect_cb, content, operation, error))
    return NULL;
  g_autoptr (GPtrArray)
      sets = posa_iec_data_parse ((const guint8 *) content->str, content->len, error);
  if (sets == NULL || check_address (sets, code, error))
    return g_steal_pointer (&sets);
  /* An answer to an earlier question: whatever comes next could be one too. */
  posa_iec_session_leave (self);
  return NULL;
}

/* Sends @part of a data set, the last one or not, and has it acknowledged. */
static gboolean
write_part (PosaIecSession *self,
            const char *command,
            const char *code,
            const char *part,
            gboolean last,
            PosaOperation *operation,
            GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  PosaIecMessage answer;

  if (last)
    posa_iec_put_command (message, command, part);
  else
    posa_iec_put_partial_command (message, command, part);
  return exchange (self, message, MAX_REPEATS, &answer, operation, error) &&
         (answer.type == POSA_IEC_ACKNOWLEDGED ||
          set_refused (self, command, code, &answer, error));
}

gboolean
posa_iec_session_write (PosaIecSession *self,
                        const char *command,
                        const char *code,
                        const char *value,
                        PosaOperation *operation,
                        GError **error)
{
  g_autofree char *data_set = g_strdup_printf ("%s(%s)", code, value);
  gboolean in_parts = strcmp (command, "W3") == 0 || strcmp (command, "W4") == 0;
  const char *rest = data_set;

  posa_iec_link_set_check (self->link, NULL, NULL);
  for (; in_parts && strlen (rest) > PART_SIZE; rest += PART_SIZE)
    {
      g_autofree char *part = g_strndup (rest, PART_SIZE);
      if (!write_part (self, command, code, part, FALSE, operation, error))
        return FALSE;
    }
  return write_part (self, command, code, rest, TRUE, operation, error);
}
