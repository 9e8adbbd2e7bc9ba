/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#pragma once

#include "meter/codec/posa-dlms-agreement.h"
#include "sim/posa-sim-dlms.h"

G_BEGIN_DECLS

/* What the halves of the DLMS server share: posa-sim-dlms-association.c lets clients in,
 * posa-sim-dlms-protection.c protects what is said, posa-sim-dlms-service.c does what they ask. */

#define POSA_SIM_CHALLENGE_BYTES 16

typedef enum
{
  POSA_SIM_ASSOCIATION_NONE,
  POSA_SIM_ASSOCIATION_PENDING, /* the client still has to prove its key */
  POSA_SIM_ASSOCIATION_OPEN
} PosaSimAssociation;

struct _PosaSimDlms
{
  PosaSimMeter *meter;
  PosaSimAssociation state;
  PosaSimAccess access;
  guint8 client_title[8];
  guint8 client_challenge[POSA_ACSE_MAX_AUTHENTICATION];
  gsize client_challenge_size;
  guint8 challenge[POSA_SIM_CHALLENGE_BYTES];
  gint64 before_apdu;       /* client's counter before the present APDU */
  guint16 client_pdu;       /* what the client receives; 0 = no limit */
  PosaDlmsSeen seen;        /* how the present request was protected */
  PosaDlmsKey dedicated;    /* of this association; size 0 = none */
  gint64 dedicated_counter; /* last accepted under it, -1 none */
  guint32 next_dedicated;
  guint32 conformance;       /* granted */
  GByteArray *pending;       /* rest of a long answer */
  guint32 block;             /* number of the block sent last */
  PosaApduKind pending_kind; /* of its blocks */
  GByteArray *incoming;      /* long request without its head, as far as it has come */
  PosaApduKind incoming_kind;
  guint32 incoming_block;       /* number of the block that came last */
  GByteArray *whole, *outgoing; /* general block transfer: request so far, answer in blocks */
  guint16 taken, acked;         /* blocks of either in order */
  GByteArray *old_answer;       /* for the fault that repeats one */
  guint n_reads;                /* attributes */
};

void posa_sim_dlms_put_exception (PosaSimDlms *self, guint8 service, GByteArray *answer);
/* Appends @plain protected as the request was, or as the policy or @fault want it. */
void posa_sim_dlms_seal (PosaSimDlms *self,
                         const GByteArray *plain,
                         PosaSimFault fault,
                         GByteArray *out);
/* Bytes that this adds to an APDU; protected it has @size. */
gsize posa_sim_dlms_get_overhead (const PosaSimDlms *self, gsize size);
/* Takes the protection of a client's message off; FALSE with the @exception that it gets. */
gboolean posa_sim_dlms_unseal (PosaSimDlms *self,
                               const GByteArray *apdu,
                               GByteArray *plain,
                               guint8 *exception);
/* The same for the user information of the association's own messages. */
void posa_sim_dlms_seal_initiate (PosaSimDlms *self, const GByteArray *plain, GByteArray *out);
gboolean posa_sim_dlms_unseal_initiate (PosaSimDlms *self,
                                        const GByteArray *sealed,
                                        GByteArray *plain,
                                        guint8 *exception);
void
posa_sim_dlms_associate (PosaSimDlms *self, guint8 sap, const PosaAcse *aarq, GByteArray *answer);
void posa_sim_dlms_release (PosaSimDlms *self, GByteArray *answer);
/* Pass 3 of the authentication; the answer is pass 4. */
PosaApdu *posa_sim_dlms_reply_to_hls (PosaSimDlms *self, const PosaApdu *request);
/* Takes @response; one that is too long becomes the first of its blocks. NULL when it cannot. */
PosaApdu *posa_sim_dlms_cut_answer (PosaSimDlms *self, PosaApdu *response);
/* The next of them, as @request asks. */
PosaApdu *posa_sim_dlms_next_answer (PosaSimDlms *self, const PosaApdu *request);
/* A block of a long request; behind the last one comes the answer to the whole. */
PosaApdu *posa_sim_dlms_take_block (PosaSimDlms *self, const PosaApdu *block);
/* General block transfer: an answer that is too long becomes its first block. */
void posa_sim_dlms_put_in_blocks (PosaSimDlms *self, GByteArray *answer);
/* Takes a block; TRUE when it was the last of a request, which is in ->whole then, else its answer
 * is in @answer. */
gboolean
posa_sim_dlms_take_transfer (PosaSimDlms *self, const GByteArray *apdu, GByteArray *answer);
/* What the association itself knows of its own object (class 15): partners, context, what was
 * negotiated, mechanism, status. NULL for all else. */
PosaCosemValue *posa_sim_dlms_describe (const PosaSimDlms *self, PosaCosemTarget target);
/* NULL: not allowed now, or not supported. */
PosaApdu *posa_sim_dlms_serve (PosaSimDlms *self, const PosaApdu *request);

G_END_DECLS
