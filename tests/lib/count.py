# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""count.py NAME LOGDIR: prints 'NAME PASSED FAILED SKIPPED' for one run of 'meson test'.

A TAP test counts by its points, any other test as one. A test that fails as a whole though none of its
points did (it crashed, or hung) adds one failure. No log at all is a failure.
"""

import json
import pathlib
import re
import sys

POINT = re.compile(r"^\s*(not )?ok\b(?:\s+\d+)?[^#\n]*(?:#\s*(SKIP|TODO)?)?", re.I | re.M)


def points(text):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for negative, directive in POINT.findall(text):
        if directive.upper() == "SKIP":
            counts["skipped"] += 1
        elif negative and directive.upper() != "TODO":
            counts["failed"] += 1
        else:
            counts["passed"] += 1
    return counts


def count(test):
    result = test["result"]
    counts = points(test.get("stdout") or "")
    if not any(counts.values()) or result == "SKIP":
        counts = {"passed": 0, "failed": 0, "skipped": 0}
        counts["passed" if result in ("OK", "EXPECTEDFAIL") else "skipped" if result == "SKIP" else "failed"] = 1
    elif result not in ("OK", "SKIP", "EXPECTEDFAIL") and counts["failed"] == 0:
        counts["failed"] = 1
    return counts


def main():
    name, log = sys.argv[1], pathlib.Path(sys.argv[2], "testlog.json")
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    if log.exists():
        for line in log.read_text().splitlines():
            for key, value in count(json.loads(line)).items():
                totals[key] += value
    if not any(totals.values()):
        totals["failed"] = 1
    print(name, totals["passed"], totals["failed"], totals["skipped"])


if __name__ == "__main__":
    main()
