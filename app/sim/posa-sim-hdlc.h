/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-hdlc.h"

G_BEGIN_DECLS

/* The meter's end of an HDLC link (secondary station, IEC 62056-46): bytes in, bytes out. Knows
 * nothing of time: silence is told to it. */
typedef struct _PosaSimHdlc PosaSimHdlc;

/* Meters that are odd on the line, --set hdlc=NAME. */
typedef enum
{
  POSA_SIM_HDLC_PLAIN,
  POSA_SIM_HDLC_BARE_UA,      /* UA without information */
  POSA_SIM_HDLC_BARE_SNRM,    /* SNRM with information is not answered */
  POSA_SIM_HDLC_REFUSE_FIELD, /* it is answered with DM */
  POSA_SIM_HDLC_STUCK,        /* N(R) of its I frames is always 0 */
  POSA_SIM_HDLC_CLIENT_LLC,   /* answers with the LLC bytes of a client */
  POSA_SIM_HDLC_GARBAGE,      /* 7F, 00 and half a frame before each frame */
  POSA_SIM_HDLC_DOUBLE,       /* each I frame comes twice */
  POSA_SIM_HDLC_SHARED_FLAG,  /* one flag between two frames */
  POSA_SIM_HDLC_BUSY,         /* RNR before each answer */
  POSA_SIM_HDLC_DISCONNECT,   /* drops the connection once: DM */
  POSA_SIM_HDLC_REJECT,       /* drops the connection once: FRMR */
  POSA_SIM_HDLC_FLAG_CHECK,   /* checks end in 7E wherever it can be had */
  POSA_SIM_HDLC_N_MANNERS
} PosaSimHdlcManner;

/* FALSE when there is no such name. */
gboolean posa_sim_hdlc_manner_parse (const char *name, PosaSimHdlcManner *out);

typedef struct
{
  guint16 logical, physical; /* addresses; 1-byte addressing carries the logical one alone */
  guint16 max_info;          /* of both directions */
  guint8 window;             /* likewise */
  PosaSimHdlcManner manner;
  guint deaf_every; /* every so many frames of the client are not heard; 0 = none */
  gboolean notify;  /* a notification goes out before each answer to a service */
  /* The client @sap has connected, or gone: no association is left. */
  void (*reset) (gpointer data, guint8 sap);
  /* A whole APDU without LLC; append the answer, nothing for none. */
  void (*handle) (gpointer data, guint8 sap, const GByteArray *apdu, GByteArray *answer);
  gpointer data;
} PosaSimHdlcOptions;

PosaSimHdlc *posa_sim_hdlc_new (const PosaSimHdlcOptions *options);
void posa_sim_hdlc_free (PosaSimHdlc *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSimHdlc, posa_sim_hdlc_free)

/* Takes bytes of the line; appends the frames to send, if any, to @out. */
void posa_sim_hdlc_feed (PosaSimHdlc *self, const guint8 *data, gsize size, GByteArray *out);
/* Frames sent so far whose check ended in 7E. */
guint posa_sim_hdlc_get_n_flag_checks (const PosaSimHdlc *self);
gboolean posa_sim_hdlc_is_connected (const PosaSimHdlc *self);
/* The inactivity time is over. */
void posa_sim_hdlc_time_out (PosaSimHdlc *self);

G_END_DECLS
