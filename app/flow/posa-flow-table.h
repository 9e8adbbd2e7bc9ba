/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-work-order.h"
#include "flow/posa-flow-evidence.h"

G_BEGIN_DECLS

/* The workflow of one replacement as two tables: the states with what a screen shows of them, and
 * the edges between them. Pure: no input, no output, no clock. posa-flow-run makes it durable. */

typedef enum
{
  /* The straight way, field-work.md 5.2 steps 3 to 17. */
  POSA_FLOW_IDENTIFY,
  POSA_FLOW_INSPECT,
  POSA_FLOW_READ_OLD,
  POSA_FLOW_CHECK_READINGS,
  POSA_FLOW_PRECHECK_NEW,
  POSA_FLOW_CUT,
  POSA_FLOW_SECOND_READING,
  POSA_FLOW_REMOVE_FIT,
  POSA_FLOW_ENERGISE,
  POSA_FLOW_COMMISSION,
  POSA_FLOW_LIMITER_TEST,
  POSA_FLOW_CLOSE_UP,
  POSA_FLOW_SIGN,
  POSA_FLOW_CUSTODY,
  POSA_FLOW_QUEUE,
  POSA_FLOW_DONE, /* end */
  /* Side ways. */
  POSA_FLOW_SWAP_NEW,    /* the new meter is faulty: another one from the van */
  POSA_FLOW_REFIT_OLD,   /* emergency: the old meter goes back */
  POSA_FLOW_REREAD_OLD,  /* and is read again to prove that it counts on */
  POSA_FLOW_SWITCH_BACK, /* old meter in place: switch the customer on and leave */
  POSA_FLOW_MAKE_SAFE,   /* emergency: no meter can be supplied; make the place safe */
  /* Other ends. */
  POSA_FLOW_ABORTED,       /* nothing was changed; the outcome says why */
  POSA_FLOW_WITHDRAWN,     /* the office withdrew the order before anything was changed */
  POSA_FLOW_FROZEN_TAMPER, /* tampering suspected: nothing may be touched */
  POSA_FLOW_LIFE_SUPPORT,  /* electromedical equipment: must not be switched off */
  POSA_FLOW_RESTORED_OLD,  /* old meter left or put back, customer supplied */
  POSA_FLOW_MADE_SAFE,     /* customer without supply, place safe, office informed */
  POSA_N_FLOW_STATES
} PosaFlowState;

/* The worst that may be true while a job is in a state: the zone is entered, durably, before the
 * crew is told to do what it stands for.
 * GREEN  nothing at the customer's has changed, or the work is complete and the customer supplied.
 * AMBER  the customer may be switched off, but a meter is on the base and supplied: the old one
 *        before the exchange, the new one, verified, after it.
 * RED    the base may be without a working meter. Left only through a meter that answered
 *        (ENERGISED, by COMMISSION or REREAD_OLD) or through MADE_SAFE. */
typedef enum
{
  POSA_ZONE_GREEN,
  POSA_ZONE_AMBER,
  POSA_ZONE_RED,
  POSA_N_ZONES
} PosaZone;

typedef enum
{
  /* By the crew. */
  POSA_FLOW_EVENT_CONFIRM,      /* the primary action of a state without hardware effect */
  POSA_FLOW_EVENT_REREAD,       /* read the old meter again */
  POSA_FLOW_EVENT_GO_ON,        /* go on without the result of a hardware action, with a reason */
  POSA_FLOW_EVENT_ABORT,        /* leave without a replacement, with an outcome */
  POSA_FLOW_EVENT_TAMPER,       /* freeze: tampering suspected */
  POSA_FLOW_EVENT_LIFE_SUPPORT, /* equipment declared or found on the spot */
  POSA_FLOW_EVENT_SWAP,         /* the new meter is faulty, take another */
  POSA_FLOW_EVENT_REFIT,        /* emergency: put the old meter back */
  POSA_FLOW_EVENT_MAKE_SAFE,    /* emergency: make safe and escalate */
  POSA_FLOW_EVENT_BACK,         /* back from an emergency way to the exchange */
  /* By the program. */
  POSA_FLOW_EVENT_DONE,     /* the state's hardware action succeeded; evidence has its result */
  POSA_FLOW_EVENT_FAILED,   /* it failed; the state stays */
  POSA_FLOW_EVENT_WITHDRAW, /* the office withdrew the order (field-work.md 6.3) */
  POSA_N_FLOW_EVENTS
} PosaFlowEvent;

