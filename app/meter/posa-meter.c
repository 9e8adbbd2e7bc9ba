/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-meter-private.h"

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-meter.h"
#include "meter/driver/posa-iec-meter.h"

#define SIGN_ON_TRIES 3
/* Within these a device's clock can be right: this program is of 2026. */
#define EARLIEST_US (G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC) /* 2026-01-01 */
#define LATEST_US   (G_GINT64_CONSTANT (4102444800) * G_USEC_PER_SEC) /* 2100-01-01 */

typedef struct
{
  PosaPort *port;
  PosaReadingSet *plate; /* only its nameplate is used */
} PosaMeterPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PosaMeter, posa_meter, G_TYPE_OBJECT)

static PosaMeterPrivate *
priv_of (PosaMeter *self)
{
  return posa_meter_get_instance_private (self);
}

static void
posa_meter_dispose (GObject *object)
{
  posa_meter_close (POSA_METER (object));
  G_OBJECT_CLASS (posa_meter_parent_class)->dispose (object);
}

static void
posa_meter_finalize (GObject *object)
{
  posa_reading_set_free (priv_of (POSA_METER (object))->plate);
  G_OBJECT_CLASS (posa_meter_parent_class)->finalize (object);
}

static void
posa_meter_class_init (PosaMeterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = posa_meter_dispose;
  G_OBJECT_CLASS (klass)->finalize = posa_meter_finalize;
}

static void
posa_meter_init (PosaMeter *self)
{
  priv_of (self)->plate = posa_reading_set_new ();
}

void
posa_meter_set_port (PosaMeter *self, PosaPort *port)
{
  priv_of (self)->port = g_object_ref (port);
}

PosaPort *
posa_meter_get_port (PosaMeter *self)
{
  return priv_of (self)->port;
}

PosaNameplate *
posa_meter_edit_nameplate (PosaMeter *self)
{
  return &priv_of (self)->plate->meter;
}

const PosaNameplate *
posa_meter_get_nameplate (PosaMeter *self)
{
  return posa_meter_edit_nameplate (self);
}

PosaReadingSet *
posa_meter_begin_reading (PosaMeter *self, const PosaProfile *profile, PosaReadingKind kind)
{
  const PosaNameplate *plate = posa_meter_get_nameplate (self);
  PosaReadingSet *reading = posa_reading_set_new ();

  reading->kind = kind;
  reading->method = POSA_READING_OPTICAL;
  reading->taken_us = posa_clock_get_wall (posa_port_get_clock (posa_meter_get_port (self)));
  reading->meter.manufacturer = g_strdup (plate->manufacturer);
  reading->meter.serial = g_strdup (plate->serial);
  reading->meter.model = g_strdup (plate->model);
  reading->meter.kind = plate->kind;
  reading->meter.firmware = g_strdup (plate->firmware);
  reading->meter.customer_number = g_strdup (plate->customer_number);
  reading->profile_id = g_strdup (profile->id);
  reading->profile_version = g_strdup (profile->version);
  reading->profile_sha256 = g_strdup (profile->sha256);
  return reading;
}

gboolean
posa_meter_is_total (const PosaProfileRegister *reg)
{
  return reg->tier == 0 && reg->quantity != POSA_QUANTITY_MAX_DEMAND_IMPORT;
}

static gboolean
set_unsupported (const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "this meter cannot %s", what);
  return FALSE;
}

static gboolean
check_open (PosaMeter *self, GError **error)
{
  if (priv_of (self)->port != NULL)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_PORT_LOST, "the meter was closed");
  return FALSE;
}

PosaReadingSet *
posa_meter_read (PosaMeter *self, PosaReadingKind kind, PosaOperation *operation, GError **error)
{
  return check_open (self, error) ? POSA_METER_GET_CLASS (self)->read (self, kind, operation, error)
                                  : NULL;
}

PosaReadingSet *
posa_meter_read_totals (PosaMeter *self, PosaOperation *operation, GError **error)
{
  return check_open (self, error)
             ? POSA_METER_GET_CLASS (self)->read_totals (self, operation, error)
             : NULL;
}

gboolean
posa_meter_read_load_profile (PosaMeter *self,
                              gint64 from_us,
                              gint64 to_us,
                              PosaLoadProfile *profile,
                              PosaOperation *operation,
                              GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->read_load_profile != NULL || set_unsupported ("give its load profile", error)) &&
         klass->read_load_profile (self, from_us, to_us, profile, operation, error);
}

