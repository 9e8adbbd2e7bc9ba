/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-image.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "sim/posa-sim-2g-objects.h"
#include "sim/posa-sim-value.h"

#define BLOCK_SIZE   128
#define MAX_IMAGE    (1024 * 1024)
#define DIGEST_SIZE  32
#define MAGIC        "PSA2GFW "
#define MAX_NAME     32
#define FIRST_UNSENT 4 /* attributes */
#define STATUS       6

#define BIT(n) ((guint16) (1u << (n)))

enum
{
  NOT_INITIATED,
  INITIATED,
  VERIFYING,
  VERIFIED,
  VERIFY_FAILED,
  ACTIVATING,
  ACTIVATED
};

static guint
n_blocks (const PosaSimMeter *self)
{
  return (self->image->len + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

/* Attributes 3 and 4: which blocks have come. */
static void
note_blocks (PosaSimMeter *self, PosaSimObject *object)
{
  guint n = n_blocks (self), first = 0;
  g_autofree guint8 *bits = g_new0 (guint8, n / 8 + 1);

  for (guint i = 0; i < n; i++)
    if (self->image_blocks->data[i] != 0)
      bits[i / 8] |= (guint8) (0x80u >> i % 8);
  while (first < n && self->image_blocks->data[first] != 0)
    first++;
  posa_sim_object_set (object, 3, posa_cosem_value_new_bits (bits, n));
  posa_sim_object_set (object, FIRST_UNSENT,
                       posa_cosem_value_new_integer (POSA_COSEM_UINT32, first));
}

/* The same image once more goes on where it was; another one begins anew. */
static guint8
initiate (PosaSimMeter *self, PosaSimObject *object, const PosaCosemValue *parameter)
{
  gsize length = 0;
  const guint8 *name =
      posa_cosem_value_get_bytes (posa_cosem_value_get_item (parameter, 0), &length);
  gint64 size = 0;

  if (name == NULL || length == 0 || length > MAX_NAME ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (parameter, 1), &size) || size < 1 ||
      size > MAX_IMAGE)
    return POSA_DLMS_TYPE_UNMATCHED;
  gboolean same = self->image_name->len == length && size == self->image->len &&
                  memcmp (self->image_name->data, name, length) == 0;
  if (!same)
    {
      g_byte_array_set_size (self->image_name, 0);
      posa_put_bytes (self->image_name, name, length);
      g_byte_array_set_size (self->image, (guint) size);
      g_byte_array_set_size (self->image_blocks, n_blocks (self));
      memset (self->image_blocks->data, 0, self->image_blocks->len);
    }
  object->values[STATUS]->integer = INITIATED;
  note_blocks (self, object);
  return POSA_DLMS_SUCCESS;
}

static guint8
take_block (PosaSimMeter *self, PosaSimObject *object, const PosaCosemValue *parameter)
{
  gsize size = 0;
  const guint8 *data = posa_cosem_value_get_bytes (posa_cosem_value_get_item (parameter, 1), &size);
  gint64 number = 0;

  if (data == NULL ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (parameter, 0), &number))
    return POSA_DLMS_TYPE_UNMATCHED;
  if (object->values[STATUS]->integer != INITIATED || number < 0 || number >= n_blocks (self) ||
      size != MIN (BLOCK_SIZE, self->image->len - (gsize) number * BLOCK_SIZE))
    return POSA_DLMS_OTHER_REASON;
  memcpy (self->image->data + number * BLOCK_SIZE, data, size);
  self->image_blocks->data[number] = 1;
  note_blocks (self, object);
  return POSA_DLMS_SUCCESS;
}

static gboolean
is_image (const GByteArray *image)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[DIGEST_SIZE];
  gsize size = sizeof digest;

  if (image->len < strlen (MAGIC) + DIGEST_SIZE || memcmp (image->data, MAGIC, strlen (MAGIC)) != 0)
    return FALSE;
  g_checksum_update (checksum, image->data, image->len - DIGEST_SIZE);
  g_checksum_get_digest (checksum, digest, &size);
  return memcmp (digest, image->data + image->len - DIGEST_SIZE, DIGEST_SIZE) == 0;
}

static guint8
verify (PosaSimMeter *self, PosaSimObject *object)
{
  gint64 first = object->values[FIRST_UNSENT]->integer;

  if (object->values[STATUS]->integer < INITIATED || first < n_blocks (self))
    return POSA_DLMS_OTHER_REASON;
  gboolean good = is_image (self->image);
  object->values[STATUS]->integer = good ? VERIFIED : VERIFY_FAILED;
  if (!good)
    return POSA_DLMS_OTHER_REASON;
  posa_sim_object_set (object, 7,
                       POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
                           posa_cosem_value_new_integer (POSA_COSEM_UINT32, self->image->len),
                           posa_sim_value_octets (self->image_name->data, self->image_name->len),
                           posa_sim_value_octets (
                               self->image->data + self->image->len - DIGEST_SIZE, DIGEST_SIZE))));
  return POSA_DLMS_SUCCESS;
}

static guint8
activate (PosaSimMeter *self, PosaSimObject *object)
{
  PosaSimObject *firmware =
      posa_sim_cosem_find (self->cosem, POSA_DLMS_CLASS_DATA, POSA_SIM_OBIS_FIRMWARE);

  if (object->values[STATUS]->integer != VERIFIED)
    return POSA_DLMS_OTHER_REASON;
  object->values[STATUS]->integer = ACTIVATED;
  posa_sim_object_set (firmware, 2,
                       posa_sim_value_octets (self->image_name->data, self->image_name->len));
  return POSA_DLMS_SUCCESS;
}

guint8
posa_sim_2g_image_act (PosaSimMeter *self,
                       PosaSimObject *object,
                       gint8 method,
                       const PosaCosemValue *parameter)
{
  if (object->values[5]->integer == 0)
    return POSA_DLMS_READ_WRITE_DENIED;
  switch (method)
    {
    case 1:
      return initiate (self, object, parameter);
    case 2:
      return take_block (self, object, parameter);
    case 3:
      return verify (self, object);
    default:
      return activate (self, object);
    }
}

void
posa_sim_2g_add_image_transfer (PosaSimMeter *self)
{
  PosaSimObject *object = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_IMAGE_TRANSFER, 0,
                                              POSA_SIM_OBIS_IMAGE_TRANSFER, 7);

  posa_sim_object_set (object, 2, posa_cosem_value_new_integer (POSA_COSEM_UINT32, BLOCK_SIZE));
  posa_sim_object_set (object, 3, posa_cosem_value_new_bits ((const guint8 *) "", 0));
  posa_sim_object_set (object, FIRST_UNSENT, posa_cosem_value_new_integer (POSA_COSEM_UINT32, 0));
  posa_sim_object_set (object, 5, posa_cosem_value_new_integer (POSA_COSEM_BOOLEAN, 1));
  posa_sim_object_set (object, STATUS,
                       posa_cosem_value_new_integer (POSA_COSEM_ENUM, NOT_INITIATED));
  posa_sim_object_set (object, 7, posa_cosem_value_new_container (POSA_COSEM_ARRAY));
  object->writable = BIT (5);
  object->methods = BIT (1) | BIT (2) | BIT (3) | BIT (4);
}