/* What a state does with hardware, stock or files when it is performed. */
typedef enum
{
  POSA_FLOW_EFFECT_NONE,
  POSA_FLOW_EFFECT_READ_OLD,
  POSA_FLOW_EFFECT_SECOND_READING,
  POSA_FLOW_EFFECT_PROBE_NEW,
  POSA_FLOW_EFFECT_COMMISSION,
  POSA_FLOW_EFFECT_TEST_RELAY,
  POSA_FLOW_EFFECT_SIGN,
  POSA_FLOW_EFFECT_CUSTODY,
  POSA_FLOW_EFFECT_QUEUE,
  POSA_FLOW_EFFECT_REREAD_OLD,
  POSA_N_FLOW_EFFECTS
} PosaFlowEffect;

/* What to do when the program died while an edge was being taken. */
typedef enum
{
  POSA_RESUME_NONE,             /* an end: nothing to resume */
  POSA_RESUME_REDO,             /* idempotent: do it again */
  POSA_RESUME_VERIFY_THEN_REDO, /* ask the meter or the store what it has, then do what lacks */
  POSA_RESUME_ASK_CREW,         /* only a person can see what was done */
  POSA_N_RESUMES
} PosaResume;

/* What a crew event must bring as evidence. */
typedef enum
{
  POSA_FLOW_NEEDS_NOTHING = 0,
  POSA_FLOW_NEEDS_SERIAL = 1 << 0,  /* POSA_FLOW_KEY_SERIAL: of the new meter */
  POSA_FLOW_NEEDS_REASON = 1 << 1,  /* POSA_FLOW_KEY_REASON */
  POSA_FLOW_NEEDS_OUTCOME = 1 << 2, /* POSA_FLOW_KEY_OUTCOME */
  POSA_FLOW_NEEDS_HOLD = 1 << 3     /* danger: the press is to be held or confirmed twice */
} PosaFlowNeeds;

typedef struct _PosaFlowContext PosaFlowContext; /* what guards look at: posa-flow-facts.h */

/* Why the edge must not be taken now: a translated sentence for the crew, free; NULL: go on. */
typedef char *(*PosaFlowGuard) (const PosaFlowContext *context, const PosaFlowEvidence *evidence);

typedef struct
{
  PosaFlowState from;
  PosaFlowEvent event;
  PosaFlowGuard guard; /* NULL: always */
  PosaFlowState to;    /* equal to from: noted, the state stays */
  PosaResume resume;
  const char *label; /* of the button, untranslated (N_); NULL for the program's own events */
  PosaFlowNeeds needs;
} PosaFlowEdge;

typedef struct
{
  const char *nick; /* "read-old": in the store, in JSON, in tests */
  PosaZone zone;
  PosaFlowEffect effect; /* the primary action when not NONE; else the first edge is */
  gboolean automatic;    /* the effect starts by itself on entering: no press needed */
  guint step;            /* 1..POSA_FLOW_N_STEPS along the straight way, 0 aside */
  gboolean end;
  const char *label;         /* title, untranslated (N_) */
  const char *instruction;   /* what to do now, untranslated (N_) */
  const char *primary_label; /* of the effect's button, untranslated; NULL: the first edge's label,
                                or nothing to press */
  const char *page;          /* template that shows it: ui/ page name */
} PosaFlowStateInfo;

#define POSA_FLOW_N_STEPS 15

/* Static tables. */
const PosaFlowStateInfo *posa_flow_state_get_info (PosaFlowState state);
const PosaFlowEdge *posa_flow_table_get_edges (guint *n_edges);
/* The edge for @event in @state, NULL when the table has none. */
const PosaFlowEdge *posa_flow_table_find (PosaFlowState state, PosaFlowEvent event);
/* Policy of the state's primary action; NONE for ends. */
PosaResume posa_flow_state_get_resume (PosaFlowState state);

gboolean posa_flow_state_from_nick (const char *nick, PosaFlowState *out);
const char *posa_flow_event_to_nick (PosaFlowEvent event); /* "confirm", "make-safe"; static */
gboolean posa_flow_event_from_nick (const char *nick, PosaFlowEvent *out);
gboolean posa_flow_event_is_of_crew (PosaFlowEvent event);
const char *posa_zone_to_nick (PosaZone zone); /* "green", "amber", "red"; static */

/* The pure step: the edge to take, or NULL and why not. @refusal (out, free): a translated
 * sentence. Never a GError: a guard that says no is an expected answer. */
const PosaFlowEdge *posa_flow_step (PosaFlowState state,
                                    PosaFlowEvent event,
                                    const PosaFlowContext *context,
                                    const PosaFlowEvidence *evidence,
                                    char **refusal);

G_END_DECLS
