/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A piece of long work as a person sees it: title, current step, fraction done, cancel.
 * Reports may come from any thread; properties change, and notify, only in the main context
 * that was the thread default when the object was made. GTK-free: any front end binds to it. */
#define POSA_TYPE_OPERATION (posa_operation_get_type ())
G_DECLARE_FINAL_TYPE (PosaOperation, posa_operation, POSA, OPERATION, GObject)

PosaOperation *posa_operation_new (const char *title);

const char *posa_operation_get_step (PosaOperation *self); /* borrowed, main context only */
double posa_operation_get_fraction (PosaOperation *self);  /* 0..1; -1 when unknown */
GCancellable *posa_operation_get_cancellable (PosaOperation *self); /* borrowed, never NULL */
void posa_operation_cancel (PosaOperation *self);

/* Any thread. @fraction 0..1 or -1. @self may be NULL (nobody looks): then nothing happens. */
void posa_operation_report (PosaOperation *self, double fraction, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* The cancellable of an operation that may be NULL. */
GCancellable *posa_operation_peek_cancellable (PosaOperation *self);

G_END_DECLS
