"""The detector: which one, how it is, and where to look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from gui.icons import Icon
from gui.pages import states
from gui.pages.course import Course, Link, Trouble
from gui.pages.field import Field
from gui.pages.numbers import number
from gui.pages.side_column import Scrolled, SideColumn, left_column
from gui.pages.states import State
from gui.pages.wishes import Bar, Wish, primary
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.fact_list import Fact, FactList
from gui.widgets.keyed_button import Action, KeyedButton
from gui.widgets.labels import PlainLabel, Words, put_on
from gui.widgets.state_card import StateCard

if TYPE_CHECKING:
    from detector.capture import DeviceStatus

WIDEST = 680


class DevicePage(QWidget):
    """Shows the detector of a Course.

    Signals:
        typing_ended(): Enter was pressed in the port's field.
        other_log_requested(): the demonstration is to be left for the evidence log, or the reverse.
    """

    typing_ended = pyqtSignal()
    other_log_requested = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._words = words
        self._course = Course()
        self._title = PlainLabel(role=TypeRole.TITLE, strong=True, wraps=True)
        self._sentence = PlainLabel(tone=Tone.QUIET, wraps=True)
        self.facts = FactList()
        self._card = StateCard()
        self.port = Field(words("Port"), words("for example COM4 or /dev/ttyUSB0"))
        self.port.returnPressed.connect(self.typing_ended)
        self._log_title = PlainLabel(role=TypeRole.HEADING, strong=True)
        self._log_sentence = PlainLabel(role=TypeRole.LABEL, tone=Tone.QUIET, wraps=True)
        self.other_log = KeyedButton()
        self.other_log.clicked.connect(self.other_log_requested)
        left, column = left_column(WIDEST)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addSpacing(12)
        column.addWidget(self._card)
        column.addWidget(self.facts)
        column.addStretch(1)  # alone: nothing else is to grow
        self._side = SideColumn()
        side = self._side.column
        side.addWidget(PlainLabel(words("Port"), TypeRole.HEADING, strong=True))
        side.addWidget(
            PlainLabel(
                words("Left empty, the one detector that answers is taken."),
                TypeRole.LABEL,
                tone=Tone.QUIET,
                wraps=True,
            )
        )
        side.addSpacing(4)
        side.addWidget(self.port)
        side.addSpacing(24)
        side.addWidget(self._log_title)
        side.addWidget(self._log_sentence)
        side.addSpacing(4)
        side.addWidget(self.other_log)
        side.addStretch(1)  # alone: nothing else is to grow
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 8, 16)
        row.setSpacing(32)
        row.addWidget(Scrolled(left), 1)
        row.addWidget(self._side)

    def show_course(self, course: Course, *, is_simulated: bool, is_demonstration: bool) -> None:
        """Show the detector as it is now; ``is_demonstration`` offers the way to the evidence log."""
        words = self._words
        self._course = course
        self._show_log(is_demonstration=is_demonstration)
        state = self._state()
        self._card.setVisible(state is not None)
        self.facts.setVisible(state is None)
        self._title.show_text("" if course.device is None else course.device.model)
        simulated = words("A simulated detector behind a real wire. Nothing measured with it is evidence.")
        self._sentence.show_text(simulated if is_simulated and course.device is not None else "")
        if state is not None:
            state.show_on(self._card)
        if course.device is None:
            return
        facts = [
            Fact(words("Serial number"), course.device.serial_number),
            Fact(words("Firmware"), course.device.firmware),
            Fact(words("Port"), course.port),
        ]
        if course.status is not None:
            facts += self._status_facts(course.status)
        self.facts.set_facts(facts)

    def bar(self) -> Bar:
        """Give the foot of the window."""
        words = self._words
        connect = primary(Wish.CONNECT_PORT, words("Connect"))
        if self._course.link is Link.CONNECTING:
            return Bar(words("The detector is being asked who it is."))
        if self._course.link is Link.OPEN:
            disconnect = Action(
                Wish.DISCONNECT, words("Disconnect"), "F7", is_enabled=not self._course.is_measuring
            )
            scan = primary(Wish.SHOW_SCAN, words("Go to scan"))
            other = Action(
                Wish.CONNECT_PORT, words("Connect other"), "F8", is_enabled=not self._course.is_measuring
            )
            return Bar(words("The detector is connected."), "", (disconnect, other), scan)
        return Bar(words("Type the port, or leave it empty to search."), primary=connect)

    def _show_log(self, *, is_demonstration: bool) -> None:
        words = self._words
        self.other_log.setEnabled(not self._course.is_measuring)
        if is_demonstration:
            self.other_log.set_wish(words("Open evidence log"), "F9")
            self._log_title.setText(words("Demonstration"))
            self._log_sentence.show_text(
                words(
                    "What you save here goes into the training log. The evidence log works with a real "
                    "detector, at the port above."
                )
            )
        else:
            self.other_log.set_wish(words("Open demonstration"), "F9")
            self._log_title.setText(words("Practise without a detector"))
            self._log_sentence.show_text(
                words("The demonstration needs none, and writes into the training log.")
            )

    def _state(self) -> State | None:
        course, words = self._course, self._words
        if course.link is Link.CONNECTING:
            return states.connecting(words, course.port)
        if course.link is Link.OPEN:
            return None
        if course.trouble is Trouble.LOST:
            return states.cable_lost(words, None, course.reason)
        return states.no_detector(words, course.reason)

    def _status_facts(self, status: DeviceStatus) -> list[Fact]:
        words = self._words
        word, icon, tone = {
            "ready": (words("ready"), Icon.CHECK, Tone.AGREE),
            "scanning": (words("measuring"), Icon.SCAN, Tone.ACCENT),
            "warming_up": (words("warming up"), Icon.WARMING_UP, Tone.DOUBT),
            "fault": (words("reports a fault"), Icon.WARNING, Tone.ALARM),
        }[status.state.value]
        background = words("in the detector") if status.has_background else words("none yet")
        facts = [Fact(words("State"), word, icon, tone), Fact(words("Background"), background)]
        if status.battery_percent is not None:
            facts.append(Fact(words("Battery"), f"{status.battery_percent} %"))
        if status.temperature_c is not None:
            facts.append(Fact(words("Temperature"), f"{number(status.temperature_c, 1)} °C"))
        facts.append(Fact(words("Scans so far"), str(status.scan_counter)))
        return facts
