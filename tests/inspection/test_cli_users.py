"""``--user`` and the ``user`` verbs: who may call what, where PINs come from, what the log is told."""

from __future__ import annotations

import argparse
import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

import inspection.cli as command_line
from inspection.desk import ExitCode
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import opening
from inspection.users.roles import Role
from inspection.users.store import UserStore

if TYPE_CHECKING:
    from tests.inspection.conftest import Answer

PROJECT = Path(__file__).parents[2]
PINS = {"Officer 1": "482911", "Supervisor 1": "482922", "Trainer 1": "482933", "Administrator 1": "482944"}
EVERYBODY = "officer supervisor trainer administrator"
RECORDERS = "officer supervisor"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
NO_USER = "no user"

# Every verb with the arguments that make a difference, and whose it is; cli.md says which need no user.
WHOSE = {
    "read a.csv": NO_USER,
    "convert a.csv b.jdx": NO_USER,
    "identify a.csv": NO_USER,
    "identify a.csv --declared methanol --json": NO_USER,
    "identify a.csv --inspection A": RECORDERS,
    "identify a.csv --inspection ''": RECORDERS,
    "ports": NO_USER,
    "background": NO_USER,
    "scan": NO_USER,
    "scan --identify": NO_USER,
    "scan --identify --inspection A": RECORDERS,
    "simulate": NO_USER,
    "library list": NO_USER,
    "library show ethanol": NO_USER,
    "library search ethanol": NO_USER,
    "library coverage": NO_USER,
    "library verify": NO_USER,
    "library national": EVERYBODY,
    "library national --template a.csv": EVERYBODY,
    "library national a.csv": ADMINISTRATOR,
    "library national --remove": ADMINISTRATOR,
    "library duplicates": EVERYBODY,
    "library on A": ADMINISTRATOR,
    "library off A": ADMINISTRATOR,
    "library remove A": ADMINISTRATOR,
    "library import a.csv": ADMINISTRATOR,
    "library export A b.cglib": ADMINISTRATOR,
    "library key": ADMINISTRATOR,
    "library trust": EVERYBODY,
    "library trust aa --name B": ADMINISTRATOR,
    "library trust --remove B": ADMINISTRATOR,
    "library add a.csv --substance ethanol --approved-by B": ADMINISTRATOR,
    "library forget A": ADMINISTRATOR,
    "library calibrate --show": EVERYBODY,
    "library calibrate a.csv": ADMINISTRATOR,
    "inspection new": RECORDERS,
    "inspection list": EVERYBODY,
    "inspection show A": EVERYBODY,
    "inspection close A": RECORDERS,
    "inspection amend 3 --reason B --declared methanol": RECORDERS,
    "inspection amend 3 --reason B --verdict no_match": SUPERVISOR,
    "inspection signoff A": SUPERVISOR,
    "inspection sampling 100": NO_USER,
    "inspection record A --post B": RECORDERS,
    "inspection decide A --outcome release": RECORDERS,
    "inspection custody A --seal B": RECORDERS,
    "inspection second-test A --result positive": RECORDERS,
    "inspection laboratory A --reference B": RECORDERS,
    "log list": NO_USER,
    "log head": NO_USER,
    "log verify": NO_USER,
    "log export a.csv": EVERYBODY,
    "log export a.xlsx --profile cen-like": EVERYBODY,
    "log profiles": NO_USER,
    "log ask 3 a.zip --question B": EVERYBODY,
    "log opinion a.zip b.zip --verdict no_match --by C": NO_USER,
    "log answer a.zip": RECORDERS,
    "log receipt a.txt": EVERYBODY,
    "log countersign a.json": SUPERVISOR,
    "log rematch 3": EVERYBODY,
    "log laboratory a.csv": RECORDERS,
    "log statistics": EVERYBODY,
    "log statistics --cases a": EVERYBODY,
    "log volumes": EVERYBODY,
    "log backup a": ADMINISTRATOR,
    "log restore a": ADMINISTRATOR,
    "log retire 1 --to a --reason B": ADMINISTRATOR,
    "log renew-key --reason B": ADMINISTRATOR,
    "user add A": ADMINISTRATOR,
    "user list": ADMINISTRATOR,
    "user disable A": ADMINISTRATOR,
    "user enable A": ADMINISTRATOR,
    "user role A officer": ADMINISTRATOR,
    "user passwd": EVERYBODY,
    "user passwd A": ADMINISTRATOR,
    "demo": NO_USER,
    "selftest": NO_USER,
    "bench search": NO_USER,
    "bench identify": NO_USER,
    "bench startup": NO_USER,
    "bench log": NO_USER,
}
# On the training log every role may do these as well.
PRACTICE = {
    *("identify a.csv --inspection A", "identify a.csv --inspection ''", "scan --identify --inspection A"),
    *("inspection record A --post B", "inspection decide A --outcome release"),
    *("inspection custody A --seal B", "inspection second-test A --result positive"),
    *("inspection laboratory A --reference B", "log laboratory a.csv"),
    "log answer a.zip",
    *("inspection new", "inspection close A", "inspection amend 3 --reason B --declared methanol"),
}


