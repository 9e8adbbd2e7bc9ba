/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Items of the robustness list (meters.md 11) that are about associations, as given bytes. The
 * ciphered messages were made with another implementation of AES-GCM and of key wrap: keys and
 * titles are those of PosaTestKeyring, the meter's title is 4D4D4D0000BC614E. */

#include "posa-test-dlms.h"

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-commission.h"
#include "meter/driver/posa-dlms-keys.h"
#include "posa-test-keyring.h"

#include <string.h>

#define PUBLIC_SAP    16
#define INSTALLER_SAP 3

static const PosaCosemTarget serial = { 1, { 0, 0, 96, 1, 0, 255 }, 2 };

static void
assert_serial (PosaTestDlms *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self->client, serial, NULL, &error);

  g_assert_no_error (error);
  posa_test_dlms_assert_text (value, "AB");
}

/* ---- in public ---- */

#define GET_SERIAL "C001C100010000600100FF0200"
#define HAS_SERIAL "C401C10009024142"
#define AARE_REST                                                                                  \
  "A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001E1D02000007"

static void
test_protocol_version (void)
{
  const PosaDlmsAssociationOptions in_public = { .sap = PUBLIC_SAP };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_PREPARE (&self, PUBLIC_SAP, { POSA_TEST_DLMS_SNRM, NULL },
                          { NULL, "612D80020780" AARE_REST }, { GET_SERIAL, HAS_SERIAL });
  posa_dlms_client_open (self.client, &in_public, NULL, &error);
  g_assert_no_error (error);
  assert_serial (&self);
}

/* Lengths that say more than there is, and less: we are gone, whatever the meter says to it. */
static void
test_bad_release (void)
{
  static const char *const releases[] = { "6307800100BE05040428", "6324800100BE0404", "6303800200",
                                          "63", "6300" };

  for (guint i = 0; i < G_N_ELEMENTS (releases); i++)
    {
      const PosaDlmsAssociationOptions in_public = { .sap = PUBLIC_SAP };
      g_auto (PosaTestDlms) self = { 0 };
      g_autoptr (GError) error = NULL;

      POSA_TEST_DLMS_PREPARE (&self, PUBLIC_SAP, { POSA_TEST_DLMS_SNRM, NULL },
                              { NULL, "6129" AARE_REST }, { "6203800100", releases[i] },
                              { POSA_TEST_DLMS_DISC, NULL });
      posa_dlms_client_open (self.client, &in_public, NULL, &error);
      g_assert_no_error (error);
      posa_dlms_client_close (self.client);
      g_assert_false (posa_dlms_client_is_open (self.client));
    }
}

/* ---- ciphered, with a password ---- */

#define AARQ_1                                                                                     \
  "605DA109060760857405080103A60A040850534174657374318A0207808B0760857405080201AC12"               \
  "8010505152535455565758595A5B5C5D5E5FBE230421211F30000000012D454DD78BC3AA3D597B6A"               \
  "C29FC57DF6467EBE7BF503BA3548A3"
#define AARE_0                                                                                     \
  "6148A109060760857405080103A203020100A305A103020100A40A04084D4D4D0000BC614EBE2304"               \
  "21281F30000000006048A9287105610C44B0A1DFB21E8B813EF8A350DF01AD1F4879"
#define AARE_100                                                                                   \
  "6148A109060760857405080103A203020100A305A103020100A40A04084D4D4D0000BC614EBE2304"               \
  "21281F3000000064577B78C6F606D4D5B0B1A80221D5C20F775F693BD1E514B751BF"
#define GET_2   "C81E30000000023A3B714A77F1EFD195C889F8FB8CC5DD9048AE048137E2ADFF"
#define HAS_1   "CC1930000000011560C10A0BB13F131E83412B498FB1CAA1D730F3"
#define HAS_101 "CC193000000065B95609F7E13D298A572BA7114F04EC4A5559EAEB"

typedef struct
{
  PosaTestKeyring *keyring;
  PosaDlmsAssociationOptions options;
} Installer;

static void
installer_init (Installer *self)
{
  self->keyring = posa_test_keyring_new (NULL);
  self->options = (PosaDlmsAssociationOptions) {
    .sap = INSTALLER_SAP,
    .agreement = { .mechanism = POSA_ACSE_MECHANISM_PASSWORD,
                   .ciphered = TRUE,
                   .protection = POSA_DLMS_PROTECTION_GLO,
                   .policy = 3 },
    .keyring = POSA_KEYRING (self->keyring),
    .serial = "AB",
  };
}

static void
installer_clear (Installer *self)
{
  g_clear_object (&self->keyring);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Installer, installer_clear)

