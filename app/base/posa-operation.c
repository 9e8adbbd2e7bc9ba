/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-operation.h"

struct _PosaOperation
{
  GObject parent_instance;
  GMainContext *context;
  GCancellable *cancellable;
  char *title;
  char *step;
  double fraction;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_STEP,
  PROP_FRACTION,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaOperation, posa_operation, G_TYPE_OBJECT)

typedef struct
{
  PosaOperation *operation;
  double fraction;
  char *step;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_object_unref (report->operation);
  g_free (report->step);
  g_free (report);
}

static gboolean
apply_report_cb (gpointer data)
{
  Report *report = data;
  PosaOperation *self = report->operation;

  self->fraction = report->fraction;
  g_set_str (&self->step, report->step);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STEP]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  return G_SOURCE_REMOVE;
}

static void
posa_operation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PosaOperation *self = POSA_OPERATION (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_STEP:
      g_value_set_string (value, self->step);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
posa_operation_finalize (GObject *object)
{
  PosaOperation *self = POSA_OPERATION (object);

  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_free (self->title);
  g_free (self->step);
  G_OBJECT_CLASS (posa_operation_parent_class)->finalize (object);
}

static void
posa_operation_class_init (PosaOperationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = posa_operation_get_property;
  object_class->finalize = posa_operation_finalize;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STEP] = g_param_spec_string ("step", NULL, NULL, NULL, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
posa_operation_init (PosaOperation *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->step = g_strdup ("");
  self->fraction = -1;
}

PosaOperation *
posa_operation_new (const char *title)
{
  PosaOperation *self = g_object_new (POSA_TYPE_OPERATION, NULL);

  self->title = g_strdup (title);
  return self;
}

const char *
posa_operation_get_step (PosaOperation *self)
{
  return self->step;
}

double
posa_operation_get_fraction (PosaOperation *self)
{
  return self->fraction;
}

GCancellable *
posa_operation_get_cancellable (PosaOperation *self)
{
  return self->cancellable;
}

GCancellable *
posa_operation_peek_cancellable (PosaOperation *self)
{
  return self != NULL ? self->cancellable : NULL;
}

void
posa_operation_cancel (PosaOperation *self)
{
  g_cancellable_cancel (self->cancellable);
}

void
posa_operation_report (PosaOperation *self, double fraction, const char *format, ...)
{
  va_list args;

  if (self == NULL)
    return;
  Report *report = g_new (Report, 1);
  report->operation = g_object_ref (self);
  report->fraction = CLAMP (fraction, -1, 1);
  va_start (args, format);
  report->step = g_strdup_vprintf (format, args);
  va_end (args);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, apply_report_cb, report,
                              report_free);
}
