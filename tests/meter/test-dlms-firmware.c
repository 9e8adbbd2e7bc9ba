/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* A firmware file for a 2G meter. */

#include "dlms-rig.h"

#include "base/posa-error.h"

#include <string.h>

#define SIZE 3000

/* What posa-sim takes for an image: its name, anything, SHA-256 of both. */
static GBytes *
make_image (void)
{
  guint8 *image = g_malloc (SIZE);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = 32;

  for (guint i = 0; i < SIZE; i++)
    image[i] = (guint8) (i * 7);
  memcpy (image, "PSA2GFW ", 8);
  g_checksum_update (checksum, image, SIZE - 32);
  g_checksum_get_digest (checksum, image + SIZE - 32, &size);
  return g_bytes_new_take (image, SIZE);
}

static gboolean
update (DlmsRig *self, GBytes *image, gboolean activate, GError **error)
{
  const PosaFirmware firmware = { image, "2G.1.05", activate };
  g_autoptr (PosaMeter) meter = dlms_rig_open (self, error);

  return meter != NULL && posa_meter_update_firmware (meter, &firmware, NULL, error);
}

static void
assert_firmware (DlmsRig *self, const char *expected)
{
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (self, NULL);

  g_assert_nonnull (reading);
  g_assert_cmpstr (reading->meter.firmware, ==, expected);
}

static void
test_update (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GBytes) image = make_image ();
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_assert_true (update (&self, image, FALSE, &error));
  g_assert_no_error (error);
  assert_firmware (&self, "2G.1.04"); /* verified only */
  g_assert_true (update (&self, image, TRUE, &error));
  g_assert_no_error (error);
  assert_firmware (&self, "2G.1.05");
}

/* One byte is another: the meter finds it out, and nothing is activated. */
static void
test_damaged (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GBytes) image = make_image ();
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (image, NULL), SIZE);
  g_autoptr (GError) error = NULL;

  copy[1000] ^= 1;
  g_autoptr (GBytes) damaged = g_bytes_new (copy, SIZE);
  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_assert_false (update (&self, damaged, TRUE, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED);
  assert_firmware (&self, "2G.1.04");
}

/* The line fails in the middle; the next try sends only what is missing. */
static void
test_resume (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GBytes) image = make_image ();
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "fault=restart:40"));
  g_assert_false (update (&self, image, TRUE, &error));
  g_assert_nonnull (error);
  gint64 sent = posa_test_sim_get_int (self.sim, "image_blocks");
  g_assert_cmpint (sent, >, 3);
  g_assert_cmpint (sent, <, 24);
  g_clear_error (&error);
  g_assert_true (update (&self, image, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "image_blocks"), ==, 24);
  assert_firmware (&self, "2G.1.05");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-firmware/update", test_update);
  g_test_add_func ("/dlms-firmware/damaged", test_damaged);
  g_test_add_func ("/dlms-firmware/resume", test_resume);
  return g_test_run ();
}
