/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate-hdlc.h"

#include "base/posa-cursor.h"

#define LLC_BYTES  3
#define HEAD_BYTES 3 /* flag and format */
#define MAX_APDU   (256 * 1024)

/* Who sent a segment: the two ends of a line never have the same addresses. */
typedef struct
{
  PosaHdlcAddress source;
  GByteArray *joined;
} Sender;

struct _PosaTranslateHdlc
{
  PosaTranslateApdu *apdus; /* borrowed */
  GArray *senders;          /* Sender */
};

static void
sender_clear_cb (gpointer data)
{
  g_byte_array_unref (((Sender *) data)->joined);
}

PosaTranslateHdlc *
posa_translate_hdlc_new (PosaTranslateApdu *apdus)
{
  PosaTranslateHdlc *self = g_new0 (PosaTranslateHdlc, 1);

  self->apdus = apdus;
  self->senders = g_array_new (FALSE, TRUE, sizeof (Sender));
  g_array_set_clear_func (self->senders, sender_clear_cb);
  return self;
}

void
posa_translate_hdlc_free (PosaTranslateHdlc *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->senders);
  g_free (self);
}

static GByteArray *
find_joined (PosaTranslateHdlc *self, PosaHdlcAddress source)
{
  for (guint i = 0; i < self->senders->len; i++)
    {
      const Sender *sender = &g_array_index (self->senders, Sender, i);
      if (posa_hdlc_address_equal (sender->source, source))
        return sender->joined;
    }
  Sender sender = { source, g_byte_array_new () };
  g_array_append_val (self->senders, sender);
  return sender.joined;
}

static char *
format_address (PosaHdlcAddress address)
{
  return address.width == 1 ? g_strdup_printf ("%u", address.upper)
                            : g_strdup_printf ("%u/%u", address.upper, address.lower);
}

static void
add_apdu (PosaTranslateHdlc *self, PosaTree *parent, const GByteArray *joined)
{
  gboolean has_llc = joined->len >= LLC_BYTES && joined->data[0] == 0xE6 &&
                     (joined->data[1] == 0xE6 || joined->data[1] == 0xE7) && joined->data[2] == 0;

  if (!has_llc)
    posa_tree_add_fault (parent, "LLC", "missing");
  else
    {
      posa_tree_add (parent, "LLC", "%s", joined->data[1] == 0xE6 ? "command" : "response");
      posa_translate_apdu_add (self->apdus, parent, joined->data + LLC_BYTES,
                               joined->len - LLC_BYTES);
    }
}

static void
add_information (PosaTranslateHdlc *self, PosaTree *parent, const PosaHdlcFrame *frame)
{
  GByteArray *joined = find_joined (self, frame->source);

  if (joined->len + frame->size > MAX_APDU)
    g_byte_array_set_size (joined, 0);
  posa_put_bytes (joined, frame->information, frame->size);
  if (frame->segmented)
    {
      posa_tree_add (parent, "segment", "%" G_GSIZE_FORMAT " bytes, %u so far", frame->size,
                     joined->len);
      return;
    }
  add_apdu (self, parent, joined);
  g_byte_array_set_size (joined, 0);
}

static void
add_parameters (PosaTree *parent, const PosaHdlcFrame *frame)
{
  PosaHdlcParameters parameters;
  g_autoptr (GError) error = NULL;

  if (!posa_hdlc_parameters_decode (frame->information, frame->size, &parameters, &error))
    {
      posa_tree_add_fault (parent, "parameters", error->message);
      return;
    }
  posa_tree_add (parent, "information", "sends %u, receives %u bytes", parameters.max_transmit,
                 parameters.max_receive);
  posa_tree_add (parent, "window", "sends %u, receives %u frames", parameters.window_transmit,
                 parameters.window_receive);
}

static void
add_frame (PosaTranslateHdlc *self, PosaTree *parent, const PosaHdlcFrame *frame)
{
  static const char *const types[] = {
    [POSA_HDLC_I] = "I",       [POSA_HDLC_RR] = "RR",     [POSA_HDLC_RNR] = "RNR",
    [POSA_HDLC_SNRM] = "SNRM", [POSA_HDLC_DISC] = "DISC", [POSA_HDLC_UA] = "UA",
    [POSA_HDLC_DM] = "DM",     [POSA_HDLC_FRMR] = "FRMR", [POSA_HDLC_UI] = "UI",
  };
  g_autofree char *destination = format_address (frame->destination);
  g_autofree char *source = format_address (frame->source);
  g_autoptr (GString) numbers = g_string_new (NULL);

  if (frame->type == POSA_HDLC_I)
    g_string_append_printf (numbers, " N(S) %u", frame->send_sequence);
  if (frame->type <= POSA_HDLC_RNR)
    g_string_append_printf (numbers, " N(R) %u", frame->receive_sequence);
  PosaTree *tree = posa_tree_add (parent, "HDLC", "%s%s%s from %s to %s", types[frame->type],
                                  numbers->str, frame->poll ? " P/F" : "", source, destination);
  if (frame->type == POSA_HDLC_SNRM || frame->type == POSA_HDLC_UA)
    add_parameters (tree, frame);
  else if (frame->type == POSA_HDLC_I || (frame->type == POSA_HDLC_UI && frame->size > 0))
    add_information (self, tree, frame);
}

/* A frame whose check is wrong is passed over as a whole when a flag stands at its end; else only
 * its first flag is, since its length may be what is damaged. */
static gsize
add_damaged (PosaTree *parent, const guint8 *data, gsize length, const GError *cause)
{
  gboolean closed = data[length + 1] == POSA_HDLC_FLAG;
  gsize shown = closed ? length : HEAD_BYTES - 1;
  g_autofree char *hex = posa_hex_encode (data + 1, shown);
  g_autofree char *why = g_strdup_printf ("%s: %s%s", cause->message, hex, closed ? "" : "...");

  posa_tree_add_fault (parent, "HDLC", why);
  return closed ? length + 1 : 1;
}

gsize
posa_translate_hdlc_add (PosaTranslateHdlc *self, PosaTree *parent, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  PosaHdlcFrame frame;

  if (size > 1 && (data[1] & 0xF0) != 0xA0)
    return 1; /* a closing flag, or fill */
  if (size < HEAD_BYTES)
    return 0;
  gsize length = (gsize) (data[1] & 0x07) << 8 | data[2];
  if (size < length + 2)
    return 0;
  if (!posa_hdlc_frame_decode (data + 1, length, &frame, &error))
    return add_damaged (parent, data, length, error);
  add_frame (self, parent, &frame);
  return length + 1;
}
