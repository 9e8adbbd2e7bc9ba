/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-channel.h"
#include "meter/driver/posa-dlms-client.h"
#include "meter/driver/posa-dlms-plan.h"

G_BEGIN_DECLS

/* Shared by the exchange of single messages (posa-dlms-client.c), the services
 * (posa-dlms-client-*.c) and the making and ending of associations (posa-dlms-association.c). */
struct _PosaDlmsClient
{
  PosaPort *port;
  PosaHdlcLinkOptions link_options;
  gboolean hasty; /* gives large frames up soon */
  PosaLineStats *stats;
  PosaHdlcLink *link;       /* NULL while closed */
  PosaDlmsChannel *channel; /* NULL while closed */
  guint32 conformance;      /* granted */
  guint16 max_pdu;          /* of the meter; 0 = no limit */
  guint8 invoke_id;
  gboolean lists_refused;    /* in this association, although they were granted */
  guint32 expected_counter;  /* that the meter asked for in the place of an AARE; 0 = none */
  GByteArray *arrived;       /* of the last answer in blocks */
  PosaDlmsProgress progress; /* may be NULL */
  gpointer progress_data;
};

/* A meter may lock after a few wrong tries. */
#define POSA_DLMS_ASK_OFFICE                                                                       \
  "It was tried once. Do not try again, as a meter may lock; ask the office for the keys of this " \
  "meter"

/* Forgets link and association without a word to the meter. */
void posa_dlms_client_drop (PosaDlmsClient *self);
/* Confirmed, high priority, the next number. */
guint8 posa_dlms_client_next_invoke_id (PosaDlmsClient *self);
guint32 posa_dlms_client_next_long_invoke_id (PosaDlmsClient *self);
/* Long messages may go by general block transfer, if that was granted. */
void posa_dlms_client_start_blocks (PosaDlmsClient *self);
/* Bytes of an APDU that we propose to take. A meter seldom sends longer ones than it takes itself,
 * as an earlier association told: of that whole frames, so that no block of an answer ends in a
 * frame of a few bytes. */
guint16 posa_dlms_client_get_own_pdu (const PosaDlmsClient *self);
/* What the meter takes at once; for a plain APDU of @size bytes. */
PosaDlmsRoom posa_dlms_client_get_room (const PosaDlmsClient *self, gsize size);
/* Sends @request, in blocks when it is too long, and gives its whole answer. */
PosaApdu *posa_dlms_client_call (PosaDlmsClient *self,
                                 const PosaApdu *request,
                                 GCancellable *cancellable,
                                 GError **error);
/* Sends @apdu and gives its answer: of kind @expected, or of any with POSA_N_APDU_KINDS. */
PosaApdu *posa_dlms_client_request (PosaDlmsClient *self,
                                    const PosaApdu *apdu,
                                    PosaApduKind expected,
                                    GCancellable *cancellable,
                                    GError **error);
/* Whether @error, of a list, leaves the way open to ask for or write one attribute at a time. */
gboolean posa_dlms_client_is_list_refusal (const PosaDlmsClient *self, const GError *error);
/* INVALID_DATA: the meter answers another question; FALSE. */
gboolean posa_dlms_client_set_wrong_answer (GError **error);
/* What an exception or service error of the meter means. */
void posa_dlms_client_set_exception (const PosaApdu *apdu, GError **error);

G_END_DECLS
