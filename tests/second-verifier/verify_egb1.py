#!/usr/bin/python3
"""A second, independent verifier of EGB1 lines, written from docs/wire.md alone.

Usage: verify_egb1.py --cert gateway.crt [--cert other.crt] [--revoked list.json] FILE...
Prints the verdict of docs/wire.md section 6 as JSON. Exit code: 0 clean, 1 faults, 2 could not run.
Python 3.11 and the package `cryptography` (Debian: python3-cryptography); section numbers below are those of docs/wire.md.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

MAX_LINE = 65_536
MAX_SIGNALS = 65_535
NO_HASH = bytes(32)
UNSEQUENCED = ("head", "birth", "will")
NAME = re.compile(r"[A-Za-z0-9_-]{1,48}", re.ASCII)
BOOT = re.compile(r"[0-9a-f]{16}", re.ASCII)
HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
MAX_DEPTH = 64
USER_ID = re.compile(r"[A-Za-z0-9_.@-]{1,64}", re.ASCII)
B64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


class Refused(Exception):
    """The line counts as absent; carries one of the first four codes of section 6."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Number(str):
    """A JSON number that is no 64-bit integer token, kept as the digits it was written with: never a float."""


class Fault(NamedTuple):
    code: str
    st: str
    sq: int
    line: int
    text: str


# ---- section 1: the line -------------------------------------------------------------------------------------------

def need(condition: bool, text: str) -> None:
    if not condition:
        raise Refused("format", text)


def from_b64url(text: str) -> bytes | None:
    """Decodes b64url, or None where the text is not the one encoding of its bytes (padding, stray bits, other characters)."""
    if not B64URL.fullmatch(text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if to_b64url(data) == text else None


def to_b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def parse_json(data: bytes, what: str) -> dict[str, Any]:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        need(len(result) == len(pairs), f"{what}: a member name occurs twice")
        return result

    def constant(name: str) -> Any:
        raise ValueError(name + " is not JSON")

    def integer(text: str) -> int | Number:
        value = int(text) if len(text) <= 20 else None  # 20 characters hold every 64-bit integer
        return value if value is not None and -2**63 <= value < 2**63 else Number(text)

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=members, parse_constant=constant, parse_int=integer, parse_float=Number)
        if HALF_PAIR.search(data):
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate, from an escape, cannot be encoded
    except (ValueError, RecursionError) as error:
        raise Refused("format", f"{what} does not parse: {error}") from None
    need(type(value) is dict, f"{what} is not an object")
    need(not is_deeper_than(value, MAX_DEPTH), f"{what} is nested deeper than {MAX_DEPTH}")
    return value


def is_deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [inner for outer in layer for inner in (outer.values() if type(outer) is dict else outer) if type(inner) in (dict, list)]
        if not layer:
            return False
    return True


@lru_cache(maxsize=256)
def parse_protected(protected: str) -> tuple[str, str, str, str]:
    """Checks a protected header; gives (alg, kid, typ, zid)."""
    raw = from_b64url(protected)
    need(raw is not None, "protected header is not b64url")
    header = parse_json(raw or b"", "protected header")
    members = {"alg", "b64", "crit", "kid", "typ"} | ({"zid"} if header.get("alg") == "SM2SM3" else set())
    need(set(header) == members, "protected header has not exactly the members of section 1")
    need(header["b64"] is False and header["crit"] == ["b64"], "protected header: b64 must be false and crit [\"b64\"]")
    need(all(type(header[name]) is str for name in ("alg", "kid", "typ")), "protected header: alg, kid and typ are strings")
    zid = header.get("zid", "")
    need("zid" not in header or is_text(zid, USER_ID), "zid is not a user id")
    return header["alg"], header["kid"], header["typ"], zid


class Signature(NamedTuple):
    protected: str
    signature: bytes
    alg: str
    kid: str
    typ: str
    zid: str

    def verifies(self, key: Key, payload: bytes) -> bool:
        return len(self.signature) == 64 and key.verifies(self.signature, self.protected.encode("ascii") + b"." + payload, self.zid)


def split_line(line: bytes) -> tuple[list[Signature], bytes]:
    """Takes a line apart as section 1 has it; judges no signature."""
    need(len(line) <= MAX_LINE, f"over {MAX_LINE} bytes")
    parts = line.split(b"|", 2)
    need(len(parts) == 3 and parts[0] == b"EGB1", "does not read EGB1|…|…")
    payload = parts[2]
    signatures: list[Signature] = []
    for jws in parts[1].split(b"~"):
        pieces = jws.decode("latin-1").split(".")
        need(len(pieces) == 3 and pieces[1] == "", "signature does not read <protected>..<signature>")
        signature = from_b64url(pieces[2])
        need(signature is not None, "signature is not b64url")
        signatures.append(Signature(pieces[0], signature or b"", *parse_protected(pieces[0])))
    need(len(signatures) <= 2, "more than two signatures")
    return signatures, payload


