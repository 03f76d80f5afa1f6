"""``log backup | restore | volumes | retire | renew-key``, and the days on which they are needed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from argon2 import PasswordHasher
from keyring.backend import KeyringBackend
from keyring.backends import fail

from inspection.errors import LogNoRoomError
from inspection.folders import DataFolder
from inspection.keys import KeyPlace, LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry
from inspection.users.store import UserStore

if TYPE_CHECKING:
    from tests.inspection.conftest import Answer

BACKUP = {
    *("path", "volumes", "volume", "count", "head", "entries", "sha256", "damaged"),
    *("photographs", "photographs_missing", "signed", "retired"),
}
VOLUME = {"volume", "state", "first", "last", "count", "begun", "ended", "years", "bytes", "archive"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def fresh(chemgate_in, tmp_path: Path) -> Callable[..., Answer]:
    """The command line on a new laptop."""
    return partial(chemgate_in, tmp_path / "new laptop")


@pytest.fixture
def inspection(chemgate) -> str:
    return chemgate("inspection", "new", "--declared", "methanol", "--json").object["inspection"]


@pytest.fixture
def small_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Volumes of a dozen entries, so that a few calls fill one."""
    monkeypatch.setattr(InspectionLog, "open", partial(InspectionLog.open, volume_size=12))


@pytest.fixture
def filled(data_dir: Path) -> Path:
    """A log of three volumes, without inspections; its first file."""
    path = DataFolder(data_dir).log(LogKind.EVIDENCE)
    with InspectionLog.open(path, kind=LogKind.EVIDENCE, volume_size=12) as log:
        for _ in range(20):
            log.append(NewEntry(EntryKind.BACKGROUND, {}))
    return path


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def whats(chemgate: Callable[..., Answer]) -> list[str]:
    """The incidents of a log, in order."""
    entries = chemgate("log", "list", "--json").objects
    return [entry["body"]["what"] for entry in entries if entry["kind"] == "incident"]


# Backup


