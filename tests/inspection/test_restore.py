"""What a restore must never do: trust what nobody signed for, or go unrecorded because it was interrupted."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from inspection.backup import back_up
from inspection.backup_manifest import MANIFEST, read_manifest
from inspection.errors import BackupError, LogMissingError
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_copies import sha256_of
from inspection.log_kind import LogKind
from inspection.records import IncidentKind
from inspection.restore import restore
from inspection.users.store import UserStore
from tests.inspection.ended_program import ended_at_every_step

EVIDENCE = LogKind.EVIDENCE
SMALL = 12  # entries of a volume here


@pytest.fixture
def backup(data_dir: Path, tmp_path: Path, clock, identification) -> Path:
    """A signed backup of a log of three volumes."""
    data = DataFolder(data_dir)
    with InspectionLog.open(data.evidence_log, kind=EVIDENCE, clock=clock, volume_size=SMALL) as log:
        for number in range(22):
            log.append(identification(number))
    (tmp_path / "stick").mkdir()
    back_up(data, EVIDENCE, tmp_path / "stick" / "backup")
    return tmp_path / "stick" / "backup"


@pytest.fixture
def fresh(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "new laptop")


@pytest.fixture
def on_the_new_laptop(chemgate_in, fresh: DataFolder) -> Callable:
    return partial(chemgate_in, fresh.path)


def planted(backup: Path, said: Callable[[dict], object]) -> None:
    """Put a list of users of somebody else into a backup, and have its manifest name it."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    UserStore(backup / "users.sqlite", hasher=cheap).add_first("Administrator 9", "735182")
    (backup / "national_list.csv").write_text("name\n")
    manifest = json.loads((backup / MANIFEST).read_text())
    for name in ("users.sqlite", "national_list.csv"):
        manifest["others"][name] = sha256_of(backup / name)
    said(manifest)
    (backup / MANIFEST).write_text(json.dumps(manifest))


def restored(data: DataFolder) -> list[dict]:
    """The incidents that tell of a restore."""
    with InspectionLog.open_read_only(data.evidence_log, kind=EVIDENCE) as log:
        bodies = [entry.body for entry in log.entries()]
    return [body for body in bodies if body.get("what") == IncidentKind.RESTORED]


# What nobody signed for


@pytest.mark.parametrize(
    "take_away", [lambda said: said.pop("signature"), lambda said: said.update(signature=None)]
)
def test_a_list_of_users_that_somebody_planted_is_left_out(
    take_away, backup: Path, fresh: DataFolder, on_the_new_laptop
) -> None:
    planted(backup, take_away)

    answer = on_the_new_laptop("log", "restore", backup)

    assert answer.code == 0
    assert "Left out, for the manifest is not signed: users.sqlite." in answer.err
    assert "Left out, for the manifest is not signed: national_list.csv." in answer.err
    assert "--unsigned" in answer.err
    assert not fresh.users.exists()
    assert not fresh.national_list.exists()
    assert len(restored(fresh)) == 1


def test_who_trusts_a_backup_that_nobody_signed_can_say_so(
    backup: Path, fresh: DataFolder, on_the_new_laptop
) -> None:
    planted(backup, lambda said: said.pop("signature"))

    answer = on_the_new_laptop("log", "restore", backup, "--unsigned", "--json")

    assert answer.code == 0
    assert (answer.object["files"], answer.object["left_out"]) == (["users.sqlite", "national_list.csv"], [])
    assert [user.name for user in UserStore(fresh.users).users()] == ["Administrator 9"]


def test_under_a_signature_nothing_can_be_planted(backup: Path, fresh: DataFolder) -> None:
    planted(backup, lambda said: None)
    with pytest.raises(BackupError, match="its signature does not hold"):
        restore(fresh, EVIDENCE, backup, unsigned=True)
    assert not fresh.users.exists()


# A program that is ended


def command(data: DataFolder, backup: Path) -> None:
    """Do what the verb does."""
    restore(data, EVIDENCE, backup)
    InspectionLog.open(data.evidence_log, kind=EVIDENCE).close()


def each_moment(data: DataFolder, backup: Path) -> Iterator[int]:
    def afresh() -> None:
        shutil.rmtree(data.path, ignore_errors=True)

    yield from ended_at_every_step(data.path, lambda: command(data, backup), afresh=afresh)


def is_whole(data: DataFolder, backup: Path) -> bool:
    try:
        with InspectionLog.open_read_only(data.evidence_log, kind=EVIDENCE) as log:
            return log.passes(read_manifest(backup, EVIDENCE).ends_at)
    except LogMissingError:
        return False


def require_said_once(data: DataFolder, backup: Path) -> None:
    [body] = restored(data)
    assert body["backup"]["head"] == read_manifest(backup, EVIDENCE).head
    assert "is_in_place" not in body
    assert not list(data.path.glob("*.restored"))


