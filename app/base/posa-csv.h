/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A reader of comma-separated values (RFC 4180) from a stream, one row at a time in memory that
 * does not grow. UTF-8, with or without a byte order mark; lines end in LF or CRLF; a field within
 * quotes may hold delimiters, line ends and doubled quotes; a quote inside a field that does not
 * begin with one is an ordinary character. Empty lines are no rows. */
typedef struct _PosaCsv PosaCsv;

/* Bytes of one row, its delimiters included, and fields of it. */
#define POSA_CSV_MAX_ROW    (64 * 1024)
#define POSA_CSV_MAX_FIELDS 512

/* @name is what errors call the file. */
PosaCsv *posa_csv_new (GInputStream *stream, const char *name, char delimiter);
/* The same over a file; FILE_MISSING when there is none. */
PosaCsv *posa_csv_open (const char *path, char delimiter, GError **error);
void posa_csv_free (PosaCsv *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaCsv, posa_csv_free)

/* Reads the next row. FALSE at the end, or with an error: INVALID_DATA that names the line,
 * CANCELLED, or what the stream says. After that it must not be called again. */
gboolean posa_csv_next (PosaCsv *self, GCancellable *cancellable, GError **error);
/* Reads the row with the names of the columns and finds those of @names (up to NULL) in any order;
 * @columns gets the index of each. Columns of other names are left alone. INVALID_DATA when one is
 * missing or there twice. */
gboolean posa_csv_read_header (PosaCsv *self,
                               const char *const *names,
                               guint *columns,
                               GCancellable *cancellable,
                               GError **error);

guint posa_csv_get_n_fields (const PosaCsv *self);
/* Of the row that was read; "" behind its last. Borrowed until the next row. */
const char *posa_csv_get_field (const PosaCsv *self, guint index);
/* Line on which the row begins, from 1. */
guint64 posa_csv_get_line (const PosaCsv *self);

/* FALSE, and INVALID_DATA naming file and line of the row. */
gboolean posa_csv_set_invalid (const PosaCsv *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
