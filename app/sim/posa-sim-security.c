/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-security.h"

#include <string.h>

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"

#define FINGERPRINT_DIGITS 8

static gboolean
set_usage (GError **error, const char *key, const char *what)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set %s: %s", key, what);
  return FALSE;
}

static gboolean
take_key (const PosaSimSetup *setup, const char *name, PosaDlmsKey *key, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, name);

  if (text == NULL)
    return TRUE;
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);
  if (bytes == NULL || g_bytes_get_size (bytes) != key->size)
    return set_usage (error, name, "a key in hex digits");
  return posa_dlms_key_set (key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
take_counter (PosaSimSecurity *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "client_counter");

  return text == NULL ||
         g_ascii_string_to_signed (text, 10, -1, G_MAXUINT32, &self->client_counter, NULL) ||
         set_usage (error, "client_counter", "a number of 32 bits");
}

/* FLAG id and five bytes that follow from the serial number. */
static void
make_title (PosaSimSecurity *self, const char *serial)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) serial, -1);
  g_checksum_get_digest (checksum, digest, &size);
  memcpy (self->title, "PSA", 3);
  memcpy (self->title + 3, digest, 5);
}

/* @first and the bytes that follow it. */
static void
make_key (PosaDlmsKey *key, gsize size, guint8 first)
{
  key->size = size;
  for (gsize i = 0; i < size; i++)
    key->data[i] = (guint8) (first + i);
}

/* A real meter keeps its counter over power failures; a new process takes it from the calendar, so
 * that a client which remembers the last one does not see it fall. */
static guint32
start_counter (void)
{
  const gint64 epoch_2026 = G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC;
  gint64 since = posa_clock_get_wall (posa_clock_get_system ()) - epoch_2026;

  return (guint32) (MAX (since, 0) / (50 * 1000));
}

gboolean
posa_sim_security_init (PosaSimSecurity *self,
                        const char *serial,
                        const PosaSimSetup *setup,
                        GError **error)
{
  gsize size = posa_dlms_suite_get_key_size (POSA_DLMS_SUITE_0);

  self->nonces = g_ptr_array_new_with_free_func (g_free);
  self->client_counter = -1;
  self->server_counter = start_counter ();
  make_title (self, serial);
  make_key (&self->keys.encryption, size, 0x00);
  make_key (&self->keys.authentication, size, 0xD0);
  return take_key (setup, "ek", &self->keys.encryption, error) &&
         take_key (setup, "ak", &self->keys.authentication, error) &&
         take_counter (self, setup, error);
}

void
posa_sim_security_clear (PosaSimSecurity *self)
{
  g_clear_pointer (&self->nonces, g_ptr_array_unref);
  posa_meter_keys_clear (&self->keys);
}

void
posa_sim_security_note (PosaSimSecurity *self,
                        const PosaDlmsKey *key,
                        const guint8 *title,
                        guint32 counter)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, key->data, key->size);
  g_autofree char *name = posa_hex_encode (title, POSA_DLMS_TITLE_SIZE);

  g_ptr_array_add (self->nonces,
                   g_strdup_printf ("%.*s %s %08X", FINGERPRINT_DIGITS, digest, name, counter));
}

static void
dump_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
posa_sim_security_dump (const PosaSimSecurity *self, JsonBuilder *builder)
{
  dump_number (builder, "client_counter", self->client_counter);
  dump_number (builder, "server_counter", self->server_counter);
  json_builder_set_member_name (builder, "nonces");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->nonces->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (self->nonces, i));
  json_builder_end_array (builder);
}
