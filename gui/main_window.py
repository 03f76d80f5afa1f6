"""The window: puts frame, pages and parts together and connects them; no other file connects these.

    workers --signals--> parts --Situation--> pages
    a person --wishes--> parts --queued signals--> workers

The first sight is the frame with its sentence and the primary action; the scan page follows at once, and
what needs numpy or pyqtgraph when it is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLocale, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QCloseEvent, QPaintEvent
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.connecting import Connecting
from gui.frame import Frame
from gui.log_reading import LogReading
from gui.page_shelf import PageShelf
from gui.pages.course import Course, Step
from gui.pages.notice_strip import fault_sentence
from gui.pages.questions import question_bar
from gui.pages.wishes import Bar, Wish, clean_bar
from gui.palette import Tone
from gui.saving import Saving
from gui.scanning import Scanning
from gui.situation import Situation
from gui.theme import apply_next_theme
from gui.widgets.labels import Rule
from gui.widgets.nav_rail import Page
from inspection.language import Wording
from inspection.log_kind import LogKind

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from gui.demonstration import Demonstration
    from gui.fault_report import Fault
    from gui.pages.device_page import DevicePage
    from gui.pages.log_page import LogPage
    from gui.pages.result_page import ResultPage
    from gui.pages.scan_page import ScanPage
    from gui.workers import Workers
    from inspection.findings import Finding
    from inspection.folders import DataFolder

SIZE = (1366, 768)
FILLED_AFTER_MS = 1  # not 0, which may still come before the frame is on the screen


class MainWindow(QWidget):
    """Header, rail, page, foot.

    Signals:
        other_log_wished(str): the demonstration is to be left for the evidence log, or the reverse; with the
            port that was typed.  Nothing unsaved is left in this window.
    """

    other_log_wished = pyqtSignal(str)

    def __init__(
        self,
        words: Wording,
        *,
        kind: LogKind = LogKind.EVIDENCE,
        officer: str = "",
        is_demonstration: bool = False,
        data: DataFolder | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Chemgate")
        self.resize(*SIZE)
        self._words, self.kind = words, kind
        self._situation = situation = Situation(words, kind, is_demonstration=is_demonstration, data=data)
        self.pages = pages = PageShelf(words, situation.watermark)
        self._frame = Frame(words, pages, officer=officer, is_training=kind is LogKind.TRAINING)
        self.header, self.rail = self._frame.header, self._frame.rail
        self.notice, self.bar = self._frame.notice, self._frame.bar
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._frame)
        self.scanning, self.connecting = Scanning(situation, pages), Connecting(situation, pages)
        self.saving, self.reading = Saving(situation, pages), LogReading(situation, pages)
        self._wishes: dict[Wish, Callable[[], object]] = {
            **self.scanning.wishes(),
            **self.connecting.wishes(),
            **self.saving.wishes(),
            **self.reading.wishes(),
            Wish.SHOW_DEVICE: lambda: self.show_page(Page.DEVICE),
            Wish.SHOW_SCAN: lambda: self.show_page(Page.SCAN),
        }
        self._connect_parts()
        self._show_frame(clean_bar(words))

    def _connect_parts(self) -> None:
        pages, saving = self.pages, self.saving
        for signal, slot in (
            (self._situation.changed, self._refresh),
            (self._situation.said, self.notice.say),
            (self.header.theme_requested, self._next_theme),
            (self.header.inspection_requested, self._show_inspection),
            (self.rail.page_requested, self.show_page),
            (self.bar.action_requested, self._fulfil),
            (pages.cancel_requested, self.scanning.cancel),
            (pages.papers_changed, saving.take_papers),
            (pages.declared_changed, saving.declare),
            (pages.filter_changed, self.reading.refresh),
            (pages.typing_ended, self._frame.return_focus),
            (pages.other_log_requested, saving.leave_for_other_log),
            (self.connecting.watching_ended, self.scanning.watching_ended),
            (saving.saved, self.reading.show_newest),
            (saving.leave_wished, self._leave_log),
        ):
            signal.connect(slot)

    def attach(self, workers: Workers) -> None:
        """Connect the workers, before they start."""
        # Not earlier: its first use costs a twentieth of the time until the window shows, without numbers.
        QLocale.setDefault(QLocale(self._words.language.value))
        session, writer, reader = workers.session, workers.writer, workers.reader
        scanning, connecting, saving, reading = self.scanning, self.connecting, self.saving, self.reading
        scanning.cancel_flag = session.cancel
        for signal, slot in (
            (connecting.load_wished, session.load_libraries),
            (connecting.connect_wished, session.connect_to),
            (connecting.disconnect_wished, session.disconnect_from),
            (scanning.background_wished, session.take_background),
            (scanning.watch_wished, session.watch_crystal),
            (scanning.scan_wished, session.scan),
            (scanning.residue_wished, session.name_residue),
            (saving.save_wished, writer.save),
            (scanning.background_record_wished, writer.record_background),
            (reading.list_wished, reader.refresh),
            (self.pages.entry_requested, reader.open_entry),
            (reading.verify_wished, reader.verify),
            (reading.export_wished, reader.export),
            (session.library_loaded, connecting.library_loaded),
            (session.library_failed, connecting.library_failed),
            (session.connecting, connecting.connecting),
            (session.connected, connecting.connected),
            (session.connection_failed, connecting.connection_failed),
            (session.link_lost, connecting.link_lost),
            (session.disconnected, connecting.disconnected),
            (session.status_changed, connecting.status_changed),
            (session.background_taken, scanning.background_taken),
            (session.background_failed, scanning.background_failed),
            (session.previewed, scanning.previewed),
            (session.preview_failed, scanning.preview_failed),
            (session.residue_named, scanning.residue_named),
            (session.progressed, scanning.progressed),
            (session.named, scanning.named),
            (session.scan_failed, scanning.scan_failed),
            (session.scan_cancelled, scanning.scan_cancelled),
            (writer.log_opened, reading.log_opened),
            (writer.log_failed, saving.log_failed),
            (writer.saved, saving.was_saved),
            (writer.save_failed, saving.save_failed),
            (reader.listed, reading.listed),
            (reader.entry_opened, reading.entry_opened),
            (reader.verified, reading.verified),
            (reader.exported, reading.exported),
            (reader.failed, reading.reading_failed),
        ):
            signal.connect(slot)
        self._refresh()

    def use_demonstration(self, demonstration: Demonstration) -> None:
        """Lay samples on the simulated crystal of ``demonstration``."""
        self.connecting.use_demonstration(demonstration)

    # What is shown

    @property
    def course(self) -> Course:
        """Where the sample stands."""
        return self._situation.course

    @property
    def finding(self) -> Finding | None:
        """The finding that is shown and not yet saved."""
        return self._situation.finding

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._situation.page

    @pyqtSlot(object)
    def show_page(self, page: Page) -> None:
        """Show ``page``, as F1 to F6 do; a question that was open is thought better of."""
        self._situation.page, self._situation.question = page, None
        self.notice.hide()
        if page is Page.LOG:
            self.reading.refresh()
        self._refresh()
        self._frame.return_focus()  # a page that is shown anew gives it to its first field

    @pyqtSlot()
    def _show_inspection(self) -> None:
        self.show_page(Page.SCAN)
        if self.pages.scan.guide.isVisible():
            self.pages.scan.guide.fields.container.setFocus()

    @pyqtSlot()
    def _refresh(self) -> None:
        """Show everything as it is now."""
        situation, pages = self._situation, self.pages
        pages.scan.set_papers(situation.job.papers, is_container_fixed=bool(situation.job.inspection))
        pages.scan.set_note(self.connecting.demonstration_note())
        pages.scan.show_course(situation.course)
        if situation.page is Page.DEVICE or pages.has_device:
            pages.device.show_course(
                situation.course,
                is_simulated=situation.is_simulated,
                is_demonstration=situation.is_demonstration,
            )
        page = self._visible_page()
        pages.setCurrentWidget(page)
        question = situation.question
        self._show_frame(page.bar() if question is None else question_bar(self._words, question))
        self.scanning.sync_crystal(is_seen=page is pages.scan)

    def _show_frame(self, bar: Bar) -> None:
        situation = self._situation
        self._frame.show_header(situation.page, situation.job, situation.course, self.connecting.lamp())
        self._frame.show_bar(bar)

    def _visible_page(self) -> ScanPage | ResultPage | LogPage | DevicePage:
        situation, pages = self._situation, self.pages
        if situation.page is Page.LOG:
            return pages.log
        if situation.page is Page.DEVICE:
            return pages.device
        has_result = situation.course.step is Step.RESULT and situation.finding is not None
        return pages.result if has_result else pages.scan

    @pyqtSlot(str)
    def _fulfil(self, name: str) -> None:
        self.notice.hide()
        self._wishes[Wish(name)]()

    @pyqtSlot()
    def _leave_log(self) -> None:
        self.other_log_wished.emit(self.connecting.typed_port())

    @pyqtSlot(object)
    def show_fault(self, fault: Fault) -> None:
        """Say that something nobody foresaw went wrong."""
        self.notice.say(fault_sentence(self._words, fault), Tone.DOUBT)

    # The window itself

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Fill the page as soon as the frame is on the screen."""
        super().paintEvent(event)
        if not self.pages.has_scan:
            QTimer.singleShot(FILLED_AFTER_MS, self._refresh)

    @pyqtSlot()
    def _next_theme(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme = apply_next_theme(app, is_training=self.kind is LogKind.TRAINING)
            for rule in self.findChildren(Rule):
                rule.setFixedHeight(theme.line_px)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 - Qt's name
        """Close; with a finding that is not saved only at the second time."""
        if event is None:
            return
        if self.saving.holds_open():
            event.ignore()
        else:
            event.accept()
