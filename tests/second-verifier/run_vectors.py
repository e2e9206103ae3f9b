#!/usr/bin/python3
"""Runs the second verifier over tests/vectors and compares with verdicts.json. Exit code: 0 all agree, 1 some do not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import verify_egb1

VECTORS = Path(__file__).resolve().parent.parent / "vectors"


def main() -> int:
    expected: dict[str, dict[str, Any]] = json.loads((VECTORS / "verdicts.json").read_text(encoding="utf-8"))
    certificates = [str(VECTORS / name) for name in ("gateway.crt", "gateway-sm2.pub")]
    agreed = disagreed = 0
    for name in sorted(expected.keys() | {path.name for path in VECTORS.glob("*.egb1")}):
        path = VECTORS / name
        if name not in expected or not path.exists():
            print(f"{name}: " + ("no such file" if name in expected else "not in verdicts.json"))
            disagreed += 1
            continue
        revoked = path.with_suffix(".revoked.json")
        trust = verify_egb1.load_trust(certificates, str(revoked) if revoked.exists() else None)
        verdict = verify_egb1.verify(trust, [str(path)])
        found = {member: verdict[member] for member in ("ok", "payloads", "duplicates", "readings")}
        found["faults"] = sorted(fault["code"] for fault in verdict["faults"])
        if found == expected[name]:
            agreed += 1
            continue
        disagreed += 1
        print(f"{name}: expected {expected[name]}")
        print(f"{name}: found    {found}")
        for fault in verdict["faults"]:
            print(f"    {fault}")
    print(f"{agreed} agreed, {disagreed} disagreed")
    return 0 if disagreed == 0 and agreed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
