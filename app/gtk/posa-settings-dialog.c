/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-settings-dialog.h"

#include <glib/gi18n.h>

struct _PosaSettingsDialog
{
  AdwPreferencesDialog parent_instance;

  AdwComboRow *old_port;
  AdwComboRow *new_port;
  AdwComboRow *language;
  AdwComboRow *touch_size;
  AdwSwitchRow *sun;
  AdwSpinRow *text_scale;
  GtkWidget *restart_hint;

  PosaWorkspace *workspace;
};

G_DEFINE_FINAL_TYPE (PosaSettingsDialog, posa_settings_dialog, ADW_TYPE_PREFERENCES_DIALOG)

/* In the order of the rows of the template. */
static const char *const languages[] = { "", "it", "en" };
static const char *const touch_sizes[] = { "normal", "large", "gloves" };

static const char *
get_chosen_port (AdwComboRow *row)
{
  GtkStringObject *chosen = adw_combo_row_get_selected_item (row);

  /* The first row stands for "not chosen". */
  return adw_combo_row_get_selected (row) == 0 || chosen == NULL
             ? ""
             : gtk_string_object_get_string (chosen);
}

static void
port_changed_cb (PosaSettingsDialog *self)
{
  if (self->workspace == NULL)
    return;
  posa_workspace_set_old_port (self->workspace, get_chosen_port (self->old_port));
  posa_workspace_set_new_port (self->workspace, get_chosen_port (self->new_port));
}

/* The ports that are there; the remembered one too when it is unplugged now. */
static void
fill_ports (AdwComboRow *row, const char *remembered, const char *none)
{
  g_auto (GStrv) ports = posa_workspace_list_ports ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  guint selected = 0;

  gtk_string_list_append (list, none);
  for (guint i = 0; ports[i] != NULL; i++)
    {
      gtk_string_list_append (list, ports[i]);
      if (g_strcmp0 (ports[i], remembered) == 0)
        selected = i + 1;
    }
  if (selected == 0 && remembered != NULL && *remembered != '\0')
    {
      gtk_string_list_append (list, remembered);
      selected = g_list_model_get_n_items (G_LIST_MODEL (list)) - 1;
    }
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
  adw_combo_row_set_selected (row, selected);
}

static gboolean
nick_to_position (GValue *value, GVariant *variant, gpointer data)
{
  const char *const *nicks = data;
  const char *nick = g_variant_get_string (variant, NULL);

  for (guint i = 0; i < 3; i++)
    if (g_str_equal (nicks[i], nick))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
position_to_nick (const GValue *value, const GVariantType *type, gpointer data)
{
  const char *const *nicks = data;

  return g_variant_new_string (nicks[MIN (g_value_get_uint (value), 2)]);
}

static void
bind_nicks (GSettings *settings, const char *key, gpointer row, const char *const *nicks)
{
  g_settings_bind_with_mapping (settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                nick_to_position, position_to_nick, (gpointer) nicks, NULL);
}

static void
language_changed_cb (GSettings *settings, const char *key, PosaSettingsDialog *self)
{
  gtk_widget_set_visible (self->restart_hint, TRUE);
}

AdwDialog *
posa_settings_dialog_new (PosaWorkspace *workspace, GSettings *settings)
{
  PosaSettingsDialog *self = g_object_new (POSA_TYPE_SETTINGS_DIALOG, NULL);

  fill_ports (self->old_port, posa_workspace_get_old_port (workspace), _ ("Not chosen"));
  fill_ports (self->new_port, posa_workspace_get_new_port (workspace),
              _ ("The same head as for the old meter"));
  g_set_object (&self->workspace, workspace);
  bind_nicks (settings, "language", self->language, languages);
  bind_nicks (settings, "touch-size", self->touch_size, touch_sizes);
  g_settings_bind (settings, "high-contrast", self->sun, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "text-scale", self->text_scale, "value", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::language", G_CALLBACK (language_changed_cb), self,
                           G_CONNECT_DEFAULT);
  return ADW_DIALOG (self);
}

static void
posa_settings_dialog_dispose (GObject *object)
{
  PosaSettingsDialog *self = POSA_SETTINGS_DIALOG (object);

  g_clear_object (&self->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (self), POSA_TYPE_SETTINGS_DIALOG);
  G_OBJECT_CLASS (posa_settings_dialog_parent_class)->dispose (object);
}

static void
posa_settings_dialog_class_init (PosaSettingsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = posa_settings_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/posa/Posa/posa-settings-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, old_port);
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, new_port);
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, language);
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, touch_size);
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, sun);
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, text_scale);
  gtk_widget_class_bind_template_child (widget_class, PosaSettingsDialog, restart_hint);
  gtk_widget_class_bind_template_callback (widget_class, port_changed_cb);
}

static void
posa_settings_dialog_init (PosaSettingsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
