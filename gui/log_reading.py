"""The log page at work: the list, one record, the check of the whole log, its head, the export."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QGuiApplication

from gui.page_shelf import PageShelf
from gui.pages.wishes import Wish
from gui.palette import Tone
from gui.situation import Situation, utc_now
from gui.widgets.nav_rail import Page

if TYPE_CHECKING:  # what the first sight of the window does not wait for; most of it loads numpy
    from gui.log_worker import Checked
    from gui.pages.log_page import LogFilter
    from inspection.curves import StoredSpectrum
    from inspection.errors import InspectionError
    from inspection.export.exporting import ExportReport
    from inspection.log_notice import LogNotice
    from inspection.records import LogEntry


class LogReading(QObject):
    """Asks the log reader and shows its answers.

    Signals:
        list_wished(LogQuery), verify_wished(), export_wished(ExportWish): to the log reader.
    """

    list_wished = pyqtSignal(object)
    verify_wished = pyqtSignal()
    export_wished = pyqtSignal(object)

    def __init__(self, situation: Situation, pages: PageShelf) -> None:
        super().__init__()
        self._situation, self._pages = situation, pages
        self._anchor = ""

    def wishes(self) -> dict[Wish, Callable[[], object]]:
        """Give what fulfils the wishes of the log page."""
        return {
            Wish.SHOW_ALL: self._show_all,
            Wish.VERIFY: self._verify,
            Wish.COPY_HEAD: self._copy_head,
            Wish.EXPORT: self._export,
        }

    @pyqtSlot()
    def refresh(self) -> None:
        """Ask for the list that the page wants."""
        from gui.log_worker import LogQuery  # it loads numpy; by now it is there
        from gui.pages.log_page import EVERY_ENTRY

        wanted: LogFilter = self._pages.log.wanted()
        verdict = None if wanted.verdict in ("", EVERY_ENTRY) else wanted.verdict
        self.list_wished.emit(LogQuery(text=wanted.text, since=wanted.since(utc_now()), verdict=verdict))

    @pyqtSlot()
    def show_newest(self) -> None:
        """One more record is in the log: it is the one to be shown."""
        if self._pages.has_log:
            self._pages.log.choose_newest()
        if self._situation.page is Page.LOG:
            self.refresh()

    def _show_all(self) -> None:
        self._pages.log.show_all()  # the page is made when it is first wanted, not for the list of wishes

    def _verify(self) -> None:
        situation = self._situation
        self._pages.log.set_working(situation.words("Every record and every spectrum is being checked."))
        situation.changed.emit()
        self.verify_wished.emit()

    def _copy_head(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self._anchor)
            sentence = self._situation.words("The head is on the clipboard: keep it elsewhere.")
            self._situation.say(sentence, Tone.AGREE)

    def _export(self) -> None:
        from gui.log_worker import ExportWish  # it loads numpy; by now it is there
        from gui.pages.export_dialog import ask_export_path, proposed_name
        from inspection.errors import ExportError
        from inspection.export.exporting import format_of

        situation = self._situation
        path = ask_export_path(self._pages, situation.words, proposed_name(situation.kind, utc_now()))
        if path is None:
            return
        try:
            export_format = format_of(path)
        except ExportError as error:
            situation.say(situation.words_of(error), Tone.ALARM)
            return
        self._pages.log.set_working(situation.words("The log is being exported."))
        situation.changed.emit()
        self.export_wished.emit(ExportWish(path, export_format.value, words=situation.words))

    # From the log

    @pyqtSlot(object)
    def noticed(self, notice: LogNotice) -> None:
        """Say what the log has to say; damage stays on the log page as well."""
        from inspection.wording import notice_sentence  # it loads numpy; by now it is there

        situation = self._situation
        situation.say(notice_sentence(situation.words, notice), Tone.DOUBT)
        situation.log_notices = (*situation.log_notices, notice)
        situation.changed.emit()

    @pyqtSlot(object)
    def listed(self, entries: tuple[LogEntry, ...]) -> None:
        """Show the list."""
        self._pages.log.show_entries(entries, self._situation.substances(), utc_now())
        self._situation.changed.emit()

    @pyqtSlot(object, object)
    def entry_opened(self, entry: LogEntry, stored: StoredSpectrum | None) -> None:
        """Show one record."""
        situation = self._situation
        self._pages.log.show_entry(entry, stored, situation.substances(), situation.references)
        situation.changed.emit()

    @pyqtSlot(object)
    def verified(self, checked: Checked) -> None:
        """Show what the check found."""
        self._anchor = checked.report.anchor
        self._pages.log.show_report(checked)
        self._situation.changed.emit()

    @pyqtSlot(object)
    def exported(self, report: ExportReport) -> None:
        """Say where the log was written to."""
        situation = self._situation
        self._pages.log.set_working("")
        situation.say(
            situation.words.plural(
                "Exported {count} record to {path}", "Exported {count} records to {path}", report.count
            ).format(count=report.count, path=report.path),
            Tone.AGREE,
        )
        situation.changed.emit()

    @pyqtSlot(object)
    def reading_failed(self, error: InspectionError) -> None:
        """Say why the log could not be read, or not be written elsewhere."""
        from inspection.errors import ExportError

        situation = self._situation
        if isinstance(error, ExportError):
            self._pages.log.set_working("")
            situation.say(situation.words_of(error), Tone.ALARM)
        else:
            self._pages.log.show_failure(situation.words_of(error))
        situation.changed.emit()
