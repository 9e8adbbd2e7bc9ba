/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-obis.h"
#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

/* xDLMS services with logical names, IEC 62056-5-3 clauses 9.3 and 9.5, plain (before ciphering),
 * both ways. Pure. Which members of PosaApdu a kind has is in the table of posa-apdu.c. */

typedef enum
{
  POSA_APDU_GET_REQUEST,
  POSA_APDU_GET_NEXT,
  POSA_APDU_GET_LIST_REQUEST,
  POSA_APDU_GET_RESPONSE,
  POSA_APDU_GET_BLOCK,
  POSA_APDU_GET_LIST_RESPONSE,
  POSA_APDU_SET_REQUEST,
  POSA_APDU_SET_FIRST_BLOCK,
  POSA_APDU_SET_BLOCK,
  POSA_APDU_SET_LIST_REQUEST,
  POSA_APDU_SET_LIST_FIRST_BLOCK,
  POSA_APDU_SET_RESPONSE,
  POSA_APDU_SET_BLOCK_RESPONSE,
  POSA_APDU_SET_LAST_RESPONSE,
  POSA_APDU_SET_LIST_LAST_RESPONSE,
  POSA_APDU_SET_LIST_RESPONSE,
  POSA_APDU_ACTION_REQUEST,
  POSA_APDU_ACTION_NEXT,
  POSA_APDU_ACTION_LIST_REQUEST,
  POSA_APDU_ACTION_FIRST_BLOCK,
  POSA_APDU_ACTION_LIST_FIRST_BLOCK,
  POSA_APDU_ACTION_BLOCK,
  POSA_APDU_ACTION_RESPONSE,
  POSA_APDU_ACTION_RESPONSE_BLOCK,
  POSA_APDU_ACTION_LIST_RESPONSE,
  POSA_APDU_ACTION_BLOCK_RESPONSE,
  POSA_APDU_ACCESS_REQUEST,
  POSA_APDU_ACCESS_RESPONSE,
  POSA_APDU_DATA_NOTIFICATION,
  POSA_APDU_EVENT_NOTIFICATION,
  POSA_APDU_EXCEPTION,
  POSA_APDU_SERVICE_ERROR,
  POSA_N_APDU_KINDS
} PosaApduKind;

/* What one specification of ACCESS asks for, as on the wire without a selection. */
typedef enum
{
  POSA_APDU_ACCESS_GET = 1,
  POSA_APDU_ACCESS_SET = 2,
  POSA_APDU_ACCESS_ACTION = 3
} PosaApduAccess;

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
  POSA_DLMS_BLOCK_UNAVAILABLE = 14,
  POSA_DLMS_LONG_GET_ABORTED = 15, /* or ACTION */
  POSA_DLMS_NO_LONG_GET = 16,
  POSA_DLMS_LONG_SET_ABORTED = 17,
  POSA_DLMS_NO_LONG_SET = 18,
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

/* What a request is about: an attribute, whole or a selection of it, or a method. */
typedef struct
{
  PosaCosemTarget target;
  guint8 access;             /* PosaApduAccess; ACCESS only, and all there is in its answer */
  guint8 selector;           /* of @selection */
  PosaCosemValue *selection; /* owned, parameter of selective access; NULL = the whole */
} PosaApduSpec;

/* One result: data or the reason why there is none. */
typedef struct
{
  guint8 result;
  PosaCosemValue *value; /* owned; NULL for none */
} PosaApduItem;

typedef struct
{
  PosaApduKind kind;
  guint32 invoke_id; /* with the confirmed and priority bits; one byte but for ACCESS and data
                        notification, which have four */
  GArray *specs;     /* PosaApduSpec: requests */
  GArray *items;     /* PosaApduItem: results; data of SETs; parameters of ACTIONs, if any */
  gboolean last;
  guint32 block;
  guint8 result;         /* of a SET or a method; of a GET block: why there is none */
  GByteArray *raw;       /* contents of a block; time of an ACCESS or notification, if any */
  guint8 state, service; /* EXCEPTION, or class and value of a service error */
  guint32 counter;       /* EXCEPTION_COUNTER: what is expected */
} PosaApdu;

PosaApdu *posa_apdu_new (PosaApduKind kind, guint32 invoke_id);
void posa_apdu_free (PosaApdu *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaApdu, posa_apdu_free)
void posa_apdu_add_target (PosaApdu *self, PosaCosemTarget target);
/* Takes the selection of @spec. */
void posa_apdu_add_spec (PosaApdu *self, PosaApduSpec spec);
void posa_apdu_add_item (PosaApdu *self, guint8 result, PosaCosemValue *value); /* takes @value */
const PosaApduItem *posa_apdu_get_item (const PosaApdu *self, guint i); /* NULL beyond the end */
const PosaApduSpec *posa_apdu_get_spec (const PosaApdu *self, guint i); /* NULL likewise */

void posa_apdu_encode (const PosaApdu *self, GByteArray *out);
/* INVALID_DATA; UNSUPPORTED for a service or a form of it that is not of the above. */
PosaApdu *posa_apdu_decode (const guint8 *data, gsize size, GError **error);
/* A data or event notification by its tag, whatever follows. */
gboolean posa_apdu_is_notification (guint8 tag);

/* Long messages go in blocks: what these carry is the message without its head (tag, choice, invoke
 * id), of a request without its specifications too. */
gsize posa_apdu_get_head_size (PosaApduKind kind);
PosaApdu *posa_apdu_decode_body (PosaApduKind kind,
                                 guint32 invoke_id,
                                 const guint8 *data,
                                 gsize size,
                                 GError **error);

/* "read-write denied" …; static. */
const char *posa_dlms_result_describe (guint8 result);

G_END_DECLS
