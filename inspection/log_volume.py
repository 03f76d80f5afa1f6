"""One volume of a log: one file, read.  What a volume holds is drawn in migrations.py.

evidence.sqlite  evidence-0002.sqlite  evidence-0003.sqlite ...  evidence-9999.sqlite
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, NamedTuple

from sqlite_utils import Database

from inspection.chain import NO_PREVIOUS, ChainRow, Problem, first_of_volume, verify_chain
from inspection.curves import PARTS, StoredSpectrum
from inspection.errors import LogDamagedError, LogError, RecordError
from inspection.log_file import connect, open_readable, translated
from inspection.log_kind import LogKind
from inspection.log_rows import ENTRY_COLUMNS, entry_of, entry_with
from inspection.records import EntryKind, LogEntry, LogHead

BUSY_TIMEOUT_S: Final = 10.0
LARGEST_VOLUME: Final = 9999  # of four digits: what a hundred findings a day fill in ten thousand years
OUTSIDE_THE_BODY: Final = ("time", "kind", "officer", "inspection", "sample", "spectrum")
READERS: Final = 16  # threads that read ahead: a disk answers many questions at once
AT_ONCE: Final = 20  # entries that one of them fetches at a time
WORTH_READING_AHEAD: Final = 500
HAVE_OWN_INDEX: Final[tuple[set[str], ...]] = (
    set(),
    {"officer = ?"},
    {"verdict = ?"},
    {"kind = ?"},
)  # no filter, or one alone


def volume_path(first: Path, volume: int) -> Path:
    """Name the file of a volume, from that of the first."""
    return first if volume == 1 else first.with_name(f"{first.stem}-{volume:04d}{first.suffix}")


def volume_files(first: Path) -> dict[int, Path]:
    """Find the files of a log by volume, the oldest first; empty when there are none.  Raises LogError."""
    with _looking_for(first):
        found = {1: first} if first.is_file() else {}
        found |= {number: path for path, number in _named_alike(first) if number and path.is_file()}
    return dict(sorted(found.items()))


def stray_files(first: Path) -> list[Path]:
    """Find what is named like a volume, or almost, and is none: nobody reads it.  Raises LogError."""
    with _looking_for(first):
        return sorted(path for path, number in _named_alike(first) if not number or not path.is_file())


def _named_alike(first: Path) -> Iterator[tuple[Path, int]]:
    """Give what lies there as ``evidence-*.sqlite``, with its number as a volume; 0 for another name."""
    for path in first.parent.iterdir() if first.parent.is_dir() else ():
        if path.name.startswith(f"{first.stem}-") and path.suffix == first.suffix:
            digits = path.stem.removeprefix(f"{first.stem}-")
            number = int(digits) if re.fullmatch("[0-9]{4}", digits) else 0
            yield path, number if 2 <= number <= LARGEST_VOLUME else 0


@contextmanager
def _looking_for(first: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise LogError(f"the log {first} cannot be reached: {said}") from error


class VolumeEnd(NamedTuple):
    """The last entry of a volume: its number and hash, what it is, and when it was written."""

    sequence: int
    hash: bytes
    kind: str
    time: str

    @property
    def is_seal(self) -> bool:
        """Tell whether nothing may follow."""
        return self.kind == EntryKind.VOLUME_SEALED


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are looked for; a filter that is None, or an empty text, lets all pass.

    ``since`` (included) and ``until`` (not) as ``time_text`` writes them; ``text`` in lower case.
    """

    since: str | None = None
    until: str | None = None
    substance: str | None = None
    officer: str | None = None
    verdict: str | None = None
    inspection: str | None = None
    kind: str | None = None
    text: str = ""

    def filters(self) -> dict[str, str]:
        """Give the conditions of SQL, each with its value."""
        filters = {
            "time >= ?": self.since,
            "time < ?": self.until,
            "sequence IN (SELECT sequence FROM entry_substances WHERE substance = ?)": self.substance,
            "officer = ?": self.officer,
            "verdict = ?": self.verdict,
            "inspection = ?": self.inspection,
            "kind = ?": self.kind,
            "instr(text, ?)": self.text or None,
        }
        return {sql: value for sql, value in filters.items() if value is not None}

    def source(self) -> str:
        """Name what they are looked for in.

        Left to itself SQLite takes the index of one filter and reads the entries, three pages each, for the
        others.
        """
        if self.text:
            return "entry_texts CROSS JOIN entries INDEXED BY entries_searched USING (sequence)"
        has_own_index = self.inspection is not None or set(self.filters()) in HAVE_OWN_INDEX
        return "entries" if has_own_index else "entries INDEXED BY entries_searched"


