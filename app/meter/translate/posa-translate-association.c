/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate-apdu-private.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-dlms-protection.h"
#include "meter/codec/posa-initiate.h"
#include "meter/translate/posa-apdu-names.h"

#include <openssl/crypto.h>
#include <string.h>

typedef enum
{
  CLIENT,
  SERVER,
  N_SIDES
} Side;

/* ---- association ---- */

static void
add_conformance (PosaTree *parent, guint32 bits)
{
  static const char *const bit_names[24] = {
    NULL,
    "general-protection",
    "general-block-transfer",
    "read",
    "write",
    "unconfirmed-write",
    "delta-value-encoding",
    NULL,
    "attribute0-with-set",
    "priority-mgmt",
    "attribute0-with-get",
    "block-transfer-with-get",
    "block-transfer-with-set",
    "block-transfer-with-action",
    "multiple-references",
    "information-report",
    "data-notification",
    "access",
    "parameterized-access",
    "get",
    "set",
    "selective-access",
    "event-notification",
    "action",
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bit_names); i++)
    if ((bits & 0x800000 >> i) != 0 && bit_names[i] != NULL)
      g_string_append_printf (text, " %s", bit_names[i]);
  posa_tree_add (parent, "conformance", "%06X%s", bits, text->str);
}

void
posa_translate_add_initiate (PosaTranslateApdu *self,
                             PosaTree *parent,
                             const guint8 *data,
                             gsize size)
{
  g_autoptr (GError) error = NULL;
  PosaInitiate initiate;

  if (!posa_initiate_decode (data, size, &initiate, &error))
    {
      posa_tree_add_fault (parent, "not decoded", error->message);
      return;
    }
  if (initiate.has_dedicated_key)
    {
      posa_tree_add (parent, "dedicated key", "%" G_GSIZE_FORMAT " bytes, not shown",
                     initiate.dedicated_key_size);
      posa_dlms_key_set (&self->keys.dedicated, initiate.dedicated_key,
                         initiate.dedicated_key_size);
      OPENSSL_cleanse (initiate.dedicated_key, sizeof initiate.dedicated_key);
    }
  if (initiate.has_quality)
    posa_tree_add (parent, "quality of service", "%u", initiate.quality);
  posa_tree_add (parent, "version", "%u", initiate.version);
  add_conformance (parent, initiate.conformance);
  posa_tree_add (parent, "largest PDU", "%u", initiate.max_pdu);
  if (initiate.response)
    posa_tree_add (parent, "VAA name", "%04X", initiate.vaa);
}

static void
learn_title (PosaTranslateApdu *self, Side side, const guint8 title[8])
{
  guint8 *target = side == CLIENT ? self->keys.client_title : self->keys.server_title;

  memcpy (target, title, POSA_DLMS_TITLE_SIZE);
  if (side == CLIENT)
    self->keys.has_client_title = TRUE;
  else
    self->keys.has_server_title = TRUE;
}

static void
add_association_fields (PosaTranslateApdu *self, PosaTree *parent, const PosaAcse *acse)
{
  static const char *const contexts[] = { "unknown", "LN", "SN", "LN ciphered", "SN ciphered" };
  static const char *const mechanisms[] = {
    "none",      "LLS",      "HLS of the maker", "HLS MD5",
    "HLS SHA-1", "HLS GMAC", "HLS SHA-256",      "HLS ECDSA"
  };
  Side side = acse->kind == POSA_ACSE_AARQ ? CLIENT : SERVER;

  posa_tree_add (parent, "context", "%u %s", acse->context,
                 contexts[acse->context < G_N_ELEMENTS (contexts) ? acse->context : 0]);
  if (acse->kind == POSA_ACSE_AARE)
    {
      posa_tree_add (parent, "result", "%u %s", acse->result,
                     acse->result == 0 ? "accepted" : "rejected");
      posa_tree_add (parent, "diagnostic", "%u %s", acse->diagnostic, posa_acse_describe (acse));
    }
  if (acse->has_title)
    {
      posa_tree_add_hex (parent, "system title", acse->title, sizeof acse->title);
      learn_title (self, side, acse->title);
    }
  if (acse->has_mechanism)
    posa_tree_add (parent, "mechanism", "%u %s", acse->mechanism,
                   acse->mechanism < G_N_ELEMENTS (mechanisms) ? mechanisms[acse->mechanism] : "");
  if (acse->has_authentication && acse->mechanism >= POSA_ACSE_MECHANISM_GMAC)
    posa_tree_add_hex (parent, "challenge", acse->authentication, acse->authentication_size);
  else if (acse->has_authentication)
    posa_tree_add (parent, "authentication value", "%" G_GSIZE_FORMAT " bytes, not shown",
                   acse->authentication_size);
}

void
posa_translate_add_acse (PosaTranslateApdu *self, PosaTree *parent, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaAcse) acse = posa_acse_decode (data, size, &error);

  if (acse == NULL)
    {
      posa_tree_add_fault (parent, "not decoded", error->message);
      return;
    }
  if (acse->kind == POSA_ACSE_AARQ || acse->kind == POSA_ACSE_AARE)
    add_association_fields (self, parent, acse);
  if (acse->has_reason)
    posa_tree_add (parent, "reason", "%u", acse->reason);
  if (acse->user_information != NULL)
    posa_translate_apdu_add (self, parent, acse->user_information->data,
                             acse->user_information->len);
}

