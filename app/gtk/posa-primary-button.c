/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-primary-button.h"

struct _PosaPrimaryButton
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkButton *button;
  GtkLabel *button_label;
  GtkLabel *hold_hint;
  GtkProgressBar *hold_progress;
  GtkButton *back_button;
  GtkLabel *confirm_label;

  char *label;
  gboolean guarded;
  gint64 pressed_us; /* frame time when the hold began */
  guint tick;        /* 0: not held */
};

enum
{
  PROP_LABEL = 1,
  PROP_GUARDED,
  PROP_ARMED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint activated_signal;

G_DEFINE_FINAL_TYPE (PosaPrimaryButton, posa_primary_button, ADW_TYPE_BIN)

static void
stop_hold (PosaPrimaryButton *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  gtk_progress_bar_set_fraction (self->hold_progress, 0);
}

static gboolean
is_armed (PosaPrimaryButton *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "two") == 0;
}

static void
set_armed (PosaPrimaryButton *self, gboolean armed)
{
  if (is_armed (self) == armed)
    return;
  gtk_stack_set_visible_child_name (self->stack, armed ? "two" : "one");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARMED]);
}

void
posa_primary_button_disarm (PosaPrimaryButton *self)
{
  g_return_if_fail (POSA_IS_PRIMARY_BUTTON (self));

  stop_hold (self);
  set_armed (self, FALSE);
}

static void
emit (PosaPrimaryButton *self)
{
  posa_primary_button_disarm (self);
  g_signal_emit (self, activated_signal, 0);
}

static gboolean
hold_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PosaPrimaryButton *self = POSA_PRIMARY_BUTTON (widget);
  GtkGesture *gesture = data;
  gint64 held_ms = (g_get_monotonic_time () - self->pressed_us) / 1000;

  gtk_progress_bar_set_fraction (self->hold_progress,
                                 MIN (1.0, (double) held_ms / POSA_PRIMARY_BUTTON_HOLD_MS));
  if (held_ms < POSA_PRIMARY_BUTTON_HOLD_MS)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  /* Claimed, so that the button below does not see the release as a short press. */
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  emit (self);
  return G_SOURCE_REMOVE;
}

static void
pressed_cb (PosaPrimaryButton *self, int n_press, double x, double y, GtkGesture *gesture)
{
  if (!self->guarded || !gtk_widget_is_sensitive (GTK_WIDGET (self->button)))
    return;
  stop_hold (self);
  self->pressed_us = g_get_monotonic_time ();
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), hold_tick_cb,
                                             g_object_ref (gesture), g_object_unref);
}

static void
clicked_cb (PosaPrimaryButton *self)
{
  stop_hold (self);
  if (!self->guarded)
    {
      emit (self);
      return;
    }
  set_armed (self, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->back_button));
}

static void
back_cb (PosaPrimaryButton *self)
{
  posa_primary_button_disarm (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->button));
}

void
posa_primary_button_press (PosaPrimaryButton *self)
{
  g_return_if_fail (POSA_IS_PRIMARY_BUTTON (self));

  /* When it already asks, the answer has to be given on the two buttons themselves. */
  if (!is_armed (self))
    clicked_cb (self);
}

void
posa_primary_button_set_label (PosaPrimaryButton *self, const char *label)
{
  g_return_if_fail (POSA_IS_PRIMARY_BUTTON (self));

  if (!g_set_str (&self->label, label != NULL ? label : ""))
    return;
  gtk_label_set_label (self->button_label, self->label);
  gtk_label_set_label (self->confirm_label, self->label);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}

void
posa_primary_button_set_guarded (PosaPrimaryButton *self, gboolean guarded)
{
  g_return_if_fail (POSA_IS_PRIMARY_BUTTON (self));

  posa_primary_button_disarm (self);
  if (self->guarded == guarded)
    return;
  self->guarded = guarded;
  gtk_widget_set_visible (GTK_WIDGET (self->hold_hint), guarded);
  gtk_widget_set_visible (GTK_WIDGET (self->hold_progress), guarded);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GUARDED]);
}

static void
posa_primary_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PosaPrimaryButton *self = POSA_PRIMARY_BUTTON (object);

  if (id == PROP_LABEL)
    g_value_set_string (value, self->label);
  else if (id == PROP_ARMED)
    g_value_set_boolean (value, is_armed (self));
  else
    g_value_set_boolean (value, self->guarded);
}

static void
posa_primary_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PosaPrimaryButton *self = POSA_PRIMARY_BUTTON (object);

  if (id == PROP_LABEL)
    posa_primary_button_set_label (self, g_value_get_string (value));
  else
    posa_primary_button_set_guarded (self, g_value_get_boolean (value));
}

static gboolean
posa_primary_button_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (POSA_PRIMARY_BUTTON (widget)->button));
}

static void
posa_primary_button_dispose (GObject *object)
{
  PosaPrimaryButton *self = POSA_PRIMARY_BUTTON (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  /* The bin's own child is a template child too: only one of the two may unparent it. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), POSA_TYPE_PRIMARY_BUTTON);
  g_clear_pointer (&self->label, g_free);
  G_OBJECT_CLASS (posa_primary_button_parent_class)->dispose (object);
}

static void
posa_primary_button_class_init (PosaPrimaryButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_primary_button_get_property;
  object_class->set_property = posa_primary_button_set_property;
  object_class->dispose = posa_primary_button_dispose;
  widget_class->grab_focus = posa_primary_button_grab_focus;
  properties[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, "",
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_GUARDED] =
      g_param_spec_boolean ("guarded", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_ARMED] =
      g_param_spec_boolean ("armed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  activated_signal = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/posa/Posa/posa-primary-button.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, stack);
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, button);
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, button_label);
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, hold_hint);
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, hold_progress);
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, back_button);
  gtk_widget_class_bind_template_child (widget_class, PosaPrimaryButton, confirm_label);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_hold);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, emit);
}

static void
posa_primary_button_init (PosaPrimaryButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
