/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-pages.h"

#include "gtk/posa-step-check.h"
#include "gtk/posa-step-choose.h"
#include "gtk/posa-step-end.h"
#include "gtk/posa-step-identify.h"
#include "gtk/posa-step-picture.h"
#include "gtk/posa-step-report.h"
#include "gtk/posa-step-verify.h"

/* Page name of the flow table -> the class that shows it. */
static const struct
{
  const char *page;
  GType (*get_type) (void);
} pages[] = {
  { "identify", posa_step_identify_get_type }, { "inspect", posa_step_picture_get_type },
  { "read", posa_step_picture_get_type },      { "check", posa_step_check_get_type },
  { "new-meter", posa_step_choose_get_type },  { "cut", posa_step_picture_get_type },
  { "exchange", posa_step_picture_get_type },  { "hardware", posa_step_verify_get_type },
  { "close-up", posa_step_picture_get_type },  { "report", posa_step_report_get_type },
  { "custody", posa_step_picture_get_type },   { "done", posa_step_end_get_type },
  { "end", posa_step_end_get_type },
};

static GType
find_type (const char *page)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i].page, page) == 0)
      return pages[i].get_type ();
  return G_TYPE_INVALID;
}

GtkWidget *
posa_step_pages_new_step (PosaWorkspace *workspace, PosaJob *job)
{
  GType type = find_type (posa_job_get_page (job));
  PosaOrderItem *order = posa_workspace_find_order (workspace, posa_job_get_order_id (job));

  /* A page that this program does not know still says what to do. */
  return g_object_new (type != G_TYPE_INVALID ? type : POSA_TYPE_STEP_PICTURE, "job", job, "order",
                       order, "workspace", workspace, NULL);
}

gboolean
posa_step_pages_know (const char *page)
{
  return find_type (page) != G_TYPE_INVALID;
}
