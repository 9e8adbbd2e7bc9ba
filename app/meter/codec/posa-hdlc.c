/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-hdlc.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#define POLL_BIT 0x10

/* Reserved: every station. */
#define ALL_STATIONS      0x7F
#define ALL_STATIONS_LONG 0x3FFF

/* Control bytes of the supervisory frames, without N(R) and P/F. */
static const struct
{
  PosaHdlcType type;
  guint8 control;
} supervisory[] = {
  { POSA_HDLC_RR, 0x01 },
  { POSA_HDLC_RNR, 0x05 },
  { POSA_HDLC_REJ, 0x09 },
};

/* Control bytes of the unnumbered frames, without P/F. */
static const struct
{
  PosaHdlcType type;
  guint8 control;
} unnumbered[] = {
  { POSA_HDLC_SNRM, 0x83 }, { POSA_HDLC_DISC, 0x43 }, { POSA_HDLC_UA, 0x63 },
  { POSA_HDLC_DM, 0x0F },   { POSA_HDLC_FRMR, 0x87 }, { POSA_HDLC_UI, 0x03 },
};

gboolean
posa_hdlc_address_make (guint width, guint upper, guint lower, PosaHdlcAddress *out)
{
  if (width == 0)
    width = MAX (upper, lower) > ALL_STATIONS ? 4 : lower > 0 ? 2 : 1;
  guint all = width == 4 ? ALL_STATIONS_LONG : ALL_STATIONS;
  gboolean two_parts = width > 1;

  *out = (PosaHdlcAddress) { (guint8) width, (guint16) upper, (guint16) lower };
  if (width != 1 && width != 2 && width != 4)
    return FALSE;
  /* Below "all stations" comes the calling device, which is not the one that is called. */
  return upper > 0 && upper <= all && two_parts == (lower > 0) && lower <= all && lower != all - 1;
}

gboolean
posa_hdlc_address_equal (PosaHdlcAddress x, PosaHdlcAddress y)
{
  return x.width == y.width && x.upper == y.upper && (x.width == 1 || x.lower == y.lower);
}

gboolean
posa_hdlc_address_covers (PosaHdlcAddress address, PosaHdlcAddress own)
{
  guint16 all = address.width == 4 ? ALL_STATIONS_LONG : ALL_STATIONS;

  if (address.upper != own.upper && address.upper != all)
    return FALSE;
  return address.width == 1 || address.lower == own.lower || address.lower == all;
}

guint16
posa_hdlc_crc (const guint8 *data, gsize size)
{
  guint16 crc = 0xFFFF;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc & 1) != 0 ? (guint16) ((crc >> 1) ^ 0x8408) : (guint16) (crc >> 1);
    }
  return crc ^ 0xFFFF;
}

static void
put_address (GByteArray *out, PosaHdlcAddress address)
{
  if (address.width == 4)
    {
      posa_put_u8 (out, (guint8) ((address.upper >> 7 & 0x7F) << 1));
      posa_put_u8 (out, (guint8) ((address.upper & 0x7F) << 1));
      posa_put_u8 (out, (guint8) ((address.lower >> 7 & 0x7F) << 1));
      posa_put_u8 (out, (guint8) ((address.lower & 0x7F) << 1 | 1));
    }
  else if (address.width == 2)
    {
      posa_put_u8 (out, (guint8) ((address.upper & 0x7F) << 1));
      posa_put_u8 (out, (guint8) ((address.lower & 0x7F) << 1 | 1));
    }
  else
    posa_put_u8 (out, (guint8) ((address.upper & 0x7F) << 1 | 1));
}

static gboolean
read_address (PosaReader *reader, PosaHdlcAddress *out)
{
  guint8 parts[4] = { 0 };
  guint8 width = 0;

  do
    {
      parts[width] = posa_reader_u8 (reader);
      width++;
    }
  while (!reader->failed && (parts[width - 1] & 1) == 0 && width < 4);

  if (reader->failed || (parts[width - 1] & 1) == 0 || width == 3)
    return FALSE;
  *out = (PosaHdlcAddress) { .width = width };
  if (width == 4)
    {
      out->upper = (guint16) ((parts[0] >> 1) << 7 | parts[1] >> 1);
      out->lower = (guint16) ((parts[2] >> 1) << 7 | parts[3] >> 1);
    }
  else
    {
      out->upper = parts[0] >> 1;
      out->lower = width == 2 ? parts[1] >> 1 : 0;
    }
  return TRUE;
}

static guint8
build_control (const PosaHdlcFrame *frame)
{
  guint8 poll = frame->poll ? POLL_BIT : 0;
  guint8 received = (guint8) ((frame->receive_sequence & 7) << 5);

  if (frame->type == POSA_HDLC_I)
    return (guint8) (received | poll | (frame->send_sequence & 7) << 1);
  for (gsize i = 0; i < G_N_ELEMENTS (supervisory); i++)
    if (supervisory[i].type == frame->type)
      return received | poll | supervisory[i].control;
  for (gsize i = 0; i < G_N_ELEMENTS (unnumbered); i++)
    if (unnumbered[i].type == frame->type)
      return unnumbered[i].control | poll;
  g_return_val_if_reached (0);
}

static gboolean
parse_control (guint8 control, PosaHdlcFrame *out)
{
  guint8 bare = control & (guint8) ~POLL_BIT;

  out->poll = (control & POLL_BIT) != 0;
  if ((control & 1) == 0)
    {
      out->type = POSA_HDLC_I;
      out->send_sequence = control >> 1 & 7;
      out->receive_sequence = control >> 5;
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (supervisory); i++)
    if (supervisory[i].control == (bare & 0x0F))
      {
        out->type = supervisory[i].type;
        out->receive_sequence = control >> 5;
        return TRUE;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (unnumbered); i++)
    if (unnumbered[i].control == bare)
      {
        out->type = unnumbered[i].type;
        return TRUE;
      }
  return FALSE;
}

