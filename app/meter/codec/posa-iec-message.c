/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-message.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

static const guint speeds[] = { 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200 };

PosaIecMode
posa_iec_speed_to_mode (char speed)
{
  if (g_ascii_isdigit (speed))
    return POSA_IEC_MODE_C;
  return speed >= 'A' && speed <= 'I' ? POSA_IEC_MODE_B : POSA_IEC_MODE_A;
}

guint
posa_iec_speed_to_baud (char speed)
{
  switch (posa_iec_speed_to_mode (speed))
    {
    case POSA_IEC_MODE_C:
      return speeds[speed - '0'];
    case POSA_IEC_MODE_B:
      return speeds[speed - 'A' + 1];
    case POSA_IEC_MODE_A:
    default:
      return POSA_IEC_START_BAUD;
    }
}

char
posa_iec_baud_to_speed (guint baud)
{
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (speeds[i] == baud)
      return (char) ('0' + i);
  return '0';
}

static gboolean
set_noise (const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_LINE_NOISE, "no meter's identification: %s", what);
  return FALSE;
}

/* The escape sequences "\W" before the identification proper (6.3.14, item 24). */
static const char *
skip_escapes (const char *text, PosaIecIdentification *out)
{
  while (text[0] == '\\' && text[1] != '\0')
    {
      out->hdlc = out->hdlc || text[1] == '2';
      text += 2;
    }
  return text;
}

/* @line: the characters between '/' and the end of the line. */
static gboolean
parse_identification (const guint8 *line, gsize size, PosaIecIdentification *out, GError **error)
{
  g_autofree char *text = g_strchomp (g_strndup ((const char *) line, size));

  *out = (PosaIecIdentification) { 0 };
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isprint (line[i]) && line[i] != '\r')
      return set_noise ("a character that is not printable", error);
  if (strlen (text) < 4)
    return set_noise ("too short", error);
  for (guint i = 0; i < 3; i++)
    if (!g_ascii_isalpha (text[i]))
      return set_noise ("the maker is not three letters", error);

  memcpy (out->manufacturer, text, 3);
  out->fast = g_ascii_islower (text[2]);
  out->speed = text[3];
  const char *ident = skip_escapes (text + 4, out);
  if (g_strlcpy (out->ident, ident, sizeof out->ident) >= sizeof out->ident)
    return set_noise ("too long", error);
  return TRUE;
}

gboolean
posa_iec_identification_scan (const guint8 *data,
                              gsize size,
                              PosaIecIdentification *out,
                              GError **error)
{
  PosaReader reader;
  gsize slash = G_MAXSIZE;

  posa_reader_init (&reader, data, size);
  while (posa_reader_remaining (&reader) > 0)
    {
      guint8 c = posa_reader_u8 (&reader);
      /* No '/' may stand inside, so the last one is the start: the others are garbage. */
      if (c == '/')
        slash = reader.pos;
      if (c != '\n' || slash == G_MAXSIZE)
        continue;
      if (slash < size && data[slash] != '?')
        {
          gboolean good = parse_identification (data + slash, reader.pos - 1 - slash, out, error);
          out->end = reader.pos;
          return good;
        }
      slash = G_MAXSIZE; /* the echo of the request */
    }
  return FALSE;
}

guint8
posa_iec_bcc (const guint8 *data, gsize size)
{
  guint8 sum = 0;

  for (gsize i = 0; i < size; i++)
    sum ^= data[i];
  return sum & 0x7F;
}

/* Offset behind ETX or EOT, 0 when neither has come. */
static gsize
find_end (const guint8 *data, gsize from, gsize size)
{
  for (gsize i = from; i < size; i++)
    if (data[i] == POSA_IEC_ETX || data[i] == POSA_IEC_EOT)
      return i + 1;
  return 0;
}

