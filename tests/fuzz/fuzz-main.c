/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Runs a fuzz harness without libFuzzer, as a test (TAP): every seed, then mutations of the seeds.
 * Mutation number N depends on N alone: fuzz-NAME CORPUS N 1 repeats the one that failed, whose
 * number is on stderr. */

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_MUTATIONS 4000
#define MAX_STEPS   6
#define MAX_SIZE    65536

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
/* Present with AddressSanitizer only. */
void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

static volatile guint current;

static void
tell_current (void)
{
  char text[64];
  int n = snprintf (text, sizeof text, "fuzz: failed at mutation %u\n", current);

  if (write (STDERR_FILENO, text, (size_t) n) < 0)
    return;
}

static void
died_cb (int signal_number)
{
  tell_current ();
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

static void
run (const guint8 *data, gsize size)
{
  /* A copy of the exact size, so that a read beyond its end is seen; never NULL, as libFuzzer's. */
  guint8 *copy = malloc (size);

  g_assert_nonnull (copy);
  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  free (copy);
}

static GPtrArray *
load_seeds (const char *folder)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *content;
      gsize size;
      if (g_file_get_contents (path, &content, &size, NULL))
        g_ptr_array_add (seeds, g_bytes_new_take (content, size));
    }
  return seeds;
}

/* The order in a folder is the file system's: mutations must not depend on it. */
static int
compare_seeds_cb (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

static guint
pick (GRand *rand, guint n)
{
  return n > 0 ? (guint) g_rand_int_range (rand, 0, (gint32) n) : 0;
}

static void
splice (GByteArray *data, GRand *rand, GPtrArray *seeds)
{
  gsize size;
  const guint8 *other =
      g_bytes_get_data (g_ptr_array_index (seeds, pick (rand, seeds->len)), &size);
  guint from = pick (rand, (guint) size);

  g_byte_array_set_size (data, pick (rand, data->len + 1));
  g_byte_array_append (data, other + from, (guint) size - from);
}

static void
repeat_part (GByteArray *data, GRand *rand)
{
  guint from = pick (rand, data->len), size = pick (rand, data->len - from + 1);
  g_autofree guint8 *part = g_memdup2 (data->data + from, size);

  if (size > 0 && data->len + size <= MAX_SIZE)
    g_byte_array_append (data, part, size);
}

static void
mutate (GByteArray *data, GRand *rand, GPtrArray *seeds)
{
  static const guint8 telling[] = { 0x00, 0x01, 0x7F, 0x80, 0xFF, '(', ')', '"', '\n', 0x7E };
  guint at = pick (rand, data->len);

  switch (data->len > 0 ? pick (rand, 7) : 6)
    {
    case 0:
      data->data[at] ^= (guint8) (1 << pick (rand, 8));
      break;
    case 1:
      data->data[at] = (guint8) pick (rand, 256);
      break;
    case 2:
      data->data[at] = telling[pick (rand, G_N_ELEMENTS (telling))];
      break;
    case 3:
      g_byte_array_remove_range (data, at, 1 + pick (rand, MIN (16, data->len - at)));
      break;
    case 4:
      g_byte_array_set_size (data, at);
      break;
    case 5:
      repeat_part (data, rand);
      break;
    default:
      splice (data, rand, seeds);
    }
}

static void
run_mutation (guint number, GPtrArray *seeds)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (number);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  gsize size;
  const guint8 *seed = g_bytes_get_data (g_ptr_array_index (seeds, pick (rand, seeds->len)), &size);

  current = number;
  g_byte_array_append (data, seed, (guint) MIN (size, MAX_SIZE));
  for (guint steps = 1 + pick (rand, MAX_STEPS); steps > 0; steps--)
    mutate (data, rand, seeds);
  run (data->data, data->len);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) seeds = argc > 1 ? load_seeds (argv[1]) : NULL;
  guint first = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 1;
  guint n = argc > 3 ? (guint) strtoul (argv[3], NULL, 10) : N_MUTATIONS;

  if (seeds == NULL || seeds->len == 0)
    {
      fprintf (stderr, "usage: %s CORPUS [FIRST [COUNT]]; no seeds there\n", argv[0]);
      return 2;
    }
  if (__sanitizer_set_death_callback != NULL)
    __sanitizer_set_death_callback (tell_current);
  signal (SIGABRT, died_cb);
  signal (SIGTRAP, died_cb);
  g_ptr_array_sort (seeds, compare_seeds_cb);
  puts ("1..2");
  run (NULL, 0);
  for (guint i = 0; i < seeds->len; i++)
    {
      gsize size;
      const guint8 *seed = g_bytes_get_data (g_ptr_array_index (seeds, i), &size);
      run (seed, size);
    }
  printf ("ok 1 - %u seeds\n", seeds->len);
  for (guint i = 0; i < n; i++)
    run_mutation (first + i, seeds);
  printf ("ok 2 - %u mutations\n", n);
  return 0;
}