/* ---- protection ---- */

static Side
sender_of (guint8 tag)
{
  static const guint8 requests[] = { 0x21, 0xC8, 0xC9, 0xCB, 0xD0, 0xD1, 0xD3 };

  return memchr (requests, tag, sizeof requests) != NULL ? CLIENT : SERVER;
}

/* Whether @plain can be what was in the message: without a tag of the cipher only this tells. */
static gboolean
is_likely (const PosaDlmsEnvelope *envelope, const GByteArray *plain)
{
  return plain->len > 0 && posa_apdu_is_tag (plain->data[0]) &&
         posa_apdu_name (plain->data[0], plain->len > 1 ? plain->data[1] : 0) != NULL;
}

/* Takes the protection off, with the title that the message carries for its sender's, or that of
 * its end of the line, or the other's. */
static gboolean
unprotect (PosaTranslateApdu *self,
           const PosaDlmsEnvelope *envelope,
           const guint8 *data,
           gsize size,
           GByteArray *plain)
{
  const PosaKeyFile *keys = &self->keys;
  Side side = sender_of (envelope->tag);
  const guint8 *titles[N_SIDES] = { keys->client_title, keys->server_title };
  const gboolean known[N_SIDES] = { keys->has_client_title, keys->has_server_title };

  for (guint i = 0; i < N_SIDES + 1; i++)
    {
      guint sender = i == 1 ? side : 1 - side;
      PosaDlmsSecurity security = { .suite = envelope->control & POSA_DLMS_SUITE_MASK,
                                    .keys = &keys->keys,
                                    .dedicated = keys->dedicated.size > 0 ? &keys->dedicated : NULL,
                                    .sender = i == 0 ? envelope->title : titles[sender],
                                    .receiver = envelope->has_recipient ? envelope->recipient
                                                                        : titles[1 - sender] };
      PosaDlmsSeen seen;

      if ((i == 0 ? envelope->has_title : known[sender]) &&
          posa_dlms_unprotect (&security, data, size, plain, &seen, NULL) &&
          is_likely (envelope, plain))
        return TRUE;
    }
  return FALSE;
}

/* What is signed is readable as it is; whose signature it is, is not asked here. */
static void
add_signed (PosaTranslateApdu *self, PosaTree *parent, const PosaDlmsEnvelope *envelope)
{
  posa_tree_add (parent, "signature", "%" G_GSIZE_FORMAT " bytes, not checked",
                 envelope->signature_size);
  posa_translate_apdu_add (self, parent, envelope->body, envelope->size);
}

static void
add_security (PosaTree *parent, const PosaDlmsEnvelope *envelope)
{
  if (envelope->has_title)
    posa_tree_add_hex (parent, "system title", envelope->title, sizeof envelope->title);
  if (envelope->has_recipient)
    posa_tree_add_hex (parent, "recipient", envelope->recipient, sizeof envelope->recipient);
  if (envelope->tag != POSA_DLMS_GENERAL_SIGNING)
    posa_tree_add (parent, "security", "%02X%s%s, suite %u, counter %08X", envelope->control,
                   (envelope->control & POSA_DLMS_AUTHENTICATED) != 0 ? " authenticated" : "",
                   (envelope->control & POSA_DLMS_ENCRYPTED) != 0 ? " encrypted" : "",
                   envelope->control & POSA_DLMS_SUITE_MASK, envelope->counter);
}

void
posa_translate_add_protected (PosaTranslateApdu *self,
                              PosaTree *parent,
                              const guint8 *data,
                              gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaDlmsEnvelope envelope;

  if (!posa_dlms_envelope_parse (data, size, &envelope, &error))
    {
      posa_tree_add_fault (parent, "not decoded", error->message);
      return;
    }
  add_security (parent, &envelope);
  PosaDlmsProtection form = posa_dlms_get_protection (envelope.tag);
  gboolean dedicated = form == POSA_DLMS_PROTECTION_DED || form == POSA_DLMS_PROTECTION_GENERAL_DED;
  if (envelope.tag == POSA_DLMS_GENERAL_SIGNING)
    add_signed (self, parent, &envelope);
  else if (!self->has_keys)
    posa_tree_add_fault (parent, "ciphered", "no key file was given");
  else if (dedicated && self->keys.dedicated.size == 0)
    posa_tree_add_fault (parent, "ciphered", "its dedicated key is not known");
  else if (!envelope.has_title && !self->keys.has_client_title && !self->keys.has_server_title)
    posa_tree_add_fault (parent, "ciphered", "the sender's system title is not known");
  else if (!unprotect (self, &envelope, data, size, plain))
    posa_tree_add_fault (parent, "ciphered", "not with these keys and titles, or damaged");
  else
    posa_translate_apdu_add (self, parent, plain->data, plain->len);
}
