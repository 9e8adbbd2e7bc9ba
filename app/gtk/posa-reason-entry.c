/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-reason-entry.h"

#include <glib/gi18n.h>

struct _PosaReasonEntry
{
  AdwBin parent_instance;

  GtkEntry *entry;
  AdwWrapBox *usual;
};

enum
{
  PROP_TEXT = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaReasonEntry, posa_reason_entry, ADW_TYPE_BIN)

static const struct
{
  const char *topic;
  const char *reason;
} usual_reasons[] = {
  { "check-readings", N_ ("Read twice, same values") },
  { "check-readings", N_ ("Display shows the same") },
  { "tamper", N_ ("Seal broken") },
  { "tamper", N_ ("Cover opened") },
  { "tamper", N_ ("Bypass seen") },
  { "swap", N_ ("New meter does not answer") },
  { "swap", N_ ("No voltage behind the new meter") },
  { "swap", N_ ("New meter damaged") },
  { "go-on", N_ ("Meter does not answer without supply") },
  { "go-on", N_ ("Optical head cannot be seated") },
  { "go-on", N_ ("Customer's switch does not close") },
  { "make-safe", N_ ("Base isolated and covered, office called") },
};

static void
chosen_cb (GtkButton *button, PosaReasonEntry *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), gtk_button_get_label (button));
}

static void
changed_cb (PosaReasonEntry *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

void
posa_reason_entry_set_topic (PosaReasonEntry *self, const char *topic)
{
  GtkWidget *child;

  g_return_if_fail (POSA_IS_REASON_ENTRY (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->usual))) != NULL)
    adw_wrap_box_remove (self->usual, child);
  for (gsize i = 0; i < G_N_ELEMENTS (usual_reasons); i++)
    if (g_strcmp0 (usual_reasons[i].topic, topic) == 0)
      {
        GtkWidget *button = gtk_button_new_with_label (_ (usual_reasons[i].reason));
        GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

        gtk_label_set_wrap (label, TRUE);
        gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);
        gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_NONE);

        gtk_widget_add_css_class (button, "target");
        g_signal_connect (button, "clicked", G_CALLBACK (chosen_cb), self);
        adw_wrap_box_append (self->usual, button);
      }
}

const char *
posa_reason_entry_get_text (PosaReasonEntry *self)
{
  g_return_val_if_fail (POSA_IS_REASON_ENTRY (self), "");

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

static void
posa_reason_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, posa_reason_entry_get_text (POSA_REASON_ENTRY (object)));
}

static void
posa_reason_entry_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_REASON_ENTRY);
  G_OBJECT_CLASS (posa_reason_entry_parent_class)->dispose (object);
}

static void
posa_reason_entry_class_init (PosaReasonEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_reason_entry_get_property;
  object_class->dispose = posa_reason_entry_dispose;
  properties[PROP_TEXT] =
      g_param_spec_string ("text", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-reason-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaReasonEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, PosaReasonEntry, usual);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
posa_reason_entry_init (PosaReasonEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
