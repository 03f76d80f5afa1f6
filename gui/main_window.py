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
from PyQt6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from gui.attendance import Attendance
from gui.connecting import Connecting
from gui.frame import Frame
from gui.idle import LOCK_AFTER_MS, IdleWatch, close_dialogs
from gui.log_reading import LogReading
from gui.page_shelf import PageShelf
from gui.pages.access import Access
from gui.pages.course import Course, Step
from gui.pages.notice_strip import fault_sentence
from gui.pages.questions import question_bar
from gui.pages.unsaved_words import not_kept_bar, others_bar, others_question
from gui.pages.wishes import Bar, Wish, clean_bar
from gui.palette import Tone
from gui.saving import Saving
from gui.scanning import Scanning
from gui.situation import Situation, has_user_list
from gui.theme import apply_next_theme
from gui.user_changes import UserChanges
from gui.widgets.labels import Rule
from gui.widgets.nav_rail import Page
from inspection.language import Wording
from inspection.log_kind import LogKind

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from gui.cover import Cover
    from gui.demonstration import Demonstration
    from gui.fault_report import Fault
    from gui.pages.device_page import DevicePage
    from gui.pages.log_page import LogPage
    from gui.pages.result_page import ResultPage
    from gui.pages.scan_page import ScanPage
    from gui.pages.users_page import UsersPage
    from gui.user_keeper import UserKeeper
    from gui.workers import Workers
    from inspection.findings import Finding
    from inspection.folders import DataFolder

    ShownPage = ScanPage | ResultPage | LogPage | DevicePage | UsersPage

SIZE = (1366, 768)
FILLED_AFTER_MS = 1  # not 0, which may still come before the frame is on the screen


def may_ask_who(kind: LogKind, data: DataFolder | None) -> bool:
    """Tell whether somebody may have to sign in; training asks nobody until there are users."""
    return data is not None and (kind is LogKind.EVIDENCE or has_user_list(data))


