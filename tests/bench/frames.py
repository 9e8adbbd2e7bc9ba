#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
"""frames.py: whether our decoder and that of tshark 4.6 say the same of the same frames.

Frames come from tests/data/dlms/sessions.txt (recorded between foreign programs), from the DLMS tapes of tests/tapes
(our client and our simulator), and from tests/data/dlms/vectors.txt and the seeds of tests/fuzz/corpus/apdu (every
service). tshark takes HDLC over UDP port 4059. Compared are type, numbers and addresses of a frame, kind and invoke id of an APDU,
class, code and index of what is asked for, results, and every value with its type. What protection hides stays hidden
from tshark: of a ciphered APDU the kind is compared. Where tshark has no form for something, that is counted and told.
"""

import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

SOURCE = pathlib.Path(os.environ.get("POSA_SRCDIR", pathlib.Path(__file__).resolve().parents[2]))
POSACTL = pathlib.Path(os.environ.get("POSA_BUILDDIR", SOURCE / "build")) / "app/cli/posactl"
PORT = 4059
# What tshark 4.6.9 reads at a wrong place, and so is not comparable. It takes the byte that says "there is a selector"
# for the selector; the block number of the answer to the last block of a SET begins at its result; the results of
# ACCESS are read one byte apart.
MISREAD = {(0xC5, 3): "block", (0xC5, 4): "block", (0xDA, 0): "result"}
REQUESTS = [0x60, 0x62, 0xC0, 0xC1, 0xC3, 0xD9]
RESPONSES = [0x61, 0x63, 0xC4, 0xC5, 0xC7, 0xD8, 0xDA, 0x0E]
NOT_COMPARED = "Selective Access Descriptor"


def skip(why):
    print(f"frames: skipped: {why}")
    sys.exit(0)


def tshark_command():
    """How to call tshark of the small root that ./dev keeps for this (tests/lib/tshark.sh), by its own loader."""
    root = os.environ.get("POSA_TSHARK_ROOT", "")
    if not root:
        skip(os.environ.get("POSA_TSHARK_WHY", "no root with tshark; call it by ./dev bench frames"))
    libraries = ":".join(f"{root}{path}" for path in ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"))
    loader = next(pathlib.Path(root, "lib64").glob("ld-linux-*.so.*"), None)
    if loader is None:
        skip("the root with tshark is of another architecture")
    return [str(loader), "--library-path", libraries, f"{root}/usr/bin/tshark"]


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    return struct.pack("<H", value ^ 0xFFFF)


def in_frame(apdu, request, number):
    """An APDU in one HDLC frame, client 16, server 1."""
    addresses, llc = (b"\x03\x21", b"\xe6\xe6\x00") if request else (b"\x21\x03", b"\xe6\xe7\x00")
    information = llc + apdu
    head = struct.pack(">H", 0xA000 | (len(information) + 9)) + addresses + bytes([0x10 | number % 8 << 1])
    body = head + crc(head) + information
    return b"\x7e" + body + crc(body) + b"\x7e"


def split_frames(data):
    while len(data) > 3:
        if data[1] & 0xF0 != 0xA0:
            data = data[1:]
            continue
        end = (struct.unpack(">H", data[1:3])[0] & 0x7FF) + 2
        yield data[:end]
        data = data[end - 1:]


def is_whole(apdu):
    done = subprocess.run([str(POSACTL), "meter", "translate", apdu.hex()], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode == 0 and b"left over" not in done.stdout


def sources():
    """Name -> list of (from the client, bytes)."""
    sets = {"foreign sessions": [], "services": []}
    for line in (SOURCE / "tests/data/dlms/sessions.txt").read_text().splitlines():
        if line[:2] in ("A ", "B "):
            sets["foreign sessions"].append((line[0] == "A", bytes.fromhex(line[2:])))
    for line in (SOURCE / "tests/data/dlms/vectors.txt").read_text().splitlines():
        words = line.split(" : ")[0].split()
        if words and words[0] in ("apdu", "acse"):
            apdu = bytes.fromhex(words[1])
            request = apdu[0] in REQUESTS
            sets["services"].append((request, in_frame(apdu, request, len(sets["services"]))))
    for seed in sorted((SOURCE / "tests/fuzz/corpus/apdu").iterdir()):
        apdu = seed.read_bytes()
        if apdu and apdu[0] in REQUESTS + RESPONSES and is_whole(apdu):
            request = apdu[0] in REQUESTS
            sets["services"].append((request, in_frame(apdu, request, len(sets["services"]))))
    for tape in sorted((SOURCE / "tests/tapes").glob("*.tape")):
        frames, stream, last = [], b"", None
        text = tape.read_text()
        if " 8N1" not in text:
            continue
        for line in text.splitlines() + ["0 end"]:
            words = line.split()
            if len(words) == 3 and words[1] == last and last in ("tx", "rx"):
                stream += bytes.fromhex(words[2])
            elif len(words) > 1 and words[1] != "idle":
                frames += [(last == "tx", frame) for frame in split_frames(stream)]
                last, stream = words[1], bytes.fromhex(words[2]) if words[1] in ("tx", "rx") else b""
        sets[tape.name] = frames
    return sets


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))  # raw IP
        for number, (up, data) in enumerate(frames):
            udp = struct.pack(">HHHH", *((50000, PORT) if up else (PORT, 50000)), 8 + len(data), 0) + data
            ends = (b"\x0a\0\0\1", b"\x0a\0\0\2") if up else (b"\x0a\0\0\2", b"\x0a\0\0\1")
            packet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0) + b"".join(ends) + udp
            file.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


