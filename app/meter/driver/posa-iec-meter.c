/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-iec-meter.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-time.h"
#include "meter/driver/posa-iec-judge.h"
#include "meter/driver/posa-iec-facts.h"
#include "meter/driver/posa-iec-link.h"
#include "meter/driver/posa-iec-profile.h"
#include "meter/driver/posa-iec-registers.h"
#include "meter/driver/posa-iec-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define REGISTER_SIZE 26 /* characters of a data block, on average */
#define PLATE_SIZE    100
#define PROFILE_TRIES 3 /* without any progress */

struct _PosaIecMeter
{
  PosaMeter parent_instance;
  PosaIecSession *session;
  char *address; /* of the device; NULL: as the profiles say */
  GPtrArray *profiles;
  const PosaProfile *profile; /* one of them */
  gint64 opening_us;          /* time of the sign-on, counted to the first reading */
  PosaLineStats reported;     /* what earlier readings have had */
};

G_DEFINE_FINAL_TYPE (PosaIecMeter, posa_iec_meter, POSA_TYPE_METER)

/* The codes that a reading needs; those of the frozen copy are known only later. */
static GPtrArray *
list_codes (const PosaProfile *profile, gboolean totals_only)
{
  const char *const plate[] = {
    profile->serial, profile->customer_number, profile->firmware,         profile->date,
    profile->time,   profile->status,          profile->iec.freeze_count, profile->iec.freeze_reason
  };
  GPtrArray *codes = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (plate); i++)
    if (plate[i] != NULL)
      g_ptr_array_add (codes, g_strdup (plate[i]));
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (profile->registers, i);
      if (!totals_only || posa_meter_is_total (reg))
        g_ptr_array_add (codes, g_strdup (reg->code));
    }
  if (!totals_only)
    posa_iec_list_facts (profile, codes);
  return codes;
}

/* Adds what the meter answers to @sets. A code the meter does not know is left out. */
static gboolean
read_codes (PosaIecMeter *self,
            GPtrArray *codes,
            GPtrArray *sets,
            PosaOperation *operation,
            GError **error)
{
  for (guint i = 0; i < codes->len; i++)
    {
      const char *code = g_ptr_array_index (codes, i);
      g_autoptr (GError) local_error = NULL;
      GPtrArray *answer = posa_iec_session_read (self->session, code, operation, &local_error);
      if (answer == NULL && !g_error_matches (local_error, POSA_ERROR, POSA_ERROR_UNSUPPORTED))
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s: ", code);
          return FALSE;
        }
      posa_operation_report (operation, (i + 1) / (double) codes->len, "%s",
                             _ ("Reading the meter"));
      if (answer != NULL)
        g_ptr_array_extend_and_steal (sets, answer);
    }
  return TRUE;
}

/* One register after another in programming mode. */
static GPtrArray *
read_one_by_one (PosaIecMeter *self, gboolean totals_only, PosaOperation *operation, GError **error)
{
  g_autoptr (GPtrArray) codes = list_codes (self->profile, totals_only);
  g_autoptr (GPtrArray) frozen = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sets = posa_iec_data_parse (NULL, 0, NULL);

  if (!posa_iec_session_program (self->session, self->profile->password, operation, error) ||
      !read_codes (self, codes, sets, operation, error))
    return NULL;
  if (!totals_only)
    posa_iec_list_frozen (self->profile, sets, frozen);
  if (!read_codes (self, frozen, sets, operation, error))
    return NULL;
  posa_iec_session_sign_off (self->session);
  if (sets->len > 0)
    return g_steal_pointer (&sets);
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                       "the meter gives none of the profile's registers");
  return NULL;
}

/* How long the data block will be, about. */
static gsize
expect_size (const PosaProfile *profile)
{
  if (profile->size > 0)
    return profile->size;
  g_autoptr (GPtrArray) codes = list_codes (profile, FALSE);
  guint frozen = profile->iec.freeze_count != NULL ? profile->registers->len : 0;

  return PLATE_SIZE + REGISTER_SIZE * (codes->len + frozen);
}

