/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-channel.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/driver/posa-dlms-transfer.h"

/* Counters made durable at a time: a commissioning takes about a hundred. */
#define RESERVE 64
/* What the meter says of its counter is not authenticated: a value near the end would use up the
 * key, so it is taken for an attack. */
#define MAX_BELIEVED 0xF0000000
#define KEY_DEAD     G_MAXUINT32

/* What a meter may send without protection: refusals, and notifications, which nobody uses. */
static const guint8 plain_tags[] = { 0xD8, 0x0E, 0x0F, 0xC2 };

struct _PosaDlmsChannel
{
  PosaHdlcLink *link;
  gsize block_limit;
  PosaDlmsAgreement agreement;
  guint request_level, response_level; /* of services */
  PosaKeyring *keyring;                /* NULL while not secured */
  char *serial;
  PosaMeterKeys keys;
  PosaDlmsKey dedicated; /* of this association; size 0 = none */
  guint8 client_title[POSA_DLMS_TITLE_SIZE];
  guint8 server_title[POSA_DLMS_TITLE_SIZE];

  guint32 at_least;     /* no counter below */
  guint32 next_counter; /* of those reserved */
  guint32 n_reserved;
  gint64 kept_counter;      /* taken for the APDU that carries a proof; -1 none */
  guint32 next_dedicated;   /* counts under a key that nobody has used before */
  guint64 transaction;      /* of the last request */
  gint64 peer_counter;      /* last accepted from the meter under the global key, -1 none */
  gint64 before_answer;     /* the one before the last APDU */
  gint64 dedicated_counter; /* last accepted under the dedicated key, -1 none */
};

PosaDlmsChannel *
posa_dlms_channel_new (PosaHdlcLink *link)
{
  PosaDlmsChannel *self = g_new0 (PosaDlmsChannel, 1);

  self->link = link;
  self->kept_counter = -1;
  self->peer_counter = self->before_answer = self->dedicated_counter = -1;
  return self;
}

void
posa_dlms_channel_free (PosaDlmsChannel *self)
{
  if (self == NULL)
    return;
  posa_meter_keys_clear (&self->keys);
  posa_dlms_key_clear (&self->dedicated);
  g_clear_object (&self->keyring);
  g_free (self->serial);
  g_free (self);
}

/* ---- what was agreed ---- */

/* The protection of services in one direction. */
static PosaDlmsSecurity
security_of (const PosaDlmsChannel *self, gboolean answer)
{
  return (PosaDlmsSecurity) { .suite = self->agreement.suite,
                              .protection = self->agreement.protection,
                              .key_info = self->agreement.key_info,
                              .keys = &self->keys,
                              .dedicated = self->dedicated.size != 0 ? &self->dedicated : NULL,
                              .sender = answer ? self->server_title : self->client_title,
                              .receiver = answer ? self->client_title : self->server_title,
                              .transaction = self->transaction };
}

/* The association's own messages are under the global key, however the services are protected. */
static PosaDlmsSecurity
initiate_security_of (const PosaDlmsChannel *self, gboolean answer)
{
  PosaDlmsSecurity security = security_of (self, answer);

  security.protection = POSA_DLMS_PROTECTION_GLO;
  security.key_info = POSA_DLMS_KEY_INFO_NONE;
  return security;
}

static gboolean
check_keys (const PosaDlmsChannel *self, GError **error)
{
  const PosaDlmsSecurity services = security_of (self, FALSE);
  const PosaDlmsSecurity initiate = initiate_security_of (self, FALSE);
  guint levels = self->request_level | self->response_level;

  if (self->agreement.ciphered &&
      !posa_dlms_security_check (&initiate, POSA_DLMS_AUTH_ENCRYPTED, error))
    return FALSE;
  return posa_dlms_hls_check_keys (self->agreement.mechanism, self->agreement.suite, &self->keys,
                                   error) &&
         posa_dlms_security_check (&services, levels, error);
}

