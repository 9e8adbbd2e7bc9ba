/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-hdlc-link-private.h"

#include "base/posa-error.h"

/* Tries with the parameters, before the meter is asked for the defaults. */
#define TRIES_WITH_FIELD 2
/* Tries after which nobody is there, when all were met by plain silence: on a line with a bit wrong
 * in 6 of 10,000 bytes a meter misses this many in a row once in 100,000 calls. */
#define TRIES_IN_SILENCE (TRIES_WITH_FIELD + 1)

static gboolean
accept_ua (PosaHdlcLink *self, const PosaHdlcFrame *frame, GError **error)
{
  PosaHdlcParameters *granted = &self->granted;

  if (!posa_hdlc_parameters_decode (frame->information, frame->size, granted, error))
    return FALSE;
  /* A meter that grants more than was asked for is not sent more. */
  granted->max_receive = MIN (granted->max_receive, self->options.max_info);
  granted->window_receive = MIN (granted->window_receive, self->options.window);
  self->server = frame->source;
  self->send_sequence = self->receive_sequence = 0;
  self->state = POSA_HDLC_LINK_CONNECTED;
  return TRUE;
}

/* Sends an unnumbered command and waits for one of its answers; anything else is a left-over of an
 * earlier session. */
static PosaHdlcWaited
command (PosaHdlcLink *self,
         PosaHdlcFrame frame,
         PosaHdlcFrame *answer,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gint64 deadline = 0;
  PosaHdlcWaited waited;

  frame.poll = TRUE;
  posa_hdlc_link_put (self, frame, bytes);
  if (!posa_hdlc_link_send (self, bytes, &deadline, cancellable, error))
    return POSA_HDLC_WAITED_ERROR;
  do
    waited = posa_hdlc_link_wait (self, deadline, answer, cancellable, error);
  while (waited == POSA_HDLC_WAITED_FRAME && answer->type != POSA_HDLC_UA &&
         answer->type != POSA_HDLC_DM && answer->type != POSA_HDLC_FRMR);
  return waited;
}

static gboolean
fail_connect (PosaHdlcWaited last, gboolean refused, GError **error)
{
  if (refused)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                         "the meter refuses the connection (it answers DM)");
  else if (last == POSA_HDLC_WAITED_DAMAGED)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE,
                         "something answers, but not in HDLC");
  else
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "nothing answers");
  g_prefix_error_literal (error, "HDLC link to the meter: ");
  return FALSE;
}

/* The link stays idle when this fails: no meter is in HDLC that would have to be told. */
static gboolean
sign_on (PosaHdlcLink *self, GCancellable *cancellable, GError **error)
{
  guint baud = 0;

  if (self->options.start (self->options.start_data, &baud, cancellable, error))
    {
      self->options.baud = baud;
      return TRUE;
    }
  g_prefix_error_literal (error, "HDLC link to the meter: ");
  return FALSE;
}

/* Whether to try once more after @tries. */
static gboolean
has_patience (const PosaHdlcLink *self, guint tries, gboolean heard)
{
  return tries <= self->options.max_retries && (heard || tries < TRIES_IN_SILENCE);
}

gboolean
posa_hdlc_link_connect (PosaHdlcLink *self, GCancellable *cancellable, GError **error)
{
  const PosaHdlcLinkOptions *options = &self->options;
  const PosaHdlcParameters proposed = { options->max_info, options->max_info, options->window,
                                        options->window };
  const PosaHdlcFrame disc = { .type = POSA_HDLC_DISC };
  g_autoptr (GByteArray) field = g_byte_array_new ();
  PosaHdlcWaited waited = POSA_HDLC_WAITED_SILENCE;
  gboolean refused = FALSE, heard = FALSE;

  if (options->start != NULL && !sign_on (self, cancellable, error))
    return FALSE;
  self->server = options->server;
  posa_hdlc_parameters_encode (&proposed, field);
  posa_hdlc_deframer_clear (self->deframer);
  for (guint attempt = 0; has_patience (self, attempt, heard); attempt++)
    {
      PosaHdlcFrame snrm = { .type = POSA_HDLC_SNRM };
      PosaHdlcFrame answer;

      if (attempt > 0 && !posa_hdlc_link_recover (self, cancellable, error))
        return posa_hdlc_link_break (self, error);
      /* A meter that is still in another connection may need its end first. */
      if (refused && command (self, disc, &answer, cancellable, error) == POSA_HDLC_WAITED_ERROR)
        return posa_hdlc_link_break (self, error);
      /* Some servers do not take the field, some need it. */
      if (attempt < TRIES_WITH_FIELD && !refused)
        {
          snrm.information = field->data;
          snrm.size = field->len;
        }
      waited = command (self, snrm, &answer, cancellable, error);
      if (waited == POSA_HDLC_WAITED_ERROR)
        return posa_hdlc_link_break (self, error);
      heard = heard || waited != POSA_HDLC_WAITED_SILENCE;
      refused = waited == POSA_HDLC_WAITED_FRAME && answer.type != POSA_HDLC_UA;
      if (waited == POSA_HDLC_WAITED_FRAME && !refused)
        return accept_ua (self, &answer, error) || posa_hdlc_link_break (self, error);
    }
  return fail_connect (waited, refused, error);
}

void
posa_hdlc_link_disconnect (PosaHdlcLink *self)
{
  const PosaHdlcFrame disc = { .type = POSA_HDLC_DISC };
  PosaHdlcFrame answer;
  gboolean silent = TRUE;

  if (self->state == POSA_HDLC_LINK_BROKEN)
    silent = posa_hdlc_link_drain (self, self->options.inter_octet_us, NULL, NULL);
  posa_hdlc_deframer_clear (self->deframer);
  if (self->state != POSA_HDLC_LINK_IDLE && silent)
    command (self, disc, &answer, NULL, NULL);
  self->state = POSA_HDLC_LINK_IDLE;
}
