/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-apdu.h"

G_BEGIN_DECLS

/* The COSEM objects of a simulated meter: a plain store of attribute values with access rights.
 * What a class does beyond holding values is in the hooks of the meter. */

#define POSA_SIM_MAX_ATTRIBUTES 12

typedef enum
{
  POSA_SIM_ACCESS_PUBLIC,   /* anybody */
  POSA_SIM_ACCESS_INSTALLER /* the secured association */
} PosaSimAccess;

/* Bits of the masks: 1 << attribute or method number. */
typedef struct
{
  guint16 class_id;
  guint8 version;
  PosaObis obis;
  guint n_attributes;
  guint16 open;                                        /* attributes that the public client reads */
  guint16 writable;                                    /* by the installer, who reads all */
  guint16 methods;                                     /* of the installer */
  gboolean hidden;                                     /* no client is told of it */
  PosaCosemValue *values[POSA_SIM_MAX_ATTRIBUTES + 1]; /* owned; [1] is the logical name */
} PosaSimObject;

typedef struct _PosaSimCosem PosaSimCosem;

PosaSimCosem *posa_sim_cosem_new (void);
void posa_sim_cosem_free (PosaSimCosem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSimCosem, posa_sim_cosem_free)

/* Adds an object with its logical name set and all else null; borrowed. */
PosaSimObject *posa_sim_cosem_add (PosaSimCosem *self,
                                   guint16 class_id,
                                   guint8 version,
                                   PosaObis obis,
                                   guint n_attributes);
/* Takes @value. */
void posa_sim_object_set (PosaSimObject *object, guint attribute, PosaCosemValue *value);
/* NULL when there is none; borrowed. */
PosaSimObject *posa_sim_cosem_find (PosaSimCosem *self, guint16 class_id, PosaObis obis);
/* Nobody is told of the object @obis from now on; FALSE when there is none. */
gboolean posa_sim_cosem_hide (PosaSimCosem *self, PosaObis obis);
/* The attribute's value, borrowed; NULL when there is none. */
const PosaCosemValue *
posa_sim_cosem_get (PosaSimCosem *self, guint16 class_id, PosaObis obis, guint attribute);

guint posa_sim_cosem_count (const PosaSimCosem *self);

/* Whether @access may read, write or call; a data-access-result. */
guint8 posa_sim_cosem_check_read (PosaSimCosem *self, PosaSimAccess access, PosaCosemTarget target);
guint8
posa_sim_cosem_check_write (PosaSimCosem *self, PosaSimAccess access, PosaCosemTarget target);
guint8
posa_sim_cosem_check_method (PosaSimCosem *self, PosaSimAccess access, PosaCosemTarget target);
/* object_list of the association object: what @access sees. */
PosaCosemValue *posa_sim_cosem_list (PosaSimCosem *self, PosaSimAccess access);

G_END_DECLS