static gboolean
take_keys (PosaDlmsChannel *self, const PosaDlmsAssociationOptions *options, GError **error)
{
  if (options->keyring == NULL)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
                           "this association needs keys, and there are none here");
      return FALSE;
    }
  if (options->at_least > MAX_BELIEVED)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "meter %s claims that its key is used up (counter %08X); do not go on: tell "
                   "the office",
                   options->serial, options->at_least);
      return FALSE;
    }
  if ((posa_dlms_agreement_needs_title (&self->agreement) &&
       !posa_keyring_get_client_title (options->keyring, self->client_title, error)) ||
      !posa_keyring_get_keys (options->keyring, options->serial, options->key_set, &self->keys,
                              error))
    return FALSE;
  g_set_object (&self->keyring, options->keyring);
  g_set_str (&self->serial, options->serial);
  self->at_least = options->at_least;
  if (!posa_dlms_agreement_uses_global_key (&self->agreement))
    return TRUE;
  if (!posa_keyring_get_peer_counter (self->keyring, self->serial, &self->keys.encryption,
                                      &self->peer_counter, error))
    return FALSE;
  self->before_answer = self->peer_counter;
  return TRUE;
}

gboolean
posa_dlms_channel_prepare (PosaDlmsChannel *self,
                           const PosaDlmsAssociationOptions *options,
                           GError **error)
{
  self->agreement = options->agreement;
  self->request_level = posa_dlms_policy_get_level (self->agreement.policy, FALSE);
  self->response_level = posa_dlms_policy_get_level (self->agreement.policy, TRUE);
  if (!posa_dlms_agreement_check (&self->agreement, error))
    return FALSE;
  if (!posa_dlms_agreement_needs_keys (&self->agreement))
    return TRUE;
  if (!take_keys (self, options, error) || !check_keys (self, error))
    return FALSE;
  if (!posa_dlms_agreement_is_dedicated (&self->agreement))
    return TRUE;
  self->dedicated.size = posa_dlms_suite_get_key_size (self->agreement.suite);
  return posa_keyring_make_fresh (self->keyring, POSA_KEYRING_DEDICATED_KEY, self->dedicated.data,
                                  self->dedicated.size, error);
}

gboolean
posa_dlms_channel_make_fresh (const PosaDlmsChannel *self,
                              PosaKeyringFresh what,
                              guint8 *out,
                              gsize size,
                              GError **error)
{
  return posa_keyring_make_fresh (self->keyring, what, out, size, error);
}

const PosaDlmsAgreement *
posa_dlms_channel_get_agreement (const PosaDlmsChannel *self)
{
  return &self->agreement;
}

const PosaMeterKeys *
posa_dlms_channel_get_keys (const PosaDlmsChannel *self)
{
  return &self->keys;
}

const PosaDlmsKey *
posa_dlms_channel_get_dedicated (const PosaDlmsChannel *self)
{
  return self->dedicated.size != 0 ? &self->dedicated : NULL;
}

const guint8 *
posa_dlms_channel_get_title (const PosaDlmsChannel *self)
{
  return self->client_title;
}

void
posa_dlms_channel_set_server_title (PosaDlmsChannel *self, const guint8 *title)
{
  memcpy (self->server_title, title, sizeof self->server_title);
}

/* ---- requests ---- */

static gboolean
set_key_dead (const PosaDlmsChannel *self, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
               "meter %s: the counter of its key is used up; it needs a new key", self->serial);
  return FALSE;
}

static gboolean
take_counter (PosaDlmsChannel *self, guint32 *counter, GError **error)
{
  if (self->n_reserved == 0)
    {
      if (!posa_keyring_reserve_counter (self->keyring, self->serial, &self->keys.encryption,
                                         self->at_least, RESERVE, &self->next_counter, error))
        return FALSE;
      self->n_reserved = RESERVE;
    }
  *counter = self->next_counter++;
  self->n_reserved--;
  return *counter != KEY_DEAD || set_key_dead (self, error);
}

/* The counter of the next protected APDU. */
static gboolean
take_apdu_counter (PosaDlmsChannel *self, gboolean dedicated, guint32 *counter, GError **error)
{
  if (dedicated)
    {
      *counter = self->next_dedicated++;
      return *counter != KEY_DEAD || set_key_dead (self, error);
    }
  if (self->kept_counter < 0)
    return take_counter (self, counter, error);
  *counter = (guint32) self->kept_counter;
  self->kept_counter = -1;
  return TRUE;
}

