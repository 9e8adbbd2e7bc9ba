/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-dlms-client.h"
#include "meter/posa-meter.h"

G_BEGIN_DECLS

/* Sends a firmware file by the image transfer object @obis (class 18; IEC 62056-6-2 clause 4.4.6):
 * initiate, the blocks that the meter lacks, verify, and activate if that is asked for. A transfer
 * of the same image that was cut goes on with the first block that has not come. Never activates
 * what the meter has not verified. */
gboolean posa_dlms_image_send (PosaDlmsClient *client,
                               PosaObis obis,
                               const PosaFirmware *firmware,
                               PosaClock *clock,
                               PosaOperation *operation,
                               GError **error);

G_END_DECLS
