/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Strict reading and deterministic writing of JSON. Every reader names the place of a fault as a
 * path ("registers[3].value: expected an integer"), code INVALID_DATA.
 *
 * A PosaJsonCursor points at one value inside a parsed document (borrowed). The getters fail once
 * per document: the first fault stays in the cursor's shared `error`, later getters return 0/NULL,
 * so that a record is read straight and tested once. */
typedef struct _PosaJsonDocument PosaJsonDocument;

/* Parses @size bytes (limit 8 MiB, depth 32, valid UTF-8, nothing after the value). */
PosaJsonDocument *posa_json_parse (const char *text, gssize size, GError **error);
void posa_json_document_free (PosaJsonDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaJsonDocument, posa_json_document_free)

typedef struct
{
  PosaJsonDocument *document;
  JsonNode *node; /* borrowed; NULL after a fault */
} PosaJsonCursor;

PosaJsonCursor posa_json_root (PosaJsonDocument *self);
/* FALSE and the first fault when any getter failed. */
gboolean posa_json_check (PosaJsonDocument *self, GError **error);
/* Records a fault of meaning at @at ("unknown kind \"m9\""). */
void posa_json_fault (PosaJsonCursor at, const char *format, ...) G_GNUC_PRINTF (2, 3);

gboolean posa_json_has (PosaJsonCursor object, const char *member); /* present and not null */
/* A member of any type: the place of a fault of meaning. */
PosaJsonCursor posa_json_member (PosaJsonCursor object, const char *member);
PosaJsonCursor posa_json_object (PosaJsonCursor object, const char *member);
PosaJsonCursor posa_json_array (PosaJsonCursor object, const char *member);
guint posa_json_length (PosaJsonCursor array);
PosaJsonCursor posa_json_at (PosaJsonCursor array, guint i);
const char *posa_json_string (PosaJsonCursor object,
                              const char *member); /* borrowed; member required */
char *posa_json_dup_string_or_null (PosaJsonCursor object,
                                    const char *member);          /* absent or null gives NULL */
gint64 posa_json_int (PosaJsonCursor object, const char *member); /* an integer literal only */
gint64 posa_json_int_or (PosaJsonCursor object, const char *member, gint64 absent);
double posa_json_double (PosaJsonCursor object, const char *member); /* any finite number */
gboolean posa_json_bool (PosaJsonCursor object, const char *member);
gint64 posa_json_time (PosaJsonCursor object,
                       const char *member); /* ISO 8601 with offset, after 1970 -> µs UTC */
/* The same; 0 when the member is absent or null. */
gint64 posa_json_time_or_0 (PosaJsonCursor object, const char *member);
/* Of array elements. */
const char *posa_json_string_value (PosaJsonCursor string);
gint64 posa_json_int_value (PosaJsonCursor integer);
gboolean posa_json_is_null (PosaJsonCursor at); /* written as null */

/* The one text of a document: members in the order built, two-space indent when @pretty, no
 * trailing newline, every "/" written as "\/" so that no PDF keyword can appear. */
char *posa_json_to_text (JsonNode *node, gboolean pretty);
/* Writes member @name, null when @value is NULL. */
void posa_json_add_string (JsonBuilder *builder, const char *name, const char *value);
void posa_json_add_int (JsonBuilder *builder, const char *name, gint64 value);
void posa_json_add_bool (JsonBuilder *builder, const char *name, gboolean value);
void posa_json_add_time (JsonBuilder *builder, const char *name, gint64 wall_us);
/* null when @wall_us is 0: the counterpart of posa_json_time_or_0(). */
void posa_json_add_time_or_null (JsonBuilder *builder, const char *name, gint64 wall_us);
void posa_json_add_double (JsonBuilder *builder, const char *name, double value);

G_END_DECLS
