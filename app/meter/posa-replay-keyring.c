/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-replay-keyring.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-dlms-protection.h"
#include "meter/codec/posa-hdlc-deframer.h"
#include "meter/codec/posa-initiate.h"

#define LLC_BYTES 3
#define MAX_APDU  (64 * 1024)

/* What one association began with. */
typedef struct
{
  guint8 challenge[POSA_ACSE_MAX_AUTHENTICATION];
  gsize challenge_size;
  PosaDlmsKey dedicated;
} Association;

struct _PosaReplayKeyring
{
  GObject parent_instance;
  PosaKeyFile keys;
  GArray *associations;            /* Association, in the order of the tape */
  GArray *counters;                /* guint32 of all that the client protected, likewise */
  guint n_challenges, n_dedicated; /* given out */
  guint64 next_counter;            /* behind the last reservation */
  guint line;                      /* of the tape, while it is looked through */
  guint foreign_line;              /* where an association under other keys ended; 0 = nowhere */
};

static void keyring_iface_init (PosaKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PosaReplayKeyring,
                               posa_replay_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (POSA_TYPE_KEYRING, keyring_iface_init))

/* ---- what is on the tape ---- */

static void
note_protected (PosaReplayKeyring *self, const guint8 *data, gsize size)
{
  PosaDlmsEnvelope envelope;

  if (size > 0 && posa_dlms_is_ciphered (data[0]) &&
      posa_dlms_envelope_parse (data, size, &envelope, NULL))
    g_array_append_val (self->counters, envelope.counter);
}

/* The dedicated key travels inside the ciphered initiate. FALSE when it is under other keys. */
static gboolean
open_initiate (PosaReplayKeyring *self, const GByteArray *sealed, Association *association)
{
  PosaDlmsSecurity security = { .keys = &self->keys.keys,
                                .sender = self->keys.client_title,
                                .receiver = self->keys.server_title };
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaDlmsEnvelope envelope;
  PosaDlmsSeen seen;
  PosaInitiate initiate;

  if (!posa_dlms_envelope_parse (sealed->data, sealed->len, &envelope, NULL))
    return FALSE;
  security.suite = envelope.control & POSA_DLMS_SUITE_MASK;
  if (!posa_dlms_unprotect (&security, sealed->data, sealed->len, plain, &seen, NULL) ||
      !posa_initiate_decode (plain->data, plain->len, &initiate, NULL))
    return FALSE;
  if (initiate.has_dedicated_key)
    posa_dlms_key_set (&association->dedicated, initiate.dedicated_key,
                       initiate.dedicated_key_size);
  OPENSSL_cleanse (&initiate, sizeof initiate);
  OPENSSL_cleanse (plain->data, plain->len);
  return TRUE;
}

static void
note_association (PosaReplayKeyring *self, const PosaAcse *aarq)
{
  Association association = { .challenge_size = aarq->authentication_size };

  if (aarq->has_title)
    {
      memcpy (self->keys.client_title, aarq->title, sizeof self->keys.client_title);
      self->keys.has_client_title = TRUE;
    }
  memcpy (association.challenge, aarq->authentication, aarq->authentication_size);
  if (aarq->user_information != NULL && aarq->user_information->len > 0 &&
      posa_dlms_is_ciphered (aarq->user_information->data[0]) &&
      !open_initiate (self, aarq->user_information, &association) && self->foreign_line == 0)
    self->foreign_line = self->line;
  if (aarq->mechanism > POSA_ACSE_MECHANISM_PASSWORD || association.dedicated.size > 0)
    g_array_append_val (self->associations, association);
}

static void
note_apdu (PosaReplayKeyring *self, const guint8 *data, gsize size)
{
  g_autoptr (PosaAcse) acse = posa_acse_decode (data, size, NULL);

  if (acse == NULL)
    {
      note_protected (self, data, size);
      return;
    }
  if (acse->kind == POSA_ACSE_AARQ)
    note_association (self, acse);
  if (acse->user_information != NULL)
    note_protected (self, acse->user_information->data, acse->user_information->len);
}

/* Joins the client's segments; a frame that was sent again is passed over. */
static void
note_frame (PosaReplayKeyring *self, const PosaHdlcFrame *frame, GByteArray *joined, int *last)
{
  if (frame->type == POSA_HDLC_SNRM)
    *last = -1;
  if (frame->type != POSA_HDLC_I || frame->send_sequence == *last)
    return;
  *last = frame->send_sequence;
  posa_put_bytes (joined, frame->information, frame->size);
  if (!frame->segmented && joined->len > LLC_BYTES)
    note_apdu (self, joined->data + LLC_BYTES, joined->len - LLC_BYTES);
  if (!frame->segmented || joined->len > MAX_APDU)
    g_byte_array_set_size (joined, 0);
}

