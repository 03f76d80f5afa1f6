"""The users page: an administrator keeps the list, each change is a record; each has a PIN of their own."""

from __future__ import annotations

import os

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.pages.access import Access
from gui.pages.wishes import Doing
from gui.widgets.labels import PlainLabel
from gui.widgets.nav_rail import Page
from inspection.errors import SignInError
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from inspection.users.roles import Role
from inspection.users.store import UserStore

EVIDENCE = LogKind.EVIDENCE


@pytest.fixture
def at_users(open_desk, staffed_data):
    def sign_in(name: str):
        desk = open_desk(kind=EVIDENCE, data=staffed_data)
        desk.sign_in(name)
        desk.window.show_page(Page.USERS)
        return desk

    return sign_in


def page_of(desk):
    return desk.window.pages.users


def choose(desk, name):
    [button] = [one for one in page_of(desk).names.buttons if one.row.name == name]
    button.click()


def type_into(field, text):
    field.setFocus()
    QTest.keyClicks(field, text)


def send(desk, own_pin):
    """Type the PIN of whoever does it last, press Enter there, and wait for the answer."""
    question = page_of(desk).question
    type_into(question.pin.field, own_pin)
    QTest.keyClick(question.pin.field, Qt.Key.Key_Return)
    desk.until(lambda: not page_of(desk)._is_busy)


def events(desk):
    return [
        (entry.body["event"], entry.body["user"], entry.body["role"], entry.officer)
        for entry in desk.entries(EntryKind.USER)
    ]


def test_an_administrator_adds_a_user_who_can_sign_in(at_users, staffed_data, pins):
    desk = at_users("Administrator 1")
    desk.press()
    form = page_of(desk).form
    type_into(form.user_name, "Supervisor 2")
    [supervisor] = [one for one in form.roles.buttons if one.row.name == "Supervisor"]
    supervisor.click()
    for field in (form.new_pin.first.field, form.new_pin.again.field):
        type_into(field, "577215")
    is_enough_without_own_pin = desk.window.bar.primary.isEnabled()
    send(desk, pins["Administrator 1"])
    desk.until(lambda: page_of(desk).doing is Doing.LOOKING)

    user = UserStore(staffed_data.users).sign_in("Supervisor 2", "577215")
    assert not is_enough_without_own_pin
    assert user.role is Role.SUPERVISOR
    assert events(desk) == [("added", "Supervisor 2", "supervisor", "Administrator 1")]
    assert desk.window.notice.said == "Supervisor 2 was added."
    assert "Supervisor 2" in [one.row.name for one in page_of(desk).names.buttons]


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no file that is open")
def test_with_the_log_moved_away_the_page_says_that_nobody_was_added(at_users, staffed_data, pins):
    desk = at_users("Administrator 1")
    desk.until(desk.log_path.exists)
    desk.log_path.rename(desk.log_path.with_name("away.sqlite"))
    desk.press()
    form = page_of(desk).form
    type_into(form.user_name, "Officer 3")
    for field in (form.new_pin.first.field, form.new_pin.again.field):
        type_into(field, "577215")
    send(desk, pins["Administrator 1"])

    assert "nothing was saved" in page_of(desk).question.said
    assert "Officer 3" not in [user.name for user in UserStore(staffed_data.users).users()]


def test_the_rail_calls_the_page_what_it_is(at_users):
    item = at_users("Officer 1").window.rail.item(Page.USERS)

    assert (item.text(), item.shortcut().toString()) == ("Users", "F6")


def test_a_name_that_is_taken_is_told_and_the_form_stays(at_users, pins):
    desk = at_users("Administrator 1")
    desk.press()
    form = page_of(desk).form
    type_into(form.user_name, "OFFICER  1")
    for field in (form.new_pin.first.field, form.new_pin.again.field):
        type_into(field, "577215")
    send(desk, pins["Administrator 1"])

    assert "there is a user 'Officer 1'" in form.said
    assert form.name == "OFFICER  1"
    assert events(desk) == []


def test_disabled_they_are_let_in_no_more_and_enabled_they_are_again(at_users, staffed_data, pins):
    desk = at_users("Administrator 1")
    choose(desk, "Officer 2")
    states = []
    for _ in range(2):
        desk.press_quiet("switch_user")
        send(desk, pins["Administrator 1"])
        desk.until(lambda: page_of(desk).doing is Doing.LOOKING)
        states.append(UserStore(staffed_data.users).find("Officer 2").is_enabled)

    assert states == [False, True]
    assert [event[:2] for event in events(desk)] == [("disabled", "Officer 2"), ("enabled", "Officer 2")]


