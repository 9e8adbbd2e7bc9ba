/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-serial.h"

#include "base/posa-error.h"

#include <libserialport.h>
#include <sys/ioctl.h>

#define SETTLE_US (200 * 1000)

struct _PosaPortSerial
{
  PosaPortFd parent_instance;
  struct sp_port *device;
  gboolean exclusive; /* we, not another program, made it so */
};

G_DEFINE_FINAL_TYPE (PosaPortSerial, posa_port_serial, POSA_TYPE_PORT_FD)

/* Converts the last failure of libserialport; @verb completes "cannot …". */
static gboolean
set_failure (const char *path, const char *verb, enum sp_return result, GError **error)
{
  g_autofree char *text = result == SP_ERR_FAIL ? g_strdup (g_strerror (sp_last_error_code ()))
                                                : g_strdup ("not a serial device");

  g_set_error (error, POSA_ERROR, POSA_ERROR_PORT_MISSING, "%s: cannot %s: %s", path, verb, text);
  return FALSE;
}

/* All settings at once: DTR on and RTS off is what heads without a supply of their own live on. */
static enum sp_return
configure (struct sp_port *device, guint baud)
{
  struct sp_port_config *config;

  if (sp_new_config (&config) != SP_OK)
    return SP_ERR_MEM;
  sp_set_config_baudrate (config, (int) baud);
  sp_set_config_bits (config, 8);
  sp_set_config_parity (config, SP_PARITY_NONE);
  sp_set_config_stopbits (config, 1);
  sp_set_config_flowcontrol (config, SP_FLOWCONTROL_NONE);
  sp_set_config_dtr (config, SP_DTR_ON);
  sp_set_config_rts (config, SP_RTS_OFF);
  enum sp_return result = sp_set_config (device, config);
  sp_free_config (config);
  return result;
}

static gboolean
serial_set_baud (PosaPortFd *port, int fd, guint baud, GError **error)
{
  PosaPortSerial *self = POSA_PORT_SERIAL (port);
  enum sp_return result = configure (self->device, baud);

  if (result == SP_OK)
    return TRUE;
  /* Settings that were good a moment ago fail only on a device that is gone. */
  g_set_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST, "%s: cannot set %u baud: %s",
               sp_get_port_name (self->device), baud,
               result == SP_ERR_FAIL ? g_strerror (sp_last_error_code ()) : "not supported");
  return FALSE;
}

static gboolean
serial_drain (PosaPortFd *port, int fd)
{
  return sp_drain (POSA_PORT_SERIAL (port)->device) == SP_OK;
}

static void
serial_release (PosaPortFd *port, int fd)
{
  PosaPortSerial *self = POSA_PORT_SERIAL (port);

  if (self->exclusive)
    ioctl (fd, TIOCNXCL);
  sp_close (self->device);
}

static void
posa_port_serial_finalize (GObject *object)
{
  PosaPortSerial *self = POSA_PORT_SERIAL (object);

  posa_port_close (POSA_PORT (self));
  g_clear_pointer (&self->device, sp_free_port);
  G_OBJECT_CLASS (posa_port_serial_parent_class)->finalize (object);
}

static void
posa_port_serial_class_init (PosaPortSerialClass *klass)
{
  PosaPortFdClass *fd_class = POSA_PORT_FD_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = posa_port_serial_finalize;
  fd_class->set_baud = serial_set_baud;
  fd_class->drain = serial_drain;
  fd_class->release = serial_release;
}

static void
posa_port_serial_init (PosaPortSerial *self)
{
}

static gboolean
open_device (PosaPortSerial *self, const char *path, GError **error)
{
  int fd = -1;
  enum sp_return result = sp_get_port_by_name (path, &self->device);

  if (result != SP_OK)
    return set_failure (path, "find the device", result, error);
  result = sp_open (self->device, SP_MODE_READ_WRITE);
  if (result == SP_ERR_FAIL)
    {
      posa_port_fd_set_open_error (path, sp_last_error_code (), error);
      return FALSE;
    }
  if (result != SP_OK || sp_get_port_handle (self->device, &fd) != SP_OK)
    return set_failure (path, "open the device", result, error);
  if (!posa_port_fd_adopt (POSA_PORT_FD (self), fd, path, error))
    return FALSE;
  self->exclusive = ioctl (fd, TIOCEXCL) == 0;
  return TRUE;
}

PosaPort *
posa_port_serial_open (const char *path, GError **error)
{
  g_autoptr (PosaPortSerial) self = g_object_new (POSA_TYPE_PORT_SERIAL, NULL);
  PosaClock *clock = posa_clock_get_system ();

  if (!open_device (self, path, error) ||
      !posa_port_set_line (POSA_PORT (self), POSA_LINE_7E1 (300), error))
    return NULL;
  if (!posa_clock_sleep_until (clock, posa_clock_get_monotonic (clock) + SETTLE_US, NULL, error))
    return NULL;
  return POSA_PORT (g_steal_pointer (&self));
}
