/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* posa-portal … admin COMMAND: the office's work on the database of @folder, also while the server
 * runs. @argv[0] is the command. Prints its result on stdout; returns the exit status. */
int posa_portal_admin (const char *folder, int argc, char **argv);

/* Imports @file and prints what came of it. */
gboolean posa_portal_admin_import (const char *folder, const char *file, GError **error);

G_END_DECLS
