/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-cosem.h"

enum
{
  MODE_NONE,
  MODE_READ,
  MODE_WRITE,
  MODE_READ_WRITE
};

struct _PosaSimCosem
{
  GPtrArray *objects;
};

static void
object_free_cb (gpointer data)
{
  PosaSimObject *object = data;

  for (guint i = 0; i <= POSA_SIM_MAX_ATTRIBUTES; i++)
    posa_cosem_value_free (object->values[i]);
  g_free (object);
}

PosaSimCosem *
posa_sim_cosem_new (void)
{
  PosaSimCosem *self = g_new0 (PosaSimCosem, 1);

  self->objects = g_ptr_array_new_with_free_func (object_free_cb);
  return self;
}

void
posa_sim_cosem_free (PosaSimCosem *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->objects);
  g_free (self);
}

static PosaCosemValue *
name_value (PosaObis obis)
{
  const guint8 bytes[] = { obis.a, obis.b, obis.c, obis.d, obis.e, obis.f };

  return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, bytes, sizeof bytes);
}

PosaSimObject *
posa_sim_cosem_add (PosaSimCosem *self,
                    guint16 class_id,
                    guint8 version,
                    PosaObis obis,
                    guint n_attributes)
{
  PosaSimObject *object = g_new0 (PosaSimObject, 1);

  g_assert (n_attributes <= POSA_SIM_MAX_ATTRIBUTES);
  object->class_id = class_id;
  object->version = version;
  object->obis = obis;
  object->n_attributes = n_attributes;
  object->values[1] = name_value (obis);
  for (guint i = 2; i <= n_attributes; i++)
    object->values[i] = posa_cosem_value_new_null ();
  g_ptr_array_add (self->objects, object);
  return object;
}

void
posa_sim_object_set (PosaSimObject *object, guint attribute, PosaCosemValue *value)
{
  posa_cosem_value_free (object->values[attribute]);
  object->values[attribute] = value;
}

static PosaSimObject *
find_name (PosaSimCosem *self, PosaObis obis)
{
  for (guint i = 0; i < self->objects->len; i++)
    {
      PosaSimObject *object = g_ptr_array_index (self->objects, i);

      if (posa_obis_equal (object->obis, obis))
        return object;
    }
  return NULL;
}

PosaSimObject *
posa_sim_cosem_find (PosaSimCosem *self, guint16 class_id, PosaObis obis)
{
  PosaSimObject *object = find_name (self, obis);

  return object != NULL && object->class_id == class_id ? object : NULL;
}

gboolean
posa_sim_cosem_hide (PosaSimCosem *self, PosaObis obis)
{
  PosaSimObject *object = find_name (self, obis);

  if (object != NULL)
    object->hidden = TRUE;
  return object != NULL;
}

const PosaCosemValue *
posa_sim_cosem_get (PosaSimCosem *self, guint16 class_id, PosaObis obis, guint attribute)
{
  PosaSimObject *object = posa_sim_cosem_find (self, class_id, obis);

  return object != NULL && attribute <= object->n_attributes ? object->values[attribute] : NULL;
}

guint
posa_sim_cosem_count (const PosaSimCosem *self)
{
  return self->objects->len;
}

static gboolean
in_mask (guint16 mask, gint8 index)
{
  return index >= 0 && index < 16 && (mask >> index & 1) != 0;
}

/* The object, when @access may know of it. */
static guint8
check_object (PosaSimCosem *self,
              PosaSimAccess access,
              PosaCosemTarget target,
              PosaSimObject **object)
{
  *object = find_name (self, target.obis);
  if (*object == NULL || (*object)->hidden ||
      (access == POSA_SIM_ACCESS_PUBLIC && (*object)->open == 0))
    return POSA_DLMS_OBJECT_UNDEFINED;
  return (*object)->class_id == target.class_id ? POSA_DLMS_SUCCESS : POSA_DLMS_CLASS_INCONSISTENT;
}

