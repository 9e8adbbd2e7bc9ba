/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The HDLC link against given bytes. The numbers are those of the robustness list that the tests go
 * back to; what a simulated meter can do of it is in test-dlms-odd.c. The frames come from an
 * independent implementation. */

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/driver/posa-hdlc-link.h"
#include "posa-test-script.h"

#include <string.h>

#define SNRM          "7EA01E032193CD3B818012050180060180070400000001080400000001533B7E"
#define SNRM_LARGE    "7EA0200321937DD9818014050207EE060207EE0704000000070804000000074EE97E"
#define SNRM_BARE     "7EA0070321930F017E"
#define DISC          "7EA00703215303C77E"
#define UA            "7EA01E210373C37A818012050180060180070400000001080400000001533B7E"
#define UA_BARE       "7EA00721037301407E"
#define UA_SMALL      "7EA01E210373C37A81801205012006012007040000000108040000000145277E"
#define UA_WINDOW     "7EA01E210373C37A818012050120060120070400000003080400000003EC337E"
#define DM            "7EA00721031F6BE97E"
#define FRMR          "7EA0072103972BE17E"
#define Q0            "7EA0190321107FDAE6E600C001C100080000010000FF0200601A7E"
#define Q1            "7EA0190321326FD8E6E600C001C100080000010000FF0200601A7E"
#define A0            "7EA01521033049CAE6E700C401C10006000004D2828A7E"
#define A1            "7EA0152103525D8AE6E700C401C10006000010E16B7B7E"
#define A0_STUCK      "7EA0152103104BEBE6E700C401C10006000004D2828A7E"
#define A1_STUCK      "7EA01521031259C8E6E700C401C10006000010E16B7B7E"
#define A0_LLC        "7EA01521033049CAE6E600C401C10006000004D213DF7E"
#define ASK0          "7EA00703211115A67E"
#define ASK1          "7EA00703213117877E"
#define HAS0          "7EA00721031115007E"
#define HAS1          "7EA00721033117217E"
#define BUSY1         "7EA00721033533677E"
#define REJ1          "7EA0072103395FAD7E"
#define S0            "7EA80E2103205C83E6E700C401E6C37E"
#define S1            "7EA80D2103228385C10009036E357E"
#define S2            "7EA00C210334AFB601020380947E"
#define T0            "7EA80E210330DD93E6E700C401E6C37E"
#define T1            "7EA80D2103320295C10009036E357E"
#define T2            "7EA00C210334AFB601020380947E"
#define A0_FLAG       "7EA01521033049CAE6E700C401C1000600000035537E7E"
#define A0_FLAG_APDU  "C401C1000600000035"
#define ASK2          "7EA00703215111E47E"
#define L0            "7EA829032110ADCCE6E600000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C7BD97E"
#define L1            "7EA829032112BFEF1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C437D7E"
#define L2            "7EA00F03211460143D3E3F404142C0027E"
#define W0            "7EA8290321002CDCE6E600000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C7BD97E"
#define W1            "7EA8290321023EFF1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C437D7E"
#define W2            "7EA00F03211460143D3E3F404142C0027E"
#define HAS2          "7EA00721035111427E"
#define REJ2          "7EA00721035959CE7E"
#define LA            "7EA0152103704D88E6E700C401C10006000004D2828A7E"
#define SNRM_2        "7EA01F022121939955818012050180060180070400000001080400000001533B7E"
#define UA_2          "7EA01F2102217356F4818012050180060180070400000001080400000001533B7E"
#define SNRM_4        "7EA021000200212193A1D1818012050180060180070400000001080400000001533B7E"
#define UA_4          "7EA021210002002173FDC1818012050180060180070400000001080400000001533B7E"
#define SNRM_ANY      "7EA01F02FF21938DCA818012050180060180070400000001080400000001533B7E"
#define Q0_2          "7EA01A022121105EC5E6E600C001C100080000010000FF0200601A7E"
#define A0_2          "7EA01621022130ADD5E6E700C401C10006000004D2828A7E"
#define Q0_4          "7EA01C000200212110379FE6E600C001C100080000010000FF0200601A7E"
#define A0_4          "7EA0182100020021301126E6E700C401C10006000004D2828A7E"
#define UA_3          "7EA0202102002173DAC5818012050180060180070400000001080400000001533B7E"
#define UA_BIG_VALUES "7EA01F210373786681801305040000008006020080070101080400000001CA637E"
#define SHARED                                                                                     \
  "7EA80E2103205C83E6E700C401E6C37EA80D2103228385C10009036E357EA00C210334AFB601020380947E"
