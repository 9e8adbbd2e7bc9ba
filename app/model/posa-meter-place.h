/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-meter-address.h"

G_BEGIN_DECLS

/* Where a meter is that is visited outside of the workflow, and where its keys are. Borrowed. */
typedef struct
{
  const char *folder;              /* of the device's data */
  const char *port_path;           /* of the optical head */
  const PosaMeterAddress *address; /* NULL: as the profiles say */
  const char *key_path;            /* file of meter/posa-key-file.h; NULL: the stock's keys */
} PosaMeterPlace;

G_END_DECLS
