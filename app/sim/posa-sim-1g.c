/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"
#include "meter/codec/posa-iec-message.h"
#include "sim/posa-sim-1g-state.h"

#include <string.h>

/* Times of IEC 62056-21, 6.3.13. */
#define CHARACTER_GAP_US  (1500 * 1000) /* t_a */
#define NO_ANSWER_US      (2200 * 1000) /* t_t */
#define REPEAT_WINDOW_US  (500 * 1000)  /* for NAK after a readout */
#define SHORT_REACTION_US (20 * 1000)   /* without pace */
#define STAY_300_US       (300 * 1000)  /* the client is at the new speed by then */
#define MAX_MESSAGE       256

/* One meter on one line. */
typedef struct
{
  PosaSim1g *meter;
  PosaSimLine *line;
  gboolean unlocked; /* password accepted in this session */
  GByteArray *last;  /* message sent, for a client that wants it again */
} Talk;

static void
react (Talk *talk)
{
  gboolean pace = posa_sim_line_has_pace (talk->line);

  posa_sim_line_wait_for_speed (talk->line, CHARACTER_GAP_US);
  posa_sim_line_wait (talk->line, pace ? talk->meter->reaction_us : SHORT_REACTION_US);
}

static void
send_message (Talk *talk, GByteArray *message)
{
  PosaSim1g *meter = talk->meter;
  gboolean data = message->len > 1 && message->data[0] == POSA_IEC_STX;

  g_byte_array_set_size (talk->last, 0);
  g_byte_array_append (talk->last, message->data, message->len);
  react (talk);
  if (data && meter->fault == POSA_SIM_1G_BAD_BCC && meter->fault_number > 0)
    {
      meter->fault_number--;
      message->data[message->len - 1] ^= 0x01;
    }
  if (data && meter->fault == POSA_SIM_1G_CUT_OFF)
    g_byte_array_set_size (message, MIN (message->len, meter->fault_number));
  posa_sim_line_write (talk->line, message->data, message->len);
}

static void
send_block (Talk *talk, const char *content)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_block (message, content);
  send_message (talk, message);
}

static void
send_byte (Talk *talk, guint8 byte)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_put_u8 (message, byte);
  send_message (talk, message);
}

static void
send_garbage (Talk *talk)
{
  static const guint8 garbage[] = { 0x7F, 0x2F, 0x11, 0x5A, 0x7F, 0x03, 0x2A, 0x0A, 0x7F, 0x7F };

  react (talk);
  posa_sim_line_write (talk->line, garbage, sizeof garbage);
}

/* The address of a request may be left out, and its leading zeros do not count. */
static gboolean
is_addressed (PosaSim1g *meter, const char *address)
{
  const char *serial = meter->serial;

  while (*address == '0')
    address++;
  while (*serial == '0')
    serial++;
  return *address == '\0' || strcmp (address, serial) == 0;
}

static gboolean
is_request (PosaSim1g *meter, GString *line)
{
  const char *start = strstr (line->str, "/?");
  const char *end = strchr (line->str, '!');

  if (start == NULL || end == NULL || end < start)
    return FALSE;
  g_autofree char *address = g_strndup (start + 2, (gsize) (end - start - 2));
  return is_addressed (meter, address);
}

/* Waits for a request to this meter; FALSE when the process shall end. */
static gboolean
await_request (Talk *talk)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (;;)
    {
      int c = posa_sim_line_read (talk->line, line->len > 0 ? CHARACTER_GAP_US : -1);
      if (c == POSA_SIM_STOPPED)
        return FALSE;
      if (c > 0)
        g_string_append_c (line, (char) c);
      if (c == '\n' && is_request (talk->meter, line))
        return TRUE;
      if (c == '\n' || c == POSA_SIM_SILENCE || line->len > MAX_MESSAGE)
        g_string_truncate (line, 0);
    }
}

/* The option select message "ACK 0 Z Y"; FALSE when none came in time. */
static gboolean
await_option (Talk *talk, char *speed, char *mode)
{
  char option[6];
  guint n = 0;

  while (n < sizeof option)
    {
      int c = posa_sim_line_read (talk->line, n > 0 ? CHARACTER_GAP_US : NO_ANSWER_US);
      if (c < 0)
        return FALSE;
      option[n] = (char) c;
      n += n > 0 || c == POSA_IEC_ACK;
    }
  *speed = option[2];
  *mode = option[3];
  return option[1] == '0' && *speed <= talk->meter->identification[3] &&
         posa_iec_speed_to_baud (*speed) > 0 && option[5] == '\n';
}

static void
serve_readout (Talk *talk)
{
  g_autofree char *content = posa_sim_1g_format_readout (talk->meter);
  int c = POSA_IEC_NAK;

  talk->meter->readouts++;
  while (c == POSA_IEC_NAK)
    {
      send_block (talk, content);
      c = posa_sim_line_read (talk->line, REPEAT_WINDOW_US);
    }
}

/* Splits "CODE(VALUE)"; FALSE when it does not look like that. */
static gboolean
split_data_set (const PosaIecMessage *message, char **code, char **value)
{
  g_autofree char *text =
      g_strndup (message->content != NULL ? (const char *) message->content : "", message->size);
  char *open = strchr (text, '(');

  if (open == NULL || !g_str_has_suffix (text, ")"))
    return FALSE;
  *code = g_strndup (text, (gsize) (open - text));
  *value = g_strndup (open + 1, strlen (open + 1) - 1);
  return TRUE;
}

