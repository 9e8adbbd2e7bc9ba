/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-reading-set.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* Messages of IEC 62056-21 over a port: when to send, how long to wait, what to ask for again (the
 * times of clause 6.3.13), and the count of it all. What the messages mean is the session's. */
typedef struct _PosaIecLink PosaIecLink;

/* Borrows @port. */
PosaIecLink *posa_iec_link_new (PosaPort *port);
void posa_iec_link_free (PosaIecLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaIecLink, posa_iec_link_free)

/* Ends every wait, where there is no operation. Borrowed. */
void posa_iec_link_set_cancellable (PosaIecLink *self, GCancellable *cancellable);
gboolean posa_iec_link_set_speed (PosaIecLink *self, guint baud, GError **error);
/* Waits @us; the line may do what it likes meanwhile. */
gboolean
posa_iec_link_pause (PosaIecLink *self, gint64 us, PosaOperation *operation, GError **error);
/* The meter can listen after 20 ms instead of 200 ms. */
void posa_iec_link_set_fast (PosaIecLink *self, gboolean fast);
/* Size of the message to come, for the progress; 0: do not show any. */
void posa_iec_link_expect (PosaIecLink *self, gsize size);

/* Sends @message, no sooner after the last character than the meter can listen. */
gboolean posa_iec_link_send (PosaIecLink *self,
                             const GByteArray *message,
                             PosaOperation *operation,
                             GError **error);
gboolean
posa_iec_link_send_byte (PosaIecLink *self, guint8 byte, PosaOperation *operation, GError **error);

/* TIMED_OUT nothing came, LINE_NOISE something else did. */
gboolean posa_iec_link_receive_identification (PosaIecLink *self,
                                               PosaIecIdentification *out,
                                               PosaOperation *operation,
                                               GError **error);
/* @confirmation, at the new speed, in pieces or with a character spoilt; TRUE also when nothing
 * comes at all. LINE_NOISE when something else does. */
gboolean posa_iec_link_receive_confirmation (PosaIecLink *self,
                                             const GByteArray *confirmation,
                                             PosaOperation *operation,
                                             GError **error);
/* The port is HDLC's now. */
gboolean posa_iec_link_leave_to_hdlc (PosaIecLink *self, guint baud, GError **error);
/* The next message, intact; damaged ones are asked for again, three times (BAD_CHECKSUM then). The
 * block check misses two characters that were lost or changed alike: once damage was seen on the
 * line, or when the check of posa_iec_link_set_check() fails, a message is accepted only when two
 * readings of it agree (posa_iec_check_agree()). Its content is valid until the next receive. */
gboolean posa_iec_link_receive (PosaIecLink *self,
                                PosaIecMessage *message,
                                PosaOperation *operation,
                                GError **error);

/* Waits, however much the meter still has to say, until it has been silent for so long that it is
 * in its start state. */
gboolean posa_iec_link_wait_for_start (PosaIecLink *self, PosaOperation *operation, GError **error);
/* Swallows the rest of a damaged message: @n characters came until the line fell silent. */
gboolean
posa_iec_link_swallow (PosaIecLink *self, gsize *n, PosaOperation *operation, GError **error);

/* Whether the content @text of @message looks as it has to. */
typedef gboolean (*PosaIecCheckFunc) (gpointer data,
                                      const PosaIecMessage *message,
                                      const char *text);
/* For the answers from now on: data is due, and it has to look like that. NULL: an acknowledgement
 * may come. */
void posa_iec_link_set_check (PosaIecLink *self, PosaIecCheckFunc check, gpointer data);
/* A new question: what the meter said before confirms nothing. */
void posa_iec_link_forget (PosaIecLink *self);

/* Whether what came since the last question was hardly ever a whole character: the other side sends
 * at another speed. */
gboolean posa_iec_link_is_gibberish (PosaIecLink *self);

gint64 posa_iec_link_get_now_us (PosaIecLink *self); /* monotonic */
/* Time since the last character, µs. */
gint64 posa_iec_link_get_silence_us (PosaIecLink *self);
/* When the first character of the last message came: wall clock, µs UTC. */
gint64 posa_iec_link_get_answered_us (PosaIecLink *self);
/* The counts; the session adds its own retries. Borrowed. */
PosaLineStats *posa_iec_link_get_stats (PosaIecLink *self);

/* Whether something came, and it was spoilt on the way. */
gboolean posa_iec_link_is_damage (const GError *error);
/* Damage or silence. */
gboolean posa_iec_link_is_worth_repeating (const GError *error);

G_END_DECLS
