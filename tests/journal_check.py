#!/usr/bin/env python3
"""Checks an exported journal, from docs/journal.md alone: with Python's standard library, and RFC 8032's reference arithmetic.

    journal_check.py EXPORT --public-key KEY [--public-key KEY …] [--anchors FILE …]

It shares no code with the library that it is compared with. Exit code 0: no finding, 1: findings, 2: unusable input.
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import re
import sys

ENTRY = ("id", "at", "kind", "author_kind", "author_id", "account_id", "group_id", "details", "request_id", "body_hash",
         "commitment", "text", "salt")
MEMBERS = {
    "header": ("format", "journal", "exported_at"),
    "entry": ENTRY,
    "seal": ("place", "entry", "hash"),
    "queued": None,
    "checkpoint": ("size", "at", "note"),
    "end": ("entries", "seals", "queued", "checkpoints"),
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
HEX = re.compile(r"([0-9a-f]{2})*\Z")
LONGEST_NOTE = 16_384
LONGEST_LINE = 4 * 1_024 * 1_024
ROOM = 2**64
LAST_TIME = 253_402_207_200_999_999
BEFORE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z\Z")
EPOCH = datetime.datetime(1970, 1, 1)


class Unusable(Exception):
    """The input says nothing of the journal."""


# --- Ed25519, after RFC 8032, section 6: slow, and easy to compare with it.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    left, right = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = right - left, d - c, d + c, right + left
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    if x2 % P == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


def point_decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signature_holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = point_decompress(public), point_decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(h, key)))


# --- Keys and notes.

def from_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(text) from error
    # One text for one value: the bits that are left over are zeros.
    if base64.b64encode(data).decode() != text:
        raise ValueError(text)
    return data


class Key:
    """A journal's public key, as text `name+id+key`."""

    def __init__(self, text):
        name, plus, rest = text.partition("+")
        digits, second, encoded = rest.partition("+")
        try:
            key = from_base64(encoded)
        except ValueError as error:
            raise Unusable("a key is name+id+key") from error
        if not (name and plus and second) or len(key) != 33 or key[0] != 1 or point_decompress(key[1:]) is None:
            raise Unusable("a key is name+id+key, of Ed25519")
        self.name, self.public = name, key[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        if self.id.hex() != digits:
            raise Unusable("the id of a key is not that of the key")


def opened(note, keys):
    """The size and root of a good note, or none."""
    if len(note.encode()) > LONGEST_NOTE:
        return None
    body, empty, rest = note.partition("\n\n")
    if not empty:
        return None
    body += "\n"
    for key in keys:
        size_and_root = opened_by(body, rest, key)
        if size_and_root is not None:
            return size_and_root
    return None


def opened_by(body, rest, key):
    signed = False
    for line in rest.removesuffix("\n").split("\n"):
        if not line.startswith("\u2014 "):
            return None
        name, space, value = line[2:].partition(" ")
        try:
            value = from_base64(value)
        except ValueError:
            return None
        if not space or len(value) < 4:
            return None
        if name != key.name or value[:4] != key.id:
            continue
        if not signature_holds(key.public, body.encode(), value[4:]):
            return None
        signed = True
    lines = body.split("\n")
    if not signed or len(lines) < 4 or lines[0] != key.name or not re.fullmatch(r"0|[1-9][0-9]*", lines[1], re.ASCII):
        return None
    try:
        root = from_base64(lines[2])
    except ValueError:
        return None
    return (int(lines[1]), root) if len(root) == 32 and int(lines[1]) < ROOM else None


def notes_of(text):
    """The notes of a file of anchors: each ends with its last line of signatures."""
    notes, note, signed = [], [], False
    for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        is_signature = line.startswith("\u2014 ")
        if signed and not is_signature:
            notes.append("\n".join(note) + "\n")
            note, signed = [], False
        if not note and not line.strip(" \t\r\f"):
            continue
        signed = signed or is_signature
        note.append(line)
    if note:
        notes.append("\n".join(note) + "\n")
    return notes


# --- The export.

def once(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise Unusable("a member stands twice in an object")
    return dict(pairs)


def refuse_number(text):
    raise Unusable(f"{text} is no integer")


def integer(text):
    if text == "-0":
        raise Unusable("-0 is no integer")
    return int(text)


def of_form(name, value, ok):
    if not ok:
        raise Unusable(f"{name} is not of its form: {value!r}")


def whole(value):
    return type(value) is int and -ROOM // 2 <= value < ROOM // 2


def count(value):
    return type(value) is int and 0 <= value < ROOM


def check_entry(entry):
    for name in ("id", "author_id", "account_id", "group_id", "request_id"):
        value = entry[name]
        of_form(name, value, value is None and name != "id" or isinstance(value, str) and UUID.match(value))
    for name in ("body_hash", "commitment", "salt"):
        value = entry[name]
        of_form(name, value, value is None and name != "commitment" or isinstance(value, str) and HEX.match(value))
    for name in ("kind", "author_kind", "details", "text"):
        value = entry[name]
        of_form(name, value, value is None and name == "text" or isinstance(value, str))
    of_form("at", entry["at"], whole(entry["at"]))


def check_form(kind, value):
    if kind == "entry":
        check_entry(value)
    elif kind == "seal":
        of_form("place", value["place"], count(value["place"]))
        of_form("entry", value["entry"], isinstance(value["entry"], str) and UUID.match(value["entry"]))
        of_form("hash", value["hash"], isinstance(value["hash"], str) and len(value["hash"]) == 64 and HEX.match(value["hash"]))
    elif kind == "queued":
        of_form("queued", value, isinstance(value, str) and UUID.match(value))
    elif kind == "checkpoint":
        of_form("size", value["size"], count(value["size"]))
        of_form("at", value["at"], whole(value["at"]))
        of_form("note", value["note"], isinstance(value["note"], str))
    elif kind == "end":
        for name, number in value.items():
            of_form(name, number, count(number))
    elif kind == "header":
        of_form("format", value["format"], value["format"] == "aplus/journal/1")
        of_form("journal", value["journal"], isinstance(value["journal"], str))
        of_form("exported_at", value["exported_at"], whole(value["exported_at"]))


def read(path):
    """All lines of an export by their kind, in their order."""
    order = list(MEMBERS)
    found = {kind: [] for kind in order}
    last, last_entry = "header", ""
    with open(path, "rb") as file:
        data = file.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unusable("it is not UTF-8") from error
    if not text.endswith("\n"):
        raise Unusable("its last line is cut")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        if len(line.encode()) >= LONGEST_LINE:
            raise Unusable(f"line {number} is too long")
        try:
            value = json.loads(line, object_pairs_hook=once, parse_int=integer, parse_float=refuse_number,
                               parse_constant=refuse_number)
            # Half of a pair of surrogates is no character.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise Unusable(f"line {number} is no JSON") from error
        if not isinstance(value, dict) or len(value) != 1:
            raise Unusable(f"line {number} is no object with one member")
        [(kind, value)] = value.items()
        if kind not in MEMBERS or order.index(kind) < order.index(last) or found["end"]:
            raise Unusable(f"line {number}: {kind} does not stand here")
        members = MEMBERS[kind]
        if members is not None and (not isinstance(value, dict) or set(value) != set(members)):
            raise Unusable(f"line {number}: {kind} has other members")
        check_form(kind, value)
        if kind == "entry" and value["id"] <= last_entry:
            raise Unusable(f"line {number}: an entry does not come after the one before")
        last, last_entry = kind, value["id"] if kind == "entry" else last_entry
        found[kind].append(value)
    if len(found["header"]) != 1 or len(found["end"]) != 1:
        raise Unusable("it does not have one header and one end")
    [end] = found["end"]
    counts = {"entries": "entry", "seals": "seal", "queued": "queued", "checkpoints": "checkpoint"}
    for name, kind in counts.items():
        if end[name] != len(found[kind]):
            raise Unusable(f"it has {len(found[kind])} lines of {kind}, and its end counts {end[name]}")
    return found


# --- The bytes of an entry, and the tree over them.

def leaf_bytes(entry):
    def field(value):
        return b"\xff\xff\xff\xff" if value is None else len(value).to_bytes(4, "big") + value

    def uuid(name):
        return None if entry[name] is None else bytes.fromhex(entry[name].replace("-", ""))

    def digits(name):
        return None if entry[name] is None else bytes.fromhex(entry[name])

    fields = [
        uuid("id"), entry["at"].to_bytes(8, "big", signed=True), entry["kind"].encode(), entry["author_kind"].encode(),
        uuid("author_id"), uuid("account_id"), uuid("group_id"), entry["details"].encode(), uuid("request_id"),
        digits("body_hash"), digits("commitment"),
    ]
    return b"aplus/entry/1\0" + b"".join(map(field, fields))


def sha256(data):
    return hashlib.sha256(data).digest()


def roots(leaves, sizes):
    """The roots over the first leaves, for each of these sizes: the roots of perfect trees, joined from the right."""
    wanted, peaks, result = set(sizes), [], {}

    def root():
        if not peaks:
            return sha256(b"")
        right = peaks[-1][1]
        for _, left in reversed(peaks[:-1]):
            right = sha256(b"\x01" + left + right)
        return right

    if 0 in wanted:
        result[0] = root()
    for size, leaf in enumerate(leaves, 1):
        peaks.append((1, leaf))
        while len(peaks) > 1 and peaks[-2][0] == peaks[-1][0]:
            (count, left), (_, right) = peaks[-2:]
            peaks[-2:] = [(2 * count, sha256(b"\x01" + left + right))]
        if size in wanted:
            result[size] = root()
    return result


def erasable_holds(entry):
    text, salt = entry["text"], entry["salt"]
    if text is None or salt is None:
        return text is None and salt is None
    salt = bytes.fromhex(salt)
    return len(salt) == 32 and sha256(b"aplus/erasable/1\0" + salt + text.encode()).hex() == entry["commitment"]


def erased_before(entry):
    """Before which instant an entry says that erasable parts were erased, if it is one that says so."""
    if entry["kind"] != "journal_erased":
        return None
    try:
        details = json.loads(entry["details"], parse_constant=refuse_number)
        text = details["before"]
        if not BEFORE.match(text) or text.endswith(".000000Z"):
            return None
        form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
        micros = (datetime.datetime.strptime(text, form) - EPOCH) // datetime.timedelta(microseconds=1)
    except (ValueError, KeyError, TypeError, RecursionError, Unusable):
        return None
    return micros if is_time(micros) else None


def is_time(micros):
    return 0 <= micros <= LAST_TIME


# --- The check.

def check(found, keys, anchors):
    findings = []
    entries = {}
    for entry in found["entry"]:
        entries[entry["id"]] = entry
    seals = found["seal"]
    places = {seal["hash"]: seal["place"] for seal in seals}
    named, expected = set(), 0
    for seal in seals:
        place, name = seal["place"], seal["entry"]
        if place != expected:
            findings.append(f"gap place={expected}")
        expected = place + 1
        if name in named:
            findings.append(f"sealed_twice place={place} entry={name}")
        named.add(name)
        if name not in entries:
            findings.append(f"removed place={place} entry={name}")
            continue
        leaf = sha256(b"\0" + leaf_bytes(entries[name])).hex()
        if leaf == seal["hash"]:
            continue
        if leaf in places:
            findings.append(f"swapped place={place} entry={name} sealed_at={places[leaf]}")
        else:
            findings.append(f"altered place={place} entry={name}")
    queued = set(found["queued"])
    findings += [f"inserted entry={name}" for name in entries if name not in named and name not in queued]
    erasures = [erased_before(entry) for name, entry in entries.items() if name in named or name in queued]
    erased = max((before for before in erasures if before is not None), default=None)
    for entry in found["entry"]:
        at = entry["at"] if is_time(entry["at"]) else None
        is_early = erased is None or at is not None and at >= erased
        if entry["text"] is None and entry["salt"] is None and is_early:
            findings.append(f"erased_early entry={entry['id']}")
    findings += [f"sealed_and_queued entry={name}" for name in found["queued"] if name in named]
    findings += [f"missing entry={name}" for name in found["queued"] if name not in entries]
    findings += [f"erasable_altered entry={entry['id']}" for entry in found["entry"] if not erasable_holds(entry)]

    kept = [checkpoint["note"] for checkpoint in found["checkpoint"]]
    good = []
    for number, note in enumerate(kept + anchors):
        size_and_root = opened(note, keys)
        if size_and_root is None:
            findings.append(f"forged number={number}")
        else:
            good.append((number >= len(kept), *size_and_root))
    leaves = [bytes.fromhex(seal["hash"]) for seal in seals]
    known = roots(leaves, [size for _, size, _ in good])
    covered = anchored = 0
    for is_anchor, size, root in good:
        if size > len(leaves):
            findings.append(f"cut_off was={size} is={len(leaves)}")
        elif known[size] != root:
            findings.append(f"rewritten size={size}")
        else:
            covered = max(covered, size)
            anchored = max(anchored, size) if is_anchor else anchored

    def until(size):
        last = entries.get(seals[size - 1]["entry"]) if size else None
        if last is None or not is_time(last["at"]):
            return ""
        at = EPOCH + datetime.timedelta(microseconds=last["at"])
        digits = f".{at.microsecond:06}" if at.microsecond else ""
        return f" until {at:%Y-%m-%dT%H:%M:%S}{digits}Z"

    # Each once: two anchors may show the same.
    findings = list(dict.fromkeys(findings))
    end = [f"sealed {len(seals)}", f"waiting {len(found['queued'])}", f"covered {covered}{until(covered)}",
           f"anchored {anchored}{until(anchored)}"]
    return findings, end


def main():
    parser = argparse.ArgumentParser(description="Checks an exported journal.")
    parser.add_argument("export")
    parser.add_argument("--public-key", action="append", required=True)
    parser.add_argument("--anchors", nargs="+", action="extend", default=[])
    arguments = parser.parse_args()
    try:
        keys = [Key(text) for text in arguments.public_key]
        found = read(arguments.export)
        if all(key.name != found["header"][0]["journal"] for key in keys):
            raise Unusable("it is the export of another journal")
        anchors = []
        for path in arguments.anchors:
            with open(path, encoding="utf-8", newline="") as file:
                anchors += notes_of(file.read())
        findings, end = check(found, keys, anchors)
    # Whatever else it is: not a finding.
    except Exception as error:  # noqa: BLE001
        print(f"not usable: {error}", file=sys.stderr)
        return 2
    print("\n".join(findings + end))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
