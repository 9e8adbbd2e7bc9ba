/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-reading-set.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* One IEC 62056-21 mode C conversation, the client's side, with the times of clause 6.3.13. Work
 * thread; every call blocks, but no longer than its deadline, and obeys @operation's cancellable.
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

/* Asks for the identification at 300 baud, up to @tries times. TIMED_OUT, LINE_NOISE; WRONG_METER
 * when a later sign-on finds another meter than the first. */
gboolean posa_iec_session_sign_on (PosaIecSession *self,
                                   guint tries,
                                   PosaOperation *operation,
                                   GError **error);
/* Of the last sign-on; borrowed. */
const PosaIecIdentification *posa_iec_session_get_identification (PosaIecSession *self);

/* The data readout, as an array of PosaIecDataSet. Repeats damaged blocks, then signs on afresh, at
 * last stays at 300 baud. BAD_CHECKSUM, TIMED_OUT, LINE_NOISE when all that was in vain.
 * @expected_size in characters is for the progress only. */
GPtrArray *posa_iec_session_read_out (PosaIecSession *self,
                                      gsize expected_size,
                                      PosaOperation *operation,
                                      GError **error);

/* Enters programming mode, with @password unless it is NULL. A password is sent once, whatever
 * happens. ACCESS_DENIED when the meter refuses it, UNSUPPORTED when it has no such mode. */
gboolean posa_iec_session_program (PosaIecSession *self,
                                   const char *password,
                                   PosaOperation *operation,
                                   GError **error);
/* Commands R1 and W1. UNSUPPORTED with the meter's own words when it refuses. */
GPtrArray *posa_iec_session_read (PosaIecSession *self,
                                  const char *code,
                                  PosaOperation *operation,
                                  GError **error);
gboolean posa_iec_session_write (PosaIecSession *self,
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
