/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-progress-view.h"

#include "gtk/posa-row.h"

#include <glib/gi18n.h>
#include <math.h>

struct _PosaProgressView
{
  AdwBin parent_instance;

  GtkProgressBar *bar;
  GtkLabel *percent;
  GtkLabel *step;
  GtkListBox *list;
  GtkStringList *behind; /* steps done, newest first */
  GtkButton *cancel_button;

  PosaOperation *operation;
  char *current; /* the step shown, NULL before the first */
};

enum
{
  PROP_OPERATION = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaProgressView, posa_progress_view, ADW_TYPE_BIN)

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  return g_object_new (POSA_TYPE_ROW, "icon-name", "posa-ok-symbolic", "title",
                       gtk_string_object_get_string (item), NULL);
}

static void
show_step (PosaProgressView *self)
{
  const char *step = posa_operation_get_step (self->operation);

  if (step == NULL || *step == '\0' || g_strcmp0 (step, self->current) == 0)
    return;
  if (self->current != NULL)
    gtk_string_list_splice (self->behind, 0, 0, (const char *const[]) { self->current, NULL });
  g_set_str (&self->current, step);
  gtk_label_set_label (self->step, step);
}

static void
show_fraction (PosaProgressView *self)
{
  double fraction = posa_operation_get_fraction (self->operation);

  if (fraction < 0)
    {
      gtk_progress_bar_pulse (self->bar);
      gtk_label_set_label (self->percent, "");
      return;
    }
  g_autofree char *text = g_strdup_printf (_ ("%d %%"), (int) floor (fraction * 100));
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_label_set_label (self->percent, text);
}

static void
cancel_cb (PosaProgressView *self)
{
  if (self->operation == NULL)
    return;
  posa_operation_cancel (self->operation);
  gtk_widget_set_sensitive (GTK_WIDGET (self->cancel_button), FALSE);
  gtk_label_set_label (self->step, _ ("Stopping…"));
}

void
posa_progress_view_set_operation (PosaProgressView *self, PosaOperation *operation)
{
  g_return_if_fail (POSA_IS_PROGRESS_VIEW (self));

  if (self->operation == operation)
    return;
  if (self->operation != NULL)
    g_signal_handlers_disconnect_by_data (self->operation, self);
  g_set_object (&self->operation, operation);
  if (operation != NULL)
    {
      g_clear_pointer (&self->current, g_free);
      gtk_string_list_splice (self->behind, 0,
                              g_list_model_get_n_items (G_LIST_MODEL (self->behind)), NULL);
      gtk_label_set_label (self->step, "");
      gtk_widget_set_sensitive (GTK_WIDGET (self->cancel_button), TRUE);
      g_signal_connect_swapped (operation, "notify::step", G_CALLBACK (show_step), self);
      g_signal_connect_swapped (operation, "notify::fraction", G_CALLBACK (show_fraction), self);
      show_step (self);
      show_fraction (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPERATION]);
}

static void
posa_progress_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_PROGRESS_VIEW (object)->operation);
}

static void
posa_progress_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  posa_progress_view_set_operation (POSA_PROGRESS_VIEW (object), g_value_get_object (value));
}

static void
posa_progress_view_dispose (GObject *object)
{
  PosaProgressView *self = POSA_PROGRESS_VIEW (object);

  if (self->operation != NULL)
    g_signal_handlers_disconnect_by_data (self->operation, self);
  g_clear_object (&self->operation);
  g_clear_object (&self->behind);
  g_clear_pointer (&self->current, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), POSA_TYPE_PROGRESS_VIEW);
  G_OBJECT_CLASS (posa_progress_view_parent_class)->dispose (object);
}

static void
posa_progress_view_class_init (PosaProgressViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_progress_view_get_property;
  object_class->set_property = posa_progress_view_set_property;
  object_class->dispose = posa_progress_view_dispose;
  properties[PROP_OPERATION] =
      g_param_spec_object ("operation", NULL, NULL, POSA_TYPE_OPERATION,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/posa/Posa/posa-progress-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaProgressView, bar);
  gtk_widget_class_bind_template_child (widget_class, PosaProgressView, percent);
  gtk_widget_class_bind_template_child (widget_class, PosaProgressView, step);
  gtk_widget_class_bind_template_child (widget_class, PosaProgressView, list);
  gtk_widget_class_bind_template_child (widget_class, PosaProgressView, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
posa_progress_view_init (PosaProgressView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->behind = gtk_string_list_new (NULL);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->behind), create_row_cb, NULL, NULL);
}