void
posa_hdlc_frame_encode (const PosaHdlcFrame *self, GByteArray *out)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  gsize length = 2 + self->destination.width + self->source.width + 1 + 2;

  if (self->size > 0)
    length += self->size + 2;
  g_return_if_fail (length <= POSA_HDLC_MAX_FRAME);

  posa_put_u16_be (head, (guint16) (0xA000 | (self->segmented ? 0x0800 : 0) | length));
  put_address (head, self->destination);
  put_address (head, self->source);
  posa_put_u8 (head, build_control (self));
  if (self->size > 0)
    {
      posa_put_u16_le (head, posa_hdlc_crc (head->data, head->len));
      posa_put_bytes (head, self->information, self->size);
    }
  posa_put_u16_le (head, posa_hdlc_crc (head->data, head->len));

  posa_put_u8 (out, POSA_HDLC_FLAG);
  posa_put_bytes (out, head->data, head->len);
  posa_put_u8 (out, POSA_HDLC_FLAG);
}

static gboolean
fail (GError **error, PosaErrorCode code, const char *what)
{
  g_set_error (error, POSA_ERROR, (int) code, "HDLC frame: %s", what);
  return FALSE;
}

gboolean
posa_hdlc_frame_decode (const guint8 *data, gsize size, PosaHdlcFrame *out, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  guint16 format = posa_reader_u16_be (&reader);

  *out = (PosaHdlcFrame) { 0 };
  if ((format & 0xF000) != 0xA000 || (format & 0x07FF) != size)
    return fail (error, POSA_ERROR_INVALID_DATA, "format or length");
  out->segmented = (format & 0x0800) != 0;
  if (!read_address (&reader, &out->destination) || !read_address (&reader, &out->source))
    return fail (error, POSA_ERROR_INVALID_DATA, "address");

  guint8 control = posa_reader_u8 (&reader);
  gsize head = reader.pos;
  guint16 check = posa_reader_u16_le (&reader);
  if (reader.failed)
    return fail (error, POSA_ERROR_INVALID_DATA, "too short");
  if (check != posa_hdlc_crc (data, head))
    return fail (error, POSA_ERROR_BAD_CHECKSUM, "header check");

  gsize rest = posa_reader_remaining (&reader);
  if (rest > 0)
    {
      if (rest < 3)
        return fail (error, POSA_ERROR_INVALID_DATA, "length of the information");
      out->size = rest - 2;
      out->information = posa_reader_bytes (&reader, out->size);
      if (posa_reader_u16_le (&reader) != posa_hdlc_crc (data, size - 2))
        return fail (error, POSA_ERROR_BAD_CHECKSUM, "frame check");
    }
  if (!parse_control (control, out))
    return fail (error, POSA_ERROR_INVALID_DATA, "control byte");
  return TRUE;
}

void
posa_hdlc_parameters_encode (const PosaHdlcParameters *self, GByteArray *out)
{
  g_autoptr (GByteArray) group = g_byte_array_new ();
  const guint16 sizes[] = { self->max_transmit, self->max_receive };
  const guint8 windows[] = { self->window_transmit, self->window_receive };

  for (guint8 i = 0; i < 2; i++)
    {
      posa_put_u8 (group, 5 + i);
      posa_put_u8 (group, sizes[i] > 0xFF ? 2 : 1);
      if (sizes[i] > 0xFF)
        posa_put_u16_be (group, sizes[i]);
      else
        posa_put_u8 (group, (guint8) sizes[i]);
    }
  for (guint8 i = 0; i < 2; i++)
    {
      posa_put_u8 (group, 7 + i);
      posa_put_u8 (group, 4);
      posa_put_u32_be (group, windows[i]);
    }
  posa_put_u8 (out, 0x81);
  posa_put_u8 (out, 0x80);
  posa_put_u8 (out, (guint8) group->len);
  posa_put_bytes (out, group->data, group->len);
}

static void
take_parameter (PosaHdlcParameters *out, guint8 id, guint64 value)
{
  guint16 size = (guint16) CLAMP (value, 32, POSA_HDLC_MAX_INFO);
  guint8 window = (guint8) CLAMP (value, 1, POSA_HDLC_MAX_WINDOW);

  if (id == 5)
    out->max_transmit = size;
  else if (id == 6)
    out->max_receive = size;
  else if (id == 7)
    out->window_transmit = window;
  else if (id == 8)
    out->window_receive = window;
}

gboolean
posa_hdlc_parameters_decode (const guint8 *data,
                             gsize size,
                             PosaHdlcParameters *out,
                             GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);

  *out = POSA_HDLC_PARAMETERS_DEFAULT;
  if (size == 0)
    return TRUE;
  if (posa_reader_u16_be (&reader) != 0x8180)
    return fail (error, POSA_ERROR_INVALID_DATA, "parameter group");
  PosaReader group = posa_reader_sub (&reader, posa_reader_u8 (&reader));
  while (posa_reader_remaining (&group) > 0)
    {
      guint8 id = posa_reader_u8 (&group);
      PosaReader field = posa_reader_sub (&group, posa_reader_u8 (&group));
      guint64 value = 0;

      while (posa_reader_remaining (&field) > 0)
        value = value << 8 | posa_reader_u8 (&field);
      if (!field.failed)
        take_parameter (out, id, value);
    }
  if (reader.failed || group.failed)
    return fail (error, POSA_ERROR_INVALID_DATA, "parameters");
  return TRUE;
}
