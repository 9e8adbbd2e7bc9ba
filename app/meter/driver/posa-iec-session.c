/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-session-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

#define MAX_SIGN_ONS   3                     /* in a row, until the meter identifies itself */
#define PATIENCE_US    (60 * G_USEC_PER_SEC) /* no fresh sign-on for a readout after that */
#define MAX_READOUT    (64 * 1024)           /* characters of all partial blocks */
#define ID_FRESH_US    (1000 * 1000)         /* the meter waits 1.5 s for the option select */
#define FAST_SWITCH_US (10 * 1000)           /* a fast meter answers after 20 ms */
#define CHARACTER_US   (10 * G_USEC_PER_SEC / POSA_IEC_START_BAUD)

/* Of battery devices: NUL characters for 2.1 to 2.3 s, then silence for 1.5 to 1.7 s (annex B). */
#define WAKE_UP_SIZE     66
#define WAKE_UP_PAUSE_US (1600 * 1000)

/* Sends the option select message and changes to the speed @baud. */
static gboolean
select_protocol (PosaIecSession *self,
                 char protocol,
                 guint baud,
                 char mode,
                 PosaOperation *operation,
                 GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  self->state = POSA_IEC_IDLE;
  posa_iec_put_option (message, protocol, posa_iec_baud_to_speed (baud), mode);
  if (!posa_iec_link_send (self->link, message, operation, error))
    return FALSE;
  /* The send ends with the computed last stop bit; one character more for converters that began
   * late. The meter's answer begins 200 ms after it at the soonest. */
  gint64 pause = self->identification.fast ? FAST_SWITCH_US : CHARACTER_US;
  return posa_iec_link_pause (self->link, pause + self->switch_delay_us, operation, error) &&
         posa_iec_link_set_speed (self->link, baud, error);
}

gboolean
posa_iec_session_select_option (PosaIecSession *self,
                                guint baud,
                                char mode,
                                PosaOperation *operation,
                                GError **error)
{
  return select_protocol (self, '0', baud, mode, operation, error);
}

guint
posa_iec_session_get_fast_baud (PosaIecSession *self)
{
  guint offered = posa_iec_speed_to_baud (self->identification.speed);

  return self->max_baud > 0 ? MIN (offered, self->max_baud) : offered;
}

PosaIecMode
posa_iec_session_get_mode (PosaIecSession *self)
{
  return posa_iec_speed_to_mode (self->identification.speed);
}

void
posa_iec_session_send_break (PosaIecSession *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_command (message, "B0", NULL);
  posa_iec_link_send (self->link, message, NULL, NULL);
  self->state = POSA_IEC_IDLE;
}

void
posa_iec_session_leave (PosaIecSession *self)
{
  gsize n;

  posa_iec_link_swallow (self->link, &n, NULL, NULL);
  posa_iec_session_send_break (self);
  self->state = POSA_IEC_ASTRAY;
}

/* The readout was good: the meter need not wait for NAK, and hears the next request at once. */
static void
send_thanks (PosaIecSession *self)
{
  posa_iec_link_send_byte (self->link, POSA_IEC_ACK, NULL, NULL);
  self->state = POSA_IEC_IDLE;
}

/* A meter that has identified itself and hears no option would send its whole readout at 300 baud.
 * Programming mode at 300, entered and left, has it back in the start state in a second. In modes A
 * and B nothing holds it up. */
static void
abandon_identified (PosaIecSession *self)
{
  PosaIecMessage message;

  if (posa_iec_session_get_mode (self) != POSA_IEC_MODE_C)
    return;
  posa_iec_link_set_check (self->link, NULL, NULL);
  if (posa_iec_session_select_option (self, POSA_IEC_START_BAUD, '1', NULL, NULL) &&
      posa_iec_link_receive (self->link, &message, NULL, NULL))
    posa_iec_session_send_break (self);
}

