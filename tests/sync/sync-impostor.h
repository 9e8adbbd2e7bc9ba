/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sync-rig.h"

G_BEGIN_DECLS

/* A server in a thread that stands where the portal should be, and says what the test tells it. */
typedef struct _SyncImpostor SyncImpostor;

typedef struct
{
  const char *method;
  const char *path; /* its beginning */
  guint status;
  const char *type;
  const char *body;
  const char *header, *value; /* one more of the answer; NULL = none */
} SyncImpostorAnswer;

/* @certificate and @key: PEM files. @answers: until one without a path. */
SyncImpostor *
sync_impostor_new (const char *certificate, const char *key, const SyncImpostorAnswer *answers);
char *sync_impostor_get_url (SyncImpostor *self); /* owned */
void sync_impostor_free (SyncImpostor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncImpostor, sync_impostor_free)

/* With the true portal's certificate and key. */
SyncImpostor *sync_impostor_of (RigPortal *portal, const SyncImpostorAnswer *answers);

G_END_DECLS
