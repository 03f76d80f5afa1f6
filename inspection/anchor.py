"""An anchor: where a log once ended, kept where the log is not, and read back to be compared.

VOLUME:COUNT:HEAD                        as printed, anywhere in a text; HEAD is 64 hex digits, and blanks
                                         between them, as on a slip, do not count
{"volume": .., "count": .., "head": ..}  as ``log head --json`` prints it
"""

from __future__ import annotations

import json
import re
from typing import Final

from inspection.errors import AnchorError
from inspection.records import LogHead

PRINTED: Final = re.compile(r"\b([0-9]{1,9}):([0-9]{1,9}):\s*((?:[0-9a-fA-F]\s*){63}[0-9a-fA-F])\b")
SHOWN: Final = 80  # characters of a text that is none
LARGEST: Final = 10**9  # volume and count: no log comes near


def parse_anchor(text: str) -> LogHead:
    """Read an anchor from a text.  Raises AnchorError when there is not exactly one in it."""
    found = anchors_in(text)
    if len(found) != 1:
        raise AnchorError(
            "expected one anchor, VOLUME:COUNT:HEAD or the JSON line of 'log head', "
            f"found {found_words(found)}{_shown(text)}"
        )
    return found.pop()


def anchors_in(text: str) -> set[LogHead]:
    """Find every anchor in a text."""
    return {_head(*match.groups()) for match in PRINTED.finditer(text)} | _from_json(text)


def found_words(found: set[LogHead]) -> str:
    """Say how many anchors were found where one was expected."""
    return f"{len(found)} different ones" if found else "none"


def _shown(text: str) -> str:
    """Show what was typed; what stands in a file is not dumped into a sentence."""
    stripped = text.strip()
    if not stripped or not stripped.isprintable():
        return ""
    return f" in {stripped[:SHOWN]!r}{'...' if len(stripped) > SHOWN else ''}"


def _from_json(text: str) -> set[LogHead]:
    found = set()
    for piece in {text, *text.splitlines()}:
        try:
            value = json.loads(piece)
            found.add(_head(_whole(value["volume"]), _whole(value["count"]), str(value["head"])))
        except (ValueError, TypeError, LookupError, RecursionError):
            continue  # words around the anchor
    return found


def _whole(number: object) -> int:
    """Refuse what JSON has besides whole numbers: true, fractions, Infinity.  Raises ValueError."""
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= LARGEST:
        raise ValueError(f"expected a whole number from 1 to {LARGEST}")
    return number


def _head(volume: str | int, count: str | int, head: str) -> LogHead:
    digits = "".join(head.split())
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
        raise ValueError("expected 64 hex digits")
    return LogHead(int(volume), int(count), digits.lower())
