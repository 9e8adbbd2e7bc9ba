/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/codec/posa-iec-secret.h"
#include "sim/posa-sim-iec.h"

#include <string.h>

#define SEED_SIZE   8
#define MAX_COMMAND 1024 /* characters of a command and its partial blocks */

/* Programming mode, once entered. */
typedef struct
{
  PosaSimIec *iec;
  char seed[SEED_SIZE + 1];
  gboolean unlocked; /* password accepted */
  GString *answer;   /* what is left of a long answer */
  GString *parts;    /* of a data set written in partial blocks */
} Session;

/* The next partial block of the answer, as long as a block may be, or its end. */
static void
send_next_part (Session *session)
{
  gsize size = MIN (session->answer->len, session->iec->behaviour.block_size);
  g_autofree char *part = g_strndup (session->answer->str, size);

  g_string_erase (session->answer, 0, (gssize) size);
  if (session->answer->len > 0)
    posa_sim_iec_send_partial_block (session->iec, part);
  else
    posa_sim_iec_send_block (session->iec, part);
}

/* Splits "CODE(VALUE)"; FALSE when it does not look like that. */
static gboolean
split_data_set (const char *text, char **code, char **value)
{
  const char *open = strchr (text, '(');

  if (open == NULL || !g_str_has_suffix (text, ")"))
    return FALSE;
  *code = g_strndup (text, (gsize) (open - text));
  *value = g_strndup (open + 1, strlen (open + 1) - 1);
  return TRUE;
}

/* R1 and R2 answer in one block; R3 to R6 in partial blocks. */
static void
serve_read (Session *session, char form, const char *code, const char *argument)
{
  PosaSim1g *meter = session->iec->meter;
  g_autofree char *profile = posa_sim_1g_format_profile (meter, code, argument);
  g_autofree char *value = profile == NULL ? posa_sim_1g_format_value (meter, code) : NULL;

  if (meter->fault == POSA_SIM_1G_LATE)
    {
      meter->fault = POSA_SIM_1G_GOOD;
      posa_sim_line_wait (session->iec->line, (gint64) meter->fault_number * 1000);
    }
  g_string_truncate (session->answer, 0);
  if (profile != NULL)
    g_string_append (session->answer, profile);
  else if (value != NULL)
    g_string_append_printf (session->answer, "%s%s", code, value);
  if (session->answer->len == 0)
    posa_sim_iec_send_block (session->iec, "(ER01)");
  else if (form <= '2')
    {
      posa_sim_iec_send_block (session->iec, session->answer->str);
      g_string_truncate (session->answer, 0);
    }
  else
    send_next_part (session);
}

/* FALSE when the meter ends the session. */
static gboolean
refuse_password (Session *session)
{
  PosaSimIec *iec = session->iec;
  g_autoptr (GByteArray) message = g_byte_array_new ();

  iec->meter->wrong_passwords++;
  switch (iec->behaviour.refusal)
    {
    case POSA_SIM_IEC_REFUSES_BY_NAK:
      posa_sim_iec_send_byte (iec, POSA_IEC_NAK);
      return TRUE;
    case POSA_SIM_IEC_REFUSES_BY_ERROR:
      posa_sim_iec_send_block (iec, "(ER04)");
      return TRUE;
    case POSA_SIM_IEC_REFUSES_BY_BREAK:
    case POSA_SIM_IEC_N_REFUSALS:
    default:
      posa_iec_put_command (message, "B0", NULL);
      posa_sim_iec_send (iec, message);
      return FALSE;
    }
}

/* P1 carries the password, P2 what the algorithm makes of it and the seed. */
static gboolean
serve_password (Session *session, const char *operand, gboolean secret)
{
  PosaSim1g *meter = session->iec->meter;
  const char *algorithm = session->iec->behaviour.algorithm;
  g_autofree char *expected =
      algorithm != NULL ? posa_iec_secret_find (algorithm) (session->seed, meter->password)
                        : g_strdup (meter->password);

  meter->passwords++;
  session->unlocked = secret == (algorithm != NULL) && strcmp (operand, expected) == 0;
  if (!session->unlocked)
    return refuse_password (session);
  posa_sim_iec_send_byte (session->iec, POSA_IEC_ACK);
  return TRUE;
}

