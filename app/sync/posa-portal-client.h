/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One HTTPS connection to the portal, for the thread that made it; every call blocks until its
 * answer, its deadline, or a cancel. It trusts one authority only, never the system's, and follows
 * no redirect. Errors of all calls: OFFLINE (not reached, or what answers is not the portal: a
 * network's sign-in page), TIMED_OUT, PORTAL_UNTRUSTED, CANCELLED. */
typedef struct _PosaPortalClient PosaPortalClient;

/* @url: "https://HOST:PORT", USAGE for anything else. @ca_path: PEM of the only authority,
 * absolute.
 * @certificate_path and @key_path: this device's, or both NULL before it is enrolled. */
PosaPortalClient *posa_portal_client_new (const char *url,
                                          const char *ca_path,
                                          const char *certificate_path,
                                          const char *key_path,
                                          GError **error);
void posa_portal_client_free (PosaPortalClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalClient, posa_portal_client_free)

/* What is sent along; the digest (RFC 9530) and If-None-Match: * go with a PUT. */
typedef struct
{
  const char *type;
  GBytes *content;
} PosaPortalBody;

typedef struct
{
  guint status;
  GBytes *content;       /* JSON text, or the PEM that was asked for */
  gint64 retry_after_us; /* 0: the portal said nothing */
} PosaPortalReply;

void posa_portal_reply_free (PosaPortalReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalReply, posa_portal_reply_free)

/* @path with its query, "/v1/…". Any answer of the portal itself is a reply, a refusal too; an
 * answer in another content type than the API's is OFFLINE. */
PosaPortalReply *posa_portal_client_send (PosaPortalClient *self,
                                          const char *method,
                                          const char *path,
                                          const PosaPortalBody *body,
                                          GCancellable *cancellable,
                                          GError **error);

/* TRUE for 2xx. Else the portal's problem in words, as OFFLINE for what a repetition may cure (408,
 * 429, 5xx, a digest that did not fit), ACCESS_DENIED (401, 403), CONFLICT (409), NOT_FOUND (410)
 * or PORTAL_REFUSED. */
gboolean posa_portal_reply_check (const PosaPortalReply *self, GError **error);

/* Before there is an authority to trust: fetches the portal's own, over a connection that proves
 * nothing, and gives it only if its SHA-256 is @fingerprint (hex, spaces and colons allowed);
 * PORTAL_UNTRUSTED else. Nothing is sent but the request for it. PEM; free. */
char *posa_portal_client_fetch_ca (const char *url,
                                   const char *fingerprint,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
