"""The log: search and filters above the list, one record beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.icons import Icon, icon
from gui.pages import states
from gui.pages.choice_box import ChoiceBox
from gui.pages.entry_details import EntryDetails
from gui.pages.field import Field
from gui.pages.log_table import LogTable
from gui.pages.log_words import entry_row, is_finding
from gui.pages.notice_strip import StandingStrip
from gui.pages.overlay import References
from gui.pages.state_body import StateBody
from gui.pages.states import State
from gui.pages.wishes import Bar, Wish, primary
from gui.palette import Tone
from gui.theme import current_look
from gui.widgets.keyed_button import Action
from gui.widgets.labels import Rule, put_on
from inspection.curves import StoredSpectrum
from inspection.language import Wording
from inspection.log_notice import LogNotice, NoticeKind
from inspection.records import LogEntry
from inspection.wording import notice_sentence, verdict_word
from spectra_library.catalogue import Catalogue
from spectra_library.verdicts import Verdict

if TYPE_CHECKING:  # of the workers a page knows the values alone
    from gui.log_worker import Checked

TYPING_PAUSE_MS = 250  # after it the search begins
NARROW_SCALE = 1.2


class Period(StrEnum):
    """How far back the list goes."""

    TODAY = "today"
    WEEK = "week"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is wanted of the log; ``verdict`` is empty for all findings, ``*`` for every entry."""

    text: str = ""
    period: Period = Period.ALL
    verdict: str = ""

    def since(self, now: datetime) -> datetime | None:
        """Give the moment from which entries count, None for all."""
        midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return {Period.TODAY: midnight, Period.WEEK: midnight - timedelta(days=6), Period.ALL: None}[
            self.period
        ]

    @property
    def is_wide_open(self) -> bool:
        """Whether nothing is left out but what is no finding."""
        return not self.text and self.period is Period.ALL and self.verdict in ("", EVERY_ENTRY)


EVERY_ENTRY = "*"


