"""What is not the usual way: each state says what happened and what to do, and leads back to work."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from detector.capture import DeviceInfo, DeviceState, DeviceStatus, SampleTechnique
from detector.errors import ProtocolError
from detector.simulator.optics import SimulatedSample, instrument_axis
from gui.fault_report import Fault
from gui.pages import states
from gui.pages.course import Course, Link, Signal, Step, Trouble
from gui.pages.scan_words import scan_bar, side_state, state_of
from gui.widgets.labels import PlainLabel
from gui.widgets.nav_rail import Page
from inspection.demo_samples import DemoSample
from inspection.language import ENGLISH
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from spectra_library.errors import LibraryStoreError

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DEVICE = DeviceInfo("Model F", "F-0007", "1.2", 1)
READY = DeviceStatus(DeviceState.READY, has_background=True, scan_counter=0)


def open_course() -> Course:
    return Course().connecting("COM4").connected(DEVICE, READY)


def said_on(widget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden())


def scaled(sample: DemoSample, height: float) -> DemoSample:
    usual = sample.sample
    low = SimulatedSample(usual.name, usual.wavenumber, height * usual.absorbance, usual.technique)
    return replace(sample, sample=low)


# --- Over the wire ----------------------------------------------------------------------------------


def test_no_detector_answers(open_desk):
    desk = open_desk(is_connected=False, is_told=False, kind=LogKind.EVIDENCE)
    desk.window.connecting.connect_wished.emit("socket://127.0.0.1:1")
    desk.until(lambda: desk.course.trouble is Trouble.NOT_FOUND)
    desk.press()  # the crystal may be cleaned all the same

    said = said_on(desk.window.pages.scan.state)
    assert desk.course.step is Step.BACKGROUND
    assert "No detector is connected" in said
    assert "Detector port: " in said
    assert desk.offers() == ["show_device", "search_detector"]


def test_a_detector_that_comes_later_lets_the_work_go_on(open_desk):
    desk = open_desk(is_connected=False)
    desk.press()
    desk.press()  # search: the demonstration's own port
    desk.until(lambda: desk.course.link is Link.OPEN)

    assert desk.course.step is Step.BACKGROUND
    assert desk.offers() == ["go_back", "take_background"]


def test_the_cable_is_lost_in_the_middle_of_a_scan(open_desk):
    desk = open_desk(speed=8.0)
    desk.to_sample()
    desk.press()
    desk.until(lambda: desk.course.done >= 2)
    done = desk.course.done
    desk.demonstration.close()
    desk.until(lambda: desk.course.link is Link.ABSENT)

    said = said_on(desk.window.pages.scan.state)
    assert desk.course.trouble is Trouble.LOST
    assert f"Lost the cable after scan {max(done, desk.course.done)}" in said
    assert "Nothing was saved." in said
    assert desk.offers() == ["show_device", "connect_again"]
    assert desk.window.finding is None


def test_after_a_lost_cable_the_scan_starts_over_at_the_same_gate(open_desk):
    desk = open_desk()
    desk.to_sample()
    desk.window.connecting.disconnect_wished.emit()
    desk.until(lambda: desk.course.link is Link.ABSENT)
    desk.window.connecting.connect_wished.emit(desk.demonstration.url)
    desk.until(lambda: desk.course.signal is Signal.STRONG)
    desk.press()
    desk.until(lambda: desk.course.step is Step.RESULT)

    assert desk.window.finding is not None


def test_a_cancelled_scan_leaves_the_sample_where_it_is(open_desk):
    desk = open_desk(speed=4.0)
    desk.to_sample()
    desk.press()
    desk.until(lambda: desk.course.done >= 1)
    desk.window.pages.scan.cancel_requested.emit()
    desk.until(lambda: desk.course.trouble is Trouble.CANCELLED)
    desk.until(lambda: desk.course.signal is Signal.STRONG)

    assert "The scan was cancelled" in said_on(desk.window.pages.scan.live_body())
    assert desk.offers() == ["go_back", "start_scan"]


def test_a_cancelled_background_can_be_taken_again(open_desk):
    desk = open_desk(speed=4.0)
    desk.press()
    desk.until(lambda: desk.course.done >= 1)
    desk.window.pages.scan.cancel_requested.emit()
    desk.until(lambda: desk.course.trouble is Trouble.CANCELLED)

    assert "The background was cancelled" in said_on(desk.window.pages.scan.guide)
    assert desk.offers() == ["go_back", "take_background"]
    assert not desk.window.pages.scan.live_body().isVisible()


def test_a_weak_signal_does_not_start_a_scan_by_itself(open_desk, samples_of_the_demonstration):
    desk = open_desk(samples=(scaled(samples_of_the_demonstration[2], 0.07),))
    desk.to_sample()

    assert desk.course.signal is Signal.WEAK
    assert not desk.window.bar.primary.isEnabled()
    assert "The signal is too weak to start" in said_on(desk.window.pages.scan.live_body())

    desk.press_quiet("scan_anyway")
    desk.until(lambda: desk.course.step is Step.RESULT)
    assert desk.window.finding is not None


def test_what_is_left_on_the_crystal_stops_at_gate_3(open_desk, samples_of_the_demonstration):
    desk = open_desk(is_told=False)  # nobody takes the sample off
    desk.to_empty_check()
    desk.demonstration.put_sample_on(True)
    desk.until(lambda: desk.course.signal is Signal.STRONG)

    assert "The crystal is not clean" in said_on(desk.window.pages.scan.live_body())
    assert desk.offers() == ["clean_again"]
    desk.press()
    assert desk.course.step is Step.CLEAN


def test_what_is_left_on_the_crystal_is_named_as_a_hint_where_it_can_be(
    open_desk, samples_of_the_demonstration
):
    desk = open_desk(is_told=False, samples=(scaled(samples_of_the_demonstration[0], 0.09),))
    desk.to_empty_check()
    desk.demonstration.put_sample_on(True)
    desk.until(lambda: bool(desk.course.residue))
    said = said_on(desk.window.pages.scan.live_body())
    desk.demonstration.put_sample_on(False)
    desk.until(lambda: desk.course.is_empty)

    assert "It resembles Isopropyl alcohol. This is a hint, not a match." in said
    assert desk.window.pages.scan.live_body()._card.isHidden()
    assert desk.window.finding is None  # and nothing of it is a finding


def test_what_is_left_on_the_crystal_stays_without_a_name_where_nothing_can_be_said(open_desk):
    axis = instrument_axis(4.0)
    broad = SimulatedSample(
        "broad", axis, 0.3 * np.exp(-(((axis - 1500.0) / 700.0) ** 2)), SampleTechnique.ATR
    )
    desk = open_desk(is_told=False, samples=(DemoSample(broad, "", ""),))
    desk.to_empty_check()
    desk.demonstration.put_sample_on(True)
    answers = []
    desk.workers.session.residue_named.connect(answers.append)
    desk.until(lambda: len(answers) >= 2)

    assert answers[:2] == [(), ()]
    assert desk.course.residue == ""
    assert "The crystal is not clean" in said_on(desk.window.pages.scan.live_body())


def test_the_background_of_a_later_sample_is_written_under_its_inspection(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.save()
    desk.to_result()
    desk.save()
    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        [inspection] = log.inspections()
        backgrounds = [one for one in log.entries() if one.kind is EntryKind.BACKGROUND]
        samples = log.samples(inspection.id)

    assert [one.inspection for one in backgrounds] == [None, inspection.id]
    assert [one.number for one in samples] == [1, 2]


def test_a_full_disk_keeps_the_finding_and_saves_it_later(open_desk):
    resource = pytest.importorskip("resource")
    desk = open_desk()
    desk.to_result()
    desk.save()
    desk.to_result()
    finding = desk.window.finding
    used = desk.log_path.with_name(desk.log_path.name + "-wal").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (used + 1000, limits[1]))
    try:
        desk.press()
        desk.until(lambda: not desk.window.pages.result.card.isHidden())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    said = said_on(desk.window.pages.result)
    assert "The finding is not saved" in said
    assert "It is kept in this window." in said
    assert desk.window.finding is finding
    assert desk.window.bar.primary.wish == "Save again"
    desk.save()
    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        [inspection] = log.inspections()
        assert len(log.samples(inspection.id)) == 2
        assert log.verify().ok


def test_without_a_library_nothing_is_begun_until_it_is_back(open_desk, ready):
    is_back = threading.Event()

    def load():
        if not is_back.is_set():
            raise LibraryStoreError("expected a library file, found nothing")
        return ready

    desk = open_desk(load=load)
    desk.until(lambda: bool(desk.course.missing_library))
    said = said_on(desk.window.pages.scan.state)
    offers = desk.offers()
    is_back.set()
    desk.press()
    desk.until(lambda: not desk.course.missing_library)
    desk.to_result()

    assert "The reference library is missing" in said
    assert "found nothing" in said
    assert offers == ["load_library"]


def test_without_a_library_the_log_can_be_read(open_desk):
    def missing():
        raise LibraryStoreError("expected a library file, found nothing")

    desk = open_desk(load=missing)
    desk.window.show_page(Page.LOG)
    desk.until(lambda: "No findings yet" in said_on(desk.window.pages.log.state))

    assert desk.offers() == ["show_scan"]


def test_a_log_that_cannot_be_read_says_so(open_desk):
    desk = open_desk()
    desk.workers.stop()
    desk.log_path.write_bytes(b"this is no log at all" * 100)
    for leftover in ("-wal", "-shm"):
        desk.log_path.with_name(desk.log_path.name + leftover).unlink(missing_ok=True)
    reader = open_desk()
    reader.window.show_page(Page.LOG)
    reader.until(lambda: "The log cannot be read" in said_on(reader.window.pages.log.state))

    assert reader.offers() == ["show_all"]


def test_a_fault_is_one_calm_sentence_with_a_number(open_desk):
    desk = open_desk()
    desk.window.show_fault(Fault(7, Path("faults/fault-0007.txt")))

    assert "fault 7" in desk.window.notice.said
    assert "fault-0007.txt" in desk.window.notice.said
    desk.to_result()  # the program stays up


def test_a_fault_without_a_report_still_has_its_number(open_desk):
    desk = open_desk(is_connected=False)
    desk.window.show_fault(Fault(8, None))

    assert desk.window.notice.said.endswith("fault 8.")


# --- As values --------------------------------------------------------------------------------------


def test_connecting_is_a_state_at_the_gates_that_need_a_detector():
    course = Course().connecting("COM4")

    assert state_of(ENGLISH, course) is None  # gate 1 needs none
    state = state_of(ENGLISH, course.crystal_is_clean(NOW))
    assert state.title == "Connecting to the detector at COM4"
    assert state.helps is None


@pytest.mark.parametrize(
    ("device_state", "title"),
    [
        (DeviceState.WARMING_UP, "The detector is warming up"),
        (DeviceState.FAULT, "The detector reports a fault"),
    ],
)
def test_a_detector_that_is_not_ready_says_why(device_state, title):
    course = open_course().status_changed(replace(READY, state=device_state)).crystal_is_clean(NOW)

    assert state_of(ENGLISH, course).title == title


def test_a_background_that_is_too_old_is_taken_again():
    course = open_course().crystal_is_clean(NOW).background_taken(NOW)
    fresh = course.seen(0.01, NOW + timedelta(minutes=14))
    old = course.seen(0.01, NOW + timedelta(minutes=16))

    assert state_of(ENGLISH, fresh) is None
    assert state_of(ENGLISH, old).title == "The background is more than 15 minutes old"
    assert not old.wants_watch
    assert not old.next_sample().crystal_is_clean(NOW).background_taken(NOW).is_background_old


@pytest.mark.parametrize(
    ("trouble", "title"),
    [
        (Trouble.BACKGROUND_FAILED, "No background was taken"),
        (Trouble.SCAN_FAILED, "The scan gave no result"),
        (Trouble.WATCH_FAILED, "The live curve stopped"),
    ],
)
def test_what_failed_is_named_with_its_reason_and_a_way_on(trouble, title):
    course = open_course().crystal_is_clean(NOW).background_taken(NOW).failed(trouble, "because")
    state = state_of(ENGLISH, course)

    assert (state.title, state.note) == (title, "because")
    assert state.helps is not None
    assert scan_bar(ENGLISH, course, has_inspection=False).primary == state.helps


def test_no_state_stands_in_the_way_of_a_measurement():
    course = open_course().crystal_is_clean(NOW).background_taken(NOW).have_looked()
    cancelled = course.failed(Trouble.CANCELLED, "")

    assert side_state(ENGLISH, cancelled) is not None
    assert side_state(ENGLISH, cancelled.measuring(0.0)) is None
    assert state_of(ENGLISH, course.failed(Trouble.SCAN_FAILED, "x").measuring(0.0)) is None


def test_a_cable_lost_while_nothing_was_measured_names_no_scan():
    cleaned = open_course().crystal_is_clean(NOW)
    measured = cleaned.measuring(0.0).progressed(16, 16, 4.0).background_taken(NOW)

    assert state_of(ENGLISH, measured.lost("gone")).title == "Lost the cable"
    in_the_middle = measured.measuring(0.0).progressed(7, 16, 2.0).failed(Trouble.LOST, "gone").lost("gone")
    assert state_of(ENGLISH, in_the_middle).title == "Lost the cable after scan 7"


def test_every_state_says_what_happened_and_what_to_do():
    made = [
        states.no_detector(ENGLISH),
        states.connecting(ENGLISH, ""),
        states.warming_up(ENGLISH),
        states.detector_fault(ENGLISH),
        states.cable_lost(ENGLISH, None, ""),
        states.no_library(ENGLISH, ""),
        states.background_failed(ENGLISH, ""),
        states.old_background(ENGLISH, 15),
        states.scan_failed(ENGLISH, ""),
        states.watch_failed(ENGLISH, ""),
        states.scan_cancelled(ENGLISH),
        states.background_cancelled(ENGLISH),
        states.crystal_not_clean(ENGLISH),
        states.weak_signal(ENGLISH),
        states.not_saved(ENGLISH, ""),
        states.empty_log(ENGLISH),
        states.nothing_found(ENGLISH),
        states.log_unreadable(ENGLISH, ""),
    ]

    assert all(one.title and one.advice.endswith(".") for one in made)
    assert len({one.title for one in made}) == len(made)


def test_a_protocol_error_during_a_scan_is_told_without_losing_the_detector(open_desk, monkeypatch):
    desk = open_desk()
    desk.to_sample()

    def garbled(*_, **__):
        raise ProtocolError("expected a chunk, found something else")

    monkeypatch.setattr(desk.workers.session._detector, "scan", garbled)
    desk.press()
    desk.until(lambda: desk.course.trouble is Trouble.SCAN_FAILED)

    assert desk.course.link is Link.OPEN
    assert "something else" in said_on(desk.window.pages.scan.state)
    assert np.isfinite(desk.course.began_s)