class MainWindow(QWidget):
    """Header, rail, page, foot; over all of it the cover, while somebody has to sign in.

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
        lock_after_ms: int = LOCK_AFTER_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Chemgate")
        self.resize(*SIZE)
        self._words, self.kind = words, kind
        is_asking = not is_demonstration and may_ask_who(kind, data)
        self._situation = situation = Situation(
            words,
            kind,
            is_demonstration=is_demonstration,
            data=data,
            officer="" if is_asking else officer,  # a name that nobody vouches for has no place in records
        )
        self.pages = pages = PageShelf(words, situation.watermark)
        self._frame = Frame(words, pages, officer=officer, is_training=kind is LogKind.TRAINING)
        self.header, self.rail = self._frame.header, self._frame.rail
        self.notice, self.bar = self._frame.notice, self._frame.bar
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._layers = QStackedWidget()
        self._layers.addWidget(self._frame)
        column.addWidget(self._layers)
        self._cover: Cover | None = None
        self.scanning, self.connecting = Scanning(situation, pages), Connecting(situation, pages)
        self.saving, self.reading = Saving(situation, pages), LogReading(situation, pages)
        self.attendance = Attendance(situation, self._made_cover, is_asking=is_asking, preferred=officer)
        self.user_changes = UserChanges(situation, pages)
        self._idle = IdleWatch(self, lock_after_ms)
        self._wishes: dict[Wish, Callable[[], object]] = {
            **self.scanning.wishes(),
            **self.connecting.wishes(),
            **self.saving.wishes(),
            **self.reading.wishes(),
            **self.attendance.wishes(),
            **self.user_changes.wishes(),
            Wish.SHOW_DEVICE: lambda: self.show_page(Page.DEVICE),
            Wish.SHOW_SCAN: lambda: self.show_page(Page.SCAN),
        }
        self._connect_parts()
        self._show_frame(clean_bar(words))
        if self.attendance.access is Access.ASKING:
            self._cover_up()

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
            (self.header.lock_requested, self.attendance.lock),
            (self._idle.idle, self.attendance.lock),
            (self.attendance.covered, self._cover_up),
            (self.attendance.opened, self._open_up),
            (self.attendance.leave_wished, saving.leave_for_other_log),
            (pages.user_chosen, self.user_changes.choose),
            (pages.user_form_edited, self.user_changes.edited),
            (pages.user_form_entered, self.user_changes.send),
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
            (writer.found_read_only, self.attendance.found_read_only),
            (writer.noticed, reading.noticed),
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
        if workers.keeper is not None:
            self._attach_keeper(workers.keeper)
        self._refresh()

    def _attach_keeper(self, keeper: UserKeeper) -> None:
        attendance, changes = self.attendance, self.user_changes
        for signal, slot in (
            (attendance.look_wished, keeper.look),
            (attendance.sign_in_wished, keeper.sign_in),
            (attendance.begin_wished, keeper.begin),
            (attendance.change_wished, keeper.change),
            (changes.change_wished, keeper.change),
            (keeper.listed, attendance.listed),
            (keeper.list_failed, attendance.list_failed),
            (keeper.refused, attendance.refused),
            (keeper.begun, attendance.begun),
            (keeper.changed, attendance.changed),
            (keeper.signed_in, attendance.signed_in),
            (keeper.listed, changes.listed),
            (keeper.refused, changes.refused),
            (keeper.changed, changes.changed),
        ):
            signal.connect(slot)

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
        if page is not Page.USERS:
            self.user_changes.leave()
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
        if pages.has_log:
            pages.log.set_notices(situation.log_notices)
            pages.log.set_can_export(can_export=situation.can_export)
        if situation.page is Page.USERS:
            self.user_changes.show_page()
        if situation.page is Page.DEVICE or pages.has_device:
            pages.device.show_course(
                situation.course,
                is_simulated=situation.is_simulated,
                is_demonstration=situation.is_demonstration,
            )
        page = self._visible_page()
        pages.setCurrentWidget(page)
        self._show_frame(self._bar(page))
        self.scanning.sync_crystal(is_seen=page is pages.scan)
        self.attendance.refresh_beneath()

    def _bar(self, page: ShownPage) -> Bar:
        """Give the foot of ``page``, or what is asked there, or why nothing can be saved there."""
        situation, words = self._situation, self._words
        owner = situation.measured_by or ""
        if situation.question is not None:
            is_others = situation.is_others_finding
            return others_question(words, owner) if is_others else question_bar(words, situation.question)
        if situation.finding is None or page is not self.pages.result:
            return page.bar()
        if situation.is_others_finding:
            return others_bar(words, owner)
        return page.bar() if situation.may_record else not_kept_bar(words)

    def _show_frame(self, bar: Bar) -> None:
        situation = self._situation
        self._frame.show_header(situation.page, situation.job, situation.course, self.connecting.lamp())
        can_lock = situation.user is not None
        self._frame.show_officer(situation.signature or "", situation.standing(), can_lock=can_lock)
        self._frame.show_bar(bar)

    def _visible_page(self) -> ShownPage:
        situation, pages = self._situation, self.pages
        if situation.page is Page.USERS:
            return pages.users
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

    # Whose it is

    def _made_cover(self) -> Cover:
        if self._cover is None:
            from gui.cover import Cover  # the demonstration has none

            self._cover = cover = Cover(self._words, is_training=self.kind is LogKind.TRAINING)
            cover.action_requested.connect(self._fulfil)
            cover.theme_requested.connect(self._next_theme)
            self._layers.addWidget(cover)
        return self._cover

    @pyqtSlot()
    def _cover_up(self) -> None:
        """Let nothing be seen but who may sign in."""
        self._idle.stop()
        close_dialogs()
        self.user_changes.leave()
        self._layers.setCurrentWidget(self._made_cover())

    @pyqtSlot()
    def _open_up(self) -> None:
        """Show the work again, where it was left."""
        self._layers.setCurrentWidget(self._frame)
        if self._situation.user is not None:
            self._idle.start()
        self._refresh()
        self._frame.return_focus()

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
            if self.attendance.access.is_covered:
                self.attendance.warn(self.notice.said)
        else:
            event.accept()
