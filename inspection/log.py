"""The log: entries are appended, read, exported and checked, and never changed.

A log is a row of volumes, one file each; only the newest is written to.  One InspectionLog belongs to the
thread that opened it.  Several programs may have the same log open: a second writer waits its turn, so that
the chain never forks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from inspection.amendments import amendments_by_entry, require_signable
from inspection.chain import VOLUME_SIZE, Problem, ProblemKind, volume_of
from inspection.curves import StoredSpectrum
from inspection.errors import (
    InspectionClosedError,
    LogDamagedError,
    LogError,
    LogKeyError,
    LogMissingError,
    LogNoRoomError,
    LogWriteError,
    RecordError,
    UnknownEntryError,
    UnknownInspectionError,
)
from inspection.log_check import VerifyReport, check_log, unlike_a_log
from inspection.log_kind import LogKind
from inspection.log_notice import LogNotice, NoticeKind
from inspection.log_rows import inspection_of, samples_of, searchable, time_text
from inspection.log_volume import (
    BUSY_TIMEOUT_S,
    LogVolume,
    Wanted,
    stray_files,
    volume_files,
    volume_path,
)
from inspection.log_writer import VolumeWriter, Writing, continuing
from inspection.records import (
    OWN_KINDS,
    EntryKind,
    IncidentKind,
    Inspection,
    LogEntry,
    LogHead,
    NewEntry,
    Sample,
    inspection_number,
)
from inspection.reserve import Reserve
from inspection.restore_note import drop_note, note_beside
from inspection.retired_volumes import RetiredVolume, retired_volumes

if TYPE_CHECKING:  # it brings cryptography, which a log that is only read does without
    from inspection.keys import LogKeys, LogSigner

# Entries read at a time, so that no read stays open while the caller thinks.  With many of them in memory
# Python spends a third of its time looking for garbage.
PAGE = 25
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the time of this computer, UTC."""
    return datetime.now(UTC)


