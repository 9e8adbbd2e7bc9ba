/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-channel.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-dlms-hls.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/driver/posa-dlms-transfer.h"

/* Counters made durable at a time: a commissioning takes about a hundred. */
#define RESERVE 64
/* What the meter says of its counter is not authenticated: a value near the end would use up the
 * key, so it is taken for an attack. */
#define MAX_BELIEVED 0xF0000000

/* What a meter may send without protection: refusals, and notifications, which nobody uses. */
static const guint8 plain_tags[] = { 0xD8, 0x0E, 0x0F, 0xC2 };

struct _PosaDlmsChannel
{
  PosaHdlcLink *link;
  gsize block_limit;
  PosaKeyring *keyring; /* NULL while not secured */
  char *serial;
  PosaMeterKeys keys;
  guint8 client_title[POSA_DLMS_TITLE_SIZE];
  guint8 server_title[POSA_DLMS_TITLE_SIZE];
  guint32 at_least;     /* no counter below */
  guint32 next_counter; /* of those reserved */
  guint32 n_reserved;
  guint32 hls_counter;  /* taken by the answer to the challenge, skipped by the next APDU */
  gint64 peer_counter;  /* last accepted from the meter, -1 none */
  gint64 before_answer; /* the one before the last APDU */
};

PosaDlmsChannel *
posa_dlms_channel_new (PosaHdlcLink *link)
{
  PosaDlmsChannel *self = g_new0 (PosaDlmsChannel, 1);

  self->link = link;
  self->peer_counter = self->before_answer = -1;
  return self;
}

void
posa_dlms_channel_free (PosaDlmsChannel *self)
{
  if (self == NULL)
    return;
  posa_meter_keys_clear (&self->keys);
  g_clear_object (&self->keyring);
  g_free (self->serial);
  g_free (self);
}

gboolean
posa_dlms_channel_secure (PosaDlmsChannel *self,
                          PosaKeyring *keyring,
                          const char *serial,
                          guint32 at_least,
                          GError **error)
{
  if (at_least > MAX_BELIEVED)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "meter %s claims that its key is used up (counter %08X); do not go on: tell "
                   "the office",
                   serial, at_least);
      return FALSE;
    }
  if (!posa_keyring_get_client_title (keyring, self->client_title, error) ||
      !posa_keyring_get_keys (keyring, serial, &self->keys, error) ||
      !posa_keyring_get_peer_counter (keyring, serial, &self->peer_counter, error))
    return FALSE;
  g_clear_object (&self->keyring);
  self->keyring = g_object_ref (keyring);
  g_set_str (&self->serial, serial);
  self->at_least = at_least;
  self->before_answer = self->peer_counter;
  return TRUE;
}

gboolean
posa_dlms_channel_is_secured (const PosaDlmsChannel *self)
{
  return self->keyring != NULL;
}

const guint8 *
posa_dlms_channel_get_title (const PosaDlmsChannel *self)
{
  return self->client_title;
}

void
posa_dlms_channel_set_server_title (PosaDlmsChannel *self, const guint8 title[8])
{
  memcpy (self->server_title, title, sizeof self->server_title);
}

static gboolean
take_counter (PosaDlmsChannel *self, guint32 *counter, GError **error)
{
  if (self->n_reserved == 0)
    {
      if (!posa_keyring_reserve_counter (self->keyring, self->serial, self->at_least, RESERVE,
                                         &self->next_counter, error))
        return FALSE;
      self->n_reserved = RESERVE;
    }
  *counter = self->next_counter++;
  self->n_reserved--;
  return TRUE;
}

static PosaDlmsCipher
cipher_of (const PosaDlmsChannel *self, const guint8 *title)
{
  return (PosaDlmsCipher) { .encryption = self->keys.encryption.data,
                            .authentication = self->keys.authentication.data,
                            .title = title };
}

gboolean
posa_dlms_channel_seal (PosaDlmsChannel *self,
                        const GByteArray *plain,
                        GByteArray *out,
                        GError **error)
{
  PosaDlmsCipher cipher = cipher_of (self, self->client_title);
  guint32 counter = 0;

  /* The answer to the challenge was made before the APDU that carries it, and has the higher
   * counter: a meter that opens the APDU first sees both grow. */
  if (self->hls_counter != 0)
    counter = self->hls_counter - 1;
  else if (!take_counter (self, &counter, error))
    return FALSE;
  self->hls_counter = 0;
  return posa_dlms_seal (&cipher, POSA_DLMS_PROTECTION_GLO, POSA_DLMS_AUTH_ENCRYPTED, counter,
                         plain->data, plain->len, out, error);
}

void
posa_dlms_channel_set_block_limit (PosaDlmsChannel *self, gsize limit)
{
  self->block_limit = limit;
}

