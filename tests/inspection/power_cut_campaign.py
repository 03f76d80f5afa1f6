"""Let the power fail again and again while the log is written, and look at what is left.

    round:  new log -> machine 1 works until its power fails -> machine 2 goes on with what is left -> ...

After every cut the SQLite that the program brings opens a copy of what is left.  Every record that was
acknowledged must be there with its hash and its whole curve, the log must verify, nothing may count as
damaged, and the log must take a further record.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from unittest.mock import patch

from sqlite_utils.utils import sqlite3

from inspection import log_file, log_writer
from inspection.errors import LogError, LogMissingError
from inspection.keys import LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_writer import VolumeWriter
from inspection.records import OWN_KINDS, EntryKind, LogEntry, NewEntry
from tests.inspection.made_records import a_record
from tests.inspection.power_cut import Keeping, PowerCutError, SimulatedDisk, copy_of

VOLUME_SIZE = 12  # entries: three or four volumes in a round
PAGES_BEFORE_CHECKPOINT = 12
CUTS_OF_A_ROUND = 8
APPENDS_OF_A_MACHINE = 40  # at most
MOMENTS_OF_A_MACHINE = 260
ANNOUNCED_NORMAL = {
    "PRAGMA synchronous = FULL": "PRAGMA synchronous = NORMAL",
    "PRAGMA synchronous": "SELECT 2",
}


class Subject(StrEnum):
    """What is put to the test; all but the first are controls, which must be caught."""

    THE_LOG = "the log"
    ACKNOWLEDGES_FIRST = "control: acknowledges before it commits"
    SYNCHRONOUS_NORMAL = "control: synchronous = NORMAL"
    LYING_DISK = "control: a disk that says it synced"


@dataclass(frozen=True, slots=True)
class CutOutcome:
    """One power cut and what was found after it.

    ``during`` what the machine was about to do or had just done.  ``acknowledged`` records before the cut,
    ``lost`` of these; ``in_doubt`` whether the record that was being written is there.  ``problems`` anything
    else that must not be.
    """

    during: str
    acknowledged: int
    lost: int
    in_doubt: bool
    volumes: int
    clock_steps: int
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.lost and not self.problems


@dataclass(slots=True)
class Acknowledged:
    """What the log said was written, by number: the hash of the entry and of its curve."""

    entries: dict[int, tuple[bytes, str | None]] = field(default_factory=dict)

    def add(self, entry: LogEntry) -> None:
        """Note an entry."""
        self.entries[entry.sequence] = (entry.hash, entry.spectrum)


class UnsteadyClock:
    """A clock that goes on by minutes and is set back now and then."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._now = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        back = self._chance.random() < 0.05
        self._now += timedelta(hours=-1) if back else timedelta(seconds=self._chance.randint(1, 60))
        return self._now


def power_cuts(
    folder: Path, count: int, *, seed: int, subject: Subject = Subject.THE_LOG
) -> Iterator[CutOutcome]:
    """Make ``count`` power cuts, and tell of each; ``folder`` is for the machines' disks, best in memory."""
    chance = Random(f"{seed} {subject}")
    keys = LogKeys(folder / "keys")
    keys.signer(LogKind.EVIDENCE)
    cuts = 0
    while cuts < count:
        said, clock = Acknowledged(), UnsteadyClock(chance)
        disk = folder / "disk 0"
        _empty(disk)
        for cut in range(1, min(CUTS_OF_A_ROUND, count - cuts) + 1):
            left = folder / f"disk {cut % 2}"
            _empty(left)
            during = _work_until_cut(disk, left, chance, said, clock, keys, subject)
            outcome = _looked_at(copy_of(left, folder / "copy"), chance, said, clock, keys, during)
            yield outcome
            disk = left
            cuts += 1
            if not outcome.is_sound:
                break  # what was lost would be found missing again and again


def _work_until_cut(
    folder: Path,
    left: Path,
    chance: Random,
    said: Acknowledged,
    clock: UnsteadyClock,
    keys: LogKeys,
    subject: Subject,
) -> str:
    rewritten = ANNOUNCED_NORMAL if subject is Subject.SYNCHRONOUS_NORMAL else {}
    disk = SimulatedDisk(folder, does_sync=subject is not Subject.LYING_DISK, rewritten=rewritten)
    disk.cut_at(chance.randint(1, MOMENTS_OF_A_MACHINE), after=chance.random() < 0.5)
    during = "nothing"
    with ExitStack() as replaced:
        replaced.enter_context(patch.object(log_file, "connect", disk.connect))
        replaced.enter_context(patch.object(log_file, "PAGES_BEFORE_CHECKPOINT", PAGES_BEFORE_CHECKPOINT))
        replaced.enter_context(patch.object(log_writer, "sync_folder", disk.sync_folder))
        if subject is Subject.ACKNOWLEDGES_FIRST:
            replaced.enter_context(patch.object(VolumeWriter, "insert", _hasty_insert(said.add)))
        try:
            _work(disk, chance, said, clock, keys)
        except (LogError, sqlite3.Error, PowerCutError):
            if not disk.is_off:
                raise
            during = str(disk.failed_at)
    disk.restart(left, Keeping.any(chance), chance)
    return during