# ---- what tshark says ----

def shown(field):
    return field.get("showname") or field.get("show") or ""


def their_value(field):
    """One value as (type, text); a container has its children behind it."""
    text = re.sub(r"^\[\d+\] ", "", shown(field))
    counted = re.match(r"(.*?) \((?:length )?(\d+)(?: elements)?\)", text)
    bits = re.match(r"(Bit-string) \(bits: (\d+)", text)
    if bits or counted:
        return (bits or counted).group(1), f"length {(bits or counted).group(2)}"
    kind, _, rest = text.partition(": ")
    return kind, rest


def walk(node):
    for child in node:
        if child.get("show") != NOT_COMPARED:
            yield child
            yield from walk(child)


def their_facts(packet):
    facts = []
    for field in walk(packet):
        name, text = field.get("name"), shown(field)
        number = re.search(r"\((-?\d+)\)$", text)
        if name == "dlms.hdlc.address":
            facts.append(("address", field.get("show")))
        elif name in ("dlms.hdlc.frame_i", "dlms.hdlc.frame_rr_or_rnr", "dlms.hdlc.frame_other"):
            facts.append(("frame", re.search(r"([A-Z]+) \(", text.split(": ")[-2] + ": " + text.split(": ")[-1]).group(1)
                          if "(" in text else text))
        elif name in ("dlms.hdlc.ssn", "dlms.hdlc.rsn", "dlms.hdlc.pf"):
            facts.append((name[-3:].strip("."), field.get("show")))
        elif name == "dlms.apdu":
            facts.append(("apdu", int(field.get("show"))))
        elif name in ("dlms.get_request", "dlms.set_request", "dlms.action_request", "dlms.get_response",
                      "dlms.set_response", "dlms.action_response"):
            facts.append(("choice", int(field.get("show"))))
        elif name == "dlms.invoke_id":
            facts.append(("invoke id", int(field.get("show"))))
        elif name in ("dlms.class_id", "dlms.attribute_id"):
            facts.append((name[5:], int(number.group(1))))
        elif name == "dlms.method_id":
            facts.append(("attribute_id", int(field.get("show"))))
        elif name == "dlms.instance_id":
            facts.append(("code", re.search(r"(\d+(?:\.\d+){5})", text).group(1)))
        elif name == "dlms.block_number":
            facts.append(("block", int(field.get("show"))))
        elif name in ("dlms.data_access_result", "dlms.action_result"):
            facts.append(("result", int(field.get("show"))))
        elif name == "dlms.data" and shown(field).startswith("Data (length"):
            facts.append(("piece", re.search(r"length (\d+)", shown(field)).group(1)))
        elif name == "dlms.data":
            facts.append(("data", their_value(field)))
    return facts


