/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <atspi/atspi.h>
#include <gio/gio.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAction, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiComponent, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiEditableText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)

/* The built program `posa` on a display of its own (tests/lib/xrun), seen and driven through the
 * accessibility bus and the keyboard. Faults of the rig, and a screen that does not come, end the
 * test with a list of what is on the screen. */
typedef struct _UiApp UiApp;

/* After g_test_init(). */
void ui_rig_init (void);
/* Starts it on a data folder, as big as POSA_TEST_SIZE ("600x1024") says, else 1000x760. */
UiApp *ui_app_start (const char *folder);
/* Kills it when it still runs. */
void ui_app_free (UiApp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiApp, ui_app_free)
/* SIGKILL, as when the battery is torn out. */
void ui_app_kill (UiApp *self);
gboolean ui_app_is_running (UiApp *self);
/* Exit status once it has ended by itself; the deadline is ten seconds. */
int ui_app_wait_exit (UiApp *self);
void ui_app_resize (UiApp *self, int width, int height);

/* The visible object whose name starts with @name, of @role (INVALID: any), within @ms; NULL then.
 */
AtspiAccessible *ui_app_look (UiApp *self, const char *name, AtspiRole role, guint ms);
/* The same, which has to come within 20 s. */
AtspiAccessible *ui_app_find (UiApp *self, const char *name, AtspiRole role);
/* Until nothing visible has that name any more, 20 s at most. */
void ui_app_wait_gone (UiApp *self, const char *name);
/* Presses the button @name, once it is there and can be pressed. */
void ui_app_press (UiApp *self, const char *name);
/* Puts @text into the field @name. */
void ui_app_fill (UiApp *self, const char *name, const char *text);
/* Height on the screen of the button @name. */
int ui_app_get_height (UiApp *self, const char *name);
/* Types keys as xdotool calls them ("Return", "ctrl+q"). */
void ui_app_key (UiApp *self, const char *keys);
/* Saves the screen as NAME.png below POSA_SCREENSHOTS; nothing when that is not set. */
void ui_app_shot (UiApp *self, const char *name);

G_END_DECLS
