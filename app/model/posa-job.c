/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-job-private.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"

#include <glib/gi18n-lib.h>

struct _PosaJob
{
  GObject parent_instance;
  PosaWorker *worker;
  PosaWorkContext *context; /* used and freed in the work thread only */
  PosaWorkOrder *order;
  PosaFlowSnapshot *snapshot;
  gint64 snapshot_monotonic;
  PosaOperation *operation; /* while busy */
  char *error_text;
  const char *error_advice; /* static */
  GListStore *actions, *readings, *activation, *findings, *verified;
};

enum
{
  PROP_0,
  PROP_ORDER_ID,
  PROP_STATE,
  PROP_ZONE,
  PROP_PAGE,
  PROP_TITLE,
  PROP_INSTRUCTION,
  PROP_PRIMARY_LABEL,
  PROP_HINT,
  PROP_ERROR_TEXT,
  PROP_ERROR_ADVICE,
  PROP_NEW_SERIAL,
  PROP_REPORT_NUMBER,
  PROP_HARDWARE,
  PROP_SERIAL_NEEDED,
  PROP_REASON_NEEDED,
  PROP_HOLD,
  PROP_BUSY,
  PROP_FINISHED,
  PROP_DARK,
  PROP_STEP,
  PROP_N_STEPS,
  PROP_OPERATION,
  PROP_ACTIONS,
  PROP_READINGS,
  PROP_ACTIVATION,
  PROP_FINDINGS,
  PROP_VERIFIED,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaJob, posa_job, G_TYPE_OBJECT)

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static const char *
get_text (PosaJob *self, guint id)
{
  const PosaFlowSnapshot *at = self->snapshot;

  switch (id)
    {
    case PROP_ORDER_ID:
      return at->order_id;
    case PROP_STATE:
      return at->nick;
    case PROP_ZONE:
      return posa_zone_to_nick (at->zone);
    case PROP_PAGE:
      return at->page;
    case PROP_TITLE:
      return at->label;
    case PROP_INSTRUCTION:
      return at->instruction;
    case PROP_PRIMARY_LABEL:
      return or_empty (at->primary_label);
    case PROP_HINT:
      return or_empty (at->hint);
    case PROP_ERROR_TEXT:
      return or_empty (self->error_text);
    case PROP_ERROR_ADVICE:
      return or_empty (self->error_advice);
    case PROP_NEW_SERIAL:
      return or_empty (at->new_serial);
    default:
      return or_empty (at->report_number);
    }
}

static gboolean
get_flag (PosaJob *self, guint id)
{
  const PosaFlowSnapshot *at = self->snapshot;

  switch (id)
    {
    case PROP_HARDWARE:
      return at->effect != POSA_FLOW_EFFECT_NONE;
    case PROP_SERIAL_NEEDED:
      return (at->primary_needs & POSA_FLOW_NEEDS_SERIAL) != 0;
    case PROP_REASON_NEEDED:
      return (at->primary_needs & POSA_FLOW_NEEDS_REASON) != 0;
    case PROP_HOLD:
      return (at->primary_needs & POSA_FLOW_NEEDS_HOLD) != 0;
    case PROP_BUSY:
      return self->operation != NULL;
    case PROP_FINISHED:
      return at->end;
    default:
      return at->dark;
    }
}

static gpointer
get_object (PosaJob *self, guint id)
{
  switch (id)
    {
    case PROP_OPERATION:
      return self->operation;
    case PROP_ACTIONS:
      return self->actions;
    case PROP_READINGS:
      return self->readings;
    case PROP_ACTIVATION:
      return self->activation;
    case PROP_FINDINGS:
      return self->findings;
    default:
      return self->verified;
    }
}

static void
posa_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PosaJob *self = POSA_JOB (object);

  if (id < PROP_HARDWARE)
    g_value_set_string (value, get_text (self, id));
  else if (id < PROP_STEP)
    g_value_set_boolean (value, get_flag (self, id));
  else if (id == PROP_STEP)
    g_value_set_uint (value, self->snapshot->step);
  else if (id == PROP_N_STEPS)
    g_value_set_uint (value, POSA_FLOW_N_STEPS);
  else
    g_value_set_object (value, get_object (self, id));
}

static gpointer
do_nothing (gpointer data, PosaOperation *operation, GError **error)
{
  return NULL;
}

static void
posa_job_dispose (GObject *object)
{
  PosaJob *self = POSA_JOB (object);

  if (self->operation != NULL)
    posa_operation_cancel (self->operation);
  /* The context dies where it lived: behind whatever the work thread is still doing with it. */
  if (self->context != NULL)
    posa_worker_push (self->worker, NULL, do_nothing, g_steal_pointer (&self->context),
                      (GDestroyNotify) posa_work_context_free, NULL, NULL, NULL);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (posa_job_parent_class)->dispose (object);
}

