#!/usr/bin/python3
"""Judges many small chains in one go: judge_chains.py KEY FILE, where FILE has, for each, its length in bytes on a line and then that many bytes of lines. Prints a verdict a line."""

from __future__ import annotations

import io
import json
import sys

import verify_egb1


def main() -> int:
    trust = verify_egb1.load_trust([sys.argv[1]])
    with open(sys.argv[2], "rb") as file:
        while length := file.readline():
            chain = file.read(int(length))
            learned = trust.copy()
            learned.learn(verify_egb1.bounded_lines(io.BytesIO(chain)))
            verifier = verify_egb1.Verifier(learned)
            verifier.read(io.BytesIO(chain))
            print(json.dumps(verifier.verdict(), separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
