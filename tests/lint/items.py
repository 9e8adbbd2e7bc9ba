# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""Every item of the robustness list in docs/meters.md names a test as given bytes and one against a simulated meter,
and those tests are there, with the item's number in their path."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
N_ITEMS = 34
# What a test program includes that talks to a simulated meter.
SIMULATED = re.compile(r'#include "(dlms-rig|dlms-talk|posa-test-sim|iec-talk)\.h"')


def find_fault(item, path, simulated):
    program, _, name = path[1:].partition("/")
    sources = list((ROOT / "tests").glob(f"*/test-{program}.c"))
    if not sources:
        return "there is no such program"
    text = sources[0].read_text()
    if bool(SIMULATED.search(text)) != simulated:
        return "it does not talk to a simulated meter" if simulated else "it talks to a simulated meter"
    at = re.search(rf"(^|/){re.escape(item)}[-/].*", name)
    if at is None:
        return f"{item} is not in its path"
    return None if re.search(rf'["/]{re.escape(at[0].lstrip("/"))}"', text) else "there is no such test"


def main():
    rows = re.findall(r"^\| (11\.\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs/meters.md").read_text(), re.M)
    bad = [f"docs/meters.md: row {i} of the list is not 11.{i}" for i in range(1, N_ITEMS + 1)
           if i > len(rows) or rows[i - 1][0] != f"11.{i}"]
    for item, *columns in rows:
        for column, simulated in zip(columns, (False, True)):
            paths = re.findall(r"`(/[^`]+)`", column)
            if not paths:
                bad.append(f"docs/meters.md: {item} lacks a test")
            for path in paths:
                fault = find_fault(item, path, simulated)
                if fault:
                    bad.append(f"docs/meters.md: {item}: {path}: {fault}")
    print("\n".join(bad))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
