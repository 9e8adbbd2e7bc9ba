# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""Runs clang-tidy over app/, two files at a time, and remembers what was clean.

tidy.py BUILD. A file is tidied again when it, a header of ours that it includes, its compile command or
.clang-tidy changed: the hash of all these names an empty file in BUILD/tidy.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys


def read_dependencies(build):
    """object file -> the files of ours that it was made from, as ninja recorded them"""
    out = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True)
    found, current = {}, None
    for line in out.stdout.splitlines():
        if line.startswith(" "):
            path = os.path.normpath(os.path.join(build, line.strip()))
            if not path.startswith("/usr/"):
                found[current].append(path)
        elif ":" in line and "#deps" in line:
            current = line.split(":")[0]
            found[current] = []
    return found


def content_hash(parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def key_of(entry, dependencies, common):
    files = dependencies.get(entry["output"], [entry["file"]])
    contents = [pathlib.Path(f).read_bytes() if os.path.exists(f) else b"" for f in sorted(set(files))]
    return content_hash([common, entry["command"], *contents])


# The analyzer gives up on a function after a third of the states that are its default: half the time in all.
EXTRA = ["-Wno-unknown-warning-option", "-Wno-unused-command-line-argument",
         "-Xclang", "-analyzer-config", "-Xclang", "max-nodes=75000"]


def tidy(build, source):
    command = ["clang-tidy", "--quiet", "-p", build, *(f"--extra-arg={extra}" for extra in EXTRA), source]
    done = subprocess.run(command, capture_output=True, text=True)
    noise = ("warnings generated", "warning generated", "Suppressed ", "Use -header-filter")
    errors = [line for line in done.stderr.splitlines() if line and not any(n in line for n in noise)]
    return done.returncode == 0, done.stdout + "\n".join(errors)


def main():
    build = os.path.realpath(sys.argv[1])
    root = os.getcwd()
    cache = pathlib.Path(build, "tidy")
    cache.mkdir(exist_ok=True)
    dependencies = read_dependencies(build)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True).stdout
    common = version + pathlib.Path(".clang-tidy").read_text()
    keys, todo = set(), []
    for entry in json.loads(pathlib.Path(build, "compile_commands.json").read_text()):
        source = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
        if not source.startswith(os.path.join(root, "app") + "/"):
            continue
        entry["file"] = source
        entry.setdefault("command", shlex.join(entry.get("arguments", [])))
        key = key_of(entry, dependencies, common)
        if key not in keys and not (cache / key).exists():
            todo.append((source, key))
        keys.add(key)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(tidy, build, source): (source, key) for source, key in todo}
        for job in concurrent.futures.as_completed(jobs):
            clean, text = job.result()
            if clean:
                (cache / jobs[job][1]).touch()
            else:
                failed += 1
                print(os.path.relpath(jobs[job][0], root) + ":\n" + text.replace(root + "/", "").replace("../app/", "app/"), flush=True)
    for old in cache.iterdir():
        if old.name not in keys:
            old.unlink()
    print(f"{len(keys)} files, {len(todo)} changed, {failed} with findings")
    return 1 if failed or not keys else 0


if __name__ == "__main__":
    sys.exit(main())
