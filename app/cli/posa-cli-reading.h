/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-reading-set.h"

G_BEGIN_DECLS

/* Prints all that @reading holds, for people or as JSON. */
void posa_cli_print_reading (const PosaReadingSet *reading, gboolean as_json);

G_END_DECLS
