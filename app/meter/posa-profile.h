/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-frozen-registers.h"
#include "domain/posa-load-profile.h"
#include "domain/posa-meter-kind.h"
#include "domain/posa-tariff-table.h"
#include "meter/codec/posa-dlms-agreement.h"

G_BEGIN_DECLS

/* A meter model is one key file in data/profiles. The set of groups and keys is closed: an unknown
 * one is an error, so that a slip of the pen cannot pass for an option (docs: data/profiles). */
typedef enum
{
  POSA_DRIVER_IEC, /* IEC 62056-21 mode C */
  POSA_DRIVER_DLMS /* DLMS/COSEM over HDLC */
} PosaDriver;

/* How a DLMS meter is called. */
typedef enum
{
  POSA_LINE_START_DIRECT, /* "direct": HDLC at once, at the profile's speed */
  POSA_LINE_START_MODE_E  /* "mode-e": HDLC behind the sign-on at 300 baud */
} PosaLineStart;

/* How an IEC driver gets the registers. */
typedef enum
{
  POSA_READING_PLAN_READOUT,  /* "readout": one data block */
  POSA_READING_PLAN_REGISTERS /* "registers": one by one in programming mode */
} PosaReadingPlan;

/* What to do when a meter does not give what its profile names. */
typedef enum
{
  POSA_MISSING_REFUSE, /* "refuse": the reading fails and names it */
  POSA_MISSING_NOTE    /* "note": the reading has it among the missing items */
} PosaMissingPolicy;

typedef struct
{
  char *code; /* as the meter writes it */
  PosaObis obis;
  PosaQuantity quantity;
  guint tier;
  char *unit; /* expected, "kWh" */
  gboolean required;
  guint digits, decimals; /* of the number, always all of them; 0, 0: not known */
} PosaProfileRegister;

#define POSA_PROFILE_MAX_BITS    64
#define POSA_PROFILE_MAX_REASONS 16
#define POSA_PROFILE_LOAD_BITS   16

/* Codes of an IEC 62056-21 meter beside its registers; NULL when it has none. */
typedef struct
{
  /* [frozen]: the number behind the code of a frozen value, its time and reason */
  char *freeze_count, *freeze_time, *freeze_time_format, *freeze_reason;
  /* [tariff-table]: "hhmm-TIER" in up to five parentheses for each day */
  char *table_name, *table_days[POSA_TARIFF_DAY_TYPES];
  char *active_tier, *default_tiers[POSA_N_QUANTITIES];
  /* [limiter]: flags 0 or 1, steps "PER_MILLE-SECONDS", powers in kW */
  char *limiter_enabled, *limiter_steps, *max_demand_enabled, *contract_power, *available_power;
  /* [voltage]: V and % */
  char *voltage_since, *voltage_since_format, *voltage_min, *voltage_max, *voltage_within;
  char *power; /* [instant]: kW */
  /* [load-profile]: "CODE(from;to)" by a command such as R6 */
  char *load_code, *load_command, *load_time_format;
  guint load_period_min;
  GPtrArray *load_columns;                        /* [load-columns]: PosaProfileRegister */
  guint load_flags[POSA_PROFILE_LOAD_BITS];       /* [load-bits]: PosaLoadFlags of a status bit */
  guint freeze_reasons[POSA_PROFILE_MAX_REASONS]; /* [freeze-reasons]: PosaFreezeReason + 1 */
} PosaProfileIec;

/* What the DLMS driver needs to know: [dlms] and [objects]. A code left out is all zeros. */
typedef struct
{
  guint logical_device, public_client, installer_client; /* HDLC address, SAPs */
  guint physical_device, address_bytes; /* of the HDLC address; 0: none, the shortest form */
  guint max_info;                       /* bytes of a frame to propose */
  guint response_ms, inter_octet_ms, retries;
  guint utc_offset;            /* minutes of standard time, 60 in Italy */
  PosaDlmsAgreement agreement; /* of the installer; left out: HLS 5, suite 0, all ciphered */
  PosaObis name;               /* logical device name: what [match] is about */
  PosaObis invocation_counter, clock, calendar, tariff_scripts, special_days, limiter,
      limiter_enabled, contract_power, disconnect, load_profile, security, image_transfer;
  GArray *event_logs; /* PosaObis; NULL = none */
} PosaProfileDlms;

/* [events]: what a code in a log book means. */
typedef struct
{
  gint64 code;
  char *text;
} PosaProfileEvent;

/* Strings that a profile leaves out are NULL, numbers 0. */
typedef struct
{
  char *id, *version, *sha256;
  PosaDriver driver;
  PosaMeterKind kind;
  char *model; /* plate text; NULL: the identification's own */

  char *manufacturer, *ident; /* [match]: FLAG id without case or "*", pattern with * and ? */

  guint baud;            /* [line]: highest speed (iec), fixed speed (dlms) */
  PosaLineStart start;   /* [line]: of a DLMS meter; the other one is tried too */
  char *device_address;  /* [line]: of the sign-on, for a meter that heeds no other call */
  gboolean wake_up;      /* [line]: a battery device that may have to be woken up (iec) */
  guint switch_delay_ms; /* [line]: pause before the change of speed, for slow converters */
  PosaReadingPlan plan;  /* [reading] */
  guint size;            /* [reading]: characters of the whole data readout; 0: not known */
  PosaMissingPolicy missing;
  char *password;  /* [access]: reading password of the maker, when one is needed */
  char *algorithm; /* [access]: what the maker makes of it, see posa-iec-secret.h */

  char *serial, *customer_number, *firmware; /* [identity]: codes; iec: the first of "A;B" */
  char *date, *time;                         /* [clock]: codes */
  char *date_format, *time_format, *capture_format;
  char *status;                             /* [status]: code of the status word */
  char *status_bits[POSA_PROFILE_MAX_BITS]; /* [status-bits]: name of each bit, NULL = none */
  PosaProfileIec iec;
  PosaProfileDlms dlms;
  GPtrArray *events;    /* PosaProfileEvent */
  GPtrArray *registers; /* PosaProfileRegister, in the file's order */
  GStrv commissioning;  /* [commissioning] order, NULL = cannot */
} PosaProfile;

/* @name is the file's, for messages. INVALID_DATA naming file, group and key. */
PosaProfile *posa_profile_parse (const char *name, const char *text, gsize size, GError **error);
PosaProfile *posa_profile_load (const char *path, GError **error);
void posa_profile_free (PosaProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaProfile, posa_profile_free)

/* All profiles of the data folder, sorted by file name; one bad file is an error. */
GPtrArray *posa_profile_load_all (GError **error);
/* The profile whose [match] fits, borrowed; NULL when none does. Of several that fit: one that
 * names the maker before one for any maker, then the one whose pattern has more fixed characters.
 */
const PosaProfile *posa_profile_match (GPtrArray *profiles,
                                       PosaDriver driver,
                                       const char *manufacturer,
                                       const char *ident);

/* What the event @code is called; NULL when the profile does not say. */
const char *posa_profile_get_event (const PosaProfile *self, gint64 code);

/* Names of the bits set in the status word @raw (hex); free with g_strfreev(). A bit without a name
 * is called "bit-N". INVALID_DATA when @raw is not hex. */
GStrv posa_profile_decode_status (const PosaProfile *self, const char *raw, GError **error);

G_END_DECLS
