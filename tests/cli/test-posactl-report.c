/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* posactl report verify, as an office's script calls it: exit status, JSON, plain words. */

#include "cli-rig.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "posa-test-forge.h"

typedef struct
{
  PosaTestSigner *signer;
  char *pdf, *ca;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->signer = posa_test_signer_new ();
  g_autoptr (GBytes) pdf = posa_test_signer_produce (self->signer, POSA_METER_KIND_M1, "it");
  posa_test_signer_write (self->signer, "report.pdf", pdf);
  self->pdf = posa_test_signer_path (self->signer, "report.pdf");
  self->ca = posa_test_signer_path (self->signer, "ca.pem");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->pdf);
  g_free (self->ca);
  posa_test_signer_free (self->signer);
}

/* The parsed object of @text, which must be nothing but one JSON object. */
static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *root = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (root));
  return root;
}

static void
test_good (Fixture *self, gconstpointer data)
{
  static const char *const words[] = {
    POSA_TEST_DEVICE, POSA_TEST_CONTRACTOR, POSA_TEST_DEVICE "-000012",
    "W-000123",       "IT001E47110815",     "05E1A1234567",
    "26P2M0098761"
  };
  g_autoptr (CliRun)
      run = cli_run ("posactl", "report", "verify", self->pdf, "--ca", self->ca, NULL);

  g_assert_cmpint (run->status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_nonnull (strstr (run->out, words[i]));
}

static void
test_good_json (Fixture *self, gconstpointer data)
{
  g_autoptr (CliRun)
      run = cli_run ("posactl", "report", "verify", "--json", "--ca", self->ca, self->pdf, NULL);
  g_autoptr (JsonNode) root = parse (run->out);
  JsonObject *object = json_node_get_object (root);
  JsonObject *signer = json_object_get_object_member (object, "signer");
  g_autoptr (GBytes) pdf = posa_test_signer_read (self->signer, "report.pdf");
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, pdf);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (json_object_get_boolean_member (object, "valid"));
  g_assert_cmpstr (json_object_get_string_member (signer, "device_id"), ==, POSA_TEST_DEVICE);
  g_assert_cmpstr (json_object_get_string_member (object, "sha256"), ==, hash);
  g_assert_cmpstr (json_object_get_string_member (object, "pod"), ==, "IT001E47110815");
  g_assert_cmpstr (json_object_get_string_member (object, "removed_serial"), ==, "05E1A1234567");
  g_assert_cmpstr (json_object_get_string_member (object, "new_serial"), ==, "26P2M0098761");
}

static void
test_changed (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) pdf = posa_test_signer_read (self->signer, "report.pdf");
  g_autoptr (GBytes) changed = posa_test_forge_replace (pdf, "85905000", "15905000");

  posa_test_signer_write (self->signer, "report.pdf", changed);
  cli_expect (1, "rule 4", "posactl", "report", "verify", self->pdf, "--ca", self->ca, NULL);
  g_autoptr (CliRun)
      run = cli_run ("posactl", "report", "verify", self->pdf, "--ca", self->ca, "--json", NULL);
  g_autoptr (JsonNode) root = parse (run->out);
  JsonObject *object = json_node_get_object (root);
  g_assert_cmpint (run->status, ==, 1);
  g_assert_false (json_object_get_boolean_member (object, "valid"));
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (object, "error"),
                                                  "code"),
                   ==, "signature");
}

static void
test_other_authority (Fixture *self, gconstpointer data)
{
  g_autoptr (PosaTestCa) other = posa_test_ca_new ("Posa test authority");

  posa_test_ca_write (other, self->ca);
  cli_expect (1, "rule 5", "posactl", "report", "verify", self->pdf, "--ca", self->ca, NULL);
}

static void
test_bad_calls (Fixture *self, gconstpointer data)
{
  g_autofree char *missing = posa_test_signer_path (self->signer, "none.pdf");

  cli_expect (2, "--ca", "posactl", "report", "verify", self->pdf, NULL);
  cli_expect (2, "report --help", "posactl", "report", "verify", "--ca", self->ca, NULL);
  cli_expect (2, "verify", "posactl", "report", "burn", self->pdf, NULL);
  cli_expect (1, "none.pdf", "posactl", "report", "verify", missing, "--ca", self->ca, NULL);
  cli_expect (1, "none.pdf", "posactl", "report", "verify", self->pdf, "--ca", missing, NULL);
  cli_expect (1, "no PEM certificate", "posactl", "report", "verify", self->pdf, "--ca", self->pdf,
              NULL);
  cli_expect (1, "rule 1", "posactl", "report", "verify", self->ca, "--ca", self->ca, NULL);
  cli_expect (1, self->signer->folder, "posactl", "report", "verify", self->signer->folder, "--ca",
              self->ca, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/posactl/report/good", test_good },
    { "/posactl/report/good-json", test_good_json },
    { "/posactl/report/changed", test_changed },
    { "/posactl/report/other-authority", test_other_authority },
    { "/posactl/report/bad-calls", test_bad_calls },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
