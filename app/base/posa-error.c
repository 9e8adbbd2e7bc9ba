/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

GQuark
posa_error_quark (void)
{
  return g_quark_from_static_string ("posa-error-quark");
}

typedef struct
{
  const char *nick;
  gboolean retryable;
  const char *advice;
} ErrorInfo;

static const ErrorInfo infos[POSA_N_ERRORS] = {
  [POSA_ERROR_FAILED] = { "failed", FALSE, N_ ("Report this to the office with the log.") },
  [POSA_ERROR_USAGE] = { "usage", FALSE, N_ ("See --help.") },
  [POSA_ERROR_TIMED_OUT] = { "timed-out", TRUE,
                             N_ ("Seat the optical head on the meter, cable down, and try "
                                 "again.") },
  [POSA_ERROR_LINE_NOISE] = { "line-noise", TRUE,
                              N_ ("Turn the head a little, shade it from the sun, and try "
                                  "again.") },
  [POSA_ERROR_BAD_CHECKSUM] = { "bad-checksum", TRUE,
                                N_ ("Clean the optical port, hold the head still, and try "
                                    "again.") },
  [POSA_ERROR_PORT_MISSING] = { "port-missing", TRUE,
                                N_ ("Plug in the optical head, or choose another port.") },
  [POSA_ERROR_PORT_BUSY] = { "port-busy", TRUE,
                             N_ ("Close the other program that uses the optical head.") },
  [POSA_ERROR_PORT_LOST] = { "port-lost", TRUE,
                             N_ ("Plug the optical head in again; the work goes on where it "
                                 "stopped.") },
  [POSA_ERROR_WRONG_METER] = { "wrong-meter", FALSE,
                               N_ ("Do not touch this meter. Look for the meter of the order.") },
  [POSA_ERROR_ACCESS_DENIED] = { "access-denied", FALSE,
                                 N_ ("Do not try again: call the office.") },
  [POSA_ERROR_KEY_MISSING] = { "key-missing", FALSE,
                               N_ ("Synchronise to fetch the key, or take another meter.") },
  [POSA_ERROR_UNSUPPORTED] = { "unsupported", FALSE,
                               N_ ("This meter cannot be handled; take another or call the "
                                   "office.") },
  [POSA_ERROR_NOT_VERIFIED] = { "not-verified", TRUE,
                                N_ ("Repeat the commissioning; if it fails again, fit another "
                                    "meter.") },
  [POSA_ERROR_INVALID_DATA] = { "invalid-data", FALSE,
                                N_ ("Correct the data at the place named.") },
  [POSA_ERROR_NOT_FOUND] = { "not-found", FALSE, N_ ("Check the number, or synchronise.") },
  [POSA_ERROR_FILE_MISSING] = { "file-missing", FALSE,
                                N_ ("Check the name of the file and its folder.") },
  [POSA_ERROR_GUARD_FAILED] = { "guard-failed", FALSE,
                                N_ ("The step is not allowed now; follow the screen.") },
  [POSA_ERROR_CONFLICT] = { "conflict", FALSE, N_ ("Both versions are kept; the office decides.") },
  [POSA_ERROR_STOCK_MISMATCH] = { "stock-mismatch", FALSE,
                                  N_ ("Take a meter that is in your van's stock.") },
  [POSA_ERROR_OFFLINE] = { "offline", TRUE,
                           N_ ("Nothing is lost; it is sent when there is a network.") },
  [POSA_ERROR_PORTAL_REFUSED] = { "portal-refused", FALSE,
                                  N_ ("The item is kept here; call the office.") },
  [POSA_ERROR_PORTAL_UNTRUSTED] = { "portal-untrusted", FALSE,
                                    N_ ("This is not our portal. Do not go on on this network.") },
  [POSA_ERROR_SIGNATURE] = { "signature", FALSE,
                             N_ ("Do not trust this document; ask for the original.") },
  [POSA_ERROR_SCHEMA_NEWER] = { "schema-newer", FALSE,
                                N_ ("Update the application; the data is intact.") },
  [POSA_ERROR_DAMAGED] = { "damaged", FALSE,
                           N_ ("Do not delete anything. Copy the data folder and call the "
                               "office.") },
  [POSA_ERROR_DISK_FULL] = { "disk-full", TRUE,
                             N_ ("Free some space on the tablet, then try again.") },
  [POSA_ERROR_CANCELLED] = { "cancelled", TRUE,
                             N_ ("Nothing was changed; start again when ready.") },
};

static const ErrorInfo *
lookup (const GError *error)
{
  if (error == NULL || error->domain != POSA_ERROR || error->code < 0 ||
      error->code >= POSA_N_ERRORS)
    return &infos[POSA_ERROR_FAILED];
  return &infos[error->code];
}

gboolean
posa_error_is_retryable (const GError *error)
{
  return lookup (error)->retryable;
}

const char *
posa_error_get_advice (const GError *error)
{
  return g_dgettext (GETTEXT_PACKAGE, lookup (error)->advice);
}

const char *
posa_error_get_nick (const GError *error)
{
  return lookup (error)->nick;
}

static PosaErrorCode
code_of_io_error (const GError *error, PosaErrorCode fallback)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return POSA_ERROR_CANCELLED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return POSA_ERROR_TIMED_OUT;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    return POSA_ERROR_DISK_FULL;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return POSA_ERROR_FILE_MISSING;
  return fallback;
}

void
posa_error_convert (GError **error, PosaErrorCode fallback)
{
  if (error == NULL || *error == NULL || (*error)->domain == POSA_ERROR)
    return;
  PosaErrorCode code = code_of_io_error (*error, fallback);
  (*error)->domain = POSA_ERROR;
  (*error)->code = (int) code;
}