class LogVolume:
    """One file of a log, open.  ``number`` from 1; ``public_key`` is what its entries are signed with."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db = db
        self.path = path
        meta = self._meta()
        self.number = int(meta["volume"])
        self.public_key = meta["public_key"]
        self.first = first_of_volume(self.number)

    @classmethod
    def open_read_only(
        cls, path: Path, *, kind: LogKind, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> LogVolume:
        """Open a volume for reading, from a read-only medium too.

        Raises LogMissingError, LogKindError, LogVersionError, LogDamagedError, LogError.
        """
        db = open_readable(path, kind, busy_timeout_s=busy_timeout_s)
        try:
            return cls(db, path)
        except BaseException:
            db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def end(self) -> VolumeEnd:
        """Give the last entry as far as the next one asks; of an empty volume what the first is to follow."""
        with self._reading():
            row = self.db.execute(
                "SELECT sequence, hash, kind, time FROM entries ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
        if row is None:
            return VolumeEnd(self.first - 1, NO_PREVIOUS, "", "")
        if not isinstance(row[1], bytes):
            raise LogDamagedError(f"the log {self.path} is damaged: its last entry has no hash")
        return VolumeEnd(*row)

    def last(self) -> tuple[int, bytes]:
        """Give number and hash of the last entry; in an empty volume what the first is to follow."""
        end = self.end()
        return end.sequence, end.hash

    def head(self) -> LogHead:
        """Tell where the volume ends now."""
        sequence, head = self.last()
        return LogHead(self.number, sequence - self.first + 1, head.hex())

    def extent(self) -> tuple[LogHead, int]:
        """Give the head, and the row of the newest curve (0: there is none), as they are at one moment."""
        with self._reading():
            self.db.execute("BEGIN")
            try:
                curves = self.db.execute("SELECT coalesce(max(rowid), 0) FROM spectra").fetchone()[0]
                return self.head(), curves
            finally:
                self.db.rollback()

    def is_sealed(self) -> bool:
        """Tell whether the volume was ended: nothing follows its seal."""
        return self.end().is_seal

    def page(self, where: str, values: Sequence[object], *, size: int = -1) -> list[LogEntry]:
        """Give at most ``size`` entries that fit, by number; all of them by default."""
        columns = ", ".join(ENTRY_COLUMNS)
        sql = f"SELECT {columns} FROM entries WHERE {where} ORDER BY sequence LIMIT {size}"
        with self._reading():
            rows = self.db.execute(sql, list(values)).fetchall()
        return [entry_of(dict(zip(ENTRY_COLUMNS, row, strict=True))) for row in rows]

    def numbers(self, wanted: Wanted, *, last: int, limit: int | None = None) -> list[int]:
        """Give the numbers of the entries that fit, in their order, up to ``last``; of many the newest."""
        filters = wanted.filters()
        where = " AND ".join(["sequence BETWEEN ? AND ?", *filters])
        values = [self.first, last, *filters.values(), -1 if limit is None else limit]
        sql = f"SELECT sequence FROM {wanted.source()} WHERE {where} ORDER BY sequence DESC LIMIT ?"
        with self._reading():
            rows = self.db.execute(sql, values).fetchall()
        return [sequence for (sequence,) in reversed(rows)]

    def numbered(self, numbers: Sequence[int]) -> list[LogEntry]:
        """Give the entries of these numbers, in their order."""
        return self.page(f"sequence IN ({', '.join('?' * len(numbers))})", numbers)

    def excerpts(self, first: int, last: int, wanted: Mapping[str, str]) -> list[LogEntry]:
        """Give the entries from ``first`` to ``last`` with little of their bodies and without their bytes.

        ``wanted`` has JSON paths by the names that what is found there gets in the body; None where there is
        nothing.  A path to the first of a list gives a list.  SQLite finds it in a third of the time that
        Python takes to read it all.
        """
        text, paths = "CAST(entry AS TEXT)", [f"$.{name}" for name in OUTSIDE_THE_BODY]
        paths += wanted.values()
        sql = (
            f"SELECT sequence, previous, hash, json_type({text}, '$.body'), "
            f"json_extract({text}{', ?' * len(paths)}) "
            "FROM entries WHERE sequence BETWEEN ? AND ? ORDER BY sequence"
        )
        try:
            with self._reading():
                rows = self.db.execute(sql, [*paths, first, last]).fetchall()
        except LogError:
            return self.page("sequence BETWEEN ? AND ?", [first, last])  # names the entry that is no JSON
        return [_excerpt(wanted, row) for row in rows]

    def has(self, where: str, values: Sequence[object]) -> bool:
        """Tell whether there is an entry that fits, without reading it."""
        with self._reading():
            row = self.db.execute(f"SELECT 1 FROM entries WHERE {where} LIMIT 1", list(values)).fetchone()
        return row is not None

    def largest_sample(self, inspection: str) -> int:
        """Give the highest number of a sample of an inspection, 0 when it has none here."""
        with self._reading():
            row = self.db.execute(
                "SELECT max(sample) FROM entries WHERE inspection = ?", [inspection]
            ).fetchone()
        return row[0] or 0

    def spectrum(self, sequence: int, sha256: str) -> StoredSpectrum:
        """Give the curve of an entry.  Raises LogDamagedError when it is not the one that was written."""
        with self._reading():
            row = self.db.execute(
                f"SELECT {', '.join(PARTS)} FROM spectra WHERE sha256 = ?", [sha256]
            ).fetchone()
        if row is None:
            raise LogDamagedError(f"the spectrum of entry {sequence} is missing in the log {self.path}")
        try:
            stored = StoredSpectrum.from_parts(dict(zip(PARTS, row, strict=True)))
        except RecordError as error:
            raise LogDamagedError(f"the spectrum of entry {sequence} was changed: {error}") from error
        if stored.sha256 != sha256:
            raise LogDamagedError(f"the spectrum of entry {sequence} was changed: its hash does not fit")
        return stored

    def has_spectrum(self, sha256: str) -> bool:
        """Tell whether a curve is stored here already."""
        return self.db.execute("SELECT 1 FROM spectra WHERE sha256 = ?", [sha256]).fetchone() is not None

    def broken_links(self) -> list[Problem]:
        """Follow the chain from end to end, without reading what the entries say.

        10 us an entry; from a disk 50 us.
        """
        with self._reading(), reading_ahead(self.path, self.first, self.last()[0]):
            rows = self.db.execute("SELECT sequence, entry, previous, hash FROM entries ORDER BY sequence")
            chain = (
                ChainRow(sequence, as_bytes(entry), as_bytes(previous), as_bytes(hash_), written_as=None)
                for sequence, entry, previous, hash_ in rows
            )
            return list(verify_chain(chain, first=self.first))

    def _meta(self) -> dict[str, str]:
        with self._reading():
            meta = {row["key"]: row["value"] for row in self.db.query("SELECT key, value FROM meta")}
        if not re.fullmatch("[1-9][0-9]{0,3}", str(meta.get("volume"))) or "public_key" not in meta:
            raise LogDamagedError(f"the log {self.path} does not say which volume it is")
        return meta

    def _reading(self) -> AbstractContextManager[None]:
        return translated(self.path, "read", LogError)


@contextmanager
def reading_ahead(path: Path, first: int, last: int) -> Iterator[None]:
    """Have threads fetch the entries from ``first`` to ``last`` before the block asks for them.

    Their curves lie between them, and a disk answers several questions at once much sooner than one after
    the other.  What the threads meet, they leave for the block to meet.
    """
    readers = READERS if last - first >= WORTH_READING_AHEAD else 0
    ended = Event()
    threads = [
        Thread(target=_fetch, args=(path, range(first + n * AT_ONCE, last, readers * AT_ONCE), ended))
        for n in range(readers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _fetch(path: Path, starts: range, ended: Event) -> None:
    with suppress(LogError, OSError), translated(path, "read", LogError):
        db = connect(f"{path.resolve().as_uri()}?mode=ro", is_uri=True, timeout_s=0)
        with closing(db):
            for start in starts:
                if ended.is_set():
                    return
                # Its last byte is read with all that comes before it, and none of it becomes an object.
                db.execute(
                    "SELECT max(substr(entry, -1)) FROM entries WHERE sequence BETWEEN ? AND ?",
                    [start, start + AT_ONCE - 1],
                ).fetchone()


def _excerpt(wanted: Mapping[str, str], stored: tuple[Any, ...]) -> LogEntry:
    sequence, previous, hash_, body, found = stored
    row = {"sequence": sequence, "previous": previous, "hash": hash_, "entry": b"", "signature": b""}
    if body != "object":
        return entry_with(row, {})  # which is refused
    said = json.loads(found)
    envelope = dict(zip(OUTSIDE_THE_BODY, said, strict=False))
    envelope["body"] = {
        name: ([] if part is None else [part]) if path.endswith("[0]") else part
        for (name, path), part in zip(wanted.items(), said[len(OUTSIDE_THE_BODY) :], strict=True)
    }
    return entry_with(row, envelope)


def as_bytes(value: object) -> bytes:
    """Give a stored blob; a damaged file may hold something else in its place, which then fails its hash."""
    return value if isinstance(value, bytes) else b""
