/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Power cuts: every write and sync of the database is recorded, then the disk is made as it may be
 * after a cut at any point: what was synced is there, of the rest any sectors in any combination.
 */

#include "base/posa-error.h"
#include "store/posa-event-store.h"
#include "store/posa-store-private.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_EVENTS 40
#define N_CUTS   200
#define SECTOR   512

typedef enum
{
  OP_WRITE,
  OP_TRUNCATE,
  OP_SYNC,
  OP_TOLD /* the program was told that a commit is durable */
} OpKind;

typedef struct
{
  OpKind kind;
  ino_t file;
  gsize offset; /* or new size */
  GBytes *data;
} Op;

static GPtrArray *recording; /* Op */
static gboolean is_recording;

int power_fdatasync (int fd) __asm__ ("fdatasync");
int power_ftruncate (int fd, off64_t size) __asm__ ("ftruncate64");
ssize_t power_pwrite (int fd, const void *data, size_t size, off64_t offset) __asm__ ("pwrite64");

static void
op_free (Op *op)
{
  g_clear_pointer (&op->data, g_bytes_unref);
  g_free (op);
}

static void
record (OpKind kind, int fd, gsize offset, const void *data, gsize size)
{
  struct stat info = { 0 };

  if (!is_recording)
    return;
  if (fd >= 0)
    g_assert_cmpint (fstat (fd, &info), ==, 0);
  Op *op = g_new0 (Op, 1);
  op->kind = kind;
  op->file = info.st_ino;
  op->offset = offset;
  op->data = data != NULL ? g_bytes_new (data, size) : NULL;
  g_ptr_array_add (recording, op);
}

int
power_fdatasync (int fd)
{
  record (OP_SYNC, fd, 0, NULL, 0);
  return (int) syscall (SYS_fdatasync, fd);
}

int
power_ftruncate (int fd, off64_t size)
{
  record (OP_TRUNCATE, fd, (gsize) size, NULL, 0);
  return (int) syscall (SYS_ftruncate, fd, size);
}

ssize_t
power_pwrite (int fd, const void *data, size_t size, off64_t offset)
{
  record (OP_WRITE, fd, (gsize) offset, data, size);
  return syscall (SYS_pwrite64, fd, data, size, offset);
}

typedef struct
{
  char *folder;
  char *path;
  GBytes *base; /* the database before the recording */
  ino_t database, log;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("posa-test-store-power-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "posa.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "posa.db", "posa.db-wal", "posa.db-shm",
                                       "cut.db",  "cut.db-wal",  "cut.db-shm" };

  g_clear_pointer (&recording, g_ptr_array_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_bytes_unref (fixture->base);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static ino_t
get_inode (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_ino;
}

static void
append (PosaStore *store, guint i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaEvent) event = posa_event_new ();

  event->id = g_strdup_printf ("id-%u", i);
  event->type = g_strdup ("tested");
  /* Some take several pages. */
  g_autofree char *filler = g_strnfill (i % 7 == 0 ? 9000 : 100, 'x');
  event->payload = g_strdup_printf ("\"%s\"", filler);
  event->boot_id = g_strdup ("boot");
  g_assert_true (posa_event_store_append (store, event, &error));
  g_assert_no_error (error);
}

/* Writes events as the program does; @setting is run on the connection first. */
static void
record_writes (Fixture *fixture, const char *setting)
{
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  g_autoptr (PosaStore) store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, NULL);
  char *content = NULL;
  gsize size;

  g_clear_pointer (&store, posa_store_close);
  g_assert_true (g_file_get_contents (fixture->path, &content, &size, NULL));
  fixture->base = g_bytes_new_take (content, size);
  fixture->database = get_inode (fixture->path);
  recording = g_ptr_array_new_with_free_func ((GDestroyNotify) op_free);
  is_recording = TRUE;
  store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, NULL);
  sqlite3_exec (posa_store_get_database (store), setting, NULL, NULL, NULL);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      append (store, i);
      record (OP_TOLD, -1, 0, NULL, 0);
    }
  is_recording = FALSE;
  fixture->log = get_inode (log);
}

