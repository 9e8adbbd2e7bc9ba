/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters of seven bits with even parity carried as bytes of eight bits: on the wire 7E1 and
 * 8N1 are the same ten bits, so the parity is made and checked here and any converter, or a
 * pseudo-terminal, that knows only 8N1 will do (IEC 62056-21, 5.1). */
guint8 posa_parity_encode (guint8 character);
/* The seven bits of @byte; 0, which is in no message of the standard, when its parity is odd. */
guint8 posa_parity_decode (guint8 byte);

G_END_DECLS
