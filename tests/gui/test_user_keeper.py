"""Changes of the list of users are checked and recorded where they are made, whatever the window offers."""

from __future__ import annotations

import os

import pytest

from gui.log_worker import LogWriter
from gui.user_keeper import SignIn, UserChange, UserKeeper
from inspection.errors import LogWriteError, NotAllowedError, SignInError, UserListError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from inspection.users.roles import Role
from inspection.users.store import UserStore
from inspection.users.user import UserEvent


@pytest.fixture
def make_keeper(qapp):
    writers = []

    def make(data, kind=LogKind.EVIDENCE, **options):
        writer = LogWriter(data.log(kind), kind, **options)
        writers.append(writer)
        keeper = UserKeeper(data, kind, writer)
        keeper.heard = []
        for name in ("listed", "list_failed", "signed_in", "begun", "changed", "refused"):
            getattr(keeper, name).connect(lambda *values, name=name: keeper.heard.append((name, *values)))
        return keeper

    yield make
    for writer in writers:
        writer.close()


def heard(keeper, name):
    return [values for what, *values in keeper.heard if what == name]


def recorded(data):
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        return [
            (entry.officer, entry.body["event"], entry.body["user"])
            for entry in log.entries(kind=EntryKind.USER)
        ]


@pytest.mark.parametrize("name", ["Officer 1", "Supervisor 1", "Trainer 1"])
@pytest.mark.parametrize("event", [UserEvent.ADDED, UserEvent.DISABLED, UserEvent.PIN_CHANGED])
def test_nobody_but_an_administrator_changes_others(make_keeper, staffed_data, pins, name, event):
    keeper = make_keeper(staffed_data)
    before = UserStore(staffed_data.users).users()
    target = "Officer 3" if event is UserEvent.ADDED else "Officer 2"
    keeper.change(UserChange(event, target, name, pins[name], Role.OFFICER, "577215"))

    [[error]] = heard(keeper, "refused")
    assert isinstance(error, NotAllowedError)
    assert "expected an administrator" in str(error)
    assert UserStore(staffed_data.users).users() == before


def test_where_nothing_can_be_recorded_nothing_is_changed(make_keeper, staffed_data, pins):
    def refuse(*arguments, **options):
        raise LogWriteError("the disk is gone")

    keeper = make_keeper(staffed_data, open_log=refuse)
    by = ("Administrator 1", pins["Administrator 1"])
    keeper.change(UserChange(UserEvent.DISABLED, "Officer 2", *by))

    assert isinstance(heard(keeper, "refused")[0][0], LogWriteError)
    assert UserStore(staffed_data.users).find("Officer 2").is_enabled


@pytest.fixture
def moves_open_files():
    if os.name == "nt":
        pytest.skip("Windows moves no file that is open")


@pytest.mark.usefixtures("moves_open_files")
def test_with_the_open_log_moved_away_nobody_is_added_until_it_is_back(make_keeper, staffed_data, pins):
    keeper = make_keeper(staffed_data)
    adding = UserChange(
        UserEvent.ADDED, "Officer 3", "Administrator 1", pins["Administrator 1"], Role.OFFICER, "577215"
    )
    keeper._writer.open_log()
    log = staffed_data.evidence_log
    log.rename(log.with_name("away.sqlite"))
    before = UserStore(staffed_data.users).users()
    keeper.change(adding)
    afterwards = UserStore(staffed_data.users).users()
    log.with_name("away.sqlite").rename(log)
    keeper.change(adding)

    [[error]] = heard(keeper, "refused")
    assert isinstance(error, LogWriteError)
    assert "nothing was saved" in str(error)
    assert afterwards == before
    assert UserStore(staffed_data.users).find("Officer 3").role is Role.OFFICER
    assert recorded(staffed_data) == [("Administrator 1", "added", "Officer 3")]


@pytest.mark.usefixtures("moves_open_files")
def test_with_the_open_log_moved_away_the_first_start_waits(make_keeper, empty_data):
    keeper = make_keeper(empty_data)
    keeper._writer.open_log()
    log = empty_data.evidence_log
    log.rename(log.with_name("away.sqlite"))
    keeper.begin(SignIn("Administrator 1", "481516"))
    afterwards = UserStore(empty_data.users).users()
    log.with_name("away.sqlite").rename(log)
    keeper.begin(SignIn("Administrator 1", "481516"))

    assert isinstance(heard(keeper, "refused")[0][0], LogWriteError)
    assert afterwards == ()
    assert [user.name for [user] in heard(keeper, "begun")] == ["Administrator 1"]
    assert recorded(empty_data) == [(None, "added", "Administrator 1")]


def test_the_pin_is_spared_only_for_the_one_user_after_the_first(make_keeper, empty_data):
    keeper = make_keeper(empty_data)
    keeper.begin(SignIn("Administrator 1", "481516"))
    for name in ("Officer 1", "Officer 2"):
        keeper.change(UserChange(UserEvent.ADDED, name, "Administrator 1", "", Role.OFFICER, "271828"))

    assert [user.name for user in UserStore(empty_data.users).users()] == ["Administrator 1", "Officer 1"]
    assert isinstance(heard(keeper, "refused")[0][0], SignInError)


def test_after_somebody_tried_to_sign_in_the_pin_is_not_spared(make_keeper, empty_data):
    keeper = make_keeper(empty_data)
    keeper.begin(SignIn("Administrator 1", "481516"))
    keeper.sign_in(SignIn("Administrator 1", "999999"))
    keeper.change(UserChange(UserEvent.ADDED, "Officer 1", "Administrator 1", "", Role.OFFICER, "271828"))

    assert [user.name for user in UserStore(empty_data.users).users()] == ["Administrator 1"]


def test_from_the_training_log_users_are_recorded_in_evidence_all_the_same(make_keeper, staffed_data, pins):
    keeper = make_keeper(staffed_data, LogKind.TRAINING)
    keeper.change(
        UserChange(UserEvent.PIN_CHANGED, "Trainer 1", "Trainer 1", pins["Trainer 1"], pin="577215")
    )
    for _ in range(5):
        keeper.sign_in(SignIn("Officer 1", "999999"))

    assert recorded(staffed_data) == [
        ("Trainer 1", "pin_changed", "Trainer 1"),
        (None, "locked", "Officer 1"),
    ]
    assert not staffed_data.log(LogKind.TRAINING).exists()


def test_a_list_that_is_gone_while_the_log_knows_users_is_no_first_start(make_keeper, empty_data):
    make_keeper(empty_data).begin(SignIn("Administrator 1", "481516"))
    empty_data.users.unlink()
    keeper = make_keeper(empty_data)
    keeper.look()

    [[error]] = heard(keeper, "list_failed")
    assert isinstance(error, UserListError)
    assert heard(keeper, "listed") == []


def test_what_is_sent_shows_no_pin(pins):
    shown = repr(SignIn("Officer 1", pins["Officer 1"]))
    shown += repr(UserChange(UserEvent.ADDED, "Officer 3", "Officer 1", pins["Officer 1"], pin="577215"))

    assert pins["Officer 1"] not in shown
    assert "577215" not in shown
