/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-obis.h"

G_BEGIN_DECLS

/* Names of what is on the wire, from IEC 62056-6-1 and -6-2; all static, NULL when not known. */

const char *posa_cosem_class_name (guint16 class_id);
const char *posa_cosem_attribute_name (guint16 class_id, gint8 index);
const char *posa_cosem_method_name (guint16 class_id, gint8 index);
/* Unit by its number in a scaler_unit: 30 is "Wh"; "" for a number without dimension. */
const char *posa_cosem_unit_name (guint8 unit);
/* What an object is about, as far as its code alone tells. */
const char *posa_cosem_object_name (PosaObis obis);

G_END_DECLS
