/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "sim/posa-sim-model.h"

#include <locale.h>
#include <string.h>

static const char summary[] =
    "A simulated meter on a pseudo-terminal; prints \"ready PATH\" when it listens.\n"
    "  1g  IEC 62056-21 modes A, B and C, --kind m1, m1b, m3 or m3b\n"
    "  2g  DLMS/COSEM over HDLC, at once or behind a sign-on (mode E)\n\n"
    "The line can be bad; all chances follow from the seed. A byte is one of either side unless it "
    "is\n"
    "the meter's. After --unplug the device is there again within a second, at the same PATH.\n\n"
    "Keys of --set for 1g: serial, customer_number, firmware, identification, password,\n"
    "register.CODE (Wh, varh, W), omit (a code), clock_offset (s), status (hex),\n"
    "relay (open, closed), reaction_ms, inactivity_ms, and bad behaviour with fault:\n"
    "bcc:N, silent, garbage, late:MS, stay300, cut:N. The fourth character of identification\n"
    "is the speed: a digit for mode C, A to I for mode B, else mode A. How makers differ: style\n"
    "(full-codes, no-star, no-unit, empty-unit, padded, lf, indented, history, own-lines,\n"
    "stuck-end, empty-values, garbage, echo, partial), block (characters of a partial block),\n"
    "refusal (of a wrong password: break, nak, error), algorithm (of P2), wake_up (yes, no).\n"
    "Who is called: device_address (the serial), general_call (no: heeds its address only).\n"
    "For 2g see docs/meters.md.";

typedef struct
{
  char *kind, *link, *dump;
  gint64 seed;
  gboolean pace, no_pace, echo;
  double noise, lose, insert, late;
  int hole_ms, split_ms;
  gint64 hole_at, unplug_at, fault_seed;
  char **settings;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->kind);
  g_free (options->link);
  g_free (options->dump);
  g_strfreev (options->settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What a dump needs. */
typedef struct
{
  const PosaSimModel *model;
  gpointer meter;
  const char *path;
} Running;

static void
dump_cb (gpointer data)
{
  Running *running = data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;

  if (running->path == NULL)
    return;
  json_builder_begin_object (builder);
  running->model->dump (running->meter, builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (root, TRUE);
  char *text = g_strconcat (json, "\n", NULL);
  g_autoptr (GBytes) content = g_bytes_new_take (text, strlen (text));
  if (!posa_file_write (running->path, content, 0644, &error))
    g_printerr ("posa-sim: %s\n", error->message);
}

char *
posa_sim_setup_take (const PosaSimSetup *setup, const char *key)
{
  gpointer stolen_key = NULL, value = NULL;

  g_hash_table_steal_extended (setup->settings, key, &stolen_key, &value);
  g_free (stolen_key);
  return value;
}

gboolean
posa_sim_setup_check_empty (const PosaSimSetup *setup, GError **error)
{
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (setup->settings, NULL);

  if (g_hash_table_size (setup->settings) == 0)
    return TRUE;
  g_autofree char *names = g_strjoinv (", ", (char **) keys);
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set: unknown key %s", names);
  return FALSE;
}

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "kind", 0, 0, G_OPTION_ARG_STRING, &options->kind, "Kind of meter", "KIND" },
    { "link", 0, 0, G_OPTION_ARG_FILENAME, &options->link, "Where clients open it", "PATH" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "All values follow from it", "N" },
    { "pace", 0, 0, G_OPTION_ARG_NONE, &options->pace, "Bytes take their time (default)", NULL },
    { "no-pace", 0, 0, G_OPTION_ARG_NONE, &options->no_pace, "As fast as it goes", NULL },
    { "echo", 0, 0, G_OPTION_ARG_NONE, &options->echo, "The head echoes what it sends", NULL },
    { "fault-seed", 0, 0, G_OPTION_ARG_INT64, &options->fault_seed,
      "All chances follow from it (--seed)", "N" },
    { "noise", 0, 0, G_OPTION_ARG_DOUBLE, &options->noise, "Chance of a byte: a bit flips", "P" },
    { "lose", 0, 0, G_OPTION_ARG_DOUBLE, &options->lose, "Chance of a byte: it is lost", "P" },
    { "insert", 0, 0, G_OPTION_ARG_DOUBLE, &options->insert,
      "Chance of a byte: another comes before", "P" },
    { "late", 0, 0, G_OPTION_ARG_DOUBLE, &options->late,
      "Chance of an answer: later than clients wait", "P" },
    { "hole", 0, 0, G_OPTION_ARG_INT, &options->hole_ms, "Nothing passes for so long …", "MS" },
    { "at", 0, 0, G_OPTION_ARG_INT64, &options->hole_at, "… from this byte of the meter on",
      "BYTE" },
    { "split", 0, 0, G_OPTION_ARG_INT, &options->split_ms,
      "The client gets bytes in bursts, as from USB (16)", "MS" },
    { "unplug", 0, 0, G_OPTION_ARG_INT64, &options->unplug_at, "With this byte the device is gone",
      "BYTE" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->settings, "A value", "KEY=VALUE" },
    { "dump", 0, 0, G_OPTION_ARG_FILENAME, &options->dump,
      "State as JSON on SIGUSR1 and at the end", "FILE" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("1g|2g --link PATH");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, summary);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc == 2 && options->link != NULL && !(options->pace && options->no_pace))
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE,
                       "one kind of meter, 1g or 2g, and --link PATH; see --help");
  return FALSE;
}

