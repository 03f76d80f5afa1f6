"""A copy of the log while it is in use, and a log put back from one: never over anything that is newer."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pysqlite3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlite_utils import Database

from inspection.anchor import parse_anchor
from inspection.backup import back_up, backup_entry
from inspection.backup_manifest import MANIFEST, read_manifest, signed
from inspection.backup_retired import holds
from inspection.chain import canonical_json
from inspection.errors import BackupError, ExportError, LogMissingError, LogWriteError
from inspection.folders import DataFolder
from inspection.keys import LogKeys
from inspection.log import InspectionLog
from inspection.log_copies import copy_database
from inspection.log_kind import LogKind
from inspection.log_notice import NoticeKind
from inspection.log_volume import volume_files, volume_path
from inspection.records import EntryKind, LogHead
from inspection.restore import restore
from inspection.users.store import UserStore
from tests.inspection.ended_program import ended_at_every_step

SMALL = 12  # entries of a volume here
EVIDENCE = LogKind.EVIDENCE

WRITER = """
import sys
from pathlib import Path
from conftest import make_identification
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

with InspectionLog.open(Path(sys.argv[1]), kind=LogKind.EVIDENCE, volume_size=30) as log:
    number = 0
    while True:
        entry = log.append(make_identification(number := number + 1))
        print(log.head(), flush=True)
"""


@pytest.fixture
def data(data_dir: Path) -> DataFolder:
    return DataFolder(data_dir)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick" / "backup"


@pytest.fixture
def write(clock, identification) -> Callable[..., LogHead]:
    """Write so many findings into the log of a data folder, and give its head."""

    def append(data: DataFolder, count: int, *, kind: LogKind = EVIDENCE) -> LogHead:
        with InspectionLog.open(data.log(kind), kind=kind, clock=clock, volume_size=SMALL) as log:
            for number in range(count):
                log.append(identification(number))
            return log.head()

    return append


@pytest.fixture
def written(data: DataFolder, write) -> LogHead:
    """A log of three volumes."""
    return write(data, 22)


def head_of(data: DataFolder, kind: LogKind = EVIDENCE) -> LogHead:
    with InspectionLog.open_read_only(data.log(kind), kind=kind) as log:
        assert log.verify().ok
        return log.head()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    """What is in a folder; what SQLite keeps beside a file only to read it is left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


# Making one


def test_a_backup_is_a_log_that_can_be_read_and_checked_by_itself(
    data: DataFolder, written: LogHead, out: Path
) -> None:
    report = back_up(data, EVIDENCE, out)

    assert head_of(DataFolder(out)) == written == report.manifest.ends_at
    assert names(out) == [
        "evidence-0002.sqlite",
        "evidence-0003.sqlite",
        "evidence.sqlite",
        "manifest.json",
    ]
    assert names(out.parent) == ["backup"]


def test_the_manifest_names_each_file_with_its_hash_and_the_end_of_the_log(
    data: DataFolder, written: LogHead, out: Path
) -> None:
    report = back_up(data, EVIDENCE, out)

    said = json.loads((out / MANIFEST).read_text())
    assert said["format"] == 1
    assert [one["volume"] for one in said["volumes"]] == [1, 2, 3]
    assert (said["volume"], said["count"], said["head"]) == (written.volume, written.count, written.head)
    assert read_manifest(out, EVIDENCE) == report.manifest
    with InspectionLog.open_read_only(data.log(EVIDENCE), kind=EVIDENCE) as log:
        genesis = log.entry(log.volumes[-1].first).body
    assert (said["installation"], said["public_key"]) == (genesis["installation"], genesis["public_key"])


def test_the_signing_key_is_in_no_file_of_a_backup(data: DataFolder, written: LogHead, out: Path) -> None:
    back_up(data, EVIDENCE, out)

    [key] = data.keys.glob("*.key")
    secret = key.read_text().strip()
    found = contents(out).values()
    assert found
    assert not any(secret.encode() in content or bytes.fromhex(secret) in content for content in found)


