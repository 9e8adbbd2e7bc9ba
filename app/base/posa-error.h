/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one error domain. A code is named by what the crew or the program does next; the table
 * in posa-error.c gives each whether a repeat can help, and the advice shown to a person. Foreign
 * errors are converted at the adapter's edge; above it only g_prefix_error(). */
typedef enum
{
  POSA_ERROR_FAILED,           /* anything without a better name; a fault of the program */
  POSA_ERROR_USAGE,            /* a command was called wrongly */
  POSA_ERROR_TIMED_OUT,        /* the peer did not answer within the deadline */
  POSA_ERROR_LINE_NOISE,       /* something answers, but not a meter in this protocol */
  POSA_ERROR_BAD_CHECKSUM,     /* block or frame damaged, repeats used up */
  POSA_ERROR_PORT_MISSING,     /* no such device */
  POSA_ERROR_PORT_BUSY,        /* another program holds the device */
  POSA_ERROR_PORT_LOST,        /* device unplugged while in use */
  POSA_ERROR_WRONG_METER,      /* identity differs from the order */
  POSA_ERROR_ACCESS_DENIED,    /* the peer refuses password, key or certificate */
  POSA_ERROR_KEY_MISSING,      /* no key for this meter on this device */
  POSA_ERROR_UNSUPPORTED,      /* the peer lacks a function that is needed */
  POSA_ERROR_NOT_VERIFIED,     /* a written value did not read back equal */
  POSA_ERROR_INVALID_DATA,     /* malformed file, message or field; message names the place */
  POSA_ERROR_NOT_FOUND,        /* unknown order, meter, report */
  POSA_ERROR_FILE_MISSING,     /* no such file or folder */
  POSA_ERROR_GUARD_FAILED,     /* a hard stop of the workflow */
  POSA_ERROR_CONFLICT,         /* same id, other content */
  POSA_ERROR_STOCK_MISMATCH,   /* meter not in this crew's stock */
  POSA_ERROR_OFFLINE,          /* portal cannot be reached */
  POSA_ERROR_PORTAL_REFUSED,   /* portal answered no */
  POSA_ERROR_PORTAL_UNTRUSTED, /* portal's certificate is not of the enrolled authority */
  POSA_ERROR_SIGNATURE,        /* a signature or its certificate does not hold */
  POSA_ERROR_SCHEMA_NEWER,     /* database written by a newer program */
  POSA_ERROR_DAMAGED,          /* database or file damaged */
  POSA_ERROR_DISK_FULL,
  POSA_ERROR_CANCELLED,
  POSA_N_ERRORS
} PosaErrorCode;

typedef enum
{
  POSA_SEVERITY_INFO,    /* expected; the person goes on */
  POSA_SEVERITY_WARNING, /* the person has to do something and repeats */
  POSA_SEVERITY_STOP     /* the work cannot go on here without the office */
} PosaSeverity;

#define POSA_ERROR (posa_error_quark ())
GQuark posa_error_quark (void);

/* What the table says of @error. For foreign errors: not retryable, a general advice.
 * Texts are translated, static. */
gboolean posa_error_is_retryable (const GError *error);
const char *posa_error_get_advice (const GError *error);

/* Stable lower-case nick of the code ("timed-out"), for JSON and tests; static. */
const char *posa_error_get_nick (const GError *error);

/* Converts a GIO error at an adapter's edge: CANCELLED, TIMED_OUT, NO_SPACE, NOT_FOUND (of a
 * file) keep their meaning, the rest becomes @fallback. Takes *error, replaces it in place. */
void posa_error_convert (GError **error, PosaErrorCode fallback);

G_END_DECLS
