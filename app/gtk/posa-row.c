/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-row.h"

#include "gtk/posa-closures.h"

#include <glib/gi18n.h>

struct _PosaRow
{
  GtkListBoxRow parent_instance;

  char *texts[5];
};

enum
{
  PROP_ICON_NAME = 1,
  PROP_ICON_LABEL,
  PROP_TITLE,
  PROP_VALUE,
  PROP_DETAIL,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (PosaRow, posa_row, GTK_TYPE_LIST_BOX_ROW)

static void
posa_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, POSA_ROW (object)->texts[id - 1]);
}

static void
posa_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (g_set_str (&POSA_ROW (object)->texts[id - 1], g_value_get_string (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
posa_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_ROW);
  G_OBJECT_CLASS (posa_row_parent_class)->dispose (object);
}

static void
posa_row_finalize (GObject *object)
{
  for (guint i = 0; i < G_N_ELEMENTS (POSA_ROW (object)->texts); i++)
    g_free (POSA_ROW (object)->texts[i]);
  G_OBJECT_CLASS (posa_row_parent_class)->finalize (object);
}

static void
posa_row_class_init (PosaRowClass *klass)
{
  static const char *const names[] = { "icon-name", "icon-label", "title", "value", "detail" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_row_get_property;
  object_class->set_property = posa_row_set_property;
  object_class->dispose = posa_row_dispose;
  object_class->finalize = posa_row_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_class_install_property (
        object_class, PROP_ICON_NAME + i,
        g_param_spec_string (names[i], NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));

  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_text);
}

static void
posa_row_init (PosaRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
posa_row_new_for_finding (PosaFindingRow *finding)
{
  const char *severity = posa_item_get_text (finding, "severity");
  g_autofree char *icon = posa_closure_verdict_icon (NULL, severity);
  g_autofree char *title =
      posa_closure_finding (NULL, severity, posa_item_get_text (finding, "text"));

  return g_object_new (POSA_TYPE_ROW, "icon-name", icon, "title", title, NULL);
}

GtkWidget *
posa_row_new_for_reading (PosaReadingRow *reading)
{
  const char *verdict = posa_item_get_text (reading, "verdict");
  g_autofree char *icon = posa_closure_verdict_icon (NULL, verdict);
  g_autofree char *icon_label = posa_closure_verdict_name (NULL, verdict);
  g_autofree char *detail = posa_closure_reading_detail (NULL,
                                                         posa_item_get_text (reading, "before"),
                                                         posa_item_get_text (reading, "delta"));

  return g_object_new (POSA_TYPE_ROW, "icon-name", icon, "icon-label", icon_label, "title",
                       posa_item_get_text (reading, "label"), "value",
                       posa_item_get_text (reading, "now"), "detail", detail, NULL);
}

GtkWidget *
posa_row_new_for_value (PosaVerifiedRow *value)
{
  return g_object_new (POSA_TYPE_ROW, "icon-name", "posa-ok-symbolic", "icon-label",
                       _ ("Written and read back"), "title", posa_item_get_text (value, "name"),
                       "detail", posa_item_get_text (value, "read-back"), NULL);
}

static GtkWidget *
new_choice (const char *title, const char *detail)
{
  GtkWidget *row = g_object_new (POSA_TYPE_ROW, "activatable", TRUE, "focusable", TRUE, "icon-name",
                                 "posa-todo-symbolic", "title", title, "detail", detail, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return row;
}

GtkWidget *
posa_row_new_for_meter (PosaStockItem *meter)
{
  GtkWidget *row =
      new_choice (posa_item_get_text (meter, "serial"), posa_item_get_text (meter, "kind"));

  gtk_widget_add_css_class (row, "number");
  return row;
}

GtkWidget *
posa_row_new_for_choice (const char *title)
{
  return new_choice (title, NULL);
}

static void
set_chosen (GtkWidget *row, gboolean chosen)
{
  if (chosen)
    gtk_widget_add_css_class (row, "chosen");
  else
    gtk_widget_remove_css_class (row, "chosen");
  g_object_set (row, "icon-name", chosen ? "posa-zone-green-symbolic" : "posa-todo-symbolic", NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_SELECTED, chosen, -1);
}

void
posa_row_choose (PosaRow *row)
{
  g_return_if_fail (POSA_IS_ROW (row));

  GtkWidget *list = gtk_widget_get_parent (GTK_WIDGET (row));

  for (GtkWidget *other = gtk_widget_get_first_child (list); other != NULL;
       other = gtk_widget_get_next_sibling (other))
    if (POSA_IS_ROW (other))
      set_chosen (other, other == GTK_WIDGET (row));
}

static GtkWidget *
create_cb (gpointer item, gpointer data)
{
  GtkWidget *(*row_new) (gpointer) = data;

  return row_new (item);
}

void
posa_row_bind_list (GtkListBox *box, gpointer source, const char *property, gpointer row_new)
{
  g_autoptr (GListModel) model = NULL;

  g_return_if_fail (GTK_IS_LIST_BOX (box) && G_IS_OBJECT (source) && row_new != NULL);
  g_object_get (source, property, &model, NULL);
  gtk_list_box_bind_model (box, model, create_cb, row_new, NULL);
}
