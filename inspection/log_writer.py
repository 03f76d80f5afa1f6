"""Writing into one volume: begin it, continue it, end it.  Whole transactions, or nothing.

genesis -> entry -> entry ... -> volume_sealed        the next volume's genesis names the head of this one
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlite_utils import Database

from inspection.errors import LogDamagedError, LogKeyError, LogWriteError
from inspection.log_file import APPLICATION_IDS, is_empty, open_writable, require_kind, translated
from inspection.log_kind import LogKind
from inspection.log_rows import entry_of, make_row, named_substances, searched_text, time_text
from inspection.log_volume import LARGEST_VOLUME, LogVolume, VolumeEnd
from inspection.migrations import SCHEMA_VERSION, log_migrations
from inspection.records import EntryKind, IncidentKind, LogEntry, LogHead, NewEntry
from spectra_library.whole_file import sync_folder

if TYPE_CHECKING:  # it brings cryptography, which a log that is only read does without
    from inspection.keys import LogSigner

CLOCK_TOLERANCE: Final = timedelta(seconds=2)  # what a time server corrects; more is an entry


@dataclass(frozen=True, slots=True)
class Writing:
    """What every volume of one log is written with.  ``signer`` makes the key when it is first called."""

    kind: LogKind
    clock: Callable[[], datetime]
    officer: Callable[[], str | None]
    signer: Callable[[], LogSigner]
    installation: Callable[[], str]
    busy_timeout_s: float


def program_version() -> str:
    """Tell which version of this program writes."""
    try:
        return version("chemgate")
    except PackageNotFoundError:  # started from a source folder that was never installed
        return "unknown"


class VolumeWriter:
    """The newest volume, open for writing."""

    def __init__(self, db: Database, path: Path, writing: Writing) -> None:
        self.volume = LogVolume(db, path)
        self._db = db
        self._writing = writing
        self._opened_as = _identity(path)

    @classmethod
    def open(
        cls,
        path: Path,
        writing: Writing,
        *,
        number: int,
        continues: Callable[[], Mapping[str, object] | None],
        incident: NewEntry | None = None,
    ) -> VolumeWriter:
        """Open a volume; an empty or missing one is begun, with ``incident`` as its second entry.

        ``continues`` is asked what the genesis says of the volume before.
        Raises LogKindError, LogVersionError, LogSettingsError, LogDamagedError, LogWriteError.
        """
        if number > LARGEST_VOLUME:
            raise LogWriteError(
                f"expected at most {LARGEST_VOLUME} volumes of a log, found one that is to follow them: see "
                f"whether {path.parent} holds a file that is no volume"
            )
        db = open_writable(path, writing.kind, busy_timeout_s=writing.busy_timeout_s)
        try:
            if is_empty(db):
                _begin(db, path, writing, number=number, continues=continues(), incident=incident)
            writer = cls(db, path, writing)
            if writer.volume.number != number:
                raise LogDamagedError(f"expected volume {number} in {path}, found {writer.volume.number}")
        except BaseException:
            db.close()
            raise
        return writer

    def close(self) -> None:
        """Let go of the file."""
        self.volume.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock from the start: all of it is written, or nothing.

        Raises LogWriteError also when the file is no longer where it was opened: what the system goes on
        writing into a file that was deleted, or whose disk is gone, nobody will ever read.
        """
        if self._opened_as is not None and _identity(self.volume.path) != self._opened_as:
            raise LogWriteError(
                f"the log {self.volume.path} is no longer where it was opened: its disk or share is gone, or "
                "it was moved or replaced; nothing was saved, try again when it is back"
            )
        with _transaction(self._db, self.volume.path):
            yield

    def insert(self, new: NewEntry) -> LogEntry:
        """Continue the chain with ``new``, inside a transaction; a clock that was set back is noted first.

        Raises LogKeyError, also when the volume is signed with another key than the one that is at hand.
        """
        at_hand = self._writing.signer().public_key
        if at_hand != self.volume.public_key:
            raise LogKeyError(
                f"expected the key {self.volume.public_key[:8]} that volume {self.volume.number} of the log "
                f"is signed with, found {at_hand[:8]}: the key was renewed; open the log again"
            )
        moment = self._writing.clock()
        end = self._with_clock_noted(moment, self.volume.end())
        return _insert(self.volume, new, moment, self._writing, end)

    def seal(self) -> LogEntry:
        """End the volume, inside a transaction."""
        return self.insert(NewEntry(EntryKind.VOLUME_SEALED, {"next_volume": self.volume.number + 1}))

    def lay_down(self) -> None:
        """Turn a sealed volume into one plain file, which also opens from a read-only medium.

        Where another program has it open, that stays to be done: SQLite reads it all the same.
        """
        with suppress(LogWriteError), translated(self.volume.path, "laid down"):
            self._db.execute("PRAGMA busy_timeout = 0")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._db.execute("PRAGMA journal_mode = DELETE").fetchone()

    def _with_clock_noted(self, moment: datetime, end: VolumeEnd) -> VolumeEnd:
        back = datetime.fromisoformat(end.time) - moment
        if back <= CLOCK_TOLERANCE:
            return end
        body = {
            "what": IncidentKind.CLOCK_BACK,
            "before": end.time,
            "now": time_text(moment),
            "seconds": round(back.total_seconds(), 3),
        }
        _insert(self.volume, NewEntry(EntryKind.INCIDENT, body), moment, self._writing, end)
        return self.volume.end()


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell one file from every other at any name; None when there is none, or it is out of reach."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def continuing(head: LogHead | None, number: int, state: str) -> dict[str, object]:
    """Say in a genesis what comes before it; a volume that could not be read to its end has no head."""
    return {
        "volume": number,
        "count": None if head is None else head.count,
        "head": None if head is None else head.head,
        "state": state,
    }


