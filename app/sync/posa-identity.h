/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sync/posa-wire.h"

G_BEGIN_DECLS

/* Who this device is: DATA/identity with two keys (TLS, report), their certificates, the authority,
 * the transport key, and device.json. The folder appears whole, by one rename at the end of an
 * enrolment, and never changes. Until then DATA/identity.new keeps the keys and the request, so
 * that an enrolment that was cut is repeated with the same request. Keys are 0600, folders 0700. */
typedef struct _PosaIdentity PosaIdentity;

/* @folder: the device's data folder. ACCESS_DENIED when it is not enrolled; DAMAGED names the file
 * that is wrong. Immutable, any thread. */
PosaIdentity *posa_identity_load (const char *folder, GError **error);
void posa_identity_free (PosaIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaIdentity, posa_identity_free)

/* Borrowed. */
const char *posa_identity_get_device_id (const PosaIdentity *self);
const char *posa_identity_get_crew_id (const PosaIdentity *self);
const char *posa_identity_get_operator_badge (const PosaIdentity *self);
const char *posa_identity_get_operator_name (const PosaIdentity *self);
const char *posa_identity_get_contractor (const PosaIdentity *self);
const char *posa_identity_get_client_title (const PosaIdentity *self); /* hex */
const char *posa_identity_get_portal_url (const PosaIdentity *self);
const char *posa_identity_get_ca (const PosaIdentity *self); /* PEM */
GBytes *posa_identity_get_transport_key (const PosaIdentity *self);
/* Absolute paths of PEM files, for those who load them. */
const char *posa_identity_get_ca_path (const PosaIdentity *self);
const char *posa_identity_get_tls_key_path (const PosaIdentity *self);
const char *posa_identity_get_tls_certificate_path (const PosaIdentity *self);
const char *posa_identity_get_report_key_path (const PosaIdentity *self);
const char *posa_identity_get_report_certificate_path (const PosaIdentity *self);

gboolean posa_identity_exists (const char *folder);

/* The request to enrol with @code: that of an earlier attempt with the same code, or a new one with
 * new keys, durable when it is returned. */
PosaWireEnrolRequest *posa_identity_prepare (const char *folder, const char *code, GError **error);
/* Checks that the certificates are of @ca (PEM, the pinned authority) and hold this device's keys,
 * and makes the identity. SIGNATURE when they are not. */
gboolean posa_identity_complete (const char *folder,
                                 const char *portal_url,
                                 const char *ca,
                                 const PosaWireEnrolAnswer *answer,
                                 GError **error);

G_END_DECLS