guint8
posa_sim_cosem_check_read (PosaSimCosem *self, PosaSimAccess access, PosaCosemTarget target)
{
  PosaSimObject *object = NULL;
  guint8 result = check_object (self, access, target, &object);

  if (result != POSA_DLMS_SUCCESS)
    return result;
  if (target.index < 1 || (guint) target.index > object->n_attributes)
    return POSA_DLMS_OBJECT_UNDEFINED;
  if (access == POSA_SIM_ACCESS_PUBLIC && target.index != 1 &&
      !in_mask (object->open, target.index))
    return POSA_DLMS_READ_WRITE_DENIED;
  return POSA_DLMS_SUCCESS;
}

guint8
posa_sim_cosem_check_write (PosaSimCosem *self, PosaSimAccess access, PosaCosemTarget target)
{
  PosaSimObject *object = NULL;
  guint8 result = check_object (self, access, target, &object);

  if (result != POSA_DLMS_SUCCESS)
    return result;
  return access == POSA_SIM_ACCESS_INSTALLER && in_mask (object->writable, target.index)
             ? POSA_DLMS_SUCCESS
             : POSA_DLMS_READ_WRITE_DENIED;
}

guint8
posa_sim_cosem_check_method (PosaSimCosem *self, PosaSimAccess access, PosaCosemTarget target)
{
  PosaSimObject *object = NULL;
  guint8 result = check_object (self, access, target, &object);

  if (result != POSA_DLMS_SUCCESS)
    return result;
  return access == POSA_SIM_ACCESS_INSTALLER && in_mask (object->methods, target.index)
             ? POSA_DLMS_SUCCESS
             : POSA_DLMS_READ_WRITE_DENIED;
}

static PosaCosemValue *
attribute_rights (const PosaSimObject *object, PosaSimAccess access)
{
  PosaCosemValue *rights = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint i = 1; i <= object->n_attributes; i++)
    {
      PosaCosemValue *item = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
      gboolean read = access == POSA_SIM_ACCESS_INSTALLER || i == 1 || (object->open >> i & 1) != 0;
      gboolean write = access == POSA_SIM_ACCESS_INSTALLER && (object->writable >> i & 1) != 0;

      posa_cosem_value_append (item, posa_cosem_value_new_integer (POSA_COSEM_INT8, i));
      posa_cosem_value_append (item, posa_cosem_value_new_integer (POSA_COSEM_ENUM,
                                                                   (read ? MODE_READ : MODE_NONE) |
                                                                       (write ? MODE_WRITE : 0)));
      posa_cosem_value_append (item, posa_cosem_value_new_null ());
      posa_cosem_value_append (rights, item);
    }
  return rights;
}

static PosaCosemValue *
method_rights (const PosaSimObject *object, PosaSimAccess access)
{
  PosaCosemValue *rights = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint i = 1; i < 16 && access == POSA_SIM_ACCESS_INSTALLER; i++)
    {
      if ((object->methods >> i & 1) == 0)
        continue;
      PosaCosemValue *item = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
      posa_cosem_value_append (item, posa_cosem_value_new_integer (POSA_COSEM_INT8, i));
      posa_cosem_value_append (item, posa_cosem_value_new_integer (POSA_COSEM_ENUM, 1));
      posa_cosem_value_append (rights, item);
    }
  return rights;
}

PosaCosemValue *
posa_sim_cosem_list (PosaSimCosem *self, PosaSimAccess access)
{
  PosaCosemValue *list = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint i = 0; i < self->objects->len; i++)
    {
      const PosaSimObject *object = g_ptr_array_index (self->objects, i);

      if (object->hidden || (access == POSA_SIM_ACCESS_PUBLIC && object->open == 0))
        continue;
      PosaCosemValue *item = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
      PosaCosemValue *rights = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
      posa_cosem_value_append (item,
                               posa_cosem_value_new_integer (POSA_COSEM_UINT16, object->class_id));
      posa_cosem_value_append (item,
                               posa_cosem_value_new_integer (POSA_COSEM_UINT8, object->version));
      posa_cosem_value_append (item, name_value (object->obis));
      posa_cosem_value_append (rights, attribute_rights (object, access));
      posa_cosem_value_append (rights, method_rights (object, access));
      posa_cosem_value_append (item, rights);
      posa_cosem_value_append (list, item);
    }
  return list;
}
