/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-sync-tool.h"

#include "base/posa-error.h"
#include "model/posa-folder.h"
#include "store/posa-outbox-store.h"
#include "sync/posa-enrol.h"
#include "sync/posa-sync.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

static PosaStore *
open_store (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, POSA_FOLDER_DATABASE, NULL);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return posa_store_open (path, POSA_STORE_READ_WRITE, error);
  g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s: %s", folder, g_strerror (errno));
  return NULL;
}

gboolean
posa_sync_tool_enrol (const char *folder,
                      const char *url,
                      const char *code,
                      const char *ca_path,
                      const char *fingerprint,
                      PosaOperation *operation,
                      GError **error)
{
  PosaEnrolTrust trust = { ca_path, fingerprint };
  g_autoptr (PosaStore) store = open_store (folder, error);

  return store != NULL && posa_enrol_run (folder, store, url, code, &trust, operation, error);
}

static char *
describe (const PosaSyncSummary *summary)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line,
                          ngettext ("%u order received", "%u orders received", summary->orders),
                          summary->orders);
  if (summary->withdrawn > 0)
    g_string_append_printf (line, _ (" (%u withdrawn)"), summary->withdrawn);
  if (summary->work_stands > 0)
    g_string_append_printf (line, _ (" (%u changed after the work began)"), summary->work_stands);
  g_string_append_printf (line, ngettext (", %u meter", ", %u meters", summary->meters),
                          summary->meters);
  g_string_append_printf (
      line, ngettext (", %u report delivered", ", %u reports delivered", summary->delivered),
      summary->delivered);
  g_string_append_printf (line, _ (", %u waiting"), summary->waiting);
  if (summary->refused > 0)
    g_string_append_printf (line, _ (", %u for the office"), summary->refused);
  return g_string_free_and_steal (g_steal_pointer (&line));
}

char *
posa_sync_tool_run (const char *folder,
                    PosaSyncUrgency urgency,
                    PosaOperation *operation,
                    GError **error)
{
  PosaSyncSummary summary;
  g_autoptr (PosaIdentity) identity = posa_identity_load (folder, error);
  g_autoptr (PosaStore) store = identity != NULL ? open_store (folder, error) : NULL;

  if (store != NULL &&
      (urgency == POSA_SYNC_WHAT_IS_DUE || posa_outbox_store_hurry (store, error)) &&
      posa_sync_run (store, identity, posa_identity_get_portal_url (identity), &summary, operation,
                     error))
    return describe (&summary);
  return NULL;
}
