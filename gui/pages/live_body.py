"""Gates 3 and 4: the live curve, the gauge beside it, and what the strongest band says.

Needs pyqtgraph: loaded after the window shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.inspection_fields import InspectionFields
from gui.pages.numbers import number
from gui.pages.side_column import SideColumn
from gui.pages.states import State
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.curves import FloatArray
from gui.widgets.fact_list import Fact, FactList
from gui.widgets.gauge import Gauge
from gui.widgets.labels import IconLabel, PlainLabel, Words, put_on
from gui.widgets.progress_row import ProgressRow
from gui.widgets.spectrum_plot import SpectrumPlot
from gui.widgets.state_card import StateCard

SAMPLE_TOP = 0.8  # absorbance at the top of the plot as long as nothing is higher
EMPTY_TOP = 0.1


class LiveBody(QWidget):
    """Plot and gauge on one scale; the reading, a card or the progress on the right.

    Signals:
        cancel_requested(): the scan is to stop.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self.plot = SpectrumPlot(words)
        self.plot.set_title(words("Absorbance, live"))
        self.gauge = Gauge(words("Signal"))
        self.plot.scale_changed.connect(self.gauge.set_scale)
        self._title = PlainLabel(role=TypeRole.TITLE, strong=True, wraps=True)
        self._sentence = PlainLabel(tone=Tone.QUIET, wraps=True)
        self._reading = PlainLabel("–", TypeRole.READING, strong=True, is_numeric=True)
        self._sign = IconLabel(None, size=22)
        self._said = PlainLabel(role=TypeRole.HEADING, strong=True, wraps=True)
        self._range = PlainLabel(role=TypeRole.LABEL, tone=Tone.QUIET, wraps=True)
        self._shown_facts: tuple[Fact, ...] = ()
        self._facts = FactList(row_height=36)
        self._card = StateCard()
        self.progress = ProgressRow(words)
        self.progress.cancel_requested.connect(self.cancel_requested)
        self._note = PlainLabel(role=TypeRole.LABEL, tone=Tone.TRAIN, wraps=True)
        self.fields = InspectionFields(words, has_container=False)
        reading = QHBoxLayout()
        reading.setSpacing(10)
        reading.addWidget(self._reading)
        reading.addSpacing(6)
        reading.addWidget(self._sign)
        reading.addWidget(self._said, 1)
        self.side = SideColumn(spacing=6)
        column = self.side.column
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addSpacing(6)
        column.addWidget(PlainLabel(words("Signal, strongest band"), TypeRole.LABEL, tone=Tone.QUIET))
        column.addLayout(reading)
        column.addWidget(self._range)
        column.addSpacing(4)
        column.addWidget(self.progress)
        column.addWidget(self._card)
        column.addWidget(self._facts)
        column.addSpacing(4)
        column.addWidget(self.fields)
        column.addWidget(self._note)
        column.addStretch(1)  # alone: nothing else is to grow
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 8, 16)
        row.setSpacing(8)
        row.addWidget(self.plot, 1)
        row.addWidget(self.gauge)
        row.addSpacing(16)
        row.addWidget(self.side)
        self.set_progress(None)
        self.set_state(None)
        self.set_note("")

    def set_guide(self, title: str, sentence: str, range_words: str) -> None:
        """Say what to do, and where the signal should be."""
        self._title.setText(title)
        self._sentence.show_text(sentence)
        self._range.show_text(range_words)

    def set_range(self, line: float, label: str, *, best: tuple[float, float], is_start: bool) -> None:
        """Draw ``line`` through the plot and mark the ``best`` range; ``is_start``: scans start above it."""
        self.plot.set_threshold(line, label)
        self.gauge.set_range(threshold=line if is_start else None, best=best)

    def set_curve(self, wavenumber: FloatArray, absorbance: FloatArray) -> None:
        """Show the curve of this moment."""
        self.plot.set_live(wavenumber, absorbance)

    def clear(self, *, is_sample: bool) -> None:
        """Show no curve; an empty crystal is looked at eight times as closely as a sample."""
        self.plot.set_live_top(SAMPLE_TOP if is_sample else EMPTY_TOP)
        self.plot.clear()

    def set_reading(self, strongest: float | None, said: str, icon: Icon | None, tone: Tone) -> None:
        """Show the strongest band as a number and in words."""
        self._reading.setText("–" if strongest is None else number(strongest))
        self.gauge.set_reading(strongest)
        self._sign.set_icon(icon, tone)
        self._sign.setVisible(icon is not None)
        self._said.setText(said)
        self._said.set_tone(tone)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show which gates were passed, and when."""
        if self._shown_facts != tuple(facts):  # asked several times a second
            self._shown_facts = tuple(facts)
            self._facts.set_facts(facts)

    def set_progress(self, words_of_it: tuple[str, str] | None, done: int = 0, total: int = 0) -> None:
        """Show title and note of the scan under way; None when there is none."""
        self.progress.setVisible(words_of_it is not None)
        if words_of_it is not None:
            title, note = words_of_it
            self.progress.set_progress(done, total or None, title=title, note=note)

    def set_state(self, state: State | None) -> None:
        """Show ``state`` in place of the facts; None for none."""
        self._card.setVisible(state is not None)
        self._facts.setVisible(state is None)
        if state is not None:
            state.show_on(self._card)

    def set_note(self, note: str) -> None:
        """Say what the demonstration has done."""
        self._note.show_text(note)

    def set_fields_visible(self, is_visible: bool) -> None:
        """Offer the declared text, or keep it for later."""
        self.fields.setVisible(is_visible)
