/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-list.h"

#include <libserialport.h>

static void
add_ports (GStrvBuilder *names, struct sp_port **ports, gboolean usb)
{
  for (guint i = 0; ports[i] != NULL; i++)
    if ((sp_get_port_transport (ports[i]) == SP_TRANSPORT_USB) == usb)
      g_strv_builder_add (names, sp_get_port_name (ports[i]));
}

GStrv
posa_port_list (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  struct sp_port **ports = NULL;

  if (sp_list_ports (&ports) == SP_OK)
    {
      add_ports (names, ports, TRUE);
      add_ports (names, ports, FALSE);
      sp_free_port_list (ports);
    }
  return g_strv_builder_end (names);
}
