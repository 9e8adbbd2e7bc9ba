/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

/* The guided replacement in a terminal: the same job as the application's pages. */
typedef struct
{
  PosaWorkspace *workspace;
  PosaJob *job;
  char *new_serial; /* --new-serial, used once; NULL: ask */
  gboolean yes;     /* confirm what the crew would confirm */
  gboolean interrupted;
  gint64 step_started;
  GError *error;
  gboolean answered;
} Replace;

static void
wait_until_idle (Replace *self)
{
  while (self->job != NULL && posa_job_is_busy (self->job))
    g_main_context_iteration (NULL, TRUE);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Replace *self = data;

  self->job = posa_workspace_open_job_finish (self->workspace, result, &self->error);
  self->answered = TRUE;
}

static void
stepped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Replace *self = data;

  posa_job_finish (self->job, result, &self->error);
  self->answered = TRUE;
}

static void
wait_for_answer (Replace *self)
{
  while (!self->answered)
    g_main_context_iteration (NULL, TRUE);
  self->answered = FALSE;
}

static char *
get_text (PosaJob *job, const char *property)
{
  char *text = NULL;

  g_object_get (job, property, &text, NULL);
  return text;
}

/* One line per step: time of day, zone, seconds it took, what it was. */
static void
print_step (Replace *self, const char *title, const char *zone)
{
  g_autofree char *now = posa_time_format (posa_clock_get_wall (posa_clock_get_system ()));
  gint64 end = posa_clock_get_monotonic (posa_clock_get_system ());

  printf ("%.8s  %-5s  %7.3f s  %s\n", now + 11, zone,
          (double) (end - self->step_started) / G_USEC_PER_SEC, title);
  fflush (stdout);
  self->step_started = end;
}

static void
state_changed_cb (PosaJob *job, GParamSpec *pspec, gpointer data)
{
  static char *title, *zone, *state;
  Replace *self = data;
  g_autofree char *now = get_text (job, "state");

  if (g_strcmp0 (now, state) == 0)
    return;
  if (state != NULL)
    print_step (self, title, zone);
  g_free (title);
  g_free (zone);
  g_free (state);
  title = get_text (job, "title");
  zone = g_ascii_strup (posa_job_get_zone (job), -1);
  state = g_steal_pointer (&now);
}

static gboolean
interrupted_cb (gpointer data)
{
  Replace *self = data;

  self->interrupted = TRUE;
  if (self->job != NULL)
    posa_job_cancel (self->job);
  return G_SOURCE_CONTINUE;
}

/* A line typed by the crew without its end; NULL at the end of input. */
static char *
ask (const char *question)
{
  g_autofree char *line = NULL;
  size_t size = 0;

  printf ("%s ", question);
  fflush (stdout);
  if (getline (&line, &size, stdin) < 0)
    return NULL;
  return g_strdup (g_strstrip (line));
}

static void
print_actions (PosaJob *job)
{
  g_autoptr (GListModel) actions = NULL;

  g_object_get (job, "actions", &actions, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (actions); i++)
    {
      g_autoptr (GObject) action = g_list_model_get_item (actions, i);
      printf ("    %-14s %s\n", posa_item_get_text (action, "event"),
              posa_item_get_text (action, "label"));
    }
}

static void
print_findings (PosaJob *job)
{
  g_autoptr (GListModel) findings = NULL;

  g_object_get (job, "findings", &findings, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (findings); i++)
    {
      g_autoptr (GObject) finding = g_list_model_get_item (findings, i);
      printf ("    [%s] %s\n", posa_item_get_text (finding, "severity"),
              posa_item_get_text (finding, "text"));
    }
}

