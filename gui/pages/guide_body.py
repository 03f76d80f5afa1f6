"""Gates 1 and 2: what to do with the hands, one line each, and the papers beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.inspection_fields import InspectionFields
from gui.pages.side_column import Scrolled, SideColumn
from gui.pages.states import State
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.fact_list import Fact, FactList
from gui.widgets.labels import IconLabel, PlainLabel, Rule, Words, put_on
from gui.widgets.progress_row import ProgressRow
from gui.widgets.rows import clear_rows
from gui.widgets.state_card import StateCard

WIDEST = 680  # longer lines are not read in one look


class GuideBody(QWidget):
    """Title, sentence, steps with icons, progress; fields and facts on the right.

    Signals:
        cancel_requested(): what is measured is to stop.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._title = PlainLabel(role=TypeRole.TITLE, strong=True, wraps=True)
        self._sentence = PlainLabel(tone=Tone.QUIET, wraps=True)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(0)
        self._shown: tuple[tuple[Icon, str], ...] = ()
        self._progress = ProgressRow(words)
        self._progress.cancel_requested.connect(self.cancel_requested)
        self._card = StateCard()
        self.fields = InspectionFields(words)
        self._shown_facts: tuple[Fact, ...] = ()
        self._facts = FactList()
        guide = QWidget()
        guide.setMaximumWidth(current_look().px(WIDEST))  # the rest of the width stays empty
        guide.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        left = QVBoxLayout(guide)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(self._title)
        left.addWidget(self._sentence)
        left.addSpacing(16)
        left.addLayout(self._steps)
        left.addSpacing(24)
        left.addWidget(self._progress)
        left.addWidget(self._card)
        left.addStretch(1)  # alone: nothing else is to grow
        self._side = SideColumn()
        self._side.column.addWidget(PlainLabel(words("Inspection"), TypeRole.HEADING, strong=True))
        self._side.column.addWidget(
            PlainLabel(words("Can be filled in later."), TypeRole.LABEL, tone=Tone.QUIET)
        )
        self._side.column.addSpacing(4)
        self._side.column.addWidget(self.fields)
        self._side.column.addWidget(self._facts)
        self._side.column.addStretch(1)  # alone: nothing else is to grow
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 8, 16)
        row.setSpacing(32)
        row.addWidget(Scrolled(guide), 1)
        row.addWidget(self._side)
        self.set_progress(None)
        self.set_state(None)

    def set_guide(self, title: str, sentence: str, steps: Sequence[tuple[Icon, str]]) -> None:
        """Show ``title``, ``sentence`` and ``steps``, each with its icon."""
        self._title.setText(title)
        self._sentence.show_text(sentence)
        if self._shown == tuple(steps):
            return
        self._shown = tuple(steps)
        clear_rows(self._steps)
        for icon, text in steps:
            self._steps.addWidget(_step(icon, text))
            self._steps.addWidget(Rule())

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show what is known of detector and background."""
        if self._shown_facts != tuple(facts):  # asked several times a second
            self._shown_facts = tuple(facts)
            self._facts.set_facts(facts)

    def set_progress(self, words_of_it: tuple[str, str] | None, done: int = 0, total: int = 0) -> None:
        """Show title and note of what is measured; None when nothing is."""
        self._progress.setVisible(words_of_it is not None)
        if words_of_it is not None:
            title, note = words_of_it
            self._progress.set_progress(done, total or None, title=title, note=note)

    def set_state(self, state: State | None) -> None:
        """Show ``state`` below the steps; None for none."""
        self._card.setVisible(state is not None)
        if state is not None:
            state.show_on(self._card)


def _step(icon: Icon, text: str) -> QWidget:
    look = current_look()
    widget = QWidget()
    widget.setMinimumHeight(look.px(60))
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 8, 0, 8)
    row.setSpacing(16)
    row.addWidget(IconLabel(icon, Tone.QUIET, 26))
    row.addWidget(PlainLabel(text, TypeRole.HEADING, wraps=True), 1)
    return widget