/* The first counter may be 0; the second association begins with 0 again, and that is a
 * repetition. */
static void
test_counter_from_0 (void)
{
  g_auto (Installer) installer = { NULL };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  installer_init (&installer);
  POSA_TEST_DLMS_PREPARE (&self, INSTALLER_SAP, { POSA_TEST_DLMS_SNRM, NULL }, { AARQ_1, AARE_0 },
                          { GET_2, HAS_1 }, { NULL, "6303800100" }, { POSA_TEST_DLMS_DISC, NULL },
                          { POSA_TEST_DLMS_SNRM, NULL }, { NULL, AARE_0 }, { NULL, "6303800100" },
                          { POSA_TEST_DLMS_DISC, NULL });
  posa_dlms_client_open (self.client, &installer.options, NULL, &error);
  g_assert_no_error (error);
  assert_serial (&self);
  posa_dlms_client_close (self.client);
  g_assert_cmpint (posa_test_keyring_get_peer (installer.keyring), ==, 1);
  g_assert_false (posa_dlms_client_open (self.client, &installer.options, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "did not grow"));
}

/* The meter expects 2000: said once, and believed upwards. */
static void
test_expected_counter (void)
{
  g_auto (Installer) installer = { NULL };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  installer_init (&installer);
  POSA_TEST_DLMS_PREPARE (
      &self, INSTALLER_SAP, { POSA_TEST_DLMS_SNRM, NULL }, { AARQ_1, "D80106000007D0" },
      { NULL, "6303800100" }, { POSA_TEST_DLMS_DISC, NULL }, { POSA_TEST_DLMS_SNRM, NULL },
      { "605DA109060760857405080103A60A040850534174657374318A0207808B0760857405080201AC12"
        "8010505152535455565758595A5B5C5D5E5FBE230421211F30000007D0B77DF53611156B64E5D6D7"
        "63697789122E82D703FC2751668545",
        AARE_100 },
      { "C81E30000007D169818640D5FA882036DE7A0F815A2AC3EBD43E0E3EAFBB5B83", HAS_101 });
  posa_dlms_client_open (self.client, &installer.options, NULL, &error);
  g_assert_no_error (error);
  assert_serial (&self);
}