# ---- what we say ----

def our_values(text):
    """The value as (type, text); a scaler with its unit is one line of ours."""
    scaler = re.match(r"structure scaler (-?\d+), unit (\d+)", text)
    if scaler:
        return [("structure", ""), ("integer", scaler.group(1)), ("enum", scaler.group(2))]
    kind, _, rest = text.partition(" ")
    return [(kind, rest)]


def our_items(tree, facts, response):
    for item in tree.get("items", []):
        name, text = item["name"], item.get("text", "")
        target = re.match(r"(\d+)[^,]*, (\d+)-(\d+):(\d+)\.(\d+)\.(\d+)(?:\*(\d+))?[^,]*(?:, [^,]*)*, (-?\d+)", text)
        if name in ("attribute", "method") and target and not response:
            facts.append(("class_id", int(target.group(1))))
            facts.append(("code", ".".join(target.group(i) or "255" for i in range(2, 8))))
            facts.append(("attribute_id", int(target.group(8))))
        elif name == "invoke id":
            facts.append(("invoke id", int(text.split(",")[0])))
        elif name == "block":
            facts.append(("block", int(text.split(",")[0])))
        elif name == "result" and "diagnostic" not in (other["name"] for other in tree["items"]):
            facts.append(("result", int(text.split()[0])))
        elif text.endswith(", not shown"):
            facts.append(("secret", 1))
        elif name == "data" or name.isdigit():
            facts += [("data", value) for value in our_values(text)]
        elif name == "piece":
            facts.append(("piece", int(text.split()[0])))
        elif name in NAMES:
            # behind a title tshark loses its way
            if "system title" not in (other["name"] for other in tree["items"]):
                add_apdu(item, facts)
            continue
        elif name == "selection":
            continue
        our_items(item, facts, response)


NAMES = {}


def load_names():
    """Name of an APDU -> tag and choice, from the table of the source."""
    table = (SOURCE / "app/meter/translate/posa-apdu-names.c").read_text()
    for tag, choice, name in re.findall(r"\{ 0x([0-9A-F]{2}), (\d), \"([^\"]+)\" \}", table):
        NAMES[name] = (int(tag, 16), int(choice))


def our_facts(node):
    head = re.match(r"([A-Z]+)(?: N\(S\) (\d))?(?: N\(R\) (\d))?( P/F)? from ([\d/]+) to ([\d/]+)", node["text"])
    facts = [("address", part) for end in (head.group(6), head.group(5)) for part in end.split("/")]
    facts.append(("frame", head.group(1)))
    facts.append(("pf", "1" if head.group(4) else "0"))
    facts += [(key, head.group(i)) for key, i in (("rsn", 3), ("ssn", 2)) if head.group(i) is not None]
    for item in node.get("items", []):
        if item["name"] in NAMES:
            add_apdu(item, facts)
    return facts


def add_apdu(item, facts):
    tag, choice = NAMES[item["name"]]
    facts.append(("apdu", tag))
    if choice:
        facts.append(("choice", choice))
    our_items(item, facts, tag in (0xC4, 0xC5, 0xC7, 0xDA))


def translate(frames):
    text = "".join(frame.hex() + "\n" for _, frame in frames)
    with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([str(POSACTL), "meter", "translate", "--json", file.name], stdout=subprocess.PIPE,
                              check=False)
    return json.loads(done.stdout)["items"]


# ---- comparing ----

def plain(kind):
    return re.sub(r"[^a-z0-9]", "", kind.lower())


