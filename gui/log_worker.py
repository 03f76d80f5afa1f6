"""The log's two threads: one that alone writes, one that reads, checks and exports beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from detector.capture import Background
from inspection.errors import InspectionError, LogMissingError
from inspection.findings import Finding
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_search import newest_first
from inspection.records import LogEntry, new_inspection_id, opening
from inspection.session import Place, background_entry, identification_entry
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.errors import SpectraLibraryError


@dataclass(frozen=True, slots=True, eq=False)
class SaveWish:
    """A finding that is to be written down; without an ``inspection`` one is opened with the other fields.

    ``catalogue`` is the one it was found with, which knows what imported libraries bring; None for the
    program's own.
    """

    finding: Finding
    inspection: str | None
    container: str
    declared: str
    hs_code: str
    catalogue: Catalogue | None = None


@dataclass(frozen=True, slots=True)
class BackgroundWish:
    """A background that is to be written down, under the ``inspection`` that is open; None when none is."""

    background: Background
    inspection: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: it is on the disk."""

    entry: LogEntry
    inspection: str
    sample: int


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which entries to list, at most ``limit``: those that hold ``text``, since a moment, of one verdict."""

    text: str = ""
    since: datetime | None = None
    verdict: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Where the log is to be exported to; ``format`` is csv or json, ``inspection`` None for all."""

    path: Path
    format: str
    inspection: str | None = None


class LogWriter(QObject):
    """Owns the one connection that writes, in the thread that it was moved to.

    Signals:
        log_opened(LogHead)
        log_failed(InspectionError): the log could not be opened; each later wish tries again.
        saved(Saved)
        save_failed(InspectionError | SpectraLibraryError): nothing of the finding is in the log.
        background_recorded(LogEntry)
    """

    log_opened = pyqtSignal(object)
    log_failed = pyqtSignal(object)
    saved = pyqtSignal(object)
    save_failed = pyqtSignal(object)
    background_recorded = pyqtSignal(object)

    def __init__(
        self,
        path: Path,
        kind: LogKind,
        *,
        officer: str | None = None,
        open_log: Callable[..., InspectionLog] = InspectionLog.open,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._path = path
        self._kind = kind
        self._officer = officer
        self._open_at = open_log
        self._now = now
        self._log: InspectionLog | None = None
        self._catalogue: Catalogue | None = None
        self._unused: tuple[SaveWish, str] | None = None  # an inspection whose first finding was not written

    @pyqtSlot()
    def open_log(self) -> None:
        """Open the log, and begin it where there is none."""
        try:
            self.log_opened.emit(self._writable().head())
        except InspectionError as error:
            self.log_failed.emit(error)

    @pyqtSlot(object)
    def save(self, wish: SaveWish) -> None:
        """Write a finding down as the next sample of its inspection."""
        try:
            log = self._writable()
            inspection = wish.inspection or self._opened_for(wish, log)
            sample = log.next_sample(inspection)
            new = identification_entry(wish.finding, Place(inspection, sample), self._known_substances(wish))
            entry = log.append(new)
        except (InspectionError, SpectraLibraryError) as error:
            self.save_failed.emit(error)
            return
        self._unused = None
        self.saved.emit(Saved(entry, inspection, sample))

    @pyqtSlot(object)
    def record_background(self, wish: BackgroundWish) -> None:
        """Write down that a background was taken."""
        try:
            new = background_entry(wish.background, Place(wish.inspection))
            entry = self._writable().append(new)
        except InspectionError as error:
            self.save_failed.emit(error)
            return
        self.background_recorded.emit(entry)

    @pyqtSlot()
    def finish(self) -> None:
        """End the thread, after all that was asked for before."""
        thread = self.thread()
        if thread is not None:
            thread.quit()

    @pyqtSlot()
    def close(self) -> None:
        """Let go of the file at the end of the thread."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _writable(self) -> InspectionLog:
        if self._log is None:
            self._log = self._open_at(self._path, kind=self._kind, officer=self._officer)
        return self._log

    def _opened_for(self, wish: SaveWish, log: InspectionLog) -> str:
        """Open an inspection; a repeated wish gets the one that was opened before its finding failed."""
        if self._unused is not None and _is_same(self._unused[0], wish):
            return self._unused[1]
        number = new_inspection_id(self._now())
        log.append(opening(number, container=wish.container, declared=wish.declared, hs_code=wish.hs_code))
        self._unused = (wish, number)
        return number

    def _known_substances(self, wish: SaveWish) -> Catalogue:
        if wish.catalogue is not None:
            return wish.catalogue
        if self._catalogue is None:
            self._catalogue = load_catalogue()
        return self._catalogue


def _is_same(first: SaveWish, second: SaveWish) -> bool:
    fields = [(id(one.finding), one.container, one.declared, one.hs_code) for one in (first, second)]
    return fields[0] == fields[1]


class LogReader(QObject):
    """Reads beside the writer on a connection of its own, in the thread that it was moved to.

    Signals:
        listed(tuple[LogEntry, ...]): newest first; empty when there is no log yet.
        entry_opened(LogEntry, StoredSpectrum | None)
        verified(VerifyReport)
        exported(ExportReport)
        failed(InspectionError)
    """

    listed = pyqtSignal(object)
    entry_opened = pyqtSignal(object, object)
    verified = pyqtSignal(object)
    exported = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, path: Path, kind: LogKind) -> None:
        super().__init__()
        self._path = path
        self._kind = kind
        self._log: InspectionLog | None = None

    @pyqtSlot(object)
    def refresh(self, query: LogQuery) -> None:
        """List the entries that fit."""
        try:
            found = newest_first(
                self._readable(),
                text=query.text,
                since=query.since,
                verdict=query.verdict,
                limit=query.limit,
            )
            self.listed.emit(tuple(found))
        except LogMissingError:
            self.listed.emit(())
        except InspectionError as error:
            self._fail(error)

    @pyqtSlot(int)
    def open_entry(self, sequence: int) -> None:
        """Give one entry with its curve."""
        try:
            log = self._readable()
            self.entry_opened.emit(log.entry(sequence), log.spectrum(sequence))
        except InspectionError as error:
            self._fail(error)

    @pyqtSlot()
    def verify(self) -> None:
        """Check every entry and every curve."""
        try:
            self.verified.emit(self._readable().verify())
        except InspectionError as error:
            self._fail(error)

    @pyqtSlot(object)
    def export(self, wish: ExportWish) -> None:
        """Write the log, or one inspection, into a file."""
        # What writes files of other formats is read when the first is wanted, not at the start.
        from inspection.export.exporting import ExportFormat, export_log

        try:
            report = export_log(self._readable(), wish.path, ExportFormat(wish.format), wish.inspection)
            self.exported.emit(report)
        except InspectionError as error:
            self._fail(error)

    @pyqtSlot()
    def close(self) -> None:
        """Let go of the file at the end of the thread."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _readable(self) -> InspectionLog:
        if self._log is None:
            self._log = InspectionLog.open_read_only(self._path, kind=self._kind)
        return self._log

    def _fail(self, error: InspectionError) -> None:
        self.close()  # the file may have been replaced: the next wish opens what is there then
        self.failed.emit(error)