def open_line(line: bytes, trust: Trust) -> dict[str, Any]:
    """Gives the members of an authenticated payload, or refuses: format, typ, key, signature, format, key, in this order."""
    signatures, payload = split_line(line)
    for signature in signatures:
        if signature.typ != "egb1":
            raise Refused("typ", f"typ is {signature.typ!r}")
    trusted = [(signature, key) for signature in signatures if (key := trust.key_of(signature))]
    if not trusted:
        raise Refused("key", "no signature by a trusted key with its algorithm")
    for signature, key in trusted:
        if not signature.verifies(key, payload):
            raise Refused("signature", "signature does not verify, or is not 64 bytes long")
    p = parse_payload(payload)
    if p["k"] not in UNSEQUENCED and not any(trust.may_sign(s.kid, p["gw"], p["ep"], p["st"], p["sq"]) for s, _ in trusted):
        raise Refused("key", "no key that signed it has a word at this place (section 8)")
    p["#"] = hashlib.sha256(b"EGB1\0" + payload).digest()
    return p


# ---- sections 1 and 8: keys -----------------------------------------------------------------------------------------

P256_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
SM2_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
         0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
Point = tuple[int, int] | None


def sm2_add(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % SM2_P == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, SM2_P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, SM2_P)
    x = (slope * slope - a[0] - b[0]) % SM2_P
    return x, (slope * (a[0] - x) - a[1]) % SM2_P


def sm2_times(k: int, point: Point) -> Point:
    result: Point = None
    while k:
        result = sm2_add(result, point) if k & 1 else result
        point, k = sm2_add(point, point), k >> 1
    return result


def sm2_digest(point: tuple[int, int], zid: str, message: bytes) -> int:
    """e of GB/T 32918.2: SM3 over Z, which binds user id and public key, and the message."""
    user = zid.encode("ascii")
    z = (8 * len(user)).to_bytes(2, "big") + user + b"".join(n.to_bytes(32, "big") for n in (SM2_P - 3, SM2_B, *SM2_G, *point))
    return int.from_bytes(hashlib.new("sm3", hashlib.new("sm3", z).digest() + message).digest(), "big")


class Key:
    """A public key: ECDSA on P-256, or SM2, by its SubjectPublicKeyInfo with the point uncompressed."""

    def __init__(self, info: bytes) -> None:
        x, y = int.from_bytes(info[27:59], "big"), int.from_bytes(info[59:], "big")
        self.kid = to_b64url(hashlib.sha256(info).digest())
        self.point = (x, y)
        if len(info) == 91 and info.startswith(P256_INFO):
            self.alg = "ES256"
            self.ecdsa = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()  # a ValueError if it is not on the curve
        elif len(info) == 91 and info.startswith(SM2_INFO) and max(x, y) < SM2_P and (y * y - x ** 3 + 3 * x - SM2_B) % SM2_P == 0:
            self.alg = "SM2SM3"
        else:
            raise ValueError("neither an ECDSA key on P-256 nor an SM2 key")

    def verifies(self, signature: bytes, message: bytes, zid: str) -> bool:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if self.alg == "SM2SM3":
            if not (0 < r < SM2_N and 0 < s < SM2_N and (r + s) % SM2_N):
                return False
            point = sm2_add(sm2_times(s, SM2_G), sm2_times((r + s) % SM2_N, self.point))
            return point is not None and (sm2_digest(self.point, zid, message) + point[0]) % SM2_N == r
        try:
            self.ecdsa.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class Limit(NamedTuple):
    ep: int
    at: dict[str, int]

    def is_before(self, ep: int, st: str, sq: int) -> bool:
        return ep > self.ep if ep != self.ep else sq > self.at.get(st, 0)


class Change(NamedTuple):
    gw: str
    ep: int
    sq: int
    was: str
    key: Key
    at: dict[str, int]
    payload: bytes
    signatures: list[Signature]


class Trust:
    """The keys that were given, those they have named as their successors, and where each has a word (section 8)."""

    def __init__(self, given: Iterable[Key], revoked: Iterable[tuple[str, str | None, Limit]] = ()) -> None:
        self._keys = {key.kid: key for key in given}
        self._given = frozenset(self._keys)
        self._revoked = list(revoked)
        self._begins: dict[tuple[str, str], Limit] = {}
        self._replaced: dict[tuple[str, str], Limit] = {}

    def copy(self) -> Trust:
        return Trust((self._keys[kid] for kid in self._given), self._revoked)

    def key_of(self, signature: Signature) -> Key | None:
        key = self._keys.get(signature.kid)
        return key if key and key.alg == signature.alg else None

    def may_sign(self, kid: str, gw: str, ep: int, st: str, sq: int) -> bool:
        begins, replaced = self._begins.get((kid, gw)), self._replaced.get((kid, gw))
        if kid not in self._given and (begins is None or not begins.is_before(ep, st, sq)):
            return False
        if replaced and replaced.is_before(ep, st, sq):
            return False
        return not any(kid == revoked and whose in (None, gw) and limit.is_before(ep, st, sq) for revoked, whose, limit in self._revoked)

    def take(self, change: Change) -> bool:
        old, new = (change.was, change.gw), (change.key.kid, change.gw)
        if old in self._replaced or new in self._replaced or new in self._begins or not self.may_sign(change.was, change.gw, change.ep, "events", change.sq):
            return False
        for signature in change.signatures:
            if signature.kid == change.was:
                key = self.key_of(signature)
                if key is None or not signature.verifies(key, change.payload):
                    return False
        self._replaced[old] = Limit(change.ep, change.at | {"events": change.sq})
        self._begins[new] = Limit(change.ep, change.at | {"events": change.sq - 1})
        self._keys.setdefault(change.key.kid, change.key)
        return True

    def learn(self, lines: Iterable[bytes]) -> None:
        """Believes the changes of keys in an input, the lowest (gw, ep, sq) first, of those that can be believed."""
        changes = sorted((change for line in lines if (change := change_in(line))), key=lambda change: change[:3])
        while taken := next((change for change in changes if self.take(change)), None):
            changes.remove(taken)


