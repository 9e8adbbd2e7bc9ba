/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-acse.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

/* joint-iso-ccitt country(16) country-name(756) identified-organisation(5) DLMS-UA(8), then the
 * kind of name and its number. */
static const guint8 dlms_arcs[] = { 0x60, 0x85, 0x74, 0x05, 0x08 };
#define ARC_CONTEXT   1
#define ARC_MECHANISM 2
#define OID_BYTES     7

PosaAcse *
posa_acse_new (PosaAcseKind kind)
{
  PosaAcse *self = g_new0 (PosaAcse, 1);

  self->kind = kind;
  return self;
}

void
posa_acse_free (PosaAcse *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->user_information, g_byte_array_unref);
  g_free (self);
}

void
posa_acse_set_user_information (PosaAcse *self, const guint8 *data, gsize size)
{
  g_clear_pointer (&self->user_information, g_byte_array_unref);
  self->user_information = g_byte_array_new ();
  posa_put_bytes (self->user_information, data, size);
}

/* BER's lengths and A-XDR's have one form. */
static void
put_field (GByteArray *out, guint8 tag, const guint8 *data, gsize size)
{
  posa_put_u8 (out, tag);
  posa_axdr_put_length (out, size);
  posa_put_bytes (out, data, size);
}

static void
put_nested (GByteArray *out, guint8 outer, guint8 inner, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) field = g_byte_array_new ();

  put_field (field, inner, data, size);
  put_field (out, outer, field->data, field->len);
}

static void
put_name (GByteArray *out, guint8 kind, guint8 number)
{
  posa_put_bytes (out, dlms_arcs, sizeof dlms_arcs);
  posa_put_u8 (out, kind);
  posa_put_u8 (out, number);
}

static void
put_context (const PosaAcse *self, GByteArray *out)
{
  static const guint8 version[] = { 0x07, 0x80 }; /* a string of one bit */
  g_autoptr (GByteArray) name = g_byte_array_new ();

  if (self->has_version)
    put_field (out, 0x80, version, sizeof version);
  put_name (name, ARC_CONTEXT, self->context);
  put_nested (out, 0xA1, 0x06, name->data, name->len);
}

/* @base is 8A for the caller's fields, 88 for the responder's: requirements, then the mechanism. */
static void
put_mechanism (const PosaAcse *self, GByteArray *out, guint8 base)
{
  static const guint8 requirements[] = { 0x07, 0x80 };
  g_autoptr (GByteArray) name = g_byte_array_new ();

  if (!self->has_mechanism)
    return;
  put_name (name, ARC_MECHANISM, self->mechanism);
  put_field (out, base, requirements, sizeof requirements);
  put_field (out, base + 1, name->data, name->len);
}

static void
put_authentication (const PosaAcse *self, GByteArray *out, guint8 tag)
{
  if (self->has_authentication)
    put_nested (out, tag, 0x80, self->authentication, self->authentication_size);
}

static void
put_aarq (const PosaAcse *self, GByteArray *out)
{
  put_context (self, out);
  if (self->has_title)
    put_nested (out, 0xA6, 0x04, self->title, sizeof self->title);
  put_mechanism (self, out, 0x8A);
  put_authentication (self, out, 0xAC);
}

static void
put_aare (const PosaAcse *self, GByteArray *out)
{
  const guint8 diagnostic[] = { self->by_provider ? 0xA2 : 0xA1, 3, 2, 1, self->diagnostic };

  put_context (self, out);
  put_nested (out, 0xA2, 0x02, &self->result, 1);
  put_field (out, 0xA3, diagnostic, sizeof diagnostic);
  if (self->has_title)
    put_nested (out, 0xA4, 0x04, self->title, sizeof self->title);
  put_mechanism (self, out, 0x88);
  put_authentication (self, out, 0xAA);
}

void
posa_acse_encode (const PosaAcse *self, GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (self->kind == POSA_ACSE_AARQ)
    put_aarq (self, body);
  else if (self->kind == POSA_ACSE_AARE)
    put_aare (self, body);
  else if (self->has_reason)
    put_field (body, 0x80, &self->reason, 1);
  if (self->user_information != NULL)
    put_nested (body, 0xBE, 0x04, self->user_information->data, self->user_information->len);
  put_field (out, (guint8) self->kind, body->data, body->len);
}

static PosaReader
read_field (PosaReader *reader, guint8 *tag)
{
  *tag = posa_reader_u8 (reader);
  return posa_reader_sub (reader, posa_axdr_read_length (reader));
}

/* The content of the one field inside @outer. */
static PosaReader
read_inner (PosaReader *outer)
{
  guint8 tag = 0;

  return read_field (outer, &tag);
}

/* Last arc of a DLMS name of @kind; 0 for a foreign name. */
static guint8
read_name (PosaReader *name, guint8 kind)
{
  gsize size = posa_reader_remaining (name);
  const guint8 *arcs = posa_reader_bytes (name, sizeof dlms_arcs);

  if (arcs == NULL || size != OID_BYTES || memcmp (arcs, dlms_arcs, sizeof dlms_arcs) != 0 ||
      posa_reader_u8 (name) != kind)
    return 0;
  return posa_reader_u8 (name);
}

