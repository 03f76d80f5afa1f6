"""What is written down: entries to come, entries in the log, inspections and their samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from inspection.chain import first_of_volume
from inspection.errors import RecordError

if TYPE_CHECKING:  # it brings numpy, which the first sight of the window does not wait for
    from inspection.curves import StoredSpectrum

# Read aloud and written by hand without mistakes: no 0 and O, no 1, I and L, no U beside V.
ID_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_CHARACTERS = 6  # 30^6 = 729 million a day


class EntryKind(StrEnum):
    """What an entry records."""

    GENESIS = "genesis"  # the first entry of every volume: installation, volume, kind, program, key
    INSPECTION_OPENED = "inspection_opened"
    INSPECTION_CLOSED = "inspection_closed"
    BACKGROUND = "background"
    IDENTIFICATION = "identification"
    RECORD = "record"  # a part of the customs record was filled in; see inspection/record/
    AMENDMENT = "amendment"  # a correction: the entry it corrects stays as it is
    SIGN_OFF = "sign_off"  # a supervisor stands for an inspection
    COUNTERSIGNED = "countersigned"  # a supervisor took the head to a second medium
    USER = "user"  # somebody was added, disabled, locked out, or got another PIN
    BACKUP = "backup"  # a copy was made
    INCIDENT = "incident"  # what must not go unseen: damage, a clock set back, a lost key, a copy put back
    VOLUME_SEALED = "volume_sealed"  # the last entry of a full volume
    VOLUME_RETIRED = "volume_retired"  # a sealed volume was moved to an archive


class IncidentKind(StrEnum):
    """What an entry of kind ``incident`` tells: its ``what``."""

    DAMAGED_VOLUME = "damaged_volume"  # it is kept as it is; this volume was begun
    KEY_LOST = "key_lost"  # this data folder had no key for its log; this volume was begun
    KEY_CHANGED = "key_changed"  # the volume before was signed with another key than this one
    KEY_RENEWED = "key_renewed"  # from the next volume on another key signs
    CLOCK_BACK = "clock_back"  # the clock stands before the last entry
    RESTORED = "restored"  # the log was put back from a copy


# Written by the log itself, never asked for.
OWN_KINDS = (EntryKind.GENESIS, EntryKind.VOLUME_SEALED)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that is to be written; number, time, officer and hash come from the log.

    ``body`` is JSON: mappings with text keys, sequences, text, finite numbers, true, false, null.  For an
    identification it is the object that ``identify --json`` prints, with ``capture`` for a scan.
    ``curve`` is kept beside the entry and bound to it by its hash.

    Raises RecordError when the fields do not fit each other.
    """

    kind: EntryKind
    body: Mapping[str, object]
    inspection: str | None = None
    sample: int | None = None
    curve: StoredSpectrum | None = None

    def __post_init__(self) -> None:
        about_an_inspection = (
            EntryKind.INSPECTION_OPENED,
            EntryKind.INSPECTION_CLOSED,
            EntryKind.SIGN_OFF,
        )
        if self.kind in about_an_inspection and not self.inspection:
            raise RecordError(f"expected the number of the inspection in an entry {self.kind}, found none")
        if self.sample is not None and self.inspection is None:
            raise RecordError(f"expected an inspection for sample {self.sample}, found none")
        if self.sample is not None and self.sample < 1:
            raise RecordError(f"expected samples to be numbered from 1, found {self.sample}")
        if self.inspection is not None:
            object.__setattr__(self, "inspection", inspection_number(self.inspection))


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the log, as it was written.

    ``time`` UTC.  ``officer`` None until there are users.  ``spectrum`` hash of the stored spectrum, 64 hex
    digits.  ``entry_bytes`` exactly what was hashed.  ``previous``, ``hash`` 32 bytes each, ``signature`` 64.
    """

    sequence: int
    time: datetime
    kind: EntryKind
    officer: str | None
    inspection: str | None
    sample: int | None
    body: Mapping[str, object]
    spectrum: str | None
    entry_bytes: bytes
    previous: bytes
    hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class LogHead:
    """Where a log ends.  Kept somewhere else, it is an anchor.

    ``volume`` the newest, from 1.  ``count`` is the number of entries in it, the genesis included.
    ``head`` is the hash of the last entry, 64 hex digits.
    """

    volume: int
    count: int
    head: str

    @property
    def last(self) -> int:
        """The number of the entry that the log ends with."""
        return first_of_volume(self.volume) + self.count - 1

    def __str__(self) -> str:
        return f"{self.volume}:{self.count}:{self.head}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of an inspection: its entries in the log, and what the newest identification said.

    Where that was amended, ``verdict`` is the newest.
    """

    inspection: str
    number: int
    entries: tuple[int, ...]
    verdict: str | None
    declared_verdict: str | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """One job: a consignment, what it was declared as, and when it was opened, closed and signed off (UTC).

    What was amended has its newest value.  ``signed_off`` the newest sign-off; ``signed_off_by`` None also
    where there were no users yet.  ``changed_since`` whether anything was written after it.
    """

    id: str
    opened: datetime
    officer: str | None
    container: str = ""
    declared: str = ""
    hs_code: str = ""
    closed: datetime | None = None
    signed_off: datetime | None = None
    signed_off_by: str | None = None
    changed_since: bool = False


def new_inspection_id(day: datetime, *, choose: Callable[[Sequence[str]], str] | None = None) -> str:
    """Make a number such as ``20261124-7K3FQ2``: unique without a network, readable aloud.

    ``choose`` is secrets.choice when none is given.
    """
    if choose is None:
        import secrets  # 8 ms that the start of the window does not need

        choose = secrets.choice
    return f"{day:%Y%m%d}-" + "".join(choose(ID_ALPHABET) for _ in range(ID_CHARACTERS))


def inspection_number(typed: str) -> str:
    """Give an inspection number as it is stored, from one that was typed in lower case."""
    return typed.strip().upper()


def opening(
    inspection: str,
    *,
    container: str = "",
    declared: str = "",
    hs_code: str = "",
    local_time: datetime | None = None,
) -> NewEntry:
    """Prepare the entry that opens an inspection.

    ``local_time`` the hour on the wall, with its offset from UTC: the entry's own time is UTC.
    """
    return NewEntry(
        kind=EntryKind.INSPECTION_OPENED,
        inspection=inspection,
        body={
            "container": container,
            "declared": declared,
            "hs_code": hs_code,
            "local_time": None if local_time is None else local_time.isoformat(timespec="seconds"),
        },
    )


def closing(inspection: str, *, remark: str = "") -> NewEntry:
    """Prepare the entry that closes an inspection: no finding can be added after it, only amendments."""
    return NewEntry(kind=EntryKind.INSPECTION_CLOSED, inspection=inspection, body={"remark": remark})