def test_every_file_of_a_backup_is_one_plain_file(data: DataFolder, written: LogHead, out: Path) -> None:
    back_up(data, EVIDENCE, out)

    for path in out.glob("*.sqlite"):
        with closing(pysqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert not list(out.glob("*-wal"))


def test_a_backup_is_readable_by_its_owner_alone(data: DataFolder, written: LogHead, out: Path) -> None:
    if os.name != "posix":
        pytest.skip("Windows has no such modes")
    back_up(data, EVIDENCE, out)

    assert stat.S_IMODE(out.stat().st_mode) == 0o700


def test_users_and_tables_of_the_data_folder_go_with_the_evidence_and_not_with_the_training(
    data: DataFolder, written: LogHead, write, out: Path, tmp_path: Path
) -> None:
    write(data, 1, kind=LogKind.TRAINING)
    UserStore(data.users).add_first("Administrator 1", "304958")
    data.national_list.write_text("name\n")

    back_up(data, EVIDENCE, out)
    back_up(data, LogKind.TRAINING, tmp_path / "training backup")

    assert [user.name for user in UserStore(out / "users.sqlite").users()] == ["Administrator 1"]
    assert (out / "national_list.csv").read_text() == "name\n"
    assert names(tmp_path / "training backup") == ["manifest.json", "training.sqlite"]


def test_the_log_is_written_to_while_it_is_copied(data: DataFolder, out: Path, start_child) -> None:
    writer = start_child(WRITER, data.log(EVIDENCE))
    before = writer.stdout.readline()

    manifests = [back_up(data, EVIDENCE, out).manifest for _ in range(5)]

    writer.kill()
    assert len(writer.stdout.read().split()) > 20  # it was not made to wait
    assert [one.problems for one in manifests] == [0] * 5
    assert len({one.head for one in manifests}) > 1
    assert head_of(DataFolder(out)) == manifests[-1].ends_at
    with InspectionLog.open_read_only(data.log(EVIDENCE), kind=EVIDENCE) as log:
        assert all(holds(log, one.ends_at) for one in manifests)
    with InspectionLog.open_read_only(out / "evidence.sqlite", kind=EVIDENCE) as log:
        assert holds(log, parse_anchor(before))


def test_a_backup_of_no_log_is_none_and_begins_none(data: DataFolder, out: Path) -> None:
    with pytest.raises(LogMissingError):
        back_up(data, EVIDENCE, out)
    assert not data.path.exists()
    assert not out.exists()


# Its place


def test_an_earlier_backup_of_the_same_log_is_replaced(
    data: DataFolder, written: LogHead, write, out: Path
) -> None:
    back_up(data, EVIDENCE, out)
    assert head_of(DataFolder(out)) == written  # whoever reads it leaves nothing in it
    newer = write(data, 3)

    back_up(data, EVIDENCE, out)

    assert head_of(DataFolder(out)) == newer
    assert names(out.parent) == ["backup"]


@pytest.mark.parametrize(
    "name", ["a file", "a folder/a file", "photographs/a file", "retired", "evidence-0002.sqlite-wal"]
)
def test_a_backup_with_something_else_in_it_is_not_replaced(
    name: str, data: DataFolder, written: LogHead, write, out: Path
) -> None:
    back_up(data, EVIDENCE, out)
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("precious")
    before = contents(out.parent)
    write(data, 3)

    with pytest.raises(BackupError, match=f"found {Path(name).parts[0]}.*its manifest does not name"):
        back_up(data, EVIDENCE, out)
    assert contents(out.parent) == before
    assert names(out.parent) == ["backup"]


def test_a_data_folder_in_the_backup_is_not_replaced_with_it(
    data: DataFolder, written: LogHead, write, out: Path
) -> None:
    back_up(data, EVIDENCE, out)
    inside = DataFolder(out / "data")
    restore(inside, EVIDENCE, out)
    before = contents(out)

    with pytest.raises(BackupError, match="without the data folder"):
        back_up(inside, EVIDENCE, out)
    with pytest.raises(BackupError, match="found data, which its manifest does not name"):
        back_up(data, EVIDENCE, out)
    assert contents(out) == before


@pytest.mark.parametrize(
    "content", ["a file", "a folder", "a damaged manifest", "a manifest of another kind"]
)
def test_what_is_no_backup_of_this_log_is_left_alone(
    content: str, data: DataFolder, written: LogHead, write, out: Path
) -> None:
    if content == "a file":
        out.write_text("precious")
    elif content == "a manifest of another kind":
        write(data, 1, kind=LogKind.TRAINING)
        back_up(data, LogKind.TRAINING, out)
    else:
        out.mkdir()
        (out / ("precious.txt" if content == "a folder" else MANIFEST)).write_text("precious")
    before = contents(out.parent)

    with pytest.raises(BackupError, match="expected"):
        back_up(data, EVIDENCE, out)
    assert contents(out.parent) == before
    assert names(out.parent) == ["backup"]


def test_the_backup_of_another_log_is_not_replaced(
    data: DataFolder, written: LogHead, write, out: Path, tmp_path: Path
) -> None:
    other = DataFolder(tmp_path / "other")
    write(other, 2)
    back_up(other, EVIDENCE, out)

    with pytest.raises(BackupError, match="which this log does not hold: choose another folder"):
        back_up(data, EVIDENCE, out)
    assert read_manifest(out, EVIDENCE).ends_at == head_of(other)


def test_a_newer_backup_is_not_replaced_by_an_older_log(
    data: DataFolder, written: LogHead, write, out: Path, tmp_path: Path
) -> None:
    shutil.copytree(data.path, tmp_path / "old copy")
    write(data, 2)
    back_up(data, EVIDENCE, out)

    with pytest.raises(BackupError, match="which this log does not hold"):
        back_up(DataFolder(tmp_path / "old copy"), EVIDENCE, out)


def test_a_folder_in_the_data_folder_is_refused(data: DataFolder, written: LogHead) -> None:
    with pytest.raises(BackupError, match="outside of the data folder"):
        back_up(data, EVIDENCE, data.path / "backup")
    assert not (data.path / "backup").exists()


@pytest.mark.parametrize("name", ["a\0b", "\udcff" * 300])
def test_a_name_that_no_folder_can_have_is_refused(name: str, data: DataFolder, written: LogHead) -> None:
    with pytest.raises(ExportError):
        back_up(data, EVIDENCE, Path("/nowhere") / name)


def test_an_empty_folder_is_taken(data: DataFolder, written: LogHead, out: Path) -> None:
    out.mkdir(parents=True)
    back_up(data, EVIDENCE, out)
    assert head_of(DataFolder(out)) == written


def test_a_place_that_cannot_be_written_to_is_said_to_be(
    data: DataFolder, written: LogHead, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="could not be written"):
        back_up(data, EVIDENCE, tmp_path / "file" / "backup")


def test_a_program_that_is_ended_at_any_moment_leaves_the_old_backup_or_the_new_one(
    data: DataFolder, write, out: Path, tmp_path: Path
) -> None:
    old = write(data, 12)
    back_up(data, EVIDENCE, out)
    new = write(data, 1)
    found = []

    for step in ended_at_every_step(out.parent, lambda: back_up(data, EVIDENCE, out)):
        fresh = DataFolder(tmp_path / f"restored {step}")
        restore(fresh, EVIDENCE, out)
        found.append(head_of(fresh))
        shutil.rmtree(fresh.path)

    assert set(found) == {old, new}
    assert found == sorted(found, key=[old, new].index)  # never back again
    assert names(out.parent) == ["backup"]  # the last one cleaned up after all the others
    assert head_of(DataFolder(out)) == new


def test_a_backup_that_first_makes_room_is_caught(
    data: DataFolder, write, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same moments, and a program that removes the old backup first."""

    def hasty(part: Path, place: Path, *, replaces: bool) -> None:
        shutil.rmtree(place)
        part.rename(place)

    write(data, 12)
    back_up(data, EVIDENCE, out)
    monkeypatch.setattr("inspection.backup._put_in_place", hasty)
    with pytest.raises(BackupError):
        for step in ended_at_every_step(out.parent, lambda: back_up(data, EVIDENCE, out)):
            restore(DataFolder(tmp_path / f"restored {step}"), EVIDENCE, out)


def test_a_volume_that_is_begun_during_the_copy_goes_with_it_and_the_last_one_has_its_seal(
    data: DataFolder, written: LogHead, write, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = []

    def slow(source: Database, target: Path) -> None:
        copy_database(source, target)
        if target.name == "evidence-0003.sqlite" and not heads:
            heads.append(write(data, 10))

    monkeypatch.setattr("inspection.backup.copy_database", slow)

    manifest = back_up(data, EVIDENCE, out).manifest

    assert heads[0].volume > 3
    assert manifest.ends_at == heads[0]
    assert head_of(DataFolder(out)) == heads[0]


# Damage


def damage(path: Path, tampering) -> None:
    with tampering(path) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence % 50000 = 3")


def test_a_damaged_volume_is_copied_as_it_is_and_named(
    data: DataFolder, written: LogHead, out: Path, tampering, tmp_path: Path
) -> None:
    damage(data.log(EVIDENCE), tampering)

    manifest = back_up(data, EVIDENCE, out).manifest

    assert manifest.damaged == (1,)
    assert [one.is_whole for one in manifest.volumes] == [False, True, True]
    fresh = DataFolder(tmp_path / "fresh")
    restore(fresh, EVIDENCE, out)  # it is what there is
    with InspectionLog.open_read_only(fresh.log(EVIDENCE), kind=EVIDENCE) as log:
        assert {problem.sequence for problem in log.verify().problems} >= {3}


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_volume_that_sqlite_cannot_read_is_copied_byte_for_byte(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path, content: bytes
) -> None:
    data.log(EVIDENCE).write_bytes(content)

    manifest = back_up(data, EVIDENCE, out).manifest

    assert manifest.damaged == (1,)
    assert (out / "evidence.sqlite").read_bytes() == content
    fresh = DataFolder(tmp_path / "fresh")
    restore(fresh, EVIDENCE, out)
    assert fresh.log(EVIDENCE).read_bytes() == content


def test_a_backup_that_has_a_volume_whole_is_not_replaced_by_one_that_has_it_damaged(
    data: DataFolder, written: LogHead, out: Path, tampering, tmp_path: Path
) -> None:
    back_up(data, EVIDENCE, out)
    before = contents(out)
    damage(data.log(EVIDENCE), tampering)

    with pytest.raises(BackupError, match="volume 1 of this log is damaged, and the backup in"):
        back_up(data, EVIDENCE, out)
    assert contents(out) == before
    assert back_up(data, EVIDENCE, tmp_path / "another").manifest.damaged == (1,)
    assert names(out.parent) == ["backup"]


# Putting one back


@pytest.fixture
def backup(data: DataFolder, written: LogHead, out: Path, clock) -> Path:
    with InspectionLog.open(data.log(EVIDENCE), kind=EVIDENCE, clock=clock, volume_size=SMALL) as log:
        log.append(backup_entry(out, log.head()))
    back_up(data, EVIDENCE, out)
    return out


def test_where_there_is_no_log_all_of_it_is_put_in_place(backup: Path, tmp_path: Path) -> None:
    fresh = DataFolder(tmp_path / "new laptop")

    report = restore(fresh, EVIDENCE, backup)

    assert report.volumes == (1, 2, 3)
    assert head_of(fresh) == read_manifest(backup, EVIDENCE).ends_at
    volumes = [path.name for path in volume_files(fresh.log(EVIDENCE)).values()]
    assert names(fresh.path) == sorted([*volumes, "evidence.restored"])  # until the log itself says it


def test_on_a_new_laptop_the_log_goes_on_in_a_new_volume_with_a_new_key(
    backup: Path, tmp_path: Path, identification
) -> None:
    fresh = DataFolder(tmp_path / "new laptop")
    report = restore(fresh, EVIDENCE, backup)

    with InspectionLog.open(fresh.log(EVIDENCE), kind=EVIDENCE) as log:
        entry = log.entry(log.head().last)
        assert [notice.kind for notice in log.notices] == [NoticeKind.KEY_LOST]
        assert log.head().volume == 4
        log.append(identification(99))
        assert log.verify(str(report.manifest.ends_at)).ok
    assert entry.body["what"] == "restored"
    assert entry.body["volumes"] == 3
    assert entry.body["backup"]["head"] == report.manifest.head


def test_where_the_key_still_is_the_log_goes_on_in_its_newest_volume(
    data: DataFolder, backup: Path, write
) -> None:
    for path in volume_files(data.log(EVIDENCE)).values():
        path.unlink()
    report = restore(data, EVIDENCE, backup)

    with InspectionLog.open(data.log(EVIDENCE), kind=EVIDENCE) as log:
        assert log.entry(log.head().last).body["backup"]["head"] == report.manifest.head
        assert log.notices == ()
        assert log.head().volume == 3
        assert log.verify().ok


@pytest.fixture
def older(data: DataFolder, write, out: Path, tmp_path: Path) -> tuple[DataFolder, LogHead]:
    """A copy of the data folder as it was yesterday, and where the log ends today, as in the backup."""
    write(data, 13)
    shutil.copytree(data.path, tmp_path / "yesterday")
    newest = write(data, 20)
    back_up(data, EVIDENCE, out)
    return DataFolder(tmp_path / "yesterday"), newest


def test_a_log_that_the_backup_continues_is_brought_up_to_it(
    older: tuple[DataFolder, LogHead], out: Path
) -> None:
    yesterday, newest = older
    untouched = yesterday.log(EVIDENCE).stat().st_ino

    report = restore(yesterday, EVIDENCE, out)

    assert report.volumes == (2, 3, 4, 5)
    assert head_of(yesterday) == newest
    assert yesterday.log(EVIDENCE).stat().st_ino == untouched  # volume 1 was the same already


def test_a_log_that_is_newer_than_the_backup_is_left_as_it_is(data: DataFolder, backup: Path, write) -> None:
    write(data, 1)
    before = contents(data.path)
    with pytest.raises(BackupError, match="is newer than the backup, by 1 entry: it is left as it is"):
        restore(data, EVIDENCE, backup)
    assert contents(data.path) == before


def test_over_the_end_of_a_volume_newer_entries_are_counted_too(
    data: DataFolder, backup: Path, write
) -> None:
    assert write(data, 12).volume == read_manifest(backup, EVIDENCE).volume + 2
    with pytest.raises(BackupError, match=r"is newer than the backup, by 16 entries"):
        restore(data, EVIDENCE, backup)


def test_the_same_log_is_left_as_it_is(data: DataFolder, backup: Path) -> None:
    with pytest.raises(BackupError, match="holds everything that is in the backup"):
        restore(data, EVIDENCE, backup)


def test_another_log_is_left_as_it_is(backup: Path, write, tmp_path: Path) -> None:
    other = DataFolder(tmp_path / "other")
    write(other, 2)
    before = contents(other.path)
    with pytest.raises(BackupError, match="is another one than that of the backup"):
        restore(other, EVIDENCE, backup)
    assert contents(other.path) == before


def test_a_log_that_went_on_by_itself_is_another_one(
    older: tuple[DataFolder, LogHead], out: Path, write
) -> None:
    yesterday, _ = older
    write(yesterday, 1)
    with pytest.raises(BackupError, match="neither continues the other"):
        restore(yesterday, EVIDENCE, out)


def test_a_damaged_log_is_left_as_it_is_for_it_is_evidence_too(
    older: tuple[DataFolder, LogHead], out: Path, tampering
) -> None:
    yesterday, _ = older
    damage(yesterday.log(EVIDENCE), tampering)
    before = contents(yesterday.path)
    with pytest.raises(BackupError, match="it is left as it is, for it is evidence too"):
        restore(yesterday, EVIDENCE, out)
    assert contents(yesterday.path) == before


def test_the_backup_of_the_other_kind_is_refused(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="expected a backup of the training log, found one of the evidence"):
        restore(DataFolder(tmp_path / "fresh"), LogKind.TRAINING, backup)


def test_a_log_that_another_program_has_open_is_not_replaced(
    older: tuple[DataFolder, LogHead], out: Path
) -> None:
    yesterday, _ = older
    with InspectionLog.open(yesterday.log(EVIDENCE), kind=EVIDENCE) as log:
        with pytest.raises(LogWriteError, match="another program keeps it locked"):
            restore(yesterday, EVIDENCE, out)
        assert log.verify().ok


def test_records_beside_a_log_that_is_gone_are_not_mixed_into_it(
    data: DataFolder, backup: Path, write, tmp_path: Path
) -> None:
    fresh = DataFolder(tmp_path / "fresh")
    fresh.path.mkdir()
    (fresh.path / "evidence-0003.sqlite-wal").write_bytes(b"records" * 1000)
    with pytest.raises(BackupError, match="which may hold records of a file that is gone"):
        restore(fresh, EVIDENCE, backup)
    assert names(fresh.path) == ["evidence-0003.sqlite-wal"]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["evidence.sqlite", "evidence-0003.sqlite", "national_list.csv"])
@pytest.mark.parametrize("how", [flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    name: str, how: Callable[[Path], object], data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    data.national_list.write_text("name\n")
    back_up(data, EVIDENCE, out)
    how(out / name)
    fresh = DataFolder(tmp_path / "fresh")

    with pytest.raises(BackupError, match=f"{name}"):
        restore(fresh, EVIDENCE, out)
    assert names(fresh.path) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said | {"format": 2},
        lambda said: said | {"head": "00" * 32},
        lambda said: said | {"count": 3},
        lambda said: said | {"volumes": []},
        lambda said: said | {"volumes": [said["volumes"][0] | {"file": "../evidence.sqlite"}]},
        lambda said: said | {"volumes": [said["volumes"][0] | {"beside": {"../users.sqlite": "00" * 32}}]},
        lambda said: said | {"others": {"../../users.sqlite": "00" * 32}},
        lambda said: said | {"others": {"keys/evidence.json": "00" * 32}},
        lambda said: said | {"volumes": said["volumes"][1:]},
        lambda said: said | {"volumes": [1, 2]},
        lambda said: {key: said[key] for key in said if key != "time"},
        lambda said: [],
        lambda said: "",
        lambda said: None,
    ],
)
def test_a_manifest_that_was_changed_is_refused(
    change: Callable[[dict], object], backup: Path, tmp_path: Path
) -> None:
    said = json.loads((backup / MANIFEST).read_text())
    (backup / MANIFEST).write_text(json.dumps(change(said)))
    fresh = DataFolder(tmp_path / "fresh")

    with pytest.raises(BackupError):
        restore(fresh, EVIDENCE, backup)
    assert not fresh.path.exists() or names(fresh.path) == []


@pytest.mark.parametrize("place", ["nowhere", "nothing in it", "a\0b"])
def test_what_is_no_backup_is_said_to_be_none(place: str, tmp_path: Path) -> None:
    (tmp_path / "nothing in it").mkdir()
    with pytest.raises(BackupError, match="expected"):
        restore(DataFolder(tmp_path / "fresh"), EVIDENCE, tmp_path / place)
    assert not (tmp_path / "fresh").exists()


def test_users_and_tables_are_put_in_place_only_where_there_are_none(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    UserStore(data.users).add_first("Administrator 1", "304958")
    data.national_list.write_text("theirs\n")
    back_up(data, EVIDENCE, out)
    fresh = DataFolder(tmp_path / "fresh")
    fresh.path.mkdir()
    fresh.national_list.write_text("ours\n")

    report = restore(fresh, EVIDENCE, out)

    assert report.others == ("users.sqlite",)
    assert report.kept == ("national_list.csv",)
    assert fresh.national_list.read_text() == "ours\n"
    assert [user.name for user in UserStore(fresh.users).users()] == ["Administrator 1"]
    if os.name == "posix":
        assert stat.S_IMODE(fresh.users.stat().st_mode) == 0o600


def test_a_program_that_is_ended_at_any_moment_leaves_what_the_next_one_completes(
    older: tuple[DataFolder, LogHead], out: Path, tmp_path: Path
) -> None:
    yesterday, newest = older
    shutil.copytree(yesterday.path, tmp_path / "kept")

    def afresh() -> None:
        shutil.rmtree(yesterday.path)
        shutil.copytree(tmp_path / "kept", yesterday.path)

    def work() -> None:
        restore(yesterday, EVIDENCE, out)

    for _ in ended_at_every_step(yesterday.path, work, afresh=afresh):
        with InspectionLog.open_read_only(yesterday.log(EVIDENCE), kind=EVIDENCE) as log:
            assert log.verify().ok
        again = DataFolder(tmp_path / "again")
        shutil.copytree(yesterday.path, again.path)
        if head_of(again) != newest:
            restore(again, EVIDENCE, out)
        assert head_of(again) == newest
        shutil.rmtree(again.path)
    assert head_of(yesterday) == newest
    assert not list(yesterday.path.glob(".*"))


def test_a_volume_after_the_newest_that_holds_nothing_yet_is_passed_over(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    volume_path(data.log(EVIDENCE), 4).touch()

    manifest = back_up(data, EVIDENCE, out).manifest

    assert [one.volume for one in manifest.volumes] == [1, 2, 3]
    assert manifest.ends_at == written


def test_the_entry_says_where_the_log_ended_before_and_of_the_place_only_the_name(
    data: DataFolder, written: LogHead, out: Path
) -> None:
    entry = backup_entry(out, written)
    assert entry.kind is EntryKind.BACKUP
    assert entry.body == {
        "folder": "backup",
        "volume": written.volume,
        "count": written.count,
        "head": written.head,
    }


# What a manifest is worth


def changed(out: Path, **said: object) -> None:
    """Change what the manifest of a backup says."""
    manifest = json.loads((out / MANIFEST).read_text())
    (out / MANIFEST).write_text(json.dumps({**manifest, **said}))


def test_a_manifest_is_signed_with_the_key_of_the_log(data: DataFolder, written: LogHead, out: Path) -> None:
    manifest = back_up(data, EVIDENCE, out).manifest
    said = json.loads((out / MANIFEST).read_text())
    signature = bytes.fromhex(said.pop("signature"))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.public_key))

    key.verify(signature, b"chemgate.backup.1\0" + canonical_json(said))  # raises when it does not hold
    assert LogKeys(data.keys).signer(EVIDENCE).public_key == manifest.public_key


@pytest.mark.parametrize(
    "said",
    [
        {"time": "2020-01-01T00:00:00+00:00"},
        {"problems": 99},
        {"program": "0.0"},
        {"entries": 1},
        {"another": "word"},
    ],
)
def test_whatever_is_changed_in_a_signed_manifest_is_found(
    said: dict[str, object], data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    back_up(data, EVIDENCE, out)
    changed(out, **said)

    with pytest.raises(BackupError, match="its signature does not hold"):
        restore(DataFolder(tmp_path / "new"), EVIDENCE, out)


def test_one_that_is_signed_with_a_key_of_somebody_else_is_refused(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    manifest = back_up(data, EVIDENCE, out).manifest
    keys = LogKeys(tmp_path / "keys")
    forged = replace(manifest, time="2020-01-01", public_key=keys.signer(EVIDENCE).public_key, signature=None)
    (out / MANIFEST).write_bytes(signed(forged, keys).text())

    with pytest.raises(BackupError, match="the key"):
        restore(DataFolder(tmp_path / "new"), EVIDENCE, out)


def test_without_the_key_the_manifest_is_not_signed_and_the_log_says_so(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    next(data.keys.glob("*.key")).unlink()
    assert back_up(data, EVIDENCE, out).manifest.signature is None
    new = DataFolder(tmp_path / "new")
    restore(new, EVIDENCE, out)

    with InspectionLog.open(new.log(EVIDENCE), kind=EVIDENCE) as log:
        body = log.entry(log.head().last).body
    assert body["backup"]["is_signed"] is False
    assert "not signed" in body["message"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"count": 3}, "expected a log that ends at"),
        ({"entries": 9}, "expected 9 entries"),
        ({"public_key": "ab" * 32}, "the key abababab"),
    ],
)
def test_a_manifest_that_is_not_signed_must_fit_its_log(
    said: dict[str, object], sentence: str, data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    back_up(data, EVIDENCE, out)
    changed(out, signature=None, **said)

    with pytest.raises(BackupError, match=sentence):
        restore(DataFolder(tmp_path / "new"), EVIDENCE, out)


def test_it_must_name_ends_of_volumes_that_there_are(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    back_up(data, EVIDENCE, out)
    volumes = json.loads((out / MANIFEST).read_text())["volumes"]
    volumes[0]["count"] -= 1
    changed(out, signature=None, volumes=volumes)

    with pytest.raises(BackupError, match=r"expected volume 1 in .* to end where its manifest says"):
        restore(DataFolder(tmp_path / "new"), EVIDENCE, out)


def test_a_backup_of_a_version_that_signed_nothing_is_read(
    data: DataFolder, written: LogHead, out: Path, tmp_path: Path
) -> None:
    back_up(data, EVIDENCE, out)
    said = json.loads((out / MANIFEST).read_text())
    del said["signature"], said["retired"]
    (out / MANIFEST).write_text(json.dumps(said))

    assert restore(DataFolder(tmp_path / "new"), EVIDENCE, out).volumes == (1, 2, 3)


def test_a_backup_in_a_folder_that_is_not_there_is_not_made(
    data: DataFolder, written: LogHead, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="there is no folder"):
        back_up(data, EVIDENCE, tmp_path / "pulled out" / "backup")
    assert not (tmp_path / "pulled out").exists()