gboolean
posa_dlms_channel_seal_initiate (PosaDlmsChannel *self,
                                 const GByteArray *plain,
                                 GByteArray *out,
                                 GError **error)
{
  const PosaDlmsSecurity security = initiate_security_of (self, FALSE);
  guint32 counter = 0;

  if (!self->agreement.ciphered)
    {
      posa_put_bytes (out, plain->data, plain->len);
      return TRUE;
    }
  return take_apdu_counter (self, FALSE, &counter, error) &&
         posa_dlms_protect (&security, POSA_DLMS_AUTH_ENCRYPTED, counter, plain->data, plain->len,
                            out, error);
}

void
posa_dlms_channel_set_block_limit (PosaDlmsChannel *self, gsize limit)
{
  self->block_limit = limit;
}

static gboolean
seal (PosaDlmsChannel *self, const GByteArray *plain, GByteArray *out, GError **error)
{
  gboolean dedicated = posa_dlms_agreement_is_dedicated (&self->agreement);
  guint32 counter = 0;

  if (!take_apdu_counter (self, dedicated, &counter, error))
    return FALSE;
  self->transaction = counter;
  const PosaDlmsSecurity security = security_of (self, FALSE);
  return posa_dlms_protect (&security, self->request_level, counter, plain->data, plain->len, out,
                            error);
}

gsize
posa_dlms_channel_get_overhead (const PosaDlmsChannel *self, gsize size)
{
  const PosaDlmsSecurity security = security_of (self, FALSE);

  return posa_dlms_protect_get_overhead (&security, self->request_level, size);
}

/* ---- answers ---- */

static gboolean
deny (const PosaDlmsChannel *self, const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED, "meter %s: %s; the answer is not used",
               self->serial, what);
  return FALSE;
}

/* An answer is new when its counter grew or, where its key or signature has none, when it names the
 * transaction of our request. Only what opened comes here: a forged frame moves no counter. */
static gboolean
note_fresh (PosaDlmsChannel *self, const PosaDlmsSeen *seen, GError **error)
{
  gboolean dedicated = seen->protection == POSA_DLMS_PROTECTION_DED ||
                       seen->protection == POSA_DLMS_PROTECTION_GENERAL_DED;
  gint64 *last = dedicated ? &self->dedicated_counter : &self->peer_counter;

  self->before_answer = self->peer_counter;
  if (!seen->has_counter)
    return (seen->has_transaction && seen->transaction == self->transaction) ||
           deny (self, "an answer to another request", error);
  if (seen->counter == KEY_DEAD)
    return deny (self, "its counter is at the end, its key is used up", error);
  if ((gint64) seen->counter <= *last)
    return deny (self, "a repeated answer (its counter did not grow)", error);
  *last = seen->counter;
  return TRUE;
}

gboolean
posa_dlms_channel_open_initiate (PosaDlmsChannel *self,
                                 const GByteArray *sealed,
                                 GByteArray *plain,
                                 GError **error)
{
  const PosaDlmsSecurity security = initiate_security_of (self, TRUE);
  guint level = (self->response_level & POSA_DLMS_AUTH_ENCRYPTED) | POSA_DLMS_AUTHENTICATED;
  PosaDlmsSeen seen;

  g_byte_array_set_size (plain, 0);
  if (!self->agreement.ciphered)
    {
      posa_put_bytes (plain, sealed->data, sealed->len);
      return TRUE;
    }
  if (sealed->len == 0 || !posa_dlms_is_ciphered (sealed->data[0]))
    return deny (self, "an association without the agreed protection", error);
  if (!posa_dlms_unprotect (&security, sealed->data, sealed->len, plain, &seen, error))
    return FALSE;
  if ((seen.level & level) != level || !seen.has_counter)
    return deny (self, "an association with weaker protection than agreed", error);
  return note_fresh (self, &seen, error);
}

static gboolean
unseal (PosaDlmsChannel *self, const GByteArray *raw, GByteArray *plain, GError **error)
{
  const PosaDlmsSecurity security = security_of (self, TRUE);
  PosaDlmsSeen seen;

  if (self->response_level != 0 && raw->len > 0 && !posa_dlms_is_ciphered (raw->data[0]))
    return deny (self, "an answer without the agreed protection", error);
  if (!posa_dlms_unprotect (&security, raw->data, raw->len, plain, &seen, error))
    return FALSE;
  if (!posa_dlms_agreement_is_met (&self->agreement, self->response_level, &seen))
    return deny (self, "an answer with weaker protection than agreed", error);
  return seen.level == 0 || note_fresh (self, &seen, error);
}

