"""The log's two threads: one that alone writes, one that reads, checks and exports beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from detector.capture import Background
from gui.read_only import is_read_only
from inspection.errors import InspectionError, LogMissingError, LogNoRoomError, LogWriteError
from inspection.findings import Finding
from inspection.language import ENGLISH, Wording
from inspection.log import InspectionLog
from inspection.log_check import VerifyReport
from inspection.log_kind import LogKind
from inspection.log_search import newest_first
from inspection.record.containers import check_container
from inspection.records import LogEntry, new_inspection_id, opening
from inspection.session import Place, background_entry, identification_entry
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.errors import SpectraLibraryError


@dataclass(frozen=True, slots=True, eq=False)
class SaveWish:
    """A finding that is to be written down; without an ``inspection`` one is opened with the other fields.

    ``catalogue`` is the one it was found with, which knows what imported libraries bring; None for the
    program's own.  ``officer`` signed in when it was measured; None for whom the writer works for.
    """

    finding: Finding
    inspection: str | None
    container: str
    declared: str
    hs_code: str
    catalogue: Catalogue | None = None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class BackgroundWish:
    """A background that is to be written down, under the ``inspection`` that is open; None when none is.

    ``officer`` as in SaveWish.
    """

    background: Background
    inspection: str | None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: it is on the disk."""

    entry: LogEntry
    inspection: str
    sample: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of the log found, and what its newest volume says of itself.

    ``key_kept_in`` where the key that signs it is kept; ``set_aside`` numbers of volumes that were not ended
    but left as they were found, since they were damaged or their key was lost.
    """

    report: VerifyReport
    key_kept_in: str
    set_aside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which entries to list, at most ``limit``: those that hold ``text``, since a moment, of one verdict."""

    text: str = ""
    since: datetime | None = None
    verdict: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Where the log is to be exported to; ``format`` as in ExportFormat, ``inspection`` None for all.

    ``words`` the language of pages to print.
    """

    path: Path
    format: str
    inspection: str | None = None
    words: Wording = ENGLISH


class LogWriter(QObject):
    """Owns the one connection that writes, in the thread that it was moved to.

    Signals:
        log_opened(LogHead)
        log_failed(InspectionError): the log could not be opened; each later wish tries again.
        found_read_only(): instead, where nothing can be written at all.
        noticed(LogNotice): what whoever works with the log must know, once.
        saved(Saved)
        save_failed(InspectionError | SpectraLibraryError): nothing of the finding is in the log.
        background_recorded(LogEntry)
    """

    log_opened = pyqtSignal(object)
    log_failed = pyqtSignal(object)
    found_read_only = pyqtSignal()
    noticed = pyqtSignal(object)
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
        find_read_only: Callable[[Path], bool] = is_read_only,
    ) -> None:
        super().__init__()
        self._find_read_only = find_read_only
        self._path = path
        self._kind = kind
        self._officer = officer
        self._open_at = open_log
        self._now = now
        self._log: InspectionLog | None = None
        self._noticed = 0
        self._catalogue: Catalogue | None = None
        self._unused: tuple[SaveWish, str] | None = None  # an inspection whose first finding was not written

    @pyqtSlot()
    def open_log(self) -> None:
        """Open the log, and begin it where there is none."""
        try:
            self.log_opened.emit(self.log(None).head())
        except InspectionError as error:
            if self._find_read_only(self._path):
                self.found_read_only.emit()
            else:
                self.log_failed.emit(error)

    @pyqtSlot(object)
    def save(self, wish: SaveWish) -> None:
        """Write a finding down as the next sample of its inspection."""
        try:
            log = self.log(wish.officer)
            inspection = wish.inspection or self._opened_for(wish, log)
            sample = log.next_sample(inspection)
            new = identification_entry(wish.finding, Place(inspection, sample), self._known_substances(wish))
            entry = log.append(new)
        except (InspectionError, SpectraLibraryError) as error:
            self._failed(error)
            return
        self._unused = None
        self.saved.emit(Saved(entry, inspection, sample))
        self._tell_notices()

    @pyqtSlot(object)
    def record_background(self, wish: BackgroundWish) -> None:
        """Write down that a background was taken."""
        try:
            new = background_entry(wish.background, Place(wish.inspection))
            entry = self.log(wish.officer).append(new)
        except InspectionError as error:
            self._failed(error)
            return
        self.background_recorded.emit(entry)
        self._tell_notices()

    def log(self, officer: str | None) -> InspectionLog:
        """Give the open log, in which ``officer`` signs for what comes next; for this thread alone.

        Raises InspectionError where it does not open.
        """
        if self._log is None:
            self._log = self._open_at(self._path, kind=self._kind, officer=officer or self._officer)
            self._noticed = 0
            self._tell_notices()
        self._log.officer = officer or self._officer
        return self._log

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

    def _failed(self, error: InspectionError | SpectraLibraryError) -> None:
        # The folder may have gone away and come back as another: the next wish opens what is there then.
        if isinstance(error, LogWriteError) and not isinstance(error, LogNoRoomError):
            self.close()
        self.save_failed.emit(error)

    def _tell_notices(self) -> None:
        notices = self._log.notices if self._log is not None else ()
        for notice in notices[self._noticed :]:
            self.noticed.emit(notice)
        self._noticed = len(notices)

    def _opened_for(self, wish: SaveWish, log: InspectionLog) -> str:
        """Open an inspection; a repeated wish gets the one that was opened before its finding failed."""
        if self._unused is not None and _is_same(self._unused[0], wish):
            return self._unused[1]
        number = new_inspection_id(self._now())
        new = opening(
            number,
            container=check_container(wish.container).entered,
            declared=wish.declared,
            hs_code=wish.hs_code,
            local_time=self._now().astimezone(),
        )
        log.append(new)
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


def checked(log: InspectionLog, report: VerifyReport) -> Checked:
    """Put beside ``report`` what the volumes say of themselves in their first entries."""
    kept_in, set_aside = "", []
    for volume in log.volumes:
        try:
            body = log.entry(volume.first).body
        except InspectionError:  # the report names it
            continue
        kept_in = str(body.get("key_kept_in", ""))
        continues = body.get("continues")
        if isinstance(continues, Mapping) and continues.get("state") != "sealed":
            set_aside.append(int(continues["volume"]))
    return Checked(report, kept_in, tuple(set_aside))


class LogReader(QObject):
    """Reads beside the writer on a connection of its own, in the thread that it was moved to.

    Signals:
        listed(tuple[LogEntry, ...]): newest first; empty when there is no log yet.
        entry_opened(LogEntry, StoredSpectrum | None)
        verified(Checked)
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
            log = self._readable()
            self.verified.emit(checked(log, log.verify()))
        except InspectionError as error:
            self._fail(error)

    @pyqtSlot(object)
    def export(self, wish: ExportWish) -> None:
        """Write the log, or one inspection, into a file."""
        # What writes files of other formats is read when the first is wanted, not at the start.
        from inspection.export.exporting import ExportFormat, export_log

        try:
            report = export_log(
                self._readable(), wish.path, ExportFormat(wish.format), wish.inspection, words=wish.words
            )
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
