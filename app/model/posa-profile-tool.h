/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one profile file means, or what is wrong with it. */
typedef struct
{
  char *path;
  char *fault;        /* NULL: good; file, group, key and what is wrong there */
  const char *remedy; /* of the fault, translated; static, NULL: good */
  GStrv labels;       /* of the facts, translated; empty when it could not be loaded */
  GStrv facts;
} PosaProfileCheck;

/* Loads each file of @paths, and compares them: no two may have one id, or claim the same meters
 * for one driver, unless one of them plainly is for what the other leaves over ("*" beside "M1*").
 * Returns PosaProfileCheck in the order of @paths. */
GPtrArray *posa_profile_tool_check (const char *const *paths);

G_END_DECLS
