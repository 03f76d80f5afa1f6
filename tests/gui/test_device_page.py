"""The device page says which detector it is, how it is, and where to look for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from detector.capture import DeviceInfo, DeviceState, DeviceStatus
from gui.pages.course import Course
from gui.pages.device_page import DevicePage
from gui.pages.wishes import Wish
from gui.widgets.labels import PlainLabel
from inspection.language import ENGLISH

DEVICE = DeviceInfo("Model <b>F</b>", "F-0007", "1.2", 1)
READY = DeviceStatus(DeviceState.READY, True, 12, battery_percent=83, temperature_c=31.54)


@pytest.fixture
def page(in_day, qtbot):
    page = DevicePage(ENGLISH)
    qtbot.addWidget(page)
    page.show()
    return page


def said_on(widget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(PlainLabel))


def open_course() -> Course:
    return Course().connecting("COM4").connected(DEVICE, READY)


def test_a_connected_detector_is_shown_with_all_that_it_says(page):
    page.show_course(open_course(), is_simulated=False, is_demonstration=False)
    said = said_on(page)

    for text in ("Model <b>F</b>", "F-0007", "1.2", "COM4", "ready", "83 %", "31.5 °C", "12"):
        assert text in said
    assert "simulated" not in said
    assert page.bar().primary.name == Wish.SHOW_SCAN


def test_a_simulated_detector_is_called_one(page):
    page.show_course(open_course(), is_simulated=True, is_demonstration=True)

    assert "Nothing measured with it is evidence." in said_on(page)


def test_what_a_detector_does_not_know_is_left_out(page):
    silent = replace(READY, battery_percent=None, temperature_c=None)
    page.show_course(
        Course().connecting("COM4").connected(DEVICE, silent), is_simulated=False, is_demonstration=False
    )

    assert "Battery" not in said_on(page.facts)
    assert "Temperature" not in said_on(page.facts)


@pytest.mark.parametrize("state", list(DeviceState))
def test_every_state_of_a_detector_has_its_word(page, state):
    course = open_course().status_changed(replace(READY, state=state))
    page.show_course(course, is_simulated=False, is_demonstration=False)

    assert "State" in said_on(page.facts)


def test_without_a_detector_the_page_offers_to_connect(page):
    page.show_course(
        Course().not_connected("Detector port: nobody answers"), is_simulated=False, is_demonstration=False
    )

    assert "nobody answers" in said_on(page)
    assert page.facts.isHidden()
    assert page.bar().primary.name == Wish.CONNECT_PORT


def test_while_it_connects_nothing_can_be_pressed(page):
    page.show_course(Course().connecting("COM4"), is_simulated=False, is_demonstration=False)

    assert page.bar().primary is None


def test_a_measuring_detector_is_not_disconnected(page):
    page.show_course(open_course().measuring(0.0), is_simulated=False, is_demonstration=False)

    assert not any(one.is_enabled for one in page.bar().quiet)


def test_enter_in_the_port_ends_the_typing(page, qtbot):
    with qtbot.waitSignal(page.typing_ended):
        QTest.keyClick(page.port, Qt.Key.Key_Return)
