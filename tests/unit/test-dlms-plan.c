/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-plan.h"

#define LIST_HEAD    4
#define LIST_ELEMENT 10
#define LLC_BYTES    3

static void
test_room (void)
{
  static const struct
  {
    PosaDlmsRoom room;
    gsize most, even;
  } rows[] = {
    { { 512, 128, 20 }, 492, 489 },   { { 512, 128, 0 }, 512, 509 },
    { { 0, 128, 20 }, 65515, 65513 }, { { 100, 128, 19 }, 81, 81 },
    { { 125, 128, 0 }, 125, 125 },    { { 1024, 2030, 20 }, 1004, 1004 },
    { { 10, 128, 20 }, 1, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpuint (posa_dlms_room_get_most (&rows[i].room), ==, rows[i].most);
      g_assert_cmpuint (posa_dlms_room_get_even (&rows[i].room), ==, rows[i].even);
    }
}

static guint
n_frames (const PosaDlmsRoom *room, guint n)
{
  gsize size = LLC_BYTES + room->overhead + LIST_HEAD + (gsize) n * LIST_ELEMENT;

  return (guint) ((size + room->max_info - 1) / room->max_info);
}

/* All are asked for, no list is too long, none opens a frame for what the next one has room for,
 * and there is no list more than must be. */
static void
test_share (void)
{
  static const guint pdus[] = { 64, 128, 300, 512, 1024, 0 };
  static const guint infos[] = { 32, 128, 250, 2030 };

  for (guint p = 0; p < G_N_ELEMENTS (pdus); p++)
    for (guint f = 0; f < G_N_ELEMENTS (infos); f++)
      for (guint n = 1; n <= 150; n++)
        {
          PosaDlmsRoom room = { pdus[p], infos[f], 20 };
          gsize most = posa_dlms_room_get_most (&room);
          guint per_list = CLAMP ((guint) ((most - LIST_HEAD) / LIST_ELEMENT), 1, 100);
          guint n_lists = 0;

          for (guint left = n; left > 0; n_lists++)
            {
              guint share = posa_dlms_room_share (&room, LIST_HEAD, LIST_ELEMENT, left);

              g_assert_cmpuint (share, >=, 1);
              g_assert_cmpuint (share, <=, left);
              g_assert_cmpuint (LIST_HEAD + share * LIST_ELEMENT, <=, most);
              left -= share;
            }
          g_assert_cmpuint (n_lists, ==, (n + per_list - 1) / per_list);
        }
}

/* A meter's PDU that fills four frames and a bit of a fifth. */
static void
test_spill (void)
{
  const PosaDlmsRoom room = { 530, 128, 20 };

  g_assert_cmpuint (n_frames (&room, 50), ==, 5);
  g_assert_cmpuint (posa_dlms_room_share (&room, LIST_HEAD, LIST_ELEMENT, 50), ==, 50);
  /* Two lists in any case: nine frames instead of ten. */
  g_assert_cmpuint (posa_dlms_room_share (&room, LIST_HEAD, LIST_ELEMENT, 60), ==, 48);
  g_assert_cmpuint (n_frames (&room, 48), ==, 4);
  /* But not three lists. */
  g_assert_cmpuint (posa_dlms_room_share (&room, LIST_HEAD, LIST_ELEMENT, 100), ==, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-plan/room", test_room);
  g_test_add_func ("/dlms-plan/share", test_share);
  g_test_add_func ("/dlms-plan/spill", test_spill);
  return g_test_run ();
}
