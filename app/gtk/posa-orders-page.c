/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-orders-page.h"

#include "gtk/posa-closures.h"

struct _PosaOrdersPage
{
  AdwNavigationPage parent_instance;

  PosaWorkspace *workspace;
};

enum
{
  PROP_WORKSPACE = 1,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (PosaOrdersPage, posa_orders_page, ADW_TYPE_NAVIGATION_PAGE)

static void
activate_cb (PosaOrdersPage *self, guint position)
{
  GListModel *orders = posa_workspace_get_orders (self->workspace);
  g_autoptr (GObject) order = g_list_model_get_item (orders, position);

  if (order != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-order", "s",
                                posa_item_get_text (order, "id"));
}

static char *
page_name (gpointer self, guint n_orders)
{
  return g_strdup (n_orders > 0 ? "orders" : "empty");
}

static void
posa_orders_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_ORDERS_PAGE (object)->workspace);
}

static void
posa_orders_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (g_set_object (&POSA_ORDERS_PAGE (object)->workspace, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
posa_orders_page_dispose (GObject *object)
{
  g_clear_object (&POSA_ORDERS_PAGE (object)->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_ORDERS_PAGE);
  G_OBJECT_CLASS (posa_orders_page_parent_class)->dispose (object);
}

static void
posa_orders_page_class_init (PosaOrdersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_orders_page_get_property;
  object_class->set_property = posa_orders_page_set_property;
  object_class->dispose = posa_orders_page_dispose;
  g_object_class_install_property (
      object_class, PROP_WORKSPACE,
      g_param_spec_object ("workspace", NULL, NULL, POSA_TYPE_WORKSPACE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));

  g_type_ensure (POSA_TYPE_ORDER_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-orders-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_name);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_state_icon);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_unsent);
}

static void
posa_orders_page_init (PosaOrdersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
