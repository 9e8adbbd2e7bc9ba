/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms-private.h"

#include "meter/codec/posa-initiate.h"
#include "sim/posa-sim-2g-objects.h"
#include "sim/posa-sim-value.h"

enum
{
  STATUS_ASSOCIATED = 2 /* who is not asks for nothing */
};

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

/* A name below {joint-iso-ccitt country 756 identified-organisation DLMS-UA}: what @arc and @last
 * say there. */
static PosaCosemValue *
name_value (guint8 arc, guint8 last)
{
  const guint8 name[] = { 0x60, 0x85, 0x74, 0x05, 0x08, arc, last };

  return posa_sim_value_octets (name, sizeof name);
}

static PosaCosemValue *
context_value (const PosaSimDlms *self)
{
  const guint8 conformance[] = { (guint8) (self->conformance >> 16),
                                 (guint8) (self->conformance >> 8), (guint8) self->conformance };

  return POSA_SIM_VALUE_STRUCTURE (posa_cosem_value_new_bits (conformance, 24),
                                   integer (POSA_COSEM_UINT16, self->meter->max_pdu),
                                   integer (POSA_COSEM_UINT16, self->client_pdu),
                                   integer (POSA_COSEM_UINT8, POSA_DLMS_VERSION),
                                   integer (POSA_COSEM_INT8, 0),
                                   posa_sim_value_octets ("", 0)); /* no key is told */
}

PosaCosemValue *
posa_sim_dlms_describe (const PosaSimDlms *self, PosaCosemTarget target)
{
  const PosaDlmsAgreement *agreement = &self->meter->security.agreement;
  gboolean is_public = self->access == POSA_SIM_ACCESS_PUBLIC;

  if (target.class_id != POSA_DLMS_CLASS_ASSOCIATION)
    return NULL;
  switch (target.index)
    {
    case 3:
      return POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_INT8, is_public
                                                                     ? self->meter->public_sap
                                                                     : self->meter->installer_sap),
                                       integer (POSA_COSEM_UINT16, self->meter->logical_device));
    case 4:
      return name_value (1, !is_public && agreement->ciphered ? POSA_ACSE_CONTEXT_LN_CIPHERED
                                                              : POSA_ACSE_CONTEXT_LN);
    case 5:
      return context_value (self);
    case 6:
      return name_value (2, is_public ? 0 : (guint8) agreement->mechanism);
    case 8:
      return integer (POSA_COSEM_ENUM, STATUS_ASSOCIATED);
    default:
      return NULL;
    }
}
