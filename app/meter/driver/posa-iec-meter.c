/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-iec-meter.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-time.h"
#include "meter/driver/posa-iec-judge.h"
#include "meter/driver/posa-iec-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_TEXT       32 /* of a serial number and the like */
#define REGISTER_SIZE  30 /* characters of a data block, on average */
#define PLATE_SIZE     100
#define CAPTURED_INDEX 1 /* the time of a maximum stands in its second parentheses */

struct _PosaIecMeter
{
  PosaMeter parent_instance;
  PosaIecSession *session;
  GPtrArray *profiles;
  const PosaProfile *profile; /* one of them */
  gint64 opening_us;          /* time of the sign-on, counted to the first reading */
  PosaLineStats reported;     /* what earlier readings have had */
};

G_DEFINE_FINAL_TYPE (PosaIecMeter, posa_iec_meter, POSA_TYPE_METER)

/* The codes that a reading needs, borrowed from the profile. */
static GPtrArray *
list_codes (const PosaProfile *profile, gboolean totals_only)
{
  const char *const plate[] = { profile->serial,   profile->customer_number,
                                profile->firmware, profile->date,
                                profile->time,     profile->status };
  GPtrArray *codes = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (plate); i++)
    if (plate[i] != NULL)
      g_ptr_array_add (codes, (gpointer) plate[i]);
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (profile->registers, i);
      if (!totals_only || posa_meter_is_total (reg))
        g_ptr_array_add (codes, reg->code);
    }
  return codes;
}

/* One register after another in programming mode. A code the meter does not know is left out. */
static GPtrArray *
read_one_by_one (PosaIecMeter *self, gboolean totals_only, PosaOperation *operation, GError **error)
{
  g_autoptr (GPtrArray) codes = list_codes (self->profile, totals_only);
  g_autoptr (GPtrArray) all = NULL;

  if (!posa_iec_session_program (self->session, self->profile->password, operation, error))
    return NULL;
  for (guint i = 0; i < codes->len; i++)
    {
      const char *code = g_ptr_array_index (codes, i);
      g_autoptr (GError) local_error = NULL;
      GPtrArray *sets = posa_iec_session_read (self->session, code, operation, &local_error);
      if (sets == NULL && !g_error_matches (local_error, POSA_ERROR, POSA_ERROR_UNSUPPORTED))
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s: ", code);
          return NULL;
        }
      posa_operation_report (operation, (i + 1) / (double) codes->len, "%s",
                             _ ("Reading the meter"));
      if (sets != NULL && all != NULL)
        g_ptr_array_extend_and_steal (all, sets);
      else if (sets != NULL)
        all = sets;
    }
  posa_iec_session_sign_off (self->session);
  if (all == NULL)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                         "the meter gives none of the profile's registers");
  return g_steal_pointer (&all);
}

/* The data block holds everything, and for the totals alone it is still the quickest: at 9600 baud
 * its 350 to 600 characters take 0.4 to 0.6 s, while programming mode costs three turns of 0.2 s
 * before the first register and one more for each register and each item of the identity. */
static GPtrArray *
read_data (PosaIecMeter *self, gboolean totals_only, PosaOperation *operation, GError **error)
{
  gsize expected = self->profile->size > 0
                       ? self->profile->size
                       : PLATE_SIZE + REGISTER_SIZE * self->profile->registers->len;

  if (self->profile->plan == POSA_READING_PLAN_REGISTERS)
    return read_one_by_one (self, totals_only, operation, error);
  return posa_iec_session_read_out (self->session, expected, operation, error);
}

/* A value as text without spaces around it; NULL when the meter does not give it. */
static char *
dup_text (GPtrArray *sets, const char *code)
{
  const PosaIecDataSet *set = code != NULL ? posa_iec_data_find (sets, code, 0) : NULL;
  g_autofree char *text = set != NULL ? g_strstrip (g_strdup (set->value)) : NULL;

  return text != NULL && *text != '\0' && strlen (text) <= MAX_TEXT ? g_steal_pointer (&text)
                                                                    : NULL;
}

static void
replace_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

static gboolean
take_identity (PosaIecMeter *self, GPtrArray *sets, GError **error)
{
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));
  g_autofree char *serial = dup_text (sets, self->profile->serial);

  if (serial == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "the meter does not give its serial number (%s)", self->profile->serial);
      return FALSE;
    }
  if (plate->serial != NULL && strcmp (plate->serial, serial) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER,
                   "another meter answers now: serial number %s instead of %s", serial,
                   plate->serial);
      return FALSE;
    }
  replace_text (&plate->serial, g_steal_pointer (&serial));
  replace_text (&plate->customer_number, dup_text (sets, self->profile->customer_number));
  replace_text (&plate->firmware, dup_text (sets, self->profile->firmware));
  return TRUE;
}