def test_the_same_command_completes_and_records_a_restore_that_was_ended_at_any_moment(
    backup: Path, fresh: DataFolder
) -> None:
    found = []
    for _ in each_moment(fresh, backup):
        found.append(is_whole(fresh, backup))
        try:
            command(fresh, backup)
        except BackupError as error:
            # It was finished but for tidying up: the log went on behind the backup, and says so.
            assert "is newer than the backup" in str(error)
        require_said_once(fresh, backup)
        with InspectionLog.open_read_only(fresh.evidence_log, kind=EVIDENCE) as log:
            assert log.verify().ok
    assert {True, False} == set(found)
    require_said_once(fresh, backup)


def test_whoever_writes_next_records_a_restore_that_was_ended(backup: Path, fresh: DataFolder) -> None:
    found = []
    for _ in each_moment(fresh, backup):
        was_whole, was_begun = is_whole(fresh, backup), bool(list(fresh.path.glob("*.restored")))
        InspectionLog.open(fresh.evidence_log, kind=EVIDENCE).close()
        said = [body.get("is_in_place", True) for body in restored(fresh)]
        assert said == ([was_whole] if was_whole or was_begun else [])
        found.append(said)
    assert [True] in found
    assert [False] in found


def test_a_restore_that_leaves_no_note_is_caught(
    backup: Path, fresh: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same moments, and a program that records only what it lives to record."""
    monkeypatch.setattr("inspection.restore.leave_note", lambda first, note: None)
    with pytest.raises((AssertionError, ValueError)):
        for _ in each_moment(fresh, backup):
            if is_whole(fresh, backup):
                InspectionLog.open(fresh.evidence_log, kind=EVIDENCE).close()
                require_said_once(fresh, backup)


KILLED = """
import os, signal, sys
from pathlib import Path
from inspection import restore
from inspection.folders import DataFolder
from inspection.log_kind import LogKind

def kill(folder):
    os.kill(os.getpid(), signal.SIGKILL)

restore.sync_folder = kill  # once all is in place
restore.restore(DataFolder(Path(sys.argv[1])), LogKind.EVIDENCE, Path(sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_the_command_after_a_killed_one_says_that_it_was_in_place_and_is_noted_now(
    backup: Path, fresh: DataFolder, on_the_new_laptop, start_child
) -> None:
    assert start_child(KILLED, fresh.path, backup).wait(timeout=60) == -9
    assert is_whole(fresh, backup)

    answer = on_the_new_laptop("log", "restore", backup)

    assert answer.code == 0
    assert "In place already, and noted now: a backup of" in answer.out
    require_said_once(fresh, backup)
    assert on_the_new_laptop("log", "verify").code == 0
    assert on_the_new_laptop("log", "restore", backup).code == 2  # and not once more


def test_where_nothing_could_be_moved_nothing_is_noted(
    backup: Path, data_dir: Path, tmp_path: Path, identification
) -> None:
    data = DataFolder(data_dir)
    older = DataFolder(tmp_path / "older")
    shutil.copytree(data.path, older.path)
    with InspectionLog.open(data.evidence_log, kind=EVIDENCE) as log:
        log.append(identification(1))
    back_up(data, EVIDENCE, backup)

    with (
        InspectionLog.open(older.evidence_log, kind=EVIDENCE),
        pytest.raises(Exception, match="another program keeps it locked"),
    ):
        restore(older, EVIDENCE, backup)

    InspectionLog.open(older.evidence_log, kind=EVIDENCE).close()
    assert restored(older) == []


# What a manifest must not do


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"volume": 1,', '"volume": 1e400,'),
        ('"volume": 1,', '"volume": true,'),
        ('"volume": 1,', '"volume": "1",'),
        ('"entries": ', '"entries": 1e400, "x": '),
        ('"problems": ', '"problems": 0.5, "x": '),
        ('"count": ', '"count": 1e400, "x": '),
    ],
)
def test_a_number_that_is_none_is_one_sentence(old: str, new: str, backup: Path, on_the_new_laptop) -> None:
    text = (backup / MANIFEST).read_text()
    assert old in text
    (backup / MANIFEST).write_text(text.replace(old, new))

    answer = on_the_new_laptop("log", "restore", backup)

    assert answer.code == 2
    assert "expected the content of a backup" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
@pytest.mark.parametrize("name", ["evidence.sqlite", MANIFEST])
def test_a_pipe_in_a_backup_keeps_nobody_waiting(name: str, backup: Path, on_the_new_laptop) -> None:
    (backup / name).unlink()
    os.mkfifo(backup / name)

    answer = on_the_new_laptop("log", "restore", backup)

    assert answer.code == 2
    assert "no plain file" in answer.err
