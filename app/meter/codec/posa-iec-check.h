/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands behind the block check, which is a sum without carry over seven bits: two equal
 * characters lost, or two changed alike, pass it. */

/* Characters of a line of the data readout, without CR LF (6.5: 78 with them). */
#define POSA_IEC_MAX_LINE 76

/* Whether @text can be a data readout: well-formed data sets in lines that are not too long.
 * INVALID_DATA naming the line. */
gboolean posa_iec_check_readout (const char *text, GError **error);

/* Whether two readings of the same message say the same. A clock goes on between them, and what is
 * measured at the moment changes; a register of energy may have counted on by a few units of its
 * last digit. Everything else has to be equal, and all in the same form. */
gboolean posa_iec_check_agree (const char *earlier, const char *later);

G_END_DECLS