class LogPage(QWidget):
    """Shows what the log reader found.

    Signals:
        filter_changed(LogFilter): the list is to be read again.
        entry_requested(int): one entry is to be shown.
    """

    filter_changed = pyqtSignal(object)
    entry_requested = pyqtSignal(int)

    def __init__(self, words: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._words = words
        self._shown = 0
        self._state: State | None = None
        self._is_report = False
        self._chosen: int | None = None
        self._is_working = ""
        self._can_export = True
        self._notices = StandingStrip(Tone.DOUBT)
        self.search = Field(words("Search the log"), words("Substance, container, inspection"))
        self.search.setClearButtonEnabled(True)
        self._lens = self.search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPING_PAUSE_MS)
        self._typed.timeout.connect(self._tell)
        self.search.textEdited.connect(lambda _: self._typed.start())
        self.search.returnPressed.connect(self._search_now)
        self.periods: dict[Period, QPushButton] = {}
        self._period_group = QButtonGroup(self)
        period_row = QHBoxLayout()
        period_row.setSpacing(4)
        for period, word in (
            (Period.TODAY, words("Today")),
            (Period.WEEK, words("7 days")),
            (Period.ALL, words("All")),
        ):
            button = QPushButton(word)
            button.setCheckable(True)
            self.periods[period] = button
            self._period_group.addButton(button)
            period_row.addWidget(button)
        self.periods[Period.ALL].setChecked(True)
        self._period_group.buttonClicked.connect(lambda _: self._tell())
        self.verdicts = ChoiceBox()
        self.verdicts.setAccessibleName(words("Verdict"))
        self.verdicts.addItem(words("All findings"), "")
        for verdict in Verdict:
            self.verdicts.addItem(verdict_word(words, verdict), verdict.value)
        self.verdicts.addItem(words("Every entry"), EVERY_ENTRY)
        self.verdicts.activated.connect(lambda _: self._tell())
        self.table = LogTable(words)
        self.table.entry_chosen.connect(self._choose)
        self.state = StateBody()
        self.bodies = QStackedWidget()
        self.bodies.addWidget(self.table)
        self.bodies.addWidget(self.state)
        self.details = EntryDetails(words)
        choices = QHBoxLayout()
        choices.setSpacing(12)
        choices.addLayout(period_row)
        choices.addWidget(self.verdicts, 1)
        # Large text needs a line of its own for the search.
        is_narrow = current_look().scale > NARROW_SCALE
        filters = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        )
        filters.setContentsMargins(20, 12, 16, 12)
        filters.setSpacing(12)
        filters.addWidget(self.search, 1)
        filters.addLayout(choices)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._notices)
        left.addLayout(filters)
        left.addWidget(Rule())
        table_frame = QHBoxLayout()
        table_frame.setContentsMargins(12, 0, 0, 0)
        table_frame.addWidget(self.bodies)
        left.addLayout(table_frame, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(_Upright())
        row.addWidget(self.details)
        self._dress()

    def wanted(self) -> LogFilter:
        """Give what the filters say."""
        period = next(one for one, button in self.periods.items() if button.isChecked())
        return LogFilter(self.search.text().strip(), period, str(self.verdicts.currentData()))

    def show_all(self) -> None:
        """Open every filter and ask anew."""
        self.search.clear()
        self.periods[Period.ALL].setChecked(True)
        self.verdicts.setCurrentIndex(0)
        self._tell()

    def show_entries(self, entries: tuple[LogEntry, ...], catalogue: Catalogue, now: datetime) -> None:
        """Show what the reader listed, newest first."""
        wanted = self.wanted()
        shown = [one for one in entries if wanted.verdict == EVERY_ENTRY or is_finding(one)]
        self._shown = len(shown)
        self._state = None
        if not shown:
            is_empty = wanted.is_wide_open
            self._state = states.empty_log(self._words) if is_empty else states.nothing_found(self._words)
            self.state.show_state(self._state)
        self.bodies.setCurrentWidget(self.table if shown else self.state)
        self.details.setVisible(bool(shown) or self._is_report)
        known = {one.sequence for one in shown}
        if not self._is_report and (self._chosen is None or self._chosen not in known):
            self._chosen = shown[0].sequence if shown else None
            if self._chosen is None:
                self.details.show_nothing()
            else:
                self.entry_requested.emit(self._chosen)
        rows = [entry_row(self._words, one, catalogue, now) for one in shown]
        self.table.set_rows(rows, chosen=None if self._is_report else self._chosen)

    def show_entry(
        self,
        entry: LogEntry,
        stored: StoredSpectrum | None,
        catalogue: Catalogue,
        references: References | None,
    ) -> None:
        """Show one entry beside the list."""
        self._is_report = False
        self.details.show_entry(entry, stored, catalogue, references)

    def show_report(self, checked: Checked) -> None:
        """Show what the check found, in place of an entry."""
        self._is_report, self._is_working = True, ""
        self.table.clearSelection()
        self.details.setVisible(True)
        self.details.show_report(checked)

    def show_failure(self, reason: str) -> None:
        """Show that the log could not be read."""
        self._is_working = ""
        self._state = states.log_unreadable(self._words, reason)
        self.state.show_state(self._state)
        self.bodies.setCurrentWidget(self.state)

    def set_notices(self, notices: tuple[LogNotice, ...]) -> None:
        """Keep in sight that a volume was left as it is, as long as the window is open."""
        kept = (NoticeKind.DAMAGED_VOLUME, NoticeKind.KEY_LOST, NoticeKind.KEY_CHANGED)
        sentences = [notice_sentence(self._words, notice) for notice in notices if notice.kind in kept]
        self._notices.show_text(" ".join(dict.fromkeys(sentences)))

    def set_can_export(self, *, can_export: bool) -> None:
        """Offer the export, or not."""
        self._can_export = can_export

    def set_working(self, sentence: str) -> None:
        """Say what is being done with the log; empty when nothing is."""
        self._is_working = sentence

    def choose_newest(self) -> None:
        """Show the newest entry when the list comes."""
        self._chosen, self._is_report = None, False

    def set_training(self, watermark: str) -> None:
        """Lay ``watermark`` over the stored curves."""
        self.details.plot.set_training(watermark)

    def bar(self) -> Bar:
        """Give the foot of the window."""
        words = self._words
        if self._is_working:
            return Bar(self._is_working)
        if self._state is not None:
            return Bar("", self._state.title, self._state.others, self._state.helps)  # the card says the rest
        verify = Action(Wish.VERIFY, words("Check the log"), "F7")
        copy = Action(Wish.COPY_HEAD, words("Copy head"), "F8")
        export = primary(Wish.EXPORT, words("Export…"))
        if self._is_report:
            sentence = words("The head proves later that nothing was removed from the end.")
            if not self._can_export:
                return Bar(sentence, "", (verify,), primary(Wish.COPY_HEAD, words("Copy head")))
            return Bar(sentence, "", (verify, copy), export)
        count = words.plural("{count} record, newest first.", "{count} records, newest first.", self._shown)
        return Bar(
            words("Every record carries the hash of the one before: a change would show."),
            count.format(count=self._shown),
            (verify,) if self._can_export else (),
            export if self._can_export else primary(Wish.VERIFY, words("Check the log")),
        )

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event is not None and event.type() is QEvent.Type.StyleChange and hasattr(self, "details"):
            self._dress()

    def _dress(self) -> None:
        if self._lens is not None:
            self._lens.setIcon(icon(Icon.SEARCH, current_look().theme.ink2))

    def _choose(self, sequence: int) -> None:
        self._chosen, self._is_report = sequence, False
        self.entry_requested.emit(sequence)

    def _search_now(self) -> None:
        self._typed.stop()
        self._tell()
        self.table.setFocus()

    def _tell(self) -> None:
        self.filter_changed.emit(self.wanted())


class _Upright(QWidget):
    """The line between list and record."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(2)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the line."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(0, 0, theme.line_px, self.height(), QColor(theme.line))
