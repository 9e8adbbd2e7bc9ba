/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* A whole session with a meter of the IEC 62056-21 kind that answers whatever the fuzzer wants: raw
 * characters, or messages that are right in form and sum, so that their content gets through. */

#include "fuzz-port.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/posa-meter.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Of the first byte of a step: how its bytes become a message. */
enum
{
  HOW_RAW,
  HOW_BLOCK,
  HOW_PARTIAL,
  HOW_COMMAND,
  HOW_IDENTIFICATION,
  HOW_ACK,
  HOW_NAK,
  HOW_SILENT,
  HOW_MASK = 7
};

static void
put_text_block (GByteArray *line, const FuzzStep *step, guint8 end)
{
  guint from = line->len;

  posa_put_u8 (line, POSA_IEC_STX);
  posa_put_bytes (line, step->data, step->size);
  posa_put_u8 (line, end);
  posa_put_u8 (line, posa_iec_bcc (line->data + from + 1, line->len - from - 1));
}

static void
put_command (GByteArray *line, const FuzzStep *step)
{
  static const char *const commands[] = { "P0", "B0", "P1", "P2", "R1", "B1" };
  g_autofree char *content = g_strndup ((const char *) step->data, step->size);

  posa_iec_put_command (line, commands[(step->how >> 3) % G_N_ELEMENTS (commands)], content);
}

static void
answer_cb (gpointer data, const guint8 *sent, gsize size, GByteArray *line)
{
  FuzzStep step = fuzz_step_read (data);

  switch (step.silent ? HOW_SILENT : step.how & HOW_MASK)
    {
    case HOW_RAW:
      posa_put_bytes (line, step.data, step.size);
      break;
    case HOW_BLOCK:
      put_text_block (line, &step, POSA_IEC_ETX);
      break;
    case HOW_PARTIAL:
      put_text_block (line, &step, POSA_IEC_EOT);
      break;
    case HOW_COMMAND:
      put_command (line, &step);
      break;
    case HOW_IDENTIFICATION:
      posa_put_u8 (line, '/');
      posa_put_bytes (line, step.data, step.size);
      posa_put_bytes (line, (const guint8 *) "\r\n", 2);
      break;
    case HOW_ACK:
      posa_put_u8 (line, POSA_IEC_ACK);
      break;
    case HOW_NAK:
      posa_put_u8 (line, POSA_IEC_NAK);
      break;
    default:
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  PosaReader input;

  posa_reader_init (&input, data, size);
  gboolean again = (posa_reader_u8 (&input) & 1) != 0;
  g_autoptr (PosaPort) port = fuzz_port_new (answer_cb, &input);
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, &error);
  g_assert_true ((meter == NULL) == (error != NULL));
  if (meter == NULL)
    return 0;
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_true ((reading == NULL) == (error != NULL));
  g_clear_error (&error);
  if (!again)
    return 0;
  g_autoptr (PosaReadingSet) totals = posa_meter_read_totals (meter, NULL, &error);
  g_assert_true ((totals == NULL) == (error != NULL));
  return 0;
}