/* The data block holds everything but the load profile, and for the totals alone it is still the
 * quickest: at 9600 baud its 1,150 to 2,100 characters take 1.2 to 2.2 s, while programming mode
 * costs three turns of 0.2 s before the first register and two more for each, identity included. */
static GPtrArray *
read_data (PosaIecMeter *self, gboolean totals_only, PosaOperation *operation, GError **error)
{
  if (self->profile->plan == POSA_READING_PLAN_REGISTERS)
    return read_one_by_one (self, totals_only, operation, error);
  return posa_iec_session_read_out (self->session, expect_size (self->profile), operation, error);
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
  g_autofree char *serial = posa_iec_dup_text (sets, self->profile->serial);

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
  replace_text (&plate->customer_number, posa_iec_dup_text (sets, self->profile->customer_number));
  replace_text (&plate->firmware, posa_iec_dup_text (sets, self->profile->firmware));
  return TRUE;
}

static gboolean
take_clock (PosaIecMeter *self, GPtrArray *sets, PosaReadingSet *reading, GError **error)
{
  const PosaProfile *profile = self->profile;

  if (profile->time == NULL)
    return TRUE;
  g_autofree char *date = posa_iec_dup_text (sets, profile->date);
  g_autofree char *time = posa_iec_dup_text (sets, profile->time);
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
  reading->status_raw = posa_iec_dup_text (sets, self->profile->status);
  if (reading->status_raw == NULL)
    return posa_iec_note_missing (self->profile, reading, self->profile->status, "status word",
                                  error);
  GStrv flags = posa_profile_decode_status (self->profile, reading->status_raw, error);
  if (flags == NULL)
    return FALSE;
  g_strfreev (reading->status_flags);
  reading->status_flags = flags;
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
  if (!posa_iec_take_registers (profile, sets, totals_only, reading, error) ||
      (!totals_only && !posa_iec_take_frozen (profile, sets, reading, error)) ||
      (!totals_only && !posa_iec_take_facts (profile, sets, reading, error)))
    return NULL;
  return g_steal_pointer (&reading);
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

/* Programming mode, and that it is still the same meter that answers. */
static gboolean
begin_profile (PosaIecMeter *self, PosaOperation *operation, GError **error)
{
  g_auto (GStrv) codes = g_strsplit (self->profile->serial, ";", -1);
  g_autoptr (GPtrArray) sets = NULL;

  if (!posa_iec_session_program (self->session, self->profile->password, operation, error))
    return FALSE;
  sets = posa_iec_session_read (self->session, codes[0], operation, error);
  return sets != NULL && take_identity (self, sets, error);
}

/* One session: every gap that there is now. */
static gboolean
fill_gaps (PosaIecMeter *self,
           const PosaLoadGap *whole,
           PosaIecProfileParser *parser,
           const PosaLoadProfile *target,
           PosaOperation *operation,
           GError **error)
{
  g_autoptr (GArray) gaps = posa_load_profile_find_gaps (target, whole->from_us, whole->to_us);

  if (gaps->len == 0)
    return TRUE;
  if (!begin_profile (self, operation, error))
    return FALSE;
  for (guint i = 0; i < gaps->len; i++)
    if (!posa_iec_profile_read (self->session, self->profile, parser,
                                &g_array_index (gaps, PosaLoadGap, i), whole, operation, error))
      return FALSE;
  posa_iec_session_sign_off (self->session);
  return TRUE;
}

static gboolean
iec_read_load_profile (PosaMeter *meter,
                       gint64 from_us,
                       gint64 to_us,
                       PosaLoadProfile *target,
                       PosaOperation *operation,
                       GError **error)
{
  PosaIecMeter *self = POSA_IEC_METER (meter);
  const PosaLoadGap whole = { from_us, to_us };

  if (self->profile->iec.load_code == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "profile %s has no load profile",
                   self->profile->id);
      return FALSE;
    }
  g_autoptr (PosaIecProfileParser)
      parser = posa_iec_profile_parser_new (self->profile, target, error);
  if (parser == NULL)
    return FALSE;
  for (guint tries = 1;; tries++)
    {
      g_autoptr (GError) local_error = NULL;
      guint before = target->intervals->len;
      if (fill_gaps (self, &whole, parser, target, operation, &local_error))
        return TRUE;
      if (target->intervals->len > before)
        tries = 0;
      if (tries >= PROFILE_TRIES || !posa_iec_link_is_worth_repeating (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
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
  g_free (self->address);
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
  meter_class->read_load_profile = iec_read_load_profile;
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
  /* A stranger that can go on in HDLC has more to say there. */
  if (self->profile == NULL || (self->profile->kind == POSA_METER_KIND_GENERIC && found->hdlc))
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

static gboolean
is_same_text_cb (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b) == 0;
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

/* The device @address, or any that listens and, when none does, those that profiles have for meters
 * which heed no other call. Borrowed. */
static GPtrArray *
list_addresses (GPtrArray *profiles, const char *address)
{
  GPtrArray *addresses = g_ptr_array_new ();

  g_ptr_array_add (addresses, (gpointer) address);
  for (guint i = 0; address == NULL && i < profiles->len; i++)
    {
      const PosaProfile *profile = g_ptr_array_index (profiles, i);

      if (profile->driver == POSA_DRIVER_IEC && profile->device_address != NULL &&
          !g_ptr_array_find_with_equal_func (addresses, profile->device_address, is_same_text_cb,
                                             NULL))
        g_ptr_array_add (addresses, profile->device_address);
    }
  return addresses;
}

static gboolean
call (PosaIecMeter *self, guint tries, PosaOperation *operation, GError **error)
{
  g_autoptr (GPtrArray) addresses = list_addresses (self->profiles, self->address);
  gboolean wakes = any_sleeps (self->profiles);
  guint n_each = addresses->len == 1 ? tries : 1;
  guint n_calls = addresses->len == 1 ? 1 : tries * addresses->len;

  /* Where there are several, each once before any again. */
  for (guint i = 0;; i++)
    {
      const char *address = g_ptr_array_index (addresses, i % addresses->len);
      g_autoptr (GError) local_error = NULL;

      posa_iec_session_set_call (self->session, address, wakes);
      if (posa_iec_session_sign_on (self->session, n_each, operation, &local_error))
        return TRUE;
      if (i + 1 == n_calls || !g_error_matches (local_error, POSA_ERROR, POSA_ERROR_TIMED_OUT))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}

/* Calls the meter, and finds its profile. */
static gboolean
identify (PosaIecMeter *self, PosaPort *port, guint tries, PosaOperation *operation, GError **error)
{
  g_clear_pointer (&self->session, posa_iec_session_free);
  self->session = posa_iec_session_new (port);
  if (!call (self, tries, operation, error))
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
posa_iec_meter_open (PosaPort *port,
                     GPtrArray *profiles,
                     const char *address,
                     guint tries,
                     PosaOperation *operation,
                     GError **error)
{
  g_autoptr (PosaIecMeter) self = g_object_new (POSA_TYPE_IEC_METER, NULL);
  PosaClock *clock = posa_port_get_clock (port);
  gint64 started = posa_clock_get_monotonic (clock);

  self->address = g_strdup (address);
  self->profiles = g_ptr_array_ref (profiles);
  posa_operation_report (operation, 0, "%s", _ ("Calling the meter"));
  if (!identify_surely (self, port, tries, operation, error))
    return NULL;
  self->opening_us = posa_clock_get_monotonic (clock) - started;
  posa_meter_set_port (POSA_METER (self), port);
  return POSA_METER (g_steal_pointer (&self));
}
