/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-iec-check.h"
#include "meter/driver/posa-iec-link.h"
#include "meter/driver/posa-iec-session.h"

G_BEGIN_DECLS

/* What the two halves of the session share: posa-iec-session.c calls the meter and reads its data
 * block, posa-iec-programming.c is programming mode. */

typedef enum
{
  POSA_IEC_IDLE,
  POSA_IEC_IDENTIFIED,
  POSA_IEC_READ_OUT, /* the meter listens for a request to repeat its data */
  POSA_IEC_PROGRAMMING,
  POSA_IEC_ASTRAY /* the meter may still have something to say */
} PosaIecState;

struct _PosaIecSession
{
  PosaIecLink *link;
  PosaIecState state;
  guint max_baud;
  gint64 switch_delay_us;
  char *address;   /* of the request, NULL for any meter */
  char *algorithm; /* of command P2, NULL for P1 */
  gboolean wake_up;
  gint64 answered_us; /* wall clock: the first character of the data */
  PosaIecVouchFunc vouch;
  gpointer vouch_data;
  gsize block_size; /* of the partial block before, 0: none */
  gboolean known;   /* identification is that of the first sign-on */
  PosaIecIdentification identification;
  PosaIecIdentification stranger; /* another one, seen once: nothing checks an identification */
};

/* Has the meter wait for our option: it does already after a fresh sign-on, else it is called
 * again. @first: nothing has gone wrong yet. */
gboolean posa_iec_session_ensure_identified (PosaIecSession *self,
                                             gboolean first,
                                             PosaOperation *operation,
                                             GError **error);
/* Sends the option select message and changes to the speed @baud. */
gboolean posa_iec_session_select_option (PosaIecSession *self,
                                         guint baud,
                                         char mode,
                                         PosaOperation *operation,
                                         GError **error);
PosaIecMode posa_iec_session_get_mode (PosaIecSession *self);
/* What the meter offers, within the limit of the profile. */
guint posa_iec_session_get_fast_baud (PosaIecSession *self);
/* Whether @text, a data message that stands alone, has a form that shows every lost character; so
 * has any when nobody was set to judge. */
gboolean posa_iec_session_vouches (PosaIecSession *self, const char *text, gboolean whole);
/* The break: the meter goes to its start state. */
void posa_iec_session_send_break (PosaIecSession *self);
/* The meter may be in the middle of anything: hears it out, and breaks. Nothing that it still says
 * is an answer to us. */
void posa_iec_session_leave (PosaIecSession *self);
void posa_iec_session_count_retry (PosaIecSession *self);

G_END_DECLS
