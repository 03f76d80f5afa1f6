"""No change of the list of users without its entry: logs that are gone, and programs that are killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from inspection.errors import LogWriteError, NotAllowedError, SignInError, UserListError
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from inspection.users.roles import Role
from inspection.users.service import UserService
from inspection.users.store import BEGUN_ID, UserStore
from inspection.users.user import UserEvent

PIN, OTHER_PIN, WRONG = "482915", "771346", "482916"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHANGES = [
    (UserEvent.ADDED, "Trainer 1"),
    (UserEvent.DISABLED, "Officer 1"),
    (UserEvent.ENABLED, "Officer 1"),
    (UserEvent.PIN_CHANGED, "Officer 1"),
    (UserEvent.ROLE_CHANGED, "Officer 1"),
]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def store(data: DataFolder) -> UserStore:
    return UserStore(data.users, hasher=CHEAP)


@pytest.fixture
def moves_open_files() -> None:
    if os.name == "nt":
        pytest.skip("Windows moves no file that is open")


def evidence(data: DataFolder, officer: str | None) -> InspectionLog:
    return InspectionLog.open(data.evidence_log, kind=LogKind.EVIDENCE, officer=officer)


@pytest.fixture
def service(data: DataFolder, store: UserStore) -> UserService:
    """An administrator and an officer, who is disabled, both recorded."""
    service = UserService(store, data.evidence_log, open_for=partial(evidence, data))
    service.begin("Administrator 1", PIN)
    service.change(UserEvent.ADDED, "Officer 1", by="Administrator 1", pin=PIN)
    service.change(UserEvent.DISABLED, "Officer 1", by="Administrator 1")
    return service


def told(data: DataFolder) -> list[tuple[str | None, str, str, str]]:
    """What the evidence log tells of users: who, what happened, to whom, with which role."""
    with InspectionLog.open_read_only(data.evidence_log, kind=LogKind.EVIDENCE) as log:
        return [
            (entry.officer, str(entry.body["event"]), str(entry.body["user"]), str(entry.body["role"]))
            for entry in log.entries(kind=EntryKind.USER)
        ]


def unrecorded(data: DataFolder) -> set[str]:
    """Name the users whom no entry tells of."""
    added = {user for _, event, user, _ in told(data) if event == "added"}
    return {user.name for user in UserStore(data.users).users()} - added


@pytest.mark.parametrize(("event", "name"), CHANGES)
def test_every_change_is_told_with_who_made_it_and_what_the_user_is_now(event, name, service, data):
    user = service.change(event, name, by="Administrator 1", role=Role.TRAINER, pin=OTHER_PIN)

    role = Role.TRAINER if event in (UserEvent.ADDED, UserEvent.ROLE_CHANGED) else Role.OFFICER
    assert user.role is role
    assert told(data)[-1] == ("Administrator 1", event.value, name, role.value)


def test_a_lock_is_no_change_that_somebody_makes(service, data):
    before = told(data)

    with pytest.raises(ValueError, match="locked"):
        service.change(UserEvent.LOCKED, "Officer 1", by="Administrator 1")

    assert told(data) == before


def test_a_lock_that_cannot_be_recorded_is_complained_of_and_holds(data, store, service):
    complaints = []

    def refuse(officer):
        raise LogWriteError("the disk is gone")

    service = UserService(store, data.evidence_log, open_for=refuse, complain=complaints.append)
    for _ in range(5):
        with pytest.raises(SignInError):
            service.sign_in("Administrator 1", WRONG)

    assert [str(one) for one in complaints] == ["the disk is gone"]
    assert store.find("Administrator 1").locked_until is not None


# --- The log is gone when the entry is to be written ------------------------------------------------


def away(path: Path) -> Path:
    return path.with_name("away.sqlite")


@pytest.fixture
def open_log(data, service) -> InspectionLog:
    """The log, opened as the window keeps it, and then moved away."""
    with evidence(data, "Administrator 1") as log:
        data.evidence_log.rename(away(data.evidence_log))
        yield log


class Lent:
    """A log that stays open after it was used."""

    def __init__(self, log: InspectionLog) -> None:
        self._log = log

    def __enter__(self) -> InspectionLog:
        return self._log

    def __exit__(self, *error: object) -> None:
        """Leave it open."""


@pytest.mark.usefixtures("moves_open_files")
@pytest.mark.parametrize(("event", "name"), CHANGES)
def test_a_change_that_cannot_be_recorded_is_not_made(event, name, open_log, data, store):
    content = data.users.read_bytes()
    service = UserService(store, data.evidence_log, open_for=lambda officer: Lent(open_log))

    with pytest.raises(LogWriteError, match="nothing was saved"):
        service.change(event, name, by="Administrator 1", role=Role.TRAINER, pin=OTHER_PIN)

    assert data.users.read_bytes() == content
    away(data.evidence_log).rename(data.evidence_log)
    service.change(event, name, by="Administrator 1", role=Role.TRAINER, pin=OTHER_PIN)
    assert told(data)[-1][1:3] == (event.value, name)


@pytest.mark.usefixtures("moves_open_files")
def test_a_first_user_who_cannot_be_recorded_is_not_made_and_can_be_made_later(data, store):
    with evidence(data, None) as log:
        service = UserService(store, data.evidence_log, open_for=lambda officer: Lent(log))
        data.evidence_log.rename(away(data.evidence_log))
        with pytest.raises(LogWriteError):
            service.begin("Administrator 1", PIN)
        has_users = service.has_users()
        away(data.evidence_log).rename(data.evidence_log)
        service.begin("Administrator 2", PIN)

    assert not has_users
    assert [user.name for user in store.users()] == ["Administrator 2"]
    assert told(data) == [(None, "added", "Administrator 2", "administrator")]


@pytest.fixture
def log_gone_while_a_pin_is_hashed(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the log away at a moment when the command line has it open."""

    class Moving(PasswordHasher):
        def hash(self, password, *, salt=None):
            log = DataFolder(data_dir).evidence_log
            if log.exists():
                log.rename(away(log))
            return super().hash(password, salt=salt)

    monkeypatch.setattr("argon2.PasswordHasher", partial(Moving, time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.usefixtures("moves_open_files", "log_gone_while_a_pin_is_hashed")
@pytest.mark.parametrize("verb", [("add", "Officer 2"), ("passwd", "Officer 1"), ("passwd",)])
def test_on_the_command_line_too_nothing_changes_that_cannot_be_recorded(
    verb, chemgate, data_dir, monkeypatch
):
    data = DataFolder(data_dir)
    store = UserStore(data.users, hasher=CHEAP)
    service = UserService(store, data.evidence_log, open_for=partial(evidence, data))
    service.begin("Administrator 1", PIN)
    service.change(UserEvent.ADDED, "Officer 1", by="Administrator 1", pin=PIN)
    recorded, users = told(data), store.users()
    monkeypatch.setenv("CHEMGATE_PIN", PIN)
    monkeypatch.setenv("CHEMGATE_NEW_PIN", OTHER_PIN)

    answer = chemgate("--user", "Administrator 1", "user", *verb)

    assert answer.code == 5
    assert answer.err.startswith("Not saved: ")
    assert (answer.out, answer.err.count("\n")) == ("", 1)
    away(data.evidence_log).rename(data.evidence_log)
    assert (told(data), store.users()) == (recorded, users)
    assert [store.sign_in(name, PIN).name for name in ("Administrator 1", "Officer 1")] == [
        "Administrator 1",
        "Officer 1",
    ]


# --- Kills ------------------------------------------------------------------------------------------

# argv: the data folder, whether to die before or after the entry, the kind of list, what to do
CHILD = """
import os, signal, sys
from pathlib import Path
from argon2 import PasswordHasher
from inspection.users.store import UserStore
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind
from inspection.users.service import UserService
from inspection.users.user import UserEvent

data, moment = DataFolder(Path(sys.argv[1])), sys.argv[2]

def die():
    os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

class DeadlyLog(InspectionLog):
    def append(self, new):
        if moment == "before":
            die()
        super().append(new)
        die()

class HastyStore(UserStore):
    def add(self, name, role, pin, *, record):
        user = super().add(name, role, pin)
        record(user)
        return user

    def add_first(self, name, pin, *, record):
        user = super().add_first(name, pin)
        record(user)
        return user

def open_for(officer):
    return DeadlyLog.open(data.evidence_log, kind=LogKind.EVIDENCE, officer=officer)

store = {"UserStore": UserStore, "HastyStore": HastyStore}[sys.argv[3]](
    data.users, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
)
service = UserService(store, data.evidence_log, open_for=open_for)
if sys.argv[4] == "begin":
    service.begin("Administrator 1", "482915")
else:
    service.change(UserEvent.ADDED, "Officer 2", by="Administrator 1", pin="482915")
print("survived", flush=True)
"""


@pytest.fixture
def killed(start_child, data) -> Callable[[str, str, str], None]:
    """Kill a program just before, or just after, the entry of what it does with the list is on the disk."""

    def kill(moment: str, kind: str, what: str) -> None:
        said, _ = start_child(CHILD, data.path, moment, kind, what).communicate()
        assert said == ""

    return kill


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_never_leaves_a_change_without_its_entry(moment, killed, service, data, store):
    before = store.users()

    killed(moment, "UserStore", "add")

    assert unrecorded(data) == set()
    assert store.users() == before  # and the file is whole
    assert ("Administrator 1", "added", "Officer 2", "officer") in told(data) or moment == "before"
    assert service.change(UserEvent.ADDED, "Officer 2", by="Administrator 1", pin=PIN).name == "Officer 2"


def test_a_list_that_is_kept_before_its_entry_is_written_is_caught(killed, service, data):
    killed("before", "HastyStore", "add")

    assert unrecorded(data) == {"Officer 2"}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_first_start_that_was_killed_can_be_made_again(moment, killed, data, store):
    killed(moment, "UserStore", "begin")
    service = UserService(store, data.evidence_log, open_for=partial(evidence, data))

    assert not service.has_users()
    assert service.begin("Administrator 1", PIN).role is Role.ADMINISTRATOR
    assert service.users() == store.users()
    assert len(told(data)) == (2 if moment == "after" else 1)


def test_a_list_that_was_only_begun_knows_nobody_and_takes_nobody_but_an_administrator(killed, data, store):
    killed("after", "UserStore", "begin")

    assert store.users() == ()
    assert not store.has_users(log_knows_users=True)
    with pytest.raises(NotAllowedError, match="first one is the administrator"):
        store.add("Officer 1", Role.OFFICER, PIN)
    with pytest.raises(UserListError):
        store.sign_in("Administrator 1", PIN)


def test_a_list_that_is_gone_is_not_begun_anew(service, data):
    data.users.unlink()

    with pytest.raises(UserListError, match="the evidence log knows users"):
        service.begin("Intruder", PIN)

    assert not data.users.exists()


@pytest.mark.usefixtures("service")
def test_the_mark_of_a_begun_list_on_one_with_users_is_damage(data, store):
    content = bytearray(data.users.read_bytes())
    assert int.from_bytes(content[68:72]) != BEGUN_ID
    content[68:72] = BEGUN_ID.to_bytes(4)
    data.users.write_bytes(content)

    with pytest.raises(UserListError):
        store.users()
