/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-closures.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *nick;
  const char *text;
} Word;

static const char *
look_up (const Word *words, gsize n_words, const char *nick, const char *otherwise)
{
  for (gsize i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i].nick, nick) == 0)
      return words[i].text;
  return otherwise;
}

#define LOOK_UP(words, nick, otherwise) look_up (words, G_N_ELEMENTS (words), nick, otherwise)

char *
posa_closure_dark_time (gpointer self, gint64 seconds)
{
  gint64 shown = MAX (seconds, 0);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d", shown / 60, (int) (shown % 60));
}

char *
posa_closure_zone_name (gpointer self, const char *zone)
{
  static const Word words[] = {
    { "green", N_ ("GREEN") },
    { "amber", N_ ("AMBER") },
    { "red", N_ ("RED") },
  };

  return g_strdup (_ (LOOK_UP (words, zone, N_ ("GREEN"))));
}

char *
posa_closure_zone_meaning (gpointer self, const char *zone)
{
  static const Word words[] = {
    { "green", N_ ("You can stop here") },
    { "amber", N_ ("Finish, or restore the supply first") },
    { "red", N_ ("Do not leave: finish or make safe") },
  };

  return g_strdup (_ (LOOK_UP (words, zone, N_ ("You can stop here"))));
}

char *
posa_closure_zone_icon (gpointer self, const char *zone)
{
  static const Word words[] = {
    { "green", "posa-zone-green-symbolic" },
    { "amber", "posa-zone-amber-symbolic" },
    { "red", "posa-zone-red-symbolic" },
  };

  return g_strdup (LOOK_UP (words, zone, "posa-zone-green-symbolic"));
}

char *
posa_closure_verdict_icon (gpointer self, const char *verdict)
{
  static const Word words[] = {
    { "ok", "posa-ok-symbolic" },
    { "info", "posa-info-symbolic" },
    { "warning", "posa-zone-amber-symbolic" },
    { "stop", "posa-zone-red-symbolic" },
  };

  return g_strdup (LOOK_UP (words, verdict, "posa-info-symbolic"));
}

char *
posa_closure_verdict_name (gpointer self, const char *verdict)
{
  static const Word words[] = {
    { "ok", N_ ("In order") },
    { "info", N_ ("Note") },
    { "warning", N_ ("Look again") },
    { "stop", N_ ("Stop") },
  };

  return g_strdup (_ (LOOK_UP (words, verdict, N_ ("Note"))));
}

char *
posa_closure_state_icon (gpointer self, const char *state)
{
  static const Word words[] = {
    { "assigned", "posa-todo-symbolic" },
    { "in-progress", "posa-running-symbolic" },
    { "done", "posa-ok-symbolic" },
    { "aborted", "posa-zone-amber-symbolic" },
    { "withdrawn", "posa-withdrawn-symbolic" },
    { "queued", "posa-ok-symbolic" },
    { "sending", "posa-sending-symbolic" },
    { "held", "posa-sending-symbolic" },
    { "delivered", "posa-received-symbolic" },
    { "refused", "posa-zone-red-symbolic" },
    { "conflict", "posa-zone-amber-symbolic" },
  };

  return g_strdup (LOOK_UP (words, state, "posa-todo-symbolic"));
}

char *
posa_closure_finding (gpointer self, const char *severity, const char *text)
{
  g_autofree char *name = posa_closure_verdict_name (self, severity);

  /* translators: severity, then what was found: "Stop: the serial differs" */
  return g_strdup_printf (_ ("%s: %s"), name, text != NULL ? text : "");
}

gboolean
posa_closure_has_text (gpointer self, const char *text)
{
  return text != NULL && *text != '\0';
}

gboolean
posa_closure_has_items (gpointer self, GListModel *list)
{
  return list != NULL && g_list_model_get_n_items (list) > 0;
}

char *
posa_closure_unsent (gpointer self, guint count)
{
  if (count == 0)
    return g_strdup (_ ("Delivery: all received"));
  return g_strdup_printf (
      ngettext ("Delivery: %u not received yet", "Delivery: %u not received yet", count), count);
}

char *
posa_closure_step (gpointer self, guint step, guint n_steps)
{
  return step == 0 || n_steps == 0 ? g_strdup ("")
                                   : g_strdup_printf (_ ("Step %u of %u"), step, n_steps);
}

char *
posa_closure_reading_detail (gpointer self, const char *before, const char *delta)
{
  if (!posa_closure_has_text (self, before))
    return g_strdup ("");
  /* translators: last known value of a register, then how much it has grown */
  return g_strdup_printf (_ ("Last known %s, difference %s"), before, delta);
}
