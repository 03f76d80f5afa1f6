"""Who is at the window: the first start, signing in, the lock, and one person's work when another comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from gui.attendance import Attendance
from gui.cover import Cover
from gui.idle import IdleWatch
from gui.main_window import MainWindow
from gui.pages.access import Access
from gui.pages.course import Step
from gui.pages.pin_question import PinQuestion
from gui.pages.wishes import Doing
from gui.palette import DAY
from gui.situation import Situation
from gui.theme import apply_theme
from gui.user_keeper import Roll
from gui.widgets.labels import PlainLabel
from gui.widgets.nav_rail import Page
from inspection.errors import LockedOutError
from inspection.language import ENGLISH, Wording
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from inspection.users.roles import Role
from inspection.users.store import UserStore
from inspection.users.user import User

EVIDENCE = LogKind.EVIDENCE


def named_entries(desk, kind):
    return [(entry.officer, dict(entry.body)) for entry in desk.entries(kind)]


def enter(desk):
    """Press Enter where the keys are."""
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)


# --- The first start --------------------------------------------------------------------------------


def test_the_first_start_makes_the_administrator_and_offers_the_first_officer(open_desk, empty_data):
    desk = open_desk(kind=EVIDENCE, data=empty_data)
    desk.until_access(Access.FIRST_START)
    form = desk.cover.administrator.form
    is_ready_without_words = desk.cover.bar.primary.isEnabled()
    QTest.keyClicks(form.user_name, "Administrator 1")
    QTest.keyClicks(form.new_pin.first.field, "481516")
    is_ready_with_one_pin = desk.cover.bar.primary.isEnabled()
    QTest.keyClicks(form.new_pin.again.field, "481516")
    desk.cover.bar.primary.click()
    desk.until_access(Access.SECOND_USER)
    second = desk.cover.second_user.form
    QTest.keyClicks(second.user_name, "Officer 1")
    QTest.keyClicks(second.new_pin.first.field, "271828")
    QTest.keyClicks(second.new_pin.again.field, "271828")
    QTest.keyClick(second.new_pin.again.field, Qt.Key.Key_Return)
    desk.until_access(Access.SIGN_IN)
    chosen = desk.cover.sign_in.name
    desk.sign_in("Officer 1")

    assert (is_ready_without_words, is_ready_with_one_pin) == (False, False)
    assert chosen == "Officer 1"
    assert [user.role for user in UserStore(empty_data.users).users()] == [Role.ADMINISTRATOR, Role.OFFICER]
    assert [(officer, body["user"]) for officer, body in named_entries(desk, EntryKind.USER)] == [
        (None, "Administrator 1"),
        ("Administrator 1", "Officer 1"),
    ]
    assert "481516" not in repr(desk.entries())


def test_the_first_officer_can_wait(open_desk, empty_data):
    desk = open_desk(kind=EVIDENCE, data=empty_data)
    desk.until_access(Access.FIRST_START)
    form = desk.cover.administrator.form
    QTest.keyClicks(form.user_name, "Administrator 1")
    for field in (form.new_pin.first.field, form.new_pin.again.field):
        QTest.keyClicks(field, "481516")
    desk.cover.bar.primary.click()
    desk.until_access(Access.SECOND_USER)
    [later] = desk.cover.bar.quiet_buttons
    later.click()

    assert desk.access is Access.PRESENT
    assert desk.window.header._officer.officer.text() == "Administrator 1"
    assert "writes no findings" in desk.window._frame.standing.said


def test_a_pin_that_is_tried_first_by_anyone_is_refused_and_the_name_stays(open_desk, empty_data):
    desk = open_desk(kind=EVIDENCE, data=empty_data)
    desk.until_access(Access.FIRST_START)
    form = desk.cover.administrator.form
    QTest.keyClicks(form.user_name, "Administrator 1")
    for field in (form.new_pin.first.field, form.new_pin.again.field):
        QTest.keyClicks(field, "123456")
    desk.cover.bar.primary.click()
    desk.until(lambda: bool(form.said))

    assert "too easily guessed" in form.said
    assert form.name == "Administrator 1"
    assert (form.new_pin.first.field.text(), form.new_pin.again.field.text()) == ("", "")
    assert not empty_data.users.exists() or not UserStore(empty_data.users).users()


def test_letters_do_not_get_into_a_pin(open_desk, empty_data):
    desk = open_desk(kind=EVIDENCE, data=empty_data)
    desk.until_access(Access.FIRST_START)
    field = desk.cover.administrator.form.new_pin.first.field
    QTest.keyClicks(field, "4a8 1x516")

    assert field.text() == "481516"
    assert "481516" not in field.displayText()


def test_without_users_training_opens_for_everyone(open_desk, empty_data):
    desk = open_desk(kind=LogKind.TRAINING, data=empty_data)
    desk.until(lambda: desk.window._situation.catalogue is not None)

    assert desk.access is Access.OPEN
    assert desk.window._frame.isVisible()


def test_the_demonstration_asks_nobody_even_where_there_are_users(open_desk, staffed_data):
    desk = open_desk(kind=LogKind.TRAINING)

    assert desk.access is Access.OPEN
    assert desk.workers.keeper is None


def test_training_with_users_has_them_sign_in(open_desk, staffed_data):
    desk = open_desk(kind=LogKind.TRAINING, data=staffed_data)
    covered = not desk.window._frame.isVisible()
    desk.sign_in("Trainer 1")
    desk.to_result()
    desk.save()

    assert covered
    assert [entry.officer for entry in desk.entries(EntryKind.IDENTIFICATION)] == ["Trainer 1"]


# --- Signing in -------------------------------------------------------------------------------------


def test_until_somebody_signs_in_nothing_of_the_work_is_seen_or_reached(open_desk, staffed_data, pins):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.until_access(Access.SIGN_IN)
    desk.activate()
    QTest.keyClick(desk.window, Qt.Key.Key_F2)
    QTest.keyClick(desk.window, Qt.Key.Key_Return)

    assert not desk.window._frame.isVisible()
    assert desk.window.page is Page.SCAN
    assert desk.course.step is Step.CLEAN
    assert [one.row.name for one in desk.cover.sign_in.names.buttons] == sorted(pins)


def test_what_is_saved_carries_the_name_of_whoever_has_signed_in(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.to_result()
    desk.save()

    signed = {entry.kind: entry.officer for entry in desk.entries()}
    assert signed[EntryKind.IDENTIFICATION] == "Officer 1"
    assert signed[EntryKind.INSPECTION_OPENED] == "Officer 1"
    assert signed[EntryKind.BACKGROUND] == "Officer 1"
    assert signed[EntryKind.GENESIS] is None
    assert desk.window.header._officer.accessibleName() == "Officer 1, Lock or change user"


def test_the_keyboard_alone_signs_in(open_desk, staffed_data, pins):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.until(lambda: bool(desk.cover.sign_in.names.buttons))
    desk.activate()
    for _ in range(3):  # none is chosen at first
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Down)
    chosen = desk.cover.sign_in.name
    QTest.keyClicks(desk.window.focusWidget(), pins[chosen])
    enter(desk)
    desk.until_access(Access.PRESENT)

    assert chosen == "Officer 2"
    assert desk.window.focusWidget() is desk.window.bar.primary


def test_a_wrong_pin_is_told_in_one_sentence_and_another_can_be_typed(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.type_pin("Officer 1", "999999")
    question = desk.cover.sign_in.question
    desk.until(lambda: bool(question.said))
    said = question.said
    QTest.keyClicks(question.pin.field, "2")
    said_while_typing = question.said
    desk.sign_in("Officer 1")

    assert said == "The PIN is wrong."
    assert said_while_typing == ""


def test_too_many_wrong_pins_lock_the_name_count_down_and_are_recorded(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    question = desk.cover.sign_in.question
    for _ in range(5):
        desk.until(question.pin.field.isEnabled)
        desk.type_pin("Officer 1", "999999")
        desk.until(lambda: bool(question.said))
    desk.until(lambda: question.is_locked)
    locked = (question.said, question.pin.field.isEnabled(), desk.cover.bar.primary.isEnabled())
    desk.sign_in("Officer 2")  # the others are let in

    assert locked[0].startswith("Too many wrong PINs. Next try in ")
    assert locked[1:] == (False, False)
    [event] = [body for _, body in named_entries(desk, EntryKind.USER)]
    assert (event["event"], event["user"]) == ("locked", "Officer 1")


def test_how_long_a_name_is_locked_goes_by_the_clock_that_is_given(in_day, qtbot):
    cover = Cover(ENGLISH, is_training=False)
    qtbot.addWidget(cover)
    situation = Situation(ENGLISH, EVIDENCE, is_demonstration=False)
    moment = datetime(2026, 11, 24, 8, tzinfo=UTC)
    attendance = Attendance(situation, lambda: cover, is_asking=True, now=lambda: moment)
    locked = User("Officer 1", Role.OFFICER, locked_until=moment + timedelta(seconds=90))
    attendance.listed(Roll((locked,)))

    assert cover.sign_in.question.said == "Too many wrong PINs. Next try in 1:30 min."


def test_the_sentence_counts_down_and_then_lets_try_again(in_day, qtbot):
    now = [100.0]
    question = PinQuestion(ENGLISH, now_s=lambda: now[0])
    qtbot.addWidget(question)
    question.ask("Officer 1")
    question.refuse(LockedOutError("too many wrong PINs", wait_s=61.0))
    said = [question.said]
    now[0] += 60.0
    question._count_down()
    said.append(question.said)
    now[0] += 1.5
    question._count_down()

    assert [one.rpartition(" in ")[2] for one in said] == ["1:01 min.", "0:01 min."]
    assert (question.said, question.pin.field.isEnabled()) == ("", True)


def test_a_list_of_users_that_is_gone_lets_nobody_in_until_it_is_back(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Administrator 1")
    desk.window.attendance.lock()
    kept = staffed_data.users.read_bytes()
    UserStore(staffed_data.users).users()
    staffed_data.users.write_bytes(b"not a list of users" * 100)
    desk.window.attendance.look_wished.emit()
    desk.until_access(Access.UNREADABLE)
    staffed_data.users.write_bytes(kept)
    desk.cover.bar.primary.click()
    desk.until_access(Access.SIGN_IN)

    assert not desk.window._frame.isVisible()


# --- The lock ---------------------------------------------------------------------------------------


def test_the_key_locks_and_the_same_person_goes_on_where_it_was(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.to_result()
    finding = desk.window.finding
    desk.activate()
    QTest.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    desk.until_access(Access.LOCKED)
    locked = (desk.access, desk.window._frame.isVisible(), desk.cover.sign_in.name)
    desk.sign_in("Officer 1")

    assert locked == (Access.LOCKED, False, "Officer 1")
    assert desk.window.finding is finding
    assert desk.window.pages.currentWidget() is desk.window.pages.result
    desk.save()
    assert [entry.officer for entry in desk.entries(EntryKind.IDENTIFICATION)] == ["Officer 1"]


def test_no_pin_waits_under_the_cover_for_whoever_presses_enter(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.lock()
    typed = desk.cover.sign_in.pin
    is_offered = desk.cover.bar.primary.isEnabled()
    QTest.keyClick(desk.cover.sign_in.question.pin.field, Qt.Key.Key_Return)

    assert (typed, is_offered) == ("", False)
    assert desk.access is Access.LOCKED


def test_nobody_at_the_window_for_a_while_locks_it(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data, lock_after_ms=150)
    desk.type_pin("Officer 1")
    desk.until_access(Access.LOCKED)

    assert not desk.window._frame.isVisible()


def test_keys_and_mouse_keep_it_open_and_a_long_sleep_does_not(qapp, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    now = [0.0]
    watch = IdleWatch(window, 60_000, now_s=lambda: now[0])
    told = []
    watch.idle.connect(lambda: told.append(now[0]))
    watch.start()
    watch._watch(window.windowHandle())
    for moment in (50.0, 100.0, 150.0):
        now[0] = moment
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    kept_open = list(told)
    now[0] = 3600.0  # the computer slept; its timers did not run
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton)

    assert kept_open == []
    assert told == [3600.0]
    assert not watch.is_watching


def test_a_scan_goes_on_under_the_lock_and_its_finding_is_kept(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data, speed=20.0)
    desk.sign_in("Officer 1")
    desk.to_sample()
    desk.press()
    desk.until(lambda: desk.course.is_measuring)
    desk.lock()
    beneath = texts_beneath(desk)
    desk.until(lambda: desk.course.step is Step.RESULT)
    afterwards = texts_beneath(desk)
    desk.sign_in("Officer 1")
    desk.save()

    assert beneath == ["A measurement goes on: its result is kept."]
    assert afterwards == ["A finding of Officer 1 is not saved: it is kept."]
    assert [entry.officer for entry in desk.entries(EntryKind.IDENTIFICATION)] == ["Officer 1"]


def texts_beneath(desk):
    layout = desk.cover.sign_in._beneath
    return [
        label.text()
        for index in range(layout.count())
        for label in layout.itemAt(index).widget().findChildren(PlainLabel)
    ]


# --- Another person ---------------------------------------------------------------------------------


def test_what_another_has_measured_is_shown_and_cannot_be_saved_in_the_wrong_name(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.to_result()
    finding = desk.window.finding
    desk.lock()
    desk.sign_in("Officer 2")
    warned = desk.window.notice.said
    offered = desk.offers()
    desk.window._fulfil("save")  # no button does that
    desk.press()  # change user
    asked_for = desk.cover.sign_in.name
    desk.sign_in("Officer 1")
    desk.save()

    assert "only Officer 1 can save it" in warned
    assert offered == ["leave_finding", "let_owner_sign_in"]
    assert asked_for == "Officer 1"
    [entry] = desk.entries(EntryKind.IDENTIFICATION)
    assert entry.officer == "Officer 1"
    assert desk.window.finding is None
    assert finding is not None


def test_another_who_leaves_it_begins_anew_and_nothing_of_it_is_in_the_log(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.to_result()
    desk.save()  # an inspection is open
    desk.to_result()
    desk.lock()
    desk.sign_in("Officer 2")
    desk.press_quiet("leave_finding")
    step, job = desk.course.step, desk.window._situation.job
    desk.to_result()
    desk.save()

    assert (step, job.inspection, job.papers.container) == (Step.CLEAN, "", "")
    found = desk.entries(EntryKind.IDENTIFICATION)
    assert [entry.officer for entry in found] == ["Officer 1", "Officer 2"]
    assert found[0].inspection != found[1].inspection


def test_another_without_an_unsaved_finding_begins_an_inspection_of_their_own(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.to_result()
    desk.save()
    desk.lock()
    desk.sign_in("Officer 2")

    assert desk.window._situation.job.inspection == ""
    assert "Signed in as Officer 2" in desk.window.notice.said


def test_a_scan_that_another_began_stays_that_person_s(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data, speed=4.0)
    desk.sign_in("Officer 1")
    desk.to_sample()
    desk.press()
    desk.until(lambda: desk.course.is_measuring)
    desk.lock()
    desk.sign_in("Officer 2")
    desk.until(lambda: desk.course.step is Step.RESULT)

    assert desk.offers() == ["leave_finding", "let_owner_sign_in"]


def test_closing_the_cover_above_an_unsaved_finding_is_asked_about_once(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in("Officer 1")
    desk.to_result()
    desk.lock()
    first, said = desk.window.close(), desk.cover.shown_bar().sentence
    second = desk.window.close()

    assert (first, second) == (False, True)
    assert "not saved" in said
    assert "open_demonstration" not in [one.name for one in desk.cover.shown_bar().quiet]


# --- What a role may not do is not offered ----------------------------------------------------------


@pytest.mark.parametrize("name", ["Administrator 1", "Trainer 1"])
def test_who_writes_no_findings_is_told_so_and_has_no_dead_button(open_desk, staffed_data, name):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.sign_in(name)
    before = desk.window._frame.standing.said
    desk.to_result()
    offered = desk.offers()
    is_held_open = desk.window.saving.holds_open()
    desk.press()  # next sample

    assert "writes no findings into evidence" in before
    assert offered == ["edit_declared", "scan_again", "next_sample"]
    assert not is_held_open
    assert desk.course.step is Step.CLEAN
    kinds = {entry.kind for entry in desk.entries()}
    assert kinds == {EntryKind.GENESIS}


# --- Targets, languages and large text --------------------------------------------------------------


class LongWording(Wording):
    """A language whose every text is half as long again."""

    def __call__(self, text: str) -> str:
        return text + " " + "ouvertement " * max(len(text) // 24, 1)


def test_every_target_on_the_cover_is_large_enough_for_gloves(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.until_access(Access.SIGN_IN)
    desk.until(lambda: bool(desk.cover.sign_in.names.buttons))
    desk.cover.sign_in.names.buttons[0].click()
    small = [
        (type(one).__name__, one.width(), one.height())
        for kind in (QAbstractButton, QLineEdit)
        for one in desk.cover.findChildren(kind)
        if one.isVisible() and min(one.width(), one.height()) < 44
    ]

    assert small == []


def test_in_long_words_at_one_and_a_half_times_the_text_it_fits_the_small_screen(qapp, staffed_data):
    apply_theme(qapp, DAY, 1.5)
    words = LongWording()
    window = MainWindow(words, kind=EVIDENCE, data=staffed_data)
    situation = window._situation
    users = UserStore(staffed_data.users).users()
    situation.roll = users
    cover = window._made_cover()
    cover.show_sign_in(users, chosen="Officer 1", now_locked={}, locked_for="Officer 1")
    sizes = {"sign in": window.minimumSizeHint()}
    cover.show_first_start()
    sizes["first start"] = window.minimumSizeHint()
    cover.show_second_user("Administrator 1")
    sizes["second user"] = window.minimumSizeHint()
    situation.user = next(user for user in users if user.role is Role.ADMINISTRATOR)
    window.pages.users.show_users(users, situation.user, "")
    window.pages.users.begin(Doing.ADDING)
    sizes["users"] = window.pages.users.minimumSizeHint()
    window.deleteLater()
    apply_theme(qapp, DAY)

    too_large = {name: size for name, size in sizes.items() if size.width() > 1366 or size.height() > 768}
    assert too_large == {}


def test_where_another_program_was_quicker_the_first_start_becomes_a_sign_in(open_desk, empty_data, pins):
    desk = open_desk(kind=EVIDENCE, data=empty_data)
    desk.until_access(Access.FIRST_START)
    UserStore(empty_data.users).add_first("Administrator 1", pins["Administrator 1"])
    form = desk.cover.administrator.form
    QTest.keyClicks(form.user_name, "Administrator 2")
    for field in (form.new_pin.first.field, form.new_pin.again.field):
        QTest.keyClicks(field, "577215")
    desk.cover.bar.primary.click()
    desk.until_access(Access.SIGN_IN)
    desk.sign_in("Administrator 1")

    assert [user.name for user in UserStore(empty_data.users).users()] == ["Administrator 1"]


def test_a_name_from_the_command_line_is_chosen_and_not_believed(qapp, qtbot, staffed_data):
    window = MainWindow(ENGLISH, kind=EVIDENCE, officer="Officer 2", data=staffed_data)
    qtbot.addWidget(window)
    window.attendance.listed(Roll(UserStore(staffed_data.users).users()))

    assert window._situation.signature is None
    assert window._made_cover().sign_in.name == "Officer 2"
    assert window.attendance.access is Access.SIGN_IN


def test_a_log_that_is_left_for_the_demonstration_is_signed_into_again(open_desk, staffed_data):
    desk = open_desk(kind=EVIDENCE, data=staffed_data)
    desk.until_access(Access.SIGN_IN)
    wishes = []
    desk.window.other_log_wished.connect(wishes.append)
    [demonstration] = desk.cover.bar.quiet_buttons
    demonstration.click()

    assert wishes == [""]