def _begin(
    db: Database,
    path: Path,
    writing: Writing,
    *,
    number: int,
    continues: Mapping[str, object] | None,
    incident: NewEntry | None,
) -> None:
    signer = writing.signer()  # before the file is locked: a key store may ask the person something
    body = {
        "installation": writing.installation(),
        "volume": number,
        "log_kind": writing.kind,
        "program_version": program_version(),
        "format": SCHEMA_VERSION,
        "public_key": signer.public_key,
        "key_kept_in": signer.key.kept_in,
        "continues": continues,
    }
    with _transaction(db, path):
        require_kind(db, path, writing.kind)
        if not is_empty(db):
            return  # another program has just begun it
        log_migrations.apply(db)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute(f"PRAGMA application_id = {APPLICATION_IDS[writing.kind]}")
        for key, value in body.items():
            if key != "continues":
                db.table("meta").insert({"key": key, "value": str(value)})
        volume = LogVolume(db, path)
        for new in (NewEntry(EntryKind.GENESIS, body), incident):
            if new is not None:
                _insert(volume, new, writing.clock(), writing, volume.end())
    sync_folder(path.parent)


def _insert(volume: LogVolume, new: NewEntry, moment: datetime, writing: Writing, end: VolumeEnd) -> LogEntry:
    row = make_row(
        new,
        sequence=end.sequence + 1,
        previous=end.hash,
        moment=moment,
        officer=writing.officer(),
        sign=writing.signer().sign,
    )
    entry, db = entry_of(row), volume.db
    if new.curve is not None and not volume.has_spectrum(new.curve.sha256):
        _put(db, "spectra", {"sha256": new.curve.sha256, **new.curve.parts()})
    _put(db, "entries", row)
    for substance in named_substances(entry.kind, entry.body):
        _put(db, "entry_substances", {"substance": substance, "sequence": entry.sequence})
    text = searched_text(
        {"kind": entry.kind, "body": entry.body, "inspection": entry.inspection, "officer": entry.officer}
    )
    if text:
        _put(db, "entry_texts", {"sequence": entry.sequence, "text": text})
    return entry


def _put(db: Database, table: str, row: Mapping[str, Any]) -> None:
    """Insert a row; sqlite-utils would look at the schema first, which takes longer than to insert."""
    db.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
    )


@contextmanager
def _transaction(db: Database, path: Path) -> Iterator[None]:
    with translated(path, "written"):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
