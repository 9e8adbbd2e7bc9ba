/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-icc.h"

#include <string.h>

#include "base/posa-cursor.h"

#define HEADER_SIZE 128

/* s15Fixed16 numbers; integers, so that no compiler or library can round them another way. */
static const guint32 white_d50[] = { 0xF6D6, 0x10000, 0xD32D };
static const guint32 red[] = { 0x6FA2, 0x38F5, 0x0390 }; /* adapted to D50 */
static const guint32 green[] = { 0x6299, 0xB785, 0x18DA };
static const guint32 blue[] = { 0x24A0, 0x0F84, 0xB6CF };
static const guint32 bradford_d65_to_d50[] = { 0x10C42,    0x5DE,      0xFFFFF325, 0x793, 0xFD90,
                                               0xFFFFFBA1, 0xFFFFFDA2, 0x3DC,      0xC06E };
/* y = ((x + 0.055) / 1.055)^2.4 from x = 0.04045 on, else x / 12.92: g, a, b, c, d. */
static const guint32 transfer[] = { 0x26666, 0xF2A7, 0x0D59, 0x13D0, 0x0A5B };

static void
put_numbers (GByteArray *out, const guint32 *numbers, guint n)
{
  for (guint i = 0; i < n; i++)
    posa_put_u32_be (out, numbers[i]);
}

static GByteArray *
make_element (const char *type)
{
  GByteArray *out = g_byte_array_new ();

  posa_put_string (out, type);
  posa_put_u32_be (out, 0);
  return out;
}

static GByteArray *
make_xyz (const guint32 *xyz)
{
  GByteArray *out = make_element ("XYZ ");

  put_numbers (out, xyz, 3);
  return out;
}

static GByteArray *
make_matrix (void)
{
  GByteArray *out = make_element ("sf32");

  put_numbers (out, bradford_d65_to_d50, G_N_ELEMENTS (bradford_d65_to_d50));
  return out;
}

static GByteArray *
make_curve (void)
{
  GByteArray *out = make_element ("para");

  posa_put_u16_be (out, 3);
  posa_put_u16_be (out, 0);
  put_numbers (out, transfer, G_N_ELEMENTS (transfer));
  return out;
}

static GByteArray *
make_text (const char *ascii)
{
  GByteArray *out = make_element ("mluc");

  posa_put_u32_be (out, 1);
  posa_put_u32_be (out, 12);
  posa_put_string (out, "enUS");
  posa_put_u32_be (out, (guint32) (2 * strlen (ascii)));
  posa_put_u32_be (out, 28);
  for (const char *p = ascii; *p != '\0'; p++)
    posa_put_u16_be (out, (guint16) *p);
  while (out->len % 4 != 0)
    posa_put_u8 (out, 0);
  return out;
}

static void
put_header (GByteArray *out, guint32 size)
{
  posa_put_u32_be (out, size);
  posa_put_u32_be (out, 0);
  posa_put_u32_be (out, 0x04200000);
  posa_put_string (out, "mntrRGB XYZ ");
  for (guint16 part = 0; part < 6; part++) /* a fixed date: 2026-01-01 00:00:00 */
    posa_put_u16_be (out, part == 0 ? 2026 : part < 3 ? 1 : 0);
  posa_put_string (out, "acsp");
  while (out->len < 68)
    posa_put_u8 (out, 0);
  put_numbers (out, white_d50, 3);
  while (out->len < HEADER_SIZE)
    posa_put_u8 (out, 0);
}

GBytes *
posa_icc_make_srgb (void)
{
  enum
  {
    DESC,
    CPRT,
    WTPT,
    CHAD,
    RXYZ,
    GXYZ,
    BXYZ,
    TRC,
    N_ELEMENTS
  };
  static const struct
  {
    const char *tag;
    guint element;
  } tags[] = { { "desc", DESC }, { "cprt", CPRT }, { "wtpt", WTPT }, { "chad", CHAD },
               { "rXYZ", RXYZ }, { "gXYZ", GXYZ }, { "bXYZ", BXYZ }, { "rTRC", TRC },
               { "gTRC", TRC },  { "bTRC", TRC } };
  GByteArray *elements[N_ELEMENTS] = { make_text ("sRGB"),   make_text ("No copyright"),
                                       make_xyz (white_d50), make_matrix (),
                                       make_xyz (red),       make_xyz (green),
                                       make_xyz (blue),      make_curve () };
  guint32 offsets[N_ELEMENTS];
  guint32 size = HEADER_SIZE + 4 + 12 * G_N_ELEMENTS (tags);
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < N_ELEMENTS; i++)
    {
      offsets[i] = size;
      size += elements[i]->len;
    }
  put_header (out, size);
  posa_put_u32_be (out, G_N_ELEMENTS (tags));
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      posa_put_string (out, tags[i].tag);
      posa_put_u32_be (out, offsets[tags[i].element]);
      posa_put_u32_be (out, elements[tags[i].element]->len);
    }
  for (guint i = 0; i < N_ELEMENTS; i++)
    {
      posa_put_bytes (out, elements[i]->data, elements[i]->len);
      g_byte_array_unref (elements[i]);
    }
  return g_byte_array_free_to_bytes (out);
}
