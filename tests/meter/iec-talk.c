/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "iec-talk.h"

IecTalk
iec_talk_to (PosaTestSim *sim)
{
  g_autoptr (GError) error = NULL;
  IecTalk talk = { sim, posa_port_open (posa_test_sim_get_port (sim), &error), NULL };

  g_assert_no_error (error);
  talk.session = posa_iec_session_new (talk.port);
  return talk;
}

void
iec_talk_clear (IecTalk *self)
{
  posa_iec_session_sign_off (self->session);
  posa_iec_session_free (self->session);
  g_object_unref (self->port);
  posa_test_sim_stop (self->sim);
}