static gboolean
is_same (const PosaIecIdentification *x, const PosaIecIdentification *y)
{
  return strcmp (x->manufacturer, y->manufacturer) == 0 && strcmp (x->ident, y->ident) == 0;
}

/* The name has no check character: a stranger counts only when it comes twice. */
static gboolean
set_stranger (PosaIecSession *self, const PosaIecIdentification *found, GError **error)
{
  gboolean again = is_same (found, &self->stranger);

  self->stranger = *found;
  g_set_error (error, POSA_ERROR, again ? POSA_ERROR_WRONG_METER : POSA_ERROR_LINE_NOISE,
               "another meter answers now: %s %s instead of %s %s", found->manufacturer,
               found->ident, self->identification.manufacturer, self->identification.ident);
  return FALSE;
}

static gboolean
take_identification (PosaIecSession *self, const PosaIecIdentification *found, GError **error)
{
  if (self->known && !is_same (found, &self->identification))
    return set_stranger (self, found, error);
  self->identification = *found;
  self->known = TRUE;
  self->state = POSA_IEC_IDENTIFIED;
  posa_iec_link_set_fast (self->link, found->fast);
  /* In mode B the meter goes on at its speed without being asked. */
  return posa_iec_session_get_mode (self) != POSA_IEC_MODE_B ||
         posa_iec_link_set_speed (self->link, posa_iec_speed_to_baud (found->speed), error);
}

static gboolean
try_sign_on (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  PosaIecIdentification found;

  self->state = POSA_IEC_IDLE;
  posa_iec_put_request (message, self->address);
  return posa_iec_link_set_speed (self->link, POSA_IEC_START_BAUD, error) &&
         posa_iec_link_send (self->link, message, operation, error) &&
         posa_iec_link_receive_identification (self->link, &found, operation, error) &&
         take_identification (self, &found, error);
}

static gboolean
wake_up (PosaIecSession *self, PosaOperation *operation, GError **error)
{
  static const guint8 characters[WAKE_UP_SIZE] = { 0 };
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_put_bytes (message, characters, sizeof characters);
  return posa_iec_link_send (self->link, message, operation, error) &&
         posa_iec_link_pause (self->link, WAKE_UP_PAUSE_US, operation, error);
}

void
posa_iec_session_count_retry (PosaIecSession *self)
{
  posa_iec_link_get_stats (self->link)->retries++;
}

