/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Messages of IEC 62056-21 (clause 6.3): characters of seven bits, parity already removed. */
#define POSA_IEC_SOH 0x01
#define POSA_IEC_STX 0x02
#define POSA_IEC_ETX 0x03
#define POSA_IEC_EOT 0x04
#define POSA_IEC_ACK 0x06
#define POSA_IEC_NAK 0x15

#define POSA_IEC_START_BAUD  300
#define POSA_IEC_MAX_ADDRESS 32 /* characters of a device address */

/* What the device says of itself after the request (6.3.2, 6.3.14). */
typedef struct
{
  char manufacturer[4]; /* FLAG id as sent; a lower-case third letter is kept */
  char speed;           /* highest speed offered, see posa_iec_speed_to_baud() */
  gboolean fast;        /* reacts, and lets react, after 20 ms instead of 200 ms */
  gboolean hdlc;        /* can change to HDLC (mode E) */
  char ident[49];       /* the maker's own part, without the escape sequences */
  gsize end;            /* offset behind its line: in modes A and B the data follow by themselves */
} PosaIecIdentification;

/* Reads the first whole line with an identification in @data, which may begin with garbage or with
 * the echo of the request. FALSE without error: not complete yet; FALSE and LINE_NOISE: damaged. */
gboolean posa_iec_identification_scan (const guint8 *data,
                                       gsize size,
                                       PosaIecIdentification *out,
                                       GError **error);

/* How the device goes on after its identification (6.4), as its speed character tells. */
typedef enum
{
  POSA_IEC_MODE_A, /* any other character: sends its data at once, at 300 baud */
  POSA_IEC_MODE_B, /* a letter A to I: sends its data at once, at the speed of the letter */
  POSA_IEC_MODE_C  /* a digit: waits for the option select message */
} PosaIecMode;

PosaIecMode posa_iec_speed_to_mode (char speed);
/* 300 for the characters of mode A. 7 to 9 and G to I are as in use: the standard reserves them. */
guint posa_iec_speed_to_baud (char speed);
char posa_iec_baud_to_speed (guint baud); /* of mode C; '0' for unknown speeds */

typedef enum
{
  POSA_IEC_INCOMPLETE,
  POSA_IEC_ACKNOWLEDGED, /* ACK */
  POSA_IEC_REFUSED,      /* NAK */
  POSA_IEC_BLOCK,        /* STX … ETX BCC: data readout or answer */
  POSA_IEC_PARTIAL,      /* STX … EOT BCC: a further block follows after ACK */
  POSA_IEC_COMMAND       /* SOH C D [STX …] ETX BCC */
} PosaIecMessageType;

typedef struct
{
  PosaIecMessageType type;
  gboolean begun;        /* its first character is there, whatever the type */
  char command[3];       /* COMMAND: "P0", "B0", … */
  const guint8 *content; /* between STX and ETX or EOT; borrowed, NULL without STX */
  gsize size;
  gboolean more;   /* ended by EOT: a further block follows after ACK */
  gsize skipped;   /* characters of garbage before it */
  gsize end;       /* offset behind it: what follows is garbage too, one side speaks at a time */
  gboolean intact; /* block check character right and no damaged character */
} PosaIecMessage;

/* Finds the first message in @data; garbage before it is skipped. INCOMPLETE while its end, block
 * check character included, is not there. */
PosaIecMessageType posa_iec_message_scan (const guint8 *data, gsize size, PosaIecMessage *out);

/* Block check character (6.3.1): over what follows the first SOH or STX up to ETX or EOT. */
guint8 posa_iec_bcc (const guint8 *data, gsize size);

/* Whether @text can be the address of a device: 1 to 32 of the characters 0-9 A-Z a-z and space
 * (6.3.1). */
gboolean posa_iec_is_address (const char *text);
/* Request "/?ADDRESS!"; @address NULL or "" for any device. */
void posa_iec_put_request (GByteArray *out, const char *address);
/* Acknowledgement and option select (6.3.3): @protocol '0' normal, '2' HDLC; @speed as offered or
 * lower; @mode '0' readout, '1' programming, '2' HDLC. */
void posa_iec_put_option (GByteArray *out, char protocol, char speed, char mode);
/* Command such as "R1" with its data set, or NULL: "B0" has none. */
void posa_iec_put_command (GByteArray *out, const char *command, const char *data_set);
/* The same for a partial block, which ends with EOT: more of the data set follows. */
void posa_iec_put_partial_command (GByteArray *out, const char *command, const char *data);
/* A data message STX … ETX BCC around @content, or a partial block, which ends with EOT. */
void posa_iec_put_block (GByteArray *out, const char *content);
void posa_iec_put_partial_block (GByteArray *out, const char *content);

G_END_DECLS