static void
write_at (GByteArray *disk, gsize offset, const guint8 *data, gsize size)
{
  guint old = disk->len;

  if (offset + size > old)
    {
      g_byte_array_set_size (disk, (guint) (offset + size));
      memset (disk->data + old, 0, disk->len - old);
    }
  memcpy (disk->data + offset, data, size);
}

static void
apply_op (GByteArray *disk, const Op *op, gboolean whole)
{
  gsize size = 0;
  const guint8 *data = op->data != NULL ? g_bytes_get_data (op->data, &size) : NULL;

  if (op->kind == OP_TRUNCATE && (whole || g_test_rand_bit ()))
    {
      guint old = disk->len;

      g_byte_array_set_size (disk, (guint) op->offset);
      if (disk->len > old)
        memset (disk->data + old, 0, disk->len - old);
    }
  for (gsize at = 0; op->kind == OP_WRITE && at < size;)
    {
      /* To the end of the sector in which it lies. */
      gsize n = MIN (SECTOR - (op->offset + at) % SECTOR, size - at);

      if (whole || g_test_rand_bit ())
        write_at (disk, op->offset + at, data + at, n);
      at += n;
    }
}

/* What is in @file after a cut before operation @cut. */
static GByteArray *
make_disk (ino_t file, GBytes *base, guint cut)
{
  GByteArray *disk = g_byte_array_new ();
  guint n_safe = 0; /* operations before this one were synced */

  if (base != NULL)
    g_byte_array_append (disk, g_bytes_get_data (base, NULL), (guint) g_bytes_get_size (base));
  for (guint i = 0; i < cut; i++)
    {
      const Op *op = g_ptr_array_index (recording, i);

      if (op->kind == OP_SYNC && op->file == file)
        n_safe = i;
    }
  for (guint i = 0; i < cut; i++)
    {
      const Op *op = g_ptr_array_index (recording, i);

      if (op->file == file)
        apply_op (disk, op, i < n_safe);
    }
  return disk;
}

static void
put_file (const char *path, GByteArray *content)
{
  g_assert_true (
      g_file_set_contents (path, (const char *) content->data, (gssize) content->len, NULL));
}

/* Restarts after a cut. Returns how many events that the program was told of are lost. */
static guint
restart_after (Fixture *fixture, guint cut)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, "cut.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);
  g_autoptr (GByteArray) database = make_disk (fixture->database, fixture->base, cut);
  g_autoptr (GByteArray) tail = make_disk (fixture->log, NULL, cut);
  guint n_told = 0;

  for (guint i = 0; i < cut; i++)
    if (((const Op *) g_ptr_array_index (recording, i))->kind == OP_TOLD)
      n_told++;
  put_file (path, database);
  put_file (log, tail);
  g_unlink (index);
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  if (store == NULL || !posa_event_store_verify_chain (store, &error))
    {
      /* A torn database: everything is lost. Only a setting that does not sync may come here. */
      g_assert_error (error, POSA_ERROR, POSA_ERROR_DAMAGED);
      return n_told + 1;
    }
  g_autoptr (GPtrArray) events = posa_event_store_list (store, NULL, 0, NULL);
  g_assert_cmpuint (events->len, <=, n_told + 1);
  return n_told - MIN (n_told, events->len);
}

static guint
count_lost (Fixture *fixture, const char *setting)
{
  guint n_lost = 0;

  record_writes (fixture, setting);
  for (guint i = 0; i < N_CUTS; i++)
    if (restart_after (fixture, (guint) g_test_rand_int_range (0, (gint32) recording->len + 1)) > 0)
      n_lost++;
  return n_lost;
}

static void
test_nothing_is_lost (Fixture *fixture, gconstpointer data)
{
  /* Checkpoints often, so that cuts fall into them too. */
  g_assert_cmpuint (count_lost (fixture, "PRAGMA wal_autocheckpoint = 8"), ==, 0);
}

/* The test itself: with a sync at checkpoints only, it has to see losses. */
static void
test_losses_are_seen (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (count_lost (fixture,
                                "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8"),
                    >, N_CUTS / 8); /* about twice as many, by the draw */
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/power-cut/nothing-is-lost", test_nothing_is_lost);
  ADD ("/store/power-cut/losses-are-seen", test_losses_are_seen);
  return g_test_run ();
}
