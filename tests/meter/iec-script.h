/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-iec-message.h"

G_BEGIN_DECLS

#define IEC_REQUEST "/?!\r\n"
#define IEC_BREAK                                                                                  \
  "\x01"                                                                                           \
  "B0\x03q"

/* A tape of an IEC 62056-21 conversation in the making; its clock goes on by 100 ms with each
 * event. */
typedef struct
{
  GString *text;
  gint64 now_ms;
} IecScript;

typedef enum
{
  IEC_GOOD,
  IEC_BAD /* with a wrong block check */
} IecQuality;

IecScript iec_script_new (void);
/* An event as on the tape, without its time: "idle", "line 9600 7E1". */
void iec_script_add (IecScript *self, const char *event);
void iec_script_bytes (IecScript *self, const char *verb, const char *bytes, gsize size);
void iec_script_tx (IecScript *self, const char *text);
void iec_script_rx (IecScript *self, const char *text);
/* The client asks at 300 baud, the meter says who it is. */
void iec_script_sign_on (IecScript *self, const char *identification);
/* The client sends the option "050" (normal protocol, 9600 baud, readout), waits, and changes to
 * @line. */
void iec_script_option (IecScript *self, const char *option, const char *line);
/* What the meter says, ended by ETX or EOT. */
void iec_script_block (IecScript *self, const char *content, guint8 end, IecQuality quality);
void iec_script_command (IecScript *self, const char *verb, const char *command, const char *data);
/* Silence behind a block, and the request to say it again. */
void iec_script_nak (IecScript *self);
/* The client gives up: silence, break, silence for longer than the meter waits. */
void iec_script_leave (IecScript *self);

G_END_DECLS
