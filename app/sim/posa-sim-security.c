/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-security.h"

#include <string.h>

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-dlms-ecc.h"

#define FINGERPRINT_DIGITS 8

static gboolean
set_usage (GError **error, const char *key, const char *what)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set %s: %s", key, what);
  return FALSE;
}

/* A key of @size in hex, or @size up to the longest for @any_size. */
static gboolean
take_key (const PosaSimSetup *setup,
          const char *name,
          gboolean any_size,
          PosaDlmsKey *key,
          GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, name);

  if (text == NULL)
    return TRUE;
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  if (size == 0 || (!any_size && size != key->size) ||
      !posa_dlms_key_set (key, g_bytes_get_data (bytes, NULL), size))
    return set_usage (error, name, "a key of the suite's length in hex digits");
  return TRUE;
}

typedef gboolean (*TakeText) (PosaDlmsAgreement *agreement, const char *text);

static gboolean
take_suite (PosaDlmsAgreement *agreement, const char *text)
{
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 0, POSA_DLMS_N_SUITES - 1, &number, NULL))
    return FALSE;
  agreement->suite = (PosaDlmsSuite) number;
  return TRUE;
}

static gboolean
take_policy (PosaDlmsAgreement *agreement, const char *text)
{
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT8, &number, NULL))
    return FALSE;
  agreement->policy = (guint8) number;
  return TRUE;
}

static gboolean
take_context (PosaDlmsAgreement *agreement, const char *text)
{
  agreement->ciphered = strcmp (text, "ciphered") == 0;
  return agreement->ciphered || strcmp (text, "plain") == 0;
}

static gboolean
take_mechanism (PosaDlmsAgreement *agreement, const char *text)
{
  return posa_dlms_mechanism_from_string (text, &agreement->mechanism);
}

static gboolean
take_protection (PosaDlmsAgreement *agreement, const char *text)
{
  return posa_dlms_protection_from_string (text, &agreement->protection);
}

static gboolean
take_key_info (PosaDlmsAgreement *agreement, const char *text)
{
  return posa_dlms_key_info_from_string (text, &agreement->key_info);
}

static gboolean
take_agreement (PosaDlmsAgreement *agreement, const PosaSimSetup *setup, GError **error)
{
  static const struct
  {
    const char *name;
    TakeText take;
  } settings[] = {
    { "suite", take_suite },         { "context", take_context },
    { "mechanism", take_mechanism }, { "protection", take_protection },
    { "key_info", take_key_info },   { "policy", take_policy },
  };

  *agreement = (PosaDlmsAgreement) POSA_DLMS_AGREEMENT_USUAL;
  agreement->maker = posa_dlms_hls_maker_aes;
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *text = posa_sim_setup_take (setup, settings[i].name);

      if (text != NULL && !settings[i].take (agreement, text))
        return set_usage (error, settings[i].name, text);
    }
  return posa_dlms_agreement_check (agreement, error);
}

static gboolean
take_counter (const PosaSimSetup *setup, const char *name, gint64 *counter, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, name);

  return text == NULL || g_ascii_string_to_signed (text, 10, -1, G_MAXUINT32, counter, NULL) ||
         set_usage (error, name, "a number of 32 bits");
}

static gboolean
take_counters (PosaSimSecurity *self, const PosaSimSetup *setup, GError **error)
{
  gint64 next = self->server_counter;
  gboolean good = take_counter (setup, "client_counter", &self->client_counter, error) &&
                  take_counter (setup, "server_counter", &next, error);

  self->server_counter = (guint32) next;
  return good;
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

/* Of the client the meter knows the public keys only. */
static gboolean
take_curve_keys (PosaSimSecurity *self, const PosaSimSetup *setup, GError **error)
{
  PosaMeterKeys *keys = &self->keys;
  PosaDlmsSuite suite = self->agreement.suite;
  gsize size = posa_dlms_ecc_get_size (suite);
  PosaDlmsKey signing = { .size = size }, agreement = { .size = size };

  keys->signing.size = keys->agreement.size = size;
  memset (keys->signing.data, 0x61, size);
  memset (keys->agreement.data, 0x62, size);
  memset (signing.data, 0x71, size);
  memset (agreement.data, 0x72, size);
  if (size == 0)
    return TRUE;
  return posa_dlms_ecc_get_public (suite, &signing, &keys->peer_signing, error) &&
         posa_dlms_ecc_get_public (suite, &agreement, &keys->peer_agreement, error) &&
         take_key (setup, "signing", FALSE, &keys->signing, error) &&
         take_key (setup, "agreement", FALSE, &keys->agreement, error) &&
         take_key (setup, "client_signing", FALSE, &keys->peer_signing, error) &&
         take_key (setup, "client_agreement", FALSE, &keys->peer_agreement, error);
}

gboolean
posa_sim_security_init (PosaSimSecurity *self,
                        const char *serial,
                        const PosaSimSetup *setup,
                        GError **error)
{
  PosaMeterKeys *keys = &self->keys;

  self->nonces = g_ptr_array_new_with_free_func (g_free);
  self->client_counter = self->client_transaction = -1;
  self->server_counter = start_counter ();
  make_title (self, serial);
  if (!take_agreement (&self->agreement, setup, error))
    return FALSE;
  gsize size = posa_dlms_suite_get_key_size (self->agreement.suite);
  make_key (&keys->encryption, size, 0x00);
  make_key (&keys->authentication, size, 0xD0);
  make_key (&keys->master, size, 0x40);
  make_key (&keys->secret, 16, 0x50);
  return take_key (setup, "ek", FALSE, &keys->encryption, error) &&
         take_key (setup, "ak", FALSE, &keys->authentication, error) &&
         take_key (setup, "kek", FALSE, &keys->master, error) &&
         take_key (setup, "secret", TRUE, &keys->secret, error) &&
         take_curve_keys (self, setup, error) && take_counters (self, setup, error);
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

/* What a client has to be told of a key pair of the meter. */
static void
dump_public (JsonBuilder *builder, const char *name, PosaDlmsSuite suite, const PosaDlmsKey *pair)
{
  PosaDlmsKey public_key = { .size = 0 };

  if (!posa_dlms_ecc_get_public (suite, pair, &public_key, NULL))
    return;
  g_autofree char *text = posa_hex_encode (public_key.data, public_key.size);
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

void
posa_sim_security_dump (const PosaSimSecurity *self, JsonBuilder *builder)
{
  dump_public (builder, "public_signing", self->agreement.suite, &self->keys.signing);
  dump_public (builder, "public_agreement", self->agreement.suite, &self->keys.agreement);
  dump_number (builder, "policy", self->agreement.policy);
  dump_number (builder, "client_counter", self->client_counter);
  dump_number (builder, "server_counter", self->server_counter);
  json_builder_set_member_name (builder, "nonces");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->nonces->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (self->nonces, i));
  json_builder_end_array (builder);
}