static GHashTable *
parse_settings (char **settings, GError **error)
{
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      char *equals = strchr (settings[i], '=');
      if (equals == NULL)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set %s: KEY=VALUE expected",
                       settings[i]);
          return NULL;
        }
      g_hash_table_replace (table, g_strndup (settings[i], (gsize) (equals - settings[i])),
                            g_strdup (equals + 1));
    }
  return g_steal_pointer (&table);
}

static gboolean
serve (Options *options, const PosaSimModel *model, gpointer meter, GError **error)
{
  Running running = { model, meter, options->dump };
  PosaSimLineOptions line_options = {
    .link_path = options->link,
    .pace = !options->no_pace,
    .echo = options->echo,
    .faults = { .seed = (guint64) (options->fault_seed != 0 ? options->fault_seed : options->seed),
                .noise = options->noise,
                .lose = options->lose,
                .insert = options->insert,
                .late = options->late,
                .hole_ms = (guint) MAX (0, options->hole_ms),
                .hole_at = (guint64) options->hole_at,
                .split_ms = (guint) MAX (0, options->split_ms),
                .unplug_at = (guint64) options->unplug_at },
    .dump = dump_cb,
    .dump_data = &running,
  };
  g_autoptr (PosaSimLine) line = posa_sim_line_new (&line_options, error);

  if (line == NULL)
    return FALSE;
  g_print ("ready %s\n", options->link);
  model->serve (meter, line);
  dump_cb (&running);
  return TRUE;
}

static gboolean
run (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { .seed = 1 };

  if (!parse_options (&options, &argc, &argv, error))
    return FALSE;
  const PosaSimModel *model = strcmp (argv[1], "1g") == 0   ? &posa_sim_1g
                              : strcmp (argv[1], "2g") == 0 ? &posa_sim_2g
                                                            : NULL;
  g_autoptr (GHashTable) settings = parse_settings (options.settings, error);
  PosaSimSetup setup = { options.kind, (guint64) options.seed, settings };
  if (settings == NULL)
    return FALSE;
  if (model == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "\"%s\": a meter is 1g or 2g", argv[1]);
      return FALSE;
    }
  gpointer meter = model->create (&setup, error);
  if (meter == NULL)
    return FALSE;
  gboolean served = posa_sim_setup_check_empty (&setup, error) &&
                    serve (&options, model, meter, error);
  model->destroy (meter);
  return served;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (run (argc, argv, &error))
    return 0;
  g_printerr ("posa-sim: %s\n", error->message);
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_FAILED) ? 1 : 2;
}
