/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* enrol-and-sync FOLDER URL CODE CA: both in one process, as the application does. Not a GLib test
 * itself: in those the TLS library resumes no session, and a resumed one is what is tested. */

#include "base/posa-log.h"
#include "sync/posa-enrol.h"
#include "sync/posa-sync.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  PosaSyncSummary summary;

  posa_log_init ();
  g_assert_cmpint (argc, ==, 5);
  PosaEnrolTrust trust = { argv[4], NULL };
  g_autofree char *path = g_build_filename (argv[1], "posa.db", NULL);
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_autoptr (PosaIdentity) identity = NULL;
  if (store != NULL && posa_enrol_run (argv[1], store, argv[2], argv[3], &trust, NULL, &error))
    identity = posa_identity_load (argv[1], &error);
  for (guint i = 0; i < 3 && error == NULL; i++)
    posa_sync_run (store, identity, argv[2], &summary, NULL, &error);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
