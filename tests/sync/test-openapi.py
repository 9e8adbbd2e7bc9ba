#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""An outsider at the portal: Python's TLS and the openssl program against data/openapi.yaml.

Every operation is called, well and badly; each answer has to have a documented status and the documented form, and
every operation has to be met.
"""

import base64
import hashlib
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile

import yaml

PORTAL, DOCUMENT = sys.argv[1], yaml.safe_load(open(sys.argv[2], encoding="utf-8"))
REPORT = "/v1/reports/01890000-0000-7000-8000-000000000001"
PDF = {"Content-Type": "application/pdf", "If-None-Match": "*"}
JSON = {"Content-Type": "application/json"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "number": (int, float),
         "null": type(None)}
seen = set()


def resolve(node):
    while "$ref" in node:
        reference, node = node["$ref"], DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    return node


def check(value, schema, path="answer"):
    """The part of JSON Schema that the document uses."""
    schema = resolve(schema)
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    assert kinds is None or any(isinstance(value, TYPES[kind]) for kind in kinds), f"{path}: {value!r} is no {kinds}"
    assert "const" not in schema or value == schema["const"], f"{path}: {value!r}"
    assert "enum" not in schema or value in schema["enum"], f"{path}: {value!r}"
    if isinstance(value, str) and "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{path}: {value!r} is not {schema['pattern']}"
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            assert name in value, f"{path}: no {name}"
        for name, part in schema.get("properties", {}).items():
            if name in value:
                check(value[name], part, f"{path}.{name}")
        for name in value:
            assert not schema.get("properties") or name in schema["properties"], f"{path}: {name} is not documented"
    if isinstance(value, list):
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), f"{path}[{i}]")


def find_operation(method, path):
    for template, item in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path.split("?")[0]) and method.lower() in item:
            return template, item[method.lower()]
    return None, None


class Client:
    def __init__(self, port, ca, certificate=None, key=None):
        self.context = ssl.create_default_context(cafile=ca)
        if certificate:
            self.context.load_cert_chain(certificate, key)
        self.port = port

    def call(self, method, path, expected, body=None, headers=None):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=20)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status == expected, f"{method} {path}: {answer.status} instead of {expected}: {content[:200]}"
        template, operation = find_operation(method, path)
        kind = answer.getheader("Content-Type")
        if operation is None:
            assert kind == "application/problem+json", kind
            return content
        documented = operation["responses"].get(str(expected))
        assert documented, f"{method} {template}: {expected} is not documented"
        schema = resolve(documented)["content"][kind]["schema"]
        if kind.endswith("json"):
            check(json.loads(content), schema)
        seen.add((method, template))
        print(f"ok {method} {path[:60]} {expected}")
        return content


def run(*argv):
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=30).stdout.strip()


def enrol(client, folder):
    requests = {}
    for name in ("tls", "report"):
        key = f"{folder}/{name}.key"
        run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        requests[f"{name}_csr"] = run("openssl", "req", "-new", "-key", key, "-subj", "/CN=x") + "\n"
    code = run(PORTAL, "--data", folder, "admin", "add-device-code", "--crew", "C-01", "--operator", "1", "--name", "N",
               "--contractor", "Impresa")
    message = {"format": "posa-enrol-request", "version": 1, "code": code, "program_version": "0", **requests}
    text = json.dumps(message)
    client.call("POST", "/v1/enrol", 415, text)
    client.call("POST", "/v1/enrol", 400, text[:-9], JSON)
    client.call("POST", "/v1/enrol", 400, json.dumps({**message, "tls_csr": "no"}), JSON)
    client.call("POST", "/v1/enrol", 400, json.dumps({**message, "report_csr": message["tls_csr"]}), JSON)
    client.call("POST", "/v1/enrol", 403, json.dumps({**message, "code": "AAAAA"}), JSON)
    client.call("POST", "/v1/enrol", 411, iter([text.encode()]), JSON)
    client.call("POST", "/v1/enrol", 413, text + " " * 65536, JSON)
    first = client.call("POST", "/v1/enrol", 200, text, JSON)
    assert client.call("POST", "/v1/enrol", 200, text, JSON) == first
    swapped = {**message, "tls_csr": message["report_csr"], "report_csr": message["tls_csr"]}
    client.call("POST", "/v1/enrol", 409, json.dumps(swapped), JSON)
    answer = json.loads(first)
    for name in ("tls", "report"):
        with open(f"{folder}/{name}.crt", "w", encoding="utf-8") as file:
            file.write(answer[f"{name}_certificate"])
        run("openssl", "verify", "-CAfile", f"{folder}/ca/ca.pem", f"{folder}/{name}.crt")


def digest(body):
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"}


def put_badly(client):
    body = b"%PDF-1.4 and nothing"
    client.call("PUT", REPORT, 422, body, {**PDF, **digest(body)})
    client.call("PUT", REPORT, 400, body, {**PDF, **digest(b"other")})
    client.call("PUT", REPORT, 400, body, PDF)
    client.call("PUT", "/v1/reports/7", 400, body, {**PDF, **digest(body)})
    client.call("PUT", REPORT, 428, body, {"Content-Type": "application/pdf", **digest(body)})
    client.call("PUT", REPORT, 415, body, {"If-None-Match": "*", **digest(body)})
    client.call("PUT", REPORT, 411, iter([body]), {**PDF, **digest(body)})
    large = bytes(4 * 1024 * 1024 + 1)
    client.call("PUT", REPORT, 413, large, {**PDF, **digest(large)})


def talk(port, folder):
    ca = f"{folder}/ca/ca.pem"
    stranger = Client(port, ca)
    stranger.call("GET", "/v1/status", 200)
    assert "BEGIN CERTIFICATE" in stranger.call("GET", "/v1/ca.pem", 200).decode()
    stranger.call("GET", "/v1/nothing", 404)
    stranger.call("DELETE", "/v1/changes", 405)
    for path in ("/v1/changes", "/v1/receipts"):
        stranger.call("GET", path, 401)
    stranger.call("PUT", REPORT, 401, b"x", {**PDF, **digest(b"x")})
    enrol(stranger, folder)
    device = Client(port, ca, f"{folder}/tls.crt", f"{folder}/tls.key")
    device.call("GET", "/v1/changes", 200)
    device.call("GET", "/v1/changes?since=&limit=1", 200)
    device.call("GET", "/v1/changes?limit=501", 400)
    device.call("GET", "/v1/changes?since=00000000-1", 410)
    device.call("GET", "/v1/receipts?since=0", 200)
    device.call("GET", "/v1/receipts?since=x", 400)
    put_badly(device)
    wrong = Client(port, ca, f"{folder}/report.crt", f"{folder}/report.key")
    wrong.call("GET", "/v1/changes", 403)
    run(PORTAL, "--data", folder, "admin", "revoke", "T-000001")
    device.call("GET", "/v1/changes", 403)
    device.call("GET", "/v1/receipts", 403)
    device.call("PUT", REPORT, 403, b"x", {**PDF, **digest(b"x")})


def main():
    with tempfile.TemporaryDirectory() as folder:
        portal = subprocess.Popen([PORTAL, "--data", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        try:
            line = ""
            while not line.startswith("listening"):
                line = portal.stdout.readline()
                assert line, "the portal did not start"
            talk(int(line.rsplit(":", 1)[1]), folder)
        finally:
            portal.terminate()
            assert portal.wait(20) == 0
    wanted = {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}
    assert seen == wanted, f"not met: {wanted - seen}"


if __name__ == "__main__":
    os.umask(0o077)
    main()
