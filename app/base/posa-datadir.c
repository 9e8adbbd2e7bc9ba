/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-datadir.h"

char *
posa_datadir_build (const char *name)
{
  const char *folder = g_getenv ("POSA_DATADIR");

  return g_build_filename (folder != NULL ? folder : POSA_PKGDATADIR, name, NULL);
}
