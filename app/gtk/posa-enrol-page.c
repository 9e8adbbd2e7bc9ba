/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-enrol-page.h"

#include "base/posa-error.h"
#include "gtk/posa-primary-button.h"

#include <glib/gi18n.h>

struct _PosaEnrolPage
{
  AdwNavigationPage parent_instance;

  AdwEntryRow *url;
  AdwEntryRow *code;
  AdwEntryRow *fingerprint;
  AdwActionRow *certificate;
  GtkLabel *status;
  GtkWidget *spinner;
  PosaPrimaryButton *primary_button;

  PosaWorkspace *workspace;
  GFile *ca_file; /* NULL: the fingerprint pins the portal */
  gboolean busy;
};

enum
{
  PROP_WORKSPACE = 1,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (PosaEnrolPage, posa_enrol_page, ADW_TYPE_NAVIGATION_PAGE)

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
update_ready (PosaEnrolPage *self)
{
  gboolean pinned = self->ca_file != NULL || *get_text (self->fingerprint) != '\0';

  gtk_widget_set_sensitive (GTK_WIDGET (self->primary_button), !self->busy && pinned &&
                                                                   *get_text (self->url) != '\0' &&
                                                                   *get_text (self->code) != '\0');
}

static void
set_busy (PosaEnrolPage *self, gboolean busy, const char *status)
{
  self->busy = busy;
  gtk_widget_set_visible (self->spinner, busy);
  gtk_label_set_label (self->status, status);
  gtk_widget_set_visible (GTK_WIDGET (self->status), *status != '\0');
  if (*status != '\0')
    gtk_accessible_announce (GTK_ACCESSIBLE (self), status,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  update_ready (self);
}

static void
enrolled_cb (GObject *workspace, GAsyncResult *result, gpointer data)
{
  g_autoptr (PosaEnrolPage) self = data;
  g_autoptr (GError) error = NULL;

  if (posa_workspace_enrol_finish (POSA_WORKSPACE (workspace), result, &error))
    {
      set_busy (self, FALSE, "");
      return;
    }
  g_autofree char *text = g_strdup_printf ("%s\n%s", error->message, posa_error_get_advice (error));
  set_busy (self, FALSE, text);
}

static void
enrol_cb (PosaEnrolPage *self)
{
  g_autofree char *ca_path = self->ca_file != NULL ? g_file_get_path (self->ca_file) : NULL;
  const char *fingerprint = get_text (self->fingerprint);

  set_busy (self, TRUE, _ ("Asking the portal…"));
  posa_workspace_enrol_async (self->workspace, get_text (self->url), get_text (self->code), ca_path,
                              ca_path == NULL ? fingerprint : NULL, NULL, enrolled_cb,
                              g_object_ref (self));
}

static void
file_chosen_cb (GObject *dialog, GAsyncResult *result, gpointer data)
{
  g_autoptr (PosaEnrolPage) self = data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (dialog), result, NULL);

  if (file == NULL)
    return;
  g_set_object (&self->ca_file, file);
  adw_action_row_set_subtitle (self->certificate, g_file_peek_path (file));
  update_ready (self);
}

static void
choose_file_cb (PosaEnrolPage *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Certificate of the office"));
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                        file_chosen_cb, g_object_ref (self));
}

static void
posa_enrol_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_ENROL_PAGE (object)->workspace);
}

static void
posa_enrol_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (g_set_object (&POSA_ENROL_PAGE (object)->workspace, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
posa_enrol_page_dispose (GObject *object)
{
  PosaEnrolPage *self = POSA_ENROL_PAGE (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->ca_file);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_ENROL_PAGE);
  G_OBJECT_CLASS (posa_enrol_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-enrol-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, url);
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, code);
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, certificate);
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, status);
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PosaEnrolPage, primary_button);
  gtk_widget_class_bind_template_callback (widget_class, update_ready);
  gtk_widget_class_bind_template_callback (widget_class, enrol_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_file_cb);
}

static void
posa_enrol_page_class_init (PosaEnrolPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = posa_enrol_page_get_property;
  object_class->set_property = posa_enrol_page_set_property;
  object_class->dispose = posa_enrol_page_dispose;
  g_object_class_install_property (
      object_class, PROP_WORKSPACE,
      g_param_spec_object ("workspace", NULL, NULL, POSA_TYPE_WORKSPACE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_type_ensure (POSA_TYPE_PRIMARY_BUTTON);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
posa_enrol_page_init (PosaEnrolPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_ready (self);
}