#define WRONG_ONCE "7EA01521033049CAE6E700C401C10006000004D3828A7E"
#define WRONG_HEAD "7EA01521033038CAE6E700C401C10006000004D2828A7E"
#define S0_WRONG   "7EA80E2103205C83E6E700C401E7C37E"
#define E0         "7EA80D21033010B6E6E70001B29C7E"
#define E1         "7EA80D2103320295E6E70001B29C7E"
#define E2         "7EA80D21033434F0E6E70001B29C7E"
#define E3         "7EA80D21033626D3E6E70001B29C7E"
#define E4         "7EA80D210338583AE6E70001B29C7E"
#define E5         "7EA80D21033A4A19E6E70001B29C7E"
#define E6         "7EA80D21033C7C7CE6E70001B29C7E"
#define E7         "7EA80D21033E6E5FE6E70001B29C7E"

/* Both APDUs of a request and its answer, without LLC; another answer. */
#define REQUEST "C001C100080000010000FF0200"
#define ANSWER  "C401C10006000004D2"
#define ANSWER2 "C401C10006000010E1"
/* What S0 S1 S2 carry, and what L0 L1 L2 carry. */
#define LONG_ANSWER "C401C1000903010203"
#define LONG_REQUEST                                                                               \
  "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2021222324252627"               \
  "28292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142"

static PosaHdlcLinkOptions
make_options (void)
{
  return (PosaHdlcLinkOptions) { .client = 16,
                                 .server = { .width = 1, .upper = 1 },
                                 .max_info = 128,
                                 .window = 1,
                                 .baud = 9600,
                                 .response_us = 1500 * 1000,
                                 .inter_octet_us = 120 * 1000,
                                 .max_retries = 3 };
}

/* A link over a script. */
typedef struct
{
  PosaTestScript *script;
  PosaLineStats stats;
  PosaHdlcLink *link;
} Rig;

static void
rig_init (Rig *self, const PosaTestScriptStep *steps, PosaHdlcLinkOptions options)
{
  *self = (Rig) { .script = posa_test_script_new (steps) };
  self->link = posa_hdlc_link_new (POSA_PORT (self->script), &options, &self->stats);
}

static void
rig_clear (Rig *self)
{
  posa_hdlc_link_free (self->link);
  g_object_unref (self->script);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

static void
connect_link (Rig *self)
{
  g_autoptr (GError) error = NULL;

  posa_hdlc_link_connect (self->link, NULL, &error);
  g_assert_no_error (error);
}

/* The answer in hex, NULL and @error. */
static char *
exchange (Rig *self, const char *request, GError **error)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (request, NULL);
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  if (!posa_hdlc_link_exchange (self->link, g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes), answer, NULL, error))
    return NULL;
  return posa_hex_encode (answer->data, answer->len);
}

static void
assert_answers (Rig *self, const char *request, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = exchange (self, request, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, expected);
}

static void
assert_breaks (Rig *self, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = exchange (self, REQUEST, &error);

  g_assert_null (answer);
  g_assert_error (error, POSA_ERROR, code);
}

/* One request and its answer over a link that is good in the end. Then the next one, which must get
 * its own. */
typedef struct
{
  const char *name;
  guint n_retries;
  PosaTestScriptStep steps[10];
} Case;

