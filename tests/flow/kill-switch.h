/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A program that is built with this kills itself, with SIGKILL, at a chosen system call. The switch
 * is here and not in the product: the program's own write, pwrite64 and fdatasync stand before the
 * C library's.
 *
 * @text is KIND:N, the N-th of its kind from now on; NULL arms nothing. KIND is "before" a commit
 * is on the disk, "after" it, "torn" in the middle of writing one, "line" when something is to go
 * to a meter, "heard" when the meter has it and answers; "sick" does not kill, but the disk fails a
 * commit.
 */
void kill_switch_arm (const char *text);

G_END_DECLS
