/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-hdlc-deframer.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Whatever decodes must encode to the same bytes. */
static void
check_frame (const PosaHdlcFrame *frame, const GByteArray *raw)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  PosaHdlcParameters parameters;

  posa_hdlc_frame_encode (frame, again);
  g_assert_cmpmem (again->data + 1, again->len - 2, raw->data, raw->len);
  posa_hdlc_parameters_decode (frame->information, frame->size, &parameters, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  PosaHdlcParameters parameters;
  PosaHdlcFrame frame;

  posa_hdlc_frame_decode (data, size, &frame, NULL);
  if (posa_hdlc_parameters_decode (data, size, &parameters, NULL))
    g_assert_true (parameters.max_transmit >= 32 && parameters.window_receive >= 1);
  for (gsize at = 0; at < size; at += 100)
    {
      posa_hdlc_deframer_push (deframer, data + at, MIN (100, size - at));
      while (posa_hdlc_deframer_next (deframer, &frame, raw))
        check_frame (&frame, raw);
    }
  return 0;
}
