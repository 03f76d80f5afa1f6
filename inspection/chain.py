"""The hash chain: what is hashed, in which order, what a check finds.  No input, no output, no clock.

    hash(n) = SHA-256( "chemgate.log.entry.2" 00 | hash(n - 1), 32 bytes | SHA-256( entry bytes of n ) )
    hash before the first entry of a volume = 32 zero bytes

    The entry is hashed by itself first, so that a chain can be followed without showing every entry in it.

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

ENTRY_DOMAIN = b"chemgate.log.entry.2\x00"
SPECTRUM_DOMAIN = b"chemgate.log.spectrum.1\x00"
NO_PREVIOUS = bytes(32)
VOLUME_SIZE = 50_000  # entries, genesis and seal included: a number names its volume


def first_of_volume(volume: int) -> int:
    """Give the number of the first entry of a volume; volumes are numbered from 1."""
    return (volume - 1) * VOLUME_SIZE + 1


def volume_of(sequence: int) -> int:
    """Tell which volume holds the entry of this number."""
    return (sequence - 1) // VOLUME_SIZE + 1


def is_first_of_volume(sequence: int) -> bool:
    """Tell whether the entry of this number is the genesis of its volume."""
    return sequence == first_of_volume(volume_of(sequence))


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
    SIGNATURE = "signature"  # the entry was not signed with the key that its volume names
    KEY = "key"  # the volume names another key than this installation's
    VOLUME = "volume"  # a volume is missing, or does not continue the one before it
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


def entry_hash(previous: bytes, entry_sha256: bytes) -> bytes:
    """Chain the SHA-256 of an entry to the hash before it; 32 bytes."""
    return hashlib.sha256(ENTRY_DOMAIN + previous + entry_sha256).digest()


def chained(previous: bytes, entry_bytes: bytes) -> bytes:
    """Chain an entry to the hash before it; 32 bytes."""
    return entry_hash(previous, hashlib.sha256(entry_bytes).digest())


def spectrum_hash(parts: Iterable[bytes]) -> str:
    """Hash the parts of a stored spectrum, each with its length, in their fixed order; 64 hex digits."""
    digest = hashlib.sha256(SPECTRUM_DOMAIN)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def verify_chain(rows: Iterable[ChainRow], *, first: int, previous: bytes = NO_PREVIOUS) -> Iterator[Problem]:
    """Walk entries in the order of their numbers and name everything that does not hold.

    ``first`` is the number that the first of ``rows`` must have, ``previous`` the hash before it.
    An entry that was removed from the end leaves a chain that holds: only an anchor shows that.
    """
    expected = first
    head = previous
    for row in rows:
        follows = row.sequence == expected
        if not follows:
            yield Problem(expected, ProblemKind.MISSING, _missing(expected, row.sequence - 1))
        if chained(row.previous, row.entry_bytes) != row.hash:
            yield Problem(
                row.sequence,
                ProblemKind.CHANGED,
                f"entry {row.sequence} was changed: its bytes no longer give its hash",
            )
        if follows and row.previous != head:
            yield Problem(row.sequence, ProblemKind.LINK, _broken_link(row))
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


def _broken_link(row: ChainRow) -> str:
    if is_first_of_volume(row.sequence):
        return f"entry {row.sequence} does not begin a chain: it names an entry before it"
    return (
        f"entry {row.sequence} does not follow entry {row.sequence - 1}: "
        "one of the two was replaced, moved, or written by another hand"
    )
