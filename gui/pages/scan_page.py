"""The scan page: five gates on top, below them what the current gate needs.

guide (gates 1 and 2)  |  live curve (gates 3 and 4)  |  look before you press  |  a state
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.course import BACKGROUND_GOOD_FOR, BEST, EMPTY_MAX, START_MIN, Course, Link, Signal, Step
from gui.pages.guide_body import GuideBody
from gui.pages.job import Papers
from gui.pages.numbers import clock_time, number
from gui.pages.scan_words import progress_words, scan_bar, side_state, state_of
from gui.pages.state_body import StateBody
from gui.pages.wishes import Bar
from gui.palette import Tone
from gui.widgets.fact_list import Fact
from gui.widgets.gate_steps import Gate, GateSteps
from gui.widgets.labels import Words, put_on

if TYPE_CHECKING:  # it loads pyqtgraph
    from gui.pages.live_body import LiveBody
    from gui.session_worker import LiveCurve

GATES = {
    Step.CLEAN: Gate.CLEAN,
    Step.BACKGROUND: Gate.BACKGROUND,
    Step.EMPTY_CHECK: Gate.EMPTY_CHECK,
    Step.LOOK: Gate.SAMPLE,
    Step.SAMPLE: Gate.SAMPLE,
    Step.RESULT: Gate.RESULT,
}


class ScanPage(QWidget):
    """Shows a Course.

    Signals:
        cancel_requested(): the measurement under way is to stop.
        papers_changed(Papers): a person typed what the papers say.
        typing_ended(): Enter was pressed in a field.
    """

    cancel_requested = pyqtSignal()
    papers_changed = pyqtSignal(object)
    typing_ended = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._words = words
        self._course = Course()
        self._live: LiveBody | None = None
        self._look: QWidget | None = None
        self._watermark = ""
        self._papers = Papers()
        self._is_container_fixed = False
        self._note = ""
        self.steps = GateSteps(words)
        self.bodies = QStackedWidget()
        self.guide = GuideBody(words)
        self.guide.cancel_requested.connect(self.cancel_requested)
        self.guide.fields.papers_changed.connect(self.papers_changed)
        self.guide.fields.typing_ended.connect(self.typing_ended)
        self.state = StateBody()
        for body in (self.guide, self.state):
            self.bodies.addWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.steps)
        column.addWidget(self.bodies, 1)
        self.show_course(self._course)

    def show_course(self, course: Course) -> None:
        """Show where the sample stands."""
        has_moved = course.step is not self._course.step
        self._course = course
        self.steps.set_gate(GATES[course.step], self._passed(course))
        state = state_of(self._words, course)
        if state is not None:
            self.state.show_state(state)
            self.bodies.setCurrentWidget(self.state)
        elif course.step is Step.LOOK:
            self.bodies.setCurrentWidget(self._look_body())
        elif course.step in (Step.EMPTY_CHECK, Step.SAMPLE):
            live = self.live_body()
            if has_moved:
                live.clear(is_sample=course.step is Step.SAMPLE)
            self._show_live(live, course)
            self.bodies.setCurrentWidget(live)
        else:
            self._show_guide(course)
            self.bodies.setCurrentWidget(self.guide)

    def show_curve(self, curve: LiveCurve) -> None:
        """Show what lies on the crystal; the reading comes with the next course."""
        if self._course.wants_watch and curve.wavenumber.size:
            self.live_body().set_curve(curve.wavenumber, curve.absorbance)

    def set_papers(self, papers: Papers, *, is_container_fixed: bool) -> None:
        """Show what the papers say."""
        self._papers, self._is_container_fixed = papers, is_container_fixed
        self.guide.fields.set_papers(papers, is_container_fixed=is_container_fixed)
        if self._live is not None:
            self._live.fields.set_papers(papers, is_container_fixed=is_container_fixed)

    def set_note(self, note: str) -> None:
        """Say at gate 4 what the demonstration has done."""
        self._note = note
        if self._live is not None:
            self._live.set_note(note if self._course.step is Step.SAMPLE else "")

    def set_training(self, watermark: str) -> None:
        """Lay ``watermark`` over the live curve."""
        self._watermark = watermark
        if self._live is not None:
            self._live.plot.set_training(watermark)

    def bar(self) -> Bar:
        """Give the foot of the window."""
        return scan_bar(self._words, self._course, has_inspection=self._is_container_fixed)

    def live_body(self) -> LiveBody:
        """Give the live curve, made when it is first needed."""
        if self._live is None:
            # Loads pyqtgraph, which the first sight of the window does not wait for.
            from gui.pages.live_body import LiveBody

            live = self._live = LiveBody(self._words)
            live.cancel_requested.connect(self.cancel_requested)
            live.fields.papers_changed.connect(self.papers_changed)
            live.fields.typing_ended.connect(self.typing_ended)
            live.fields.set_papers(self._papers, is_container_fixed=self._is_container_fixed)
            live.plot.set_training(self._watermark)
            self.bodies.addWidget(live)
        return self._live

    def _look_body(self) -> QWidget:
        if self._look is None:
            from gui.pages.look_body import LookBody  # not before it is needed

            self._look = LookBody(self._words)
            self.bodies.addWidget(self._look)
        return self._look

    def _passed(self, course: Course) -> dict[Gate, str]:
        notes = {GATES[step]: clock_time(moment) for step, moment in course.passed}
        return {**notes, GATES[course.step]: self._words("now")}

    def _show_guide(self, course: Course) -> None:
        words, guide = self._words, self.guide
        if course.step is Step.BACKGROUND:
            guide.set_guide(
                words("Leave the crystal empty"),
                words(
                    "The background is what the empty crystal looks like now; the sample is measured "
                    "against it."
                ),
                (
                    (Icon.SCAN, words("Lever open, nothing on the crystal")),
                    (Icon.DROP, words("Do not breathe on it: moisture shows in the spectrum")),
                ),
            )
        else:
            guide.set_guide(
                words("Clean the crystal"),
                words("What is left of the last sample would be found in the next one."),
                (
                    (Icon.DROP, words("Wipe the crystal with a soft cloth and isopropanol")),
                    (Icon.SCAN, words("Wipe the tip of the lever too")),
                    (Icon.CLOCK, words("Wait until both are dry, about ten seconds")),
                ),
            )
        guide.set_progress(
            progress_words(words, course) if course.is_measuring else None, course.done, course.total
        )
        guide.set_state(side_state(words, course))
        guide.set_facts(self._guide_facts(course))

    def _guide_facts(self, course: Course) -> list[Fact]:
        words = self._words
        if course.link is Link.OPEN and course.device is not None:
            detector = f"{course.device.model}, {course.device.serial_number}"
            return [Fact(words("Detector"), detector, Icon.CHECK, Tone.AGREE)]
        if course.link is Link.CONNECTING:
            return [Fact(words("Detector"), words("connecting"), Icon.CONNECTING, Tone.QUIET)]
        return [Fact(words("Detector"), words("not connected yet"), Icon.PLUG_OFF, Tone.QUIET)]

    def _show_live(self, live: LiveBody, course: Course) -> None:
        words = self._words
        is_sample = course.step is Step.SAMPLE
        if is_sample:
            live.set_guide(
                words("Put the sample on the crystal"),
                words("One drop, or powder the size of a rice grain. Close the lever until it clicks."),
                words("Starts above {threshold}. Best between {low} and {high}.").format(
                    threshold=number(START_MIN), low=number(BEST[0]), high=number(BEST[1])
                ),
            )
            label = words("start above {threshold}").format(threshold=number(START_MIN))
            live.set_range(START_MIN, label, best=BEST, is_start=True)
        else:
            live.set_guide(
                words("Keep the crystal empty"),
                words("The line must lie flat: whatever stands up now would be found in the sample."),
                words("Flat means below {limit}.").format(limit=number(EMPTY_MAX)),
            )
            label = words("flat below {limit}").format(limit=number(EMPTY_MAX))
            live.set_range(EMPTY_MAX, label, best=(0.0, EMPTY_MAX), is_start=False)
        live.set_reading(course.strongest, *self._reading(course))
        live.set_progress(
            progress_words(words, course) if course.is_measuring else None, course.done, course.total
        )
        live.set_state(side_state(words, course))
        live.set_facts(self._live_facts(course))
        live.set_fields_visible(is_sample and not course.is_measuring)
        live.set_note(self._note if is_sample else "")

    def _reading(self, course: Course) -> tuple[str, Icon | None, Tone]:
        words = self._words
        if course.step is Step.SAMPLE:
            return {
                Signal.UNKNOWN: (words("Looking"), None, Tone.QUIET),
                Signal.EMPTY: (words("Nothing there yet"), None, Tone.QUIET),
                Signal.WEAK: (words("Too weak"), Icon.WARNING, Tone.DOUBT),
                Signal.STRONG: (words("Strong enough"), Icon.CHECK, Tone.AGREE),
            }[course.signal]
        if course.is_empty:
            return words("Flat"), Icon.CHECK, Tone.AGREE
        if course.signal in (Signal.WEAK, Signal.STRONG):
            return words("Not flat"), Icon.WARNING, Tone.DOUBT
        return words("Looking"), None, Tone.QUIET

    def _live_facts(self, course: Course) -> list[Fact]:
        words = self._words
        facts = []
        if course.background_at is not None:
            until = words("good until {time}").format(
                time=clock_time(course.background_at + BACKGROUND_GOOD_FOR)
            )
            facts.append(Fact(words("Background"), until, Icon.CHECK, Tone.AGREE))
        if course.step is Step.SAMPLE:
            facts.append(Fact(words("Empty check"), words("crystal clean"), Icon.CHECK, Tone.AGREE))
            facts.append(Fact(words("Looked first"), words("confirmed"), Icon.SHIELD_CHECK, Tone.AGREE))
        return facts
