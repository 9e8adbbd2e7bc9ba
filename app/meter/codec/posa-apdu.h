/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-obis.h"
#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

/* xDLMS services with logical names, IEC 62056-5-3 clause 9.3, plain (before ciphering), both
 * ways. Pure. */

typedef enum
{
  POSA_APDU_GET_REQUEST,
  POSA_APDU_GET_NEXT,
  POSA_APDU_GET_LIST_REQUEST,
  POSA_APDU_GET_RESPONSE,
  POSA_APDU_GET_BLOCK,
  POSA_APDU_GET_LIST_RESPONSE,
  POSA_APDU_SET_REQUEST,
  POSA_APDU_SET_RESPONSE,
  POSA_APDU_ACTION_REQUEST,
  POSA_APDU_ACTION_RESPONSE,
  POSA_APDU_EXCEPTION,
  POSA_APDU_SERVICE_ERROR,
  POSA_APDU_NOTIFICATION, /* data or event notification: contents are not looked at */
  POSA_N_APDU_KINDS
} PosaApduKind;

/* data-access-result and action-result */
enum
{
  POSA_DLMS_SUCCESS = 0,
  POSA_DLMS_HARDWARE_FAULT = 1,
  POSA_DLMS_TEMPORARY_FAILURE = 2,
  POSA_DLMS_READ_WRITE_DENIED = 3,
  POSA_DLMS_OBJECT_UNDEFINED = 4,
  POSA_DLMS_CLASS_INCONSISTENT = 9,
  POSA_DLMS_OBJECT_UNAVAILABLE = 11,
  POSA_DLMS_TYPE_UNMATCHED = 12,
  POSA_DLMS_SCOPE_VIOLATED = 13,
  POSA_DLMS_NO_LONG_GET = 16,
  POSA_DLMS_BLOCK_NUMBER_INVALID = 19,
  POSA_DLMS_OTHER_REASON = 250
};

/* service-error of an exception */
enum
{
  POSA_DLMS_EXCEPTION_OPERATION_NOT_POSSIBLE = 1,
  POSA_DLMS_EXCEPTION_NOT_SUPPORTED = 2,
  POSA_DLMS_EXCEPTION_OTHER = 3,
  POSA_DLMS_EXCEPTION_DECIPHERING = 5,
  POSA_DLMS_EXCEPTION_COUNTER = 6
};

/* Interface classes of IEC 62056-6-2. */
enum
{
  POSA_DLMS_CLASS_DATA = 1,
  POSA_DLMS_CLASS_REGISTER = 3,
  POSA_DLMS_CLASS_EXTENDED_REGISTER = 4,
  POSA_DLMS_CLASS_DEMAND_REGISTER = 5,
  POSA_DLMS_CLASS_PROFILE = 7,
  POSA_DLMS_CLASS_CLOCK = 8,
  POSA_DLMS_CLASS_SCRIPTS = 9,
  POSA_DLMS_CLASS_SCHEDULE = 10,
  POSA_DLMS_CLASS_SPECIAL_DAYS = 11,
  POSA_DLMS_CLASS_ASSOCIATION = 15,
  POSA_DLMS_CLASS_SAP = 17,
  POSA_DLMS_CLASS_IMAGE_TRANSFER = 18,
  POSA_DLMS_CLASS_LOCAL_PORT = 19,
  POSA_DLMS_CLASS_CALENDAR = 20,
  POSA_DLMS_CLASS_REGISTER_MONITOR = 21,
  POSA_DLMS_CLASS_HDLC = 23,
  POSA_DLMS_CLASS_PUSH = 40,
  POSA_DLMS_CLASS_SECURITY = 64,
  POSA_DLMS_CLASS_DISCONNECT = 70,
  POSA_DLMS_CLASS_LIMITER = 71
};

/* An attribute or method of an object. */
typedef struct
{
  guint16 class_id;
  PosaObis obis;
  gint8 index; /* 1 is the logical name; methods count from 1 too */
} PosaCosemTarget;

#define POSA_COSEM_TARGET(class, name, i)                                                          \
  ((PosaCosemTarget) { .class_id = (class), .obis = (name), .index = (i) })

/* One result: data or the reason why there is none. */
typedef struct
{
  guint8 result;
  PosaCosemValue *value; /* owned; NULL for none */
} PosaApduItem;

typedef struct
{
  PosaApduKind kind;
  guint8 invoke_id; /* with the confirmed and priority bits */
  GArray *targets;  /* PosaCosemTarget: requests */
  GArray *items;    /* PosaApduItem: results; data of a SET; parameter of an ACTION, if any */
  guint8 selector;  /* GET: 0 = the whole attribute */
  PosaCosemValue *selection; /* owned, parameter of @selector */
  gboolean last;
  guint32 block;
  guint8 result;         /* ACTION: of the method; a block: why there is none */
  GByteArray *raw;       /* piece of a GET answer */
  guint8 state, service; /* EXCEPTION, or class and value of a service error */
  guint32 counter;       /* EXCEPTION_COUNTER: what is expected */
} PosaApdu;

PosaApdu *posa_apdu_new (PosaApduKind kind, guint8 invoke_id);
void posa_apdu_free (PosaApdu *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaApdu, posa_apdu_free)
void posa_apdu_add_target (PosaApdu *self, PosaCosemTarget target);
void posa_apdu_add_item (PosaApdu *self, guint8 result, PosaCosemValue *value); /* takes @value */
const PosaApduItem *posa_apdu_get_item (const PosaApdu *self, guint i); /* NULL beyond the end */
const PosaCosemTarget *posa_apdu_get_target (const PosaApdu *self, guint i); /* NULL likewise */

void posa_apdu_encode (const PosaApdu *self, GByteArray *out);
/* INVALID_DATA; UNSUPPORTED for a service or a form of it that is not of the above. */
PosaApdu *posa_apdu_decode (const guint8 *data, gsize size, GError **error);
/* The joined pieces of the answer to a list: the results without the APDU's head. */
PosaApdu *posa_apdu_decode_list (const guint8 *data, gsize size, GError **error);

/* "read-write denied" …; static. */
const char *posa_dlms_result_describe (guint8 result);

G_END_DECLS
