/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* No wrong value, ever: readouts of real meters over a line that flips, loses and inserts
 * characters, seeded, with the parity of 7E1 as the only help. Whatever the session accepts has to
 * be what the meter said. The clock is a fake one, so a session takes no time; POSA_TEST_ALL=1
 * plays 200,000. */

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-parity.h"
#include "meter/driver/posa-iec-judge.h"
#include "meter/driver/posa-iec-session.h"
#include "meter/posa-profile.h"

#include <string.h>

#define N_SESSIONS     4000u
#define N_ALL_SESSIONS 200000u

/* Chances of each byte. */
typedef struct
{
  double flip, lose, insert;
} Rates;

/* A meter at the other end of such a line. It knows the readout only, and repeats it on NAK. */
#define TEST_TYPE_METER (test_meter_get_type ())
G_DECLARE_FINAL_TYPE (TestMeter, test_meter, TEST, METER, PosaPort)

struct _TestMeter
{
  PosaPort parent_instance;
  GRand *rand;
  Rates rates;
  const char *text; /* the data block; borrowed */
  GByteArray *line; /* what is on its way to the client, as it will arrive */
  guint n_damaged;  /* characters on the way */
};

G_DEFINE_FINAL_TYPE (TestMeter, test_meter, POSA_TYPE_PORT)

static gboolean
happens (TestMeter *self, double chance)
{
  return g_rand_double (self->rand) < chance;
}

/* A glitch flips one bit as often as it wrecks the whole character; an inserted character is a
 * random one as often as the one before. */
static void
carry (TestMeter *self, guint8 character)
{
  guint8 byte = posa_parity_encode (character);
  gboolean flip = happens (self, self->rates.flip), lose = happens (self, self->rates.lose);
  gboolean insert = happens (self, self->rates.insert);

  self->n_damaged += flip + lose + insert;
  if (flip && g_rand_boolean (self->rand))
    byte ^= (guint8) (1 << g_rand_int_range (self->rand, 0, 8));
  else if (flip)
    byte ^= (guint8) g_rand_int_range (self->rand, 1, 256);
  if (!lose)
    posa_put_u8 (self->line, posa_parity_decode (byte));
  if (insert)
    posa_put_u8 (self->line,
                 posa_parity_decode (g_rand_boolean (self->rand)
                                         ? (guint8) g_rand_int_range (self->rand, 0, 256)
                                         : byte));
}

static void
answer (TestMeter *self, const guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    carry (self, bytes[i]);
}

static void
answer_data (TestMeter *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_block (message, self->text);
  answer (self, message->data, message->len);
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  static const guint8 identification[] = "/TST5X1\r\n";
  TestMeter *self = TEST_METER (port);

  posa_clock_advance (posa_port_get_clock (port), (gint64) size * 1000);
  g_byte_array_set_size (self->line, 0);
  if (data[0] == '/')
    answer (self, identification, sizeof identification - 1);
  else if (data[0] == POSA_IEC_NAK || (data[0] == POSA_IEC_ACK && size == 6))
    answer_data (self);
  return TRUE;
}

static gssize
receive (PosaPort *port,
         guint8 *data,
         gsize size,
         gint64 deadline_us,
         GCancellable *cancellable,
         GError **error)
{
  TestMeter *self = TEST_METER (port);
  PosaClock *clock = posa_port_get_clock (port);
  gsize piece = (gsize) g_rand_int_range (self->rand, 1, 400);
  gsize n = MIN (MIN (size, self->line->len), piece);

  if (n == 0)
    posa_clock_advance (clock, MAX (0, deadline_us - posa_clock_get_monotonic (clock)));
  else
    {
      memcpy (data, self->line->data, n);
      g_byte_array_remove_range (self->line, 0, (guint) n);
    }
  return (gssize) n;
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  return TRUE;
}

static void
test_meter_finalize (GObject *object)
{
  TestMeter *self = TEST_METER (object);

  g_rand_free (self->rand);
  g_byte_array_unref (self->line);
  G_OBJECT_CLASS (test_meter_parent_class)->finalize (object);
}

static void
test_meter_class_init (TestMeterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_meter_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
}

static void
test_meter_init (TestMeter *self)
{
  posa_port_take_clock (POSA_PORT (self),
                        posa_clock_new_fake (G_GINT64_CONSTANT (1795000000000000)));
  self->line = g_byte_array_new ();
}

/* A readout, and what a profile says of it. */
typedef struct
{
  char *text;
  PosaProfile *profile;
  GPtrArray *sets; /* of the text as it is */
} Sample;

static void
sample_clear (Sample *sample)
{
  g_free (sample->text);
  posa_profile_free (sample->profile);
  g_ptr_array_unref (sample->sets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sample, sample_clear)

static Sample
sample_new (char *text, const char *registers, gboolean known)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *profile = g_strconcat ("[profile]\nid=test\nversion=1\ndriver=iec\nkind=2g-1\n"
                                          "[match]\nmanufacturer=TST\nident=X1\n"
                                          "[line]\nbaud=9600\n"
                                          "[identity]\nserial=0.0.0\n[registers]\n",
                                          registers, NULL);
  Sample sample = { .text = text,
                    .profile = posa_profile_parse ("test", profile, strlen (profile), &error),
                    .sets = posa_iec_data_parse ((const guint8 *) text, strlen (text), NULL) };

  g_assert_no_error (error);
  sample.profile->size = known ? (guint) strlen (text) : 0;
  return sample;
}