/* Asked twice for a counter, it is not answered a third time. */
static void
test_expected_counter_twice (void)
{
  g_auto (Installer) installer = { NULL };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  installer_init (&installer);
  POSA_TEST_DLMS_PREPARE (&self, INSTALLER_SAP, { POSA_TEST_DLMS_SNRM, NULL },
                          { AARQ_1, "D80106000007D0" }, { NULL, "6303800100" },
                          { POSA_TEST_DLMS_DISC, NULL }, { POSA_TEST_DLMS_SNRM, NULL },
                          { NULL, "D80106000007D0" }, { NULL, "6303800100" },
                          { POSA_TEST_DLMS_DISC, NULL });
  g_assert_false (posa_dlms_client_open (self.client, &installer.options, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
}

/* Asked with glo, answered with general-glo: as well protected. */
static void
test_general_glo (void)
{
  g_auto (Installer) installer = { NULL };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  installer_init (&installer);
  POSA_TEST_DLMS_PREPARE (
      &self, INSTALLER_SAP, { POSA_TEST_DLMS_SNRM, NULL }, { AARQ_1, AARE_100 },
      { GET_2, "DB084D4D4D0000BC614E193000000065B95609F7E13D298A572BA7114F04EC4A5559EAEB" });
  posa_dlms_client_open (self.client, &installer.options, NULL, &error);
  g_assert_no_error (error);
  assert_serial (&self);
}

static void
fill (PosaDlmsKey *key, guint8 first)
{
  key->size = 16;
  for (guint8 i = 0; i < 16; i++)
    key->data[i] = (guint8) (first + i);
}

/* New keys are sent, and the answer is lost. They are on the disk, are not sent again, and the next
 * association shows that the meter has them. */
static void
test_keys_answer_lost (void)
{
  const PosaObis setup = { 0, 0, 43, 0, 3, 255 };
  g_auto (Installer) installer = { NULL };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaMeterKeys next = { 0 };

  installer_init (&installer);
  fill (&next.encryption, 0x80);
  fill (&next.authentication, 0xA0);
  fill (&next.master, 0x40);
  fill (&next.secret, 0x50);
  POSA_TEST_DLMS_PREPARE (
      &self, INSTALLER_SAP, { POSA_TEST_DLMS_SNRM, NULL }, { AARQ_1, AARE_100 },
      { "CB5C3000000002393B714A36F1EF9A94CB89F8FA94A834B0D0A8B0D0B126E1A76AB95DBC83B15FD2"
        "1CF0B7865A6BA04C50A075245D5DB7885CAD000EF8BD8AF05390B0ED492214675D04967B83A73986"
        "3DAAEE15CB01940ABC1DF7009510",
        POSA_TEST_DLMS_SILENCE },
      { POSA_TEST_DLMS_RR, POSA_TEST_DLMS_SILENCE }, { POSA_TEST_DLMS_DISC, NULL },
      { POSA_TEST_DLMS_SNRM, NULL },
      { "605DA109060760857405080103A60A040850534174657374318A0207808B0760857405080201AC12"
        "8010505152535455565758595A5B5C5D5E5FBE230421211F3000000041E74AEC3D0676349A60E0FD"
        "64951E853A0D540286CB4995DA551B",
        "6148A109060760857405080103A203020100A305A103020100A40A04084D4D4D0000BC614EBE2304"
        "21281F30000000C885720E583B06135D08029B289E59211772543308DC474C79E354" },
      { "C81E3000000042F59CBB711D5ABF854B2AD6FB18C3B2368ED3EA29DC268D241B",
        "CC1930000000C9231EAC22B2D44F0DA5CC7DBD6D8AE07F96261EF7" });
  posa_dlms_client_open (self.client, &installer.options, NULL, &error);
  g_assert_no_error (error);
  posa_keyring_set_pending (installer.options.keyring, "AB", &next, &error);
  g_assert_no_error (error);
  g_assert_false (posa_dlms_keys_transfer (self.client, setup, &next, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  posa_dlms_client_close (self.client);
  installer.options.key_set = POSA_KEYS_NEXT;
  posa_dlms_client_open (self.client, &installer.options, NULL, &error);
  g_assert_no_error (error);
  assert_serial (&self);
}

/* ---- 11.24 ---- */

#define CLOCK "00080000010000FF0200"

/* The device's time, UTC, and the meter's, 40 s late; what is written at the next full second, and
 * that the meter then tells it. */
static const struct
{
  const char *name;
  gint64 utc_s;
  const char *before, *after;
} changes[] = {
  /* 2027-03-28: 01:59:58 winter time, and 03:00:00 summer time a second later */
  { "11.24-summer-begins-just-before", 1806195598, "07EB031C07013B1200FFC400",
    "07EB031C07013B3B00FFC400" },
  { "11.24-summer-begins-just-behind", 1806195599, "07EB031C07013B1300FFC400",
    "07EB031C0703000000FF8880" },
  /* 2027-10-31: 02:59:58 summer time, and 02:00:00 winter time a second later */
  { "11.24-summer-ends-just-before", 1824944398, "07EB0A1F07023B1200FF8880",
    "07EB0A1F07023B3B00FF8880" },
  { "11.24-summer-ends-just-behind", 1824944399, "07EB0A1F07023B1300FF8880",
    "07EB0A1F0702000000FFC400" },
};

static void
test_change (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autofree char *before = g_strconcat ("C401C100090C", changes[row].before, NULL);
  g_autofree char *written = g_strconcat ("C101C2" CLOCK "090C", changes[row].after, NULL);
  g_autofree char *after = g_strconcat ("C401C300090C", changes[row].after, NULL);
  const PosaProfile profile = { .dlms.clock = POSA_OBIS (0, 0, 1, 0, 0, 255) };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaClockChange change;

  POSA_TEST_DLMS_INIT (&self, "001E1D", 512, { "C001C1" CLOCK, before }, { written, "C501C200" },
                       { "C001C3" CLOCK, after });
  PosaClock *clock = posa_port_get_clock (POSA_PORT (self.script));
  posa_clock_advance (clock, changes[row].utc_s * G_USEC_PER_SEC - posa_clock_get_wall (clock));
  const PosaDlmsCommission commission = { .client = self.client,
                                          .profile = &profile,
                                          .clock = clock };
  posa_dlms_commission_set_clock (&commission, &change, &error);
  g_assert_no_error (error);
  g_assert_true (change.was_set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-items/11.10-protocol-version", test_protocol_version);
  g_test_add_func ("/dlms-items/11.11-bad-release", test_bad_release);
  g_test_add_func ("/dlms-items/11.12-counter-from-0", test_counter_from_0);
  g_test_add_func ("/dlms-items/11.13-expected-counter", test_expected_counter);
  g_test_add_func ("/dlms-items/11.13-expected-counter-twice", test_expected_counter_twice);
  g_test_add_func ("/dlms-items/11.14-general-glo", test_general_glo);
  g_test_add_func ("/dlms-items/11.25-keys-answer-lost", test_keys_answer_lost);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strconcat ("/dlms-items/", changes[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_change);
    }
  return g_test_run ();
}
