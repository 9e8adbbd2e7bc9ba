/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Paths of the serial devices present now, USB converters first; free with g_strfreev(). Looks into
 * the kernel's tree, not at udev, so a head plugged in after a sandbox was made is found too. */
GStrv posa_port_list (void);

G_END_DECLS