static const Case cases[] = {
  { "plain", 0, { { SNRM, UA }, { Q0, A0 }, { Q1, A1 } } },
  { "11.2-check-ends-in-flag", 0, { { SNRM, UA }, { Q0, A0_FLAG }, { Q1, A1 } } },
  { "11.4-garbage-before", 0, { { SNRM, "7F00 " UA }, { Q0, "007EA0152103 " A0 }, { Q1, A1 } } },
  { "11.4-glitch-before", 0, { { SNRM, UA }, { Q0, "7F +300 00 +300 " A0 }, { Q1, A1 } } },
  { "11.6-lost-request", 2, { { SNRM, UA }, { Q0, "" }, { ASK0, HAS0 }, { Q0, A0 }, { Q1, A1 } } },
  { "11.6-lost-answer", 1, { { SNRM, UA }, { Q0, "" }, { ASK0, A0 }, { Q1, A1 } } },
  { "11.6-hole-in-answer",
    2,
    { { SNRM, UA }, { Q0, "7EA0152103" }, { ASK0, "" }, { ASK0, A0 }, { Q1, A1 } } },
  { "11.6-damaged-answer", 1, { { SNRM, UA }, { Q0, WRONG_ONCE }, { ASK0, A0 }, { Q1, A1 } } },
  { "11.6-damaged-header", 1, { { SNRM, UA }, { Q0, WRONG_HEAD }, { ASK0, A0 }, { Q1, A1 } } },
  { "11.6-lost-snrm", 1, { { SNRM, "" }, { SNRM, UA }, { Q0, A0 }, { Q1, A1 } } },
  { "11.7-duplicated", 0, { { SNRM, UA }, { Q0, A0 A0 }, { Q1, A1 } } },
  { "11.7-late-duplicate", 0, { { SNRM, UA }, { Q0, A0 }, { Q1, A0 " +50 " A1 } } },
  { "11.8-count-stuck-at-0", 0, { { SNRM, UA }, { Q0, A0_STUCK }, { Q1, A1_STUCK } } },
  { "11.9-client-llc", 0, { { SNRM, UA }, { Q0, A0_LLC }, { Q1, A1 } } },
  { "11.16-ua-without-information", 0, { { SNRM, UA_BARE }, { Q0, A0 }, { Q1, A1 } } },
  { "11.16-snrm-without-information",
    2,
    { { SNRM, "" }, { SNRM, "" }, { SNRM_BARE, UA_BARE }, { Q0, A0 }, { Q1, A1 } } },
  { "11.17-values-of-four-and-two-bytes", 0, { { SNRM, UA_BIG_VALUES }, { Q0, A0 }, { Q1, A1 } } },
  { "11.18-dm-to-the-field",
    1,
    { { SNRM, DM }, { DISC, DM }, { SNRM_BARE, UA }, { Q0, A0 }, { Q1, A1 } } },
  { "11.18-frmr-to-the-field",
    1,
    { { SNRM, FRMR }, { DISC, UA_BARE }, { SNRM_BARE, UA }, { Q0, A0 }, { Q1, A1 } } },
  { "busy",
    0,
    { { SNRM, UA }, { Q0, BUSY1 }, { ASK0, BUSY1 }, { ASK0, HAS1 }, { ASK0, A0 }, { Q1, A1 } } },
  { "rejected", 1, { { SNRM, UA }, { Q0, HAS0 }, { Q0, A0 }, { Q1, A1 } } },
};

static const char *
expected_of (const Case *self)
{
  return g_str_equal (self->name, "11.2-check-ends-in-flag") ? A0_FLAG_APDU : ANSWER;
}

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, self->steps, make_options ());
  connect_link (&rig);
  assert_answers (&rig, REQUEST, expected_of (self));
  assert_answers (&rig, REQUEST, ANSWER2);
  posa_test_script_assert_done (rig.script);
  g_assert_cmpuint (rig.stats.retries, ==, self->n_retries);
}

/* A damaged answer costs its own time and a moment of silence, not the wait for one. */
static void
test_damage_is_cheap (void)
{
  static const PosaTestScriptStep steps[] = { { SNRM, UA },
                                              { Q0, WRONG_ONCE },
                                              { ASK0, A0 },
                                              { 0 } };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  gint64 before = posa_test_script_get_elapsed_us (rig.script);
  assert_answers (&rig, REQUEST, ANSWER);
  g_assert_cmpint (posa_test_script_get_elapsed_us (rig.script) - before, <, 250 * 1000);
}

static void
test_split_anywhere (void)
{
  for (gsize at = 2; at < strlen (A0); at += 2)
    {
      g_autofree char *head = g_strndup (A0, at);
      g_autofree char *split = g_strconcat (head, " +16 ", A0 + at, NULL);
      const PosaTestScriptStep steps[] = { { SNRM, UA }, { Q0, split }, { Q1, A1 }, { 0 } };
      g_auto (Rig) rig = { 0 };

      rig_init (&rig, steps, make_options ());
      connect_link (&rig);
      assert_answers (&rig, REQUEST, ANSWER);
      assert_answers (&rig, REQUEST, ANSWER2);
      g_assert_cmpuint (rig.stats.retries, ==, 0);
    }
}