gboolean
posa_iec_session_sign_on (PosaIecSession *self,
                          guint tries,
                          PosaOperation *operation,
                          GError **error)
{
  gboolean asleep = self->wake_up;

  for (guint i = 1;; i++)
    {
      g_autoptr (GError) local_error = NULL;
      if (try_sign_on (self, operation, &local_error))
        return TRUE;
      /* Something spoke, so a meter may be waiting for the option. */
      gboolean damage = posa_iec_link_is_damage (local_error);
      if (damage)
        abandon_identified (self);
      if ((i >= tries && !asleep) || !posa_iec_link_is_worth_repeating (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      posa_iec_session_count_retry (self);
      if (damage && !posa_iec_link_wait_for_start (self->link, operation, error))
        return FALSE;
      if (asleep && !damage && !wake_up (self, operation, error))
        return FALSE;
      asleep = asleep && damage;
    }
}

static gboolean
is_identified (PosaIecSession *self)
{
  return self->state == POSA_IEC_IDENTIFIED &&
         posa_iec_link_get_silence_us (self->link) < ID_FRESH_US;
}

gboolean
posa_iec_session_ensure_identified (PosaIecSession *self,
                                    gboolean first,
                                    PosaOperation *operation,
                                    GError **error)
{
  gboolean stale = !first || self->state == POSA_IEC_IDENTIFIED || self->state == POSA_IEC_ASTRAY;

  if (first && is_identified (self))
    return TRUE;
  posa_iec_session_sign_off (self);
  return (!stale || posa_iec_link_wait_for_start (self->link, operation, error)) &&
         posa_iec_session_sign_on (self, MAX_SIGN_ONS, operation, error);
}

/* Adds what the meter says to @content, partial blocks and all. */
static gboolean
receive_readout (PosaIecSession *self, GString *content, PosaOperation *operation, GError **error)
{
  PosaIecMessage message = { .type = POSA_IEC_PARTIAL };

  for (guint i = 0; message.type == POSA_IEC_PARTIAL && content->len < MAX_READOUT; i++)
    {
      if ((i > 0 && !posa_iec_link_send_byte (self->link, POSA_IEC_ACK, operation, error)) ||
          !posa_iec_link_receive (self->link, &message, operation, error))
        return FALSE;
      if (i == 0)
        self->answered_us = posa_iec_link_get_answered_us (self->link);
      if (message.content != NULL && message.type != POSA_IEC_COMMAND)
        g_string_append_len (content, (const char *) message.content, (gssize) message.size);
      self->block_size = message.size;
    }
  if (message.type == POSA_IEC_BLOCK)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                       "the meter sends something else than its data");
  return FALSE;
}

static GPtrArray *
try_read_out (PosaIecSession *self, guint baud, PosaOperation *operation, GError **error)
{
  g_autoptr (GString) content = g_string_new (NULL);
  gboolean asked = posa_iec_session_get_mode (self) == POSA_IEC_MODE_C;

  if ((asked && !posa_iec_session_select_option (self, baud, '0', operation, error)) ||
      !receive_readout (self, content, operation, error))
    return NULL;
  self->state = asked ? POSA_IEC_READ_OUT : POSA_IEC_IDLE;
  return posa_iec_data_parse ((const guint8 *) content->str, content->len, error);
}

gboolean
posa_iec_session_vouches (PosaIecSession *self, const char *text, gboolean whole)
{
  gsize size = strlen (text);
  g_autoptr (GPtrArray) sets = posa_iec_data_parse ((const guint8 *) text, size, NULL);

  return sets != NULL && (self->vouch == NULL || self->vouch (self->vouch_data, sets, size, whole));
}

/* What a readout has to look like, beyond its block check. A partial block looks like anything. */
static gboolean
check_readout_cb (gpointer data, const PosaIecMessage *message, const char *text)
{
  PosaIecSession *self = data;

  if (message->type == POSA_IEC_PARTIAL || self->block_size > 0)
    return self->vouch == NULL;
  return posa_iec_check_readout (text, NULL) && posa_iec_session_vouches (self, text, TRUE);
}

/* The speed of the next try. */
static guint
step_down (PosaIecSession *self, guint baud)
{
  /* Some meters say they can change the speed and do not. */
  if (posa_iec_link_is_gibberish (self->link))
    return POSA_IEC_START_BAUD;
  return posa_iec_speed_to_baud ((char) MAX ('0', posa_iec_baud_to_speed (baud) - 1));
}

GPtrArray *
posa_iec_session_read_out (PosaIecSession *self,
                           gsize expected_size,
                           PosaOperation *operation,
                           GError **error)
{
  gint64 give_up = posa_iec_link_get_now_us (self->link) + PATIENCE_US;
  guint baud = G_MAXUINT;

  for (gboolean first = TRUE;; first = FALSE)
    {
      g_autoptr (GError) local_error = NULL;
      if (!posa_iec_session_ensure_identified (self, first, operation, error))
        return NULL;
      baud = MIN (baud, posa_iec_session_get_fast_baud (self));
      self->block_size = 0;
      posa_iec_link_set_check (self->link, check_readout_cb, self);
      posa_iec_link_expect (self->link, expected_size);
      GPtrArray *sets = try_read_out (self, baud, operation, &local_error);
      posa_iec_link_expect (self->link, 0);
      if (sets != NULL)
        return sets;
      gboolean repeat = posa_iec_link_is_worth_repeating (local_error);
      guint slower = step_down (self, baud);
      if (repeat && posa_iec_session_get_mode (self) == POSA_IEC_MODE_C)
        posa_iec_session_leave (self);
      /* One more is always worth it: perhaps the tablet slept, and the time went by for nobody. */
      gboolean too_late = !first && posa_iec_link_get_now_us (self->link) > give_up;
      if (baud == POSA_IEC_START_BAUD || !repeat || too_late)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      posa_iec_session_count_retry (self);
      baud = slower;
      g_message ("%s; once more at %u baud", local_error->message, baud);
    }
}

gboolean
posa_iec_session_hand_over (PosaIecSession *self,
                            guint *baud,
                            PosaOperation *operation,
                            GError **error)
{
  g_autoptr (GByteArray) confirmation = g_byte_array_new ();

  if (!posa_iec_session_ensure_identified (self, TRUE, operation, error))
    return FALSE;
  if (!self->identification.hdlc || posa_iec_session_get_mode (self) != POSA_IEC_MODE_C)
    {
      posa_iec_session_sign_off (self);
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "the meter %s %s does not offer HDLC behind its sign-on (mode E)",
                   self->identification.manufacturer, self->identification.ident);
      return FALSE;
    }
  *baud = posa_iec_session_get_fast_baud (self);
  posa_iec_put_option (confirmation, '2', posa_iec_baud_to_speed (*baud), '2');
  if (!select_protocol (self, '2', *baud, '2', operation, error))
    return FALSE;
  self->state = POSA_IEC_ASTRAY;
  if (!posa_iec_link_receive_confirmation (self->link, confirmation, operation, error))
    return FALSE;
  self->state = POSA_IEC_IDLE;
  return posa_iec_link_leave_to_hdlc (self->link, *baud, error);
}

