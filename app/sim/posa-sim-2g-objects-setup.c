/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-objects.h"

#include "sim/posa-sim-value.h"

#define BIT(n) ((guint16) (1u << (n)))

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

/* What is missing here follows from the association: posa-sim-dlms-object.c. */
static void
add_association (PosaSimMeter *self)
{
  PosaSimObject *association = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_ASSOCIATION, 1,
                                                   POSA_SIM_OBIS_ASSOCIATION, 9);

  posa_sim_object_set (association, 9, posa_sim_value_name (POSA_SIM_OBIS_SECURITY));
  association->open = BIT (2) | BIT (3) | BIT (4) | BIT (5) | BIT (6) | BIT (8);
  association->methods = BIT (1);
}

static void
add_sap (PosaSimMeter *self)
{
  PosaSimObject *sap =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SAP, 0, POSA_SIM_OBIS_SAP, 2);

  posa_sim_object_set (
      sap, 2,
      POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
          integer (POSA_COSEM_UINT16, self->logical_device),
          posa_cosem_value_copy (posa_sim_cosem_get (self->cosem, POSA_DLMS_CLASS_DATA,
                                                     POSA_SIM_OBIS_LOGICAL_NAME, 2)))));
  sap->open = BIT (2);
}

static void
add_hdlc (PosaSimMeter *self)
{
  PosaSimObject *hdlc =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_HDLC, 1, POSA_SIM_OBIS_HDLC, 9);

  posa_sim_object_set (hdlc, 2, integer (POSA_COSEM_ENUM, 5)); /* 9600 */
  posa_sim_object_set (hdlc, 3, integer (POSA_COSEM_UINT8, 1));
  posa_sim_object_set (hdlc, 4, integer (POSA_COSEM_UINT8, 1));
  posa_sim_object_set (hdlc, 5, integer (POSA_COSEM_UINT16, self->max_info));
  posa_sim_object_set (hdlc, 6, integer (POSA_COSEM_UINT16, self->max_info));
  posa_sim_object_set (hdlc, 7, integer (POSA_COSEM_UINT16, 100));
  posa_sim_object_set (hdlc, 8, integer (POSA_COSEM_UINT16, self->inactivity_s));
  posa_sim_object_set (hdlc, 9, integer (POSA_COSEM_UINT16, self->physical_device));
}

/* The optical port: HDLC at once, 9600. Nobody reads the passwords. */
static void
add_local_port (PosaSimMeter *self)
{
  PosaSimObject *port =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_LOCAL_PORT, 1, POSA_SIM_OBIS_LOCAL_PORT, 9);

  posa_sim_object_set (port, 2, integer (POSA_COSEM_ENUM, 1));
  posa_sim_object_set (port, 3, integer (POSA_COSEM_ENUM, 5));
  posa_sim_object_set (port, 4, integer (POSA_COSEM_ENUM, 5));
  posa_sim_object_set (port, 5, integer (POSA_COSEM_ENUM, 1));
  for (guint i = 6; i <= 9; i++)
    posa_sim_object_set (port, i, posa_sim_value_octets ("", 0));
  port->writable = BIT (4) | BIT (6) | BIT (7) | BIT (8) | BIT (9);
}

static void
add_security (PosaSimMeter *self)
{
  PosaSimObject *security =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SECURITY, 0, POSA_SIM_OBIS_SECURITY, 5);

  posa_sim_object_set (security, 2, integer (POSA_COSEM_ENUM, self->security.agreement.policy));
  posa_sim_object_set (security, 3, integer (POSA_COSEM_ENUM, self->security.agreement.suite));
  posa_sim_object_set (security, 4, posa_sim_value_octets ("", 0));
  posa_sim_object_set (security, 5,
                       posa_sim_value_octets (self->security.title, sizeof self->security.title));
  security->methods = BIT (1) | BIT (2);
}

/* It pushes nothing: for lists of objects. */
static void
add_push (PosaSimMeter *self)
{
  PosaSimObject *push =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_PUSH, 0, POSA_SIM_OBIS_PUSH, 7);

  posa_sim_object_set (push, 2, posa_cosem_value_new_container (POSA_COSEM_ARRAY));
  posa_sim_object_set (push, 3,
                       POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_ENUM, 0),
                                                 posa_sim_value_octets ("", 0),
                                                 integer (POSA_COSEM_ENUM, 0)));
  posa_sim_object_set (push, 4, posa_cosem_value_new_container (POSA_COSEM_ARRAY));
  posa_sim_object_set (push, 5, integer (POSA_COSEM_UINT16, 0));
  posa_sim_object_set (push, 6, integer (POSA_COSEM_UINT8, 0));
  posa_sim_object_set (push, 7, integer (POSA_COSEM_UINT16, 0));
}

void
posa_sim_2g_add_set_up (PosaSimMeter *self)
{
  add_association (self);
  add_sap (self);
  add_hdlc (self);
  add_local_port (self);
  add_security (self);
  add_push (self);
}