def test_a_backup_says_what_it_holds_and_where_the_log_ends(chemgate, inspection, out):
    answer = chemgate("log", "backup", out, "--json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.object.keys() == BACKUP
    assert answer.object["damaged"] == []
    head = chemgate("log", "head", "--json").object
    assert {key: answer.object[key] for key in head} == head
    assert (answer.object["volumes"], answer.object["entries"]) == (1, 3)
    assert json.loads((out / "manifest.json").read_text())["head"] == head["head"]


def test_a_backup_is_noted_in_the_log_before_it_is_made_and_so_is_in_the_backup(
    chemgate, chemgate_in, inspection, out
):
    before = chemgate("log", "head", "--json").object
    chemgate("log", "backup", out)

    [*_, entry] = chemgate_in(out, "log", "list", "--json").objects
    assert entry["kind"] == "backup"
    assert entry["body"] == {"folder": "backup", **before}
    assert "backup made" in chemgate("log", "list").out
    assert chemgate_in(out, "log", "verify").code == 0


def test_words_for_people_say_that_the_key_is_not_in_it(chemgate, inspection, out):
    answer = chemgate("log", "backup", out)

    assert answer.code == 0
    assert "3 entries in 1 volume, " in answer.out
    assert "The signing key is not in it." in answer.out


def test_a_second_backup_replaces_the_first(chemgate, inspection, out):
    first = chemgate("log", "backup", out, "--json").object
    second = chemgate("log", "backup", out, "--json").object

    assert second["count"] == first["count"] + 1
    assert [path.name for path in out.parent.iterdir() if "backup" in path.name] == ["backup"]


def test_the_training_log_has_backups_of_its_own(chemgate, inspection, out, tmp_path):
    chemgate("--training", "inspection", "new")

    answer = chemgate("--training", "log", "backup", out, "--json")

    assert answer.code == 0
    assert [path.name for path in out.glob("*.sqlite")] == ["training.sqlite"]
    assert chemgate("log", "backup", out).code == 2
    assert chemgate("log", "restore", out).code == 2
    assert "expected a backup of the evidence log" in chemgate("log", "restore", out).err


def test_without_a_log_there_is_nothing_to_copy_and_none_is_begun(chemgate, data_dir, out):
    answer = chemgate("log", "backup", out)

    assert answer.code == 2
    assert one_sentence(answer.err)
    assert not data_dir.exists()
    assert not out.exists()


@pytest.mark.parametrize("place", ["full", "data of the program/in it", "a\0b", "."])
def test_a_place_that_a_backup_must_not_take_is_refused_in_one_sentence(
    place, chemgate, inspection, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious.txt").write_text("")
    entries = len(chemgate("log", "list", "--json").objects)

    answer = chemgate("log", "backup", place)

    assert answer.code == 2
    assert one_sentence(answer.err)
    assert len(chemgate("log", "list", "--json").objects) == entries
    assert (tmp_path / "full" / "precious.txt").exists()


def test_a_damaged_volume_is_copied_and_named_with_exit_code_1(chemgate, filled, out, tampering):
    with tampering(filled) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence = 3")

    answer = chemgate("log", "backup", out, "--json")

    assert answer.code == 1
    assert answer.object["damaged"] == [1]
    assert "Volume 1 is damaged" in answer.err


def test_where_the_log_takes_no_note_the_copy_is_made_all_the_same(chemgate, inspection, data_dir, out):
    next((data_dir / "keys").glob("*.key")).unlink()

    answer = chemgate("log", "backup", out, "--json")

    assert answer.code == 5
    assert answer.object["entries"] == 2
    assert "The backup was made. The log could not take a note of it." in answer.err
    assert chemgate("log", "verify", "--anchor", f"1:2:{answer.object['head']}").code == 0


def test_a_medium_that_is_full_keeps_the_old_backup(chemgate, chemgate_in, inspection, out, monkeypatch):
    old = chemgate("log", "backup", out, "--json").object

    def full(source: object, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise LogNoRoomError("the disk is full")

    monkeypatch.setattr("inspection.backup.copy_database", full)
    answer = chemgate("log", "backup", out)

    assert answer.code == 5
    assert one_sentence(answer.err)
    assert chemgate_in(out, "log", "head", "--json").object["head"] == old["head"]
    assert [path.name for path in out.parent.iterdir() if "backup" in path.name] == ["backup"]


# Restore


def test_on_a_new_laptop_the_log_is_put_back_and_goes_on_with_another_key(chemgate, fresh, inspection, out):
    restored = chemgate("log", "backup", out, "--json").object

    answer = fresh("log", "restore", out, "--json")

    assert answer.code == 0
    assert answer.object["volumes"] == [1]
    assert answer.object["notices"] == ["key_lost"]
    assert answer.object["restored"]["head"] == restored["head"]
    assert answer.object["volume"] == 2
    assert whats(fresh) == ["key_lost", "restored"]
    assert fresh("inspection", "show", inspection).code == 0
    assert fresh("inspection", "new").code == 0
    assert fresh("log", "verify", "--anchor", f"1:{restored['count']}:{restored['head']}").code == 0
    assert answer.object["restored"]["signed"] is True


def test_whoever_puts_a_log_on_another_computer_is_not_sent_to_the_administrator(
    chemgate, fresh, inspection, out
):
    chemgate("log", "backup", out)

    answer = fresh("log", "restore", out)

    assert (answer.code, answer.err) == (0, "")
    assert "Volume 1 is left as it is and stays readable; volume 2 was begun." in answer.out


def test_a_manifest_that_is_not_signed_is_said_to_be_so(chemgate, fresh, inspection, data_dir, out):
    next((data_dir / "keys").glob("*.key")).unlink()
    assert "The manifest is not signed" in chemgate("log", "backup", out).err

    answer = fresh("log", "restore", out)

    assert answer.code == 0
    assert "The manifest of the backup is not signed" in answer.err


def test_a_backup_of_a_damaged_log_is_put_in_place_and_said_to_be_damaged(
    chemgate, fresh, filled, out, tampering
):
    with tampering(filled) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence = 3")
    assert chemgate("log", "backup", out).code == 1

    answer = fresh("log", "restore", out)

    assert answer.code == 1
    assert "The log in the backup is damaged" in answer.err
    assert fresh("log", "verify").code == 1


def test_after_a_volume_was_retired_the_usual_folder_is_gone_on_with(chemgate, inspection, out, tmp_path):
    chemgate("inspection", "close", inspection)
    assert chemgate("log", "backup", out).code == 0
    assert chemgate("log", "renew-key", "--reason", "x").code == 0
    assert chemgate("log", "retire", "1", "--to", tmp_path / "archive", "--reason", "x").code == 0

    answer = chemgate("log", "backup", out)

    assert answer.code == 0
    assert "Kept from the backup before: retired/" in answer.out
    assert len(list((out / "retired").iterdir())) == 1


def test_on_the_same_computer_it_goes_on_with_its_own_key(chemgate, inspection, data_dir, out):
    chemgate("log", "backup", out)
    for path in data_dir.glob("evidence*"):
        path.unlink()

    answer = chemgate("log", "restore", out)

    assert answer.code == 0
    assert "Put in place: volume 1 of a backup of" in answer.out
    assert whats(chemgate) == ["restored"]
    assert chemgate("log", "head", "--json").object["volume"] == 1
    assert chemgate("log", "verify").code == 0


def test_a_newer_log_is_left_as_it_is_in_one_sentence(chemgate, inspection, out):
    chemgate("log", "backup", out)
    chemgate("inspection", "new")
    head = chemgate("log", "head").out

    answer = chemgate("log", "restore", out)

    assert answer.code == 2
    assert one_sentence(answer.err)
    assert "is newer than the backup, by 1 entry" in answer.err
    assert chemgate("log", "head").out == head


def test_a_damaged_backup_is_refused_in_one_sentence(chemgate, fresh, inspection, out):
    chemgate("log", "backup", out)
    (out / "evidence.sqlite").write_bytes((out / "evidence.sqlite").read_bytes()[:-4096])

    answer = fresh("log", "restore", out)

    assert answer.code == 2
    assert one_sentence(answer.err)
    assert "the backup is damaged" in answer.err
    assert fresh("log", "head").code == 2


@pytest.mark.parametrize("place", ["nowhere", "a\0b", "empty"])
def test_what_is_no_backup_is_refused_in_one_sentence(place, chemgate, tmp_path):
    (tmp_path / "empty").mkdir()

    answer = chemgate("log", "restore", tmp_path / place)

    assert answer.code == 2
    assert one_sentence(answer.err)


def test_users_are_put_back_where_there_are_none_and_said_to_be(chemgate, fresh, inspection, data_dir, out):
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    UserStore(data_dir / "users.sqlite", hasher=cheap).add_first("Administrator 1", "304958")
    os.environ["CHEMGATE_PIN"] = "304958"
    try:
        assert chemgate("--user", "Administrator 1", "log", "backup", out).code == 0
    finally:
        del os.environ["CHEMGATE_PIN"]

    answer = fresh("log", "restore", out)

    assert answer.code == 0
    assert "Put in place: users.sqlite" in answer.out
    assert fresh("inspection", "new").code == 4


def test_where_the_entry_cannot_be_written_it_is_said_that_the_backup_is_in_place(
    chemgate, inspection, data_dir, out
):
    chemgate("log", "backup", out)
    for path in [*data_dir.glob("evidence*"), *(data_dir / "keys").glob("*.key")]:
        path.unlink()

    answer = chemgate("log", "restore", out)

    assert answer.code == 5
    assert "The backup was put in place. The log could not take a note of it." in answer.err
    assert "renew-key" in answer.err
    assert chemgate("inspection", "show", inspection).code == 0


# Volumes


def test_each_volume_is_listed(chemgate, filled):
    found = chemgate("log", "volumes", "--json").objects

    assert [one["state"] for one in found] == ["sealed", "sealed", "newest"]
    assert all(one.keys() == VOLUME for one in found)
    assert [one["first"] for one in found] == [1, 50_001, 100_001]
    assert all(one["years"] == 0 and one["bytes"] > 1000 for one in found)
    lines = chemgate("log", "volumes").out.splitlines()
    assert lines[0].startswith("volume 1  sealed  entries 1 to ")
    assert "today" in lines[0]


def test_a_volume_goes_to_the_archive_and_can_be_copied_back(chemgate, filled, tmp_path):
    archive = tmp_path / "archive"

    answer = chemgate("log", "retire", "1", "--to", archive, "--reason", "ten years", "--json")

    assert answer.code == 0
    assert answer.object["archive"] == "archive"
    assert not filled.exists()
    assert chemgate("log", "verify").code == 0
    first = chemgate("log", "volumes", "--json").objects[0]
    assert (first["state"], first["bytes"], first["archive"]) == ("retired", None, "archive")
    assert "in the archive 'archive'" in chemgate("log", "volumes").out
    shutil.copy(archive / filled.name, filled)
    assert chemgate("log", "verify").code == 0
    assert chemgate("log", "list", "--json").objects[0]["sequence"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("3", "--to", "archive", "--reason", "x"), "is the newest"),
        (("7", "--to", "archive", "--reason", "x"), "found 7"),
        (("1", "--to", "archive", "--reason", " "), "found none"),
        (("1", "--to", "data of the program", "--reason", "x"), "outside of the data folder"),
    ],
)
def test_what_cannot_go_stays_and_one_sentence_says_why(
    arguments, said, chemgate, filled, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    answer = chemgate("log", "retire", *arguments)

    assert answer.code == 2
    assert one_sentence(answer.err)
    assert said in answer.err
    assert filled.exists()


def test_a_damaged_volume_goes_and_is_said_to_be_damaged(chemgate, filled, tmp_path, tampering):
    with tampering(filled) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence = 3")

    answer = chemgate("log", "retire", "1", "--to", tmp_path / "archive", "--reason", "damaged")

    assert answer.code == 0
    assert "Volume 1 is damaged" in answer.err
    assert chemgate("log", "verify").code == 0


# Another key


class Store(KeyringBackend):
    """A key store of a platform that has one."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def key_store() -> Iterator[Callable[[KeyringBackend], None]]:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def lose_the_file(data: Path, key_store: Callable[[KeyringBackend], None]) -> None:
    next((data / "keys").glob("*.key")).unlink()


def lose_the_key_store(data: Path, key_store: Callable[[KeyringBackend], None]) -> None:
    key_store(fail.Keyring())


def lose_what_is_in_the_key_store(data: Path, key_store: Callable[[KeyringBackend], None]) -> None:
    key_store(Store())


def damage_the_record(data: Path, key_store: Callable[[KeyringBackend], None]) -> None:
    (data / "keys" / "evidence.json").write_text("{")


@pytest.mark.parametrize(
    ("place", "lose"),
    [
        (KeyPlace.FILE, lose_the_file),
        (KeyPlace.FILE, damage_the_record),
        (KeyPlace.KEYRING, lose_the_key_store),
        (KeyPlace.KEYRING, lose_what_is_in_the_key_store),
    ],
)
def test_a_key_that_is_lost_stops_the_work_until_it_is_renewed(place, lose, chemgate, data_dir, key_store):
    if place is KeyPlace.KEYRING:
        key_store(Store())
    chemgate("inspection", "new")
    assert LogKeys(data_dir / "keys").held(LogKind.EVIDENCE).kept_in is place
    before = chemgate("log", "head").out.strip()
    lose(data_dir, key_store)

    stopped = chemgate("inspection", "new")
    renewed = chemgate("log", "renew-key", "--reason", "the laptop was replaced", "--json")

    assert stopped.code == 5
    assert one_sentence(stopped.err)
    assert "log renew-key" in stopped.err
    assert renewed.code == 0
    assert (renewed.object["what"], renewed.object["volume"]) == ("key_lost", 2)
    assert chemgate("inspection", "new").code == 0
    assert whats(chemgate) == ["key_changed", "key_lost"]
    assert chemgate("log", "verify", "--anchor", before).code == 0
    [*_, incident, _] = chemgate("log", "list", "--json").objects
    assert incident["body"]["message"] == "the laptop was replaced"
    assert incident["body"]["public_key"] == renewed.object["public_key"]


def test_a_key_that_is_at_hand_signs_last_which_one_comes_after_it(chemgate, inspection, data_dir):
    renewed = chemgate("log", "renew-key", "--reason", "an officer has left", "--json")

    assert renewed.code == 0
    assert renewed.object["what"] == "key_renewed"
    [*_, handover, genesis, incident] = chemgate("log", "list", "--json").objects
    assert (handover["sequence"], handover["body"]["what"]) == (3, "key_renewed")
    assert handover["body"]["public_key"] == renewed.object["public_key"] == genesis["body"]["public_key"]
    assert genesis["body"]["continues"]["head"] == handover["hash"]
    assert incident["body"]["what"] == "key_changed"
    assert chemgate("inspection", "close", inspection).code == 0
    assert chemgate("log", "verify").code == 0


def test_whoever_asked_for_another_key_is_told_what_became_of_the_log(chemgate, inspection):
    answer = chemgate("log", "renew-key", "--reason", "an officer has left")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[1] == ("Volume 1 is left as it is and stays readable; volume 2 was begun.")


def test_with_no_key_at_all_one_new_volume_is_begun(chemgate, inspection, data_dir):
    shutil.rmtree(data_dir / "keys")

    assert chemgate("log", "renew-key", "--reason", "lost").code == 0

    assert chemgate("log", "head", "--json").object["volume"] == 2
    assert chemgate("log", "verify").code == 0


def test_a_key_lost_on_the_day_of_damage_is_renewed_too(chemgate, inspection, data_dir):
    (data_dir / "evidence.sqlite").write_bytes(b"nothing" * 1000)
    lose_the_file(data_dir, keyring.set_keyring)
    assert chemgate("inspection", "new").code == 5

    assert chemgate("log", "renew-key", "--reason", "lost").code == 0

    assert chemgate("inspection", "new").code == 0
    assert whats(chemgate) == ["damaged_volume", "key_lost"]


def test_a_key_that_was_lost_before_the_first_entry_is_renewed(chemgate, data_dir):
    LogKeys(data_dir / "keys").signer(LogKind.EVIDENCE)
    lose_the_file(data_dir, keyring.set_keyring)
    assert chemgate("inspection", "new").code == 5

    assert chemgate("log", "renew-key", "--reason", "lost").code == 0
    assert chemgate("inspection", "new").code == 0


def test_without_a_log_there_is_no_key_to_renew(chemgate, data_dir):
    answer = chemgate("log", "renew-key", "--reason", "x")

    assert answer.code == 2
    assert one_sentence(answer.err)
    assert not data_dir.exists()


RENEWAL = """
import os, sys
from functools import partial
from pathlib import Path
from inspection.folders import DataFolder
from inspection.key_renewal import renew_key
from inspection.keys import LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

class Ended(LogKeys):
    def adopt(self, kind, key):
        super().adopt(kind, key)
        os._exit(9)

data = DataFolder(Path(sys.argv[1]))
opened = partial(InspectionLog.open, data.evidence_log, kind=LogKind.EVIDENCE)
renew_key(data, LogKind.EVIDENCE, "an officer has left", open_log=opened, keys=Ended(data.keys))
"""


def test_a_renewal_that_was_interrupted_is_told_what_to_do_about(chemgate, inspection, data_dir, start_child):
    assert start_child(RENEWAL, data_dir).wait(timeout=30) == 9
    answer = chemgate("log", "verify")

    assert answer.code == 1
    assert "where 'log renew-key' was interrupted, the next record begins a volume with it" in answer.out
    chemgate("inspection", "new")
    assert chemgate("log", "verify").code == 0


def test_a_data_folder_without_its_number_is_found_and_begins_no_volume(chemgate, inspection, data_dir):
    (data_dir / "keys" / "installation").write_bytes(b"")
    answer = chemgate("log", "verify", "--json")
    before = (data_dir / "keys" / "evidence.json").read_bytes()

    assert answer.code == 1
    assert [problem["kind"] for problem in answer.object["problems"]] == ["key"]
    assert "32 hex digits" in answer.object["problems"][0]["message"]
    assert chemgate("log", "renew-key", "--reason", "x").code == 5
    assert (data_dir / "keys" / "evidence.json").read_bytes() == before
    (data_dir / "keys" / "installation").unlink()
    assert chemgate("log", "renew-key", "--reason", "x").code == 0


def test_a_key_is_not_renewed_without_a_reason(chemgate, inspection, data_dir):
    before = (data_dir / "keys" / "evidence.json").read_text()

    assert chemgate("log", "renew-key", "--reason", " ").code == 2
    assert (data_dir / "keys" / "evidence.json").read_text() == before


def test_a_program_that_has_the_log_open_goes_on_with_the_new_key(
    chemgate, inspection, data_dir, identification
):
    with InspectionLog.open(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as window:
        window.append(identification(1))
        assert chemgate("log", "renew-key", "--reason", "x").code == 0

        entry = window.append(identification(2))

        assert entry.sequence > 50_000
        assert window.verify().ok
    assert chemgate("log", "verify").code == 0


def test_the_key_of_the_training_log_is_renewed_by_itself(chemgate, inspection, data_dir):
    chemgate("--training", "inspection", "new")
    evidence = (data_dir / "keys" / "evidence.json").read_text()

    assert chemgate("--training", "log", "renew-key", "--reason", "x").code == 0

    assert (data_dir / "keys" / "evidence.json").read_text() == evidence
    assert chemgate("--training", "log", "verify").code == 0
    assert chemgate("--training", "log", "head", "--json").object["volume"] == 2
    assert chemgate("log", "head", "--json").object["volume"] == 1
