/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-agreement.h"
#include "meter/driver/posa-hdlc-link.h"
#include "meter/posa-keyring.h"

G_BEGIN_DECLS

/* Carries plain APDUs over a link. In a secured association it protects each request as agreed,
 * with a counter of its own from the keyring, and accepts only answers that are protected as
 * strongly, by this meter, with a growing counter (IEC 62056-5-3 clause 9.2; meters.md 6.8). */
typedef struct _PosaDlmsChannel PosaDlmsChannel;

/* Which association a client asks for, and where its keys are; all borrowed. */
typedef struct
{
  guint8 sap;
  PosaDlmsAgreement agreement;
  PosaKeyring *keyring; /* NULL when the agreement needs no keys */
  const char *serial;   /* of the meter, for the keyring */
  PosaKeySet key_set;
  guint32 at_least; /* no counter below: one more than the meter says that it accepted last */
} PosaDlmsAssociationOptions;

PosaDlmsChannel *posa_dlms_channel_new (PosaHdlcLink *link); /* borrows @link */
void posa_dlms_channel_free (PosaDlmsChannel *self);         /* zeroes the keys */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaDlmsChannel, posa_dlms_channel_free)

/* From now on this is about the association of @options. KEY_MISSING, UNSUPPORTED. */
gboolean posa_dlms_channel_prepare (PosaDlmsChannel *self,
                                    const PosaDlmsAssociationOptions *options,
                                    GError **error);
const PosaDlmsAgreement *posa_dlms_channel_get_agreement (const PosaDlmsChannel *self);
const PosaMeterKeys *posa_dlms_channel_get_keys (const PosaDlmsChannel *self);
/* The key of this association alone, NULL when it has none; borrowed. */
const PosaDlmsKey *posa_dlms_channel_get_dedicated (const PosaDlmsChannel *self);
const guint8 *posa_dlms_channel_get_title (const PosaDlmsChannel *self); /* ours; borrowed */
void posa_dlms_channel_set_server_title (PosaDlmsChannel *self, const guint8 *title);

/* A challenge, of a secured association's keyring. */
gboolean posa_dlms_channel_make_fresh (const PosaDlmsChannel *self,
                                       PosaKeyringFresh what,
                                       guint8 *out,
                                       gsize size,
                                       GError **error);

/* The user information of the association's own messages: ciphered with the global key in the
 * ciphered context, else as it is. */
gboolean posa_dlms_channel_seal_initiate (PosaDlmsChannel *self,
                                          const GByteArray *plain,
                                          GByteArray *out,
                                          GError **error);
/* ACCESS_DENIED when it is not protected as it must be. */
gboolean posa_dlms_channel_open_initiate (PosaDlmsChannel *self,
                                          const GByteArray *sealed,
                                          GByteArray *plain,
                                          GError **error);

/* General block transfer is granted: requests longer than @limit, protected, go in blocks. */
void posa_dlms_channel_set_block_limit (PosaDlmsChannel *self, gsize limit);
/* Bytes that protection adds to a request of @size. */
gsize posa_dlms_channel_get_overhead (const PosaDlmsChannel *self, gsize size);
/* Sends @plain, protected as agreed, and takes the answer's plain form. An exception or service
 * error of the meter comes back as it is, since it may not be protected. */
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

/* Passes 3 and 4 of high level security. The proof of mechanism 5 takes a counter of its own, the
 * one behind that of the APDU which carries it. */
gboolean posa_dlms_channel_prove (PosaDlmsChannel *self,
                                  const PosaAcse *aarq,
                                  const PosaAcse *aare,
                                  GByteArray *proof,
                                  GError **error);
/* ACCESS_DENIED when @proof is not of this meter. Keeps the meter's counter durably. */
gboolean posa_dlms_channel_check_proof (PosaDlmsChannel *self,
                                        const PosaAcse *aarq,
                                        const PosaAcse *aare,
                                        const guint8 *proof,
                                        gsize size,
                                        GError **error);
/* Keeps the last counter that the meter used; at the end of an association. */
gboolean posa_dlms_channel_store_peer_counter (PosaDlmsChannel *self, GError **error);

G_END_DECLS
