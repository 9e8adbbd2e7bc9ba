/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* A port over a terminal's descriptor: pseudo-terminals as it stands, real devices through the
 * subclass PosaPortSerial. The device always runs in 8N1; the parity of 7E1 is made and checked
 * here, and a character of wrong parity arrives as 0. */
#define POSA_TYPE_PORT_FD (posa_port_fd_get_type ())
G_DECLARE_DERIVABLE_TYPE (PosaPortFd, posa_port_fd, POSA, PORT_FD, PosaPort)

struct _PosaPortFdClass
{
  PosaPortClass parent_class;
  gboolean (*set_baud) (PosaPortFd *self, int fd, guint baud, GError **error);
  gboolean (*drain) (PosaPortFd *self, int fd); /* FALSE: the device is gone */
  void (*release) (PosaPortFd *self, int fd);   /* closes the descriptor */
};

/* Opens the pseudo-terminal @path. Errors as posa_port_open(). */
PosaPort *posa_port_fd_open (const char *path, GError **error);

/* For subclasses: takes over @fd, made non-blocking by its owner, and the exclusive use of it;
 * PORT_BUSY when another program has that. @path is for messages. */
gboolean posa_port_fd_adopt (PosaPortFd *self, int fd, const char *path, GError **error);

/* Sets @error for an open() of @path that failed with @error_number. */
void posa_port_fd_set_open_error (const char *path, int error_number, GError **error);

G_END_DECLS
