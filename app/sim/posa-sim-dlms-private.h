/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#pragma once

#include "meter/codec/posa-acse.h"
#include "sim/posa-sim-dlms.h"

G_BEGIN_DECLS

/* What the halves of the DLMS server share: posa-sim-dlms-association.c lets clients in and
 * protects what is said, posa-sim-dlms-service.c does what they ask. */

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
  gint64 before_apdu;        /* client's counter before the present APDU */
  guint16 client_pdu;        /* what the client receives; 0 = no limit */
  gboolean general;          /* the present request came as general-glo-ciphering */
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
/* Appends @plain protected with the meter's next counter. */
void posa_sim_dlms_seal (PosaSimDlms *self, const GByteArray *plain, GByteArray *out);
/* Bytes that this adds to an APDU; protected it has @size. */
gsize posa_sim_dlms_get_overhead (const PosaSimDlms *self, gsize size);
/* Deciphers what the client of @title sent; FALSE with the @exception that it gets. */
gboolean posa_sim_dlms_unseal (PosaSimDlms *self,
                               const guint8 *data,
                               gsize size,
                               const guint8 *title,
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
/* NULL: not allowed now, or not supported. */
PosaApdu *posa_sim_dlms_serve (PosaSimDlms *self, const PosaApdu *request);

G_END_DECLS
