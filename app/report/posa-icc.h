/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A minimal ICC profile (ICC.1:2004-10, version 4.2) of the sRGB colour space of IEC 61966-2-1, for
 * the output intent that PDF/A asks for. Always the same bytes. */
GBytes *posa_icc_make_srgb (void);

G_END_DECLS
