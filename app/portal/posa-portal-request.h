/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal-devices.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* One request on its way through a handler; lives on the stack of the server's callback. */
typedef struct
{
  PosaPortal *portal;
  SoupServerMessage *message;
  const char *rest;         /* of the path, after the route's own part */
  GHashTable *query;        /* may be NULL */
  PosaPortalDevice *device; /* of the TLS certificate; NULL on routes that need none */
} PosaPortalRequest;

/* Answers: @text is taken. */
void posa_portal_request_answer (PosaPortalRequest *self, guint status, char *text);
/* application/problem+json; @name as in posa_wire_problem_to_text(). */
void posa_portal_request_refuse (PosaPortalRequest *self,
                                 guint status,
                                 const char *name,
                                 const char *detail);
/* The answer to a failed rule or store; takes @error. What went wrong inside stays in the log. */
void posa_portal_request_fail (PosaPortalRequest *self, GError *error);

/* The handlers of the routes. */
void posa_portal_request_status (PosaPortalRequest *self);
void posa_portal_request_ca (PosaPortalRequest *self);
void posa_portal_request_enrol (PosaPortalRequest *self);
void posa_portal_request_changes (PosaPortalRequest *self);
void posa_portal_request_receipts (PosaPortalRequest *self);
void posa_portal_request_report (PosaPortalRequest *self);

G_END_DECLS
