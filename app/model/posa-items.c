/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-items.h"

/* An item is its table of properties: the macro makes the type from it. */
#define DEFINE_ITEM(TypeName, type_name, ...)                                                      \
  struct _##TypeName                                                                               \
  {                                                                                                \
    PosaItem parent_instance;                                                                      \
  };                                                                                               \
  G_DEFINE_FINAL_TYPE (TypeName, type_name, POSA_TYPE_ITEM)                                        \
  static void type_name##_class_init (TypeName##Class *klass)                                      \
  {                                                                                                \
    static const PosaItemProperty properties[] = { __VA_ARGS__ };                                  \
    posa_item_class_install (POSA_ITEM_CLASS (klass), properties, G_N_ELEMENTS (properties));      \
  }                                                                                                \
  static void type_name##_init (TypeName *self) {}

#define TEXT(name)   { name, G_TYPE_STRING }
#define FLAG(name)   { name, G_TYPE_BOOLEAN }
#define NUMBER(name) { name, G_TYPE_UINT }

/* clang-format off */
DEFINE_ITEM (PosaOrderItem, posa_order_item,
             TEXT ("id"),
             TEXT ("address"),
             TEXT ("pod"),
             TEXT ("old-serial"),
             TEXT ("kind"),
             TEXT ("window"),
             TEXT ("date"),
             TEXT ("when"),
             TEXT ("state"),
             TEXT ("state-label"),
             TEXT ("zone"),
             TEXT ("note"),
             TEXT ("power"),
             FLAG ("life-support"),
             FLAG ("presence-needed"),
             FLAG ("delivered"))

DEFINE_ITEM (PosaOutboxRow, posa_outbox_row,
             TEXT ("id"),
             TEXT ("order-id"),
             TEXT ("number"),
             TEXT ("state"),
             TEXT ("state-label"),
             TEXT ("detail"),
             NUMBER ("attempts"))

DEFINE_ITEM (PosaStockItem, posa_stock_item,
             TEXT ("serial"),
             TEXT ("kind"),
             TEXT ("state"),
             TEXT ("state-label"))

DEFINE_ITEM (PosaReadingRow, posa_reading_row,
             TEXT ("label"),
             TEXT ("before"),
             TEXT ("now"),
             TEXT ("delta"),
             TEXT ("verdict"))

DEFINE_ITEM (PosaFindingRow, posa_finding_row,
             TEXT ("severity"),
             TEXT ("text"))

DEFINE_ITEM (PosaVerifiedRow, posa_verified_row,
             TEXT ("name"),
             TEXT ("before"),
             TEXT ("written"),
             TEXT ("read-back"))

DEFINE_ITEM (PosaJobAction, posa_job_action,
             TEXT ("event"),
             TEXT ("label"),
             FLAG ("destructive"),
             FLAG ("needs-reason"),
             FLAG ("needs-outcome"),
             FLAG ("needs-serial"),
             FLAG ("hold"))

/* clang-format on */
