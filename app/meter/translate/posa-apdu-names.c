/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-apdu-names.h"

/* Choice 0: nothing chosen. */
static const struct
{
  guint8 tag, choice;
  const char *name;
} names[] = {
  { 0x01, 0, "initiate-request" },
  { 0x08, 0, "initiate-response" },
  { 0x0E, 0, "confirmed-service-error" },
  { 0x0F, 0, "data-notification" },
  { 0x21, 0, "glo-initiate-request" },
  { 0x28, 0, "glo-initiate-response" },
  { 0x60, 0, "AARQ" },
  { 0x61, 0, "AARE" },
  { 0x62, 0, "RLRQ" },
  { 0x63, 0, "RLRE" },
  { 0xC0, 1, "get-request-normal" },
  { 0xC0, 2, "get-request-next" },
  { 0xC0, 3, "get-request-with-list" },
  { 0xC1, 1, "set-request-normal" },
  { 0xC1, 2, "set-request-with-first-datablock" },
  { 0xC1, 3, "set-request-with-datablock" },
  { 0xC1, 4, "set-request-with-list" },
  { 0xC1, 5, "set-request-with-list-and-first-datablock" },
  { 0xC2, 0, "event-notification-request" },
  { 0xC3, 1, "action-request-normal" },
  { 0xC3, 2, "action-request-next-pblock" },
  { 0xC3, 3, "action-request-with-list" },
  { 0xC3, 4, "action-request-with-first-pblock" },
  { 0xC3, 5, "action-request-with-list-and-first-pblock" },
  { 0xC3, 6, "action-request-with-pblock" },
  { 0xC4, 1, "get-response-normal" },
  { 0xC4, 2, "get-response-with-datablock" },
  { 0xC4, 3, "get-response-with-list" },
  { 0xC5, 1, "set-response-normal" },
  { 0xC5, 2, "set-response-datablock" },
  { 0xC5, 3, "set-response-last-datablock" },
  { 0xC5, 4, "set-response-last-datablock-with-list" },
  { 0xC5, 5, "set-response-with-list" },
  { 0xC7, 1, "action-response-normal" },
  { 0xC7, 2, "action-response-with-pblock" },
  { 0xC7, 3, "action-response-with-list" },
  { 0xC7, 4, "action-response-next-pblock" },
  { 0xC8, 0, "glo-get-request" },
  { 0xC9, 0, "glo-set-request" },
  { 0xCA, 0, "glo-event-notification-request" },
  { 0xCB, 0, "glo-action-request" },
  { 0xCC, 0, "glo-get-response" },
  { 0xCD, 0, "glo-set-response" },
  { 0xCF, 0, "glo-action-response" },
  { 0xD0, 0, "ded-get-request" },
  { 0xD1, 0, "ded-set-request" },
  { 0xD2, 0, "ded-event-notification-request" },
  { 0xD3, 0, "ded-action-request" },
  { 0xD4, 0, "ded-get-response" },
  { 0xD5, 0, "ded-set-response" },
  { 0xD7, 0, "ded-action-response" },
  { 0xD8, 0, "exception-response" },
  { 0xD9, 0, "access-request" },
  { 0xDA, 0, "access-response" },
  { 0xDB, 0, "general-glo-ciphering" },
  { 0xDC, 0, "general-ded-ciphering" },
  { 0xDD, 0, "general-ciphering" },
  { 0xDF, 0, "general-signing" },
  { 0xE0, 0, "general-block-transfer" },
};

const char *
posa_apdu_name (guint8 tag, guint8 choice)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].tag == tag && (names[i].choice == 0 || names[i].choice == choice))
      return names[i].name;
  return NULL;
}

gboolean
posa_apdu_is_tag (guint8 tag)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].tag == tag)
      return TRUE;
  return FALSE;
}
