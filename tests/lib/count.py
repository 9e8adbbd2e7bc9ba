# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""What came of one run of 'meson test', and of a second one, alone, of those that failed in it.

count.py NAME LOGDIR prints 'NAME PASSED FAILED SKIPPED'. A TAP test counts by its points, any other test as
one. A test that fails as a whole though none of its points did (it crashed, or hung) adds one failure. No log
at all is a failure.

count.py --failed LOGDIR prints the tests to run again: nothing if there are more than a busy machine explains.
"""

import json
import pathlib
import re
import sys

MAX_AGAIN = 6
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


def read(log):
    return {test["name"]: test for test in map(json.loads, log.read_text().splitlines())} if log.exists() else {}


def failed(tests):
    return [name for name, test in tests.items() if count(test)["failed"]]


def print_failed(folder):
    names = failed(read(folder / "testlog.json"))
    if len(names) <= MAX_AGAIN:
        print(*(name.split(" / ")[-1] for name in names))


def print_counts(name, folder):
    tests = read(folder / "testlog.json")
    again = read(folder / "again.json")
    for test in set(again) - set(failed(again)):
        print(f"dev: {test} failed beside others and passed alone", file=sys.stderr)
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for test in (tests | again).values():
        for key, value in count(test).items():
            totals[key] += value
    if not any(totals.values()):
        totals["failed"] = 1
    print(name, totals["passed"], totals["failed"], totals["skipped"])


if __name__ == "__main__":
    if sys.argv[1] == "--failed":
        print_failed(pathlib.Path(sys.argv[2]))
    else:
        print_counts(sys.argv[1], pathlib.Path(sys.argv[2]))