static void
note_tape (PosaReplayKeyring *self, const PosaTape *tape)
{
  g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  int last = -1;

  for (guint i = 0; i < tape->events->len; i++)
    {
      const PosaTapeEvent *event = g_ptr_array_index (tape->events, i);
      PosaHdlcFrame frame;

      self->line = event->number;
      if (event->verb != POSA_TAPE_TX)
        continue;
      posa_hdlc_deframer_push (deframer, g_bytes_get_data (event->bytes, NULL),
                               g_bytes_get_size (event->bytes));
      while (posa_hdlc_deframer_next (deframer, &frame, NULL))
        note_frame (self, &frame, joined, &last);
    }
}

/* ---- the keyring ---- */

static gboolean
get_client_title (PosaKeyring *keyring, guint8 title[POSA_DLMS_TITLE_SIZE], GError **error)
{
  memcpy (title, POSA_REPLAY_KEYRING (keyring)->keys.client_title, POSA_DLMS_TITLE_SIZE);
  return TRUE;
}

static gboolean
get_keys (PosaKeyring *keyring,
          const char *serial,
          PosaKeySet set,
          PosaMeterKeys *keys,
          GError **error)
{
  if (set == POSA_KEYS_CURRENT)
    *keys = POSA_REPLAY_KEYRING (keyring)->keys.keys;
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "a tape has no new keys of meter %s",
                 serial);
  return set == POSA_KEYS_CURRENT;
}

/* The first counter on the tape that no earlier reservation held. */
static gboolean
reserve_counter (PosaKeyring *keyring,
                 const char *serial,
                 const PosaDlmsKey *key,
                 guint32 at_least,
                 guint32 count,
                 guint32 *first,
                 GError **error)
{
  PosaReplayKeyring *self = POSA_REPLAY_KEYRING (keyring);
  guint64 found = G_MAXUINT64;

  for (guint i = 0; i < self->counters->len; i++)
    {
      guint32 counter = g_array_index (self->counters, guint32, i);

      if (counter >= self->next_counter && counter >= at_least)
        found = MIN (found, counter);
    }
  if (found == G_MAXUINT64)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "no more protected messages follow on the tape");
      return FALSE;
    }
  *first = (guint32) found;
  self->next_counter = found + count;
  return TRUE;
}

static gboolean
get_peer_counter (PosaKeyring *keyring,
                  const char *serial,
                  const PosaDlmsKey *key,
                  gint64 *last_seen,
                  GError **error)
{
  *last_seen = -1;
  return TRUE;
}

static gboolean
set_peer_counter (PosaKeyring *keyring,
                  const char *serial,
                  const PosaDlmsKey *key,
                  guint32 last_seen,
                  GError **error)
{
  return TRUE;
}

static gboolean
make_fresh (PosaKeyring *keyring, PosaKeyringFresh what, guint8 *out, gsize size, GError **error)
{
  PosaReplayKeyring *self = POSA_REPLAY_KEYRING (keyring);
  guint *n = what == POSA_KEYRING_CHALLENGE ? &self->n_challenges : &self->n_dedicated;
  const Association none = { 0 };
  const Association *association =
      *n < self->associations->len ? &g_array_index (self->associations, Association, *n) : &none;
  const guint8 *data = association->challenge;
  gsize there = association->challenge_size;

  if (what == POSA_KEYRING_DEDICATED_KEY)
    {
      data = association->dedicated.data;
      there = association->dedicated.size;
    }
  if (there != size)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "there is no such association on the tape");
      return FALSE;
    }
  memcpy (out, data, size);
  *n += 1;
  return TRUE;
}

static void
keyring_iface_init (PosaKeyringInterface *iface)
{
  iface->get_client_title = get_client_title;
  iface->get_keys = get_keys;
  iface->reserve_counter = reserve_counter;
  iface->get_peer_counter = get_peer_counter;
  iface->set_peer_counter = set_peer_counter;
  iface->make_fresh = make_fresh;
}

static void
posa_replay_keyring_finalize (GObject *object)
{
  PosaReplayKeyring *self = POSA_REPLAY_KEYRING (object);

  OPENSSL_cleanse (&self->keys, sizeof self->keys);
  OPENSSL_cleanse (self->associations->data, self->associations->len * sizeof (Association));
  g_array_unref (self->associations);
  g_array_unref (self->counters);
  G_OBJECT_CLASS (posa_replay_keyring_parent_class)->finalize (object);
}

static void
posa_replay_keyring_class_init (PosaReplayKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_replay_keyring_finalize;
}

static void
posa_replay_keyring_init (PosaReplayKeyring *self)
{
  self->associations = g_array_new (FALSE, TRUE, sizeof (Association));
  self->counters = g_array_new (FALSE, TRUE, sizeof (guint32));
}

PosaKeyring *
posa_replay_keyring_new (const PosaTape *tape, const PosaKeyFile *keys, GError **error)
{
  g_autoptr (PosaReplayKeyring) self = g_object_new (POSA_TYPE_REPLAY_KEYRING, NULL);

  self->keys = *keys;
  note_tape (self, tape);
  if (self->foreign_line == 0)
    return POSA_KEYRING (g_steal_pointer (&self));
  g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
               "line %u: this association is under other keys than those of the key file",
               self->foreign_line);
  return NULL;
}