class InspectionLog:
    """One log, open.  Made by ``open`` or ``open_read_only``; a context manager.

    ``officer`` who signs for what is appended from now on.  ``unreadable`` volumes that do not open, and why.
    """

    def __init__(self, path: Path, kind: LogKind, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self.kind = kind
        self.officer: str | None = None
        self.unreadable: dict[int, LogError] = {}
        self._busy_timeout_s = busy_timeout_s
        self._volumes: dict[int, LogVolume] = {}
        self._notices: list[LogNotice] = []
        self._writer: VolumeWriter | None = None
        self._writing: Writing | None = None
        self._signers: list[LogSigner] = []  # the key at hand, once it was needed
        self._reserve: Reserve | None = None
        self._volume_size = VOLUME_SIZE
        self._next_path = path  # of the volume after the newest; looked for before every record

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        kind: LogKind,
        clock: Clock = utc_now,
        officer: str | None = None,
        keys: LogKeys | None = None,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        volume_size: int = VOLUME_SIZE,
    ) -> InspectionLog:
        """Open the log for writing; begin it, its folder included, where there is none.

        ``path`` is the file of the first volume.  ``keys`` lie beside it unless others are given.  The newest
        volume's chain is followed to its end first: when it is broken, or its key is not the one that is at
        hand, it is left as it is, and a new volume begins with an incident.

        Raises LogKindError, LogVersionError, LogSettingsError, LogWriteError, LogKeyError.
        """
        from inspection.keys import LogKeys  # 30 ms, which reading does without

        log = cls(path, kind, busy_timeout_s=busy_timeout_s)
        log.officer = officer
        log._volume_size = volume_size
        try:
            log._open_for_writing(keys or LogKeys(path.parent / "keys"), clock)
        except BaseException:
            log.close()
            raise
        return log

    @classmethod
    def open_read_only(
        cls, path: Path, *, kind: LogKind, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> InspectionLog:
        """Open the log for reading, from a read-only medium too; nothing is created.

        Raises LogMissingError; where no volume opens LogKindError, LogVersionError, LogDamagedError,
        LogError.
        """
        log = cls(path, kind, busy_timeout_s=busy_timeout_s)
        try:
            files = volume_files(path)
            missing = LogMissingError(f"expected one at {path}, found none")
            if not files:
                raise missing
            log._read_volumes(files)
            no_room = {n: files[n] for n, why in log.unreadable.items() if isinstance(why, LogNoRoomError)}
            if no_room and log._kept_free().release():  # records of a program that was killed wait beside it
                log._read_volumes(no_room)
            if not log._volumes:
                raise next(reversed(log.unreadable.values()), missing)
        except BaseException:
            log.close()
            raise
        return log

    def __enter__(self) -> InspectionLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files.  May be called twice."""
        for volume in self._volumes.values():
            volume.close()

    @property
    def volumes(self) -> tuple[LogVolume, ...]:
        """The volumes that are open, the oldest first."""
        return tuple(self._volumes.values())

    @property
    def notices(self) -> tuple[LogNotice, ...]:
        """What the person at the desk should know of, in the order it happened."""
        return tuple(self._notices)

    @property
    def is_writable(self) -> bool:
        """Whether entries can be appended through this object."""
        return self._writer is not None

    # Writing

    def append(self, new: NewEntry) -> LogEntry:
        """Write ``new`` and give it back as it was written.  When this returns it is on the disk.

        Raises as ``append_all``.
        """
        return self.append_all(lambda: (new,))[0]

    def append_all(self, entries: Callable[[], Sequence[NewEntry]]) -> tuple[LogEntry, ...]:
        """Write all of ``entries``, or none of them.  When this returns they are on the disk.

        ``entries`` is asked while nobody else can write: what it finds in the log still holds when it is
        written.  It may be asked again, where the volume ended meanwhile.
        On a full disk the reserve is given up for it, once.
        Raises LogWriteError, RecordError, UnknownInspectionError, InspectionClosedError, and what ``entries``
        raises: then nothing of it is in the log.
        """
        if self._writer is None:
            raise LogWriteError(f"the log {self.path} was opened for reading only")
        try:
            return self._append(entries)
        except LogNoRoomError:
            if self._reserve is None or not self._reserve.release():
                raise
        written = self._append(entries)
        self._notices.append(
            LogNotice(
                NoticeKind.RESERVE_USED,
                f"the disk is full: entry {written[-1].sequence} was written into the room kept for it, the "
                "next will find none",
            )
        )
        return written

    def note_restored(self) -> None:
        """Write that a backup was put in place, where a note beside the log says so and no entry does.

        Raises LogWriteError.
        """
        try:
            if note := note_beside(self.path):
                new = note.entry(is_in_place=self.passes(note.ends_at))
                self.append_all(lambda: () if self._has_said(new) else (new,))
                drop_note(self.path)
        except OSError as error:
            raise LogWriteError(f"the note beside the log {self.path} cannot be had: {error}") from error

    def _has_said(self, new: NewEntry) -> bool:
        return any(entry.body == new.body for entry in self._all("kind = ?", [str(new.kind)]))

    def _append(self, entries: Callable[[], Sequence[NewEntry]]) -> tuple[LogEntry, ...]:
        while True:
            writer = self._newest_writer()
            with writer.transaction():
                end = writer.volume.end()
                asked = () if end.is_seal else tuple(entries())
                # The seal is the last entry, and a note of a clock set back may come before each.
                is_full = end.sequence - writer.volume.first >= self._volume_size - 2 - 2 * len(asked)
                if is_full and not end.is_seal:
                    writer.seal()
                written = () if is_full or end.is_seal else tuple(self._inserted(writer, asked))
            if not (is_full or end.is_seal):
                self._note_clock_step(written, end.sequence)
                return written
            self._go_to_next_volume()

    def _inserted(self, writer: VolumeWriter, entries: Sequence[NewEntry]) -> Iterator[LogEntry]:
        for new in entries:
            if new.kind in OWN_KINDS:
                raise RecordError(f"expected an entry of a job, found {new.kind}, which only the log writes")
            self._require_open_inspection(new)
            yield writer.insert(new)

    def _note_clock_step(self, written: Sequence[LogEntry], before: int) -> None:
        if written and written[-1].sequence > before + len(written):
            message = f"the clock stands before the last entry: entry {before + 1} says by how much"
            self._notices.append(LogNotice(NoticeKind.CLOCK_BACK, message))

    def _newest_writer(self) -> VolumeWriter:
        """Give the writer of the newest volume, which another program may have begun."""
        while True:
            assert self._writer is not None
            if not _is_there(self._next_path):
                return self._writer
            self._go_to_next_volume()

    def _go_to_next_volume(self) -> None:
        assert self._writer is not None
        ended, volume = self._writer, self._writer.volume
        self._signers.clear()  # whoever began the next volume may have renewed the key
        self._writer_of(volume.number + 1, lambda: _ended_in_order(ended))
        if volume.is_sealed():
            ended.lay_down()
        volume.close()
        self._read_volumes({volume.number: volume.path})

    def _open_for_writing(self, keys: LogKeys, clock: Clock) -> None:
        def signer() -> LogSigner:
            if not self._signers:
                self._signers.append(keys.signer(self.kind))
            return self._signers[0]

        self._writing = Writing(
            self.kind, clock, lambda: self.officer, signer, keys.installation, self._busy_timeout_s
        )
        try:
            files = volume_files(self.path)
        except LogError as error:
            raise LogWriteError(str(error)) from error
        newest = self._newest_of(files)
        self._read_volumes({number: file for number, file in files.items() if number != newest})
        self._reserve = self._kept_free()
        try:
            self._open_newest(newest, keys)
        except LogNoRoomError:
            if not self._reserve.release():
                raise
            self._open_newest(newest, keys)
        with suppress(LogWriteError):  # the note stays, and the next record says why it could not be written
            self.note_restored()
        if self.kind is LogKind.EVIDENCE and not self._reserve.fill():
            message = f"there is too little room on the disk of {self.path.parent} to keep any free"
            self._notices.append(LogNotice(NoticeKind.NO_RESERVE, message))

    def _newest_of(self, files: Mapping[int, Path]) -> int:
        """Tell which volume is written to: no program begins an empty one that follows none."""
        for number in sorted(files, reverse=True):
            if number == 1 or number - 1 in files or not self._is_empty(files[number]):
                return number
        return 1

    def _is_empty(self, file: Path) -> bool:
        try:
            LogVolume.open_read_only(file, kind=self.kind, busy_timeout_s=self._busy_timeout_s).close()
        except LogMissingError:
            return True
        except LogError:
            return False
        return False

    def _kept_free(self) -> Reserve:
        """Name the room kept free beside the log; a training log has none, and finds none to give up."""
        return Reserve(self.path.with_suffix(".reserve"))

    def _open_newest(self, number: int, keys: LogKeys) -> None:
        try:
            self._writer_of(number, lambda: self._continues(number))
            assert self._writer is not None
            volume = self._writer.volume
            broken = [one.message for one in volume.broken_links()] + unlike_a_log(volume)
        except _NeverBegunError:
            # Why it was to begin is found in the volume before it, and said again.
            self._open_newest(number - 1, keys)
            self._newest_writer()
            return
        except LogDamagedError as error:
            self._writer = None
            self._volumes.pop(number, None)
            self._read_volumes({number: volume_path(self.path, number)})
            readable = self._volumes.get(number)
            self._begin_after(
                number,
                None if readable is None else _head_of(readable),
                NoticeKind.DAMAGED_VOLUME,
                str(error),
            )
            return
        held = keys.held(self.kind)
        if broken:
            self._begin_after(number, volume.head(), NoticeKind.DAMAGED_VOLUME, broken[0])
        elif held is None:
            message = (
                f"this data folder has no key for its log, which was signed with {volume.public_key[:8]}"
            )
            self._begin_after(number, volume.head(), NoticeKind.KEY_LOST, message)
        elif held.public_key != volume.public_key:
            message = (
                f"expected a log signed with the key {held.public_key[:8]}, found {volume.public_key[:8]}"
            )
            self._begin_after(number, volume.head(), NoticeKind.KEY_CHANGED, message)

    def _begin_after(self, number: int, head: LogHead | None, what: NoticeKind, message: str) -> None:
        """Leave a volume as it is, open for reading only, and begin the next with an incident."""
        assert self._writing is not None
        self._writing.signer()  # without a key no file is made: the next start would find it, and no incident
        self._writing.installation()
        left = self._volumes.pop(number, None)
        if left is not None:
            left.close()
        self._writer = None
        self._read_volumes({number: volume_path(self.path, number)})
        state = "unreadable" if head is None else what
        incident = NewEntry(
            EntryKind.INCIDENT, {"what": IncidentKind(what), "volume": number, "message": message}
        )
        self._writer_of(number + 1, lambda: continuing(head, number, state), incident)
        self._notices.append(
            LogNotice(
                what,
                f"volume {number} of the log is kept as it is, and volume {number + 1} was begun: {message}",
            )
        )

    def _writer_of(
        self,
        number: int,
        continues: Callable[[], Mapping[str, object] | None],
        incident: NewEntry | None = None,
    ) -> None:
        assert self._writing is not None
        path = volume_path(self.path, number)
        self._writer = VolumeWriter.open(
            path, self._writing, number=number, continues=continues, incident=incident
        )
        self._volumes[number] = self._writer.volume
        self._next_path = volume_path(self.path, number + 1)

    def _continues(self, number: int) -> dict[str, object] | None:
        """Say what an empty volume continues.

        Raises _NeverBegunError where the one before it is there: a program was ended as it went on from that.
        """
        if number == 1:
            return None
        if not _is_there(volume_path(self.path, number - 1)):
            return continuing(None, number - 1, "unreadable")
        if before := self._volumes.pop(number - 1, None):
            before.close()  # it is opened again, for writing
        raise _NeverBegunError

    def _require_open_inspection(self, new: NewEntry) -> None:
        if new.inspection is None:
            return
        is_opened = self._has(new.inspection, EntryKind.INSPECTION_OPENED)
        if new.kind is EntryKind.INSPECTION_OPENED:
            if is_opened:
                raise RecordError(f"expected a new inspection number, found {new.inspection}, which is taken")
            return
        if not is_opened:
            raise self._unknown_inspection(new.inspection)
        if new.kind is EntryKind.SIGN_OFF:
            require_signable(self.inspection(new.inspection))
        elif not _may_follow_closing(new) and self._has(new.inspection, EntryKind.INSPECTION_CLOSED):
            raise InspectionClosedError(f"inspection {new.inspection} is closed; it can only be amended")

    # Reading

    def entries(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        substance: str | None = None,
        officer: str | None = None,
        verdict: str | None = None,
        inspection: str | None = None,
        kind: EntryKind | None = None,
        text: str = "",
        up_to: int | None = None,
        limit: int | None = None,
    ) -> Iterator[LogEntry]:
        """Give the entries that fit all of the filters, oldest first, up to the head at the first.

        ``since`` is included, ``until`` is not.  ``substance`` is a catalogue id; see ``named_substances``.
        ``text`` is looked for in any case; see ``searched_text``.  ``up_to`` is the last number to consider,
        ``limit`` keeps the newest ones.
        Raises LogDamagedError at an entry that cannot be read.
        """
        if limit is not None and limit < 1:
            return
        wanted = Wanted(
            since=None if since is None else time_text(since),
            until=None if until is None else time_text(until),
            substance=substance,
            officer=officer,
            verdict=verdict,
            inspection=None if inspection is None else inspection_number(inspection),
            kind=None if kind is None else str(kind),
            text=searchable(text.strip()),
        )
        self._look_for_new_volumes()
        last = self.volumes[-1].last()[0] if up_to is None else up_to
        for volume, numbers in self._found(wanted, last, limit):
            for start in range(0, len(numbers), PAGE):
                yield from volume.numbered(numbers[start : start + PAGE])

    def entry(self, sequence: int) -> LogEntry:
        """Give one entry.  Raises UnknownEntryError, LogDamagedError."""
        volume = self._volume_with(sequence)
        page = [] if volume is None else volume.page("sequence = ?", [sequence])
        if not page:
            raise self._unknown_entry(sequence)
        return page[0]

    def spectrum(self, sequence: int) -> StoredSpectrum | None:
        """Give the curve of an entry, None when it has none.

        Raises UnknownEntryError; LogDamagedError when the curve is not the one that was written.
        """
        wanted = self.entry(sequence).spectrum
        volume = self._volume_with(sequence)
        return None if wanted is None or volume is None else volume.spectrum(sequence, wanted)

    def inspections(self) -> tuple[Inspection, ...]:
        """List all inspections, oldest first."""
        opened, closed, signed, corrections = (
            self._all("kind = ?", [str(kind)])
            for kind in (
                EntryKind.INSPECTION_OPENED,
                EntryKind.INSPECTION_CLOSED,
                EntryKind.SIGN_OFF,
                EntryKind.AMENDMENT,
            )
        )
        closings = {entry.inspection: entry for entry in closed}
        signatures = {entry.inspection: entry for entry in signed}
        amendments = amendments_by_entry(corrections)
        return tuple(
            inspection_of(
                entry,
                closings.get(entry.inspection),
                amendments=amendments.get(entry.sequence, ()),
                signed=signatures.get(entry.inspection),
                changed_since=self._goes_on_after(signatures.get(entry.inspection)),
            )
            for entry in opened
        )

    def inspection(self, inspection_id: str) -> Inspection:
        """Give one inspection by its number, typed in capitals or not.  Raises UnknownInspectionError."""
        number = inspection_number(inspection_id)
        opened = self._of_kind(number, EntryKind.INSPECTION_OPENED)
        if not opened:
            raise self._unknown_inspection(inspection_id)
        closed = self._of_kind(number, EntryKind.INSPECTION_CLOSED)
        signed = self._of_kind(number, EntryKind.SIGN_OFF)
        amendments = amendments_by_entry(self._of_kind(number, EntryKind.AMENDMENT))
        return inspection_of(
            opened[0],
            closed[0] if closed else None,
            amendments=amendments.get(opened[0].sequence, ()),
            signed=signed[-1] if signed else None,
            changed_since=self._goes_on_after(signed[-1] if signed else None),
        )

    def _goes_on_after(self, signed: LogEntry | None) -> bool:
        """Tell whether anything was written about an inspection after it was signed off."""
        if signed is None:
            return False
        values = [signed.inspection, signed.sequence]
        return any(volume.has("inspection = ? AND sequence > ?", values) for volume in self.volumes)

    def samples(self, inspection_id: str) -> tuple[Sample, ...]:
        """List the samples of an inspection by number.  Raises UnknownInspectionError."""
        number = self.inspection(inspection_id).id
        return samples_of(tuple(self.entries(inspection=number)))

    def next_sample(self, inspection_id: str) -> int:
        """Give the first number that no sample of the inspection has.  Raises UnknownInspectionError."""
        number = self.inspection(inspection_id).id
        return max(volume.largest_sample(number) for volume in self.volumes) + 1

    def head(self) -> LogHead:
        """Tell where the log ends now.  Raises LogDamagedError when it has no beginning."""
        self._look_for_new_volumes()
        return self.volumes[-1].head()

    def passes(self, head: LogHead) -> bool:
        """Tell whether the entry that ``head`` is of is in a volume that is here."""
        try:
            return self.entry(head.last).hash.hex() == head.head
        except (UnknownEntryError, LogError):
            return False

    def retired(self) -> dict[int, RetiredVolume]:
        """Tell which volumes were moved to an archive; one that was copied back is among them."""
        self._look_for_new_volumes()
        return retired_volumes(self.volumes)

    def verify(self, anchor: str | None = None) -> VerifyReport:
        """Check all entries and curves of all volumes, and that the log continues from ``anchor``.

        The newest volume must be signed with the key that lies beside the log; where none does, as in a copy
        on another computer or another person's medium, the volume's own word is taken.  Raises AnchorError.
        """
        key, damage = self._key_at_hand()
        with suppress(LogError):  # the check of the volumes says so
            damage += [
                Problem(0, ProblemKind.FILE, f"{path.name} lies beside the volumes of the log and is none")
                for path in stray_files(self.path)
            ]
        self._look_for_new_volumes()
        self._let_go_of_missing_volumes()
        report = check_log(self.path, self.volumes, self.unreadable, self.kind, anchor, installation_key=key)
        problems = (*damage, *(_advised(problem) for problem in report.problems))
        return replace(report, ok=not problems, problems=problems)

    def _key_at_hand(self) -> tuple[str | None, list[Problem]]:
        """Give the public key that lies beside the log, None when none does, and what is wrong with it."""
        from inspection.keys import LogKeys  # see open

        keys, public_key = LogKeys(self.path.parent / "keys"), None
        try:
            held = keys.held(self.kind)
            public_key = None if held is None else held.public_key
            keys.held_installation()
        except LogKeyError as error:
            if not isinstance(error.__cause__, PermissionError):
                return public_key, [Problem(0, ProblemKind.KEY, str(error))]
        return public_key, []

    def _found(
        self, wanted: Wanted, last: int, limit: int | None
    ) -> Iterator[tuple[LogVolume, Sequence[int]]]:
        """Look in one volume after the other; with ``limit`` from the newest backwards."""
        reached = [volume for volume in self.volumes if volume.first <= last]
        if limit is None:
            yield from ((volume, volume.numbers(wanted, last=last)) for volume in reached)
            return
        newest: list[tuple[LogVolume, Sequence[int]]] = []
        for volume in reversed(reached):
            numbers = volume.numbers(wanted, last=last, limit=limit)
            newest.append((volume, numbers))
            limit -= len(numbers)
            if limit <= 0:
                break
        yield from reversed(newest)

    def _all(self, where: str, values: list[object]) -> list[LogEntry]:
        return [entry for volume in self.volumes for entry in volume.page(where, values)]

    def _has(self, inspection: str, kind: EntryKind) -> bool:
        """Tell whether there is such an entry, without reading it: this is asked before every record."""
        where, values = "inspection = ? AND kind = ?", [inspection, str(kind)]
        return any(volume.has(where, values) for volume in self.volumes)

    def _of_kind(self, inspection: str, kind: EntryKind) -> list[LogEntry]:
        return self._all("inspection = ? AND kind = ?", [inspection, str(kind)])

    def _volume_with(self, sequence: int) -> LogVolume | None:
        self._look_for_new_volumes()
        return self._volumes.get(volume_of(sequence))

    def _unknown_entry(self, sequence: int) -> UnknownEntryError:
        number = volume_of(sequence)
        retired = self.retired().get(number) if number not in self._volumes else None
        if retired is None:
            return UnknownEntryError(f"there is no entry {sequence} in the log {self.path}")
        return UnknownEntryError(
            f"entry {sequence} lies in volume {number} of the log, which was moved to the archive "
            f"{retired.archive!r}: copy {volume_path(self.path, number).name} back to read it"
        )

    def _unknown_inspection(self, typed: str) -> UnknownInspectionError:
        gone = [one for number, one in self.retired().items() if number not in self._volumes]
        if not gone:
            return UnknownInspectionError(f"there is no inspection {typed!r} in the log {self.path}")
        moved = ", ".join(f"volume {one.volume} to the archive {one.archive!r}" for one in gone)
        names = ", ".join(volume_path(self.path, one.volume).name for one in gone)
        return UnknownInspectionError(
            f"there is no inspection {typed!r} in the volumes of the log that are here; moved were {moved}: "
            f"copy {names} back to look there too"
        )

    def _look_for_new_volumes(self) -> None:
        """Take up what another program has begun since; a writer does so when it next writes."""
        if self._writer is None and self._volumes:
            number = max(self._volumes) + 1
            while _is_there(path := volume_path(self.path, number), LogError):
                self._read_volumes({number: path})
                if number not in self._volumes:
                    return
                number += 1

    def _let_go_of_missing_volumes(self) -> None:
        """Close what another program has moved to an archive since, or somebody took away."""
        newest = max(self._volumes, default=0)
        for number, volume in list(self._volumes.items()):
            if number != newest and not _is_there(volume.path, LogError):
                self._volumes.pop(number).close()

    def _read_volumes(self, files: Mapping[int, Path]) -> None:
        for number, file in files.items():
            try:
                volume = LogVolume.open_read_only(file, kind=self.kind, busy_timeout_s=self._busy_timeout_s)
                if volume.number != number:
                    volume.close()
                    raise LogDamagedError(f"expected volume {number} in {file}, found {volume.number}")
            except LogMissingError:
                continue  # about to be begun by another program
            except LogError as error:
                self.unreadable[number] = error
                continue
            self.unreadable.pop(number, None)
            self._volumes[number] = volume
        self._volumes = dict(sorted(self._volumes.items()))


def _advised(problem: Problem) -> Problem:
    """Say what to do about a key that is not the one of the newest volume."""
    if problem.kind is not ProblemKind.KEY:
        return problem
    advice = (
        "where 'log renew-key' was interrupted, the next record begins a volume with it; else somebody put "
        "another key there"
    )
    return replace(problem, message=f"{problem.message}: {advice}")


def _may_follow_closing(new: NewEntry) -> bool:
    """Tell whether an entry may still be written about an inspection that is closed."""
    if new.kind is EntryKind.RECORD:
        from inspection.record.sections import AFTER_CLOSING  # 9 ms that a start does not need

        return new.body.get("section") in AFTER_CLOSING
    return new.kind in (EntryKind.AMENDMENT, EntryKind.SIGN_OFF)


def _is_there(path: Path, otherwise: type[LogError] = LogWriteError) -> bool:
    """Tell whether there is such a file; ``otherwise`` is raised where that cannot be told."""
    try:
        return path.is_file()
    except OSError as error:
        raise otherwise(f"the log {path} cannot be reached: {error.strerror or error}") from error


class _NeverBegunError(Exception):
    """The newest file of a log is empty."""


def _ended_in_order(writer: VolumeWriter) -> dict[str, object]:
    """Seal a volume, unless it is sealed, and say what the next one continues.

    The next file may lie there, empty, where a program was ended for a reason that is gone.
    """
    volume = writer.volume
    if not volume.is_sealed():
        if volume.broken_links():
            raise LogWriteError(
                f"volume {volume.number} of the log is damaged: open the log again, which begins another one"
            )
        with writer.transaction():
            if not volume.is_sealed():
                writer.seal()
    return continuing(volume.head(), volume.number, "sealed")


def _head_of(volume: LogVolume) -> LogHead | None:
    """Give the head of a volume that may be damaged."""
    try:
        return volume.head()
    except LogError:
        return None
