"""A finding that is not saved is never lost without a question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detector.capture import SampleTechnique
from detector.simulator.optics import SimulatedSample, instrument_axis
from gui.pages.course import Step
from gui.pages.questions import Leaving, question_bar
from gui.widgets.nav_rail import Page
from inspection.demo_samples import DemoSample
from inspection.errors import LogWriteError
from inspection.language import ENGLISH
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from spectra_library.verdicts import Verdict


def findings(desk) -> list[tuple[int, str, str]]:
    """Sample, verdict and declared text of every finding in the log."""
    with InspectionLog.open_read_only(desk.log_path, kind=LogKind.TRAINING) as log:
        return [
            (entry.sample, entry.body["verdict"], (entry.body["declared"] or {}).get("text", ""))
            for entry in log.entries()
            if entry.kind is EntryKind.IDENTIFICATION
        ]


@pytest.fixture
def jagged() -> DemoSample:
    axis = instrument_axis(4.0)
    heights = np.random.default_rng(3).normal(0.15, 0.05, axis.size)
    heights += 0.2 * np.exp(-(((axis - 1100.0) / 60.0) ** 2))
    return DemoSample(SimulatedSample("jagged", axis, heights, SampleTechnique.ATR), "premix", "made up")


def test_scanning_again_asks_in_the_foot_of_the_page_and_going_back_changes_nothing(open_desk):
    desk = open_desk()
    desk.to_result()
    finding, before = desk.window.finding, desk.offers()
    desk.press_quiet("scan_again")
    asked = desk.offers()
    desk.press_quiet("keep_finding")

    assert asked == ["keep_finding", "leave_finding", "save_and_leave"]
    assert desk.offers() == before
    assert desk.window.finding is finding
    assert desk.course.step is Step.RESULT


def test_enter_saves_the_finding_and_scans_the_same_sample_again(open_desk):
    desk = open_desk(is_told=False)  # nobody lays on another sample
    desk.demonstration.put_sample_on(False)
    desk.to_empty_check()
    desk.until(lambda: desk.course.is_empty)
    desk.press()
    desk.press()
    desk.window.pages.scan.live_body().fields.declared.textEdited.emit("methanol")
    desk.demonstration.put_sample_on(True)
    desk.until(desk.window.bar.primary.isEnabled)
    desk.press()
    desk.until(lambda: desk.course.step is Step.RESULT)
    desk.press_quiet("scan_again")
    desk.press()
    desk.until(lambda: desk.course.step is Step.SAMPLE)

    assert desk.window.finding is None
    assert "Saved as record" in desk.window.notice.said
    assert [one[2] for one in findings(desk)] == [desk.window.pages.scan.live_body().fields.declared.text()]
    assert desk.course.background_at is not None
    desk.until(desk.window.bar.primary.isEnabled)  # the next scan needs no new background


def test_a_finding_that_is_let_go_of_on_purpose_is_not_in_the_log(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.press_quiet("scan_again")
    desk.press_quiet("leave_finding")
    step = desk.course.step
    desk.until(desk.window.bar.primary.isEnabled)
    desk.press()
    desk.until(lambda: desk.course.step is Step.RESULT)
    desk.save()

    assert step is Step.SAMPLE
    assert len(findings(desk)) == 1


def test_a_spectrum_that_says_nothing_is_scanned_again_without_a_question(open_desk, jagged):
    desk = open_desk(samples=(jagged,))
    desk.to_result()
    assert desk.window.finding.identification.verdict is Verdict.REJECTED
    desk.press()

    assert desk.course.step is Step.SAMPLE
    assert desk.window.finding is None


def test_a_save_that_fails_keeps_the_finding_and_goes_nowhere(open_desk):
    desk = open_desk()
    desk.to_result()
    finding = desk.window.finding
    desk.workers.writer.saved.disconnect()
    desk.workers.writer.save_failed.disconnect()
    desk.press_quiet("scan_again")
    desk.press()
    desk.window.saving.save_failed(LogWriteError("the disk is full"))

    assert desk.window.finding is finding
    assert desk.course.step is Step.RESULT
    assert desk.window.bar.primary.wish == "Save again"


def test_another_page_is_another_thought_and_the_question_is_gone(open_desk):
    desk = open_desk()
    desk.to_result()
    desk.press_quiet("scan_again")
    desk.window.show_page(Page.LOG)
    desk.window.show_page(Page.SCAN)

    assert desk.offers()[-1] == "save"
    assert desk.window.finding is not None


def test_the_other_log_asks_for_an_unsaved_finding_first(open_desk):
    desk = open_desk()
    desk.to_result()
    wishes = []
    desk.window.other_log_wished.connect(wishes.append)
    desk.window.show_page(Page.DEVICE)
    desk.window.pages.device.port.setText(" COM4 ")
    desk.window.pages.device.other_log.click()
    asked, before = desk.offers(), list(wishes)
    desk.press()
    desk.until(lambda: bool(wishes))

    assert asked == ["keep_finding", "leave_finding", "save_and_leave"]
    assert before == []
    assert wishes == ["COM4"]
    assert len(findings(desk)) == 1


def test_without_a_finding_the_other_log_is_opened_at_once(open_desk):
    desk = open_desk(is_connected=False)
    wishes = []
    desk.window.other_log_wished.connect(wishes.append)
    desk.window.show_page(Page.DEVICE)
    desk.window.pages.device.other_log.click()

    assert wishes == [""]


def test_a_poor_spectrum_is_asked_about_when_the_log_is_left(finding):
    poor = finding()
    poor = replace(poor, identification=replace(poor.identification, verdict=Verdict.REJECTED))

    assert Leaving.SCAN_AGAIN.is_free_to_go(poor)
    assert not Leaving.OTHER_LOG.is_free_to_go(poor)
    assert not Leaving.SCAN_AGAIN.is_free_to_go(finding())


@pytest.mark.parametrize("leaving", Leaving)
def test_every_question_says_what_is_at_stake_and_enter_loses_nothing(leaving):
    bar = question_bar(ENGLISH, leaving)

    assert bar.lead == "This finding is not saved."
    assert bar.sentence.endswith("?")
    assert bar.primary.name == "save_and_leave"
    assert [one.key for one in bar.quiet] == ["Esc", "F8"]
