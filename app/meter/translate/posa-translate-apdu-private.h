/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-apdu.h"
#include "meter/translate/posa-translate-apdu.h"

G_BEGIN_DECLS

/* What a request was about: its answer does not say it again. */
typedef struct
{
  PosaCosemTarget target;
  gboolean method;
} PosaTranslateAsked;

/* Shared by the services (posa-translate-apdu.c) and what protects and opens them
 * (posa-translate-association.c). */
struct _PosaTranslateApdu
{
  PosaKeyFile keys; /* a copy, as titles and a dedicated key may be learned */
  gboolean has_keys;
  guint depth;
  GArray *asked;           /* PosaTranslateAsked of the last request */
  gboolean list;           /* … which was one with a list */
  GByteArray *joined;      /* blocks so far */
  GByteArray *transferred; /* the same of general block transfer */
  GHashTable *scales;      /* of registers, see posa-translate-apdu.c */
};

/* Initiate, AARQ to RLRE, ciphered messages: under @parent, which has their name. */
void posa_translate_add_initiate (PosaTranslateApdu *self,
                                  PosaTree *parent,
                                  const guint8 *data,
                                  gsize size);
void
posa_translate_add_acse (PosaTranslateApdu *self, PosaTree *parent, const guint8 *data, gsize size);
void posa_translate_add_protected (PosaTranslateApdu *self,
                                   PosaTree *parent,
                                   const guint8 *data,
                                   gsize size);

G_END_DECLS