static void
test_echo (void)
{
  static const PosaTestScriptStep steps[] = { { SNRM, SNRM " " UA },
                                              { Q0, Q0 " +200 " A0 },
                                              { Q1, Q1 A1 },
                                              { 0 } };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  assert_answers (&rig, REQUEST, ANSWER);
  assert_answers (&rig, REQUEST, ANSWER2);
  g_assert_cmpuint (rig.stats.retries, ==, 0);
}

/* The answer to a request that was given up comes when the next connection asks. */
static void
test_late_answer (void)
{
  static const PosaTestScriptStep steps[] = {
    { SNRM, UA },        { Q0, "" },   { ASK0, "" },
    { ASK0, "" },        { ASK0, "" }, { DISC, A0 UA_BARE },
    { SNRM, A0 " " UA }, { Q0, HAS0 }, { Q0, A0 },
    { Q1, A1 },          { 0 }
  };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  assert_breaks (&rig, POSA_ERROR_TIMED_OUT);
  posa_hdlc_link_disconnect (rig.link);
  connect_link (&rig);
  assert_answers (&rig, REQUEST, ANSWER);
  assert_answers (&rig, REQUEST, ANSWER2);
  posa_test_script_assert_done (rig.script);
}

/* ---- negotiation, segments, windows ---- */

static PosaHdlcLinkOptions
make_large_options (void)
{
  PosaHdlcLinkOptions options = make_options ();

  options.max_info = POSA_HDLC_MAX_INFO;
  options.window = POSA_HDLC_MAX_WINDOW;
  return options;
}

/* Requests go out, and answers come in, as the UA says. */
static const struct
{
  const char *name;
  const char *request, *expected;
  guint n_retries;
  PosaTestScriptStep steps[8];
} segmented[] = {
  { "11.17-smaller-than-proposed",
    LONG_REQUEST,
    ANSWER,
    0,
    { { SNRM_LARGE, UA_SMALL }, { L0, HAS1 }, { L1, HAS2 }, { L2, LA } } },
  { "11.17-windows", LONG_REQUEST, ANSWER, 0, { { SNRM_LARGE, UA_WINDOW }, { W0 W1 W2, LA } } },
  { "window-of-which-one-is-lost",
    LONG_REQUEST,
    ANSWER,
    0,
    { { SNRM_LARGE, UA_WINDOW }, { W0 W1 W2, REJ1 }, { W1 W2, LA } } },
  { "window-of-which-the-first-is-lost",
    LONG_REQUEST,
    ANSWER,
    1,
    { { SNRM_LARGE, UA_WINDOW }, { W0 W1 W2, HAS0 }, { W0 W1 W2, LA } } },
  { "window-of-which-the-last-is-lost",
    LONG_REQUEST,
    ANSWER,
    1,
    { { SNRM_LARGE, UA_WINDOW }, { W0 W1 W2, "" }, { ASK0, REJ2 }, { L2, LA } } },
  { "busy-in-a-long-request",
    LONG_REQUEST,
    ANSWER,
    1,
    { { SNRM_LARGE, UA_SMALL }, { L0, BUSY1 }, { ASK0, HAS1 }, { L1, HAS2 }, { L2, LA } } },
  { "long-answer",
    REQUEST,
    LONG_ANSWER,
    0,
    { { SNRM_LARGE, UA }, { Q0, T0 }, { ASK1, T1 }, { ASK2, T2 } } },
  { "long-answer-of-which-one-is-lost",
    REQUEST,
    LONG_ANSWER,
    1,
    { { SNRM_LARGE, UA }, { Q0, T0 }, { ASK1, "" }, { ASK1, T1 }, { ASK2, T2 } } },
  { "11.7-long-answer-doubled",
    REQUEST,
    LONG_ANSWER,
    0,
    { { SNRM_LARGE, UA }, { Q0, T0 T0 }, { ASK1, T1 T1 }, { ASK2, T2 } } },
  { "answer-in-a-window",
    REQUEST,
    LONG_ANSWER,
    0,
    { { SNRM_LARGE, UA_WINDOW }, { Q0, S0 S1 S2 } } },
  { "11.3-shared-flag", REQUEST, LONG_ANSWER, 0, { { SNRM_LARGE, UA_WINDOW }, { Q0, SHARED } } },
  { "answer-window-of-which-one-is-lost",
    REQUEST,
    LONG_ANSWER,
    1,
    { { SNRM_LARGE, UA_WINDOW }, { Q0, S0 S2 }, { ASK1, S1 S2 } } },
  { "answer-window-of-which-the-first-is-damaged",
    REQUEST,
    LONG_ANSWER,
    1,
    { { SNRM_LARGE, UA_WINDOW }, { Q0, S0_WRONG S1 S2 }, { ASK0, S0 S1 S2 } } },
  { "answer-window-of-which-the-last-is-lost",
    REQUEST,
    LONG_ANSWER,
    1,
    { { SNRM_LARGE, UA_WINDOW }, { Q0, S0 S1 }, { ASK2, S2 } } },
};

