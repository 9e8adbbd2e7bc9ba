/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-end.h"

#include "gtk/posa-closures.h"
#include "gtk/posa-message.h"

#include <glib/gi18n.h>

struct _PosaStepEnd
{
  PosaStep parent_instance;

  GtkLabel *delivery;
};

G_DEFINE_FINAL_TYPE (PosaStepEnd, posa_step_end, POSA_TYPE_STEP)

static char *
end_icon (gpointer self, const char *state)
{
  if (g_strcmp0 (state, "done") == 0)
    return g_strdup ("posa-ok-symbolic");
  return g_strdup (g_strcmp0 (state, "made-safe") == 0 ? "posa-zone-red-symbolic"
                                                       : "posa-zone-amber-symbolic");
}

static char *
end_report (gpointer self, const char *number)
{
  return g_strdup_printf (_ ("Report %s"), number != NULL ? number : "");
}

/* The item of this order in the outbox, or NULL; a new reference. */
static gpointer
find_item (PosaStepEnd *self)
{
  PosaStep *step = POSA_STEP (self);
  GListModel *outbox = posa_workspace_get_outbox (posa_step_get_workspace (step));
  const char *order_id = posa_job_get_order_id (posa_step_get_job (step));

  for (guint i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (outbox, i);

      if (g_strcmp0 (posa_item_get_text (item, "order-id"), order_id) == 0)
        return g_steal_pointer (&item);
    }
  return NULL;
}

static void
show_delivery (PosaStepEnd *self)
{
  g_autoptr (GObject) item = find_item (self);

  gtk_label_set_label (self->delivery,
                       item != NULL ? posa_item_get_text (item, "state-label") : "");
}

static void
show_report_cb (PosaStepEnd *self)
{
  PosaStep *step = POSA_STEP (self);

  posa_message_show_report (GTK_WIDGET (self), posa_step_get_workspace (step),
                            posa_job_get_order_id (posa_step_get_job (step)));
}

static void
posa_step_end_constructed (GObject *object)
{
  PosaStepEnd *self = POSA_STEP_END (object);

  G_OBJECT_CLASS (posa_step_end_parent_class)->constructed (object);
  g_signal_connect_object (posa_workspace_get_outbox (posa_step_get_workspace (POSA_STEP (self))),
                           "items-changed", G_CALLBACK (show_delivery), self, G_CONNECT_SWAPPED);
  show_delivery (self);
}

static void
posa_step_end_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_END);
  G_OBJECT_CLASS (posa_step_end_parent_class)->dispose (object);
}

static void
posa_step_end_class_init (PosaStepEndClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = posa_step_end_constructed;
  G_OBJECT_CLASS (klass)->dispose = posa_step_end_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-end.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaStepEnd, delivery);
  gtk_widget_class_bind_template_callback (widget_class, end_icon);
  gtk_widget_class_bind_template_callback (widget_class, end_report);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_text);
  gtk_widget_class_bind_template_callback (widget_class, show_report_cb);
}

static void
posa_step_end_init (PosaStepEnd *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