static void
serve_write (Session *session, const char *code, const char *value)
{
  if (session->unlocked && posa_sim_1g_write (session->iec->meter, code, value))
    posa_sim_iec_send_byte (session->iec, POSA_IEC_ACK);
  else
    posa_sim_iec_send_block (session->iec, session->unlocked ? "(ER02)" : "(ER03)");
}

/* A whole command. FALSE when the session is over. */
static gboolean
serve_whole (Session *session, const char *command, const char *data_set)
{
  g_autofree char *code = NULL, *value = NULL;
  char kind = command[0], form = command[1];

  if (strcmp (command, "B0") == 0)
    return FALSE;
  gboolean whole = split_data_set (data_set, &code, &value);
  if (whole && (strcmp (command, "P1") == 0 || strcmp (command, "P2") == 0))
    return serve_password (session, value, form == '2');
  if (whole && kind == 'R' && form >= '1' && form <= '6')
    serve_read (session, form, code, value);
  else if (whole && ((kind == 'W' && form >= '1' && form <= '4') || strcmp (command, "E2") == 0))
    serve_write (session, code, value);
  else
    posa_sim_iec_send_block (session->iec, "(ER00)");
  return TRUE;
}

/* FALSE when the session is over. */
static gboolean
serve_command (Session *session, const PosaIecMessage *message)
{
  g_string_truncate (session->answer, 0);
  if (message->content != NULL)
    g_string_append_len (session->parts, (const char *) message->content, (gssize) message->size);
  if (message->more)
    {
      posa_sim_iec_send_byte (session->iec, POSA_IEC_ACK);
      return TRUE;
    }
  gboolean going = serve_whole (session, message->command, session->parts->str);
  g_string_truncate (session->parts, 0);
  return going;
}

/* FALSE when the session is over. */
static gboolean
serve_message (Session *session, const PosaIecMessage *message)
{
  if (message->type == POSA_IEC_REFUSED)
    posa_sim_iec_repeat (session->iec);
  else if (message->type == POSA_IEC_ACKNOWLEDGED && session->answer->len > 0)
    send_next_part (session);
  else if (message->type == POSA_IEC_COMMAND && message->intact)
    return serve_command (session, message);
  else
    posa_sim_iec_send_byte (session->iec, POSA_IEC_NAK);
  return TRUE;
}

static void
serve_messages (Session *session)
{
  PosaSimIec *iec = session->iec;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PosaIecMessage message;
  gboolean going = TRUE;

  while (going)
    {
      gboolean idle = bytes->len == 0;
      int c = posa_sim_iec_read (iec, idle ? iec->meter->inactivity_us : POSA_SIM_IEC_GAP_US);
      if (c == POSA_SIM_STOPPED || (c == POSA_SIM_SILENCE && idle))
        return;
      if (c >= 0)
        posa_put_u8 (bytes, (guint8) c);
      if (posa_iec_message_scan (bytes->data, bytes->len, &message) != POSA_IEC_INCOMPLETE)
        going = serve_message (session, &message);
      else if (c >= 0 && bytes->len < MAX_COMMAND)
        continue;
      g_byte_array_set_size (bytes, 0);
    }
}

void
posa_sim_iec_serve_programming (PosaSimIec *self)
{
  g_autoptr (GByteArray) challenge = g_byte_array_new ();
  g_autoptr (GString) answer = g_string_new (NULL), parts = g_string_new (NULL);
  Session session = { .iec = self, .answer = answer, .parts = parts };

  /* Another one each time where it matters. */
  g_snprintf (session.seed, sizeof session.seed, "%08X",
              self->behaviour.algorithm != NULL ? g_random_int () : 0);
  g_autofree char *data_set = g_strdup_printf ("(%s)", session.seed);
  posa_iec_put_command (challenge, "P0", data_set);
  posa_sim_iec_send (self, challenge);
  serve_messages (&session);
}