static gboolean
take_clock (PosaIecMeter *self, GPtrArray *sets, PosaReadingSet *reading, GError **error)
{
  const PosaProfile *profile = self->profile;

  if (profile->time == NULL)
    return TRUE;
  g_autofree char *date = dup_text (sets, profile->date);
  g_autofree char *time = dup_text (sets, profile->time);
  g_autofree char *format = g_strjoin (" ", profile->date_format, profile->time_format, NULL);
  g_autofree char *text = g_strjoin (" ", date != NULL ? date : "", time != NULL ? time : "", NULL);
  gint64 clock = posa_iec_time_parse (format, text, error);

  if (clock < 0)
    {
      g_prefix_error_literal (error, "the meter's clock: ");
      return FALSE;
    }
  reading->meter_clock_us = clock;
  /* The meter tells whole seconds: so are ours, or a good clock would seem half a second slow. */
  gint64 answered = posa_iec_session_get_answered_us (self->session);
  reading->device_clock_us = answered - answered % G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
take_status (PosaIecMeter *self, GPtrArray *sets, PosaReadingSet *reading, GError **error)
{
  if (self->profile->status == NULL)
    return TRUE;
  reading->status_raw = dup_text (sets, self->profile->status);
  if (reading->status_raw == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "the meter does not give its status word (%s)", self->profile->status);
      return FALSE;
    }
  GStrv flags = posa_profile_decode_status (self->profile, reading->status_raw, error);
  if (flags == NULL)
    return FALSE;
  g_strfreev (reading->status_flags);
  reading->status_flags = flags;
  return TRUE;
}

/* "00-00-00,00:00" and the like stand for no time. */
static gint64
get_captured (const PosaProfile *profile, GPtrArray *sets, const char *code)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, code, CAPTURED_INDEX);

  if (set == NULL || profile->capture_format == NULL)
    return 0;
  g_autofree char *text = g_strstrip (g_strdup (set->value));
  return MAX (0, posa_iec_time_parse (profile->capture_format, text, NULL));
}

static gboolean
take_register (PosaIecMeter *self,
               GPtrArray *sets,
               const PosaProfileRegister *want,
               PosaReadingSet *reading,
               GError **error)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, want->code, 0);
  gint64 value, resolution;

  if (set == NULL)
    return TRUE;
  if (!posa_iec_judge_register (want, set, error) ||
      !posa_iec_data_get_number (set, want->unit, &value, &resolution, error))
    return FALSE;
  PosaRegister *reg = posa_register_new (want->obis, want->quantity, want->tier, value);
  reg->resolution = resolution;
  reg->captured_us = get_captured (self->profile, sets, want->code);
  reg->raw = g_strconcat (set->value, *set->unit != '\0' ? "*" : "", set->unit, NULL);
  g_ptr_array_add (reading->registers, reg);
  return TRUE;
}

static PosaReadingSet *
make_reading (PosaIecMeter *self,
              GPtrArray *sets,
              PosaReadingKind kind,
              gboolean totals_only,
              GError **error)
{
  const PosaProfile *profile = self->profile;

  if (!take_identity (self, sets, error))
    return NULL;
  g_autoptr (PosaReadingSet) reading = posa_meter_begin_reading (POSA_METER (self), profile, kind);
  if (!take_clock (self, sets, reading, error) || !take_status (self, sets, reading, error))
    return NULL;
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *want = g_ptr_array_index (profile->registers, i);
      if ((!totals_only || posa_meter_is_total (want)) &&
          !take_register (self, sets, want, reading, error))
        return NULL;
    }
  return posa_meter_check_registers (reading, profile, totals_only, error)
             ? g_steal_pointer (&reading)
             : NULL;
}

/* What the line had to carry since the last reading. */
static PosaLineStats
take_stats (PosaIecMeter *self, gint64 wall_us)
{
  PosaLineStats now = *posa_iec_session_get_stats (self->session);
  PosaLineStats line = { .bytes_tx = now.bytes_tx - self->reported.bytes_tx,
                         .bytes_rx = now.bytes_rx - self->reported.bytes_rx,
                         .round_trips = now.round_trips - self->reported.round_trips,
                         .retries = now.retries - self->reported.retries,
                         .wall_us = wall_us + self->opening_us };

  self->reported = now;
  self->opening_us = 0;
  return line;
}

static PosaReadingSet *
read_any (PosaIecMeter *self,
          PosaReadingKind kind,
          gboolean totals_only,
          PosaOperation *operation,
          GError **error)
{
  PosaClock *clock = posa_port_get_clock (posa_meter_get_port (POSA_METER (self)));
  gint64 started = posa_clock_get_monotonic (clock);
  g_autoptr (GPtrArray) sets = read_data (self, totals_only, operation, error);

  if (sets == NULL)
    return NULL;
  PosaReadingSet *reading = make_reading (self, sets, kind, totals_only, error);
  if (reading != NULL)
    reading->line = take_stats (self, posa_clock_get_monotonic (clock) - started);
  return reading;
}

