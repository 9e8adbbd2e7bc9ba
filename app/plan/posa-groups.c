/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-groups.h"

gint32 *
posa_groups_new (gint32 n)
{
  gint32 *groups = g_new (gint32, n);

  for (gint32 i = 0; i < n; i++)
    groups[i] = i;
  return groups;
}

gint32
posa_groups_find (gint32 *groups, gint32 member)
{
  while (groups[member] != member)
    {
      groups[member] = groups[groups[member]];
      member = groups[member];
    }
  return member;
}

gboolean
posa_groups_join (gint32 *groups, gint32 a, gint32 b)
{
  a = posa_groups_find (groups, a);
  b = posa_groups_find (groups, b);
  groups[MAX (a, b)] = MIN (a, b);
  return a != b;
}
