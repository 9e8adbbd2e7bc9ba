/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-plan.h"

/* LLC bytes in the first frame of a message. */
#define LLC_BYTES 3
/* A longer list counts its elements in two bytes more, and no meter needs it. */
#define MAX_LIST 100

static gsize
less_overhead (const PosaDlmsRoom *self, gsize size)
{
  return size > self->overhead ? size - self->overhead : 1;
}

static gsize
get_limit (const PosaDlmsRoom *self)
{
  return self->max_pdu != 0 ? self->max_pdu : G_MAXUINT16;
}

gsize
posa_dlms_room_get_most (const PosaDlmsRoom *self)
{
  return less_overhead (self, get_limit (self));
}

gsize
posa_dlms_room_get_even (const PosaDlmsRoom *self)
{
  gsize limit = get_limit (self);
  gsize n_frames = (limit + LLC_BYTES) / self->max_info;

  if (n_frames > 0)
    limit = n_frames * self->max_info - LLC_BYTES;
  return less_overhead (self, limit);
}

static guint
count (gsize room, gsize head, gsize size)
{
  return room > head + size ? (guint) MIN ((room - head) / size, MAX_LIST) : 1;
}

guint
posa_dlms_room_share (const PosaDlmsRoom *self, gsize head, gsize size, guint n)
{
  guint most = count (posa_dlms_room_get_most (self), head, size);
  guint even = count (posa_dlms_room_get_even (self), head, size);
  guint n_lists = (n + most - 1) / most;

  if (n <= most)
    return n;
  /* Whole frames, unless the rest would then need one list more. */
  return n - even <= (n_lists - 1) * most ? even : most;
}