def normal(facts):
    """Facts in one form: numbers as text, names of types without hyphens, of strings the length only."""
    out = []
    for key, value in facts:
        if key != "data":
            out.append((key, str(value)))
            continue
        kind, text = plain(value[0]), value[1]
        number = re.match(r"-?\d+$", text.split()[0]) if text.split() else None
        if kind in ("array", "structure", "nulldata", "null"):
            out.append(("data", kind.replace("nulldata", "null")))
        elif text.startswith("length "):
            out.append(("data", kind, text[7:]))
        elif kind == "bitstring":
            out.append(("data", kind, str(len(text))))
        elif "string" in kind:
            out.append(("data", kind, str(len(text.split()[0]) // 2 if text else 0)))
        elif kind == "boolean":
            out.append(("data", kind, {"True": "1", "False": "0", "true": "1", "false": "0"}.get(text, text)))
        else:
            out.append(("data", kind, number.group(0) if number else text))
    return sorted(out)


def without_misread(facts):
    """Leaves out what tshark misreads, and what an action returns, which it does not show."""
    tag = next((value for key, value in facts if key == "apdu"), 0)
    choice = next((value for key, value in facts if key == "choice"), 0)
    kept = [fact for fact in facts if fact[0] != MISREAD.get((tag, choice))]
    if tag == 0xC7:
        results = [fact for fact in kept if fact[0] == "result"]
        kept = [fact for fact in kept if fact[0] != "result"] + results[:1]
    return kept


def differ(theirs, mine):
    """What differs, and how many facts tshark does not show at all: it has no form for lists and returned data."""
    known = {fact[0] for fact in theirs}
    shown_too = [fact for fact in mine if fact[0] in known]
    if ("secret", "1") in mine:  # a key: tshark shows it, we do not
        theirs = [fact for fact in theirs if fact[0] != "data"]
    left, right = list(theirs), list(shown_too)
    for fact in shown_too:
        if fact in left:
            left.remove(fact)
            right.remove(fact)
    return left, right, len(mine) - len(shown_too)


def decode(frames, command):
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write_pcap(file.name, frames)
        environment = dict(os.environ, HOME=tempfile.gettempdir(), WIRESHARK_CONFIG_DIR=tempfile.gettempdir())
        done = subprocess.run(command + ["-r", file.name, "-T", "pdml"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment, check=False)
    if done.returncode != 0:
        skip(f"tshark fails: {done.stderr.decode(errors='replace').strip().splitlines()[-1:]}")
    return xml.fromstring(done.stdout).findall("packet")


def compare(name, frames, command):
    packets = decode(frames, command)
    ours = [node for node in translate(frames) if node["name"] == "HDLC"]
    compared = hidden = 0
    differences = [] if len(packets) == len(ours) else [(0, len(packets), len(ours))]
    for number, (packet, node) in enumerate(zip(packets, ours), 1):
        mine = normal(without_misread(our_facts(node)))
        theirs, more, not_shown = differ(normal(without_misread(their_facts(packet))), mine)
        compared += len(mine) - not_shown
        hidden += not_shown
        if theirs or more:
            differences.append((number, theirs, more))
    print(f"{name:24} {len(frames):5} frames, {len(frames) - len(differences):5} agree, {compared:6} facts compared, "
          f"{hidden} that tshark does not show")
    for number, theirs, mine in differences[:10]:
        print(f"    frame {number}: tshark {theirs}, we {mine}")
    return len(differences)


def main():
    command = tshark_command()
    version = subprocess.run(command + ["--version"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    found = re.search(r"TShark[^0-9]*(\d+)\.(\d+)", version.stdout.decode())
    if not found or (int(found.group(1)), int(found.group(2))) < (4, 6):
        skip(f"tshark 4.6 is needed, and there is {found.group(0) if found else 'none'}")
    load_names()
    differences = sum(compare(name, frames, command) for name, frames in sources().items() if frames)
    print(f"frames: {found.group(0)}, {differences} differences")
    return 1 if differences else 0


sys.exit(main())