gsize
posa_dlms_channel_get_overhead (const PosaDlmsChannel *self, gsize size)
{
  /* tag, length, SC, IC, and the tag of the cipher behind */
  const gsize around = 1 + 4 + POSA_DLMS_TAG_BYTES;
  gsize content = size + around;

  if (self->keyring == NULL)
    return 0;
  return 1 + around + (content < 0x80 ? 1 : content <= 0xFF ? 2 : 3);
}

static gboolean
deny (PosaDlmsChannel *self, const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED, "meter %s: %s; the answer is not used",
               self->serial, what);
  return FALSE;
}

gboolean
posa_dlms_channel_open (PosaDlmsChannel *self,
                        const guint8 *data,
                        gsize size,
                        GByteArray *plain,
                        GError **error)
{
  PosaDlmsCipher cipher = cipher_of (self, self->server_title);
  PosaDlmsEnvelope envelope;

  if (size > 0 && !posa_dlms_is_ciphered (data[0]))
    return deny (self, "an answer without the agreed protection", error);
  if (!posa_dlms_envelope_parse (data, size, &envelope, error))
    return FALSE;
  if (envelope.control != POSA_DLMS_AUTH_ENCRYPTED)
    return deny (self, "an answer with weaker protection than agreed", error);
  if (envelope.has_title &&
      memcmp (envelope.title, self->server_title, sizeof self->server_title) != 0)
    return deny (self, "an answer in the name of another device", error);
  if (!posa_dlms_open (&cipher, &envelope, plain, error))
    return FALSE;
  if ((gint64) envelope.counter <= self->peer_counter)
    return deny (self, "a repeated answer (its counter did not grow)", error);
  self->before_answer = self->peer_counter;
  self->peer_counter = envelope.counter;
  return TRUE;
}

static gboolean
take_answer (PosaDlmsChannel *self, GByteArray *raw, GByteArray *answer, GError **error)
{
  gboolean may_be_plain = raw->len > 0 &&
                          memchr (plain_tags, raw->data[0], sizeof plain_tags) != NULL;

  g_byte_array_set_size (answer, 0);
  if (self->keyring != NULL && !may_be_plain)
    return posa_dlms_channel_open (self, raw->data, raw->len, answer, error);
  posa_put_bytes (answer, raw->data, raw->len);
  return TRUE;
}

gboolean
posa_dlms_channel_request (PosaDlmsChannel *self,
                           const GByteArray *plain,
                           GByteArray *answer,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  const GByteArray *request = plain;

  if (self->keyring != NULL)
    {
      if (!posa_dlms_channel_seal (self, plain, sealed, error))
        return FALSE;
      request = sealed;
    }
  return posa_dlms_transfer (self->link, self->block_limit, request, raw, cancellable, error) &&
         take_answer (self, raw, answer, error);
}

gboolean
posa_dlms_channel_poll (PosaDlmsChannel *self,
                        GByteArray *answer,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GByteArray) raw = g_byte_array_new ();

  return posa_hdlc_link_poll (self->link, raw, cancellable, error) &&
         take_answer (self, raw, answer, error);
}

gboolean
posa_dlms_channel_answer_challenge (PosaDlmsChannel *self,
                                    const guint8 *challenge,
                                    gsize size,
                                    guint8 answer[17],
                                    GError **error)
{
  PosaDlmsCipher cipher = cipher_of (self, self->client_title);
  guint32 of_apdu = 0, of_answer = 0;

  /* Two that follow each other: a pair cut by the end of a reservation is thrown away. */
  do
    if (!take_counter (self, &of_apdu, error))
      return FALSE;
  while (self->n_reserved == 0);
  if (!take_counter (self, &of_answer, error))
    return FALSE;
  self->hls_counter = of_answer;
  return posa_dlms_cipher_mac (&cipher, of_answer, challenge, size, answer, error);
}

gboolean
posa_dlms_channel_check_answer (PosaDlmsChannel *self,
                                const guint8 *challenge,
                                gsize challenge_size,
                                const guint8 *answer,
                                gsize answer_size,
                                GError **error)
{
  const PosaDlmsHls hls = { .mechanism = POSA_ACSE_MECHANISM_GMAC,
                            .keys = &self->keys,
                            .prover = self->server_title,
                            .challenge = challenge,
                            .challenge_size = challenge_size };
  guint32 counter = 0;

  if (!posa_dlms_hls_check (&hls, answer, answer_size, &counter))
    return deny (self, "it cannot prove that it has the key", error);
  /* Meters differ in which of the two counters is the higher, and some use one for both. */
  if ((gint64) counter <= self->before_answer)
    return deny (self, "a repeated proof of the key (its counter did not grow)", error);
  self->peer_counter = MAX (self->peer_counter, (gint64) counter);
  return posa_dlms_channel_store_peer_counter (self, error);
}

gboolean
posa_dlms_channel_store_peer_counter (PosaDlmsChannel *self, GError **error)
{
  if (self->keyring == NULL || self->peer_counter < 0)
    return TRUE;
  return posa_keyring_set_peer_counter (self->keyring, self->serial, (guint32) self->peer_counter,
                                        error);
}
