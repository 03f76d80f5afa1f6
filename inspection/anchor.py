"""An anchor: where a log once ended, kept where the log is not, and read back to be compared.

VOLUME:COUNT:HEAD                        as printed, anywhere in a text; HEAD is 64 hex digits
{"volume": .., "count": .., "head": ..}  as ``log head --json`` prints it
"""

from __future__ import annotations

import json
import re

from inspection.errors import AnchorError
from inspection.records import LogHead

PRINTED = re.compile(r"\b(\d+):(\d+):([0-9a-fA-F]{64})\b")


def parse_anchor(text: str) -> LogHead:
    """Read an anchor from a text.  Raises AnchorError when there is not exactly one in it."""
    found = {_head(*match.groups()) for match in PRINTED.finditer(text)} | _from_json(text)
    if len(found) != 1:
        raise AnchorError(
            "expected one anchor, VOLUME:COUNT:HEAD or the JSON line of 'log head', "
            f"found {len(found)} in {text[:80]!r}"
        )
    return found.pop()


def _from_json(text: str) -> set[LogHead]:
    found = set()
    for line in text.splitlines():
        try:
            value = json.loads(line)
            found.add(_head(value["volume"], value["count"], value["head"]))
        except (ValueError, TypeError, KeyError):
            continue  # a line of words around the anchor
    return found


def _head(volume: str | int, count: str | int, head: str) -> LogHead:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", head):
        raise ValueError("expected 64 hex digits")
    return LogHead(int(volume), int(count), head.lower())
