/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-reading-set.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* One IEC 62056-21 conversation in modes A, B and C, the client's side, with the times of clause
 * 6.3.13. Work thread; every call blocks, but no longer than its deadline, and obeys @operation's
 * cancellable.
 *
 * After silence in programming mode the session is over: an answer that comes too late must find
 * nobody who could take it for the answer to the next command. */
typedef struct _PosaIecSession PosaIecSession;

/* Borrows @port. */
PosaIecSession *posa_iec_session_new (PosaPort *port);
void posa_iec_session_free (PosaIecSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaIecSession, posa_iec_session_free)

/* From the profile: highest speed to ask for (0: what the meter offers), and a pause before the
 * change of speed for converters that are slow to send. */
void posa_iec_session_set_line (PosaIecSession *self, guint baud, guint switch_delay_ms);

/* How to call: the device @address of the request, NULL for any meter, and whether a meter that
 * does not answer may have to be woken up first, as battery devices have. */
void posa_iec_session_set_call (PosaIecSession *self, const char *address, gboolean wake_up);

/* For callers that have no operation: ends every wait. Borrowed. */
void posa_iec_session_set_cancellable (PosaIecSession *self, GCancellable *cancellable);

/* What the caller knows of the data: whether the form of @sets, of @size characters, is so well
 * known that a lost, inserted or changed character would show; @whole for the data readout, FALSE
 * for the answer to a single question. Where it is not, the meter has to say the same twice, as on
 * a line where damage was seen: its block check is weak. Without such a function (NULL, at first)
 * every form is good enough. */
typedef gboolean (*PosaIecVouchFunc) (gpointer data, GPtrArray *sets, gsize size, gboolean whole);
void posa_iec_session_set_vouch (PosaIecSession *self, PosaIecVouchFunc vouch, gpointer data);

/* Asks for the identification at 300 baud, up to @tries times. TIMED_OUT, LINE_NOISE; WRONG_METER
 * when a later sign-on finds another meter than the first. */
gboolean posa_iec_session_sign_on (PosaIecSession *self,
                                   guint tries,
                                   PosaOperation *operation,
                                   GError **error);
/* Of the last sign-on; borrowed. */
const PosaIecIdentification *posa_iec_session_get_identification (PosaIecSession *self);

/* The data readout, as an array of PosaIecDataSet. Repeats damaged blocks, then signs on afresh and
 * at the next lower speed, until that is 300 baud or the patience is over. BAD_CHECKSUM, TIMED_OUT,
 * LINE_NOISE when all that was in vain.
 * @expected_size in characters is for the progress only. */
GPtrArray *posa_iec_session_read_out (PosaIecSession *self,
                                      gsize expected_size,
                                      PosaOperation *operation,
                                      GError **error);

/* The hand-over of mode E (annex E) after the sign-on: the meter changes to HDLC at *@baud, and so
 * does the port (8N1); this session is over. A meter that does not confirm and is silent has
 * perhaps changed all the same: that is no error, the first SNRM will show. UNSUPPORTED when the
 * meter does not offer it, LINE_NOISE when something else than the confirmation came. */
gboolean posa_iec_session_hand_over (PosaIecSession *self,
                                     guint *baud,
                                     PosaOperation *operation,
                                     GError **error);

/* Has posa_iec_session_program() send command P2, with what the algorithm of that name makes of the
 * password and the meter's seed (posa-iec-secret.h), instead of P1; NULL: P1. */
void posa_iec_session_set_algorithm (PosaIecSession *self, const char *algorithm);

/* Enters programming mode, with @password unless it is NULL. A password is sent once, whatever
 * happens. ACCESS_DENIED when the meter refuses it, UNSUPPORTED when it has no such mode. */
gboolean posa_iec_session_program (PosaIecSession *self,
                                   const char *password,
                                   PosaOperation *operation,
                                   GError **error);
/* The register @code by command R1, as an array of PosaIecDataSet. UNSUPPORTED with the meter's own
 * words when it refuses. */
GPtrArray *posa_iec_session_read (PosaIecSession *self,
                                  const char *code,
                                  PosaOperation *operation,
                                  GError **error);

/* One block of a long answer: @text as received between STX and ETX or EOT, in the order of the
 * meter, each once. A data line may go on in the next block. FALSE with @error ends the reading and
 * the session. */
typedef gboolean (*PosaIecBlockFunc) (gpointer data,
                                      const char *text,
                                      gboolean last,
                                      GError **error);

/* A long answer, such as a load profile, by @command (R3, R4, R5, R6; also R1, R2)
 * "CODE(ARGUMENT)". The meter may cut it into partial blocks (6.5.29): each is acknowledged and
 * handed to @func as it arrives; a short answer is a single block. So the caller sees what has
 * come, can show it, and keeps it when the rest fails:
 *
 *   posa_iec_session_program (session, password, operation, error) &&
 *   posa_iec_session_read_blocks (session, "R6", "P.01", "2611010000;2611012345", take_cb, rows,
 *                                 operation, error);
 *
 * After TIMED_OUT, BAD_CHECKSUM or LINE_NOISE (posa_iec_link_is_worth_repeating()) this session is
 * over, what @func had is good: call posa_iec_session_program() again, which signs on afresh, and
 * ask for the rest from the last whole line on. UNSUPPORTED with the meter's own words when it
 * refuses; then the session goes on. */
gboolean posa_iec_session_read_blocks (PosaIecSession *self,
                                       const char *command,
                                       const char *code,
                                       const char *argument,
                                       PosaIecBlockFunc func,
                                       gpointer data,
                                       PosaOperation *operation,
                                       GError **error);

/* Writes by @command: W1, W2, W3 and W4 (in partial blocks), E2 (executes). UNSUPPORTED with the
 * meter's own words when it refuses. */
gboolean posa_iec_session_write (PosaIecSession *self,
                                 const char *command,
                                 const char *code,
                                 const char *value,
                                 PosaOperation *operation,
                                 GError **error);

/* Leaves the meter in its start state, in whatever state the session is; quick, never fails. */
void posa_iec_session_sign_off (PosaIecSession *self);

/* When the first character of the last message came: wall clock, µs UTC. */
gint64 posa_iec_session_get_answered_us (PosaIecSession *self);

/* Counts since posa_iec_session_new(); wall_us is not counted. Borrowed. */
const PosaLineStats *posa_iec_session_get_stats (PosaIecSession *self);

G_END_DECLS
