/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sync/posa-wire-receipt.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The portal's own authority in FOLDER/ca: EC P-256 keys and certificates in PEM, every key 0600
 * (a key that others may read is refused). It survives restarts; made at the first start. */
typedef struct _PosaPortalCa PosaPortalCa;

typedef enum
{
  POSA_CERTIFICATE_TLS,   /* "tls": the device as a TLS client */
  POSA_CERTIFICATE_REPORT /* "report": contentCommitment alone, what posa_report_verify() wants */
} PosaCertificatePurpose;

const char *posa_certificate_purpose_to_string (PosaCertificatePurpose self); /* static */

/* @host is one more name for the server certificate besides localhost and the loopback addresses;
 * NULL when this process does not listen. DAMAGED when a key is gone or does not fit. */
PosaPortalCa *posa_portal_ca_open (const char *folder, const char *host, GError **error);
void posa_portal_ca_free (PosaPortalCa *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalCa, posa_portal_ca_free)

const char *posa_portal_ca_get_pem (PosaPortalCa *self);         /* the authority's certificate */
const char *posa_portal_ca_get_path (PosaPortalCa *self);        /* of that PEM file, absolute */
const char *posa_portal_ca_get_fingerprint (PosaPortalCa *self); /* SHA-256, hex */
const char *posa_portal_ca_get_name (PosaPortalCa *self);        /* its subject: names the portal */
GBytes *posa_portal_ca_get_kek (PosaPortalCa *self); /* wraps what the database keeps secret */
/* Certificate and key of the server; free with g_object_unref(). */
GTlsCertificate *posa_portal_ca_load_server (PosaPortalCa *self, GError **error);

/* Issues a certificate for the key of @csr (PEM); its subject is CN=@device_id, O=@contractor,
 * whatever the request says. INVALID_DATA for a request that is none, is not EC P-256, or does not
 * prove its key. @serial: upper-case hex. */
char *posa_portal_ca_issue (PosaPortalCa *self,
                            PosaCertificatePurpose purpose,
                            const char *csr,
                            const char *device_id,
                            const char *contractor,
                            char **serial,
                            GError **error);

PosaWireReceipt *posa_portal_ca_sign_receipt (PosaPortalCa *self,
                                              const PosaWireStatement *statement,
                                              GError **error);

G_END_DECLS