def leaves(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every verb that can be called, with its parser."""
    deeper = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not deeper:
        yield " ".join(path), parser
    for action in deeper:
        for name, child in action.choices.items():
            yield from leaves(child, (*path, name))


def verbs_without_permission(parser: argparse.ArgumentParser) -> list[str]:
    return [verb for verb, leaf in leaves(parser) if not callable(leaf.get_default("permission"))]


@pytest.fixture
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same Argon2id with figures that cost no time; the real ones are tried in test_user_store.py."""
    monkeypatch.setattr(
        "argon2.PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    )


@pytest.fixture
def pin(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set or take away the PINs that stand in the environment."""

    def set_pins(now: str | None = None, new: str | None = None) -> None:
        for variable, value in (("CHEMGATE_PIN", now), ("CHEMGATE_NEW_PIN", new)):
            if value is None:
                monkeypatch.delenv(variable, raising=False)
            else:
                monkeypatch.setenv(variable, value)

    set_pins()
    return set_pins


@pytest.fixture
def chemgate_as(chemgate, pin) -> Callable[..., Answer]:
    """Call the command line as somebody, with that person's PIN."""

    def call(name: str, *argv: object, new: str | None = None) -> Answer:
        pin(PINS[name], new)
        return chemgate("--user", name, *argv)

    return call


@pytest.fixture(scope="session")
def one_of_each(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A list with one user of each role."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    store = UserStore(tmp_path_factory.mktemp("users") / "users.sqlite", hasher=cheap)
    store.add_first("Administrator 1", PINS["Administrator 1"])
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.TRAINER):
        name = f"{role.capitalize()} 1"
        store.add(name, role, PINS[name])
    return store.path.read_bytes()


@pytest.fixture
def everybody(data_dir: Path, one_of_each: bytes, cheap_argon2) -> UserStore:
    """That list in the data folder; the log does not know of it."""
    data_dir.mkdir()
    (data_dir / "users.sqlite").write_bytes(one_of_each)
    return UserStore(data_dir / "users.sqlite")


@pytest.fixture
def idle_verbs(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The real parser, whose verbs do nothing but write down who called them."""
    callers: list[str | None] = []

    def idle(desk, arguments) -> ExitCode:
        callers.append(desk.user)
        return ExitCode.DONE

    real = command_line.parser

    def parser() -> argparse.ArgumentParser:
        result = real()
        for _, leaf in leaves(result):
            leaf.set_defaults(verb_function=idle)
        return result

    monkeypatch.setattr(command_line, "parser", parser)
    return callers


def told(chemgate, what: str = "user") -> list[tuple[str | None, str, str]]:
    """The entries of one kind in the evidence log: who, what happened, to whom."""
    return [
        (one["officer"], one["body"]["event"], one["body"]["user"])
        for one in chemgate("log", "list", "--json").objects
        if one["kind"] == what
    ]


# --- Every verb, every role -------------------------------------------------------------------------


def test_every_verb_says_what_it_asks_of_the_caller():
    assert verbs_without_permission(command_line.parser()) == []


def test_a_verb_that_does_not_say_it_is_noticed_and_does_not_run(monkeypatch, data_dir):
    real = command_line.parser
    ran = []

    def parser() -> argparse.ArgumentParser:
        result = real()
        [verbs] = [one for one in result._actions if isinstance(one, argparse._SubParsersAction)]
        verbs.add_parser("careless").set_defaults(verb_function=lambda desk, arguments: ran.append(1))
        return result

    monkeypatch.setattr(command_line, "parser", parser)

    assert verbs_without_permission(parser()) == ["careless"]
    with pytest.raises(AttributeError):
        command_line.run(["--data-dir", str(data_dir), "careless"])
    assert ran == []


def test_the_table_here_names_every_verb():
    named = {
        verb
        for verb, _ in leaves(command_line.parser())
        if any(f"{line} ".startswith(f"{verb} ") for line in WHOSE)
    }

    assert named == {verb for verb, _ in leaves(command_line.parser())}


@pytest.mark.parametrize("line", WHOSE)
def test_before_there_are_users_everything_is_open_and_nobody_is_named(line, chemgate, idle_verbs, pin):
    assert chemgate(*shlex.split(line)).code == 0
    assert idle_verbs == [None]


@pytest.mark.parametrize("line", WHOSE)
def test_a_name_is_nobodys_before_there_are_users(line, chemgate, idle_verbs, pin):
    pin("482915")

    answer = chemgate("--user", "Officer 1", *shlex.split(line))

    if WHOSE[line] is NO_USER:
        assert (answer.code, idle_verbs) == (0, [None])
    else:
        assert (answer.code, idle_verbs) == (4, [])
        assert "user add" in answer.err


@pytest.mark.parametrize("line", WHOSE)
def test_without_a_user_only_the_verbs_that_need_none_run(line, chemgate, idle_verbs, pin, everybody):
    pin(PINS["Administrator 1"])  # a PIN alone is nobody

    answer = chemgate(*shlex.split(line))

    assert answer.code == (0 if WHOSE[line] is NO_USER else 4)
    assert answer.out == ""


@pytest.mark.parametrize("line", WHOSE)
def test_with_a_wrong_pin_only_the_verbs_that_need_no_user_run(line, chemgate, idle_verbs, pin, everybody):
    pin("771346")

    assert chemgate("--user", "Administrator 1", *shlex.split(line)).code == (
        0 if WHOSE[line] is NO_USER else 4
    )


@pytest.mark.parametrize("name", PINS)
@pytest.mark.parametrize("line", WHOSE)
def test_a_role_runs_its_verbs_and_no_others(line, name, chemgate_as, idle_verbs, everybody):
    role = name.split()[0].lower()

    answer = chemgate_as(name, *shlex.split(line))

    if WHOSE[line] is NO_USER:
        assert (answer.code, idle_verbs) == (0, [None])  # a name that was not asked for is not vouched for
    elif role in WHOSE[line].split():
        assert (answer.code, idle_verbs) == (0, [name])
    else:
        assert (answer.code, idle_verbs) == (4, [])
        assert answer.err.count("\n") == 1


@pytest.mark.parametrize("name", PINS)
@pytest.mark.parametrize("line", [line for line in WHOSE if WHOSE[line] is not NO_USER])
def test_in_training_everybody_may_practise(line, name, chemgate_as, idle_verbs, everybody):
    role = name.split()[0].lower()

    answer = chemgate_as(name, "--training", *shlex.split(line))

    assert answer.code == (0 if line in PRACTICE or role in WHOSE[line].split() else 4)


# --- The first user ---------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["CHEMGATE_PIN", "CHEMGATE_NEW_PIN"])
def test_the_first_user_is_made_without_any_other(
    variable, chemgate, monkeypatch, pin, cheap_argon2, chemgate_as
):
    monkeypatch.setenv(variable, PINS["Administrator 1"])

    answer = chemgate("user", "add", "Administrator 1", "--json")

    assert answer.object == {"user": "Administrator 1", "role": "administrator"}
    assert told(chemgate) == [(None, "added", "Administrator 1")]
    assert chemgate_as("Administrator 1", "user", "list", "--json").object["user"] == "Administrator 1"


def test_the_first_user_is_no_officer(chemgate, pin, data_dir):
    pin("482915")

    answer = chemgate("user", "add", "Officer 1", "--role", "officer")

    assert answer.code == 2
    assert "administrator" in answer.err
    assert not (data_dir / "users.sqlite").exists()


@pytest.mark.parametrize("bad", ["12345", "123456", "111111", "secret!"])
def test_a_bad_pin_makes_no_user_and_is_not_told_back(bad, chemgate, pin, data_dir):
    pin(new=bad)

    answer = chemgate("user", "add", "Administrator 1")

    assert answer.code == 2
    assert answer.err.startswith("PIN refused: ")
    assert bad not in answer.err
    assert not (data_dir / "users.sqlite").exists()


def test_where_nothing_can_be_recorded_nobody_is_added(chemgate, pin, data_dir, cheap_argon2):
    data_dir.mkdir()
    (data_dir / "evidence.sqlite").mkdir()
    pin("482915")

    assert chemgate("user", "add", "Administrator 1").code == 5
    assert not (data_dir / "users.sqlite").exists()


# --- Users come and go ------------------------------------------------------------------------------


def test_an_administrator_adds_officers_and_others(chemgate_as, chemgate, everybody):
    added = chemgate_as("Administrator 1", "user", "add", " Officer 2 ", "--json", new="771346")
    chemgate_as("Administrator 1", "user", "add", "Trainer 2", "--role", "trainer", new="771346")

    assert added.object == {"user": "Officer 2", "role": "officer"}
    assert told(chemgate) == [
        ("Administrator 1", "added", "Officer 2"),
        ("Administrator 1", "added", "Trainer 2"),
    ]


def test_the_list_names_role_and_state(chemgate_as, everybody):
    everybody.disable("Trainer 1")
    for _ in range(5):
        with pytest.raises(Exception, match="wrong"):
            everybody.sign_in("Officer 1", "771346")

    found = {one["user"]: one for one in chemgate_as("Administrator 1", "user", "list", "--json").objects}

    assert {name: (one["role"], one["state"]) for name, one in found.items()} == {
        "Administrator 1": ("administrator", "enabled"),
        "Officer 1": ("officer", "enabled"),
        "Supervisor 1": ("supervisor", "enabled"),
        "Trainer 1": ("trainer", "disabled"),
    }
    assert [name for name, one in found.items() if one["locked_until"]] == ["Officer 1"]
    lines = chemgate_as("Administrator 1", "user", "list").out.splitlines()
    assert lines[0] == "Administrator 1  administrator"
    assert lines[1].startswith("Officer 1  officer  locked until 20")
    assert lines[3] == "Trainer 1  trainer  disabled"


def test_without_users_the_list_is_empty(chemgate, pin):
    assert chemgate("user", "list", "--json").out == ""
    assert "No users yet" in chemgate("user", "list").out


def test_a_disabled_user_does_nothing_until_enabled(chemgate_as, chemgate, everybody):
    assert (
        chemgate_as("Administrator 1", "user", "disable", "officer 1", "--json").object["state"] == "disabled"
    )
    assert chemgate_as("Officer 1", "inspection", "new").code == 4

    assert (
        chemgate_as("Administrator 1", "user", "enable", "Officer 1", "--json").object["state"] == "enabled"
    )
    assert chemgate_as("Officer 1", "inspection", "new").code == 0
    assert told(chemgate) == [
        ("Administrator 1", "disabled", "Officer 1"),
        ("Administrator 1", "enabled", "Officer 1"),
    ]


def test_a_role_that_changed_counts_at_the_next_call(chemgate_as, chemgate, everybody):
    assert (
        chemgate_as("Administrator 1", "user", "role", "Officer 1", "trainer").out == "Officer 1  trainer\n"
    )

    assert chemgate_as("Officer 1", "inspection", "new").code == 4
    assert told(chemgate) == [("Administrator 1", "role_changed", "Officer 1")]


@pytest.mark.parametrize("change", [("disable",), ("role",)])
def test_the_last_administrator_cannot_be_taken_away(change, chemgate_as, chemgate, everybody):
    argv = ("user", *change, "Administrator 1", *(["officer"] if change == ("role",) else []))

    answer = chemgate_as("Administrator 1", *argv)

    assert answer.code == 4
    assert "last administrator" in answer.err
    assert told(chemgate) == []


def test_an_unknown_user_is_wrong_usage(chemgate_as, everybody):
    assert chemgate_as("Administrator 1", "user", "disable", "Nobody").code == 2


def test_a_user_changes_the_own_pin_with_the_old_one(chemgate_as, chemgate, everybody, monkeypatch):
    assert chemgate_as("Officer 1", "user", "passwd", new="771346").code == 0
    assert chemgate_as("Officer 1", "inspection", "new").code == 4

    monkeypatch.setitem(PINS, "Officer 1", "771346")
    assert chemgate_as("Officer 1", "user", "passwd", "OFFICER 1", new="118844").code == 0
    assert told(chemgate) == [("Officer 1", "pin_changed", "Officer 1")] * 2


def test_nobody_but_an_administrator_changes_the_pin_of_another(chemgate_as, chemgate, everybody):
    assert chemgate_as("Supervisor 1", "user", "passwd", "Officer 1", new="771346").code == 4
    assert chemgate_as("Administrator 1", "user", "passwd", "Officer 1", new="771346").code == 0

    assert everybody.sign_in("Officer 1", "771346").role is Role.OFFICER
    assert told(chemgate) == [("Administrator 1", "pin_changed", "Officer 1")]


def test_there_is_no_pin_to_change_before_there_are_users(chemgate, pin):
    assert chemgate("user", "passwd").code == 2


def test_pins_stand_in_no_file_and_in_no_answer(chemgate_as, chemgate, data_dir, everybody):
    said = [
        chemgate_as("Administrator 1", "user", "add", "Officer 2", "--json", new="771346"),
        chemgate_as("Administrator 1", "user", "passwd", "Officer 2", new="118844"),
        chemgate_as("Administrator 1", "user", "list", "--json"),
        chemgate("log", "list", "--json"),
    ]

    content = b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    for secret in ("771346", "118844", PINS["Administrator 1"]):
        assert all(secret not in answer.out + answer.err for answer in said)
        assert secret.encode() not in content


# --- Evidence ---------------------------------------------------------------------------------------


def test_the_name_in_a_record_is_the_one_in_the_list(chemgate, pin, everybody):
    pin(PINS["Officer 1"])

    assert chemgate("--user", "OFFICER  1", "inspection", "new").code == 0

    assert [one["officer"] for one in chemgate("log", "list", "--json").objects][1:] == ["Officer 1"]


def test_a_name_without_a_user_stands_in_the_training_log_alone(chemgate, pin):
    assert chemgate("--user", "Trainee 1", "inspection", "new").code == 4
    assert chemgate("--training", "--user", "Trainee 1", "inspection", "new").code == 0
    assert chemgate("--training", "--user", "Trainee 1", "user", "add", "Trainee 1").code == 4

    assert chemgate("log", "list", "--json").out == ""
    entries = chemgate("--training", "log", "list", "--json").objects
    assert [one["officer"] for one in entries][1:] == ["Trainee 1"]


def test_who_is_locked_out_stands_in_the_log_once_for_each_lock(chemgate, pin, everybody):
    pin("771346")
    answers = [chemgate("--user", "Officer 1", "inspection", "new") for _ in range(7)]
    strangers = [chemgate("--user", "Nobody", "inspection", "new") for _ in range(7)]

    for said in (answers, strangers):
        assert [one.code for one in said] == [4] * 7
        assert [one.err.partition(":")[0] for one in said] == ["Not signed in"] * 5 + ["Locked"] * 2
    assert told(chemgate) == [(None, "locked", "Officer 1")]


def test_where_a_lock_cannot_be_recorded_it_holds_all_the_same(chemgate, pin, data_dir, everybody):
    (data_dir / "evidence.sqlite").mkdir()
    pin("771346")

    answers = [chemgate("--user", "Officer 1", "inspection", "new") for _ in range(6)]

    assert [one.code for one in answers] == [4] * 6
    assert answers[4].err.startswith("Not saved: ")
    assert answers[5].err.startswith("Locked: ")


# --- A list that is gone or damaged -----------------------------------------------------------------


@pytest.fixture
def logged_users(chemgate, pin, cheap_argon2, data_dir) -> Path:
    """A data folder whose log knows its administrator."""
    pin(PINS["Administrator 1"])
    assert chemgate("user", "add", "Administrator 1").code == 0
    pin()
    return data_dir / "users.sqlite"


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("line", [line for line in WHOSE if WHOSE[line] is not NO_USER])
def test_without_the_list_that_the_log_knows_of_nobody_does_anything(
    line, empty, logged_users, chemgate, idle_verbs
):
    logged_users.unlink()
    if empty:
        logged_users.touch()

    answer = chemgate(*shlex.split(line))

    assert (answer.code, idle_verbs) == (4, [])
    assert answer.err.startswith("User list: ")
    assert answer.err.count("\n") == 1


def test_a_name_in_evidence_is_enough_where_the_entries_about_users_are_in_an_archive(
    chemgate, data_dir, pin
):
    with InspectionLog.open(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE, officer="Officer 1") as log:
        log.append(opening("20261124-AAAAAA"))

    answer = chemgate("inspection", "new")

    assert answer.code == 4
    assert answer.err.startswith("User list: ")


def test_a_name_in_the_training_log_is_nobody(chemgate, pin):
    chemgate("--training", "--user", "Trainee 1", "inspection", "new")

    assert chemgate("inspection", "new").code == 0


def test_a_list_that_is_put_back_is_as_good_as_before(logged_users, chemgate, chemgate_as):
    copy = logged_users.read_bytes()
    logged_users.unlink()
    assert chemgate_as("Administrator 1", "user", "list").code == 4

    logged_users.write_bytes(copy)
    assert chemgate_as("Administrator 1", "user", "list").code == 0


@pytest.mark.parametrize("line", ["inspection new", "user add A", "log export a.csv", "library key"])
@pytest.mark.parametrize("training", [False, True])
def test_a_damaged_list_is_one_sentence(line, training, chemgate, pin, data_dir):
    data_dir.mkdir()
    (data_dir / "users.sqlite").write_bytes(b"no list of users" * 100)
    pin("482915")

    answer = chemgate(*(["--training"] if training else []), *shlex.split(line))

    assert answer.code == 4
    assert answer.err.startswith("User list: ")
    assert (answer.err.count("\n"), answer.out) == (1, "")


def test_what_needs_no_user_works_beside_a_damaged_list(chemgate, data_dir, pin):
    data_dir.mkdir()
    (data_dir / "users.sqlite").write_bytes(b"no list of users" * 100)

    assert chemgate("library", "search", "ethanol").code == 0
    assert chemgate("log", "list").code == 0


# --- Where a PIN comes from -------------------------------------------------------------------------


def test_a_new_pin_may_be_a_line_of_the_input(chemgate_as, chemgate, monkeypatch, everybody):
    monkeypatch.setattr(sys, "stdin", io.StringIO("771346\nrest\n"))

    assert chemgate_as("Administrator 1", "user", "add", "Officer 2").code == 0
    assert everybody.sign_in("Officer 2", "771346").role is Role.OFFICER


@pytest.mark.parametrize("text", ["", "\n"])
def test_no_new_pin_at_all_is_one_sentence(text, chemgate_as, monkeypatch, everybody):
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    answer = chemgate_as("Administrator 1", "user", "add", "Officer 2")

    assert answer.code == 2
    assert "CHEMGATE_NEW_PIN" in answer.err


def test_the_pin_of_who_works_is_never_read_from_the_input(chemgate, monkeypatch, pin, everybody):
    monkeypatch.setattr(sys, "stdin", io.StringIO(PINS["Officer 1"] + "\n"))

    answer = chemgate("--user", "Officer 1", "inspection", "new")

    assert answer.code == 4
    assert "CHEMGATE_PIN" in answer.err


TAKE_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.fixture
def at_a_terminal(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Start the program at a real terminal, type one line for each question, give the code and the screen."""
    pty = pytest.importorskip("pty", reason="Windows has no pseudo terminals")
    monkeypatch.delenv("CHEMGATE_PIN", raising=False)
    monkeypatch.delenv("CHEMGATE_NEW_PIN", raising=False)

    def run(answers: list[str], *argv: object) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        program = subprocess.Popen(
            [
                sys.executable,
                "-c",
                TAKE_THE_TERMINAL,
                "main.py",
                "--data-dir",
                str(data_dir),
                *map(str, argv),
            ],
            **dict.fromkeys(("stdin", "stdout", "stderr"), theirs),
            cwd=PROJECT,
            start_new_session=True,
        )
        os.close(theirs)
        screen, waiting = b"", list(answers)
        with suppress(OSError):  # what Linux says at the end
            while piece := os.read(ours, 1000):
                screen += piece
                if screen.endswith(b": ") and waiting:
                    os.write(ours, waiting.pop(0).encode() + b"\n")
        os.close(ours)
        return program.wait(timeout=60), screen.decode()

    return run


def test_at_a_terminal_pins_are_asked_for_and_not_shown(at_a_terminal, chemgate, pin):
    code, screen = at_a_terminal(["482915", "482915"], "user", "add", "Administrator 1")
    assert (code, screen.count(": ")) == (0, 2)
    assert "482915" not in screen

    code, screen = at_a_terminal(["482915"], "--user", "Administrator 1", "user", "list")
    assert code == 0
    assert screen.startswith("PIN of Administrator 1: ")
    assert "482915" not in screen


def test_at_a_terminal_a_new_pin_is_typed_twice_alike(at_a_terminal, data_dir):
    code, screen = at_a_terminal(["482915", "482951"], "user", "add", "Administrator 1")

    assert code == 2
    assert "PIN refused" in screen
    assert not (data_dir / "users.sqlite").exists()


def test_the_end_of_the_input_at_a_terminal_is_no_pin(at_a_terminal, everybody):
    code, screen = at_a_terminal(["\x04"], "--user", "Officer 1", "inspection", "new")

    assert code == 4
    assert "Traceback" not in screen


def test_ctrl_c_at_the_question_stops_the_program(at_a_terminal, everybody):
    code, screen = at_a_terminal(["\x03"], "--user", "Officer 1", "inspection", "new")

    assert code == 128 + signal.SIGINT
    assert "Traceback" not in screen
