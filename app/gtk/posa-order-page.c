/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-order-page.h"

#include "gtk/posa-closures.h"
#include "gtk/posa-primary-button.h"

#include <glib/gi18n.h>

struct _PosaOrderPage
{
  AdwNavigationPage parent_instance;

  PosaPrimaryButton *primary_button;
  PosaOrderItem *order;
};

enum
{
  PROP_ORDER = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaOrderPage, posa_order_page, ADW_TYPE_NAVIGATION_PAGE)

/* Words of the primary action by the order's state; "" when there is none. */
static char *
primary_label (gpointer self, const char *state)
{
  if (g_strcmp0 (state, "assigned") == 0)
    return g_strdup (_ ("Start the replacement"));
  if (g_strcmp0 (state, "in-progress") == 0)
    return g_strdup (_ ("Go on with the replacement"));
  if (g_strcmp0 (state, "aborted") == 0)
    return g_strdup (_ ("Try again"));
  return g_strdup (g_strcmp0 (state, "done") == 0 ? _ ("Show the report") : "");
}

static gboolean
has_primary (gpointer self, const char *state)
{
  g_autofree char *label = primary_label (self, state);

  return *label != '\0';
}

static char *
presence (gpointer self, gboolean needed)
{
  return g_strdup (needed ? _ ("The customer has to be there") : _ ("Not needed"));
}

static void
activated_cb (PosaOrderPage *self)
{
  gboolean done = g_str_equal (posa_item_get_text (self->order, "state"), "done");

  gtk_widget_activate_action (GTK_WIDGET (self), done ? "win.show-report" : "win.start-order", "s",
                              posa_item_get_text (self->order, "id"));
}

void
posa_order_page_set_order (PosaOrderPage *self, PosaOrderItem *order)
{
  g_return_if_fail (POSA_IS_ORDER_PAGE (self));

  if (g_set_object (&self->order, order))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
}

PosaOrderItem *
posa_order_page_get_order (PosaOrderPage *self)
{
  g_return_val_if_fail (POSA_IS_ORDER_PAGE (self), NULL);

  return self->order;
}

static gboolean
posa_order_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (POSA_ORDER_PAGE (widget)->primary_button));
}

static void
posa_order_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_ORDER_PAGE (object)->order);
}

static void
posa_order_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  posa_order_page_set_order (POSA_ORDER_PAGE (object), g_value_get_object (value));
}

static void
posa_order_page_dispose (GObject *object)
{
  g_clear_object (&POSA_ORDER_PAGE (object)->order);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_ORDER_PAGE);
  G_OBJECT_CLASS (posa_order_page_parent_class)->dispose (object);
}

static void
posa_order_page_class_init (PosaOrderPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_order_page_get_property;
  object_class->set_property = posa_order_page_set_property;
  object_class->dispose = posa_order_page_dispose;
  widget_class->grab_focus = posa_order_page_grab_focus;
  properties[PROP_ORDER] =
      g_param_spec_object ("order", NULL, NULL, POSA_TYPE_ORDER_ITEM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (POSA_TYPE_PRIMARY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-order-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaOrderPage, primary_button);
  gtk_widget_class_bind_template_callback (widget_class, primary_label);
  gtk_widget_class_bind_template_callback (widget_class, has_primary);
  gtk_widget_class_bind_template_callback (widget_class, presence);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_text);
}

static void
posa_order_page_init (PosaOrderPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
