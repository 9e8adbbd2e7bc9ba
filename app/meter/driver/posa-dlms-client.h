/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-cosem-selection.h"
#include "meter/driver/posa-dlms-channel.h"

G_BEGIN_DECLS

/* A DLMS/COSEM client with logical names (IEC 62056-5-3): one association at a time over an HDLC
 * link of its own. Blocking, work thread. After an error of the line the association is gone: close
 * and open again. */
typedef struct _PosaDlmsClient PosaDlmsClient;

/* Told after each block of a long answer: bytes so far. */
typedef void (*PosaDlmsProgress) (gpointer data, gsize n_bytes);

/* @link's client SAP is set by each association. @stats is borrowed and counted up. */
PosaDlmsClient *
posa_dlms_client_new (PosaPort *port, const PosaHdlcLinkOptions *link, PosaLineStats *stats);
void posa_dlms_client_free (PosaDlmsClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaDlmsClient, posa_dlms_client_free)

/* See posa_hdlc_link_set_hasty(); for this association and those to come. */
void posa_dlms_client_set_hasty (PosaDlmsClient *self, gboolean hasty);
/* Smaller frames, a quarter, from the next association on; FALSE when they are as small as every
 * meter has them. */
gboolean posa_dlms_client_shorten_frames (PosaDlmsClient *self);
/* The line of the associations to come. */
void posa_dlms_client_set_link (PosaDlmsClient *self, const PosaHdlcLinkOptions *link);

/* Connects and associates as @options say; where they ask for keys and these are not there, nothing
 * is said to the meter. A meter that takes our counter for an old one is asked once more with the
 * one that it expects. ACCESS_DENIED when the keys do not match or the meter's security is weaker
 * than agreed: never repeated here, as meters lock. KEY_MISSING, the link's errors. */
gboolean posa_dlms_client_open (PosaDlmsClient *self,
                                const PosaDlmsAssociationOptions *options,
                                GCancellable *cancellable,
                                GError **error);
gboolean posa_dlms_client_is_open (const PosaDlmsClient *self);

/* The whole attribute; joins blocks; asks again after a temporary failure. UNSUPPORTED when the
 * meter has no such object, ACCESS_DENIED when it does not give it, the link's errors. */
PosaCosemValue *posa_dlms_client_get (PosaDlmsClient *self,
                                      PosaCosemTarget target,
                                      GCancellable *cancellable,
                                      GError **error);
/* A part of the attribute, by selective access: rows of a profile. UNSUPPORTED also when the meter
 * did not grant it. */
PosaCosemValue *posa_dlms_client_get_selected (PosaDlmsClient *self,
                                               PosaCosemTarget target,
                                               const PosaCosemSelection *selection,
                                               GCancellable *cancellable,
                                               GError **error);
/* The rows that had come before the last answer was cut, so that only the rest need be asked for in
 * a new association; NULL when none had. */
PosaCosemValue *posa_dlms_client_take_partial (PosaDlmsClient *self);
/* @progress may be NULL. */
void posa_dlms_client_set_progress (PosaDlmsClient *self, PosaDlmsProgress progress, gpointer data);
/* Several attributes in as few messages as the meter grants; the answer has one item per target, a
 * value or the result that says why not. */
PosaApdu *posa_dlms_client_get_list (PosaDlmsClient *self,
                                     const PosaCosemTarget *targets,
                                     guint n_targets,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean posa_dlms_client_set (PosaDlmsClient *self,
                               PosaCosemTarget target,
                               const PosaCosemValue *value,
                               GCancellable *cancellable,
                               GError **error);
/* Several attributes, in one message where the meter takes that; the answer has the result of each.
 */
PosaApdu *posa_dlms_client_set_list (PosaDlmsClient *self,
                                     const PosaCosemTarget *targets,
                                     const PosaCosemValue *const *values,
                                     guint n,
                                     GCancellable *cancellable,
                                     GError **error);
/* @parameter may be NULL. @returned, unless NULL, receives what the method returns: NULL for
 * nothing, owned by the caller. */
gboolean posa_dlms_client_act (PosaDlmsClient *self,
                               PosaCosemTarget method,
                               const PosaCosemValue *parameter,
                               PosaCosemValue **returned,
                               GCancellable *cancellable,
                               GError **error);
/* Several methods at once; the answer has the result of each, and what it returns. */
PosaApdu *posa_dlms_client_act_list (PosaDlmsClient *self,
                                     const PosaCosemTarget *methods,
                                     const PosaCosemValue *const *parameters,
                                     guint n,
                                     GCancellable *cancellable,
                                     GError **error);
/* RLRQ where the link still lives, then DISC. */
void posa_dlms_client_close (PosaDlmsClient *self);

/* Turns a result into an error that names the attribute; posa_dlms_client_get_list() leaves that
 * to its caller. */
void posa_dlms_set_result_error (const char *what,
                                 PosaCosemTarget target,
                                 guint8 result,
                                 GError **error);

G_END_DECLS
