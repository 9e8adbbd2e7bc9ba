/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Kills, full disks and failing syncs: what was acknowledged is there, what was not is whole or
 * absent. SQLite's own calls to the system go through this file, which lets the n-th of them fail
 * or be the last one of the process. A kill keeps what the kernel has; it says nothing of a power
 * cut. */

#include "base/posa-error.h"
#include "store/posa-event-store.h"
#include "store/posa-rows.h"
#include "store/posa-store-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_EVENTS   6
#define DEADLINE_S 20

static int fault_at = -1; /* number of the call that is hit; -1: none */
static int fault_errno;   /* 0: the process is killed instead */
static int n_calls;

int fault_fdatasync (int fd) __asm__ ("fdatasync");
ssize_t fault_pwrite (int fd, const void *data, size_t size, off64_t offset) __asm__ ("pwrite64");

/* TRUE when this call has to fail with errno set. */
static gboolean
is_hit (void)
{
  if (n_calls++ != fault_at)
    return FALSE;
  if (fault_errno == 0)
    kill (getpid (), SIGKILL);
  errno = fault_errno;
  return TRUE;
}

int
fault_fdatasync (int fd)
{
  return is_hit () ? -1 : (int) syscall (SYS_fdatasync, fd);
}

ssize_t
fault_pwrite (int fd, const void *data, size_t size, off64_t offset)
{
  if (!is_hit ())
    return syscall (SYS_pwrite64, fd, data, size, offset);
  /* A disk that fills up takes the first part. */
  if (fault_errno == ENOSPC && size > 1)
    syscall (SYS_pwrite64, fd, data, size / 2, offset);
  errno = fault_errno;
  return -1;
}

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("posa-test-store-faults-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "posa.db", NULL);
  n_calls = 0;
  fault_at = -1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fault_at = -1;
  empty_folder (fixture->folder);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static PosaEvent *
event_new (guint i)
{
  PosaEvent *event = posa_event_new ();

  event->id = g_strdup_printf ("id-%u", i);
  event->type = g_strdup ("tested");
  event->payload =
      g_strdup_printf ("{\"text\":\"%s\"}", "0123456789012345678901234567890123456789");
  event->boot_id = g_strdup ("boot");
  return event;
}

static gboolean
append (PosaStore *store, guint i, GError **error)
{
  g_autoptr (PosaEvent) event = event_new (i);

  return posa_event_store_append (store, event, error);
}

/* Opens, checks every rule and returns how many events there are. */
static guint
verify (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);

  g_assert_no_error (error);
  g_assert_true (posa_event_store_verify_chain (store, &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) events = posa_event_store_list (store, NULL, 0, &error);
  g_assert_no_error (error);
  return events->len;
}

/* The child: makes the database, writes, and tells of each commit that returned. */
static void
write_events (const char *path, int fd, guint n)
{
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, NULL);

  for (guint i = 0; store != NULL && i < n; i++)
    if (!append (store, i, NULL) || write (fd, "x", 1) != 1)
      _exit (1);
  _exit (store != NULL ? 0 : 1);
}

/* Runs the child until it ends, or @delay_us after its first commit (0: no limit). Returns the
 * commits that it told of; @killed: it did not get to its end. */
static guint
run_child (const char *path, int at, guint n, gint64 delay_us, gboolean *killed)
{
  int fds[2];
  guint n_told = 0;
  char byte;
  int status = 0;

  g_assert_cmpint (pipe (fds), ==, 0);
  pid_t pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      close (fds[0]);
      alarm (DEADLINE_S);
      n_calls = 0;
      fault_at = at;
      fault_errno = 0;
      write_events (path, fds[1], n);
    }
  close (fds[1]);
  if (delay_us > 0 && read (fds[0], &byte, 1) == 1)
    {
      n_told++;
      g_usleep ((gulong) delay_us);
      kill (pid, SIGKILL);
    }
  while (read (fds[0], &byte, 1) == 1)
    n_told++;
  close (fds[0]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  *killed = WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
  if (!*killed)
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  return n_told;
}

/* At every write and every sync, from the making of the database to its closing. */
static void
test_killed_at_each_call (Fixture *fixture, gconstpointer data)
{
  gboolean killed = TRUE;
  int at;

  for (at = 0; killed; at++)
    {
      guint n_told = run_child (fixture->path, at, N_EVENTS, 0, &killed);
      guint n = verify (fixture->path);

      g_assert_cmpuint (n, >=, n_told);
      g_assert_cmpuint (n, <=, n_told + 1);
      if (!killed)
        g_assert_cmpuint (n, ==, N_EVENTS);
      empty_folder (fixture->folder);
    }
  g_test_message ("%d places", at);
  g_assert_cmpint (at, >, 30);
}

