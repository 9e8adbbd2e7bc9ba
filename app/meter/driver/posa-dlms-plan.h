/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a question is put with the fewest bytes and turns. A message costs a frame's and its
 * protection's overhead twice and a turn, a further frame of it a third of that: so messages are as
 * long as the meter takes, and none opens a frame for the few bytes that the next one has room for.
 * Pure. */
typedef struct
{
  gsize max_pdu;  /* bytes of an APDU, protected, that the other end takes; 0 = any */
  gsize max_info; /* bytes of one frame */
  gsize overhead; /* of protection, to an APDU of the size in question */
} PosaDlmsRoom;

/* Bytes of a plain APDU that fit at all. */
gsize posa_dlms_room_get_most (const PosaDlmsRoom *self);
/* The same for one of several messages in a row: whole frames, when there is at least one. */
gsize posa_dlms_room_get_even (const PosaDlmsRoom *self);
/* How many of @n elements of @size bytes to put into the next list, whose head has @head bytes; 1
 * at least. */
guint posa_dlms_room_share (const PosaDlmsRoom *self, gsize head, gsize size, guint n);

G_END_DECLS