/* Shows the step and reads what to do: "" the primary action, else the name of another one. */
static char *
prompt (Replace *self)
{
  g_autofree char *title = get_text (self->job, "title");
  g_autofree char *instruction = get_text (self->job, "instruction");
  g_autofree char *primary = get_text (self->job, "primary-label");

  printf ("\n[%s] %s\n  %s\n", posa_job_get_zone (self->job), title, instruction);
  if (g_str_equal (posa_job_get_state (self->job), "check-readings"))
    print_findings (self->job);
  print_actions (self->job);
  g_autofree char *question =
      g_strdup_printf (_ ("Enter = %s, or the name of an action:"), primary);
  return ask (question);
}

static gboolean
needs (gpointer object, const char *property)
{
  gboolean flag;

  g_object_get (object, property, &flag, NULL);
  return flag;
}

/* Does the primary action, asking for what it needs. FALSE: no answer, stop. */
static gboolean
advance (Replace *self)
{
  g_autofree char *serial = NULL;
  g_autofree char *reason = NULL;

  if (posa_job_needs_serial (self->job))
    serial = self->new_serial != NULL ? g_steal_pointer (&self->new_serial)
             : self->yes              ? NULL
                                      : ask (_ ("Serial number of the new meter:"));
  if (posa_job_needs_serial (self->job) && serial == NULL)
    {
      g_set_error_literal (&self->error, POSA_ERROR, POSA_ERROR_USAGE,
                           _ ("the serial number of the new meter is needed (--new-serial)"));
      return FALSE;
    }
  if (needs (self->job, "reason-needed") && !self->yes)
    reason = ask (_ ("Reason:"));
  PosaJobAnswer answer = { .new_serial = serial, .reason = reason };
  posa_job_advance_async (self->job, &answer, stepped_cb, self);
  wait_for_answer (self);
  return self->error == NULL;
}

/* The action of that name among those of the step; new reference, NULL: none. */
static PosaJobAction *
find_action (PosaJob *job, const char *event)
{
  g_autoptr (GListModel) actions = NULL;

  g_object_get (job, "actions", &actions, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (actions); i++)
    {
      g_autoptr (PosaJobAction) action = g_list_model_get_item (actions, i);
      if (g_str_equal (posa_item_get_text (action, "event"), event))
        return g_steal_pointer (&action);
    }
  return NULL;
}

static PosaOutcome
ask_outcome (void)
{
  for (const PosaOutcome *code = posa_outcome_list (); *code != POSA_OUTCOME_NONE; code++)
    printf ("    %3d  %s\n", *code, posa_outcome_get_label (*code));
  g_autofree char *answer = ask (_ ("Outcome code:"));
  guint64 code = 0;
  g_ascii_string_to_unsigned (answer != NULL ? answer : "", 10, 0, G_MAXINT, &code, NULL);
  return (PosaOutcome) code;
}

/* Does a secondary action, asking for what it needs. */
static gboolean
act (Replace *self, const char *event)
{
  g_autoptr (PosaJobAction) action = find_action (self->job, event);
  g_autofree char *reason = NULL;
  g_autofree char *serial = NULL;
  PosaJobAnswer answer = { 0 };

  if (action == NULL)
    {
      g_set_error (&self->error, POSA_ERROR, POSA_ERROR_USAGE,
                   _ ("\"%s\" is no action of this step"), event);
      return FALSE;
    }
  if (needs (action, "needs-reason"))
    reason = ask (_ ("Reason:"));
  if (needs (action, "needs-serial"))
    serial = ask (_ ("Serial number of the new meter:"));
  if (needs (action, "needs-outcome"))
    answer.outcome = ask_outcome ();
  answer.reason = reason;
  answer.new_serial = serial;
  posa_job_act_async (self->job, event, &answer, stepped_cb, self);
  wait_for_answer (self);
  return self->error == NULL;
}

