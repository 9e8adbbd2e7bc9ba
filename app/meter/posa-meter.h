/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-holidays.h"
#include "domain/posa-load-profile.h"
#include "domain/posa-meter-event.h"
#include "domain/posa-reading-set.h"
#include "domain/posa-replacement-report.h"
#include "domain/posa-work-order.h"
#include "meter/port/posa-port.h"
#include "meter/posa-keyring.h"
#include "meter/posa-meter-address.h"

G_BEGIN_DECLS

/* What the use cases see of a meter, whatever its protocol. All calls block, belong to the work
 * thread, obey @operation's cancellable, and report progress to it (it may be NULL).
 *
 * posa_meter_open() signs on: it tries the start styles of the known profiles (IEC 62056-21 sign-on
 * at 300 baud, direct HDLC at 9600), asks for the identity and chooses the profile. */
#define POSA_TYPE_METER (posa_meter_get_type ())
G_DECLARE_DERIVABLE_TYPE (PosaMeter, posa_meter, POSA, METER, GObject)

typedef enum
{
  POSA_METER_ANY,
  POSA_METER_FIRST_GENERATION, /* try the IEC sign-on only */
  POSA_METER_SECOND_GENERATION /* try HDLC only */
} PosaMeterExpectation;

/* @address NULL: the meter is as the profiles of the data folder say. @keyring may be NULL for
 * meters that need none. TIMED_OUT nothing answers, LINE_NOISE garbage, UNSUPPORTED no profile
 * matches (message shows the identification), ACCESS_DENIED, USAGE for an address that is none, the
 * errors of posa_profile_load(). */
PosaMeter *posa_meter_open (PosaPort *port,
                            PosaMeterExpectation expectation,
                            const PosaMeterAddress *address,
                            PosaKeyring *keyring,
                            PosaOperation *operation,
                            GError **error);
const PosaNameplate *
posa_meter_get_nameplate (PosaMeter *self); /* borrowed; what is known so far */

/* Identity, clock, status word and every current register that the kind must hold; a register that
 * the meter lacks is an INVALID_DATA error naming it. */
PosaReadingSet *
posa_meter_read (PosaMeter *self, PosaReadingKind kind, PosaOperation *operation, GError **error);
/* Identity and the totals of energy only, as fast as the line allows: the second reading. */
PosaReadingSet *posa_meter_read_totals (PosaMeter *self, PosaOperation *operation, GError **error);

/* Reads the intervals of the load profile that end after @from_us and not after @to_us (µs UTC) and
 * that @profile does not hold yet: those go to the meter as ranges, and each block that arrives is
 * kept. After an error @profile has all that came before it, so that the same call, on a meter that
 * was opened again, goes on from the missing block. What the meter itself has not is no error: see
 * posa_load_profile_find_gaps(). UNSUPPORTED when the profile names no load profile; INVALID_DATA.
 */
gboolean posa_meter_read_load_profile (PosaMeter *self,
                                       gint64 from_us,
                                       gint64 to_us,
                                       PosaLoadProfile *profile,
                                       PosaOperation *operation,
                                       GError **error);

/* The @n newest intervals of the load profile, or as many as there are, whatever time the meter
 * believes that it is. UNSUPPORTED when the meter does not count its rows, or as above. */
gboolean posa_meter_read_last_intervals (PosaMeter *self,
                                         guint n,
                                         PosaLoadProfile *profile,
                                         PosaOperation *operation,
                                         GError **error);

/* The log books that the profile names, events of @from_us to @to_us (µs UTC); array of
 * PosaMeterEvent. UNSUPPORTED when it names none. */
GPtrArray *posa_meter_read_events (PosaMeter *self,
                                   gint64 from_us,
                                   gint64 to_us,
                                   PosaOperation *operation,
                                   GError **error);

/* A meter's time and this device's at the same moment, µs UTC; @half_us is the uncertainty. */
typedef struct
{
  gint64 meter_us, device_us, half_us;
} PosaMeterTime;

gboolean posa_meter_read_clock (PosaMeter *self,
                                PosaMeterTime *out,
                                PosaOperation *operation,
                                GError **error);

