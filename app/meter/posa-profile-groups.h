/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* For posa-profile.c: the groups of a profile whose keys are numbers and codes, not names. */

/* The reading of one file. */
typedef struct
{
  const char *name;
  GKeyFile *file;
  PosaProfile *profile;
} PosaProfileLoader;

/* FALSE, and INVALID_DATA naming file, group and key. */
gboolean posa_profile_set_invalid (const PosaProfileLoader *loader,
                                   const char *group,
                                   const char *key,
                                   GError **error,
                                   const char *format,
                                   ...) G_GNUC_PRINTF (5, 6);

gboolean posa_profile_has_own_keys (const char *group);
/* Of such a group. */
gboolean posa_profile_take_own_key (const PosaProfileLoader *loader,
                                    const char *group,
                                    const char *key,
                                    const char *value,
                                    GError **error);

void posa_profile_register_free (gpointer data);
void posa_profile_event_free (gpointer data);

G_END_DECLS
