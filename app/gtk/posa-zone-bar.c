/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-zone-bar.h"

#include "gtk/posa-closures.h"

#include <glib/gi18n.h>

struct _PosaZoneBar
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *meaning;
  GtkWidget *timer_box;
  GtkLabel *timer_caption;
  GtkLabel *timer;

  PosaJob *job;
  char *zone;        /* as last shown */
  const char *alarm; /* as last shown */
  guint tick;
};

G_DEFINE_FINAL_TYPE (PosaZoneBar, posa_zone_bar, ADW_TYPE_BIN)

const char *
posa_zone_bar_get_alarm (gint64 dark_s)
{
  if (dark_s >= POSA_ZONE_BAR_ALARM_S)
    return "alarm";
  return dark_s >= POSA_ZONE_BAR_WARNING_S ? "late" : "";
}

static void
announce (PosaZoneBar *self, const char *text)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

/* The time is spoken when it gets serious, not every second. */
static void
show_alarm (PosaZoneBar *self, const char *alarm)
{
  const char *text = _ ("Customer without supply");

  if (g_str_equal (alarm, self->alarm))
    return;
  gtk_widget_remove_css_class (GTK_WIDGET (self), "late");
  gtk_widget_remove_css_class (GTK_WIDGET (self), "alarm");
  if (g_str_equal (alarm, "late"))
    text = _ ("Over 2 minutes without supply");
  else if (g_str_equal (alarm, "alarm"))
    text = _ ("ALARM: over 3 minutes without supply");
  if (*alarm != '\0')
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), alarm);
      announce (self, text);
    }
  gtk_label_set_label (self->timer_caption, text);
  self->alarm = alarm;
}

static void
show_time (PosaZoneBar *self)
{
  gint64 dark_s = self->job != NULL ? posa_job_get_dark_s (self->job) : 0;
  g_autofree char *text = posa_closure_dark_time (NULL, dark_s);

  gtk_label_set_label (self->timer, text);
  show_alarm (self, posa_zone_bar_get_alarm (dark_s));
}

static gboolean
tick_cb (gpointer data)
{
  show_time (data);
  return G_SOURCE_CONTINUE;
}

static void
show_zone (PosaZoneBar *self)
{
  const char *zone = posa_job_get_zone (self->job);

  if (g_strcmp0 (zone, self->zone) == 0)
    return;
  g_autofree char *icon = posa_closure_zone_icon (NULL, zone);
  g_autofree char *name = posa_closure_zone_name (NULL, zone);
  g_autofree char *meaning = posa_closure_zone_meaning (NULL, zone);
  g_autofree char *old_class = g_strdup_printf ("zone-%s", self->zone != NULL ? self->zone : "");
  g_autofree char *new_class = g_strdup_printf ("zone-%s", zone);
  /* translators: zone name, then what it allows: "RED: do not leave" */
  g_autofree char *spoken = g_strdup_printf (_ ("%s: %s"), name, meaning);

  gtk_widget_remove_css_class (GTK_WIDGET (self), old_class);
  gtk_widget_add_css_class (GTK_WIDGET (self), new_class);
  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->meaning, meaning);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  announce (self, spoken);
  g_set_str (&self->zone, zone);
}

static void
show_dark (PosaZoneBar *self)
{
  gboolean dark = FALSE;

  if (self->job != NULL)
    g_object_get (self->job, "dark", &dark, NULL);
  gtk_widget_set_visible (self->timer_box, dark);
  g_clear_handle_id (&self->tick, g_source_remove);
  if (dark)
    self->tick = g_timeout_add (500, tick_cb, self);
  show_time (self);
}

void
posa_zone_bar_set_job (PosaZoneBar *self, PosaJob *job)
{
  g_return_if_fail (POSA_IS_ZONE_BAR (self));

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  if (job != NULL)
    {
      g_signal_connect_swapped (job, "notify::zone", G_CALLBACK (show_zone), self);
      g_signal_connect_swapped (job, "notify::dark", G_CALLBACK (show_dark), self);
      show_zone (self);
    }
  show_dark (self);
}

static void
posa_zone_bar_dispose (GObject *object)
{
  PosaZoneBar *self = POSA_ZONE_BAR (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->zone, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), POSA_TYPE_ZONE_BAR);
  G_OBJECT_CLASS (posa_zone_bar_parent_class)->dispose (object);
}

static void
posa_zone_bar_class_init (PosaZoneBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = posa_zone_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-zone-bar.ui");
  gtk_widget_class_set_css_name (widget_class, "zonebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, PosaZoneBar, icon);
  gtk_widget_class_bind_template_child (widget_class, PosaZoneBar, name);
  gtk_widget_class_bind_template_child (widget_class, PosaZoneBar, meaning);
  gtk_widget_class_bind_template_child (widget_class, PosaZoneBar, timer_box);
  gtk_widget_class_bind_template_child (widget_class, PosaZoneBar, timer_caption);
  gtk_widget_class_bind_template_child (widget_class, PosaZoneBar, timer);
}

static void
posa_zone_bar_init (PosaZoneBar *self)
{
  self->alarm = "";
  gtk_widget_init_template (GTK_WIDGET (self));
}
