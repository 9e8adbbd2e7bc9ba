/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Reports a second that one portal process takes from one device over TLS, beside what the same
 * bytes cost in the same run without it: their verification, and a durable write. */

#include "../sync/sync-rig.h"
#include "report/posa-report.h"
#include "store/posa-report-store.h"
#include "sync/posa-portal-client.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 200

typedef struct
{
  RigPortal *portal;
  RigDevice *device;
  PosaPortalClient *client;
  GPtrArray *ids;
  GBytes *ca;
  int fd;
} Bench;

static GBytes *
get_pdf (Bench *self, guint i)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf =
      posa_report_store_get_pdf (self->device->store, g_ptr_array_index (self->ids, i), &error);

  g_assert_no_error (error);
  return pdf;
}

static void
put (Bench *self, guint i, guint status)
{
  g_autofree char *path = g_strconcat ("/v1/reports/", g_ptr_array_index (self->ids, i), NULL);
  g_autoptr (GBytes) pdf = get_pdf (self, i);
  PosaPortalBody body = { "application/pdf", pdf };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (self->client, "PUT", path, &body, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reply->status, ==, status);
}

static void
put_new (Bench *self, guint i)
{
  put (self, i, 201);
}

static void
put_again (Bench *self, guint i)
{
  put (self, i, 200);
}

static void
ask (Bench *self, guint i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (self->client, "GET", "/v1/status", NULL, NULL, &error);

  g_assert_no_error (error);
}

static void
verify (Bench *self, guint i)
{
  g_autoptr (GBytes) pdf = get_pdf (self, i);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportVerdict) verdict = posa_report_verify (pdf, self->ca, &error);

  g_assert_no_error (error);
}

static void
write_down (Bench *self, guint i)
{
  g_autoptr (GBytes) pdf = get_pdf (self, i);
  gsize size;
  const void *data = g_bytes_get_data (pdf, &size);

  g_assert_cmpint (write (self->fd, data, size), ==, (gssize) size);
  g_assert_cmpint (fdatasync (self->fd), ==, 0);
}

static void
setup (Bench *self)
{
  g_autofree char *path = NULL;

  self->portal = rig_portal_new ();
  self->device = rig_device_new ();
  rig_device_enrol (self->device, self->portal);
  rig_portal_import (self->portal, 1, ROUNDS, 1, FALSE);
  rig_device_sync_well (self->device);
  self->ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < ROUNDS; i++)
    g_ptr_array_add (self->ids, rig_device_report (self->device, i + 1, NULL));
  const char *ca = posa_identity_get_ca (self->device->identity);
  self->ca = g_bytes_new (ca, strlen (ca));
  self->client =
      posa_portal_client_new (self->portal->url, posa_identity_get_ca_path (self->device->identity),
                              posa_identity_get_tls_certificate_path (self->device->identity),
                              posa_identity_get_tls_key_path (self->device->identity), NULL);
  path = g_build_filename (self->portal->folder, "plain", NULL);
  self->fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (self->fd, >=, 0);
}

static void
clear (Bench *self)
{
  close (self->fd);
  g_bytes_unref (self->ca);
  g_ptr_array_unref (self->ids);
  posa_portal_client_free (self->client);
  rig_device_free (self->device);
  rig_portal_free (self->portal);
}

int
main (void)
{
  static const struct
  {
    const char *what;
    void (*run) (Bench *self, guint i);
  } rows[] = {
    { "write 1 report, fdatasync", write_down },
    { "verify", verify },
    { "GET status", ask },
    { "PUT, new", put_new },
    { "PUT, again", put_again },
  };
  Bench bench = { 0 };
  double floor = 0;

  setup (&bench);
  g_autoptr (GBytes) first = get_pdf (&bench, 0);
  g_print ("%d reports of about %" G_GSIZE_FORMAT " bytes, one device, one connection, TLS 1.3\n",
           ROUNDS, g_bytes_get_size (first));
  for (gsize r = 0; r < G_N_ELEMENTS (rows); r++)
    {
      gint64 start = g_get_monotonic_time ();
      for (guint i = 0; i < ROUNDS; i++)
        rows[r].run (&bench, i);
      double ms = (double) (g_get_monotonic_time () - start) / 1000 / ROUNDS;
      /* What a new report cannot cost less than: its verification and one durable write. */
      if (r < 2)
        floor += ms;
      g_print ("%-26s %8.2f ms  %7.0f/s", rows[r].what, ms, 1000 / ms);
      if (r > 2)
        g_print ("  %.2f of write and verify", ms / floor);
      g_print ("\n");
    }
  g_assert_cmpuint (rig_portal_count (bench.portal, "reports"), ==, ROUNDS);
  clear (&bench);
  return 0;
}