def change_in(line: bytes) -> Change | None:
    """The change of keys that a line states, signed by the new key; whether the old one has signed is not judged here."""
    if line.count(b"~", 0, line.find(b"|", 5)) != 1:
        return None
    try:
        signatures, payload = split_line(line)
        if any(signature.typ != "egb1" for signature in signatures):
            return None
        p = parse_payload(payload)
        if p["k"] != "event" or p["ev"] != "key" or p["st"] != "events":
            return None
        key = Key(from_b64url(p["key"]) or b"")
    except (Refused, ValueError):
        return None
    by_new = [s for s in signatures if s.kid == key.kid and s.alg == key.alg and s.verifies(key, payload)]
    if key.kid == p["was"] or not by_new or not any(s.kid == p["was"] for s in signatures):
        return None
    return Change(p["gw"], p["ep"], p["sq"], p["was"], key, {entry["st"]: entry["sq"] for entry in p["at"]}, payload, signatures)


# ---- sections 2 and 4: members and bodies ---------------------------------------------------------------------------

def is_int(value: Any, least: int = -2**63, most: int = 2**63 - 1) -> bool:
    return type(value) is int and least <= value <= most


def is_hash(value: Any) -> bool:
    return type(value) is str and len(value) == 43 and from_b64url(value) is not None


def is_text(value: Any, pattern: re.Pattern[str]) -> bool:
    return type(value) is str and pattern.fullmatch(value) is not None


def is_amount(value: Any) -> bool:
    """Null or a number that is not negative (section 2, `tq`)."""
    return value is None or is_int(value, 0) or (type(value) is Number and (not value.startswith("-") or not re.search("[1-9]", re.split("[eE]", value)[0])))


def is_group(group: Any, first: str) -> bool:
    return (type(group) is dict and type(group.get("id")) is str and is_int(group.get("pm"), 1)
            and is_int(group.get("n"), 1, MAX_SIGNALS) and is_int(group.get(first), 0))


def is_span(span: Any) -> bool:
    return (type(span) is dict and is_text(span.get("st"), NAME) and is_int(span.get("lo"), 1) and is_int(span.get("hi"), span["lo"])
            and is_hash(span.get("root")))


def is_signal(signal: Any) -> bool:
    return type(signal) is list and len(signal) == 3 and all(type(text) is str for text in signal)


def is_row(row: Any) -> bool:
    if type(row) is not list or len(row) not in (5, 6) or not all(is_int(i, 0) for i in row[:3]) or not is_int(row[3]):
        return False
    if type(row[4]) is not list or not row[4] or not all(value is None or type(value) in (int, Number, str) for value in row[4]):
        return False
    return len(row) == 5 or is_int(row[5], 0) or (type(row[5]) is list and all(is_int(code, 0) for code in row[5]))


def all_of(values: Any, test: Any) -> bool:
    return type(values) is list and all(test(value) for value in values)


def parse_payload(data: bytes) -> dict[str, Any]:
    p = parse_json(data, "payload")
    kind, st, sq, tq = p.get("k"), p.get("st"), p.get("sq"), p.get("tq")
    sequenced = kind not in UNSEQUENCED
    need(is_int(p.get("v"), 1, 1), "v is not 1")
    need(type(kind) is str, "k is not a string")
    for name in ("site", "gw"):
        need(is_text(p.get(name), NAME), f"{name} is not a name")
    need(is_int(p.get("ep"), 1), "ep is not an integer from 1")
    need(is_text(p.get("bt"), BOOT), "bt is not a boot id")
    need(st == "" if kind in ("birth", "will") else is_text(st, NAME), "st is not the name of a stream")
    need(is_int(sq, 1 if sequenced else 0), "sq is not a sequence number")
    need(is_hash(p.get("ph")), "ph is not a hash")
    need(all(is_int(p.get(name)) for name in ("t0", "t1")) and is_int(p.get("mo"), 0), "t0, t1 or mo is not an integer")
    need(type(tq) is list and len(tq) == 3 and tq[0] in ("S", "I", "R", "U") and is_amount(tq[1]) and is_amount(tq[2]), "tq is not a time quality")
    need(is_hash(p.get("cf")) and (p.get("rv") == "" or is_hash(p.get("rv"))) and type(p.get("sw")) is str, "cf, rv or sw is wrong")
    need(body_is_well_formed(p, kind, sq), f"the body of {kind} is not as section 4 has it")
    return p


def body_is_well_formed(p: dict[str, Any], kind: str, sq: int) -> bool:
    parts = is_int(p.get("part"), 1) and is_int(p.get("of"), 1) and p["part"] <= p["of"]
    match kind, p.get("ev") if kind == "event" else p.get("cause"):
        case "data", _:
            return all_of(p.get("g"), lambda g: is_group(g, "o") and all_of(g.get("s"), is_signal)) and all_of(p.get("r"), is_row)
        case "event", "plan":
            return parts and all_of(p.get("groups"), lambda g: is_group(g, "k0"))
        case "event", "stop":
            return parts and all_of(p.get("last"), lambda x: type(x) is list and len(x) == 2 and type(x[0]) is str and is_int(x[1], -1))
        case "event", "clock" if p.get("why") == "step":
            return is_int(p.get("m0"), 0) and is_int(p.get("m1"), p["m0"]) and is_int(p.get("fwd"), 0) and is_int(p.get("back"), 0)
        case "event", "clock":
            return type(p.get("why")) is str
        case "event", "key":
            return (is_hash(p.get("was")) and type(p.get("key")) is str and bool(from_b64url(p["key"]))
                    and all_of(p.get("at"), lambda entry: type(entry) is dict and is_text(entry.get("st"), NAME) and is_int(entry.get("sq"), 0)))
        case "event", name:
            return type(name) is str
        case "gap", "stopped" | "crashed":
            return is_text(p.get("prev"), BOOT) and is_int(p.get("from")) and is_int(p.get("to"))
        case "gap", "evicted" | "damaged":
            lo, hi = p.get("lo"), p.get("hi")
            return is_int(lo, 1) and is_int(hi, lo, sq - 1) and is_hash(p.get("hh")) and is_int(p.get("n"), 1)
        case "gap", name:
            return type(name) is str
        case "seal", _:
            return ((p.get("al", 0) is None or is_hash(p.get("al"))) and is_hash(p.get("root")) and all_of(p.get("rc"), lambda line: type(line) is str)
                    and all_of(p.get("of"), is_span) and len({span["st"] for span in p["of"]}) == len(p["of"]))
        case "birth", _:
            return is_int(p.get("se")) and all_of(p.get("streams"), lambda s: type(s) is dict and is_text(s.get("st"), NAME)
                                                  and is_int(s.get("sq"), 0) and is_hash(s.get("ph")))
        case "will", _:
            return is_int(p.get("se"))
    return True


# ---- what is kept of the payloads that stand ------------------------------------------------------------------------

@dataclass(slots=True)
class Entry:
    """What later checks need of one sequenced payload."""

    digest: bytes
    ph: bytes
    bt: str
    mo: int
    time_runs_back: bool
    gap_prev: str | None  # the boot that a gap `stopped` or `crashed` follows
    groups: tuple[tuple[str, int, int], ...]  # id, pm, n of the groups of `data`
    row_fault: str | None


class Stamp(NamedTuple):
    """A payload that says when it was made, by both clocks; sorts as section 6 has it."""

    mo: int
    t1: int
    st: str
    sq: int
    error: int


@dataclass(slots=True)
class BootTimes:
    stamps: list[Stamp] = field(default_factory=list)
    steps: list[tuple[int, int, int, int]] = field(default_factory=list)  # m0, m1, fwd, back
    last_sequenced: int = -1


@dataclass(slots=True)
class Coverage:
    """Which signals have a row in which slot. Full slots are bits of 1,024-slot chunks, so that millions of them stay small."""

    signals: int
    full: dict[int, int] = field(default_factory=dict)
    partial: dict[int, int] = field(default_factory=dict)
    first_twice: int | None = None
    top: int = -1

    def is_full(self, slot: int) -> bool:
        return bool(self.full.get(slot >> 10, 0) >> (slot & 1023) & 1)

    def add(self, slot: int, first: int, count: int) -> None:
        mask = ((1 << count) - 1) << first
        before = self.partial.get(slot, 0)
        self.top = max(self.top, slot)
        if self.is_full(slot) or before & mask:
            self.first_twice = slot if self.first_twice is None else min(slot, self.first_twice)
        if self.is_full(slot):
            return
        if (before | mask).bit_count() == self.signals:
            self.partial.pop(slot, None)
            self.full[slot >> 10] = self.full.get(slot >> 10, 0) | 1 << (slot & 1023)
        else:
            self.partial[slot] = before | mask

    def first_uncovered(self, k0: int, last: int) -> int | None:
        slot = k0
        while slot <= last and self.is_full(slot):  # ends at the first open slot: bounded by the rows there are
            slot += 1
        return slot if slot <= last else None

    def masks(self) -> Iterator[tuple[int, int]]:
        """Each slot with the signals that have a row in it."""
        yield from self.partial.items()
        for chunk, bits in self.full.items():
            for bit in range(1024):
                if bits >> bit & 1:
                    yield chunk << 10 | bit, (1 << self.signals) - 1

    def first_after(self, last: int) -> int | None:
        if self.top <= last:
            return None
        slots = [slot for slot in self.partial if slot > last]
        slots += [c << 10 | bit for c, bits in self.full.items() if (c << 10 | 1023) > last
                  for bit in range(1024) if bits >> bit & 1 and (c << 10 | bit) > last]
        return min(slots)


class Plan(NamedTuple):
    sq: int
    pm: int
    n: int
    k0: int


@dataclass(slots=True)
class Stream:
    """One (gw, ep, st)."""

    entries: dict[int, Entry] = field(default_factory=dict)
    evicted: list[tuple[int, int, bytes]] = field(default_factory=list)  # lo, hi, hh
    proofs: list[tuple[int, bytes]] = field(default_factory=list)  # sq, ph of heads and births
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    stops: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  # (bt, group) -> sq, last slot due
    coverage: dict[tuple[str, str, int, int], Coverage] = field(default_factory=dict)


# ---- section 6: the checks ------------------------------------------------------------------------------------------

class Verifier:
    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._streams: dict[tuple[str, int, str], Stream] = defaultdict(Stream)
        self._boots: dict[tuple[str, int], dict[str, BootTimes]] = defaultdict(lambda: defaultdict(BootTimes))
        self._seals: list[dict[str, Any]] = []
        self._seen: set[bytes] = set()
        self._faults: list[Fault] = []
        self._input_line = self._lines = self._payloads = self._duplicates = self._readings = 0

    def read(self, source: BinaryIO) -> None:
        for line in bounded_lines(source):
            self._input_line += 1
            if not line:
                continue
            self._lines += 1
            try:
                members = open_line(line, self._trust)
            except Refused as refused:
                self._faults.append(Fault(refused.code, "", 0, self._input_line, str(refused)))
                continue
            self._take(members, members["#"])

    def _take(self, p: dict[str, Any], digest: bytes) -> None:
        if digest in self._seen:
            self._duplicates += 1
            return
        self._seen.add(digest)
        gw, ep, st, sq, kind = p["gw"], p["ep"], p["st"], p["sq"], p["k"]
        if kind in UNSEQUENCED:
            self._payloads += 1
            self._take_times(p)
            if p["t1"] < p["t0"]:
                self._faults.append(Fault("time", st, sq, 0, f"{gw}/{ep}: {kind}: t1 is before t0"))
            if kind == "head":
                self._streams[gw, ep, st].proofs.append((sq, unhash(p["ph"])))
            elif kind == "birth":
                for named in p["streams"]:
                    self._streams[gw, ep, named["st"]].proofs.append((named["sq"], unhash(named["ph"])))
            return
        stream = self._streams[gw, ep, st]
        if sq in stream.entries:
            self._faults.append(Fault("fork", st, sq, 0, f"{gw}/{ep}: input line {self._input_line} is another payload with this number"))
            return
        self._payloads += 1
        self._take_times(p)
        prev = p["prev"] if kind == "gap" and p["cause"] in ("stopped", "crashed") else None
        entry = Entry(digest, unhash(p["ph"]), p["bt"], p["mo"], p["t1"] < p["t0"], prev, (), None)
        stream.entries[sq] = entry
        if kind == "gap" and p["cause"] in ("evicted", "damaged"):
            stream.evicted.append((p["lo"], p["hi"], unhash(p["hh"])))
        if kind == "data":
            self._readings += sum(len(row[4]) for row in p["r"])
        if st == "readings":
            take_readings(stream, entry, p)
        if kind == "seal":
            self._seals.append(p)

    def _take_times(self, p: dict[str, Any]) -> None:
        boot = self._boots[p["gw"], p["ep"]][p["bt"]]
        if p["k"] == "event" and p["ev"] == "clock" and p["why"] == "step":
            boot.steps.append((p["m0"], p["m1"], p["fwd"], p["back"]))
        if p["k"] not in UNSEQUENCED:
            boot.last_sequenced = max(boot.last_sequenced, p["mo"])
        if p["k"] in ("event", "gap", *UNSEQUENCED):
            error = p["tq"][1] if type(p["tq"][1]) is int else 0
            boot.stamps.append(Stamp(p["mo"], p["t1"], p["st"], p["sq"], min(error, 60_000)))

    def _seal_fault(self, seal: dict[str, Any]) -> str | None:
        if unhash(seal["root"]) != tree_root(roots_of(seal)):
            return "the root is not that of the roots beside it"
        for span in seal["of"]:
            if span["st"] == seal["st"] and span["hi"] >= seal["sq"]:
                return "it covers itself"
            entries = self._streams[seal["gw"], seal["ep"], span["st"]].entries
            if span["hi"] - span["lo"] >= len(entries):
                continue
            covered = [entries.get(sq) for sq in range(span["lo"], span["hi"] + 1)]
            if None not in covered and tree_root([entry.digest for entry in covered if entry]) != unhash(span["root"]):
                return f"the root of {span['st']} {span['lo']} to {span['hi']} is not that of these payloads"
        return None

    def verdict(self) -> dict[str, Any]:
        faults = list(self._faults)
        streams = []
        for (gw, ep, st), stream in sorted(self._streams.items()):
            faults += [Fault(code, st, sq, 0, f"{gw}/{ep}: {text}") for code, sq, text in judge(stream, st == "readings")]
            if stream.entries:
                lo, hi = min(stream.entries), max(stream.entries)
                streams.append({"gw": gw, "ep": ep, "st": st, "lo": lo, "hi": hi, "hh": to_b64url(stream.entries[hi].digest)})
        for (gw, ep), boots in self._boots.items():
            events = self._streams.get((gw, ep, "events"))
            for bt, boot in boots.items():
                if events and all_events_are_here(events, bt):
                    faults += [Fault("clock", st, sq, 0, f"{gw}/{ep}: boot {bt}: {text}") for st, sq, text in judge_clock(boot)]
        for seal in self._seals:
            wrong = self._seal_fault(seal)
            if wrong:
                faults.append(Fault("seal", seal["st"], seal["sq"], 0, f"{seal['gw']}/{seal['ep']}: {wrong}"))
        return {"ok": not faults, "lines": self._lines, "payloads": self._payloads, "duplicates": self._duplicates,
                "readings": self._readings, "faults": [fault._asdict() for fault in faults], "streams": streams}


def unhash(text: str) -> bytes:
    return from_b64url(text) or b""


def take_readings(stream: Stream, entry: Entry, p: dict[str, Any]) -> None:
    bt, sq = p["bt"], p["sq"]
    if p["k"] == "event" and p["ev"] == "plan":
        for g in p["groups"]:
            known = stream.plans.get((bt, g["id"]))
            if known is None or sq < known.sq:
                stream.plans[bt, g["id"]] = Plan(sq, g["pm"], g["n"], g["k0"])
    elif p["k"] == "event" and p["ev"] == "stop":
        for group, last in p["last"]:
            if (bt, group) not in stream.stops or sq < stream.stops[bt, group][0]:
                stream.stops[bt, group] = (sq, last)
    elif p["k"] == "data":
        entry.groups = tuple((g["id"], g["pm"], g["n"]) for g in p["g"])
        for row in p["r"]:
            fault = row_fault(p["g"], row)
            if fault:
                entry.row_fault = entry.row_fault or fault
                continue
            index, first, slot, _, values = row[:5]
            key = (bt, *entry.groups[index])
            if key not in stream.coverage:
                stream.coverage[key] = Coverage(key[3])
            stream.coverage[key].add(slot, first, len(values))


def row_fault(groups: list[dict[str, Any]], row: list[Any]) -> str | None:
    index, first, values = row[0], row[1], row[4]
    if index >= len(groups):
        return f"a row is of group {index}, which the payload has not"
    g, end = groups[index], first + len(values)
    if end > g["n"] or first < g["o"] or end > g["o"] + len(g["s"]):
        return f"a row of {g['id']} reaches outside the group or its named signals"
    if len(row) == 6 and type(row[5]) is list and len(row[5]) != len(values):
        return f"a row of {g['id']} has {len(values)} values and {len(row[5])} qualities"
    return None


Finding = tuple[str, int, str]  # code, sq, text


def judge(stream: Stream, readings: bool) -> Iterator[Finding]:
    entries, order = stream.entries, sorted(stream.entries)
    top = order[-1] if order else 0
    holed: set[str] = set()  # boots whose sequence has a hole
    before = 0
    for sq in order:
        if sq > before + 1:
            if before:
                holed.add(entries[before].bt)
            if entries[sq].gap_prev is None:  # a gap of this kind is the first of its boot: nothing of the boot is before it
                holed.add(entries[sq].bt)
            for lo, hi in unexplained(before + 1, sq - 1, stream.evicted):
                yield "missing", lo, f"{lo} to {hi} are absent and no gap names them"
        before = sq
    proven = max((sq for sq, _ in stream.proofs), default=0)
    if proven > top:
        if order:
            holed.add(entries[top].bt)
        yield "truncated", proven, f"{proven} is proven to exist, the last one present is {top}"
    for sq, ph in stream.proofs:
        if sq in entries and entries[sq].digest != ph:
            yield "truncated", sq, "a head or birth names another hash for this payload"

    named = defaultdict(list)
    for _, hi, hh in stream.evicted:
        named[hi].append(hh)
    clock: dict[str, int] = {}
    for sq in order:
        entry, last = entries[sq], entries.get(sq - 1)
        expected = named[sq - 1] if sq - 1 in named else []
        expected = expected + [NO_HASH if sq == 1 else last.digest] if sq == 1 or last else expected
        if any(digest != entry.ph for digest in expected):
            yield "chain", sq, "ph is not the hash of the payload before"
        if entry.time_runs_back or entry.mo < clock.get(entry.bt, 0):
            yield "time", sq, "t1 is before t0, or mo falls"
        clock[entry.bt] = entry.mo
        if readings and last and last.bt != entry.bt and entry.gap_prev != last.bt:
            yield "boot", sq, f"boot {entry.bt} follows {last.bt} without a gap that says so"
        if readings:
            fault = entry.row_fault or plan_fault(stream, sq, entry, entry.bt in holed)
            if fault:
                yield "plan", sq, fault
    if readings:
        yield from judge_coverage(stream, holed, entries[top].bt if order else "")


def roots_of(seal: dict[str, Any]) -> list[bytes]:
    return [unhash(span["root"]) for span in seal["of"]] + ([unhash(seal["al"])] if seal["al"] else [])


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if len(leaves) <= 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest() if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_root(leaves[:split]) + tree_root(leaves[split:])).digest()


def root_of_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """RFC 9162, 2.1.3.2: where the audit path of leaf number `index` in a tree of `size` leads; None if it is no such path."""
    node, last = hashlib.sha256(b"\0" + leaf).digest(), size - 1
    for beside in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + beside + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + beside).digest()
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def proof_fault(proof: Any, trust: Trust) -> str | None:
    """Section 10: why a proof of inclusion proves nothing; None if it proves what it says."""
    try:
        need(type(proof) is dict and is_int(proof.get("v"), 1, 1) and type(proof.get("st")) is str and is_int(proof.get("sq"), 1) and is_hash(proof.get("h"))
             and all_of(proof.get("path"), is_hash) and type(proof.get("seal")) is str, "not a proof of section 10")
        seal = open_line(proof["seal"].encode("utf-8"), trust)
    except (Refused, UnicodeEncodeError) as refused:
        return str(refused)
    if seal["k"] != "seal":
        return "the line in it is no seal"
    if unhash(seal["root"]) != tree_root(roots_of(seal)):
        return "the seal's root is not that of the roots beside it"
    for span in seal["of"]:
        if span["st"] == proof["st"] and span["lo"] <= proof["sq"] <= span["hi"]:
            root = root_of_path(unhash(proof["h"]), proof["sq"] - span["lo"], span["hi"] - span["lo"] + 1, [unhash(node) for node in proof["path"]])
            return None if root == unhash(span["root"]) else "the path does not lead to the seal's root"
    return "the seal does not cover this payload"


def all_events_are_here(events: Stream, bt: str) -> bool:
    of_boot = [sq for sq, entry in events.entries.items() if entry.bt == bt]
    proven = max(max(events.entries, default=0), max((sq for sq, _ in events.proofs), default=0))
    return bool(of_boot) and all(sq in events.entries for sq in range(min(of_boot), max(events.entries) + 1)) and proven == max(events.entries)


def judge_clock(boot: BootTimes) -> Iterator[tuple[str, int, str]]:
    stamps = sorted(boot.stamps)
    for before, stamp in zip(stamps, stamps[1:]):
        if stamp.mo + 30_000 > boot.last_sequenced:
            return
        moved = (stamp.t1 - stamp.mo) - (before.t1 - before.mo)
        allowed = 1_000 + (stamp.mo - before.mo) // 2_000 + before.error + stamp.error
        said = [step for step in boot.steps if step[0] <= stamp.mo and step[1] >= before.mo]
        if not -sum(step[3] for step in said) - allowed <= moved <= sum(step[2] for step in said) + allowed:
            yield stamp.st, stamp.sq, f"the wall clock moved {moved} ms against the monotonic one and no event says so"


def unexplained(lo: int, hi: int, gaps: Iterable[tuple[int, int, bytes]]) -> Iterator[tuple[int, int]]:
    """The runs of lo…hi that no gap names."""
    for gap_lo, gap_hi, _ in sorted(gaps):
        if gap_hi < lo or gap_lo > hi:
            continue
        if gap_lo > lo:
            yield lo, gap_lo - 1
        lo = max(lo, gap_hi + 1)
    if lo <= hi:
        yield lo, hi


def plan_fault(stream: Stream, sq: int, entry: Entry, holed: bool) -> str | None:
    for group, pm, n in entry.groups:
        plan = stream.plans.get((entry.bt, group))
        if (plan is None or plan.sq > sq) and not holed:
            return f"{group} is not declared before"
        if plan and (plan.pm, plan.n) != (pm, n):
            return f"{group} has other pm or n than declared"
    return None


def judge_coverage(stream: Stream, holed: set[str], last_boot: str) -> Iterator[Finding]:
    followed = {entry.gap_prev for entry in stream.entries.values()}
    for (bt, group), plan in sorted(stream.plans.items()):
        if bt in holed:
            continue
        coverage = stream.coverage.get((bt, group, plan.pm, plan.n)) or Coverage(plan.n)
        if (bt, group) in stream.stops:
            last = stream.stops[bt, group][1]
        else:
            last = coverage.top - (3 if bt in followed or bt == last_boot else 0)
        slot = coverage.first_uncovered(plan.k0, last)
        if slot is not None:
            yield "uncovered", 0, f"boot {bt}: {group}: slot {slot} has a signal without a row"
    by_group: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
    for (bt, group, pm, n), coverage in sorted(stream.coverage.items()):
        plan = stream.plans.get((bt, group))
        if plan is None or (plan.pm, plan.n) == (pm, n):  # others are reported as `plan`; such rows count for nothing
            by_group[bt, group].append(coverage)
    for (bt, group), parts in by_group.items():
        twice = first_twice(parts)
        if twice is not None:
            yield "twice", 0, f"boot {bt}: {group}: slot {twice} has a signal with two rows"
        stop = stream.stops.get((bt, group))
        late = [slot for slot in (part.first_after(stop[1]) for part in parts) if slot is not None] if stop else []
        if late:
            yield "after-stop", 0, f"boot {bt}: {group}: slot {min(late)} is after the last one due"


def first_twice(parts: list[Coverage]) -> int | None:
    """The first slot in which a signal has two rows. Without a plan a group may come in several sizes, and is one group all the same."""
    found = [part.first_twice for part in parts if part.first_twice is not None]
    if len(parts) > 1:
        masks: dict[int, int] = {}
        for part in parts:
            for slot, mask in part.masks():
                if masks.get(slot, 0) & mask:
                    found.append(slot)
                masks[slot] = masks.get(slot, 0) | mask
    return min(found, default=None)


# ---- input and command line -----------------------------------------------------------------------------------------

def bounded_lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines without their LF; of a line that is too long only so much that it is seen to be too long."""
    while line := source.readline(MAX_LINE + 2):
        rest = line
        while not rest.endswith(b"\n") and len(rest) == MAX_LINE + 2:
            rest = source.readline(MAX_LINE + 2)
        yield line.removesuffix(b"\n")


def load_key(path: str) -> Key:
    with open(path, "rb") as file:
        data = file.read()
    if b"-----BEGIN" in data:
        body = re.sub(rb"-----[^-]*-----", b"", data)
        data = base64.b64decode(body)
    for beginning in (P256_INFO, SM2_INFO):  # a certificate holds its SubjectPublicKeyInfo as it is
        at = data.find(beginning)
        if at >= 0:
            try:
                return Key(data[at:at + 91])
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
    raise ValueError(f"{path}: neither a P-256 nor an SM2 key")


def load_revoked(path: str) -> list[tuple[str, str | None, Limit]]:
    with open(path, "rb") as file:
        entries = parse_json(file.read(), path).get("revoked")
    revoked: list[tuple[str, str | None, Limit]] = []
    if type(entries) is not list:
        raise ValueError(f"{path}: no list \"revoked\"")
    for entry in entries:
        if (type(entry) is not dict or not is_hash(entry.get("kid")) or not is_int(entry.get("ep"), 1) or type(entry.get("upto")) is not dict
                or ("gw" in entry and not is_text(entry["gw"], NAME))
                or not all(is_text(st, NAME) and is_int(sq, 0) for st, sq in entry["upto"].items())):
            raise ValueError(f"{path}: an entry is not as section 8 has it")
        revoked.append((entry["kid"], entry.get("gw"), Limit(entry["ep"], entry["upto"])))
    return revoked


def load_trust(paths: Iterable[str], revoked: str | None = None) -> Trust:
    return Trust(map(load_key, paths), load_revoked(revoked) if revoked else ())


def verify(trust: Trust, paths: Iterable[str]) -> dict[str, Any]:
    """Reads the files twice: a change of keys decides about lines that stand before it."""
    learned, files = trust.copy(), list(paths)
    learned.learn(line for path in files for line in lines_of(path))
    verifier = Verifier(learned)
    for path in files:
        with open(path, "rb") as file:
            verifier.read(file)
    return verifier.verdict()


def check_proofs(certificates: list[str], paths: list[str], revoked: str | None = None) -> int:
    try:
        trust = load_trust(certificates, revoked)
        faults = []
        for path in paths:
            with open(path, "rb") as file:
                text = file.read(4 * MAX_LINE)
            try:
                proof = parse_json(text, "proof")
            except Refused as refused:
                faults.append(f"{path}: {refused}")
                continue
            fault = proof_fault(proof, trust)
            if fault:
                faults.append(f"{path}: {fault}")
    except (OSError, ValueError) as error:
        print(f"cannot check: {error}", file=sys.stderr)
        return 2
    print("\n".join(faults) or "proven")
    return 1 if faults else 0


def lines_of(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield from bounded_lines(file)


def main() -> int:
    parser = argparse.ArgumentParser(description="Verifies files of EGB1 lines (docs/wire.md, section 6).")
    parser.add_argument("--cert", action="append", required=True, help="certificate or public key of the gateway; again for a second trusted key")
    parser.add_argument("--check-proof", action="store_true", help="the file is a proof that verify --prove has printed (section 10)")
    parser.add_argument("--revoked", help="list of revoked keys (section 8)")
    parser.add_argument("files", nargs="+", metavar="FILE")
    arguments = parser.parse_args()  # exits with 2 by itself
    if arguments.check_proof:
        return check_proofs(arguments.cert, arguments.files, arguments.revoked)
    try:
        verdict = verify(load_trust(arguments.cert, arguments.revoked), arguments.files)
    except (OSError, ValueError, Refused) as error:
        print(f"cannot verify: {error}", file=sys.stderr)
        return 2
    print(json.dumps(verdict, separators=(",", ":")))
    return 0 if verdict["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