static PosaReadingSet *
iec_read (PosaMeter *meter, PosaReadingKind kind, PosaOperation *operation, GError **error)
{
  return read_any (POSA_IEC_METER (meter), kind, FALSE, operation, error);
}

static PosaReadingSet *
iec_read_totals (PosaMeter *meter, PosaOperation *operation, GError **error)
{
  return read_any (POSA_IEC_METER (meter), POSA_READING_SECOND, TRUE, operation, error);
}

static void
iec_sign_off (PosaMeter *meter)
{
  posa_iec_session_sign_off (POSA_IEC_METER (meter)->session);
}

static void
posa_iec_meter_finalize (GObject *object)
{
  PosaIecMeter *self = POSA_IEC_METER (object);

  g_clear_pointer (&self->session, posa_iec_session_free);
  g_clear_pointer (&self->profiles, g_ptr_array_unref);
  G_OBJECT_CLASS (posa_iec_meter_parent_class)->finalize (object);
}

static void
posa_iec_meter_class_init (PosaIecMeterClass *klass)
{
  PosaMeterClass *meter_class = POSA_METER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = posa_iec_meter_finalize;
  meter_class->read = iec_read;
  meter_class->read_totals = iec_read_totals;
  meter_class->sign_off = iec_sign_off;
}

static void
posa_iec_meter_init (PosaIecMeter *self)
{
}

static gboolean
vouch_cb (gpointer data, GPtrArray *sets, gsize size, gboolean whole)
{
  return posa_iec_judge_vouches (POSA_IEC_METER (data)->profile, sets, size, whole);
}

static gboolean
choose_profile (PosaIecMeter *self, GError **error)
{
  const PosaIecIdentification *found = posa_iec_session_get_identification (self->session);
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));

  self->profile =
      posa_profile_match (self->profiles, POSA_DRIVER_IEC, found->manufacturer, found->ident);
  if (self->profile == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "no profile for the meter that calls itself /%s%c%s", found->manufacturer,
                   found->speed, found->ident);
      return FALSE;
    }
  plate->manufacturer = g_ascii_strup (found->manufacturer, -1);
  plate->model = g_strdup (self->profile->model != NULL ? self->profile->model : found->ident);
  plate->kind = self->profile->kind;
  posa_iec_session_set_line (self->session, self->profile->baud, self->profile->switch_delay_ms);
  posa_iec_session_set_algorithm (self->session, self->profile->algorithm);
  posa_iec_session_set_vouch (self->session, vouch_cb, self);
  return TRUE;
}

/* Whether a meter that is silent may be asleep. */
static gboolean
any_sleeps (GPtrArray *profiles)
{
  for (guint i = 0; i < profiles->len; i++)
    if (((const PosaProfile *) g_ptr_array_index (profiles, i))->wake_up)
      return TRUE;
  return FALSE;
}

/* Calls the meter, and finds its profile. */
static gboolean
identify (PosaIecMeter *self, PosaPort *port, guint tries, PosaOperation *operation, GError **error)
{
  g_clear_pointer (&self->session, posa_iec_session_free);
  self->session = posa_iec_session_new (port);
  posa_iec_session_set_call (self->session, NULL, any_sleeps (self->profiles));
  if (!posa_iec_session_sign_on (self->session, tries, operation, error))
    return FALSE;
  if (choose_profile (self, error))
    return TRUE;
  posa_iec_session_sign_off (self->session);
  return FALSE;
}

/* Nothing checks an identification: one that no profile knows is heard twice, unless it offers HDLC
 * and will be asked for that. */
static gboolean
identify_surely (PosaIecMeter *self,
                 PosaPort *port,
                 guint tries,
                 PosaOperation *operation,
                 GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (identify (self, port, tries, operation, &local_error))
    return TRUE;
  if (g_error_matches (local_error, POSA_ERROR, POSA_ERROR_UNSUPPORTED) &&
      !posa_iec_session_get_identification (self->session)->hdlc)
    return identify (self, port, tries, operation, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

PosaMeter *
posa_iec_meter_open (PosaPort *port, guint tries, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaIecMeter) self = g_object_new (POSA_TYPE_IEC_METER, NULL);
  PosaClock *clock = posa_port_get_clock (port);
  gint64 started = posa_clock_get_monotonic (clock);

  self->profiles = posa_profile_load_all (error);
  posa_operation_report (operation, 0, "%s", _ ("Calling the meter"));
  if (self->profiles == NULL || !identify_surely (self, port, tries, operation, error))
    return NULL;
  self->opening_us = posa_clock_get_monotonic (clock) - started;
  posa_meter_set_port (POSA_METER (self), port);
  return POSA_METER (g_steal_pointer (&self));
}
