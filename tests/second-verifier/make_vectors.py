#!/usr/bin/python3
"""Makes tests/vectors/*.egb1, gateway.crt and verdicts.json, the same bytes every time (ECDSA nonces of RFC 6979).

The expected verdicts are written by hand beside each vector: nothing here calls a verifier.
Python 3.11 and the package `cryptography` (Debian: python3-cryptography).
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
MIDNIGHT = 1_767_571_200_000  # 2026-01-05T00:00:00Z
BOOT_A, BOOT_B, BOOT_C = "a000000000000001", "b000000000000002", "c000000000000003"
ZERO = "A" * 43  # 32 zero bytes in b64url

# P-256 (SEC 2, 2.4.2), only so that signatures can be made with the nonces of RFC 6979.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
Point = tuple[int, int] | None


def add(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k: int, point: Point) -> Point:
    result: Point = None
    while k:
        result = add(result, point) if k & 1 else result
        point, k = add(point, point), k >> 1
    return result


def nonces(secret: int, digest: bytes) -> Iterable[int]:
    """RFC 6979, 3.2, for a hash as long as the order of the curve."""
    seed = secret.to_bytes(32, "big") + (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    v, k = b"\x01" * 32, b"\x00" * 32
    for mark in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + mark + seed, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        if 0 < int.from_bytes(v, "big") < N:
            yield int.from_bytes(v, "big")
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")


def sign(secret: int, message: bytes) -> tuple[int, int]:
    digest = hashlib.sha256(message).digest()
    for k in nonces(secret, digest):
        point = times(k, G)
        r = point[0] % N if point else 0
        s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * secret) % N
        if r and s:
            return r, s
    raise AssertionError("the nonces do not end")


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Signer:
    alg = "ES256"

    def __init__(self, secret: int) -> None:
        self.secret = secret
        self.private = ec.derive_private_key(secret, ec.SECP256R1())
        spki = self.private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.spki = spki
        self.kid = b64url(hashlib.sha256(spki).digest())

    def raw(self, message: bytes, zid: str) -> bytes:
        r, s = sign(self.secret, message)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def jws(self, payload: bytes, header: dict[str, Any] | None = None) -> str:
        """<protected>..<signature>; members of `header` come first, and replace or join the usual ones."""
        usual = {"alg": self.alg, "b64": False, "crit": ["b64"], "kid": self.kid, "typ": "egb1"}
        if self.alg == "SM2SM3":
            usual["zid"] = "1234567812345678"
        members = (header or {}) | {name: value for name, value in usual.items() if name not in (header or {})}
        protected = b64url(json.dumps(members, separators=(",", ":")).encode())
        if members["alg"] == "none":
            return protected + ".."
        return protected + ".." + b64url(self.raw(protected.encode() + b"." + payload, str(members.get("zid", ""))))


class Sm2Signer(Signer):
    """SM2 (GB/T 32918.2), its nonces made of key and message so that the bytes are always the same. Nothing of the verifier is used."""

    alg = "SM2SM3"
    p = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
    b = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    n = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    g = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
         0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)

    def __init__(self, secret: int) -> None:
        self.secret = secret
        point = self.times(secret)
        self.point = b"".join(i.to_bytes(32, "big") for i in point)
        self.spki = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200" "04") + self.point
        self.kid = b64url(hashlib.sha256(self.spki).digest())

    def times(self, k: int) -> tuple[int, int]:
        """k times the generator, in projective coordinates so that one inverse is enough."""
        def double(a: tuple[int, int, int]) -> tuple[int, int, int]:
            x, y, z = a
            if not z:
                return a
            m = 3 * (x - z * z) * (x + z * z) % self.p
            s = 4 * x * y * y % self.p
            x3 = (m * m - 2 * s) % self.p
            return x3, (m * (s - x3) - 8 * pow(y, 4, self.p)) % self.p, 2 * y * z % self.p

        def plus(a: tuple[int, int, int], b: tuple[int, int]) -> tuple[int, int, int]:
            x, y, z = a
            if not z:
                return b[0], b[1], 1
            h, r = (b[0] * z * z - x) % self.p, (b[1] * z * z * z - y) % self.p
            if not h:
                return double(a) if not r else (1, 1, 0)
            x3 = (r * r - h * h * h - 2 * x * h * h) % self.p
            return x3, (r * (x * h * h - x3) - y * h * h * h) % self.p, z * h % self.p

        result = (1, 1, 0)
        for bit in bin(k)[2:]:
            result = double(result)
            if bit == "1":
                result = plus(result, self.g)
        inverse = pow(result[2], -1, self.p)
        return result[0] * inverse * inverse % self.p, result[1] * pow(inverse, 3, self.p) % self.p

    def raw(self, message: bytes, zid: str) -> bytes:
        user = zid.encode()
        curve = b"".join(i.to_bytes(32, "big") for i in (self.p - 3, self.b, *self.g))
        z = hashlib.new("sm3", (8 * len(user)).to_bytes(2, "big") + user + curve + self.point).digest()
        e = int.from_bytes(hashlib.new("sm3", z + message).digest(), "big")
        for count in range(100):
            seed = self.secret.to_bytes(32, "big") + e.to_bytes(32, "big") + bytes([count])
            k = int.from_bytes(hashlib.sha256(seed).digest(), "big") % (self.n - 1) + 1
            r = (e + self.times(k)[0]) % self.n
            s = pow(1 + self.secret, -1, self.n) * (k - r * self.secret) % self.n
            if r and s and (r + k) % self.n:
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        raise AssertionError("the nonces do not end")

    def pem(self) -> str:
        text = base64.b64encode(self.spki).decode()
        return "-----BEGIN PUBLIC KEY-----\n" + "\n".join(text[i:i + 64] for i in range(0, len(text), 64)) + "\n-----END PUBLIC KEY-----\n"


def named_key(label: str, order: int = N) -> int:
    return int.from_bytes(hashlib.sha256(("EGB1 vectors: " + label).encode()).digest(), "big") % order


PEM = serialization.load_pem_private_key((VECTORS / "test-signing-key.pem").read_bytes(), None)
assert isinstance(PEM, ec.EllipticCurvePrivateKey)
GATEWAY = Signer(PEM.private_numbers().private_value)
STRANGER = Signer(int.from_bytes(hashlib.sha256(b"EGB1 vectors: a key nobody trusts").digest(), "big") % N)

NEXT = Signer(named_key("the key after it"))
THIRD = Signer(named_key("the key after that"))
GATEWAY_SM2 = Sm2Signer(named_key("the SM2 key", Sm2Signer.n))


def certificate() -> bytes:
    """The self-signed certificate of the test key, signed like the lines so that its bytes are always the same."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EGB1 test vectors - worthless key")])
    draft = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(GATEWAY.private.public_key()).serial_number(1)
             .not_valid_before(datetime.datetime(2026, 1, 1)).not_valid_after(datetime.datetime(2056, 1, 1))
             .sign(GATEWAY.private, hashes.SHA256()))
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")  # ecdsa-with-SHA256
    integers = b"".join(der(0x02, i.to_bytes(i.bit_length() // 8 + 1, "big")) for i in sign(GATEWAY.secret, draft.tbs_certificate_bytes))
    whole = der(0x30, draft.tbs_certificate_bytes + algorithm + der(0x03, b"\0" + der(0x30, integers)))
    return x509.load_der_x509_certificate(whole).public_bytes(serialization.Encoding.PEM)


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + size + content


# ---- a gateway that seals -------------------------------------------------------------------------------------------

Payload = dict[str, Any]
Edit = Callable[[Payload], None]


def serialise(payload: Payload) -> bytes:
    """Strings "#12.30" become the number 12.30 with just these digits."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r'"#([-+0-9.eE]+)"', r"\1", text).encode("utf-8")


def chain_hash(payload: bytes) -> str:
    return b64url(hashlib.sha256(b"EGB1\0" + payload).digest())


def seal(payload: bytes, signer: Signer = GATEWAY, header: dict[str, Any] | None = None) -> bytes:
    return b"EGB1|" + signer.jws(payload, header).encode() + b"|" + payload


def seal_by(payload: bytes, *signers: Signer) -> bytes:
    return b"EGB1|" + "~".join(signer.jws(payload) for signer in signers).encode() + b"|" + payload


class Gateway:
    """Makes the lines of one gateway. `edits` changes the readings payload of a sequence number before it is sealed and chained."""

    def __init__(self, edits: dict[int, Edit] | None = None, ep: int = 1, boot: str = BOOT_A) -> None:
        self.edits = edits or {}
        self.ep, self.boot = ep, boot
        self.newest: dict[str, tuple[int, str]] = {}
        self.payloads: dict[tuple[str, int], bytes] = {}
        self.lines: list[bytes] = []
        self.now, self.mo = MIDNIGHT, 0
        self.signers: list[Signer] = [GATEWAY]

    def seal(self, payload: bytes) -> bytes:
        return seal_by(payload, *self.signers)

    def start(self, boot: str) -> None:
        self.boot, self.mo = boot, 0
        self.now += 60_000

    def _members(self, kind: str, st: str, sq: int, ph: str, body: Payload) -> Payload:
        self.mo += 2_000
        self.now += 2_000
        return {"v": 1, "k": kind, "site": "demo-plant", "gw": "gw-1", "ep": self.ep, "bt": self.boot, "st": st, "sq": sq, "ph": ph,
                "t0": self.now - 2_000, "t1": self.now, "mo": self.mo, "tq": ["S", 3, 17], "cf": b64url(hashlib.sha256(b"config").digest()),
                "rv": "", "sw": "1.0.0"} | body

    def sequenced(self, kind: str, body: Payload, st: str = "readings") -> int:
        sq, ph = self.newest.get(st, (0, ZERO))
        payload = self._members(kind, st, sq + 1, ph, body)
        if st == "readings" and sq + 1 in self.edits:
            self.edits[sq + 1](payload)
        data = serialise(payload)
        self.newest[st] = (sq + 1, chain_hash(data))
        self.payloads[st, sq + 1] = data
        self.lines.append(self.seal(data))
        return sq + 1

    def plan(self, *groups: tuple[str, int, int, int]) -> None:
        declared = [{"id": name, "pm": pm, "n": n, "k0": k0} for name, pm, n, k0 in groups]
        self.sequenced("event", {"ev": "plan", "groups": declared, "of": 1, "part": 1})

    def stop(self, *last: tuple[str, int]) -> None:
        self.sequenced("event", {"ev": "stop", "last": [list(pair) for pair in last], "of": 1, "part": 1})

    def boot_gap(self, cause: str, prev: str) -> None:
        self.sequenced("gap", {"cause": cause, "prev": prev, "from": self.now - 60_000, "to": self.now})

    def lost(self, lo: int, hi: int, cause: str = "evicted", hh: str | None = None) -> None:
        named = hh or chain_hash(self.payloads["readings", hi])
        self.sequenced("gap", {"cause": cause, "lo": lo, "hi": hi, "hh": named, "n": hi - lo + 1})

    def fast(self, *slots: int) -> None:
        """One data payload: group `cems1/fast` of two signals, a full row for each slot. Two readings per slot."""
        self.sequenced("data", {"g": [FAST()], "r": [[0, 0, slot, 12 + 1_000 * i, ["#12.30", "#8.1"]] for i, slot in enumerate(slots)]})

    def event(self, name: str, body: Payload | None = None) -> None:
        self.sequenced("event", {"ev": name} | (body or {}), "events")

    def head(self, st: str = "readings", sq: int | None = None, ph: str | None = None) -> None:
        newest = self.newest.get(st, (0, ZERO))
        data = serialise(self._members("head", st, newest[0] if sq is None else sq, ph or newest[1], {}))
        self.lines.append(self.seal(data))

    def birth(self, **other: Any) -> None:
        streams = [{"st": st, "sq": sq, "ph": ph} for st, (sq, ph) in sorted(self.newest.items())]
        body = {"se": 1, "mode": "puback", "kp": "file", "streams": streams} | other
        self.lines.append(self.seal(serialise(self._members("birth", "", 0, ZERO, body))))

    def will(self) -> None:
        self.lines.append(self.seal(serialise(self._members("will", "", 0, ZERO, {"se": 1}))))

    def change(self, old: Signer, new: Signer, signers: list[Signer] | None = None, edit: Edit | None = None, st: str = "events") -> None:
        """The event that `new` replaces `old`, by these two unless others are given; from here on `new` signs in its place."""
        body: Payload = {"ev": "key", "was": old.kid, "key": b64url(new.spki), "at": [{"st": "readings", "sq": self.newest["readings"][0]}]}
        if edit:
            edit(body)
        before, self.signers = self.signers, signers if signers is not None else [old, new]
        self.sequenced("event", body, st)
        self.signers = [new if signer.alg == new.alg else signer for signer in before]

    def reseal(self, sq: int, edit: Edit) -> bytes:
        """The payload of a sequence number, changed and signed again, as somebody with the key could do later."""
        payload = json.loads(self.payloads["readings", sq], parse_float=lambda text: "#" + text)
        edit(payload)
        return seal(serialise(payload))


def FAST() -> Payload:
    return {"id": "cems1/fast", "pm": 1000, "n": 2, "o": 0, "s": [["cems1.so2", "mg/m3", "a21026"], ["cems1.o2", "%", "a19001"]]}


def SLOW() -> Payload:
    return {"id": "cems1/slow", "pm": 5000, "n": 3, "o": 0, "s": [["cems1.t", "°C", "a01012"], ["cems1.mode", "", ""], ["cems1.p", "kPa", "a01013"]]}


def short(edits: dict[int, Edit] | None = None, stop: bool = True) -> Gateway:
    """The chain most vectors break: plan (1), data of slots 0 to 7 (2 to 5), stop (6), head. 7 payloads, 16 readings."""
    gateway = Gateway(edits)
    gateway.plan(("cems1/fast", 1000, 2, 0))
    for slot in (0, 2, 4, 6):
        gateway.fast(slot, slot + 1)
    if stop:
        gateway.stop(("cems1/fast", 7))
    gateway.head()
    return gateway


# ---- the vectors ----------------------------------------------------------------------------------------------------

VERDICTS: dict[str, dict[str, Any]] = {}
PLANS: dict[str, Callable[[], list[bytes]]] = {}


def vector(payloads: int, readings: int, *faults: str, duplicates: int = 0) -> Callable[[Callable[[], list[bytes]]], None]:
    """Registers a vector: its name is that of the function, its verdict stands in the line above it."""
    def register(make: Callable[[], list[bytes]]) -> None:
        name = make.__name__.replace("_", "-") + ".egb1"
        assert name not in PLANS and list(faults) == sorted(faults)
        PLANS[name] = make
        VERDICTS[name] = {"ok": not faults, "payloads": payloads, "duplicates": duplicates, "readings": readings, "faults": list(faults)}
    return register


def replaced(lines: list[bytes], index: int, line: bytes) -> list[bytes]:
    return lines[:index] + [line] + lines[index + 1:]


def without(lines: list[bytes], *indexes: int) -> list[bytes]:
    return [line for index, line in enumerate(lines) if index not in indexes]


def padded(length: int) -> list[bytes]:
    """The short chain with its third line made exactly so long."""
    bare = len(short({3: lambda p: p.update(pad="")}).lines[2])
    lines = short({3: lambda p: p.update(pad="x" * (length - bare))}).lines
    assert len(lines[2]) == length
    return lines


def rows(payload: Payload) -> list[Any]:
    found = payload["r"]
    assert isinstance(found, list)
    return found


def whole_plant() -> Gateway:
    """Three boots: an orderly stop, a crash, and a running one. 17 readings payloads and 7 of events, 2 heads, birth, will; 64 readings."""
    gateway = Gateway()
    sewage = "废水/总排口"
    groups = (("cems1/fast", 1000, 2, 0), ("cems1/slow", 5000, 3, 0), (sewage, 60_000, 2, 7))
    water = {"id": sewage, "pm": 60_000, "n": 2, "o": 1, "s": [["废水.化学需氧量", "mg/L", "w01018"]]}
    gateway.event("epoch", {"of": None})
    gateway.event("boot", {"prev": "", "how": "first"})
    gateway.plan(*groups)                                                                                       # 1
    gateway.birth()
    for slot in range(0, 10, 2):                                                                                # 2 to 6: 20 readings
        gateway.fast(slot, slot + 1)
    mixed = [[0, 0, 0, 40, ["#21.50", "运行 \"auto\" \\ 1"], 0], [0, 2, 0, 55, [None], 2],                        # 3 readings
             [0, 0, 1, 5_040, ["#-0.0", "停机", "#1e400"], [0, 0, 10]],                                          # 3
             [1, 1, 7, 60, ["#123456789012345678901234567890.10"]]]                                             # 1
    gateway.sequenced("data", {"g": [SLOW(), water], "r": mixed})                                               # 7
    rest = {"id": sewage, "pm": 60_000, "n": 2, "o": 0, "s": [["废水.流量", "L/s", "w00000"]]}
    gateway.sequenced("data", {"g": [rest], "r": [[0, 0, 7, 80, [None], [1]]]})                                 # 8: 1
    gateway.stop(("cems1/fast", 9), ("cems1/slow", 1), (sewage, 7))                                             # 9
    gateway.event("shutdown")
    gateway.head("events")
    gateway.start(BOOT_B)
    gateway.event("boot", {"prev": BOOT_A, "how": "stopped"})
    gateway.boot_gap("stopped", BOOT_A)                                                                         # 10
    gateway.plan(("cems1/fast", 1000, 2, 70), ("cems1/slow", 5000, 3, 14), (sewage, 60_000, 2, 9))              # 11
    gateway.fast(70, 71, 72, 73)                                                                                # 12: 8
    gateway.fast(77, 74)                                                                                        # 13: 4; 75 and 76 went with the crash
    gateway.event("config", {"was": b64url(hashlib.sha256(b"config before").digest())})
    gateway.start(BOOT_C)
    gateway.event("boot", {"prev": BOOT_B, "how": "crashed"})
    gateway.boot_gap("crashed", BOOT_B)                                                                         # 14
    gateway.plan(("cems1/fast", 1000, 2, 140), ("cems1/slow", 5000, 3, 28))                                     # 15
    gateway.fast(140, 141, 142, 143, 144, 145)                                                                  # 16: 12
    everything = [[0, 0, 28, 9, [None, None, None], 11], [0, 0, 29, 9, [None, None, None], [12, 12, 3]],
                  [0, 0, 30, 9, ["#1", "#2", "#3"]], [0, 0, 32, 9, ["#4", "#5", "#6"]]]
    gateway.sequenced("data", {"g": [SLOW()], "r": everything})                                                 # 17: 12
    gateway.event("later-event", {"unknown": [1, {"deep": True}]})
    gateway.head()
    gateway.will()
    return gateway


@vector(28, 64)
def valid_three_boots() -> list[bytes]:
    return whole_plant().lines


@vector(28, 64, duplicates=10)
def shuffled_with_duplicates() -> list[bytes]:
    lines = whole_plant().lines
    lines += lines[3:13]
    random.Random(20260105).shuffle(lines)
    return lines


@vector(7, 16)
def valid_short() -> list[bytes]:
    return short().lines


@vector(7, 16, duplicates=1)
def duplicate_signed_again() -> list[bytes]:
    gateway = short()
    again = seal(gateway.payloads["readings", 3], header={"typ": "egb1"})  # typ first: another header, another signature
    assert again not in gateway.lines
    return [*gateway.lines, again]


@vector(0, 0)
def empty_file() -> list[bytes]:
    return []


@vector(7, 16)
def empty_lines() -> list[bytes]:
    return [b"", *[piece for line in short().lines for piece in (line, b"")], b""]


# Lines that are refused: format, typ, key, signature. The third line is sequence 3: 6 payloads and 12 readings stay.

@vector(6, 12, "missing", "signature")
def payload_bit_flipped() -> list[bytes]:
    lines = short().lines
    return replaced(lines, 2, lines[2].replace(b"12.30", b"12.31", 1))


@vector(6, 12, "missing", "signature")
def signature_flipped() -> list[bytes]:
    lines = short().lines
    start, jws, payload = lines[2].split(b"|", 2)
    at = jws.index(b"..") + 12
    flipped = jws[:at] + (b"A" if jws[at:at + 1] != b"A" else b"B") + jws[at + 1:]
    return replaced(lines, 2, b"|".join((start, flipped, payload)))


@vector(6, 12, "missing", "signature")
def signature_too_short() -> list[bytes]:
    lines = short().lines
    start, jws, payload = lines[2].split(b"|", 2)
    return replaced(lines, 2, b"|".join((start, jws[:jws.index(b"..") + 2 + 84], payload)))


@vector(6, 12, "missing", "signature")
def signature_of_65_bytes() -> list[bytes]:
    lines = short().lines
    start, jws, payload = lines[2].split(b"|", 2)
    protected, _, signature = jws.decode().partition("..")
    raw = base64.urlsafe_b64decode(signature + "==")
    longer = protected + ".." + b64url(raw[:32] + b"\0" + raw[32:])  # s with a leading zero: the same number
    return replaced(lines, 2, b"|".join((start, longer.encode(), payload)))


@vector(6, 12, "missing", "signature")
def carriage_return_at_line_end() -> list[bytes]:
    lines = short().lines
    return replaced(lines, 2, lines[2] + b"\r")


@vector(6, 12, "key", "missing")
def wrong_key() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], STRANGER))


@vector(6, 12, "missing", "signature")
def wrong_key_under_trusted_kid() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], STRANGER, {"kid": GATEWAY.kid}))


@vector(6, 12, "missing", "typ")
def wrong_typ() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], header={"typ": "egc1"}))


@vector(7, 16, "typ")
def receipt_among_data() -> list[bytes]:
    return [*short().lines, seal(b'{"v":1,"k":"receipt"}', STRANGER, {"typ": "egr1"})]


@vector(6, 12, "key", "missing")
def alg_none() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], header={"alg": "none"}))


@vector(6, 12, "format", "missing")
def extra_member_in_header() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], header={"jku": "https://example.invalid/keys"}))


@vector(6, 12, "format", "missing")
def b64_true_in_header() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], header={"b64": True}))


@vector(6, 12, "format", "missing")
def signature_with_padding() -> list[bytes]:
    lines = short().lines
    start, jws, payload = lines[2].split(b"|", 2)
    return replaced(lines, 2, b"|".join((start, jws + b"==", payload)))


@vector(6, 12, "format", "missing")
def signature_with_stray_bits() -> list[bytes]:
    lines = short().lines
    start, jws, payload = lines[2].split(b"|", 2)
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(jws[-1])  # 64 bytes leave four unused bits in the last character
    return replaced(lines, 2, b"|".join((start, jws[:-1] + alphabet[last | 1:(last | 1) + 1], payload)))


@vector(6, 12, "format", "missing")
def line_too_long() -> list[bytes]:
    return padded(65_537)


@vector(7, 16)
def line_as_long_as_allowed() -> list[bytes]:
    return padded(65_536)


@vector(6, 12, "format", "missing")
def payload_is_no_json() -> list[bytes]:
    return replaced(short().lines, 2, seal(b'{"v":1,"k":"data"'))


@vector(7, 16, "format", "format")
def not_a_line_at_all() -> list[bytes]:
    return [b"hello", *short().lines, b"EGB1|e30..AA"]


@vector(6, 12, "format", "missing")
def member_missing() -> list[bytes]:
    return short({3: lambda p: p.pop("cf")}).lines


@vector(6, 12, "format", "missing")
def member_of_wrong_type() -> list[bytes]:
    return short({3: lambda p: p.update(mo="#4000.0")}).lines


@vector(6, 12, "format", "missing")
def member_twice() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3][:-1] + b',"sw":"1.0.1"}'))


@vector(6, 12, "format", "missing")
def body_malformed() -> list[bytes]:
    return short({3: lambda p: rows(p)[0].pop()}).lines


@vector(7, 16, "key")
def no_json_by_a_stranger() -> list[bytes]:
    return [*short().lines, seal(b"{", STRANGER)]


@vector(7, 16)
def second_signature_unknown() -> list[bytes]:
    gateway = short()
    payload = gateway.payloads["readings", 3]
    jws = GATEWAY.jws(payload) + "~" + STRANGER.jws(payload)
    return replaced(gateway.lines, 2, b"EGB1|" + jws.encode() + b"|" + payload)


@vector(6, 12, "missing", "signature")
def second_signature_trusted_but_false() -> list[bytes]:
    gateway = short()
    payload = gateway.payloads["readings", 3]
    jws = GATEWAY.jws(payload) + "~" + GATEWAY.jws(payload + b" ")
    return replaced(gateway.lines, 2, b"EGB1|" + jws.encode() + b"|" + payload)


@vector(6, 12, "format", "missing")
def three_signatures() -> list[bytes]:
    gateway = short()
    payload = gateway.payloads["readings", 3]
    jws = "~".join([GATEWAY.jws(payload), STRANGER.jws(payload), STRANGER.jws(payload)])
    return replaced(gateway.lines, 2, b"EGB1|" + jws.encode() + b"|" + payload)


# Keys (section 8). Trusted are GATEWAY and GATEWAY_SM2, and nothing else.

def changing(*then: Callable[[Gateway], None], signers: list[Signer] | None = None) -> Gateway:
    """Events epoch (1) and boot (2); plan (1), data of slots 0 and 1 (2); then what is given, which the vectors count."""
    gateway = Gateway()
    gateway.signers = signers or [GATEWAY]
    gateway.event("epoch", {"of": None})
    gateway.event("boot", {"prev": "", "how": "first"})
    gateway.plan(("cems1/fast", 1000, 2, 0))
    gateway.fast(0, 1)
    for step in then:
        step(gateway)
    return gateway


def signed_by(*signers: Signer) -> Callable[[Gateway], None]:
    return lambda gateway: setattr(gateway, "signers", list(signers))


def rest(gateway: Gateway) -> None:
    """Data of slots 2 and 3 (3), stop (4), head."""
    gateway.fast(2, 3)
    gateway.stop(("cems1/fast", 3))
    gateway.head()


@vector(8, 8)
def key_changed() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT), rest).lines


@vector(8, 8)
def key_change_comes_last() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT), rest).lines[::-1]


@vector(9, 8)
def key_changed_twice() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT), lambda g: g.change(NEXT, THIRD), rest).lines


@vector(8, 8)
def key_change_signed_the_other_way_round() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT, [NEXT, GATEWAY]), rest).lines


@vector(4, 4, "key", "key", "key", "key")
def key_change_without_the_old_one() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT, [NEXT]), rest).lines


@vector(5, 4, "key", "key", "key")
def key_change_without_the_new_one() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT, [GATEWAY]), rest).lines


@vector(5, 4, "key", "key", "key")
def key_change_signed_by_another_new_one() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT, [GATEWAY, THIRD]), rest).lines


@vector(4, 4, "key", "key", "key", "key")
def key_change_by_a_stranger() -> list[bytes]:
    return changing(lambda g: g.change(STRANGER, NEXT), signed_by(NEXT), rest).lines


@vector(5, 4, "key", "key", "key")
def key_change_in_another_stream() -> list[bytes]:
    gateway = changing(lambda g: g.change(GATEWAY, NEXT, st="readings"))
    gateway.fast(2, 3)
    gateway.stop(("cems1/fast", 3))
    gateway.head()
    return gateway.lines


@vector(4, 4, "format", "key", "key", "key")
def key_change_malformed() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT, edit=lambda p: p.pop("at")), rest).lines


@vector(5, 4, "key", "key", "key")
def key_change_to_a_key_of_another_kind() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT, edit=lambda p: p.update(key=b64url(b"0Y0 a key of later"))), rest).lines


@vector(7, 4, "key", "missing")
def old_key_signs_after_its_change() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT), signed_by(GATEWAY), lambda g: g.fast(2, 3), signed_by(NEXT),
                    lambda g: g.stop(("cems1/fast", 3)), lambda g: g.head()).lines


@vector(7, 4, "key", "missing")
def new_key_signs_before_its_change() -> list[bytes]:
    gateway = changing(lambda g: g.change(GATEWAY, NEXT), rest)
    return replaced(gateway.lines, 3, seal_by(gateway.payloads["readings", 2], NEXT))


@vector(8, 8)
def old_key_catches_up_after_its_change() -> list[bytes]:
    """What was sealed before the change and signed later: the place counts, not the order."""
    lines = changing(lambda g: g.change(GATEWAY, NEXT), rest).lines
    return lines[:2] + lines[4:] + lines[2:4]


@vector(8, 8, "key", "key")
def second_change_of_the_same_key() -> list[bytes]:
    gateway = changing(lambda g: g.change(GATEWAY, NEXT), rest)
    gateway.change(GATEWAY, THIRD)
    gateway.signers = [THIRD]
    gateway.event("later-event")
    return gateway.lines


@vector(9, 8, "key")
def key_changed_and_then_another_epoch() -> list[bytes]:
    gateway = changing(lambda g: g.change(GATEWAY, NEXT), rest)
    again = Gateway(ep=2, boot=BOOT_B)
    again.signers = [NEXT]
    again.event("epoch", {"of": {"ep": 1}})
    again.signers = [GATEWAY]
    again.event("boot", {"prev": "", "how": "first"})
    return gateway.lines + again.lines


@vector(7, 16, "signature")
def signature_still_to_come() -> list[bytes]:
    """What a gateway keeps while its key is away; it never sends it."""
    lines = short().lines
    start, jws, payload = lines[2].split(b"|", 2)
    return [*lines, b"|".join((start, jws[:jws.index(b"..") + 2], payload))]


@vector(4, 8, "key", "key", "key", "truncated")
def revoked_up_to_a_number() -> list[bytes]:
    return short().lines


@vector(7, 16)
def revoked_for_another_gateway() -> list[bytes]:
    return short().lines


@vector(7, 16)
def revoked_from_a_later_epoch_on() -> list[bytes]:
    return short().lines


@vector(1, 0, "key", "key", "key", "key", "key", "key", "truncated")
def revoked_altogether() -> list[bytes]:
    return short().lines


def by(*signers: Signer) -> list[bytes]:
    """The short chain by these keys."""
    gateway = short()
    return [seal_by(line.split(b"|", 2)[2], *signers) for line in gateway.lines]


@vector(7, 16)
def sm2() -> list[bytes]:
    return by(GATEWAY_SM2)


@vector(7, 16)
def sm2_beside_es256() -> list[bytes]:
    return by(GATEWAY, GATEWAY_SM2)


@vector(8, 8)
def key_changed_beside_sm2() -> list[bytes]:
    return changing(lambda g: g.change(GATEWAY, NEXT), rest, signers=[GATEWAY, GATEWAY_SM2]).lines


@vector(8, 8)
def sm2_key_changed() -> list[bytes]:
    other = Sm2Signer(named_key("the SM2 key after it", Sm2Signer.n))
    return changing(lambda g: g.change(GATEWAY_SM2, other), rest, signers=[GATEWAY_SM2]).lines


def third_by_sm2(header: dict[str, Any] | None = None, signer: Signer = GATEWAY_SM2) -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, seal(gateway.payloads["readings", 3], signer, header))


@vector(7, 16)
def sm2_with_a_user_id_of_its_own() -> list[bytes]:
    return third_by_sm2({"zid": "gw-1@demo-plant"})


@vector(6, 12, "missing", "signature")
def sm2_user_id_altered() -> list[bytes]:
    lines = third_by_sm2()
    start, jws, payload = lines[2].split(b"|", 2)
    protected, _, signature = jws.decode().partition("..")
    header = base64.urlsafe_b64decode(protected + "==").replace(b"1234567812345678", b"8765432187654321")
    return replaced(lines, 2, b"|".join((start, (b64url(header) + ".." + signature).encode(), payload)))


@vector(6, 12, "format", "missing")
def sm2_user_id_too_long() -> list[bytes]:
    return third_by_sm2({"zid": "x" * 65})


@vector(6, 12, "format", "missing")
def sm2_without_user_id() -> list[bytes]:
    lines = third_by_sm2()
    start, jws, payload = lines[2].split(b"|", 2)
    protected, _, signature = jws.decode().partition("..")
    header = base64.urlsafe_b64decode(protected + "==").replace(b',"zid":"1234567812345678"', b"")
    return replaced(lines, 2, b"|".join((start, (b64url(header) + ".." + signature).encode(), payload)))


@vector(6, 12, "format", "missing")
def es256_with_user_id() -> list[bytes]:
    return third_by_sm2({"zid": "1234567812345678"}, GATEWAY)


@vector(6, 12, "key", "missing")
def sm2_by_a_key_of_es256() -> list[bytes]:
    return third_by_sm2({"alg": "SM2SM3", "zid": "1234567812345678"}, GATEWAY)


@vector(6, 12, "missing", "signature")
def sm2_signature_flipped() -> list[bytes]:
    lines = third_by_sm2()
    start, jws, payload = lines[2].split(b"|", 2)
    at = jws.index(b"..") + 12
    flipped = jws[:at] + (b"A" if jws[at:at + 1] != b"A" else b"B") + jws[at + 1:]
    return replaced(lines, 2, b"|".join((start, flipped, payload)))


REVOKED: dict[str, list[dict[str, Any]]] = {
    "revoked-up-to-a-number": [{"kid": GATEWAY.kid, "ep": 1, "upto": {"readings": 3}}],
    "revoked-for-another-gateway": [{"kid": GATEWAY.kid, "gw": "gw-2", "ep": 1, "upto": {}}],
    "revoked-from-a-later-epoch-on": [{"kid": GATEWAY.kid, "gw": "gw-1", "ep": 2, "upto": {}}],
    "revoked-altogether": [{"kid": GATEWAY.kid, "ep": 1, "upto": {}}],
}


# Sequence, chain, fork, gaps, heads.

@vector(6, 12, "missing")
def sequence_missing() -> list[bytes]:
    return without(short().lines, 2)


@vector(5, 8, "missing")
def run_of_two_missing() -> list[bytes]:
    return without(short().lines, 2, 3)


@vector(5, 8, "missing", "missing")
def two_runs_missing() -> list[bytes]:
    return without(short().lines, 2, 4)


@vector(6, 16, "missing")
def first_missing() -> list[bytes]:
    return without(short().lines, 0)


@vector(7, 16, "chain", "chain")
def contents_swapped() -> list[bytes]:
    gateway = short()
    third, fourth = (json.loads(gateway.payloads["readings", sq], parse_float=lambda text: "#" + text) for sq in (3, 4))
    third["r"], fourth["r"] = fourth["r"], third["r"]
    return replaced(replaced(gateway.lines, 2, seal(serialise(third))), 3, seal(serialise(fourth)))


@vector(7, 16, "chain")
def altered_and_signed_again() -> list[bytes]:
    gateway = short()
    return replaced(gateway.lines, 2, gateway.reseal(3, lambda p: rows(p)[0][4].__setitem__(0, "#11.90")))


@vector(7, 16, "chain")
def first_with_previous_hash() -> list[bytes]:
    return short({1: lambda p: p.update(ph=b64url(hashlib.sha256(b"before").digest()))}).lines


@vector(7, 16, "fork")
def fork_after_the_honest_line() -> list[bytes]:
    gateway = short()
    return [*gateway.lines, gateway.reseal(4, lambda p: rows(p).pop())]


@vector(7, 14, "chain", "fork", "uncovered", duplicates=1)
def fork_before_the_honest_line() -> list[bytes]:
    gateway = short()
    return [gateway.reseal(4, lambda p: rows(p).pop()), *gateway.lines, gateway.lines[3]]


@vector(6, 16, "truncated")
def tail_cut_off() -> list[bytes]:
    return without(short().lines, 5)


@vector(1, 0, "truncated")
def only_a_head() -> list[bytes]:
    return short().lines[-1:]


@vector(7, 16, "truncated")
def head_with_other_hash() -> list[bytes]:
    gateway = short()
    gateway.lines.pop()
    gateway.head(ph=b64url(hashlib.sha256(b"other").digest()))
    return gateway.lines


@vector(8, 16, "truncated")
def birth_proves_more() -> list[bytes]:
    gateway = short()
    gateway.birth(streams=[{"st": "readings", "sq": 8, "ph": b64url(hashlib.sha256(b"eighth").digest())}])
    return gateway.lines


def with_loss(cause: str = "evicted", hh: str | None = None, lo: int = 2, edits: dict[int, Edit] | None = None) -> Gateway:
    """Plan (1), data (2 to 4), a gap (5) that names lo to 3, data (6). Slots 0 to 7, 16 readings."""
    gateway = Gateway(edits)
    gateway.plan(("cems1/fast", 1000, 2, 0))
    for slot in (0, 2, 4):
        gateway.fast(slot, slot + 1)
    gateway.lost(lo, 3, cause, hh)
    gateway.fast(6, 7)
    gateway.head()
    return gateway


@vector(5, 8)
def evicted() -> list[bytes]:
    return without(with_loss().lines, 1, 2)


@vector(4, 8)
def evicted_with_the_plan() -> list[bytes]:
    return without(with_loss(lo=1).lines, 0, 1, 2)


@vector(6, 12)
def evicted_but_one_arrived() -> list[bytes]:
    return without(with_loss().lines, 2)


@vector(5, 8)
def damaged() -> list[bytes]:
    return without(with_loss("damaged").lines, 1, 2)


@vector(5, 8, "chain")
def evicted_with_wrong_hash() -> list[bytes]:
    return without(with_loss(hh=b64url(hashlib.sha256(b"wrong").digest())).lines, 1, 2)


@vector(5, 8, "missing")
def evicted_names_too_few() -> list[bytes]:
    return without(with_loss(lo=3).lines, 1, 2)


@vector(6, 12, "format", "missing")
def evicted_names_itself() -> list[bytes]:
    return short({3: lambda p: p.update(k="gap", cause="evicted", lo=2, hi=3, hh=ZERO, n=2)}).lines


@vector(6, 12)
def kinds_and_members_of_later() -> list[bytes]:
    gateway = Gateway({3: lambda p: p.update(later={"any": None})})
    gateway.plan(("cems1/fast", 1000, 2, 0))
    gateway.sequenced("seal", {"anything": 1})
    gateway.fast(0, 1, 2)
    gateway.sequenced("gap", {"cause": "a-later-cause"})
    gateway.sequenced("alert", {"what": "high"}, "alerts")
    gateway.fast(3, 4, 5)
    return gateway.lines


@vector(14, 32)
def two_epochs() -> list[bytes]:
    again = Gateway(ep=2, boot=BOOT_B)
    again.plan(("cems1/fast", 1000, 2, 0))
    for slot in (0, 2, 4, 6):
        again.fast(slot, slot + 1)
    again.stop(("cems1/fast", 7))
    again.head()
    return again.lines + short().lines


@vector(7, 16, "fork", "fork", duplicates=1)
def fork_of_three() -> list[bytes]:
    gateway = short()
    second = gateway.reseal(4, lambda p: rows(p).pop())
    return [*gateway.lines, second, gateway.reseal(4, lambda p: rows(p).clear()), second]


@vector(7, 12, "chain")
def two_gaps_disagree() -> list[bytes]:
    gateway = with_loss()
    gateway.lines.pop()
    gateway.lost(3, 3, hh=b64url(hashlib.sha256(b"wrong").digest()))
    gateway.head()
    return without(gateway.lines, 2)


# Boots, plans, coverage, time.

def after_boot(gap: tuple[str, str] | None, edits: dict[int, Edit] | None = None, stop: bool = True) -> Gateway:
    """The short chain, then boot B: a gap unless None, a plan, slots 70 to 77 in two payloads. 32 readings."""
    gateway = short(edits, stop)
    gateway.lines.pop()
    gateway.start(BOOT_B)
    if gap:
        gateway.boot_gap(*gap)
    gateway.plan(("cems1/fast", 1000, 2, 70))
    gateway.fast(70, 71, 72, 73)
    gateway.fast(74, 75, 76, 77)
    return gateway


@vector(10, 32)
def boot_after_a_stop() -> list[bytes]:
    return after_boot(("stopped", BOOT_A)).lines


@vector(9, 32, "boot")
def boot_without_a_gap() -> list[bytes]:
    return after_boot(None).lines


@vector(10, 32, "boot")
def boot_gap_names_another_boot() -> list[bytes]:
    return after_boot(("crashed", BOOT_C)).lines


@vector(9, 28)
def crash_loses_two_of_the_last_three() -> list[bytes]:
    return after_boot(("crashed", BOOT_A), {4: lambda p: rows(p).pop(), 5: lambda p: rows(p).pop(0)}, stop=False).lines


@vector(9, 30, "uncovered")
def crash_loses_more_than_the_last_three() -> list[bytes]:
    return after_boot(("crashed", BOOT_A), {4: lambda p: rows(p).pop(0)}, stop=False).lines


@vector(8, 30, "boot", "uncovered")
def last_slots_are_due_when_no_gap_names_the_boot() -> list[bytes]:
    return after_boot(None, {5: lambda p: rows(p).pop(0)}, stop=False).lines


@vector(6, 14)
def running_boot_may_lack_the_last_three() -> list[bytes]:
    return short({5: lambda p: rows(p).pop(0)}, stop=False).lines


@vector(7, 18, "plan")
def group_not_declared() -> list[bytes]:
    def edit(p: Payload) -> None:
        p["g"].append(SLOW())
        rows(p).append([1, 1, 0, 30, ["auto", None], [0, 3]])
    return short({5: edit}).lines


@vector(7, 16, "plan")
def data_before_its_plan() -> list[bytes]:
    gateway = Gateway()
    gateway.fast(0, 1)
    gateway.plan(("cems1/fast", 1000, 2, 0))
    gateway.fast(2, 3)
    gateway.fast(4, 5)
    gateway.fast(6, 7)
    gateway.stop(("cems1/fast", 7))
    gateway.head()
    return gateway.lines


@vector(7, 16, "plan", "uncovered")
def period_differs_from_plan() -> list[bytes]:
    return short({5: lambda p: p["g"][0].update(pm=2000)}).lines


@vector(7, 16, "plan", "uncovered")
def row_outside_the_group() -> list[bytes]:
    return short({5: lambda p: rows(p)[1].__setitem__(1, 1)}).lines


@vector(7, 16, "plan", "uncovered")
def row_outside_the_named_signals() -> list[bytes]:
    return short({5: lambda p: p["g"][0]["s"].pop()}).lines


@vector(7, 17, "plan", "uncovered")
def more_signals_named_than_the_group_has() -> list[bytes]:
    def edit(p: Payload) -> None:
        p["g"][0]["s"].append(["cems1.nox", "mg/m3", "a21002"])
        rows(p)[1][4].append("#1.0")
    return short({5: edit}).lines


@vector(7, 16, "plan", "uncovered")
def row_begins_before_the_named_signals() -> list[bytes]:
    return short({5: lambda p: p["g"][0].update(o=1, s=p["g"][0]["s"][1:])}).lines


@vector(7, 18, "plan")
def rows_of_a_wrong_period_count_for_nothing() -> list[bytes]:
    def edit(p: Payload) -> None:
        p["g"].append(FAST() | {"pm": 2000})
        rows(p).append([1, 0, 20, 30, ["#1.0", "#2.0"]])
    return short({5: edit}).lines


@vector(6, 8, "uncovered")
def second_plan_does_not_move_the_first_slot() -> list[bytes]:
    gateway = Gateway()
    gateway.plan(("cems1/fast", 1000, 2, 0))
    gateway.plan(("cems1/fast", 1000, 2, 2))
    gateway.fast(2, 3)
    gateway.fast(4, 5)
    gateway.stop(("cems1/fast", 5))
    gateway.head()
    return gateway.lines


@vector(5, 12, "after-stop")
def second_stop_does_not_move_the_last_slot() -> list[bytes]:
    gateway = Gateway()
    gateway.plan(("cems1/fast", 1000, 2, 0))
    gateway.fast(0, 1, 2, 3, 4, 5)
    gateway.stop(("cems1/fast", 4))
    gateway.stop(("cems1/fast", 5))
    gateway.head()
    return gateway.lines[::-1]


@vector(7, 16, "plan", "uncovered")
def row_of_no_group() -> list[bytes]:
    return short({5: lambda p: rows(p)[1].__setitem__(0, 1)}).lines


@vector(7, 16, "plan", "uncovered")
def row_of_unequal_lengths() -> list[bytes]:
    return short({5: lambda p: rows(p)[1].append([0])}).lines


@vector(7, 14, "uncovered")
def slot_uncovered() -> list[bytes]:
    return short({4: lambda p: rows(p).pop()}).lines


@vector(7, 15, "uncovered")
def signal_uncovered() -> list[bytes]:
    return short({4: lambda p: rows(p)[1][4].pop()}).lines


@vector(7, 12, "uncovered")
def two_slots_uncovered_are_one_fault() -> list[bytes]:
    return short({3: lambda p: rows(p).pop(), 5: lambda p: rows(p).pop()}).lines


@vector(5, 8, "missing")
def uncovered_not_judged_beside_a_hole() -> list[bytes]:
    lines = short({4: lambda p: rows(p).clear()}).lines
    return without(lines, 2, 6)


@vector(6, 14, "truncated")
def uncovered_not_judged_before_a_cut_off_tail() -> list[bytes]:
    return without(short({3: lambda p: rows(p).pop()}).lines, 5)


@vector(5, 6)
def uncovered_not_judged_beside_an_evicted_run() -> list[bytes]:
    return without(with_loss(edits={4: lambda p: rows(p).pop()}).lines, 1, 2)


@vector(9, 28, "missing", "uncovered")
def boot_after_the_hole_is_judged() -> list[bytes]:
    lines = after_boot(("stopped", BOOT_A), {3: lambda p: rows(p).pop(), 9: lambda p: rows(p).pop(2)}).lines
    return without(lines, 5)


@vector(7, 18, "twice")
def slot_covered_twice() -> list[bytes]:
    return short({5: lambda p: rows(p).append([0, 0, 3, 1_900, ["#12.31", "#8.0"]])}).lines


@vector(7, 16, "twice", "uncovered")
def signal_covered_twice_and_its_neighbour_never() -> list[bytes]:
    def edit(p: Payload) -> None:
        rows(p)[1][4].pop()
        rows(p).append(rows(p)[1])
    return short({5: edit}).lines


@vector(7, 18, "after-stop")
def row_after_the_last_slot() -> list[bytes]:
    return short({5: lambda p: rows(p).append([0, 0, 8, 1_900, ["#12.31", "#8.0"]])}).lines


@vector(2, 0)
def stopped_before_the_first_slot() -> list[bytes]:
    gateway = Gateway()
    gateway.plan(("cems1/fast", 1000, 2, 500))
    gateway.stop(("cems1/fast", -1))
    return gateway.lines


@vector(7, 16, "time")
def monotonic_clock_falls() -> list[bytes]:
    return short({4: lambda p: p.update(mo=5_999)}).lines


@vector(6, 12, "missing", "time")
def monotonic_clock_falls_across_a_hole() -> list[bytes]:
    return without(short({5: lambda p: p.update(mo=5_999)}).lines, 3)


@vector(8, 16, "time")
def head_ends_before_it_begins() -> list[bytes]:
    gateway = short()
    data = gateway.lines[-1].split(b"|", 2)[2]
    payload = json.loads(data)
    payload["t1"] = payload["t0"] - 1
    return [*gateway.lines, seal(serialise(payload))]


@vector(7, 16, "time")
def ends_before_it_begins() -> list[bytes]:
    return short({4: lambda p: p.update(t1=p["t0"] - 1)}).lines


def commands() -> dict[str, dict[str, Any]]:
    """Lines on the command topic, and what gateway site-1/gw-1 of epoch 3 does with each whose newest command is number 6 (docs/wire.md, 7)."""
    wanted: dict[str, Any] = {"v": 1, "site": "site-1", "gw": "gw-1", "ep": 3, "no": 7, "do": "resend", "st": "readings", "lo": 17, "hi": 42}

    def line(signer: Signer = GATEWAY, typ: str = "egc1", lacking: str = "", **changed: Any) -> bytes:
        payload = {name: value for name, value in (wanted | changed).items() if name != lacking}
        return seal(json.dumps(payload, separators=(",", ":")).encode(), signer, {"typ": typ})

    done: dict[str, Any] = {"ok": True}
    nothing: dict[str, Any] = {"ok": None}

    def refused(why: str) -> dict[str, Any]:
        return {"ok": False, "why": why}

    twice = seal(b'{"no":8,' + json.dumps(wanted, separators=(",", ":")).encode()[1:], GATEWAY, {"typ": "egc1"})
    cases = {
        "accepted": (line(), done),
        "number far ahead": (line(no=9_000_000_000), done),
        "as long a range as allowed": (line(lo=1, hi=10_000), done),
        "member of later": (line(later=[1]), done),
        "range too long": (line(lo=1, hi=10_001), refused("range too long")),
        "no such stream": (line(st="alerts"), refused("no such stream")),
        "range upside down": (line(lo=42, hi=17), refused("malformed")),
        "range from zero": (line(lo=0), refused("malformed")),
        "range without its end": (line(lacking="hi"), refused("malformed")),
        "range in text": (line(lo="17"), refused("malformed")),
        "unknown verb": (line(do="reboot"), refused("unknown command")),
        "number used": (line(no=6), nothing),
        "number zero": (line(no=0), nothing),
        "another gateway": (line(gw="gw-2"), nothing),
        "another site": (line(site="site-2"), nothing),
        "another epoch": (line(ep=2), nothing),
        "another version": (line(v=2), nothing),
        "no number": (line(lacking="no"), nothing),
        "member twice": (twice, nothing),
        "signed by a stranger": (line(STRANGER), nothing),
        "gateway data": (line(typ="egb1"), nothing),
        "receipt": (line(typ="egr1"), nothing),
        "altered": (line().replace(b'"lo":17', b'"lo":16'), nothing),
        "longer than allowed": (line(later="x" * 4096), nothing),
        "no line": (b"resend everything", nothing),
    }
    return {name: {"line": text.decode(), **outcome} for name, (text, outcome) in cases.items()}


def main() -> None:
    for old in [*VECTORS.glob("*.egb1"), *VECTORS.glob("*.revoked.json")]:
        old.unlink()
    for name, make in PLANS.items():
        (VECTORS / name).write_bytes(b"".join(line + b"\n" for line in make()))
    for name, entries in REVOKED.items():
        (VECTORS / (name + ".revoked.json")).write_text(json.dumps({"revoked": entries}) + "\n", encoding="utf-8", newline="\n")
    (VECTORS / "gateway.crt").write_bytes(certificate())
    (VECTORS / "gateway-sm2.pub").write_text(GATEWAY_SM2.pem(), encoding="ascii", newline="\n")
    verdicts = ",\n".join(f"  {json.dumps(name)}: {json.dumps(VERDICTS[name])}" for name in sorted(VERDICTS))
    (VECTORS / "verdicts.json").write_text("{\n" + verdicts + "\n}\n", encoding="utf-8", newline="\n")
    orders = ",\n".join(f"  {json.dumps(name)}: {json.dumps(order)}" for name, order in commands().items())
    (VECTORS / "commands.json").write_text("{\n" + orders + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{len(PLANS)} vectors")


if __name__ == "__main__":
    main()
