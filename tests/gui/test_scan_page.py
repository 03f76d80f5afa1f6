"""The scan page shows where a sample stands, and leads it through the gates in their order."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from detector.capture import DeviceInfo, DeviceState, DeviceStatus
from gui.icons import Icon
from gui.pages.course import BEST, EMPTY_LOOKS, EMPTY_MAX, START_MIN, Course, Signal, Step
from gui.pages.job import Job, Papers
from gui.pages.scan_page import ScanPage
from gui.pages.scan_words import scan_bar
from gui.pages.wishes import Wish
from gui.session_worker import LiveCurve
from gui.widgets.gate_steps import Gate
from gui.widgets.labels import PlainLabel
from inspection.language import ENGLISH

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DEVICE = DeviceInfo("Model F", "F-0007", "1.2", 1)
READY = DeviceStatus(DeviceState.READY, has_background=True, scan_counter=0)


@pytest.fixture
def page(in_day, qtbot):
    page = ScanPage(ENGLISH)
    qtbot.addWidget(page)
    page.resize(1270, 600)
    page.show()
    return page


def open_course() -> Course:
    return Course().connecting("COM4").connected(DEVICE, READY)


def at_empty_check() -> Course:
    return open_course().crystal_is_clean(NOW).background_taken(NOW)


def at_sample() -> Course:
    return at_empty_check().crystal_is_empty(NOW).have_looked()


def curve(height: float) -> LiveCurve:
    axis = np.arange(650.0, 4000.0, 2.0)
    return LiveCurve(axis, height * np.exp(-(((axis - 1240.0) / 10.0) ** 2)), height)


def said_on(widget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden())


def bar(course: Course):
    return scan_bar(ENGLISH, course, has_inspection=False)


# --- The course -------------------------------------------------------------------------------------


def test_the_gates_come_in_their_order():
    steps = [
        open_course(),
        open_course().crystal_is_clean(NOW),
        at_empty_check(),
        at_empty_check().crystal_is_empty(NOW),
        at_sample(),
        at_sample().named(NOW),
    ]

    assert [one.step for one in steps] == list(Step)


def test_one_flat_reading_does_not_pass_gate_3():
    course = at_empty_check()
    for _ in range(EMPTY_LOOKS - 1):
        course = course.seen(0.01, NOW)
    assert not course.is_empty
    assert not bar(course).primary.is_enabled

    assert course.seen(0.01, NOW).is_empty
    assert bar(course.seen(0.01, NOW)).primary.is_enabled
    assert not course.seen(EMPTY_MAX + 0.001, NOW).is_empty


@pytest.mark.parametrize(
    ("strongest", "signal"),
    [(EMPTY_MAX, Signal.EMPTY), (0.05, Signal.WEAK), (START_MIN, Signal.STRONG), (1.0, Signal.STRONG)],
)
def test_the_strongest_band_decides_whether_a_scan_may_start(strongest, signal):
    course = at_sample().seen(strongest, NOW)

    assert course.signal is signal
    assert bar(course).primary.is_enabled == (signal is Signal.STRONG)


def test_the_time_left_comes_from_the_scans_that_are_done():
    course = at_sample().measuring(10.0).progressed(4, 16, 12.0)

    assert course.seconds_left == pytest.approx(6.0)
    assert at_sample().measuring(10.0).progressed(0, 16, 12.0).seconds_left is None


@pytest.mark.parametrize("step", [Step.EMPTY_CHECK, Step.LOOK, Step.SAMPLE])
def test_a_detector_without_its_background_begins_at_gate_2(step):
    before = {Step.EMPTY_CHECK: at_empty_check(), Step.LOOK: at_empty_check().crystal_is_empty(NOW)}
    course = before.get(step, at_sample())
    forgot = DeviceStatus(DeviceState.READY, has_background=False, scan_counter=0)

    assert course.connected(DEVICE, READY).step is step
    assert course.connected(DEVICE, forgot).step is Step.BACKGROUND


def test_the_live_curve_is_wanted_at_gates_3_and_4_alone():
    wanted = [at_empty_check(), at_sample()]
    unwanted = [
        open_course(),
        open_course().crystal_is_clean(NOW),
        at_empty_check().crystal_is_empty(NOW),
        at_sample().measuring(0.0),
        at_sample().named(NOW),
        at_sample().lost("gone"),
    ]

    assert all(one.wants_watch for one in wanted)
    assert not any(one.wants_watch for one in unwanted)


def test_the_next_sample_begins_at_gate_1_and_the_same_one_at_gate_4():
    finished = at_sample().named(NOW)

    assert finished.next_sample().step is Step.CLEAN
    assert finished.next_sample().passed == ()
    assert finished.sample_again().step is Step.SAMPLE
    assert finished.sample_again().signal is Signal.UNKNOWN


# --- The papers -------------------------------------------------------------------------------------


def test_the_container_of_an_inspection_in_the_log_is_not_typed_over():
    job = Job().with_papers(Papers("MWCU 605978 4", "sugar")).saved("20261124-7K3FQ2")

    assert job.with_papers(Papers("OTHER 1", "salt")).papers == Papers("MWCU 605978 4", "salt")
    assert job.papers.declared == ""
    assert job.next_inspection() == Job()


def test_blanks_between_words_can_be_typed(page, qtbot):
    told = []
    page.papers_changed.connect(
        lambda papers: (told.append(papers), page.set_papers(papers, is_container_fixed=False))
    )
    QTest.keyClicks(page.guide.fields.declared, "paint thinner ")

    assert page.guide.fields.declared.text() == "paint thinner "
    assert told[-1].tidy.declared == "paint thinner"


def test_enter_in_a_field_ends_the_typing(page, qtbot):
    with qtbot.waitSignal(page.typing_ended):
        QTest.keyClick(page.guide.fields.container, Qt.Key.Key_Return)


# --- The page ---------------------------------------------------------------------------------------


def test_the_page_opens_with_cleaning_and_needs_no_plot(page):
    assert page.steps.gate is Gate.CLEAN
    assert page.bodies.currentWidget() is page.guide
    assert "Clean the crystal" in said_on(page.guide)
    assert page.bar().primary.name == Wish.CRYSTAL_IS_CLEAN
    assert page._live is None


def test_gate_2_counts_the_scans_of_the_background(page):
    page.show_course(open_course().crystal_is_clean(NOW).measuring(0.0).progressed(3, 16, 0.75))

    assert "Background, scan 3 of 16" in said_on(page.guide)
    assert "about 3 s left" in said_on(page.guide)
    assert page.bar().primary is None


def test_gate_3_looks_more_closely_than_gate_4(page):
    scales = []
    page.live_body().plot.scale_changed.connect(lambda low, high, *_: scales.append(high))
    page.show_course(at_empty_check())
    page.show_curve(curve(0.01))
    closely = scales[-1]
    page.show_course(at_empty_check().crystal_is_empty(NOW))
    page.show_course(at_sample())
    page.show_curve(curve(0.01))

    assert closely < 0.2
    assert scales[-1] > 0.5


def test_the_card_before_gate_4_names_what_must_never_be_pressed(page):
    page.show_course(at_empty_check().crystal_is_empty(NOW))
    said = said_on(page.bodies.currentWidget())

    assert "primary explosive" in said
    assert "fumes" in said
    assert "Goggles and gloves" in said
    assert page.bar().primary.text == "I have looked"


def test_gate_4_shows_the_reading_in_a_number_and_in_words(page):
    page.show_course(at_sample().seen(0.43, NOW))
    said = said_on(page.live_body())

    assert "0.43" in said
    assert "Strong enough" in said
    assert f"Best between {BEST[0]:.2f} and {BEST[1]:.2f}" in said
    assert page.live_body().gauge._reading == 0.43


def test_a_live_curve_that_comes_too_late_is_not_shown(page):
    page.show_course(at_sample().measuring(0.0))
    page.show_curve(curve(0.4))

    assert page.live_body().plot._sample is None


def test_a_scan_under_way_can_be_cancelled_with_one_key(page, qtbot):
    page.show_course(at_sample().seen(0.43, NOW).measuring(0.0).progressed(4, 16, 1.0))
    page.activateWindow()
    assert QTest.qWaitForWindowActive(page)
    with qtbot.waitSignal(page.cancel_requested):
        QTest.keyClick(page, Qt.Key.Key_Escape)

    assert "Scanning 4 of 16" in said_on(page.live_body())
    assert not page.live_body().fields.isVisible()


def test_the_passed_gates_carry_their_time(page):
    page.show_course(at_sample())

    assert set(page.steps._notes) == {Gate.CLEAN, Gate.BACKGROUND, Gate.EMPTY_CHECK, Gate.SAMPLE}
    assert page.steps._notes[Gate.CLEAN] == f"{NOW.astimezone():%H:%M}"


def test_an_inspection_that_is_in_the_log_can_be_left(page):
    page.set_papers(Papers("MWCU 605978 4", ""), is_container_fixed=True)

    assert [one.name for one in page.bar().quiet] == [Wish.NEW_INSPECTION]
    assert page.guide.fields.container.isReadOnly()


def test_facts_are_only_made_anew_when_they_change(page):
    page.show_course(at_sample().seen(0.43, NOW))
    before = page.live_body()._facts.children()
    page.show_course(at_sample().seen(0.44, NOW))

    assert page.live_body()._facts.children() == before


def test_every_icon_of_the_guide_is_there(page):
    assert all(isinstance(icon, Icon) for icon, _ in page.guide._shown)