void
posa_iec_session_sign_off (PosaIecSession *self)
{
  if (self->state == POSA_IEC_PROGRAMMING)
    posa_iec_session_send_break (self);
  else if (self->state == POSA_IEC_READ_OUT)
    send_thanks (self);
  else if (is_identified (self))
    abandon_identified (self);
  self->state = POSA_IEC_IDLE;
}

gint64
posa_iec_session_get_answered_us (PosaIecSession *self)
{
  return self->answered_us;
}

const PosaIecIdentification *
posa_iec_session_get_identification (PosaIecSession *self)
{
  return &self->identification;
}

const PosaLineStats *
posa_iec_session_get_stats (PosaIecSession *self)
{
  return posa_iec_link_get_stats (self->link);
}

void
posa_iec_session_set_call (PosaIecSession *self, const char *address, gboolean wake_up)
{
  g_free (self->address);
  self->address = g_strdup (address);
  self->wake_up = wake_up;
}

void
posa_iec_session_set_algorithm (PosaIecSession *self, const char *algorithm)
{
  g_free (self->algorithm);
  self->algorithm = g_strdup (algorithm);
}

void
posa_iec_session_set_line (PosaIecSession *self, guint baud, guint switch_delay_ms)
{
  self->max_baud = baud;
  self->switch_delay_us = (gint64) switch_delay_ms * 1000;
}

void
posa_iec_session_set_cancellable (PosaIecSession *self, GCancellable *cancellable)
{
  posa_iec_link_set_cancellable (self->link, cancellable);
}

void
posa_iec_session_set_vouch (PosaIecSession *self, PosaIecVouchFunc vouch, gpointer data)
{
  self->vouch = vouch;
  self->vouch_data = data;
}

PosaIecSession *
posa_iec_session_new (PosaPort *port)
{
  PosaIecSession *self = g_new0 (PosaIecSession, 1);

  self->link = posa_iec_link_new (port);
  return self;
}

void
posa_iec_session_free (PosaIecSession *self)
{
  posa_iec_link_free (self->link);
  g_free (self->address);
  g_free (self->algorithm);
  g_free (self);
}
