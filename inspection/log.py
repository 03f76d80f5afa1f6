"""The log: entries are appended, read, exported and checked, and never changed.

One InspectionLog belongs to the thread that opened it.  Several programs may have the same file open: a
second writer waits its turn, so that the chain never forks.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from inspection.chain import NO_PREVIOUS
from inspection.curves import PARTS, StoredSpectrum
from inspection.errors import (
    InspectionClosedError,
    LogDamagedError,
    LogError,
    LogWriteError,
    RecordError,
    UnknownEntryError,
    UnknownInspectionError,
)
from inspection.log_check import VerifyReport, check_log
from inspection.log_file import (
    APPLICATION_IDS,
    is_empty,
    open_readable,
    open_writable,
    pragma,
    require_kind,
    translated,
)
from inspection.log_kind import LogKind
from inspection.log_rows import (
    ENTRY_COLUMNS,
    entry_of,
    inspection_of,
    make_row,
    named_substances,
    samples_of,
    time_text,
)
from inspection.migrations import SCHEMA_VERSION, log_migrations
from inspection.records import (
    EntryKind,
    Inspection,
    LogEntry,
    LogHead,
    NewEntry,
    Sample,
    inspection_number,
)
from spectra_library.whole_file import sync_folder

BUSY_TIMEOUT_S = 10.0
PAGE = 500  # entries read at a time, so that no read stays open while the caller thinks
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the time of this computer, UTC."""
    return datetime.now(UTC)


def program_version() -> str:
    """Tell which version of this program writes."""
    try:
        return version("chemgate")
    except PackageNotFoundError:  # started from a source folder that was never installed
        return "unknown"


