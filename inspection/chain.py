"""The hash chain: what is hashed, in which order, what a check finds.  No input, no output, no clock.

    hash(n) = SHA-256( "chemgate.log.entry.1" 00 | hash(n - 1), 32 bytes | entry bytes of n )
    hash(0) = 32 zero bytes

    hash of a spectrum = SHA-256( "chemgate.log.spectrum.1" 00 | for each part: length u64 big-endian | part )

The entry bytes are canonical JSON: keys sorted, no spaces, UTF-8, numbers as Python's ``repr`` writes them.
They are stored as they were hashed and never built again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

ENTRY_DOMAIN = b"chemgate.log.entry.1\x00"
SPECTRUM_DOMAIN = b"chemgate.log.spectrum.1\x00"
NO_PREVIOUS = bytes(32)


class ProblemKind(StrEnum):
    """What a check of the log can find."""

    CHANGED = "changed"  # the entry's bytes do not give the entry's hash
    LINK = "link"  # the entry does not follow the one before it
    MISSING = "missing"  # a number without an entry
    RENUMBERED = "renumbered"  # the entry stands under another number than it was written under
    COLUMNS = "columns"  # what the log is searched by is not what the entry says
    SPECTRUM = "spectrum"  # a curve or a payload is changed, missing, or belongs to no entry
    GENESIS = "genesis"  # the first entry is not the one that the file claims
    GUARD = "guard"  # the triggers that refuse changes are gone or different
    FILE = "file"  # SQLite cannot read the file to its end
    ANCHOR = "anchor"  # the log does not continue from the anchor


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.  ``sequence`` is the entry it concerns, 0 when it concerns the file as a whole."""

    sequence: int
    kind: ProblemKind
    message: str


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One stored entry, as far as the chain is concerned.

    ``written_as`` is the number inside the entry bytes, None when they cannot be read.
    """

    sequence: int
    entry_bytes: bytes
    previous: bytes
    hash: bytes
    written_as: int | None


def canonical_json(value: object) -> bytes:
    """Write ``value`` as the one JSON text that is hashed.

    Raises ValueError for NaN and infinity, which JSON does not have.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A file name that is not UTF-8 holds lone surrogates; as \udcxx they are JSON and read back the same.
    return text.encode("utf-8", "backslashreplace")


def read_envelope(entry_bytes: bytes) -> dict[str, object] | None:
    """Read entry bytes back; None when they are not a JSON object, as after damage."""
    try:
        envelope = json.loads(entry_bytes.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return envelope if isinstance(envelope, dict) else None


def entry_hash(previous: bytes, entry_bytes: bytes) -> bytes:
    """Chain one entry to the hash before it; 32 bytes."""
    return hashlib.sha256(ENTRY_DOMAIN + previous + entry_bytes).digest()


def spectrum_hash(parts: Iterable[bytes]) -> str:
    """Hash the parts of a stored spectrum, each with its length, in their fixed order; 64 hex digits."""
    digest = hashlib.sha256(SPECTRUM_DOMAIN)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def verify_chain(rows: Iterable[ChainRow]) -> Iterator[Problem]:
    """Walk the entries in the order of their numbers and name everything that does not hold.

    An entry that was removed from the end leaves a chain that holds: only an anchor shows that.
    """
    expected = 1
    head = NO_PREVIOUS
    for row in rows:
        follows = row.sequence == expected
        if not follows:
            yield Problem(expected, ProblemKind.MISSING, _missing(expected, row.sequence - 1))
        if entry_hash(row.previous, row.entry_bytes) != row.hash:
            yield Problem(
                row.sequence,
                ProblemKind.CHANGED,
                f"entry {row.sequence} was changed: its bytes no longer give its hash",
            )
        if follows and row.previous != head:
            yield Problem(row.sequence, ProblemKind.LINK, _broken_link(row.sequence))
        if row.written_as is not None and row.written_as != row.sequence:
            yield Problem(
                row.sequence,
                ProblemKind.RENUMBERED,
                f"entry {row.sequence} was written as entry {row.written_as}",
            )
        expected = row.sequence + 1
        head = row.hash


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _broken_link(sequence: int) -> str:
    if sequence == 1:
        return "entry 1 does not begin a chain: it names an entry before it"
    return (
        f"entry {sequence} does not follow entry {sequence - 1}: "
        "one of the two was replaced, moved, or written by another hand"
    )
