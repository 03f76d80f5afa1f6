"""The window: puts the pages together and connects them with the workers; no other file connects these.

    workers --signals--> Course --> pages          a person --wishes--> window --queued signals--> workers

The first sight is the frame with its sentence and the primary action; the scan page follows at once, and
what needs numpy or pyqtgraph when it is wanted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLocale, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.pages.course import Course, Link, Step, Trouble
from gui.pages.job import Job
from gui.pages.notice_strip import NoticeStrip
from gui.pages.wishes import Bar, Wish, clean_bar
from gui.palette import THEMES, ThemeName, Tone
from gui.theme import apply_theme, current_look
from gui.widgets.action_bar import ActionBar
from gui.widgets.header_bar import HeaderBar
from gui.widgets.header_signs import Lamp
from gui.widgets.labels import Rule, put_on
from gui.widgets.nav_rail import NavRail, Page
from gui.widgets.training_band import TrainingBand
from inspection.language import Wording
from inspection.records import LogKind

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from detector.capture import Background, DeviceInfo, DeviceStatus, ScanProgress
    from detector.errors import DetectorError
    from gui.demonstration import Demonstration
    from gui.fault_report import Fault
    from gui.log_worker import Saved
    from gui.pages.device_page import DevicePage
    from gui.pages.job import Papers
    from gui.pages.log_page import LogFilter, LogPage
    from gui.pages.overlay import References
    from gui.pages.result_page import ResultPage
    from gui.pages.scan_page import ScanPage
    from gui.session_worker import LibraryReady, LiveCurve
    from gui.workers import Workers
    from inspection.curves import StoredSpectrum
    from inspection.errors import InspectionError
    from inspection.export.exporting import ExportReport
    from inspection.findings import Finding
    from inspection.log_check import VerifyReport
    from inspection.records import LogEntry, LogHead
    from inspection.wording import KnownError
    from spectra_library.catalogue import Catalogue
    from spectra_library.errors import SpectraLibraryError

REAL_PAGES = (Page.SCAN, Page.LOG, Page.DEVICE)
SIZE = (1366, 768)
FILLED_AFTER_MS = 1  # not 0, which may still come before the frame is on the screen


class MainWindow(QWidget):
    """Header, rail, page, foot.

    Signals, all of them wishes to the workers:
        load_wished(), connect_wished(str), disconnect_wished(), background_wished(), watch_wished(bool),
        scan_wished(str): to the session worker.
        save_wished(SaveWish), background_record_wished(Background): to the log writer.
        list_wished(LogQuery), entry_wished(int), verify_wished(), export_wished(ExportWish): to the log
            reader.
    """

    load_wished = pyqtSignal()
    connect_wished = pyqtSignal(str)
    disconnect_wished = pyqtSignal()
    background_wished = pyqtSignal()
    watch_wished = pyqtSignal(bool)
    scan_wished = pyqtSignal(str)
    save_wished = pyqtSignal(object)
    background_record_wished = pyqtSignal(object)
    list_wished = pyqtSignal(object)
    entry_wished = pyqtSignal(int)
    verify_wished = pyqtSignal()
    export_wished = pyqtSignal(object)

    def __init__(
        self,
        words: Wording,
        *,
        kind: LogKind = LogKind.EVIDENCE,
        officer: str = "",
        is_demonstration: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        put_on(self, "bezel")
        self.setWindowTitle("Chemgate")
        self.resize(*SIZE)
        self._words, self._kind, self._is_demonstration = words, kind, is_demonstration
        self._course, self._job = Course(), Job()
        self._page = Page.SCAN
        self._workers: Workers | None = None
        self._demonstration: Demonstration | None = None
        self._catalogue: Catalogue | None = None
        self._references: References | None = None
        self._finding: Finding | None = None
        self._is_saving = False
        self._is_watching = False
        self._has_warned = False
        self._volume = ""
        self._anchor = ""
        self._bar_shown: Bar | None = None
        self._scan: ScanPage | None = None
        self._result: ResultPage | None = None
        self._log: LogPage | None = None
        self._device: DevicePage | None = None
        self._build(officer)
        self._show_frame(clean_bar(words))

    # Building

    def _build(self, officer: str) -> None:
        words = self._words
        self.header = HeaderBar(words)
        self.header.set_officer(officer)
        self.header.theme_requested.connect(self._next_theme)
        self.header.inspection_requested.connect(self._show_inspection)
        self.rail = NavRail(words, enabled=REAL_PAGES)
        for page in Page:
            if page not in REAL_PAGES:
                self.rail.item(page).setToolTip(words("Not part of this version"))
        self.rail.page_requested.connect(self.show_page)
        self.pages = QStackedWidget()
        put_on(self.pages, "page")
        self.notice = NoticeStrip(words)
        self.bar = ActionBar()
        self.bar.action_requested.connect(self._fulfil)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        page_column = QVBoxLayout()
        page_column.setSpacing(0)
        page_column.addWidget(self.pages, 1)
        page_column.addWidget(self.notice)
        middle.addLayout(page_column, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self._kind is LogKind.TRAINING:
            column.addWidget(TrainingBand(words("TRAINING – nothing here is evidence")))
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.bar)

    @property
    def _watermark(self) -> str:
        return self._words("TRAINING") if self._kind is LogKind.TRAINING else ""

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Fill the page as soon as the frame is on the screen."""
        super().paintEvent(event)
        if self._scan is None:
            QTimer.singleShot(FILLED_AFTER_MS, self._refresh)

    @property
    def scan(self) -> ScanPage:
        """The scan page, made after the frame."""
        if self._scan is None:
            from gui.pages.scan_page import ScanPage  # the frame does not wait for it

            self._scan = ScanPage(self._words)
            self._scan.cancel_requested.connect(self._cancel)
            self._scan.papers_changed.connect(self._take_papers)
            self._scan.typing_ended.connect(self._return_focus)
            self._scan.set_training(self._watermark)
            self.pages.addWidget(self._scan)
        return self._scan

    @property
    def result(self) -> ResultPage:
        """The result page, made when it is first wanted."""
        if self._result is None:
            from gui.pages.result_page import ResultPage  # it loads pyqtgraph

            self._result = ResultPage(self._words)
            self._result.declared_changed.connect(self._declare)
            self._result.set_training(self._watermark)
            self.pages.addWidget(self._result)
        return self._result

    @property
    def log(self) -> LogPage:
        """The log page, made when it is first wanted."""
        if self._log is None:
            from gui.pages.log_page import LogPage  # it loads pyqtgraph

            self._log = LogPage(self._words)
            self._log.filter_changed.connect(self._list)
            self._log.entry_requested.connect(self.entry_wished)
            self._log.set_training(self._watermark)
            self.pages.addWidget(self._log)
        return self._log

    @property
    def device(self) -> DevicePage:
        """The device page, made when it is first wanted."""
        if self._device is None:
            from gui.pages.device_page import DevicePage  # seldom wanted

            self._device = DevicePage(self._words)
            self._device.typing_ended.connect(self._return_focus)
            self.pages.addWidget(self._device)
        return self._device

    def attach(self, workers: Workers) -> None:
        """Connect the workers, before they start."""
        # Not earlier: its first use costs a twentieth of the time until the window shows, without numbers.
        QLocale.setDefault(QLocale(self._words.language.value))
        self._workers = workers
        session, writer, reader = workers.session, workers.writer, workers.reader
        for wish, slot in (
            (self.load_wished, session.load_libraries),
            (self.connect_wished, session.connect_to),
            (self.disconnect_wished, session.disconnect_from),
            (self.background_wished, session.take_background),
            (self.watch_wished, session.watch_crystal),
            (self.scan_wished, session.scan),
            (self.save_wished, writer.save),
            (self.background_record_wished, writer.record_background),
            (self.list_wished, reader.refresh),
            (self.entry_wished, reader.open_entry),
            (self.verify_wished, reader.verify),
            (self.export_wished, reader.export),
            (session.library_loaded, self._library_loaded),
            (session.library_failed, self._library_failed),
            (session.connecting, self._connecting),
            (session.connected, self._connected),
            (session.connection_failed, self._connection_failed),
            (session.link_lost, self._link_lost),
            (session.disconnected, self._disconnected),
            (session.status_changed, self._status_changed),
            (session.background_taken, self._background_taken),
            (session.background_failed, self._background_failed),
            (session.previewed, self._previewed),
            (session.preview_failed, self._preview_failed),
            (session.progressed, self._progressed),
            (session.named, self._named),
            (session.scan_failed, self._scan_failed),
            (session.scan_cancelled, self._scan_cancelled),
            (writer.log_opened, self._log_opened),
            (writer.log_failed, self._log_failed),
            (writer.saved, self._saved),
            (writer.save_failed, self._save_failed),
            (reader.listed, self._listed),
            (reader.entry_opened, self._entry_opened),
            (reader.verified, self._verified),
            (reader.exported, self._exported),
            (reader.failed, self._reading_failed),
        ):
            wish.connect(slot)
        self._refresh()

    def use_demonstration(self, demonstration: Demonstration) -> None:
        """Lay samples on the simulated crystal of ``demonstration``."""
        self._demonstration = demonstration
        self._job = self._job.declared_as(demonstration.declared(self._job.scanned))
        self._refresh()

    @pyqtSlot(object)
    def show_fault(self, fault: Fault) -> None:
        """Say that something nobody foresaw went wrong, and that the program stays up."""
        words = self._words
        sentence = words(
            "Something went wrong inside the program. Your work goes on; tell your administrator: "
            "fault {number}."
        ).format(number=fault.number)
        if fault.path is not None:
            sentence += " " + words("The report is in {path}.").format(path=fault.path)
        self.notice.say(sentence, Tone.DOUBT)

    # What is shown

    @property
    def course(self) -> Course:
        """Where the sample stands."""
        return self._course

    @property
    def finding(self) -> Finding | None:
        """The finding that is shown and not yet saved."""
        return self._finding

    @property
    def kind(self) -> LogKind:
        """Whether this is evidence or training."""
        return self._kind

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._page

    @pyqtSlot(object)
    def show_page(self, page: Page) -> None:
        """Show ``page``, as F1 to F6 do."""
        self._page = page
        self.notice.hide()
        if page is Page.LOG:
            self._list()
        self._refresh()

    @pyqtSlot()
    def _refresh(self) -> None:
        """Show everything as it is now."""
        course = self._course
        self.scan.set_papers(self._job.papers, is_container_fixed=bool(self._job.inspection))
        self.scan.set_note(self._demonstration_note())
        self.scan.show_course(course)
        if self._page is Page.DEVICE or self._device is not None:
            self.device.show_course(course, is_simulated=self._is_simulated)
        page = self._visible_page()
        self.pages.setCurrentWidget(page)
        self._show_frame(page.bar())
        self._sync_crystal()

    def _show_frame(self, bar: Bar) -> None:
        """Show header, rail and foot."""
        self.rail.set_page(self._page)
        self._show_header(self._course)
        if bar != self._bar_shown:
            self._bar_shown = bar
            self.bar.set_sentence(bar.sentence, lead=bar.lead)
            self.bar.set_actions(bar.quiet, bar.primary)
            self._give_focus()

    def _give_focus(self) -> None:
        """Let Enter and Space be the primary action's, unless a person is at work elsewhere on the page."""
        focused = self.focusWidget()
        is_idle = focused is None or isinstance(focused, QAbstractButton) or not focused.isVisible()
        if is_idle and self.bar.primary.isVisible() and self.bar.primary.isEnabled():
            self.bar.primary.setFocus()

    def _visible_page(self) -> ScanPage | ResultPage | LogPage | DevicePage:
        if self._page is Page.LOG:
            return self.log
        if self._page is Page.DEVICE:
            return self.device
        has_result = self._course.step is Step.RESULT and self._finding is not None
        return self.result if has_result else self.scan

    def _show_header(self, course: Course) -> None:
        words = self._words
        title = words("New inspection")
        if self._job.inspection:
            title = words("Inspection {number}").format(number=self._job.inspection)
        self.header.set_inspection(title, container=self._job.papers.tidy.container)
        self.header.set_detector(*self._lamp(course))
        self.header.set_battery(course.status.battery_percent if course.status is not None else None)

    def _lamp(self, course: Course) -> tuple[Lamp, str]:
        words = self._words
        if course.link is Link.CONNECTING:
            return Lamp.WORKING, words("Connecting")
        if course.link is Link.ABSENT:
            is_lost = course.trouble is Trouble.LOST
            return (Lamp.LOST, words("Cable lost")) if is_lost else (Lamp.ABSENT, words("No detector"))
        state = course.status.state if course.status is not None else "ready"
        if state == "fault":
            return Lamp.LOST, words("Detector fault")
        if self._is_simulated:
            return Lamp.SIMULATED, words("Simulated detector")
        if state == "warming_up":
            return Lamp.WORKING, words("Warming up")
        if course.is_measuring:
            return Lamp.WORKING, words("Measuring")
        return Lamp.READY, words("Detector ready")

    @property
    def _is_simulated(self) -> bool:
        return self._demonstration is not None and self._course.port == self._demonstration.url

    def _demonstration_note(self) -> str:
        if self._demonstration is None or not self._is_simulated:
            return ""
        samples = self._demonstration.samples
        number = self._job.scanned % len(samples)
        return self._words("On the simulated crystal: sample {number} of {count}, {origin}.").format(
            number=number + 1, count=len(samples), origin=samples[number].origin
        )

    def _sync_crystal(self) -> None:
        """Put the sample on and the live curve on where the gate wants them."""
        course = self._course
        if self._demonstration is not None:
            self._demonstration.put_sample_on(course.step is Step.SAMPLE)
        wants = course.wants_watch and self._visible_page() is self.scan
        if wants != self._is_watching:
            self._is_watching = wants
            if not course.is_measuring:  # a measurement ends the watching by itself
                self.watch_wished.emit(wants)

    def _go(self, course: Course) -> None:
        self._course = course
        self._refresh()

    def _said(self, error: KnownError) -> str:
        from inspection.wording import error_sentence  # it loads numpy; by now it is there

        return error_sentence(self._words, error)

    # Wishes

    @pyqtSlot(str)
    def _fulfil(self, name: str) -> None:
        self.notice.hide()
        wishes: dict[Wish, Callable[[], object]] = {
            Wish.CRYSTAL_IS_CLEAN: self._take_first_background,
            Wish.TAKE_BACKGROUND: self._take_background,
            Wish.CRYSTAL_IS_EMPTY: lambda: self._go(self._course.crystal_is_empty(_now())),
            Wish.HAVE_LOOKED: lambda: self._go(self._course.have_looked()),
            Wish.START_SCAN: self._start_scan,
            Wish.SCAN_ANYWAY: self._start_scan,
            Wish.GO_BACK: lambda: self._go(self._course.back()),
            Wish.CLEAN_AGAIN: lambda: self._go(self._course.next_sample()),
            Wish.CANCEL: self._cancel,
            Wish.WATCH_AGAIN: lambda: self._go(self._course.without_trouble()),
            Wish.SEARCH_DETECTOR: self._search_detector,
            Wish.CONNECT_AGAIN: lambda: self.connect_wished.emit(self._course.port),
            Wish.CONNECT_PORT: self._connect_port,
            Wish.DISCONNECT: self.disconnect_wished.emit,
            Wish.SHOW_DEVICE: lambda: self.show_page(Page.DEVICE),
            Wish.SHOW_SCAN: lambda: self.show_page(Page.SCAN),
            Wish.LOAD_LIBRARY: self.load_wished.emit,
            Wish.NEW_INSPECTION: self._new_inspection,
            Wish.EDIT_DECLARED: self._edit_declared,
            Wish.SCAN_AGAIN: self._scan_again,
            Wish.SAVE: self._save,
            Wish.SHOW_ALL: self._show_all,
            Wish.VERIFY: self._verify,
            Wish.COPY_HEAD: self._copy_head,
            Wish.EXPORT: self._export,
        }
        wishes[Wish(name)]()

    def _take_first_background(self) -> None:
        self._course = self._course.crystal_is_clean(_now())
        is_ready = self._course.link is Link.OPEN and (
            self._course.status is None or self._course.status.state == "ready"
        )
        if is_ready and not self._course.missing_library:
            self._take_background()
        else:
            self._refresh()

    def _take_background(self) -> None:
        course = self._course if self._course.step is Step.BACKGROUND else self._course.background_again()
        self._is_watching = False
        self._go(course.measuring(time.monotonic()))
        self.background_wished.emit()
        _load_pages_aside()  # the next gate wants the plot

    def _start_scan(self) -> None:
        self._is_watching = False
        self._go(self._course.measuring(time.monotonic()))
        self.scan_wished.emit(self._job.papers.declared)

    @pyqtSlot()
    def _cancel(self) -> None:
        if self._workers is not None:
            self._workers.session.cancel.set()  # directly: a queued wish would wait behind the scan

    def _scan_again(self) -> None:
        self._finding = None
        self._begin_papers()
        self._go(self._course.sample_again())

    def _edit_declared(self) -> None:
        self.result.edit_declared()

    def _show_all(self) -> None:
        self.log.show_all()

    def _search_detector(self) -> None:
        self.connect_wished.emit(self._demonstration.url if self._demonstration is not None else "")

    def _connect_port(self) -> None:
        self.connect_wished.emit(self.device.port.text().strip())

    def _new_inspection(self) -> None:
        self._job = self._job.next_inspection()
        self._begin_papers()
        self._refresh()

    def _begin_papers(self) -> None:
        """Take the papers of the next sample of the demonstration."""
        if self._demonstration is not None and self._is_simulated:
            self._job = self._job.declared_as(self._demonstration.declared(self._job.scanned))

    @pyqtSlot(object)
    def _take_papers(self, papers: Papers) -> None:
        self._job = self._job.with_papers(papers)
        self._refresh()

    @pyqtSlot()
    def _return_focus(self) -> None:
        self.bar.primary.setFocus()  # so that the next Enter presses it

    @pyqtSlot()
    def _show_inspection(self) -> None:
        self.show_page(Page.SCAN)
        if self.scan.guide.isVisible():
            self.scan.guide.fields.container.setFocus()

    @pyqtSlot(str)
    def _declare(self, declared: str) -> None:
        self._job = self._job.declared_as(declared)
        self._compare_again()
        if self._finding is not None:
            self.result.show_declaration(self._finding)
        self._refresh()

    def _compare_again(self) -> None:
        from inspection.declaration import compare  # it loads numpy; by now it is there

        declared = self._job.papers.tidy.declared
        if self._finding is not None and self._catalogue is not None:
            found = self._finding.identification
            declaration = compare(declared, found, self._catalogue) if declared else None
            self._finding = replace(self._finding, declaration=declaration)

    def _save(self) -> None:
        from gui.log_worker import SaveWish  # it loads numpy; by now it is there

        if self._finding is None or self._is_saving:
            return
        papers = self._job.papers.tidy
        self._is_saving = True
        self.result.set_saving(True)
        self._refresh()
        self.save_wished.emit(
            SaveWish(
                finding=self._finding,
                inspection=self._job.inspection or None,
                container=papers.container,
                declared=papers.declared,
                hs_code="",
            )
        )

    def _list(self) -> None:
        from gui.log_worker import LogQuery  # it loads numpy; by now it is there
        from gui.pages.log_page import EVERY_ENTRY

        wanted: LogFilter = self.log.wanted()
        verdict = None if wanted.verdict in ("", EVERY_ENTRY) else wanted.verdict
        self.list_wished.emit(LogQuery(text=wanted.text, since=wanted.since(_now()), verdict=verdict))

    def _verify(self) -> None:
        self.log.set_working(self._words("Every record and every spectrum is being checked."))
        self._refresh()
        self.verify_wished.emit()

    def _copy_head(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self._anchor)
            self.notice.say(self._words("The head is on the clipboard: keep it elsewhere."), Tone.AGREE)

    def _export(self) -> None:
        from gui.log_worker import ExportWish  # it loads numpy; by now it is there
        from gui.pages.export_dialog import ask_export_path, proposed_name
        from inspection.errors import ExportError
        from inspection.export.exporting import format_of

        path = ask_export_path(self, self._words, proposed_name(self._kind, _now()))
        if path is None:
            return
        try:
            export_format = format_of(path)
        except ExportError as error:
            self.notice.say(self._said(error), Tone.ALARM)
            return
        self.log.set_working(self._words("The log is being exported."))
        self._refresh()
        self.export_wished.emit(ExportWish(path, export_format.value))

    # From the session

    @pyqtSlot(object)
    def _library_loaded(self, ready: LibraryReady) -> None:
        from gui.pages.overlay import References  # numpy is there by now

        self._catalogue, self._references = ready.catalogue, References(ready.library)
        self._go(self._course.library_loaded())

    @pyqtSlot(object)
    def _library_failed(self, error: SpectraLibraryError) -> None:
        self._go(self._course.library_missing(self._said(error)))

    @pyqtSlot(str)
    def _connecting(self, url: str) -> None:
        self._is_watching = False
        self._go(self._course.connecting(url))

    @pyqtSlot(object, object)
    def _connected(self, device: DeviceInfo, status: DeviceStatus) -> None:
        self._go(self._course.connected(device, status))

    @pyqtSlot(object)
    def _connection_failed(self, error: DetectorError) -> None:
        self._go(self._course.not_connected(self._said(error)))

    @pyqtSlot(object)
    def _link_lost(self, error: DetectorError) -> None:
        self._is_watching = False
        self._go(self._course.lost(self._said(error)))

    @pyqtSlot()
    def _disconnected(self) -> None:
        self._is_watching = False
        self._go(self._course.let_go())

    @pyqtSlot(object)
    def _status_changed(self, status: DeviceStatus) -> None:
        self._go(self._course.status_changed(status))

    @pyqtSlot(object)
    def _background_taken(self, background: Background) -> None:
        self.background_record_wished.emit(background)
        self._go(self._course.background_taken(_now()))

    @pyqtSlot(object)
    def _background_failed(self, error: DetectorError) -> None:
        self._fail(Trouble.BACKGROUND_FAILED, error)

    @pyqtSlot(object)
    def _scan_failed(self, error: KnownError) -> None:
        self._fail(Trouble.SCAN_FAILED, error)

    def _fail(self, trouble: Trouble, error: KnownError) -> None:
        from detector.errors import LinkLostError, PortError

        is_gone = isinstance(error, LinkLostError | PortError)
        self._go(self._course.failed(Trouble.LOST if is_gone else trouble, self._said(error)))

    @pyqtSlot()
    def _scan_cancelled(self) -> None:
        self._go(self._course.failed(Trouble.CANCELLED, ""))

    @pyqtSlot(object)
    def _previewed(self, curve: LiveCurve) -> None:
        if self._course.wants_watch:
            self.scan.show_curve(curve)
            self._go(self._course.seen(curve.strongest, _now()))

    @pyqtSlot(object)
    def _preview_failed(self, error: DetectorError) -> None:
        from detector.errors import LinkLostError, NoBackgroundError, PortError

        self._is_watching = False
        if isinstance(error, NoBackgroundError):
            self._go(self._course.background_again())
        elif not isinstance(
            error, LinkLostError | PortError
        ):  # those tell by themselves that the cable is gone
            self._go(self._course.failed(Trouble.WATCH_FAILED, self._said(error)))

    @pyqtSlot(object)
    def _progressed(self, progress: ScanProgress) -> None:
        if self._course.is_measuring:
            self._go(self._course.progressed(progress.done, progress.total, time.monotonic()))

    @pyqtSlot(object)
    def _named(self, finding: Finding) -> None:
        catalogue, references = self._catalogue, self._references
        if catalogue is None or references is None:
            raise RuntimeError("a finding came without a library")
        self._finding = finding
        compared = finding.declaration.text if finding.declaration is not None else ""
        if self._job.papers.tidy.declared != compared:  # typed on while the scan was running
            self._compare_again()
        self._job = replace(self._job, scanned=self._job.scanned + 1)
        self._is_saving, self._has_warned = False, False
        self.result.show_finding(self._finding, catalogue, references)
        if self._page is not Page.SCAN:
            self.notice.say(self._words("The result is ready: F1 shows it."), Tone.AGREE)
        self._go(self._course.named(_now()))

    # From the log

    @pyqtSlot(object)
    def _log_opened(self, head: LogHead) -> None:
        self._volume = str(head.volume)

    @pyqtSlot(object)
    def _log_failed(self, error: InspectionError) -> None:
        self.notice.say(self._said(error), Tone.ALARM)

    @pyqtSlot(object)
    def _saved(self, saved: Saved) -> None:
        self._is_saving, self._finding = False, None
        self._job = self._job.saved(saved.inspection)
        self._begin_papers()
        words = self._words
        self.notice.say(
            words("Saved as record {record:04d}: sample {sample} of inspection {inspection}.").format(
                record=saved.entry.sequence, sample=saved.sample, inspection=saved.inspection
            ),
            Tone.AGREE,
        )
        if self._log is not None:
            self._log.choose_newest()
        if self._page is Page.LOG:
            self._list()
        self._go(self._course.next_sample())

    @pyqtSlot(object)
    def _save_failed(self, error: KnownError) -> None:
        if not self._is_saving:  # it was the background's entry
            self.notice.say(self._said(error), Tone.ALARM)
            return
        from gui.pages import states  # by now it is there

        self._is_saving = False
        self.result.set_saving(False, states.not_saved(self._words, self._said(error)))
        self._refresh()

    @pyqtSlot(object)
    def _listed(self, entries: tuple[LogEntry, ...]) -> None:
        self.log.show_entries(entries, self._known_substances(), _now())
        self._refresh()

    @pyqtSlot(object, object)
    def _entry_opened(self, entry: LogEntry, stored: StoredSpectrum | None) -> None:
        self.log.show_entry(entry, stored, self._known_substances(), self._references)
        self._refresh()

    @pyqtSlot(object)
    def _verified(self, report: VerifyReport) -> None:
        self._anchor = f"{self._volume}:{report.count}:{report.head}"
        self.log.show_report(report, self._anchor)
        self._refresh()

    @pyqtSlot(object)
    def _exported(self, report: ExportReport) -> None:
        self.log.set_working("")
        self.notice.say(
            self._words.plural(
                "Exported {count} record to {path}", "Exported {count} records to {path}", report.count
            ).format(count=report.count, path=report.path),
            Tone.AGREE,
        )
        self._refresh()

    @pyqtSlot(object)
    def _reading_failed(self, error: InspectionError) -> None:
        from inspection.errors import ExportError

        if isinstance(error, ExportError):
            self.log.set_working("")
            self.notice.say(self._said(error), Tone.ALARM)
        else:
            self.log.show_failure(self._said(error))
        self._refresh()

    def _known_substances(self) -> Catalogue:
        if self._catalogue is None:  # the library is missing; the log can be read all the same
            from spectra_library.catalogue import load_catalogue

            self._catalogue = load_catalogue()
        return self._catalogue

    # The window itself

    @pyqtSlot()
    def _next_theme(self) -> None:
        look = current_look()
        names = list(ThemeName)
        theme = THEMES[names[(names.index(look.theme.name) + 1) % len(names)]]
        if self._kind is LogKind.TRAINING:
            theme = theme.for_training()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, theme, look.scale)
            for rule in self.findChildren(Rule):
                rule.setFixedHeight(theme.line_px)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 - Qt's name
        """Close; with a finding that is not saved only at the second time."""
        if event is None:
            return
        if self._finding is not None and not self._has_warned:
            self._has_warned = True
            self.notice.say(
                self._words("This finding is not saved. Save it, or close once more to leave without it."),
                Tone.DOUBT,
            )
            event.ignore()
            return
        event.accept()


def _now() -> datetime:
    return datetime.now(UTC)


def _load_pages_aside() -> None:
    """Read the modules of the other pages while the background is taken, away from the window's thread."""

    def read() -> None:
        import gui.pages.live_body
        import gui.pages.log_page
        import gui.pages.result_page  # noqa: F401 - read here, used when the page is made

    threading.Thread(target=read, name="page modules").start()