static void
test_killed_at_random (Fixture *fixture, gconstpointer data)
{
  guint n_rounds = g_test_thorough () ? 300 : 30;
  guint n_commits = 0;

  for (guint i = 0; i < n_rounds; i++)
    {
      gboolean killed;
      guint n_told =
          run_child (fixture->path, -1, 100000, g_test_rand_int_range (1, 30000), &killed);
      guint n = verify (fixture->path);

      g_assert_true (killed);
      g_assert_cmpuint (n, >=, n_told);
      g_assert_cmpuint (n, <=, n_told + 1);
      n_commits += n_told;
      empty_folder (fixture->folder);
    }
  g_test_message ("%u commits", n_commits);
  g_assert_cmpuint (n_commits, >=, n_rounds);
}

/* In one process, one failing call; then the same again, as the program would. */
static gboolean
fail_once (const char *path, int at, int number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);

  g_assert_no_error (error);
  g_assert_true (append (store, 0, &error));
  n_calls = 0;
  fault_at = at;
  fault_errno = number;
  gboolean ok = append (store, 1, &error);
  gboolean hit = n_calls > at;
  int code = number == ENOSPC ? POSA_ERROR_DISK_FULL : POSA_ERROR_FAILED;
  fault_at = -1;
  if (!ok)
    {
      g_assert_error (error, POSA_ERROR, code);
      g_assert_nonnull (strstr (error->message, path));
      g_clear_error (&error);
      /* A commit that failed is unknown, not undone (trust.md I10). */
      if (!append (store, 1, &error))
        g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
      g_clear_error (&error);
    }
  g_assert_true (append (store, 2, &error));
  g_assert_no_error (error);
  return hit;
}

static void
test_failing_call (Fixture *fixture, gconstpointer data)
{
  int at = 0;

  while (fail_once (fixture->path, at, GPOINTER_TO_INT (data)))
    {
      g_assert_cmpuint (verify (fixture->path), ==, 3);
      empty_folder (fixture->folder);
      g_assert_cmpint (++at, <, 1000);
    }
  g_test_message ("%d places", at);
  g_assert_cmpint (at, >, 2);
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  sqlite3 *database = posa_store_get_database (store);
  guint n = 0;

  sqlite3_exec (database, "PRAGMA max_page_count = 80", NULL, NULL, NULL);
  while (append (store, n, &error))
    n++;
  g_assert_error (error, POSA_ERROR, POSA_ERROR_DISK_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (n, >, 10);
  g_assert_true (posa_event_store_verify_chain (store, &error));
  g_assert_no_error (error);
  /* Room again: it goes on where it stopped. */
  sqlite3_exec (database, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
  g_assert_true (append (store, n, &error));
  g_clear_pointer (&store, posa_store_close);
  g_assert_cmpuint (verify (fixture->path), ==, n + 1);
}

static gpointer
append_many_cb (gpointer data)
{
  const char *path = data;
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, NULL);
  static int last = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GError) error = NULL;

      append (store, 1000 + (guint) g_atomic_int_add (&last, 1), &error);
      g_assert_no_error (error);
    }
  return NULL;
}

/* The work thread and the sync thread. */
static void
test_two_threads (Fixture *fixture, gconstpointer data)
{
  GThread *threads[3];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("writer", append_many_cb, fixture->path);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (verify (fixture->path), ==, 300);
}

/* The reader sees only what is committed. */
static void
test_reader_beside_writer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) writer = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  g_autoptr (PosaStore) reader = posa_store_open (fixture->path, POSA_STORE_READ_ONLY, &error);
  PosaTransaction *transaction = posa_transaction_begin (writer, &error);

  g_assert_true (append (writer, 1, &error));
  g_autoptr (GPtrArray) none = posa_event_store_list (reader, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (posa_transaction_commit (transaction, &error));
  g_autoptr (GPtrArray) one = posa_event_store_list (reader, NULL, 0, &error);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_false (append (reader, 2, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/killed/each-call", NULL, test_killed_at_each_call);
  ADD ("/store/killed/random", NULL, test_killed_at_random);
  ADD ("/store/failing/no-space", GINT_TO_POINTER (ENOSPC), test_failing_call);
  ADD ("/store/failing/input-output", GINT_TO_POINTER (EIO), test_failing_call);
  ADD ("/store/disk-full", NULL, test_disk_full);
  ADD ("/store/threads", NULL, test_two_threads);
  ADD ("/store/reader", NULL, test_reader_beside_writer);
  return g_test_run ();
}
