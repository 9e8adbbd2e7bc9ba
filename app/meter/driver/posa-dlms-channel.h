/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-hdlc-link.h"
#include "meter/posa-keyring.h"

G_BEGIN_DECLS

/* Carries plain APDUs over a link; in a secured association it protects each request (suite 0,
 * SC 30, a counter of its own from the keyring) and accepts only answers that are protected as
 * strongly, by this meter, with a growing counter (IEC 62056-5-3 clause 9.2; meters.md 6.8). */
typedef struct _PosaDlmsChannel PosaDlmsChannel;

PosaDlmsChannel *posa_dlms_channel_new (PosaHdlcLink *link); /* borrows @link */
void posa_dlms_channel_free (PosaDlmsChannel *self);         /* zeroes the keys */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaDlmsChannel, posa_dlms_channel_free)

/* From now on requests are protected with the keys of @serial; no counter below @at_least is used.
 * KEY_MISSING. */
gboolean posa_dlms_channel_secure (PosaDlmsChannel *self,
                                   PosaKeyring *keyring,
                                   const char *serial,
                                   guint32 at_least,
                                   GError **error);
gboolean posa_dlms_channel_is_secured (const PosaDlmsChannel *self);
const guint8 *posa_dlms_channel_get_title (const PosaDlmsChannel *self); /* ours; borrowed */
void posa_dlms_channel_set_server_title (PosaDlmsChannel *self, const guint8 title[8]);

/* Appends @plain protected; the association's own messages use it for their user information. */
gboolean posa_dlms_channel_seal (PosaDlmsChannel *self,
                                 const GByteArray *plain,
                                 GByteArray *out,
                                 GError **error);
/* Checks and deciphers an APDU of the meter. ACCESS_DENIED when it is not what it must be. */
gboolean posa_dlms_channel_open (PosaDlmsChannel *self,
                                 const guint8 *data,
                                 gsize size,
                                 GByteArray *plain,
                                 GError **error);

/* General block transfer is granted: requests longer than @limit, protected, go in blocks. */
void posa_dlms_channel_set_block_limit (PosaDlmsChannel *self, gsize limit);
/* Bytes that protection adds to a request of @size. */
gsize posa_dlms_channel_get_overhead (const PosaDlmsChannel *self, gsize size);
/* Sends @plain, protected in a secured association, and takes the answer's plain form. An
 * exception or service error of the meter comes back as it is, since it may not be protected. */
gboolean posa_dlms_channel_request (PosaDlmsChannel *self,
                                    const GByteArray *plain,
                                    GByteArray *answer,
                                    GCancellable *cancellable,
                                    GError **error);
/* Asks for the next APDU of the meter without a request: after a notification. */
gboolean posa_dlms_channel_poll (PosaDlmsChannel *self,
                                 GByteArray *answer,
                                 GCancellable *cancellable,
                                 GError **error);

/* HLS mechanism 5. The answer to the meter's challenge takes a counter of its own, the one behind
 * that of the APDU which carries it. */
gboolean posa_dlms_channel_answer_challenge (PosaDlmsChannel *self,
                                             const guint8 *challenge,
                                             gsize size,
                                             guint8 answer[17],
                                             GError **error);
/* ACCESS_DENIED when @answer is not of this meter. Keeps the meter's counter durably. */
gboolean posa_dlms_channel_check_answer (PosaDlmsChannel *self,
                                         const guint8 *challenge,
                                         gsize challenge_size,
                                         const guint8 *answer,
                                         gsize answer_size,
                                         GError **error);
/* Keeps the last counter that the meter used; at the end of an association. */
gboolean posa_dlms_channel_store_peer_counter (PosaDlmsChannel *self, GError **error);

G_END_DECLS