gboolean
posa_meter_read_last_intervals (PosaMeter *self,
                                guint n,
                                PosaLoadProfile *profile,
                                PosaOperation *operation,
                                GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->read_last_intervals != NULL ||
          set_unsupported ("give the rows of its load profile by number", error)) &&
         klass->read_last_intervals (self, n, profile, operation, error);
}

GPtrArray *
posa_meter_read_events (PosaMeter *self,
                        gint64 from_us,
                        gint64 to_us,
                        PosaOperation *operation,
                        GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  if (!check_open (self, error) ||
      (klass->read_events == NULL && !set_unsupported ("give its log books", error)))
    return NULL;
  return klass->read_events (self, from_us, to_us, operation, error);
}

gboolean
posa_meter_read_clock (PosaMeter *self,
                       PosaMeterTime *out,
                       PosaOperation *operation,
                       GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->read_clock != NULL || set_unsupported ("tell its time alone", error)) &&
         klass->read_clock (self, out, operation, error);
}

/* A tablet that was without power for long wakes up in the past. */
static gboolean
check_device_clock (PosaMeter *self, GError **error)
{
  gint64 now = posa_clock_get_wall (posa_port_get_clock (posa_meter_get_port (self)));

  if (now >= EARLIEST_US && now < LATEST_US)
    return TRUE;
  g_autofree char *text = posa_time_format (now);
  g_set_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED,
               "this device says that it is %s; set its own clock first", text);
  return FALSE;
}

gboolean
posa_meter_set_clock (PosaMeter *self,
                      PosaClockChange *out,
                      PosaOperation *operation,
                      GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->set_clock != NULL || set_unsupported ("have its clock set", error)) &&
         check_device_clock (self, error) && klass->set_clock (self, out, operation, error);
}

GPtrArray *
posa_meter_verify (PosaMeter *self,
                   const PosaCommissionPlan *plan,
                   PosaOperation *operation,
                   GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  if (!check_open (self, error) ||
      (klass->verify == NULL && !set_unsupported ("be verified", error)))
    return NULL;
  return klass->verify (self, plan, operation, error);
}

gboolean
posa_meter_change_keys (PosaMeter *self,
                        const PosaMeterKeys *keys,
                        PosaOperation *operation,
                        GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->change_keys != NULL || set_unsupported ("be given keys", error)) &&
         klass->change_keys (self, keys, operation, error);
}

gboolean
posa_meter_update_firmware (PosaMeter *self,
                            const PosaFirmware *firmware,
                            PosaOperation *operation,
                            GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->update_firmware != NULL || set_unsupported ("be given firmware", error)) &&
         klass->update_firmware (self, firmware, operation, error);
}

PosaMeterCheck *
posa_meter_check_new (const char *name, const char *wanted, const char *found, gboolean right)
{
  PosaMeterCheck *self = g_new0 (PosaMeterCheck, 1);

  self->name = g_strdup (name);
  self->wanted = g_strdup (wanted);
  self->found = g_strdup (found);
  self->right = right;
  return self;
}

void
posa_meter_check_free (PosaMeterCheck *self)
{
  g_free (self->name);
  g_free (self->wanted);
  g_free (self->found);
  g_free (self);
}

PosaCommissionPlan
posa_commission_plan_of_order (const PosaWorkOrder *order, const char *serial)
{
  return (PosaCommissionPlan) { .serial = serial,
                                .customer_number = order->customer_number,
                                .contract_power_w = order->contract_power_w,
                                .available_power_w = order->available_power_w,
                                .limiter_enabled = order->limiter_enabled,
                                .tariff_table = order->tariff_table,
                                .patron_days = order->patron_days,
                                .fitting_us = order->window_start_us };
}

GPtrArray *
posa_meter_commission (PosaMeter *self,
                       const PosaCommissionPlan *plan,
                       PosaOperation *operation,
                       GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  if (!check_open (self, error) ||
      (klass->commission == NULL && !set_unsupported ("be commissioned", error)) ||
      !check_device_clock (self, error))
    return NULL;
  return klass->commission (self, plan, operation, error);
}

gboolean
posa_meter_test_relay (PosaMeter *self, PosaOperation *operation, GError **error)
{
  PosaMeterClass *klass = POSA_METER_GET_CLASS (self);

  return check_open (self, error) &&
         (klass->test_relay != NULL ||
          set_unsupported ("open and close its supply relay", error)) &&
         klass->test_relay (self, operation, error);
}

