/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate-iec.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-message.h"

#include <string.h>

#define OPTION_BYTES 6
#define MAX_LINE     128

gboolean
posa_translate_iec_is_start (guint8 byte)
{
  return byte == '/' || byte == POSA_IEC_SOH || byte == POSA_IEC_STX || byte == POSA_IEC_ACK ||
         byte == POSA_IEC_NAK;
}

/* Request or identification, up to LF. */
static gsize
add_line (PosaTree *parent, const guint8 *data, gsize size)
{
  const guint8 *end = memchr (data, '\n', MIN (size, MAX_LINE));
  PosaIecIdentification found;
  g_autoptr (GError) error = NULL;

  if (end == NULL)
    return 0;
  gsize length = (gsize) (end - data) + 1;
  g_autofree char *text = g_strndup ((const char *) data, length);
  g_strchomp (text);
  if (strlen (text) >= 3 && text[1] == '?' && g_str_has_suffix (text, "!"))
    {
      text[strlen (text) - 1] = '\0';
      posa_tree_add (parent, "request", "%s", text[2] != '\0' ? text + 2 : "any device");
    }
  else if (posa_iec_identification_scan (data, length, &found, &error))
    {
      PosaTree *tree = posa_tree_add (parent, "identification", "%s", text);

      posa_tree_add (tree, "maker", "%s", found.manufacturer);
      posa_tree_add (tree, "speed", "%c, %u baud", found.speed,
                     posa_iec_speed_to_baud (found.speed));
      posa_tree_add (tree, "reaction", "%s", found.fast ? "20 ms" : "200 ms");
      posa_tree_add (tree, "mode E", "%s", found.hdlc ? "yes" : "no");
      posa_tree_add (tree, "device", "%s", found.ident);
    }
  else
    posa_tree_add_fault (parent, "identification",
                         error != NULL ? error->message : "a line that is none");
  return length;
}

/* "ACK V Z Y CR LF"; without the line end it is a mere acknowledgement. */
static gsize
add_acknowledgement (PosaTree *parent, const guint8 *data, gsize size)
{
  static const char *const modes[] = { "readout", "programming", "binary" };

  if (size >= OPTION_BYTES && data[4] == '\r' && data[5] == '\n')
    {
      guint8 mode = data[3] - '0';

      posa_tree_add (parent, "option", "protocol %c, %u baud, mode %c %s", data[1],
                     posa_iec_speed_to_baud ((char) data[2]), data[3],
                     mode < G_N_ELEMENTS (modes) ? modes[mode] : "of the maker");
      return OPTION_BYTES;
    }
  if (size > 1 && size < OPTION_BYTES && g_ascii_isdigit (data[1]))
    return 0;
  posa_tree_add (parent, "ACK", NULL);
  return 1;
}

static void
add_sets (PosaTree *parent, const PosaIecMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sets = posa_iec_data_parse (message->content, message->size, &error);

  for (guint i = 0; sets != NULL && i < sets->len; i++)
    {
      const PosaIecDataSet *set = g_ptr_array_index (sets, i);
      g_autofree char *name = *set->address != '\0' ? g_strdup (set->address) : g_strdup ("value");

      posa_tree_add (parent, name, "%s%s%s", set->value, *set->unit != '\0' ? " " : "", set->unit);
    }
  if (sets == NULL)
    posa_tree_add_fault (parent, "data", error->message);
}

static void
add_content (PosaTree *parent, const PosaIecMessage *message)
{
  /* P0 is the seed of an algorithm; P1 and P2 are answers to it. */
  gboolean secret = message->command[0] == 'P' && message->command[1] != '0';

  if (secret)
    posa_tree_add (parent, "password", "%" G_GSIZE_FORMAT " characters, not shown", message->size);
  else if (message->content != NULL)
    add_sets (parent, message);
}

static gsize
add_block (PosaTree *parent, const guint8 *data, gsize size)
{
  static const char *const names[] = { [POSA_IEC_BLOCK] = "data",
                                       [POSA_IEC_PARTIAL] = "partial data",
                                       [POSA_IEC_COMMAND] = "command" };
  PosaIecMessage message;
  gsize length = 0;

  /* The shortest beginning that is complete is the message. */
  for (length = 1; length <= size; length++)
    if ((data[length - 1] == POSA_IEC_ETX || data[length - 1] == POSA_IEC_EOT) && length < size &&
        posa_iec_message_scan (data, length + 1, &message) != POSA_IEC_INCOMPLETE)
      break;
  if (length > size)
    return 0;
  PosaTree *tree = posa_tree_add (parent, names[message.type], "%s",
                                  message.type == POSA_IEC_COMMAND ? message.command : "block");
  if (!message.intact)
    {
      g_autofree char *why = g_strdup_printf ("is %02X, should be %02X, or a character is damaged",
                                              data[length], posa_iec_bcc (data + 1, length - 1));

      posa_tree_add_fault (tree, "block check", why);
    }
  else
    add_content (tree, &message);
  return length + 1;
}

gsize
posa_translate_iec_add (PosaTree *parent, const guint8 *data, gsize size)
{
  if (size == 0)
    return 0;
  switch (data[0])
    {
    case '/':
      return add_line (parent, data, size);
    case POSA_IEC_ACK:
      return add_acknowledgement (parent, data, size);
    case POSA_IEC_NAK:
      posa_tree_add (parent, "NAK", NULL);
      return 1;
    case POSA_IEC_SOH:
    case POSA_IEC_STX:
      return add_block (parent, data, size);
    default:
      return 0;
    }
}
