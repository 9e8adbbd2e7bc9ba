/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-clock.h"

G_BEGIN_DECLS

typedef enum
{
  POSA_PARITY_NONE,
  POSA_PARITY_EVEN
} PosaParity;

typedef struct
{
  guint baud;      /* 300..115200 */
  guint data_bits; /* 7 or 8 */
  PosaParity parity;
} PosaLineSettings;

#define POSA_LINE_7E1(rate) ((PosaLineSettings) { (rate), 7, POSA_PARITY_EVEN })
#define POSA_LINE_8N1(rate) ((PosaLineSettings) { (rate), 8, POSA_PARITY_NONE })

/* A half-duplex line to a meter: blocking, one thread, every wait with a deadline (monotonic µs of
 * the port's clock) and a cancellable. Back ends: libserialport, a plain descriptor
 * (pseudo-terminals, where 7E1 is made in software), a tape being replayed, a recorder around
 * another port. Characters of a 7E1 line are given and taken as 7 bits whatever the back end. */
#define POSA_TYPE_PORT (posa_port_get_type ())
G_DECLARE_DERIVABLE_TYPE (PosaPort, posa_port, POSA, PORT, GObject)

/* set_line(), send() and receive() are for each subclass; close() of this class closes the inner
 * port, where there is one. */
struct _PosaPortClass
{
  GObjectClass parent_class;

  gboolean (*set_line) (PosaPort *self, PosaLineSettings settings, GError **error);
  gboolean (*send) (PosaPort *self,
                    const guint8 *data,
                    gsize size,
                    GCancellable *cancellable,
                    GError **error);
  gssize (*receive) (PosaPort *self,
                     guint8 *data,
                     gsize size,
                     gint64 deadline_us,
                     GCancellable *cancellable,
                     GError **error);
  void (*close) (PosaPort *self);
};

/* For subclasses, right after construction. A port around another one takes over its reference and
 * goes by its clock; one that is a meter itself takes over a clock of its own. Without either it
 * goes by the system's. */
void posa_port_take_inner (PosaPort *self, PosaPort *inner);
void posa_port_take_clock (PosaPort *self, PosaClock *clock);
PosaPort *posa_port_get_inner (PosaPort *self); /* borrowed, may be NULL */

/* Opens a device by path: pseudo-terminals through the descriptor back end, anything else through
 * libserialport. Exclusive. PORT_MISSING, PORT_BUSY, ACCESS_DENIED (permissions: message names the
 * group). Returns a new reference. */
PosaPort *posa_port_open (const char *path, GError **error);

/* The same without the filter that swallows the echo of the optical head (posa-port-echo.h): what a
 * recorder wants to see. */
PosaPort *posa_port_open_device (const char *path, GError **error);

gboolean posa_port_set_line (PosaPort *self, PosaLineSettings settings, GError **error);
/* Sends all and returns when the last bit has left the device (drain plus the USB converter's
 * slack). */
gboolean posa_port_send (PosaPort *self,
                         const guint8 *data,
                         gsize size,
                         GCancellable *cancellable,
                         GError **error);
/* Waits for at least one byte; returns how many, 0 when the deadline passed in silence, -1 and
 * PORT_LOST or CANCELLED. Cancels within 5 ms. */
gssize posa_port_receive (PosaPort *self,
                          guint8 *data,
                          gsize size,
                          gint64 deadline_us,
                          GCancellable *cancellable,
                          GError **error);
/* Swallows what arrives until the line was silent for @silence_us: the rule after every timeout,
 * cancel or checksum error before the next send. Gives up after one second of chatter. */
gboolean
posa_port_drain (PosaPort *self, gint64 silence_us, GCancellable *cancellable, GError **error);
void posa_port_close (PosaPort *self);
PosaClock *posa_port_get_clock (PosaPort *self); /* borrowed */

G_END_DECLS
