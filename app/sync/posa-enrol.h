/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* How a device trusts the portal before it has an identity: one of the two, never neither. Strings
 * borrowed. */
typedef struct
{
  const char *ca_path;     /* PEM file of the authority, brought by hand */
  const char *fingerprint; /* SHA-256 of its certificate, as the portal prints it */
} PosaEnrolTrust;

/* Enrols the device of @folder at the portal and records in @store who it is. It may be cut at any
 * point and repeated with the same code: the portal then gives the same answer. CONFLICT: enrolled
 * already, or the code was used by another device; ACCESS_DENIED: the portal knows no such code;
 * USAGE: not exactly one way to trust; and the errors of posa-portal-client.h. Blocking. */
gboolean posa_enrol_run (const char *folder,
                         PosaStore *store,
                         const char *url,
                         const char *code,
                         const PosaEnrolTrust *trust,
                         PosaOperation *operation,
                         GError **error);

G_END_DECLS
