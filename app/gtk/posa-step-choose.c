/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-choose.h"

#include "gtk/posa-number-pad.h"
#include "gtk/posa-row.h"

struct _PosaStepChoose
{
  PosaStep parent_instance;

  GtkListBox *list;
  const char *chosen; /* serial of the row chosen on the list; borrowed from it, NULL for none */
  PosaNumberPad *pad;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (PosaStepChoose, posa_step_choose, POSA_TYPE_STEP)

/* The serial that the primary action would take; borrowed, "" for none. */
static const char *
get_serial (PosaStepChoose *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "type") == 0)
    return posa_number_pad_get_text (self->pad);
  return self->chosen != NULL ? self->chosen : "";
}

static void
fill_answer (PosaStep *step, PosaJobAnswer *answer)
{
  answer->new_serial = get_serial (POSA_STEP_CHOOSE (step));
}

static void
update_ready (PosaStepChoose *self)
{
  posa_step_set_ready (POSA_STEP (self), *get_serial (self) != '\0');
}

static void
row_activated_cb (PosaStepChoose *self, GtkListBoxRow *row)
{
  self->chosen = g_object_get_data (G_OBJECT (row), "serial");
  posa_row_choose (POSA_ROW (row));
  update_ready (self);
}

/* The rows go when the stock is read anew, and with them the choice. */
static void
stock_changed_cb (PosaStepChoose *self)
{
  self->chosen = NULL;
  update_ready (self);
}

static void
type_cb (PosaStepChoose *self)
{
  posa_number_pad_clear (self->pad);
  gtk_stack_set_visible_child_name (self->stack, "type");
  gtk_widget_child_focus (GTK_WIDGET (self->pad), GTK_DIR_TAB_FORWARD);
  update_ready (self);
}

static void
list_cb (PosaStepChoose *self)
{
  gtk_stack_set_visible_child_name (self->stack, "list");
  update_ready (self);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  GtkWidget *row = posa_row_new_for_meter (item);

  g_object_set_data_full (G_OBJECT (row), "serial", g_strdup (posa_item_get_text (item, "serial")),
                          g_free);
  return row;
}

/* Only what is in the van can be fitted. */
static gboolean
is_in_van (gpointer item, gpointer data)
{
  return g_str_equal (posa_item_get_text (item, "state"), "on-van");
}

static void
posa_step_choose_constructed (GObject *object)
{
  PosaStepChoose *self = POSA_STEP_CHOOSE (object);
  PosaStep *step = POSA_STEP (object);

  G_OBJECT_CLASS (posa_step_choose_parent_class)->constructed (object);
  GListModel *stock = posa_workspace_get_stock (posa_step_get_workspace (step));
  GtkFilter *in_van = GTK_FILTER (gtk_custom_filter_new (is_in_van, NULL, NULL));
  g_autoptr (GtkFilterListModel) fit = gtk_filter_list_model_new (g_object_ref (stock), in_van);

  gtk_list_box_bind_model (self->list, G_LIST_MODEL (fit), create_row_cb, NULL, NULL);
  g_signal_connect_object (fit, "items-changed", G_CALLBACK (stock_changed_cb), self,
                           G_CONNECT_SWAPPED);
  update_ready (self);
}

static void
posa_step_choose_dispose (GObject *object)
{
  /* The bin's own child is a template child too: only one of the two may unparent it. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_CHOOSE);
  G_OBJECT_CLASS (posa_step_choose_parent_class)->dispose (object);
}

static void
posa_step_choose_class_init (PosaStepChooseClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = posa_step_choose_constructed;
  G_OBJECT_CLASS (klass)->dispose = posa_step_choose_dispose;
  POSA_STEP_CLASS (klass)->fill_answer = fill_answer;
  g_type_ensure (POSA_TYPE_NUMBER_PAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-choose.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaStepChoose, list);
  gtk_widget_class_bind_template_child (widget_class, PosaStepChoose, pad);
  gtk_widget_class_bind_template_child (widget_class, PosaStepChoose, stack);
  gtk_widget_class_bind_template_callback (widget_class, update_ready);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, type_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_cb);
}

static void
posa_step_choose_init (PosaStepChoose *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
