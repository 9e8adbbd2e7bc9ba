/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-number-pad.h"

#include <glib/gi18n.h>

struct _PosaNumberPad
{
  AdwBin parent_instance;

  GtkLabel *caption;
  GtkEntry *entry;
  GtkGrid *keys;
  GtkButton *next_button;

  char *first; /* the first entry; NULL while it is being typed */
  char *text;  /* agreed; "" before */
};

enum
{
  PROP_TEXT = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaNumberPad, posa_number_pad, ADW_TYPE_BIN)

static void
set_text (PosaNumberPad *self, const char *text)
{
  if (g_set_str (&self->text, text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

static void
say (PosaNumberPad *self, const char *text)
{
  gtk_label_set_label (self->caption, text);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

void
posa_number_pad_clear (PosaNumberPad *self)
{
  g_return_if_fail (POSA_IS_NUMBER_PAD (self));

  g_clear_pointer (&self->first, g_free);
  set_text (self, "");
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_label_set_label (self->caption, _ ("Serial of the new meter"));
}

static void
next_cb (PosaNumberPad *self)
{
  g_autofree char *typed = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  g_strstrip (typed);
  if (*typed == '\0')
    return;
  if (self->first == NULL)
    {
      self->first = g_steal_pointer (&typed);
      gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
      say (self, _ ("Type it once more"));
    }
  else if (g_str_equal (self->first, typed))
    {
      say (self, _ ("Both entries agree"));
      set_text (self, typed);
    }
  else
    {
      posa_number_pad_clear (self);
      say (self, _ ("The two differ: start again"));
    }
}

static void
changed_cb (PosaNumberPad *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->next_button),
                            gtk_entry_get_text_length (self->entry) > 0);
  if (*self->text != '\0' &&
      g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->entry)), self->text) != 0)
    posa_number_pad_clear (self);
}

static void
key_cb (GtkButton *button, PosaNumberPad *self)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  int position = -1;

  if (g_str_equal (gtk_widget_get_name (GTK_WIDGET (button)), "delete"))
    {
      gtk_editable_delete_text (editable, (int) gtk_entry_get_text_length (self->entry) - 1, -1);
      return;
    }
  gtk_editable_insert_text (editable, gtk_button_get_label (button), 1, &position);
  gtk_editable_set_position (editable, -1);
}

static void
posa_number_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, POSA_NUMBER_PAD (object)->text);
}

static void
posa_number_pad_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_NUMBER_PAD);
  G_OBJECT_CLASS (posa_number_pad_parent_class)->dispose (object);
}

static void
posa_number_pad_finalize (GObject *object)
{
  PosaNumberPad *self = POSA_NUMBER_PAD (object);

  g_free (self->first);
  g_free (self->text);
  G_OBJECT_CLASS (posa_number_pad_parent_class)->finalize (object);
}

static void
posa_number_pad_class_init (PosaNumberPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_number_pad_get_property;
  object_class->dispose = posa_number_pad_dispose;
  object_class->finalize = posa_number_pad_finalize;
  properties[PROP_TEXT] =
      g_param_spec_string ("text", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-number-pad.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaNumberPad, caption);
  gtk_widget_class_bind_template_child (widget_class, PosaNumberPad, entry);
  gtk_widget_class_bind_template_child (widget_class, PosaNumberPad, keys);
  gtk_widget_class_bind_template_child (widget_class, PosaNumberPad, next_button);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
posa_number_pad_init (PosaNumberPad *self)
{
  self->text = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

const char *
posa_number_pad_get_text (PosaNumberPad *self)
{
  g_return_val_if_fail (POSA_IS_NUMBER_PAD (self), "");

  return self->text;
}