/* One step by the crew. FALSE ends the loop: the error tells why; what is done stays done. */
static gboolean
do_step (Replace *self)
{
  if (self->yes)
    return advance (self);
  g_autofree char *line = prompt (self);
  if (line == NULL)
    {
      g_set_error_literal (&self->error, POSA_ERROR, POSA_ERROR_CANCELLED,
                           _ ("input ended; the work goes on here at the next start"));
      return FALSE;
    }
  gboolean done = line[0] == '\0' ? advance (self) : act (self, line);
  if (!done && !self->interrupted)
    {
      /* A crew sees the error and tries again; only a script ends here. */
      printf ("  ! %s\n  %s\n", self->error->message, posa_error_get_advice (self->error));
      g_clear_error (&self->error);
    }
  return !self->interrupted;
}

/* Steps that start by themselves may fail by themselves: that is an error of the run as well. */
static void
check_automatic (Replace *self)
{
  g_autofree char *text = get_text (self->job, "error-text");

  if (self->error == NULL && self->yes && text[0] != '\0' && !posa_job_is_finished (self->job))
    g_set_error_literal (&self->error, POSA_ERROR, POSA_ERROR_FAILED, text);
}

static void
run (Replace *self, const char *order_id)
{
  posa_workspace_open_job_async (self->workspace, order_id, opened_cb, self);
  wait_for_answer (self);
  if (self->job == NULL)
    return;
  g_autofree char *hint = get_text (self->job, "hint");
  if (hint[0] != '\0')
    printf ("%s\n", hint);
  self->step_started = posa_clock_get_monotonic (posa_clock_get_system ());
  state_changed_cb (self->job, NULL, self);
  g_signal_connect (self->job, "notify::state", G_CALLBACK (state_changed_cb), self);
  for (;;)
    {
      wait_until_idle (self);
      check_automatic (self);
      if (self->error != NULL || posa_job_is_finished (self->job) || !do_step (self))
        return;
    }
}

static void
print_end (Replace *self)
{
  g_autofree char *title = get_text (self->job, "title");
  g_autofree char *number = get_text (self->job, "report-number");
  g_autoptr (GError) error = NULL;

  printf ("%s\n", title);
  if (number[0] == '\0')
    return;
  g_autofree char *path =
      posa_workspace_export_report (self->workspace, posa_job_get_order_id (self->job), &error);
  printf (_ ("Report %s: %s\n"), number, path != NULL ? path : error->message);
}

int
posa_cli_replace (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *old_port = NULL;
  g_autofree char *new_port = NULL;
  Replace self = { 0 };
  const GOptionEntry entries[] = {
    { "old-port", 0, 0, G_OPTION_ARG_FILENAME, &old_port, N_ ("optical head at the old meter"),
      N_ ("PATH") },
    { "new-port", 0, 0, G_OPTION_ARG_FILENAME, &new_port,
      N_ ("optical head at the new meter (default: the same)"), N_ ("PATH") },
    { "new-serial", 0, 0, G_OPTION_ARG_STRING, &self.new_serial,
      N_ ("serial number of the new meter"), N_ ("SERIAL") },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self.yes,
      N_ ("answer every question of the crew with the primary action"), NULL },
    { NULL }
  };
  int status = 0;

  if (!posa_cli_parse (_ ("ORDER"),
                       _ ("Does the replacement of one order, or resumes it where it stands."),
                       entries, &argc, &argv, 1, &status))
    return status;
  self.workspace = posa_cli_open_workspace (cli);
  if (self.workspace == NULL)
    return 1;
  if (old_port != NULL)
    posa_workspace_set_old_port (self.workspace, old_port);
  if (new_port != NULL || old_port != NULL)
    posa_workspace_set_new_port (self.workspace, new_port != NULL ? new_port : "");
  guint sources[] = { g_unix_signal_add (SIGINT, interrupted_cb, &self),
                      g_unix_signal_add (SIGTERM, interrupted_cb, &self) };
  run (&self, argv[1]);
  if (self.error != NULL)
    status = posa_cli_fail (self.error);
  else
    print_end (&self);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_clear_error (&self.error);
  g_clear_object (&self.job);
  g_clear_object (&self.workspace);
  g_free (self.new_serial);
  return status;
}