static gboolean
read_title (PosaAcse *self, PosaReader *field)
{
  PosaReader title = read_inner (field);

  /* Other lengths exist, and have no use in suite 0. */
  self->has_title = posa_reader_remaining (&title) == sizeof self->title;
  for (gsize i = 0; self->has_title && i < sizeof self->title; i++)
    self->title[i] = posa_reader_u8 (&title);
  return !field->failed && !title.failed;
}

static gboolean
read_authentication (PosaAcse *self, PosaReader *field)
{
  PosaReader value = read_inner (field);

  self->authentication_size = posa_reader_remaining (&value);
  if (value.failed || self->authentication_size > sizeof self->authentication)
    return FALSE;
  for (gsize i = 0; i < self->authentication_size; i++)
    self->authentication[i] = posa_reader_u8 (&value);
  self->has_authentication = TRUE;
  return TRUE;
}

static gboolean
read_user_information (PosaAcse *self, PosaReader *field)
{
  PosaReader content = read_inner (field);
  gsize size = posa_reader_remaining (&content);
  const guint8 *data = posa_reader_bytes (&content, size);

  if (content.failed)
    return FALSE;
  posa_acse_set_user_information (self, data, size);
  return TRUE;
}

static gboolean
read_diagnostic (PosaAcse *self, PosaReader *field)
{
  guint8 tag = 0;
  PosaReader source = read_field (field, &tag);
  PosaReader number = read_inner (&source);

  self->by_provider = tag == 0xA2;
  self->diagnostic = posa_reader_u8 (&number);
  return !number.failed;
}

static gboolean
read_result (PosaAcse *self, PosaReader *field)
{
  PosaReader number = read_inner (field);

  self->result = posa_reader_u8 (&number);
  return !number.failed;
}

/* Fields that caller and responder number alike. */
static gboolean
read_common (PosaAcse *self, guint8 tag, PosaReader *field)
{
  if (tag == 0xA1)
    {
      PosaReader name = read_inner (field);
      self->context = read_name (&name, ARC_CONTEXT);
    }
  else if (tag == 0x80)
    self->has_version = TRUE;
  else if (tag == 0xBE)
    return read_user_information (self, field);
  return TRUE;
}

static gboolean
read_association_field (PosaAcse *self, guint8 tag, PosaReader *field)
{
  gboolean request = self->kind == POSA_ACSE_AARQ;

  if (tag == (request ? 0xA6 : 0xA4))
    return read_title (self, field);
  if (tag == (request ? 0x8B : 0x89))
    {
      self->has_mechanism = TRUE;
      self->mechanism = read_name (field, ARC_MECHANISM);
      return TRUE;
    }
  if (tag == (request ? 0xAC : 0xAA))
    return read_authentication (self, field);
  if (!request && tag == 0xA2)
    return read_result (self, field);
  if (!request && tag == 0xA3)
    return read_diagnostic (self, field);
  return read_common (self, tag, field);
}

static gboolean
read_release_field (PosaAcse *self, guint8 tag, PosaReader *field)
{
  if (tag == 0xBE)
    return read_user_information (self, field);
  if (tag == 0x80)
    {
      self->has_reason = TRUE;
      self->reason = posa_reader_u8 (field);
    }
  return TRUE;
}

static gboolean
read_fields (PosaAcse *self, PosaReader *body)
{
  gboolean association = self->kind == POSA_ACSE_AARQ || self->kind == POSA_ACSE_AARE;

  while (posa_reader_remaining (body) > 0)
    {
      guint8 tag = 0;
      PosaReader field = read_field (body, &tag);
      gboolean good = association ? read_association_field (self, tag, &field)
                                  : read_release_field (self, tag, &field);

      if (body->failed || !good)
        return FALSE;
    }
  return !body->failed;
}

PosaAcse *
posa_acse_decode (const guint8 *data, gsize size, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  guint8 tag = posa_reader_u8 (&reader);
  g_autoptr (PosaAcse) self = posa_acse_new ((PosaAcseKind) tag);

  if (reader.failed || tag < POSA_ACSE_AARQ || tag > POSA_ACSE_RLRE)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "association message: unexpected tag %02X", tag);
      return NULL;
    }
  PosaReader body = posa_reader_sub (&reader, posa_axdr_read_length (&reader));
  if (!read_fields (self, &body) && tag != POSA_ACSE_RLRE)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "association message %02X: damaged",
                   tag);
      return NULL;
    }
  return g_steal_pointer (&self);
}

const char *
posa_acse_describe (const PosaAcse *self)
{
  static const char *const reasons[] = {
    [POSA_ACSE_DIAGNOSTIC_NULL] = "no reason given",
    [POSA_ACSE_DIAGNOSTIC_NO_REASON] = "no reason given",
    [POSA_ACSE_DIAGNOSTIC_CONTEXT] = "application context not supported",
    [POSA_ACSE_DIAGNOSTIC_CALLING_TITLE] = "this device is not known to the meter",
    [POSA_ACSE_DIAGNOSTIC_MECHANISM] = "authentication mechanism not recognised",
    [POSA_ACSE_DIAGNOSTIC_MECHANISM_REQUIRED] = "authentication mechanism required",
    [POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED] = "authentication failed",
    [POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED] = "authentication required",
  };

  if (self->by_provider)
    return self->diagnostic == 2 ? "no common version" : "no reason given";
  if (self->diagnostic < G_N_ELEMENTS (reasons) && reasons[self->diagnostic] != NULL)
    return reasons[self->diagnostic];
  return "other reason";
}
