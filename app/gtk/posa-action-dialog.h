/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What else can be done now: one row each, then whatever the action needs (an outcome, a reason, a
 * held confirmation).
 *
 * Signal: chosen, when everything is there; the dialog closes by itself. */
#define POSA_TYPE_ACTION_DIALOG (posa_action_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PosaActionDialog, posa_action_dialog, POSA, ACTION_DIALOG, AdwDialog)

AdwDialog *posa_action_dialog_new (PosaJob *job);
/* The event's nick and its answer; both borrowed from the dialog. */
const char *posa_action_dialog_get_answer (PosaActionDialog *self, PosaJobAnswer *answer);

G_END_DECLS
