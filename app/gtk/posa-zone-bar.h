/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The strip that is always in sight during a replacement: zone by colour, word and shape, what it
 * allows, and since when the customer is without supply. Says zone changes to the screen reader. */
#define POSA_TYPE_ZONE_BAR (posa_zone_bar_get_type ())
G_DECLARE_FINAL_TYPE (PosaZoneBar, posa_zone_bar, POSA, ZONE_BAR, AdwBin)

/* How long a customer may be in the dark before the timer warns, and before it alarms. */
#define POSA_ZONE_BAR_WARNING_S 120
#define POSA_ZONE_BAR_ALARM_S   180

/* Borrowed; NULL while there is no replacement. */
void posa_zone_bar_set_job (PosaZoneBar *self, PosaJob *job);
/* "", "late" or "alarm"; static. */
const char *posa_zone_bar_get_alarm (gint64 dark_s);

G_END_DECLS
