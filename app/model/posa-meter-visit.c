/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-meter-visit.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "meter/posa-key-file.h"
#include "model/posa-meter-access.h"
#include "store/posa-meter-asset-store.h"

#include <string.h>

#define MAX_FIRMWARE (1024 * 1024)
/* A block of 128 bytes with its frames, protection and answer at 9600 baud. */
#define BLOCK_BYTES 128
#define BLOCK_MS    350

typedef struct
{
  PosaMeterAccess access;
  PosaMeter *meter;
} Visit;

static void
visit_clear (Visit *self)
{
  if (self->meter != NULL)
    posa_meter_close (self->meter);
  g_clear_object (&self->meter);
  posa_meter_access_clear (&self->access);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

static gboolean
visit_open (Visit *self, const PosaMeterPlace *place, PosaOperation *operation, GError **error)
{
  if (!posa_meter_access_open (&self->access, place, FALSE, error))
    return FALSE;
  g_autoptr (PosaPort) port = posa_port_open (place->port_path, error);
  if (port == NULL)
    return FALSE;
  self->meter = posa_meter_open (port, POSA_METER_ANY, place->address, self->access.keyring,
                                 operation, error);
  return self->meter != NULL;
}

gboolean
posa_meter_visit_load_profile (const PosaMeterPlace *place,
                               gint64 from_us,
                               gint64 to_us,
                               PosaLoadProfile *profile,
                               PosaOperation *operation,
                               GError **error)
{
  g_auto (Visit) visit = { 0 };

  return visit_open (&visit, place, operation, error) &&
         posa_meter_read_load_profile (visit.meter, from_us, to_us, profile, operation, error);
}

gboolean
posa_meter_visit_last_intervals (const PosaMeterPlace *place,
                                 guint n,
                                 PosaLoadProfile *profile,
                                 PosaOperation *operation,
                                 GError **error)
{
  g_auto (Visit) visit = { 0 };

  return visit_open (&visit, place, operation, error) &&
         posa_meter_read_last_intervals (visit.meter, n, profile, operation, error);
}

GPtrArray *
posa_meter_visit_events (const PosaMeterPlace *place,
                         gint64 from_us,
                         gint64 to_us,
                         PosaOperation *operation,
                         GError **error)
{
  g_auto (Visit) visit = { 0 };

  return visit_open (&visit, place, operation, error)
             ? posa_meter_read_events (visit.meter, from_us, to_us, operation, error)
             : NULL;
}

/* Delivered to this crew, or put in by it: whatever it is now, the device knows it. */
static gboolean
check_ours (const Visit *self, GError **error)
{
  const PosaNameplate *plate = posa_meter_get_nameplate (self->meter);
  g_autoptr (PosaMeterAsset) asset = NULL;

  if (self->access.context != NULL && plate->kind != POSA_METER_KIND_GENERIC)
    asset = posa_meter_asset_store_get (posa_work_context_get_store (self->access.context),
                                        plate->serial, NULL);
  if (asset != NULL)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED,
               "meter %s is not of this crew's stock or orders; nothing was written",
               plate->serial);
  return FALSE;
}

gboolean
posa_meter_visit_clock (const PosaMeterPlace *place,
                        PosaClockVisit what,
                        PosaClockChange *out,
                        PosaOperation *operation,
                        GError **error)
{
  g_auto (Visit) visit = { 0 };

  if (!visit_open (&visit, place, operation, error))
    return FALSE;
  if (what == POSA_CLOCK_VISIT_SET && !check_ours (&visit, error))
    return FALSE;
  if (what != POSA_CLOCK_VISIT_READ)
    return posa_meter_set_clock (visit.meter, out, operation, error);
  *out = (PosaClockChange) { .was_set = FALSE };
  if (!posa_meter_read_clock (visit.meter, &out->before, operation, error))
    return FALSE;
  out->after = out->before;
  return TRUE;
}

gboolean
posa_meter_visit_keys (const PosaMeterPlace *place,
                       const char *key_path,
                       PosaOperation *operation,
                       GError **error)
{
  g_autoptr (PosaKeyFile) file = posa_key_file_load (key_path, error);
  g_auto (Visit) visit = { 0 };

  return file != NULL && visit_open (&visit, place, operation, error) &&
         posa_meter_change_keys (visit.meter, &file->keys, operation, error);
}

GBytes *
posa_meter_visit_load_firmware (const char *path, const char *sha256, GError **error)
{
  g_autoptr (GBytes) image = posa_file_read (path, MAX_FIRMWARE, error);

  if (image == NULL)
    return NULL;
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, image);
  if (g_bytes_get_size (image) > 0 && g_ascii_strcasecmp (digest, sha256) == 0)
    return g_steal_pointer (&image);
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
               "%s is not the firmware that was meant: its SHA-256 is %s; nothing was sent", path,
               digest);
  return NULL;
}

guint
posa_meter_visit_estimate_s (gsize n_bytes)
{
  return (guint) ((n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_MS / 1000) + 1;
}

gboolean
posa_meter_visit_firmware (const PosaMeterPlace *place,
                           const char *path,
                           const char *sha256,
                           const char *identification,
                           gboolean activate,
                           PosaOperation *operation,
                           GError **error)
{
  g_autoptr (GBytes) image = posa_meter_visit_load_firmware (path, sha256, error);
  const PosaFirmware firmware = { image, identification, activate };
  g_auto (Visit) visit = { 0 };

  return image != NULL && visit_open (&visit, place, operation, error) &&
         posa_meter_update_firmware (visit.meter, &firmware, operation, error);
}
