# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""Checks that an OpenAPI file parses, that its references lead somewhere and that operations have unique names."""

import sys

import yaml


def walk(node, path=""):
    yield path, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from walk(value, f"{path}/{key}")


def resolve(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def problems(document):
    for key in ("openapi", "info", "paths"):
        if key not in document:
            yield f"no '{key}'"
    seen = set()
    for path, node in walk(document):
        if not isinstance(node, dict):
            continue
        reference, name = node.get("$ref"), node.get("operationId")
        if isinstance(reference, str):
            try:
                resolve(document, reference)
            except (KeyError, TypeError):
                yield f"{path}: {reference} leads nowhere"
        if isinstance(name, str):
            if name in seen:
                yield f"{path}: the operationId {name} is used twice"
            seen.add(name)
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "delete", "patch") and not operation.get("responses"):
                yield f"{method} {path}: no responses"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = yaml.safe_load(file)
    found = list(problems(document))
    print("\n".join(f"{sys.argv[1]}: {line}" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
