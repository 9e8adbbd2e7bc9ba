/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-line.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the command line says of the meter. */
typedef struct
{
  const char *kind;     /* of --kind, NULL when not given */
  guint64 seed;         /* all values follow from it */
  GHashTable *settings; /* --set key=value, char* -> char* */
} PosaSimSetup;

/* A simulated meter: state that lasts for the life of the process and how it behaves on the line.
 */
typedef struct
{
  /* USAGE for an unknown kind, key or value. */
  gpointer (*create) (const PosaSimSetup *setup, GError **error);
  /* Behaves as the meter until posa_sim_line_is_stopped(). */
  void (*serve) (gpointer meter, PosaSimLine *line);
  /* Adds members to the open object of @builder. */
  void (*dump) (gpointer meter, JsonBuilder *builder);
  void (*destroy) (gpointer meter);
} PosaSimModel;

extern const PosaSimModel posa_sim_1g;
extern const PosaSimModel posa_sim_2g;

/* Takes the value of @key out of the settings: NULL when absent. Free with g_free(). */
char *posa_sim_setup_take (const PosaSimSetup *setup, const char *key);
/* USAGE naming the keys that nobody took. */
gboolean posa_sim_setup_check_empty (const PosaSimSetup *setup, GError **error);

G_END_DECLS
