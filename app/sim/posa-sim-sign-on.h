/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-line.h"
#include "sim/posa-sim-model.h"

G_BEGIN_DECLS

/* The start of every IEC 62056-21 session, the device's side (6.3.1 to 6.3.3). */

/* Times of 6.3.13. */
#define POSA_SIM_IEC_GAP_US       (1500 * 1000) /* t_a */
#define POSA_SIM_IEC_NO_ANSWER_US (2200 * 1000) /* t_t */

/* Which requests the device answers. */
typedef struct
{
  char *address;     /* --set device_address=TEXT; the serial number otherwise */
  gboolean own_only; /* --set general_call=no: not those to any device, as some on a shared line */
} PosaSimDevice;

/* Takes its settings out of @setup. USAGE. */
gboolean posa_sim_device_take (PosaSimDevice *self,
                               const PosaSimSetup *setup,
                               const char *serial,
                               GError **error);
void posa_sim_device_clear (PosaSimDevice *self);

/* The option select message: protocol, speed and mode, as characters. */
typedef struct
{
  char protocol, speed, mode;
} PosaSimOption;

/* Waits for a request that @device answers; @first is a character of it that was read already, or
 * POSA_SIM_SILENCE. With @asleep the device hears nothing before it has seen the wake-up of battery
 * devices (annex B). FALSE when the process shall end. */
gboolean posa_sim_sign_on_await_request (PosaSimLine *line,
                                         const PosaSimDevice *device,
                                         int first,
                                         gboolean asleep);
/* FALSE when no valid one came in time; @offered is the speed character of the identification. */
gboolean posa_sim_sign_on_await_option (PosaSimLine *line, char offered, PosaSimOption *option);

G_END_DECLS
