/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-cursor.h"
#include "meter/codec/posa-apdu.h"

G_BEGIN_DECLS

/* The parts that APDUs are made of, private to posa-apdu.c. A reader that runs out shows in the
 * cursor; FALSE is for what the cursor cannot tell. */
typedef struct
{
  void (*put) (const PosaApdu *self, GByteArray *out);
  gboolean (*read) (PosaApdu *self, PosaReader *reader, GError **error);
} PosaApduField;

extern const PosaApduField posa_apdu_field_target;    /* an attribute or method */
extern const PosaApduField posa_apdu_field_selected;  /* an attribute and its selection, if any */
extern const PosaApduField posa_apdu_field_targets;   /* methods, counted */
extern const PosaApduField posa_apdu_field_selecteds; /* attributes with selections, counted */
extern const PosaApduField posa_apdu_field_accesses;  /* specifications of ACCESS */
extern const PosaApduField posa_apdu_field_outcomes;  /* what came of each of them */
extern const PosaApduField posa_apdu_field_no_accesses;
extern const PosaApduField posa_apdu_field_data;
extern const PosaApduField posa_apdu_field_optional_data;
extern const PosaApduField posa_apdu_field_datas;         /* counted */
extern const PosaApduField posa_apdu_field_item;          /* data or result */
extern const PosaApduField posa_apdu_field_items;         /* counted */
extern const PosaApduField posa_apdu_field_optional_item; /* of a method that returns something */
extern const PosaApduField posa_apdu_field_action_items;  /* results with optional items */
extern const PosaApduField posa_apdu_field_result;
extern const PosaApduField posa_apdu_field_results; /* counted */
extern const PosaApduField posa_apdu_field_block;   /* its number */
extern const PosaApduField posa_apdu_field_last;
extern const PosaApduField posa_apdu_field_raw;
extern const PosaApduField posa_apdu_field_raw_or_result;
extern const PosaApduField posa_apdu_field_time;
extern const PosaApduField posa_apdu_field_optional_time;
extern const PosaApduField posa_apdu_field_exception;
extern const PosaApduField posa_apdu_field_service_error;

G_END_DECLS
