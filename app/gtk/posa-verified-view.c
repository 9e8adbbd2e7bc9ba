/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-verified-view.h"

struct _PosaVerifiedView
{
  AdwBin parent_instance;

  GListModel *model;
};

enum
{
  PROP_MODEL = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaVerifiedView, posa_verified_view, ADW_TYPE_BIN)

static void
posa_verified_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_VERIFIED_VIEW (object)->model);
}

static void
posa_verified_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (g_set_object (&POSA_VERIFIED_VIEW (object)->model, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
posa_verified_view_dispose (GObject *object)
{
  g_clear_object (&POSA_VERIFIED_VIEW (object)->model);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_VERIFIED_VIEW);
  G_OBJECT_CLASS (posa_verified_view_parent_class)->dispose (object);
}

static void
posa_verified_view_class_init (PosaVerifiedViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_verified_view_get_property;
  object_class->set_property = posa_verified_view_set_property;
  object_class->dispose = posa_verified_view_dispose;
  properties[PROP_MODEL] =
      g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (POSA_TYPE_VERIFIED_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/posa/Posa/posa-verified-view.ui");
}

static void
posa_verified_view_init (PosaVerifiedView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