static const char bands[] = "1.8.0=active_import;0;kWh;required;6.3\n"
                            "1.8.1=active_import;1;kWh;required;6.3\n"
                            "1.8.2=active_import;2;kWh;required;6.3\n"
                            "1.8.3=active_import;3;kWh;required;6.3\n"
                            "1.8.4=active_import;4;kWh;required;6.3\n";

static Sample
sample_from_file (const char *file, gboolean known)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "iec", file, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return sample_new (text, bands, known);
}

static Sample
sample_of_simulator (gboolean known)
{
  static const char text[] = "0.0.0(0991095846)\r\n0.0.1(493770127)\r\n0.2.0(2.17)\r\n"
                             "0.9.1(0000421)\r\n0.9.2(261122)\r\nC.5.0(00000080)\r\n"
                             "1.8.0(005247.435*kWh)\r\n1.8.1(000749.368*kWh)\r\n"
                             "1.8.2(000492.263*kWh)\r\n1.8.3(001352.313*kWh)\r\n"
                             "1.8.4(002653.491*kWh)\r\n1.6.1(00.841*kW)(2611130130)\r\n"
                             "1.6.2(02.932*kW)(2611100930)\r\n1.6.3(02.949*kW)(2611181815)\r\n"
                             "1.6.4(02.843*kW)(2611201215)\r\n!\r\n";

  return sample_new (g_strdup (text), bands, known);
}

static gboolean
vouch_cb (gpointer data, GPtrArray *sets, gsize size, gboolean whole)
{
  return posa_iec_judge_vouches (data, sets, size, whole);
}

static void
assert_set_true (const Sample *sample, GPtrArray *sets, const char *code, guint64 seed)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, code, 0);
  const PosaIecDataSet *truth = posa_iec_data_find (sample->sets, code, 0);

  if (set == NULL || strcmp (set->value, truth->value) != 0)
    g_error ("seed %" G_GUINT64_FORMAT ": %s is %s instead of %s", seed, code,
             set != NULL ? set->value : "missing", truth->value);
}

/* One session; TRUE when it had its data. */
static gboolean
play (const Sample *sample, Rates rates, guint64 seed)
{
  g_autoptr (TestMeter) meter = g_object_new (TEST_TYPE_METER, NULL);
  g_autoptr (GError) error = NULL;

  meter->rand = g_rand_new_with_seed ((guint32) seed);
  meter->rates = rates;
  meter->text = sample->text;
  g_autoptr (PosaIecSession) session = posa_iec_session_new (POSA_PORT (meter));
  posa_iec_session_set_vouch (session, vouch_cb, sample->profile);
  g_autoptr (GPtrArray) sets = posa_iec_session_read_out (session, 0, NULL, &error);
  if (sets == NULL)
    {
      g_assert_true (error->domain == POSA_ERROR);
      return FALSE;
    }
  assert_set_true (sample, sets, "0.0.0", seed);
  for (guint i = 0; i < sample->profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (sample->profile->registers, i);
      assert_set_true (sample, sets, reg->code, seed);
    }
  return TRUE;
}

static void
play_all (const Sample *sample, Rates rates, guint n, double least)
{
  guint n_good = 0;

  for (guint64 seed = 1; seed <= n; seed++)
    n_good += play (sample, rates, seed);
  g_test_message ("%u of %u sessions had their data, all of it right", n_good, n);
  g_assert_cmpfloat (n_good, >=, least * n);
}

static const Rates realistic = { 6e-4, 1e-4, 1e-4 };
static const Rates terrible = { 6e-3, 1e-3, 1e-3 };

static guint
get_n (void)
{
  return (g_getenv ("POSA_TEST_ALL") != NULL ? N_ALL_SESSIONS : N_SESSIONS) / 8;
}

static void
test_realistic (void)
{
  g_auto (Sample) luna = sample_from_file ("luna.txt", TRUE);
  g_auto (Sample) makel = sample_from_file ("makel.txt", TRUE);
  g_auto (Sample) simulator = sample_of_simulator (TRUE);

  play_all (&simulator, realistic, 3 * get_n (), 0.99);
  play_all (&luna, realistic, get_n (), 0.95);
  play_all (&makel, realistic, get_n (), 0.95);
}

/* A meter whose form nobody knows is read twice. */
static void
test_unknown_form (void)
{
  g_auto (Sample) luna = sample_from_file ("luna.txt", FALSE);
  g_auto (Sample) simulator = sample_of_simulator (FALSE);

  play_all (&simulator, realistic, get_n (), 0.99);
  play_all (&luna, realistic, get_n (), 0.9);
}

static void
test_terrible (void)
{
  g_auto (Sample) simulator = sample_of_simulator (TRUE);

  play_all (&simulator, terrible, get_n (), 0);
}

/* The session says of every change of the speed why. */
static GLogWriterOutput
write_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  return level >= G_LOG_LEVEL_MESSAGE ? G_LOG_WRITER_HANDLED
                                      : g_log_writer_default (level, fields, n_fields, data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (write_log_cb, NULL, NULL);
  g_test_add_func ("/iec-damage/realistic", test_realistic);
  g_test_add_func ("/iec-damage/unknown-form", test_unknown_form);
  g_test_add_func ("/iec-damage/terrible", test_terrible);
  return g_test_run ();
}