typedef struct
{
  PosaMeterTime before, after;
  gboolean was_set; /* FALSE: it was right to the second and was left alone */
} PosaClockChange;

/* Sets the meter's time to this device's unless they agree to the second, at the edge of a second,
 * and reads it back. It is always set and never shifted: to set twice does no harm when an answer
 * is lost. GUARD_FAILED when this device's own time is plainly wrong; NOT_VERIFIED. */
gboolean posa_meter_set_clock (PosaMeter *self,
                               PosaClockChange *out,
                               PosaOperation *operation,
                               GError **error);

/* What a commissioning writes. Borrowed pointers. */
typedef struct
{
  const char *serial;          /* that the meter must answer with */
  const char *customer_number; /* nine digits */
  gint64 contract_power_w, available_power_w;
  gboolean limiter_enabled;
  const PosaTariffTable *tariff_table;
  const GArray *patron_days; /* PosaHoliday; NULL = none beside the holidays of the law */
  gint64 fitting_us;         /* for when it was announced */
} PosaCommissionPlan;

/* What @order wants of the meter @serial; borrows both. */
PosaCommissionPlan posa_commission_plan_of_order (const PosaWorkOrder *order, const char *serial);

/* Associates, checks identity, then for clock, tariff table, special days, power and limiter,
 * customer number: reads before, writes, reads back, compares; closes the supply relay last.
 * Idempotent: a value that is already right is not written again. Returns an array of
 * PosaVerifiedValue, or NULL and WRONG_METER, ACCESS_DENIED, NOT_VERIFIED (names the value), …; the
 * link may then be opened again and the call repeated. UNSUPPORTED on a 1G meter. GUARD_FAILED,
 * before anything is written, when this device's own time is plainly wrong, or the meter and the
 * order agree on another day. */
GPtrArray *posa_meter_commission (PosaMeter *self,
                                  const PosaCommissionPlan *plan,
                                  PosaOperation *operation,
                                  GError **error);
/* One value of a plan beside what the meter has. Strings owned. */
typedef struct
{
  char *name, *wanted, *found;
  gboolean right;
} PosaMeterCheck;

void posa_meter_check_free (PosaMeterCheck *self);

/* Reads what posa_meter_commission() would write, and writes nothing: an array of PosaMeterCheck.
 * WRONG_METER, UNSUPPORTED, the errors of reading. */
GPtrArray *posa_meter_verify (PosaMeter *self,
                              const PosaCommissionPlan *plan,
                              PosaOperation *operation,
                              GError **error);

/* Gives the meter a new encryption and authentication key, wrapped with its master key, all of
 * them in @keys. The new keys are noted in the keyring before they are sent; the meter is then
 * called anew and has to prove that it has them. When the answer is lost, that tells which keys it
 * has: they are never sent twice. Whatever happens on the way, posa_meter_open() opens it later.
 * NOT_VERIFIED: the meter kept its old keys. */
gboolean posa_meter_change_keys (PosaMeter *self,
                                 const PosaMeterKeys *keys,
                                 PosaOperation *operation,
                                 GError **error);

/* A firmware file. Borrowed pointers. */
typedef struct
{
  GBytes *image;
  const char *identification; /* as the meter's maker gives it */
  gboolean activate;
} PosaFirmware;

/* Sends @firmware, goes on where an earlier try of the same was cut, has the meter verify it and,
 * if that is asked for, activate it. NOT_VERIFIED: the meter does not take it for an image. */
gboolean posa_meter_update_firmware (PosaMeter *self,
                                     const PosaFirmware *firmware,
                                     PosaOperation *operation,
                                     GError **error);

/* Supply relay of a 2G meter: opens, waits, closes, verifying each by read-back; the limiter test.
 * One that it finds open, as a test leaves it that was cut off, it closes first. GUARD_FAILED, and
 * the relay is not touched, unless the supply may be connected again without a hand on the meter;
 * NOT_VERIFIED when the relay does not move. */
gboolean posa_meter_test_relay (PosaMeter *self, PosaOperation *operation, GError **error);

/* Signs off politely (also after errors) and closes the port. Also done by dispose. */
void posa_meter_close (PosaMeter *self);

G_END_DECLS