class InspectionLog:
    """One log file, open.  Made by ``open`` or ``open_read_only``; a context manager."""

    def __init__(self, db: Database, path: Path, kind: LogKind, *, clock: Clock | None, officer: str | None):
        self._db = db
        self.path = path
        self.kind = kind
        self.officer = officer
        self._clock = clock  # None: opened for reading only

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        kind: LogKind,
        clock: Clock = utc_now,
        officer: str | None = None,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> InspectionLog:
        """Open the log for writing; begin it, its folder included, where there is none.

        Raises LogKindError, LogVersionError, LogSettingsError, LogDamagedError, LogWriteError.
        """
        log = cls(
            open_writable(path, kind, busy_timeout_s=busy_timeout_s), path, kind, clock=clock, officer=officer
        )
        try:
            log._begin_or_migrate(clock)
        except BaseException:
            log.close()
            raise
        return log

    @classmethod
    def open_read_only(
        cls, path: Path, *, kind: LogKind, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> InspectionLog:
        """Open the log for reading, from a read-only medium too; nothing is created.

        Raises LogMissingError, LogKindError, LogVersionError, LogDamagedError, LogError.
        """
        db = open_readable(path, kind, busy_timeout_s=busy_timeout_s)
        return cls(db, path, kind, clock=None, officer=None)

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
        """Let go of the file.  May be called twice."""
        self._db.close()

    def append(self, new: NewEntry) -> LogEntry:
        """Write ``new`` and give it back as it was written.  When this returns it is on the disk.

        Raises LogWriteError, RecordError, UnknownInspectionError, InspectionClosedError: then nothing of it
        is in the log.
        """
        if self._clock is None:
            raise LogWriteError(f"the log {self.path} was opened for reading only")
        if new.kind is EntryKind.GENESIS:
            raise RecordError("expected an entry of a job, found a genesis, which only begins a log")
        with self._writing():
            self._require_open_inspection(new)
            return self._insert(new, self._clock())

    def entries(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        substance: str | None = None,
        officer: str | None = None,
        verdict: str | None = None,
        inspection: str | None = None,
        up_to: int | None = None,
        limit: int | None = None,
    ) -> Iterator[LogEntry]:
        """Give the entries that fit all of the filters, oldest first, up to the head at the first.

        ``since`` is included, ``until`` is not.  ``substance`` is a catalogue id; see ``named_substances``.
        ``up_to`` is the last number to consider, ``limit`` keeps the newest ones.
        Raises LogDamagedError at an entry that cannot be read.
        """
        if limit is not None and limit < 1:
            return
        filters = {
            "time >= ?": None if since is None else time_text(since),
            "time < ?": None if until is None else time_text(until),
            "sequence IN (SELECT sequence FROM entry_substances WHERE substance = ?)": substance,
            "officer = ?": officer,
            "verdict = ?": verdict,
            "inspection = ?": None if inspection is None else inspection_number(inspection),
        }
        given = {sql: value for sql, value in filters.items() if value is not None}
        where = " AND ".join(["sequence > ?", "sequence <= ?", *given])
        last = self._last()[0] if up_to is None else up_to
        after = 0 if limit is None else self._before_newest(where, [0, last, *given.values()], limit)
        while page := self._page(where, [after, last, *given.values()]):
            yield from page
            after = page[-1].sequence

    def entry(self, sequence: int) -> LogEntry:
        """Give one entry.  Raises UnknownEntryError, LogDamagedError."""
        page = self._page("sequence = ?", [sequence])
        if not page:
            raise UnknownEntryError(f"there is no entry {sequence} in the log {self.path}")
        return page[0]

    def spectrum(self, sequence: int) -> StoredSpectrum | None:
        """Give the curve of an entry, None when it has none.

        Raises UnknownEntryError; LogDamagedError when the curve is not the one that was written.
        """
        wanted = self.entry(sequence).spectrum
        if wanted is None:
            return None
        with self._reading():
            row = self._db.execute(
                f"SELECT {', '.join(PARTS)} FROM spectra WHERE sha256 = ?", [wanted]
            ).fetchone()
        if row is None:
            raise LogDamagedError(f"the spectrum of entry {sequence} is missing in the log {self.path}")
        try:
            stored = StoredSpectrum.from_parts(dict(zip(PARTS, row, strict=True)))
        except RecordError as error:
            raise LogDamagedError(f"the spectrum of entry {sequence} was changed: {error}") from error
        if stored.sha256 != wanted:
            raise LogDamagedError(f"the spectrum of entry {sequence} was changed: its hash does not fit")
        return stored

    def inspections(self) -> tuple[Inspection, ...]:
        """List all inspections, oldest first."""
        where = "inspection IS NOT NULL AND kind IN (?, ?)"
        kinds = [EntryKind.INSPECTION_OPENED, EntryKind.INSPECTION_CLOSED]
        entries = self._page(where, [str(kind) for kind in kinds], size=-1)
        closed = {entry.inspection: entry for entry in entries if entry.kind is EntryKind.INSPECTION_CLOSED}
        return tuple(
            inspection_of(entry, closed.get(entry.inspection))
            for entry in entries
            if entry.kind is EntryKind.INSPECTION_OPENED
        )

    def inspection(self, inspection_id: str) -> Inspection:
        """Give one inspection by its number, typed in capitals or not.  Raises UnknownInspectionError."""
        number = inspection_number(inspection_id)
        opened = self._of_kind(number, EntryKind.INSPECTION_OPENED)
        if not opened:
            raise UnknownInspectionError(f"there is no inspection {inspection_id!r} in the log {self.path}")
        closed = self._of_kind(number, EntryKind.INSPECTION_CLOSED)
        return inspection_of(opened[0], closed[0] if closed else None)

    def samples(self, inspection_id: str) -> tuple[Sample, ...]:
        """List the samples of an inspection by number.  Raises UnknownInspectionError."""
        number = self.inspection(inspection_id).id
        return samples_of(tuple(self.entries(inspection=number)))

    def next_sample(self, inspection_id: str) -> int:
        """Give the first number that no sample of the inspection has.  Raises UnknownInspectionError."""
        number = self.inspection(inspection_id).id
        with self._reading():
            row = self._db.execute(
                "SELECT max(sample) FROM entries WHERE inspection = ?", [number]
            ).fetchone()
        return (row[0] or 0) + 1

    def head(self) -> LogHead:
        """Tell where the log ends now.  Raises LogDamagedError when it has no beginning."""
        with self._reading():
            row = self._db.execute("SELECT value FROM meta WHERE key = 'volume'").fetchone()
        if row is None or not row[0].isdecimal():
            raise LogDamagedError(f"the log {self.path} does not say which volume it is")
        count, head = self._last()
        return LogHead(int(row[0]), count, head.hex())

    def verify(self, anchor: str | None = None) -> VerifyReport:
        """Check all entries and curves, and that the log continues from ``anchor``.  Raises AnchorError."""
        return check_log(self._db, self.path, self.kind, anchor)

    def _begin_or_migrate(self, clock: Clock) -> None:
        if pragma(self._db, "user_version") == SCHEMA_VERSION:
            return
        with self._writing():
            require_kind(self._db, self.path, self.kind)  # another program may just have begun the file
            is_new = is_empty(self._db)
            log_migrations.apply(self._db)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            if is_new:
                self._db.execute(f"PRAGMA application_id = {APPLICATION_IDS[self.kind]}")
                self._write_genesis(clock())
        sync_folder(self.path.parent)

    def _write_genesis(self, moment: datetime) -> None:
        body = {
            "installation": secrets.token_hex(16),
            "volume": 1,
            "log_kind": self.kind,
            "program_version": program_version(),
        }
        for key, value in body.items():
            self._db.table("meta").insert({"key": key, "value": str(value)})
        self._insert(NewEntry(EntryKind.GENESIS, body), moment)

    def _insert(self, new: NewEntry, moment: datetime) -> LogEntry:
        last, previous = self._last()
        row = make_row(new, sequence=last + 1, previous=previous, moment=moment, officer=self.officer)
        if new.curve is not None and not self._has_spectrum(new.curve.sha256):
            self._db.table("spectra").insert({"sha256": new.curve.sha256, **new.curve.parts()})
        self._db.table("entries").insert(row)
        for substance in named_substances(row["kind"], new.body):
            self._db.table("entry_substances").insert({"substance": substance, "sequence": last + 1})
        return entry_of(row)

    def _has_spectrum(self, sha256: str) -> bool:
        return self._db.execute("SELECT 1 FROM spectra WHERE sha256 = ?", [sha256]).fetchone() is not None

    def _require_open_inspection(self, new: NewEntry) -> None:
        if new.inspection is None:
            return
        is_opened = bool(self._of_kind(new.inspection, EntryKind.INSPECTION_OPENED))
        if new.kind is EntryKind.INSPECTION_OPENED:
            if is_opened:
                raise RecordError(f"expected a new inspection number, found {new.inspection}, which is taken")
        elif not is_opened:
            raise UnknownInspectionError(f"there is no inspection {new.inspection!r} in the log {self.path}")
        elif new.kind is not EntryKind.AMENDMENT and self._of_kind(
            new.inspection, EntryKind.INSPECTION_CLOSED
        ):
            raise InspectionClosedError(f"inspection {new.inspection} is closed; it can only be amended")

    def _of_kind(self, inspection: str, kind: EntryKind) -> list[LogEntry]:
        return self._page("inspection = ? AND kind = ?", [inspection, str(kind)])

    def _last(self) -> tuple[int, bytes]:
        """Number and hash of the last entry."""
        with self._reading():
            row = self._db.execute(
                "SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
        return (0, NO_PREVIOUS) if row is None else (row[0], row[1])

    def _before_newest(self, where: str, values: list[object], limit: int) -> int:
        """Number that stands just before the newest ``limit`` entries that fit."""
        newest = f"SELECT sequence FROM entries WHERE {where} ORDER BY sequence DESC LIMIT ?"
        with self._reading():
            row = self._db.execute(f"SELECT min(sequence) - 1 FROM ({newest})", [*values, limit]).fetchone()
        return 0 if row[0] is None else int(row[0])

    def _page(self, where: str, values: list[object], *, size: int = PAGE) -> list[LogEntry]:
        columns = ", ".join(ENTRY_COLUMNS)
        sql = f"SELECT {columns} FROM entries WHERE {where} ORDER BY sequence LIMIT {size}"
        with self._reading():
            rows = list(self._db.query(sql, values))
        return [entry_of(row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with translated(self.path, "read", LogError):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction that holds the write lock from its start: all of it is written, or nothing."""
        with translated(self.path, "written"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise
