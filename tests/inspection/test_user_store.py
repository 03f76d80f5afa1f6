"""The list of users: PINs, names, lockout over restarts and clocks, kills, and files that are none."""

from __future__ import annotations

import os
import random
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pysqlite3
import pytest
from argon2 import PasswordHasher, Type

from inspection.errors import (
    LockedOutError,
    NotAllowedError,
    PinError,
    SignInError,
    UserError,
    UserListError,
)
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.users.roles import Role
from inspection.users.store import UserStore
from inspection.users.user import User

PIN, OTHER_PIN, WRONG = "482915", "771346", "482916"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # Argon2id all the same
MINUTE = timedelta(minutes=1)


class CountingHasher(PasswordHasher):
    """Counts how often Argon2 is computed."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.computed = 0

    def hash(self, password, *, salt=None):
        self.computed += 1
        return super().hash(password, salt=salt)

    def verify(self, stored, password):
        self.computed += 1
        return super().verify(stored, password)


class Clocks:
    """The clock on the wall, and the time since the computer was started."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
        self.uptime_s = 5000.0

    def pass_by(self, time: timedelta) -> None:
        self.now += time
        self.uptime_s += time.total_seconds()

    def start_computer_again(self, uptime_s: float = 10.0) -> None:
        self.uptime_s = uptime_s


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "users.sqlite"


@pytest.fixture
def store_at(clocks: Clocks) -> Callable[..., UserStore]:
    """Open the list as a program does that was just started."""

    def open_store(path: Path, hasher: PasswordHasher = CHEAP) -> UserStore:
        return UserStore(path, clock=lambda: clocks.now, uptime=lambda: clocks.uptime_s, hasher=hasher)

    return open_store


@pytest.fixture
def again(store_at, path) -> Callable[[], UserStore]:
    return partial(store_at, path)


@pytest.fixture
def store(again) -> UserStore:
    """A list with an administrator and an officer."""
    store = again()
    store.add_first("Administrator 1", PIN)
    store.add("Officer 1", Role.OFFICER, PIN)
    return store


def outcome(store: UserStore, pin: str = WRONG, name: str = "Officer 1") -> str:
    """What became of one try."""
    try:
        store.sign_in(name, pin)
    except NotAllowedError as error:
        return error.kind
    return "in"


def fail(store: UserStore, times: int, name: str = "Officer 1") -> list[str]:
    return [outcome(store, WRONG, name) for _ in range(times)]


# --- Users ------------------------------------------------------------------------------------------


def test_the_first_user_is_the_administrator(again):
    store = again()

    user = store.add_first("Administrator 1", PIN)

    assert user == User("Administrator 1", Role.ADMINISTRATOR)
    assert store.users() == (user,)
    assert again().sign_in("Administrator 1", PIN) == user


def test_looking_makes_no_file(again, path):
    assert again().users() == ()
    assert not again().has_users(log_knows_users=False)
    assert not path.exists()


def test_there_is_only_one_first_user(store):
    with pytest.raises(NotAllowedError, match="already"):
        store.add_first("Administrator 2", PIN)

    assert len(store.users()) == 2


def test_nobody_else_comes_before_the_administrator(again, path):
    path.parent.mkdir()
    path.touch()

    with pytest.raises(NotAllowedError, match="first one is the administrator"):
        again().add("Officer 1", Role.OFFICER, PIN)


@pytest.mark.parametrize("name", ["Officer 1", "OFFICER 1", "officer  1", "Ｏｆｆｉｃｅｒ 1", " Officer 1 "])
def test_a_name_is_taken_however_it_is_written(name, store):
    with pytest.raises(UserError, match="Officer 1"):
        store.add(name, Role.TRAINER, PIN)


def test_a_name_composed_in_another_way_is_the_same(store):
    composed, taken_apart = "\u0130lham \u00d6z", "I\u0307lham O\u0308z"
    store.add(taken_apart, Role.OFFICER, PIN)

    assert store.sign_in(composed, PIN).name == composed


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "x" * 65, "two\nlines", "bell\x07", "zero\u200bwidth", "right\u202eleft"),
        *("no\u00a0break", "\ud800", "private\ue000", "line\u2028end", "soft\u00adhyphen", "nul\x00"),
    ],
)
def test_an_impossible_name_is_refused(name, store):
    with pytest.raises(UserError, match="expected a name"):
        store.add(name, Role.OFFICER, PIN)


@pytest.mark.parametrize("name", ["x", "x" * 64, "Məmmədov Əli", "Иванов И. И.", "O'Neil-2 (night)"])
def test_a_real_name_is_kept_as_it_is(name, store):
    store.add(f" {name} ", Role.OFFICER, PIN)

    assert store.sign_in(name, PIN).name == name


def test_roles_and_states_change_and_stay(store, again):
    store.set_role("officer 1", Role.SUPERVISOR)
    store.disable("Officer 1")

    assert again().find("OFFICER 1") == User("Officer 1", Role.SUPERVISOR, is_enabled=False)

    assert store.enable("Officer 1").is_enabled


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.disable("Administrator 1"),
        lambda store: store.set_role("Administrator 1", Role.OFFICER),
    ],
)
def test_the_last_administrator_stays_one(change, store, again):
    with pytest.raises(NotAllowedError, match="last administrator"):
        change(store)

    assert again().find("Administrator 1") == User("Administrator 1", Role.ADMINISTRATOR)


def test_a_disabled_administrator_does_not_count_as_one(store):
    store.add("Administrator 2", Role.ADMINISTRATOR, PIN)
    store.disable("Administrator 2")

    with pytest.raises(NotAllowedError):
        store.disable("Administrator 1")

    store.enable("Administrator 2")
    assert not store.disable("Administrator 1").is_enabled


@pytest.mark.parametrize("verb", ["disable", "enable", "find"])
@pytest.mark.parametrize("has_list", [True, False])
def test_what_is_to_be_changed_must_be_there(verb, has_list, request, again):
    store = request.getfixturevalue("store") if has_list else again()

    with pytest.raises(UserError, match="no user 'Nobody'"):
        getattr(store, verb)("Nobody")


def test_the_file_is_its_owners_alone(store, path):
    if os.name == "nt":
        pytest.skip("Windows has no such modes")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_programs_that_begin_at_once_make_one_administrator(store_at, path):
    results: list[str] = []

    def begin(number: int) -> None:
        try:
            results.append(store_at(path).add_first(f"Administrator {number}", PIN).name)
        except NotAllowedError as error:
            results.append(error.kind)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count("not_allowed") == 7
    assert len(store_at(path).users()) == 1


# --- PINs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pin",
    [
        *("", "12345", "48291", "48291x", " 482915", "482915\n", "48 2915", "-482915", "4" * 65),
        *("٤٨٢٩١٥", "48２915", "²482915", "\ud800" * 6),
        *("123456", "345678", "012345", "987654", "3210987", "8901234", "000000", "7777777"),
    ],
)
def test_a_pin_that_is_none_or_is_guessed_first_is_refused(pin, store):
    with pytest.raises(PinError) as refused:
        store.add("Officer 2", Role.OFFICER, pin)

    assert not pin.strip() or pin.strip() not in str(refused.value)
    assert len(store.users()) == 2
    with pytest.raises(PinError):
        store.set_pin("Officer 1", pin)
    assert outcome(store, PIN) == "in"


@pytest.mark.parametrize("pin", ["482915", "123457", "112233", "0" * 5 + "1", "4829153" * 9])
def test_a_good_pin_is_taken(pin, store):
    store.set_pin("Officer 1", pin)

    assert outcome(store, pin) == "in"


def test_a_new_pin_ends_the_old_one(store):
    store.set_pin("Officer 1", OTHER_PIN)

    assert outcome(store, PIN) == "sign_in"
    assert outcome(store, OTHER_PIN) == "in"


def test_pins_are_kept_as_argon2id_with_the_figures_of_the_rfc(tmp_path):
    store = UserStore(tmp_path / "users.sqlite")

    store.add_first("Administrator 1", PIN)

    content = store.path.read_bytes()
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in content
    assert PIN.encode() not in content
    assert store.sign_in("Administrator 1", PIN).role is Role.ADMINISTRATOR


def test_a_hash_with_older_figures_is_made_anew_when_the_pin_is_right(store, store_at, path):
    newer = store_at(path, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    assert outcome(newer, WRONG) == "sign_in"
    assert b"m=16,t=2" not in path.read_bytes()
    assert outcome(newer, PIN) == "in"
    assert b"m=16,t=2" in path.read_bytes()
    assert outcome(newer, PIN) == "in"


def test_another_kind_of_hash_is_a_damaged_list(store, path):
    with pysqlite3.connect(path) as db:
        weak = PasswordHasher(type=Type.I, time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
        db.execute("UPDATE users SET pin_hash = ?", [weak])
    db.close()

    assert outcome(store, PIN) == "user_list"


def test_a_name_that_nobody_has_costs_and_says_what_a_wrong_pin_does(store, store_at, path):
    hasher = CountingHasher()
    store = store_at(path, hasher=hasher)
    said, cost = [], []

    for name in ("Officer 1", "Nobody", "\ud800", "x" * 100_000):
        before = hasher.computed
        with pytest.raises(SignInError) as refused:
            store.sign_in(name, WRONG)
        said.append(str(refused.value))
        cost.append(hasher.computed - before)

    assert said == ["the name or the PIN is wrong"] * 4
    assert cost == [1] * 4


def test_a_name_that_nobody_has_is_locked_like_any_other(store):
    assert fail(store, 7, "Nobody") == ["sign_in"] * 5 + ["locked_out"] * 2
    assert outcome(store, PIN) == "in"


def test_tries_with_names_that_nobody_has_do_not_fill_the_disk(store, path, monkeypatch):
    monkeypatch.setattr("inspection.users.store.SHELVES_OF_STRANGERS", 8)
    for number in range(60):
        outcome(store, WRONG, f"Nobody {number}")

    with pysqlite3.connect(path) as db:
        [[rows]] = db.execute("SELECT count(*) FROM tries").fetchall()
    db.close()
    assert rows <= 8


def test_what_is_no_pin_is_a_wrong_pin(store):
    tries = [outcome(store, pin) for pin in ("", "x" * 1_000_000, "\ud800", "482915\x00")]

    assert tries == ["sign_in"] * 4


def test_a_disabled_user_is_told_so_only_with_the_right_pin(store):
    store.disable("Officer 1")

    assert outcome(store, WRONG) == "sign_in"
    with pytest.raises(NotAllowedError, match="disabled"):
        store.sign_in("Officer 1", PIN)


# --- Lockout ----------------------------------------------------------------------------------------


def test_five_wrong_pins_lock_for_a_minute_and_each_further_one_for_twice_as_long(store, clocks):
    assert fail(store, 5) == ["sign_in"] * 5
    waits = []

    for _ in range(9):
        with pytest.raises(LockedOutError) as locked:
            store.sign_in("Officer 1", PIN)
        waits.append(round(locked.value.wait_s / 60))
        clocks.pass_by(timedelta(seconds=locked.value.wait_s - 1))
        assert outcome(store, PIN) == "locked_out"
        clocks.pass_by(timedelta(seconds=1))
        assert outcome(store) == "sign_in"

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_wrong_pin_that_locks_says_whom(store):
    named = []
    for _ in range(5):
        with pytest.raises(SignInError) as refused:
            store.sign_in("OFFICER 1", WRONG)
        named.append(refused.value.locked)

    assert named == [None, None, None, None, "Officer 1"]


def test_the_right_pin_begins_the_count_anew(store):
    for _ in range(3):
        assert fail(store, 4) == ["sign_in"] * 4
        assert outcome(store, PIN) == "in"


def test_one_user_does_not_lock_another(store):
    fail(store, 6)

    assert outcome(store, PIN, "Administrator 1") == "in"


def test_a_lock_survives_a_restart_of_the_program_and_of_the_computer(store, again, clocks):
    fail(store, 5)

    assert outcome(again(), PIN) == "locked_out"
    clocks.start_computer_again()
    assert outcome(again(), PIN) == "locked_out"
    clocks.pass_by(MINUTE)
    assert outcome(again(), PIN) == "in"


def test_the_list_says_until_when_a_name_is_locked(store, clocks):
    fail(store, 5)
    assert store.find("Officer 1").locked_until == clocks.now + MINUTE

    clocks.pass_by(2 * MINUTE)
    assert store.find("Officer 1").locked_until is None


@pytest.mark.parametrize("unlock", ["enable", "set_pin"])
def test_an_administrator_ends_a_lock(unlock, store):
    fail(store, 6)

    user = store.enable("Officer 1") if unlock == "enable" else store.set_pin("Officer 1", PIN)

    assert user.locked_until is None
    assert fail(store, 4) == ["sign_in"] * 4


@pytest.mark.parametrize("back", [timedelta(seconds=59), timedelta(days=1), timedelta(days=9000)])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_clock_set_back_neither_unlocks_nor_locks_for_a_day(back, is_restarted, store, again, clocks):
    fail(store, 5)
    clocks.pass_by(timedelta(seconds=30))
    clocks.now -= back
    if is_restarted:
        clocks.start_computer_again()

    assert outcome(again(), PIN) == "locked_out"
    clocks.pass_by(timedelta(seconds=59))
    assert outcome(again(), PIN) == "locked_out"
    clocks.pass_by(timedelta(seconds=1))
    assert outcome(again(), PIN) == "in"


def test_a_clock_set_back_again_and_again_gives_no_try(store, again, clocks):
    fail(store, 5)

    for _ in range(20):
        clocks.now -= timedelta(hours=1)
        clocks.pass_by(timedelta(seconds=50))
        assert outcome(again()) == "locked_out"


def test_a_clock_set_forward_does_not_unlock_while_the_computer_runs(store, again, clocks):
    fail(store, 5)
    clocks.now += timedelta(days=365)

    assert outcome(again(), PIN) == "locked_out"
    clocks.pass_by(MINUTE)
    assert outcome(again(), PIN) == "in"


def test_after_a_restart_of_the_computer_a_clock_set_forward_gives_one_try(store, again, clocks):
    fail(store, 5)

    for uptime_s in (50, 40, 30):
        clocks.now += timedelta(days=1)
        clocks.start_computer_again(uptime_s)
        assert fail(again(), 3) == ["sign_in", "locked_out", "locked_out"]  # as docs/users.md admits
        clocks.pass_by(timedelta(minutes=10))


def test_a_wrong_clock_that_is_put_right_locks_nobody_for_years(store, again, clocks):
    clocks.now += timedelta(days=3650)
    fail(store, 5)
    clocks.now -= timedelta(days=3650)

    assert outcome(again(), PIN) == "locked_out"
    clocks.pass_by(MINUTE)
    assert outcome(again(), PIN) == "in"


# --- Kills, and many at once ------------------------------------------------------------------------

CHILD = """
import os, signal, sys
from pathlib import Path
from argon2 import PasswordHasher
from inspection.users.store import UserStore, _transaction, _accounts
from inspection.errors import NotAllowedError
from inspection.users.user import compared_name

class DeadlyHasher(PasswordHasher):
    def verify(self, hash, password):
        try:
            return super().verify(hash, password)
        finally:
            print("looked at", flush=True)
            os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

class HastyStore(UserStore):
    def sign_in(self, name, pin):
        with self._opened() as db:
            account = _accounts(db, self.path)[compared_name(name)]
            if self._is_right(account, pin):
                return account.user
            with _transaction(db):
                self._count_try(db, account.who)
        raise NotAllowedError("wrong")

figures = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
"""
KILLED = """
store = %s(Path(sys.argv[1]), hasher=DeadlyHasher(**figures))
try:
    store.sign_in("Officer 1", sys.argv[2])
except NotAllowedError as error:
    print(error.kind, flush=True)
"""
TRYING = """
store = UserStore(Path(sys.argv[1]), hasher=PasswordHasher(**figures))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[3])):
    try:
        print(store.sign_in("Officer 1", sys.argv[2]).name, flush=True)
    except NotAllowedError as error:
        print(error.kind, flush=True)
"""


@pytest.fixture
def real_store(path) -> UserStore:
    """A list that goes by the clocks of this computer, as the processes do that are started here."""
    store = UserStore(path, hasher=CHEAP)
    store.add_first("Administrator 1", PIN)
    store.add("Officer 1", Role.OFFICER, PIN)
    return store


def killed_tries(start_child, path: Path, kind: str, times: int) -> list[str]:
    return [start_child(CHILD + KILLED % kind, path, WRONG).communicate()[0].strip() for _ in range(times)]


def test_a_kill_between_count_and_look_leaves_the_try_counted(real_store, path, start_child):
    said = killed_tries(start_child, path, "UserStore", 6)

    assert said == ["looked at"] * 5 + ["locked_out"]
    assert outcome(real_store, PIN) == "locked_out"
    assert real_store.users()[0].name == "Administrator 1"  # and the file is whole


def test_a_list_that_counts_after_it_has_looked_is_caught(real_store, path, start_child):
    assert killed_tries(start_child, path, "HastyStore", 6) == ["looked at"] * 6


def together(start_child, path: Path, pin: str, *, programs: int, tries: int) -> list[str]:
    children = [start_child(CHILD + TRYING, path, pin, tries) for _ in range(programs)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    return [line for child in children for line in child.communicate()[0].splitlines()]


def test_programs_that_try_at_once_have_five_tries_together(real_store, path, start_child):
    said = together(start_child, path, WRONG, programs=4, tries=4)

    assert sorted(said) == ["locked_out"] * 11 + ["sign_in"] * 5


def test_programs_that_sign_in_at_once_with_the_right_pin_all_get_in(real_store, path, start_child):
    said = together(start_child, path, PIN, programs=4, tries=10)

    assert said == ["Officer 1"] * 40


# --- Files that are none ----------------------------------------------------------------------------


def test_a_missing_list_is_no_list_only_while_the_log_knows_nobody(store, again, path):
    assert store.has_users(log_knows_users=True)
    path.unlink()

    assert not again().has_users(log_knows_users=False)
    with pytest.raises(UserListError, match="the evidence log knows users"):
        again().has_users(log_knows_users=True)


def test_an_empty_list_is_a_missing_one(store, again, path):
    path.write_bytes(b"")

    assert not again().has_users(log_knows_users=False)
    with pytest.raises(UserListError):
        again().has_users(log_knows_users=True)


def spoil_with_rubbish(path: Path) -> None:
    path.write_bytes(b"no database" * 100)


def spoil_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def spoil_with_zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def spoil_by_deleting_users(path: Path) -> None:
    with pysqlite3.connect(path) as db:
        db.execute("DELETE FROM users")
    db.close()


def spoil_by_dropping_the_table(path: Path) -> None:
    with pysqlite3.connect(path) as db:
        db.execute("DROP TABLE users")
        db.execute("DROP TABLE tries")
    db.close()


def spoil_with_another_program(path: Path) -> None:
    path.unlink()
    with pysqlite3.connect(path) as db:
        db.execute("CREATE TABLE users (name TEXT)")
    db.close()


def spoil_with_a_log(path: Path) -> None:
    path.unlink()
    with InspectionLog.open(path, kind=LogKind.TRAINING):
        pass


def spoil_with_a_newer_format(path: Path) -> None:
    with pysqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 2")
    db.close()


def spoil_with_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILERS = [value for name, value in list(globals().items()) if name.startswith("spoil_")]


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_list_lets_nobody_in_and_is_never_no_users(spoil, store, again, path):
    spoil(path)

    for ask in (
        lambda: again().has_users(log_knows_users=False),
        again().users,
        lambda: again().sign_in("Administrator 1", PIN),
        lambda: again().add("Officer 2", Role.OFFICER, PIN),
        lambda: again().disable("Officer 1"),
    ):
        with pytest.raises(UserListError) as refused:
            ask()
        assert str(path) in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_nobody_becomes_the_administrator_of_a_spoilt_list(spoil, store, again, path):
    spoil(path)

    with pytest.raises(NotAllowedError):
        again().add_first("Intruder", PIN)


def test_a_flipped_bit_never_makes_a_list_without_users(store, again, path):
    sound = path.read_bytes()
    chance = random.Random(20261124)
    everybody = {user.name for user in store.users()}
    noticed = 0

    header = [(at, bit) for at in range(120) for bit in range(8)]
    anywhere = [(chance.randrange(len(sound)), chance.randrange(8)) for _ in range(400)]
    for at, bit in header + anywhere:
        spoilt = bytearray(sound)
        spoilt[at] ^= 1 << bit
        path.write_bytes(spoilt)
        try:
            assert again().has_users(log_knows_users=False)
            assert {user.name for user in again().users()} == everybody
        except UserListError:
            noticed += 1

    assert noticed > 100


def test_a_list_that_cannot_be_read_lets_nobody_in(store, again, path, unprivileged):
    with pytest.raises(UserListError):
        again().has_users(log_knows_users=False)


def test_a_list_that_cannot_be_written_is_read_but_lets_nobody_in(store, path, make_read_only, request):
    make_read_only(path.parent)
    request.getfixturevalue("unprivileged")

    assert len(store.users()) == 2
    assert outcome(store, PIN) == "user_list"


def test_a_list_kept_locked_by_another_program_lets_nobody_in(store, again, path, monkeypatch):
    monkeypatch.setattr("inspection.users.store.BUSY_TIMEOUT_S", 0.01)
    with pysqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert outcome(again(), PIN) == "user_list"
    other.close()


@pytest.mark.parametrize("name", ["nul\x00.sqlite", "x" * 300 + ".sqlite"])
def test_an_impossible_place_is_told_in_one_sentence(name, store_at, tmp_path):
    with pytest.raises(UserListError):
        store_at(tmp_path / name).add_first("Administrator 1", PIN)
