/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-outbox-page.h"

#include "gtk/posa-closures.h"

struct _PosaOutboxPage
{
  AdwNavigationPage parent_instance;

  GtkLabel *status;
  PosaWorkspace *workspace;
};

enum
{
  PROP_WORKSPACE = 1,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (PosaOutboxPage, posa_outbox_page, ADW_TYPE_NAVIGATION_PAGE)

void
posa_outbox_page_say (PosaOutboxPage *self, const char *text)
{
  g_return_if_fail (POSA_IS_OUTBOX_PAGE (self));

  gtk_label_set_label (self->status, text);
  gtk_widget_set_visible (GTK_WIDGET (self->status), *text != '\0');
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static char *
page_name (gpointer self, guint n_items)
{
  return g_strdup (n_items > 0 ? "items" : "empty");
}

static void
posa_outbox_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_OUTBOX_PAGE (object)->workspace);
}

static void
posa_outbox_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (g_set_object (&POSA_OUTBOX_PAGE (object)->workspace, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
posa_outbox_page_dispose (GObject *object)
{
  g_clear_object (&POSA_OUTBOX_PAGE (object)->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_OUTBOX_PAGE);
  G_OBJECT_CLASS (posa_outbox_page_parent_class)->dispose (object);
}

static void
posa_outbox_page_class_init (PosaOutboxPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_outbox_page_get_property;
  object_class->set_property = posa_outbox_page_set_property;
  object_class->dispose = posa_outbox_page_dispose;
  g_object_class_install_property (
      object_class, PROP_WORKSPACE,
      g_param_spec_object ("workspace", NULL, NULL, POSA_TYPE_WORKSPACE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));

  g_type_ensure (POSA_TYPE_OUTBOX_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-outbox-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaOutboxPage, status);
  gtk_widget_class_bind_template_callback (widget_class, page_name);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_state_icon);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_text);
}

static void
posa_outbox_page_init (PosaOutboxPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