def _work(
    disk: SimulatedDisk, chance: Random, said: Acknowledged, clock: UnsteadyClock, keys: LogKeys
) -> None:
    """Do a day's work; the log is closed and opened again in between."""
    left = chance.randint(1, APPENDS_OF_A_MACHINE)
    while left:
        log = _open(disk.folder / "evidence.sqlite", clock, keys)
        try:
            for _ in range(min(left, chance.randint(1, 12))):
                said.add(log.append(a_record(chance)))
                left -= 1
            if not left and chance.random() < 0.5:
                disk.cut()  # while nothing is written and the log is open
        finally:
            with suppress(sqlite3.Error, PowerCutError):
                log.close()


def _open(path: Path, clock: Callable[[], datetime], keys: LogKeys) -> InspectionLog:
    return InspectionLog.open(path, kind=LogKind.EVIDENCE, clock=clock, keys=keys, volume_size=VOLUME_SIZE)


def _hasty_insert(acknowledge: Callable[[LogEntry], None]) -> Callable[[VolumeWriter, NewEntry], LogEntry]:
    real = VolumeWriter.insert

    def insert(writer: VolumeWriter, new: NewEntry) -> LogEntry:
        entry = real(writer, new)
        acknowledge(entry)
        return entry

    return insert


def _looked_at(
    folder: Path,
    chance: Random,
    said: Acknowledged,
    clock: UnsteadyClock,
    keys: LogKeys,
    during: str,
) -> CutOutcome:
    """Look at a copy of what the cut left, with the SQLite of the program."""
    path = folder / "evidence.sqlite"
    problems: list[str] = []
    stored: dict[int, LogEntry] = {}
    volumes = 0
    try:
        if chance.random() < 0.5:  # an auditor may be the first to look
            problems += _read_only_problems(path, bool(said.entries))
        with _open(path, clock, keys) as log:
            problems += [f"notice: {one.message}" for one in log.notices]
            problems += [f"verify: {one.message}" for one in log.verify().problems]
            stored = {entry.sequence: entry for entry in log.entries()}
            problems += _curve_problems(log, stored)
            volumes = len(log.volumes)
            new = log.append(a_record(chance))
            problems += [f"verify after one more: {one.message}" for one in log.verify().problems]
            if new.sequence in stored:
                problems.append(f"entry {new.sequence} was written twice")
    except (LogError, sqlite3.Error) as error:
        problems.append(f"{type(error).__name__}: {error}")
    lost = [
        number
        for number, (hash_, curve) in said.entries.items()
        if number not in stored or (stored[number].hash, stored[number].spectrum) != (hash_, curve)
    ]
    acknowledged = len(said.entries)
    in_doubt = [one for one in stored.values() if one.sequence not in said.entries]
    if sum(_is_a_record(one) for one in in_doubt) > 1:
        problems.append(f"{len(in_doubt)} records that were never acknowledged")
    for entry in in_doubt:
        if entry.kind is not EntryKind.GENESIS:  # which may be that of the volume begun to look
            said.add(entry)  # it was read after the cut, and so must stay
    return CutOutcome(
        during,
        acknowledged,
        len(lost),
        any(_is_a_record(one) for one in in_doubt),
        volumes,
        sum(one.body.get("what") == "clock_back" for one in stored.values()),
        tuple(problems),
    )


def _is_a_record(entry: LogEntry) -> bool:
    return entry.kind not in (*OWN_KINDS, EntryKind.INCIDENT)


def _curve_problems(log: InspectionLog, stored: dict[int, LogEntry]) -> Iterator[str]:
    for number, entry in stored.items():
        curve = log.spectrum(number)
        if (None if curve is None else curve.sha256) != entry.spectrum:
            yield f"the curve of entry {number} is not whole"


def _read_only_problems(path: Path, has_records: bool) -> Iterator[str]:
    try:
        with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as log:
            yield from (f"verify, read-only: {one.message}" for one in log.verify().problems)
    except LogMissingError as error:
        if has_records:
            yield f"read-only: {error}"


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
