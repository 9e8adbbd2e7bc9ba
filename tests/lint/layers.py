# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""Checks that every include in app/ points downwards in the order of layers (docs/adr/0001-layers.md)."""

import pathlib
import re
import sys

# layer -> what it may include besides its own: a layer, one folder of a layer, or files by the start of their name
MAY_USE = {
    "base": "",
    "domain": "base",
    "store": "base domain",
    "meter": "base domain",
    "plan": "base domain store meter",
    "report": "base domain store meter",
    "stock": "base domain store meter",
    "sync": "base domain store meter",
    "flow": "base domain store meter report stock",
    "model": "base domain store meter plan report stock sync flow",
    "gtk": "base domain model",
    "cli": "base domain model",
    "portal": "base domain report sync/posa-wire*",
    "sim": "base domain meter/codec",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
# a whole library that only these layers may see
LIBRARIES = {
    "gtk/gtk.h": {"gtk"},
    "adwaita.h": {"gtk"},
    "sqlite3.h": {"store", "portal"},
    "libserialport.h": {"meter"},
    "libsoup/soup.h": {"sync", "portal"},
}


def allowed(layer, target):
    if target.split("/")[0] == layer or target == "posa-config.h":
        return True
    entries = [entry[:-1] if entry.endswith("*") else entry + "/" for entry in MAY_USE[layer].split()]
    return any(target.startswith(entry) for entry in entries)


def check(path):
    layer = path.parts[1]
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        quoted, target = match.group(1) == '"', match.group(2)
        where = f"{path}:{text.count(chr(10), 0, match.start(2)) + 1}"
        if layer not in MAY_USE:
            yield f"{where}: '{layer}' is not a layer"
            return
        if not quoted:
            if target in LIBRARIES and layer not in LIBRARIES[target]:
                yield f"{where}: {layer} may not use <{target}>"
        elif "/" not in target and target != "posa-config.h":
            yield f'{where}: write the layer in "{target}"'
        elif target != "posa-config.h" and not pathlib.Path("app", target).exists():
            if (pathlib.Path("app") / target.split("/")[0]).is_dir():
                yield f"{where}: there is no app/{target}"
        elif not allowed(layer, target):
            yield f"{where}: {layer} may not include {target}; it may use: {MAY_USE[layer] or 'nothing'}"


def main():
    problems = [line for path in sorted(pathlib.Path("app").rglob("*.[ch]")) for line in check(path)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
