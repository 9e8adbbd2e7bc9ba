/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Path of an installed data file or folder ("profiles", "sql"), below POSA_DATADIR when that is
 * set (an uninstalled build), else below the package's data folder. Free with g_free(). */
char *posa_datadir_build (const char *name);

G_END_DECLS