static void
test_segmented (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, segmented[row].steps, make_large_options ());
  connect_link (&rig);
  assert_answers (&rig, segmented[row].request, segmented[row].expected);
  posa_test_script_assert_done (rig.script);
  g_assert_cmpuint (rig.stats.retries, ==, segmented[row].n_retries);
}

/* An answer without end: bounded memory, and an error. */
static void
test_endless_answer (void)
{
  static const char *const segments[] = { E0, E1, E2, E3, E4, E5, E6, E7 };
  g_autofree PosaTestScriptStep *steps = g_new0 (PosaTestScriptStep, 9000);
  g_auto (Rig) rig = { 0 };

  steps[0] = (PosaTestScriptStep) { SNRM, UA };
  for (gsize i = 1; i < 8999; i++)
    steps[i].says = segments[(i - 1) % G_N_ELEMENTS (segments)];
  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  assert_breaks (&rig, POSA_ERROR_INVALID_DATA);
}

/* ---- addresses ---- */

static const struct
{
  const char *name;
  PosaHdlcAddress server;
  PosaTestScriptStep steps[4];
} addressed[] = {
  { "two-bytes", { 2, 1, 16 }, { { SNRM_2, UA_2 }, { Q0_2, A0_2 } } },
  { "four-bytes", { 4, 1, 16 }, { { SNRM_4, UA_4 }, { Q0_4, A0_4 } } },
  /* The meter answers any, and says who it is. */
  { "any-device", { 2, 1, 0x7F }, { { SNRM_ANY, UA_2 }, { Q0_2, A0_2 } } },
  /* Of another device, of another form, of a form that does not exist. */
  { "foreign-answers", { 2, 1, 16 }, { { SNRM_2, UA UA_4 UA_3 UA_2 }, { Q0_2, A0 A0_4 A0_2 } } },
};

static void
test_addressed (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  PosaHdlcLinkOptions options = make_options ();
  g_auto (Rig) rig = { 0 };

  options.server = addressed[row].server;
  rig_init (&rig, addressed[row].steps, options);
  connect_link (&rig);
  assert_answers (&rig, REQUEST, ANSWER);
  posa_test_script_assert_done (rig.script);
}

/* ---- ends ---- */

/* DM and FRMR end the association; the link itself can be opened again. */
static void
test_link_lost (gconstpointer data)
{
  const PosaTestScriptStep steps[] = { { SNRM, UA }, { Q0, data }, { DISC, DM },
                                       { SNRM, UA }, { Q0, A0 },   { 0 } };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  assert_breaks (&rig, POSA_ERROR_TIMED_OUT);
  g_assert_false (posa_hdlc_link_is_connected (rig.link));
  posa_hdlc_link_disconnect (rig.link);
  connect_link (&rig);
  assert_answers (&rig, REQUEST, ANSWER);
}

/* What never works, and what it is called in the end. */
static const struct
{
  const char *name, *says;
  int code;
} hopeless[] = {
  { "silent", "", POSA_ERROR_TIMED_OUT },
  { "always-damaged", WRONG_ONCE, POSA_ERROR_BAD_CHECKSUM },
  { "never-hears", HAS0, POSA_ERROR_BAD_CHECKSUM },
  { "always-busy", BUSY1, POSA_ERROR_TIMED_OUT },
  { "11.31-device-removed", "lost", POSA_ERROR_PORT_LOST },
  { "11.31-device-removed-in-the-answer", "7EA0152103 lost", POSA_ERROR_PORT_LOST },
};

