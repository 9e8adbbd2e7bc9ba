/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal.h"
#include "sync/posa-wire.h"

G_BEGIN_DECLS

/* Which devices there are and who they work for. */

/* What a new device will be; strings borrowed. */
typedef struct
{
  const char *crew_id, *operator_badge, *operator_name, *contractor;
  gint64 valid_us; /* how long the code may be used */
} PosaPortalInvitation;

/* A one-time code, "XXXXX-XXXXX-XXXXX-XXXXX" (100 bits); free. Only its hash is kept. */
char *
posa_portal_add_code (PosaPortal *self, const PosaPortalInvitation *invitation, GError **error);

/* ACCESS_DENIED: unknown or expired code; CONFLICT: used with another request; INVALID_DATA: a
 * request for a certificate that is none. */
PosaWireEnrolAnswer *
posa_portal_enrol (PosaPortal *self, const PosaWireEnrolRequest *request, GError **error);

typedef struct
{
  char *id, *crew_id;
  GBytes *transport_key; /* bare */
  gboolean revoked;
} PosaPortalDevice;

void posa_portal_device_free (PosaPortalDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalDevice, posa_portal_device_free)

/* The device whose TLS certificate is exactly this one (SHA-256 of the DER, hex). NULL without an
 * error when there is none. */
PosaPortalDevice *
posa_portal_find_device (PosaPortal *self, const char *fingerprint, GError **error);

/* The device that holds the report certificate of that serial; NULL as above. */
PosaPortalDevice *posa_portal_find_signer (PosaPortal *self, const char *serial, GError **error);

/* NOT_FOUND. A second call changes nothing. */
gboolean
posa_portal_revoke (PosaPortal *self, const char *device_id, const char *reason, GError **error);

G_END_DECLS
