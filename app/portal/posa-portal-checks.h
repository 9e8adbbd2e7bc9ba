/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal-devices.h"
#include "report/posa-report.h"

G_BEGIN_DECLS

/* What the office has to look at in a verified report; writes exceptions, refuses nothing. Part of
 * the open transaction, after the report's row. Kinds: order-unknown, order-cancelled,
 * order-of-other-crew, order-done-before, old-meter-differs, new-meter-unknown,
 * new-meter-of-other-crew, new-meter-used, signer-revoked, brought-by-other-device, sequence-used,
 * chain-broken, clock-odd, pages-not-compared, variant. */
gboolean posa_portal_check_report (PosaPortal *self,
                                   const PosaPortalDevice *bringer,
                                   const PosaPortalDevice *signer,
                                   const PosaReportVerdict *verdict,
                                   gboolean variant,
                                   gint64 received_us,
                                   GError **error);

G_END_DECLS