static void
posa_job_finalize (GObject *object)
{
  PosaJob *self = POSA_JOB (object);

  g_clear_object (&self->operation);
  g_clear_object (&self->actions);
  g_clear_object (&self->readings);
  g_clear_object (&self->activation);
  g_clear_object (&self->findings);
  g_clear_object (&self->verified);
  g_clear_pointer (&self->snapshot, posa_flow_snapshot_free);
  g_clear_pointer (&self->order, posa_work_order_free);
  g_free (self->error_text);
  G_OBJECT_CLASS (posa_job_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  static const char *const texts[] = { "order-id",      "state",      "zone",
                                       "page",          "title",      "instruction",
                                       "primary-label", "hint",       "error-text",
                                       "error-advice",  "new-serial", "report-number" };
  static const char *const flags[] = { "hardware", "serial-needed", "reason-needed", "hold",
                                       "busy",     "finished",      "dark" };
  static const char *const lists[] = { "actions", "readings", "activation", "findings",
                                       "verified" };
  GParamFlags access = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    properties[PROP_ORDER_ID + i] = g_param_spec_string (texts[i], NULL, NULL, NULL, access);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    properties[PROP_HARDWARE + i] = g_param_spec_boolean (flags[i], NULL, NULL, FALSE, access);
  properties[PROP_STEP] = g_param_spec_uint ("step", NULL, NULL, 0, G_MAXUINT, 0, access);
  properties[PROP_N_STEPS] = g_param_spec_uint ("n-steps", NULL, NULL, 0, G_MAXUINT, 0, access);
  properties[PROP_OPERATION] =
      g_param_spec_object ("operation", NULL, NULL, POSA_TYPE_OPERATION, access);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    properties[PROP_ACTIONS + i] =
        g_param_spec_object (lists[i], NULL, NULL, G_TYPE_LIST_MODEL, access);
  g_object_class_install_properties (klass, N_PROPS, properties);
}

static void
posa_job_class_init (PosaJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = posa_job_get_property;
  object_class->dispose = posa_job_dispose;
  object_class->finalize = posa_job_finalize;
  install_properties (object_class);
}

static void
posa_job_init (PosaJob *self)
{
  self->actions = g_list_store_new (POSA_TYPE_JOB_ACTION);
  self->readings = g_list_store_new (POSA_TYPE_READING_ROW);
  self->activation = g_list_store_new (POSA_TYPE_READING_ROW);
  self->findings = g_list_store_new (POSA_TYPE_FINDING_ROW);
  self->verified = g_list_store_new (POSA_TYPE_VERIFIED_ROW);
}

static void
notify_all (PosaJob *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_error (PosaJob *self, const char *text, const char *advice)
{
  g_set_str (&self->error_text, text);
  self->error_advice = advice;
}

/* Takes a snapshot that is durable by now; everything that is shown follows from it. */
static void
take_snapshot (PosaJob *self, PosaFlowSnapshot *snapshot)
{
  g_clear_pointer (&self->snapshot, posa_flow_snapshot_free);
  self->snapshot = snapshot;
  self->snapshot_monotonic = posa_clock_get_monotonic (posa_clock_get_system ());
  if (snapshot->refusal != NULL)
    set_error (self, snapshot->refusal, NULL);
  else
    set_error (self, snapshot->error_text, snapshot->advice);
  posa_job_rows_fill_actions (self->actions, snapshot);
  posa_job_rows_fill_readings (self->readings, snapshot->removal, self->order, snapshot->findings);
  posa_job_rows_fill_readings (self->activation, snapshot->activation, NULL, NULL);
  posa_job_rows_fill_findings (self->findings, snapshot->findings);
  posa_job_rows_fill_verified (self->verified, snapshot->verified);
}

typedef struct
{
  PosaWorkContext *context; /* borrowed: the job keeps it until the work thread is done */
  gboolean perform;
  PosaFlowEvent event;
  PosaFlowEvidence *evidence;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  posa_flow_evidence_free (request->evidence);
  g_free (request);
}

static gpointer
run_request (gpointer data, PosaOperation *operation, GError **error)
{
  Request *request = data;
  PosaFlowRun *run = posa_work_context_get_run (request->context);

  if (request->perform)
    return posa_work_context_refresh_ports (request->context, error)
               ? posa_flow_run_perform (run, operation, error)
               : NULL;
  return posa_flow_run_send (run, request->event, request->evidence, error);
}

static void start_automatic (PosaJob *self);

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PosaJob *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  PosaFlowSnapshot *snapshot = posa_worker_finish (POSA_WORKER (source), result, &error);

  g_clear_object (&self->operation);
  if (snapshot != NULL)
    take_snapshot (self, snapshot);
  else
    set_error (self, error->message, posa_error_get_advice (error));
  if (snapshot != NULL && self->error_text == NULL)
    start_automatic (self);
  notify_all (self);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (snapshot->refusal != NULL)
    g_task_return_new_error (task, POSA_ERROR, POSA_ERROR_GUARD_FAILED, "%s", snapshot->refusal);
  else if (snapshot->error_text != NULL)
    g_task_return_new_error (task, POSA_ERROR, snapshot->error_code, "%s", snapshot->error_text);
  else
    g_task_return_boolean (task, TRUE);
}

static void
push_request (PosaJob *self, Request *request, GTask *task)
{
  request->context = self->context;
  self->operation = posa_operation_new (self->snapshot->label);
  posa_worker_push (self->worker, self->operation, run_request, request, request_free,
                    (GDestroyNotify) posa_flow_snapshot_free, finished_cb, task);
}

static void
start_automatic (PosaJob *self)
{
  if (!self->snapshot->automatic || self->snapshot->end)
    return;
  Request *request = g_new0 (Request, 1);
  request->perform = TRUE;
  push_request (self, request, g_task_new (self, NULL, NULL, NULL));
}

static Request *
request_new (PosaFlowEvent event, const PosaJobAnswer *answer)
{
  Request *request = g_new0 (Request, 1);

  request->event = event;
  request->evidence = posa_flow_evidence_new ();
  if (answer == NULL)
    return request;
  posa_flow_evidence_set (request->evidence, POSA_FLOW_KEY_REASON, answer->reason);
  posa_flow_evidence_set (request->evidence, POSA_FLOW_KEY_SERIAL, answer->new_serial);
  if (answer->outcome != POSA_OUTCOME_NONE)
    posa_flow_evidence_set_int (request->evidence, POSA_FLOW_KEY_OUTCOME, answer->outcome);
  return request;
}

/* One thing at a time: a second press while the first is being done is no step. */
static void
submit (PosaJob *self, Request *request, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  if (self->operation != NULL)
    {
      request_free (request);
      g_task_return_new_error (task, POSA_ERROR, POSA_ERROR_GUARD_FAILED, "%s",
                               _ ("The last step is still being done."));
      return;
    }
  set_error (self, NULL, NULL);
  push_request (self, request, g_steal_pointer (&task));
  notify_all (self);
}

PosaJob *
posa_job_new (PosaWorker *worker, PosaWorkContext *context)
{
  PosaJob *self = g_object_new (POSA_TYPE_JOB, NULL);

  self->worker = g_object_ref (worker);
  self->context = context;
  self->order = posa_work_context_steal_order (context);
  take_snapshot (self, posa_work_context_steal_snapshot (context));
  if (self->error_text == NULL)
    start_automatic (self);
  return self;
}

void
posa_job_advance_async (PosaJob *self,
                        const PosaJobAnswer *answer,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  Request *request = request_new (self->snapshot->primary, answer);

  request->perform = self->snapshot->effect != POSA_FLOW_EFFECT_NONE;
  submit (self, request, callback, data);
}

void
posa_job_act_async (PosaJob *self,
                    const char *event,
                    const PosaJobAnswer *answer,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  PosaFlowEvent which;

  if (posa_flow_event_from_nick (event, &which))
    submit (self, request_new (which, answer), callback, data);
  else
    g_task_report_new_error (self, callback, data, posa_job_act_async, POSA_ERROR, POSA_ERROR_USAGE,
                             "no action \"%s\"", event);
}

gboolean
posa_job_finish (PosaJob *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
posa_job_cancel (PosaJob *self)
{
  if (self->operation != NULL)
    posa_operation_cancel (self->operation);
}

const char *
posa_job_get_order_id (PosaJob *self)
{
  return get_text (self, PROP_ORDER_ID);
}

const char *
posa_job_get_state (PosaJob *self)
{
  return get_text (self, PROP_STATE);
}

const char *
posa_job_get_zone (PosaJob *self)
{
  return get_text (self, PROP_ZONE);
}

const char *
posa_job_get_page (PosaJob *self)
{
  return get_text (self, PROP_PAGE);
}

gboolean
posa_job_is_busy (PosaJob *self)
{
  return self->operation != NULL;
}

gboolean
posa_job_is_finished (PosaJob *self)
{
  return self->snapshot->end;
}

gboolean
posa_job_needs_serial (PosaJob *self)
{
  return get_flag (self, PROP_SERIAL_NEEDED);
}

gint64
posa_job_get_dark_s (PosaJob *self)
{
  gint64 since = posa_clock_get_monotonic (posa_clock_get_system ()) - self->snapshot_monotonic;

  return self->snapshot->dark ? (self->snapshot->dark_us + since) / G_USEC_PER_SEC : 0;
}
