/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step.h"

typedef struct
{
  PosaJob *job;
  PosaOrderItem *order;
  PosaWorkspace *workspace;
  gboolean ready;
} PosaStepPrivate;

enum
{
  PROP_JOB = 1,
  PROP_ORDER,
  PROP_WORKSPACE,
  PROP_READY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PosaStep, posa_step, ADW_TYPE_BIN)

static void
posa_step_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (POSA_STEP (object));

  if (id == PROP_JOB)
    g_value_set_object (value, priv->job);
  else if (id == PROP_ORDER)
    g_value_set_object (value, priv->order);
  else if (id == PROP_WORKSPACE)
    g_value_set_object (value, priv->workspace);
  else
    g_value_set_boolean (value, priv->ready);
}

static void
posa_step_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (POSA_STEP (object));

  if (id == PROP_JOB)
    priv->job = g_value_dup_object (value);
  else if (id == PROP_ORDER)
    priv->order = g_value_dup_object (value);
  else if (id == PROP_WORKSPACE)
    priv->workspace = g_value_dup_object (value);
  else
    posa_step_set_ready (POSA_STEP (object), g_value_get_boolean (value));
}

static void
posa_step_dispose (GObject *object)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (POSA_STEP (object));

  g_clear_object (&priv->job);
  g_clear_object (&priv->order);
  g_clear_object (&priv->workspace);
  G_OBJECT_CLASS (posa_step_parent_class)->dispose (object);
}

static void
posa_step_class_init (PosaStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GParamFlags changing = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = posa_step_get_property;
  object_class->set_property = posa_step_set_property;
  object_class->dispose = posa_step_dispose;
  properties[PROP_JOB] = g_param_spec_object ("job", NULL, NULL, POSA_TYPE_JOB, construct);
  properties[PROP_ORDER] =
      g_param_spec_object ("order", NULL, NULL, POSA_TYPE_ORDER_ITEM, construct);
  properties[PROP_WORKSPACE] =
      g_param_spec_object ("workspace", NULL, NULL, POSA_TYPE_WORKSPACE, construct);
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, TRUE, changing);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
posa_step_init (PosaStep *self)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (self);

  priv->ready = TRUE;
}

PosaWorkspace *
posa_step_get_workspace (PosaStep *self)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (self);

  g_return_val_if_fail (POSA_IS_STEP (self), NULL);
  return priv->workspace;
}

PosaJob *
posa_step_get_job (PosaStep *self)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (self);

  g_return_val_if_fail (POSA_IS_STEP (self), NULL);
  return priv->job;
}

gboolean
posa_step_is_ready (PosaStep *self)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (self);

  g_return_val_if_fail (POSA_IS_STEP (self), FALSE);
  return priv->ready;
}

void
posa_step_set_ready (PosaStep *self, gboolean ready)
{
  PosaStepPrivate *priv = posa_step_get_instance_private (self);

  g_return_if_fail (POSA_IS_STEP (self));
  if (priv->ready == ready)
    return;
  priv->ready = ready;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

void
posa_step_fill_answer (PosaStep *self, PosaJobAnswer *answer)
{
  PosaStepClass *klass = POSA_STEP_GET_CLASS (self);

  g_return_if_fail (POSA_IS_STEP (self) && answer != NULL);
  if (klass->fill_answer != NULL)
    klass->fill_answer (self, answer);
}