void
posa_meter_close (PosaMeter *self)
{
  PosaMeterPrivate *priv = priv_of (self);

  if (priv->port == NULL)
    return;
  POSA_METER_GET_CLASS (self)->sign_off (self);
  posa_port_close (priv->port);
  g_clear_object (&priv->port);
}

/* Whether @error leaves the possibility that the meter speaks something else. */
static gboolean
is_unanswered (const GError *error)
{
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_TIMED_OUT) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_LINE_NOISE);
}

/* How a meter is opened. Borrowed. */
typedef struct
{
  PosaPort *port;
  GPtrArray *profiles;
  const PosaMeterAddress *address;
  PosaKeyring *keyring;
} Call;

static PosaMeter *
open_iec (const Call *call, guint tries, PosaOperation *operation, GError **error)
{
  return posa_iec_meter_open (call->port, call->profiles,
                              posa_meter_address_get_device (call->address), tries, operation,
                              error);
}

static PosaMeter *
open_dlms (const Call *call, gboolean signs_on, PosaOperation *operation, GError **error)
{
  return posa_dlms_meter_open (call->port, call->profiles, call->keyring, signs_on, operation,
                               error);
}

/* A meter that signs on and has no profile may be one that goes on in HDLC. */
static PosaMeter *
open_behind_sign_on (const Call *call,
                     PosaOperation *operation,
                     const GError *iec_error,
                     GError **error)
{
  g_autoptr (GError) dlms_error = NULL;
  PosaMeter *self = open_dlms (call, TRUE, operation, &dlms_error);

  if (self == NULL && g_error_matches (dlms_error, POSA_ERROR, POSA_ERROR_UNSUPPORTED))
    g_propagate_error (error, g_error_copy (iec_error));
  else if (self == NULL)
    g_propagate_error (error, g_steal_pointer (&dlms_error));
  return self;
}

/* The one sign-on, then the other, each a single time, then the first with patience. */
static PosaMeter *
open_any (const Call *call, PosaOperation *operation, GError **error)
{
  g_autoptr (GError) iec_error = NULL, dlms_error = NULL;
  PosaMeter *self = open_iec (call, 1, operation, &iec_error);

  if (g_error_matches (iec_error, POSA_ERROR, POSA_ERROR_UNSUPPORTED))
    return open_behind_sign_on (call, operation, iec_error, error);
  if (self != NULL || !is_unanswered (iec_error))
    {
      if (self == NULL)
        g_propagate_error (error, g_steal_pointer (&iec_error));
      return self;
    }
  if (g_error_matches (iec_error, POSA_ERROR, POSA_ERROR_TIMED_OUT) &&
      posa_meter_address_may_be_hdlc (call->address))
    self = open_dlms (call, FALSE, operation, &dlms_error);
  if (dlms_error != NULL && !is_unanswered (dlms_error))
    {
      g_propagate_error (error, g_steal_pointer (&dlms_error));
      return NULL;
    }
  return self != NULL ? self : open_iec (call, SIGN_ON_TRIES - 1, operation, error);
}

static gboolean
has_driver (GPtrArray *profiles, PosaDriver driver)
{
  for (guint i = 0; i < profiles->len; i++)
    if (((const PosaProfile *) g_ptr_array_index (profiles, i))->driver == driver)
      return TRUE;
  return FALSE;
}

PosaMeter *
posa_meter_open (PosaPort *port,
                 PosaMeterExpectation expectation,
                 const PosaMeterAddress *address,
                 PosaKeyring *keyring,
                 PosaOperation *operation,
                 GError **error)
{
  g_autoptr (GPtrArray) profiles = posa_meter_address_load_profiles (address, error);
  const Call call = { port, profiles, address, keyring };

  if (profiles == NULL)
    return NULL;
  if (expectation == POSA_METER_FIRST_GENERATION || !has_driver (profiles, POSA_DRIVER_DLMS))
    return open_iec (&call, SIGN_ON_TRIES, operation, error);
  if (expectation == POSA_METER_SECOND_GENERATION || !posa_meter_address_may_sign_on (address) ||
      !has_driver (profiles, POSA_DRIVER_IEC))
    return open_dlms (&call, !posa_meter_address_may_be_hdlc (address), operation, error);
  return open_any (&call, operation, error);
}
