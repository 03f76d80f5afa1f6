"""From the demonstration to the evidence log and back: a new window, other threads, another file."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication

from gui.app import Program, Start, make_window
from gui.demonstration import Demonstration
from gui.fault_report import FaultDesk
from gui.pages.access import Access
from gui.pages.course import Link
from gui.palette import DAY, NIGHT
from gui.remembered import remember_port, remembered_port
from gui.theme import apply_theme, current_look
from gui.widgets.nav_rail import Page
from gui.widgets.training_band import TrainingBand
from inspection.demo_samples import measured_samples
from inspection.folders import DataFolder
from inspection.language import ENGLISH
from inspection.log_kind import LogKind


@pytest.fixture
def data(tmp_path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def program(data, qtbot, ready, monkeypatch):
    monkeypatch.setattr("gui.session_worker.load_knowledge", lambda *_: ready)
    app = QApplication.instance()
    apply_theme(app, DAY.for_training())
    start = Start(
        data, ENGLISH, LogKind.TRAINING, officer="A. Officer", is_demonstration=True, demonstration_speed=1e9
    )
    one = Program(start, FaultDesk(data.path / "faults"), make_window(start))
    one.show()
    qtbot.waitUntil(lambda: one.window.course.link is Link.OPEN, timeout=10_000)
    yield one
    assert one.stop()
    one.window.hide()
    one.window.deleteLater()
    apply_theme(app, DAY)


@pytest.fixture
def instrument():
    """What stands for a real detector: it is at a port of its own."""
    one = Demonstration(measured_samples(ENGLISH), speed=float("inf"))
    yield one
    one.close()


def leave(program, port="") -> None:
    program.window.show_page(Page.DEVICE)
    program.window.pages.device.port.setText(port)
    program.window.pages.device.other_log.click()


def test_the_evidence_log_opens_in_a_window_that_shows_no_trace_of_training(program, data, qtbot, instrument):
    training = program.window
    assert training.findChild(TrainingBand) is not None
    geometry = training.geometry()
    leave(program, instrument.url)
    window = program.window
    qtbot.waitUntil(lambda: window.course.link is Link.OPEN, timeout=10_000)

    assert window is not training
    assert window.kind is LogKind.EVIDENCE
    assert window.findChild(TrainingBand) is None
    assert window.geometry() == geometry
    assert window.page is Page.DEVICE
    assert "evidence log" in window.notice.said
    assert window.course.port == instrument.url
    assert current_look().theme == DAY
    assert program.demonstration is None
    qtbot.waitUntil(data.evidence_log.exists, timeout=10_000)


def test_on_the_evidence_log_nobody_works_before_somebody_is_known(program, qtbot, instrument):
    in_training = program.window.attendance.access
    leave(program, instrument.url)
    window = program.window
    is_covered_at_once = window.attendance.access.is_covered and not window._frame.isVisible()
    qtbot.waitUntil(lambda: window.attendance.access is Access.FIRST_START, timeout=10_000)
    [demonstration] = window._made_cover().bar.quiet_buttons
    demonstration.click()
    qtbot.waitUntil(lambda: program.window.course.link is Link.OPEN, timeout=10_000)

    assert in_training is Access.OPEN
    assert is_covered_at_once
    assert program.window.kind is LogKind.TRAINING
    assert program.window.attendance.access is Access.OPEN


def test_and_back_again_to_the_demonstration(program, qtbot, instrument):
    leave(program, instrument.url)
    evidence = program.window
    qtbot.waitUntil(lambda: evidence.course.link is Link.OPEN, timeout=10_000)
    evidence.header.theme_requested.emit()
    leave(program)
    window = program.window
    qtbot.waitUntil(lambda: window.course.link is Link.OPEN, timeout=10_000)

    assert window.kind is LogKind.TRAINING
    assert window.findChild(TrainingBand) is not None
    assert window.course.port == program.demonstration.url
    assert current_look().theme == NIGHT.for_training()


def test_without_a_typed_port_the_detector_of_last_time_is_taken(data):
    demonstration = Start(data, ENGLISH, LogKind.TRAINING, is_demonstration=True)

    assert demonstration.on_other_log("").port == ""  # the one that answers
    remember_port(data, "COM4")
    assert demonstration.on_other_log("").port == "COM4"
    assert demonstration.on_other_log("COM7").port == "COM7"
    assert demonstration.on_other_log("").on_other_log("") == demonstration


def test_what_is_typed_for_the_evidence_log_is_remembered_and_the_demonstration_is_not(
    program, data, qtbot, instrument
):
    assert remembered_port(data) is None
    leave(program, instrument.url)
    qtbot.waitUntil(lambda: remembered_port(data) == instrument.url, timeout=10_000)