static void
test_hopeless (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  PosaTestScriptStep steps[100] = { { SNRM, UA } };
  g_auto (Rig) rig = { 0 };

  for (gsize i = 1; i < G_N_ELEMENTS (steps) - 1; i++)
    steps[i].says = hopeless[row].says;
  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  assert_breaks (&rig, hopeless[row].code);
  g_assert_cmpint (posa_test_script_get_elapsed_us (rig.script), <, 15 * G_USEC_PER_SEC);
}

static void
test_removed_before_connecting (void)
{
  static const PosaTestScriptStep steps[] = { { SNRM, "lost" }, { 0 } };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GError) error = NULL;

  rig_init (&rig, steps, make_options ());
  g_assert_false (posa_hdlc_link_connect (rig.link, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  posa_hdlc_link_disconnect (rig.link);
}

static gboolean
fail_cb (gpointer data, guint *baud, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "nobody signs on");
  return FALSE;
}

/* Mode E: a meter that never came to HDLC is sent no frame, and no speed is known to send it at. */
static void
test_sign_on_fails (void)
{
  static const PosaTestScriptStep steps[] = { { 0 } };
  PosaHdlcLinkOptions options = make_options ();
  g_auto (Rig) rig = { 0 };
  g_autoptr (GError) error = NULL;

  options.baud = 0;
  options.start = fail_cb;
  rig_init (&rig, steps, options);
  g_assert_false (posa_hdlc_link_connect (rig.link, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  posa_hdlc_link_disconnect (rig.link);
  g_assert_cmpuint (posa_test_script_get_n_sent (rig.script), ==, 0);
}

/* The tablet sleeps for an hour, in an answer and between two requests; the meter has forgotten us
 * meanwhile. */
static void
test_suspend (void)
{
  static const PosaTestScriptStep steps[] = { { SNRM, UA }, { Q0, "7EA0152103 sleep" },
                                              { ASK0, DM }, { DISC, DM },
                                              { SNRM, UA }, { Q0, A0 },
                                              { Q1, DM },   { 0 } };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, steps, make_options ());
  connect_link (&rig);
  assert_breaks (&rig, POSA_ERROR_TIMED_OUT);
  posa_hdlc_link_disconnect (rig.link);
  connect_link (&rig);
  assert_answers (&rig, REQUEST, ANSWER);
  posa_clock_advance (posa_port_get_clock (POSA_PORT (rig.script)), G_TIME_SPAN_HOUR);
  assert_breaks (&rig, POSA_ERROR_TIMED_OUT);
  posa_test_script_assert_done (rig.script);
}

#define ADD_ROWS(prefix, rows, function)                                                           \
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)                                                  \
    {                                                                                              \
      g_autofree char *name = g_strconcat (prefix, (rows)[i].name, NULL);                          \
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), function);                                 \
    }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("/hdlc-link/", cases[i].name, NULL);
      g_test_add_data_func (name, &cases[i], test_case);
    }
  ADD_ROWS ("/hdlc-link/segments/", segmented, test_segmented)
  ADD_ROWS ("/hdlc-link/addresses/", addressed, test_addressed)
  ADD_ROWS ("/hdlc-link/hopeless/", hopeless, test_hopeless)
  g_test_add_func ("/hdlc-link/11.1-echo", test_echo);
  g_test_add_func ("/hdlc-link/11.5-split-anywhere", test_split_anywhere);
  g_test_add_func ("/hdlc-link/damage-is-cheap", test_damage_is_cheap);
  g_test_add_func ("/hdlc-link/late-answer", test_late_answer);
  g_test_add_func ("/hdlc-link/endless-answer", test_endless_answer);
  g_test_add_data_func ("/hdlc-link/11.18-dm", DM, test_link_lost);
  g_test_add_data_func ("/hdlc-link/11.18-frmr", FRMR, test_link_lost);
  g_test_add_func ("/hdlc-link/11.31-removed-before-connecting", test_removed_before_connecting);
  g_test_add_func ("/hdlc-link/sign-on-fails", test_sign_on_fails);
  g_test_add_func ("/hdlc-link/11.34-suspend", test_suspend);
  return g_test_run ();
}
