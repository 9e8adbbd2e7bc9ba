/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-flow-table.h"

/* docs/flow.md is written from the tables, so that it cannot tell another workflow than the program
 * has. POSA_WRITE_DOCS=1 writes it anew. */

static const char intro[] =
    "# The workflow of a replacement\n\n"
    "Written from the tables in `app/flow/posa-flow-table.c` by `tests/flow/test-flow-doc.c`; do "
    "not edit.\n\n"
    "A zone is the worst that may be true while a job is in a state. It is entered, durably, "
    "before the crew is told to do what it stands for.\n\n"
    "- GREEN: nothing at the customer's has changed, or the work is complete.\n"
    "- AMBER: the customer may be switched off, but a meter is on the base and supplied.\n"
    "- RED: the base may be without a working meter. Left only through a meter that answered, "
    "or made safe and escalated.\n\n";

static const char *const resumes[POSA_N_RESUMES] = { "", "redo", "verify, then redo",
                                                     "ask the crew" };

static const char *
zone_of (PosaFlowState state)
{
  static const char *const names[POSA_N_ZONES] = { "GREEN", "AMBER", "RED" };

  return names[posa_flow_state_get_info (state)->zone];
}

static void
add_states (GString *text)
{
  g_string_append (text,
                   "| step | state | zone | what the screen says | by itself | after a crash |\n"
                   "|---|---|---|---|---|---|\n");
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      const PosaFlowStateInfo *info = posa_flow_state_get_info (s);
      g_autofree char *step = info->step > 0 ? g_strdup_printf ("%u", info->step) : g_strdup ("");

      g_string_append_printf (text, "| %s | %s | %s | **%s.** %s | %s | %s |\n", step, info->nick,
                              zone_of (s), info->label, info->instruction,
                              info->automatic                         ? "starts"
                              : info->effect != POSA_FLOW_EFFECT_NONE ? "on a press"
                                                                      : "",
                              info->end ? "end" : resumes[posa_flow_state_get_resume (s)]);
    }
}

/* Mermaid knows no hyphens in names. */
static char *
mermaid_name (PosaFlowState state)
{
  return g_strdelimit (g_strdup (posa_flow_state_get_info (state)->nick), "-", '_');
}

static void
add_edge (GString *text, const PosaFlowEdge *edge)
{
  g_autofree char *from = mermaid_name (edge->from);
  g_autofree char *to = mermaid_name (edge->to);

  g_string_append_printf (text, "  %s --> %s : %s%s\n", from, to,
                          posa_flow_event_to_nick (edge->event),
                          edge->guard != NULL ? " [guard]" : "");
}

static void
add_diagram (GString *text)
{
  guint n_edges;
  const PosaFlowEdge *edges = posa_flow_table_get_edges (&n_edges);

  g_string_append (text,
                   "\nWithout the events that only are noted (a failed action; a withdrawal by "
                   "the office once the work stands):\n\n```mermaid\nstateDiagram-v2\n"
                   "  [*] --> identify\n");
  for (guint i = 0; i < n_edges; i++)
    if (edges[i].from != edges[i].to)
      add_edge (text, &edges[i]);
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      g_autofree char *name = mermaid_name (s);

      if (posa_flow_state_get_info (s)->end)
        g_string_append_printf (text, "  %s --> [*]\n", name);
    }
  g_string_append (text, "```\n");
}

static void
test_document (void)
{
  g_autoptr (GString) text = g_string_new (intro);
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "docs", "flow.md", NULL);
  g_autofree char *there = NULL;
  g_autoptr (GError) error = NULL;

  add_states (text);
  add_diagram (text);
  if (g_getenv ("POSA_WRITE_DOCS") != NULL)
    g_file_set_contents (path, text->str, (gssize) text->len, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &there, NULL, &error);
  g_assert_no_error (error);
  if (g_strcmp0 (there, text->str) != 0)
    g_error ("docs/flow.md tells another workflow than the tables; run this test with "
             "POSA_WRITE_DOCS=1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/doc", test_document);
  return g_test_run ();
}