/* What breaks the agreement ends the association: nothing that comes behind it can be trusted. */
static gboolean
take_answer (PosaDlmsChannel *self, const GByteArray *raw, GByteArray *answer, GError **error)
{
  gboolean may_be_plain = raw->len > 0 &&
                          memchr (plain_tags, raw->data[0], sizeof plain_tags) != NULL;

  g_byte_array_set_size (answer, 0);
  if (self->keyring == NULL || may_be_plain)
    posa_put_bytes (answer, raw->data, raw->len);
  else if (!unseal (self, raw, answer, error))
    {
      posa_hdlc_link_disconnect (self->link);
      return FALSE;
    }
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

  if (self->request_level != 0)
    {
      if (!seal (self, plain, sealed, error))
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

/* ---- passes 3 and 4 ---- */

static PosaDlmsHls
hls_of (const PosaDlmsChannel *self,
        gboolean answer,
        const PosaAcse *challenger,
        const PosaAcse *prover)
{
  return (PosaDlmsHls) { .mechanism = self->agreement.mechanism,
                         .suite = self->agreement.suite,
                         .keys = &self->keys,
                         .prover = answer ? self->server_title : self->client_title,
                         .verifier = answer ? self->client_title : self->server_title,
                         .challenge = challenger->authentication,
                         .challenge_size = challenger->authentication_size,
                         .own_challenge = prover->authentication,
                         .own_challenge_size = prover->authentication_size,
                         .maker = self->agreement.maker };
}

/* Two counters that follow each other, the first for the APDU: the answer to the challenge is made
 * before the APDU that carries it and has the higher one, so that a meter which opens the APDU
 * first sees both grow. A pair cut by the end of a reservation is thrown away. */
static gboolean
take_pair (PosaDlmsChannel *self, guint32 *of_proof, GError **error)
{
  guint32 of_apdu = 0;

  do
    if (!take_counter (self, &of_apdu, error))
      return FALSE;
  while (self->n_reserved == 0);
  self->kept_counter = of_apdu;
  return take_counter (self, of_proof, error);
}

gboolean
posa_dlms_channel_prove (PosaDlmsChannel *self,
                         const PosaAcse *aarq,
                         const PosaAcse *aare,
                         GByteArray *proof,
                         GError **error)
{
  const PosaDlmsHls hls = hls_of (self, FALSE, aare, aarq);
  gboolean apdu_counts = self->request_level != 0 &&
                         !posa_dlms_agreement_is_dedicated (&self->agreement);
  guint32 counter = 0;

  if (self->agreement.mechanism == POSA_ACSE_MECHANISM_GMAC &&
      !(apdu_counts ? take_pair (self, &counter, error) : take_counter (self, &counter, error)))
    return FALSE;
  return posa_dlms_hls_prove (&hls, counter, proof, error);
}

gboolean
posa_dlms_channel_check_proof (PosaDlmsChannel *self,
                               const PosaAcse *aarq,
                               const PosaAcse *aare,
                               const guint8 *proof,
                               gsize size,
                               GError **error)
{
  const PosaDlmsHls hls = hls_of (self, TRUE, aarq, aare);
  guint32 counter = 0;

  if (!posa_dlms_hls_check (&hls, proof, size, &counter))
    return deny (self, "it cannot prove that it has the key", error);
  if (self->agreement.mechanism == POSA_ACSE_MECHANISM_GMAC)
    {
      /* Meters differ in which of the two counters is the higher, and some use one for both. */
      if ((gint64) counter <= self->before_answer || counter == KEY_DEAD)
        return deny (self, "a repeated proof of the key (its counter did not grow)", error);
      self->peer_counter = MAX (self->peer_counter, (gint64) counter);
    }
  return posa_dlms_channel_store_peer_counter (self, error);
}

gboolean
posa_dlms_channel_store_peer_counter (PosaDlmsChannel *self, GError **error)
{
  if (self->keyring == NULL || self->peer_counter < 0)
    return TRUE;
  return posa_keyring_set_peer_counter (self->keyring, self->serial, &self->keys.encryption,
                                        (guint32) self->peer_counter, error);
}