static void
serve_read (Talk *talk, const char *code)
{
  PosaSim1g *meter = talk->meter;
  g_autofree char *value = posa_sim_1g_format_value (meter, code);
  g_autofree char *content = value != NULL ? g_strconcat (code, value, NULL) : g_strdup ("(ER01)");

  if (meter->fault == POSA_SIM_1G_LATE)
    {
      meter->fault = POSA_SIM_1G_GOOD;
      posa_sim_line_wait (talk->line, (gint64) meter->fault_number * 1000);
    }
  send_block (talk, content);
}

/* FALSE when the meter ends the session: that is how it answers a wrong password. */
static gboolean
serve_password (Talk *talk, const char *password)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  talk->meter->passwords++;
  talk->unlocked = strcmp (password, talk->meter->password) == 0;
  if (talk->unlocked)
    {
      send_byte (talk, POSA_IEC_ACK);
      return TRUE;
    }
  talk->meter->wrong_passwords++;
  posa_iec_put_command (message, "B0", NULL);
  send_message (talk, message);
  return FALSE;
}

static void
serve_write (Talk *talk, const char *code, const char *value)
{
  if (talk->unlocked && posa_sim_1g_write (talk->meter, code, value))
    send_byte (talk, POSA_IEC_ACK);
  else
    send_block (talk, talk->unlocked ? "(ER02)" : "(ER03)");
}

/* FALSE when the session is over. */
static gboolean
serve_command (Talk *talk, const PosaIecMessage *message)
{
  g_autofree char *code = NULL, *value = NULL;

  if (message->type == POSA_IEC_REFUSED)
    {
      g_autoptr (GByteArray) again = g_byte_array_new ();
      g_byte_array_append (again, talk->last->data, talk->last->len);
      send_message (talk, again);
      return TRUE;
    }
  if (message->type != POSA_IEC_COMMAND || !message->intact)
    {
      send_byte (talk, POSA_IEC_NAK);
      return TRUE;
    }
  if (strcmp (message->command, "B0") == 0)
    return FALSE;
  gboolean whole = split_data_set (message, &code, &value);
  if (whole && strcmp (message->command, "P1") == 0)
    return serve_password (talk, value);
  if (whole && strcmp (message->command, "R1") == 0)
    serve_read (talk, code);
  else if (whole && strcmp (message->command, "W1") == 0)
    serve_write (talk, code, value);
  else
    send_block (talk, "(ER00)");
  return TRUE;
}

static void
serve_programming (Talk *talk)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PosaIecMessage message;
  gboolean going = TRUE;

  talk->unlocked = FALSE;
  posa_iec_put_command (bytes, "P0", "(00000000)");
  send_message (talk, bytes);
  g_byte_array_set_size (bytes, 0);
  while (going)
    {
      gboolean idle = bytes->len == 0;
      int c = posa_sim_line_read (talk->line, idle ? talk->meter->inactivity_us : CHARACTER_GAP_US);
      if (c == POSA_SIM_STOPPED || (c == POSA_SIM_SILENCE && idle))
        return;
      if (c >= 0)
        posa_put_u8 (bytes, (guint8) c);
      if (posa_iec_message_scan (bytes->data, bytes->len, &message) != POSA_IEC_INCOMPLETE)
        going = serve_command (talk, &message);
      else if (c >= 0 && bytes->len < MAX_MESSAGE)
        continue;
      g_byte_array_set_size (bytes, 0);
    }
}

static void
serve_session (Talk *talk)
{
  PosaSim1g *meter = talk->meter;
  g_autofree char *identification = g_strconcat ("/", meter->identification, "\r\n", NULL);
  char speed = '0', mode = '0';

  meter->sessions++;
  react (talk);
  posa_sim_line_write (talk->line, identification, strlen (identification));
  /* Without a valid option the readout comes at the speed of the start (6.4.1). */
  gboolean selected = await_option (talk, &speed, &mode);
  if (selected && meter->fault == POSA_SIM_1G_STAY_300)
    posa_sim_line_wait (talk->line, STAY_300_US);
  else if (selected)
    posa_sim_line_set_speed (talk->line, posa_iec_speed_to_baud (speed), TRUE);
  if (posa_sim_line_is_stopped (talk->line))
    return;
  if (selected && mode == '1')
    serve_programming (talk);
  else
    serve_readout (talk);
}

static void
serve (gpointer meter, PosaSimLine *line)
{
  g_autoptr (GByteArray) last = g_byte_array_new ();
  Talk talk = { .meter = meter, .line = line, .last = last };

  while (!posa_sim_line_is_stopped (line))
    {
      posa_sim_line_set_speed (line, POSA_IEC_START_BAUD, TRUE);
      if (!await_request (&talk))
        return;
      if (talk.meter->fault == POSA_SIM_1G_GARBAGE)
        send_garbage (&talk);
      else if (talk.meter->fault != POSA_SIM_1G_SILENT)
        serve_session (&talk);
    }
}

static gpointer
create (const PosaSimSetup *setup, GError **error)
{
  return posa_sim_1g_new (setup, error);
}

static void
dump (gpointer meter, JsonBuilder *builder)
{
  posa_sim_1g_dump (meter, builder);
}

static void
destroy (gpointer meter)
{
  posa_sim_1g_free (meter);
}

const PosaSimModel posa_sim_1g = { create, serve, dump, destroy };