def test_a_disabled_user_is_not_on_the_sign_in_page(at_users, pins):
    desk = at_users("Administrator 1")
    choose(desk, "Officer 2")
    desk.press_quiet("switch_user")
    send(desk, pins["Administrator 1"])
    desk.until(lambda: page_of(desk).doing is Doing.LOOKING)
    desk.lock()

    assert "Officer 2" not in [one.row.name for one in desk.cover.sign_in.names.buttons]


def test_the_last_administrator_cannot_be_disabled(at_users, staffed_data, pins):
    desk = at_users("Administrator 1")
    desk.press_quiet("switch_user")
    send(desk, pins["Administrator 1"])

    assert "last administrator" in page_of(desk).question.said
    assert UserStore(staffed_data.users).find("Administrator 1").is_enabled


def test_without_the_right_pin_of_their_own_nothing_is_changed(at_users, staffed_data):
    desk = at_users("Administrator 1")
    choose(desk, "Officer 2")
    desk.press_quiet("new_pin")
    for field in (page_of(desk).new_pin.first.field, page_of(desk).new_pin.again.field):
        type_into(field, "577215")
    send(desk, "999999")

    assert page_of(desk).question.said == "The PIN is wrong."
    with pytest.raises(SignInError):
        UserStore(staffed_data.users).sign_in("Officer 2", "577215")
    assert events(desk) == []


def test_a_new_pin_is_set_for_another(at_users, staffed_data, pins):
    desk = at_users("Administrator 1")
    choose(desk, "Officer 2")
    desk.press_quiet("new_pin")
    for field in (page_of(desk).new_pin.first.field, page_of(desk).new_pin.again.field):
        type_into(field, "577215")
    send(desk, pins["Administrator 1"])
    desk.until(lambda: page_of(desk).doing is Doing.LOOKING)

    assert UserStore(staffed_data.users).sign_in("Officer 2", "577215").name == "Officer 2"
    assert events(desk) == [("pin_changed", "Officer 2", "officer", "Administrator 1")]


def test_others_see_what_they_may_and_change_their_own_pin(at_users, staffed_data, pins):
    desk = at_users("Officer 1")
    page = page_of(desk)
    may = [label.text() for label in page.findChildren(PlainLabel) if label.isVisible()]
    offered = desk.offers()
    desk.press()
    type_into(page.question.pin.field, pins["Officer 1"])
    type_into(page.new_pin.first.field, "577215")
    type_into(page.new_pin.again.field, "577215")
    QTest.keyClick(page.new_pin.again.field, Qt.Key.Key_Return)
    desk.until(lambda: page.doing is Doing.LOOKING)

    assert "Scan, save findings and correct them" in may
    assert not page.names.isVisible()
    assert offered == ["own_pin"]
    assert UserStore(staffed_data.users).sign_in("Officer 1", "577215").name == "Officer 1"
    assert events(desk) == [("pin_changed", "Officer 1", "officer", "Officer 1")]


def test_a_pin_that_was_begun_does_not_wait_on_a_page_that_is_left(at_users):
    desk = at_users("Officer 1")
    desk.press()
    type_into(page_of(desk).question.pin.field, "2718")
    desk.window.show_page(Page.LOG)
    after_leaving = page_of(desk).own_pin
    desk.window.show_page(Page.USERS)
    desk.press()
    type_into(page_of(desk).question.pin.field, "2718")
    desk.lock()

    assert (after_leaving, page_of(desk).own_pin) == ("", "")
    assert page_of(desk).doing is Doing.LOOKING


def test_where_nobody_signs_in_the_page_says_why(open_desk):
    desk = open_desk()
    desk.window.show_page(Page.USERS)

    assert "The demonstration needs no users" in desk.window.pages.users.bar().sentence
    assert desk.offers() == []


def test_whoever_is_disabled_elsewhere_is_out_at_the_next_look(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    UserStore(staffed_data.users).disable("Officer 1")
    desk.window.attendance.look_wished.emit()
    desk.until_access(Access.SIGN_IN)

    assert not desk.window._frame.isVisible()