/* @body: everything the block check character covers. */
static void
take_body (PosaIecMessage *out, gboolean command, const guint8 *body, gsize size, guint8 bcc)
{
  gsize start = 0;

  out->intact = posa_iec_bcc (body, size) == bcc && memchr (body, 0, size) == NULL;
  out->more = body[size - 1] == POSA_IEC_EOT;
  out->type = out->more ? POSA_IEC_PARTIAL : POSA_IEC_BLOCK;
  if (command)
    {
      out->type = POSA_IEC_COMMAND;
      out->intact = out->intact && size >= 3;
      memcpy (out->command, body, MIN (size - 1, 2));
      start = size > 3 && body[2] == POSA_IEC_STX ? 3 : size;
    }
  if (start < size)
    {
      out->content = body + start;
      out->size = size - 1 - start;
    }
}

PosaIecMessageType
posa_iec_message_scan (const guint8 *data, gsize size, PosaIecMessage *out)
{
  gsize i = 0;

  *out = (PosaIecMessage) { .type = POSA_IEC_INCOMPLETE };
  while (i < size && data[i] != POSA_IEC_SOH && data[i] != POSA_IEC_STX &&
         data[i] != POSA_IEC_ACK && data[i] != POSA_IEC_NAK)
    i++;
  out->begun = i < size;
  out->skipped = i;
  if (i == size)
    return out->type;
  if (data[i] == POSA_IEC_ACK || data[i] == POSA_IEC_NAK)
    {
      out->type = data[i] == POSA_IEC_ACK ? POSA_IEC_ACKNOWLEDGED : POSA_IEC_REFUSED;
      out->intact = TRUE;
      out->end = i + 1;
      return out->type;
    }
  gsize end = find_end (data, i + 1, size);
  out->end = end + 1;
  if (end > 0 && end < size)
    take_body (out, data[i] == POSA_IEC_SOH, data + i + 1, end - i - 1, data[end]);
  return out->type;
}

gboolean
posa_iec_is_address (const char *text)
{
  gsize size = 0;

  while (g_ascii_isalnum (text[size]) || text[size] == ' ')
    size++;
  return text[size] == '\0' && size > 0 && size <= POSA_IEC_MAX_ADDRESS;
}

void
posa_iec_put_request (GByteArray *out, const char *address)
{
  posa_put_string (out, "/?");
  posa_put_string (out, address != NULL ? address : "");
  posa_put_string (out, "!\r\n");
}

void
posa_iec_put_option (GByteArray *out, char protocol, char speed, char mode)
{
  const guint8 message[] = { POSA_IEC_ACK, (guint8) protocol, (guint8) speed, (guint8) mode, '\r',
                             '\n' };

  posa_put_bytes (out, message, sizeof message);
}

/* Adds @end and the block check character of what follows @start. */
static void
finish (GByteArray *out, guint start, guint8 end)
{
  posa_put_u8 (out, end);
  posa_put_u8 (out, posa_iec_bcc (out->data + start, out->len - start));
}

static void
put_command (GByteArray *out, const char *command, const char *data_set, guint8 end)
{
  posa_put_u8 (out, POSA_IEC_SOH);
  guint start = out->len;

  posa_put_string (out, command);
  if (data_set != NULL)
    {
      posa_put_u8 (out, POSA_IEC_STX);
      posa_put_string (out, data_set);
    }
  finish (out, start, end);
}

void
posa_iec_put_command (GByteArray *out, const char *command, const char *data_set)
{
  put_command (out, command, data_set, POSA_IEC_ETX);
}

void
posa_iec_put_partial_command (GByteArray *out, const char *command, const char *data)
{
  put_command (out, command, data, POSA_IEC_EOT);
}

static void
put_block (GByteArray *out, const char *content, guint8 end)
{
  posa_put_u8 (out, POSA_IEC_STX);
  guint start = out->len;

  posa_put_string (out, content);
  finish (out, start, end);
}

void
posa_iec_put_block (GByteArray *out, const char *content)
{
  put_block (out, content, POSA_IEC_ETX);
}

void
posa_iec_put_partial_block (GByteArray *out, const char *content)
{
  put_block (out, content, POSA_IEC_EOT);
}
