"""Old volumes go to an archive: the log knows of it, and no moment leaves them in neither place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pysqlite3
import pytest

from inspection.backup import back_up
from inspection.chain import ProblemKind
from inspection.errors import (
    BackupError,
    LogWriteError,
    RecordError,
    RetirementError,
    UnknownEntryError,
    UnknownInspectionError,
)
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_check import VerifyReport
from inspection.log_kind import LogKind
from inspection.log_volume import volume_path
from inspection.records import EntryKind, LogEntry, NewEntry, closing, opening
from inspection.restore import restore
from inspection.retirement import VolumeState, retire, volume_summaries
from tests.inspection.ended_program import ended_at_every_step

SMALL = 12  # entries of a volume here
EVIDENCE = LogKind.EVIDENCE
REASON = "kept for ten years"
OPENED = "20261124-7K3FQ2"


@pytest.fixture
def data(data_dir: Path) -> DataFolder:
    return DataFolder(data_dir)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf" / "archive of 2026"


@pytest.fixture
def open_log(data: DataFolder, clock) -> Callable[[], InspectionLog]:
    return partial(InspectionLog.open, data.log(EVIDENCE), kind=EVIDENCE, clock=clock, volume_size=SMALL)


@pytest.fixture
def written(data: DataFolder, open_log, identification) -> Path:
    """A log of four volumes; gives the file of the first."""
    with open_log() as log:
        for number in range(26):
            log.append(identification(number))
        assert log.head().volume == 4
    return data.log(EVIDENCE)


@pytest.fixture
def moved(data: DataFolder, written: Path, archive: Path, open_log) -> Path:
    """The same log without its first volume."""
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    return written


def verified(path: Path, anchor: str | None = None) -> VerifyReport:
    with InspectionLog.open_read_only(path, kind=EVIDENCE) as log:
        return log.verify(anchor)


def retirements(path: Path) -> list[LogEntry]:
    with InspectionLog.open_read_only(path, kind=EVIDENCE) as log:
        return list(log.entries(kind=EntryKind.VOLUME_RETIRED))


def states(path: Path) -> dict[int, VolumeState]:
    with InspectionLog.open_read_only(path, kind=EVIDENCE) as log:
        return {one.volume: one.state for one in volume_summaries(log)}


def damage(path: Path, tampering) -> None:
    with tampering(path) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence % 50000 = 3")


# What is moved


def test_a_sealed_volume_lies_in_the_archive_as_it_lay_here(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    before = written.read_bytes()

    moved = retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)

    assert not written.exists()
    assert (archive / written.name).read_bytes() == before
    assert [path.name for path in archive.iterdir()] == [written.name]
    [entry] = retirements(written)
    assert entry.body == {**moved.body(), "archive": "archive of 2026", "reason": REASON, "state": "sealed"}
    assert moved.files == {written.name: moved.sha256}


def test_the_log_without_it_is_whole_and_goes_on(moved: Path, open_log, identification) -> None:
    assert verified(moved).ok
    with open_log() as log:
        log.append(identification(50))
        assert log.verify().ok
        assert next(iter(log.entries())).sequence == 50_001
    assert states(moved)[1] is VolumeState.RETIRED


def test_what_lies_in_the_archive_is_said_where_it_is_asked_for(moved: Path) -> None:
    with (
        InspectionLog.open_read_only(moved, kind=EVIDENCE) as log,
        pytest.raises(UnknownEntryError, match=r"entry 4 lies in volume 1 .*'archive of 2026'"),
    ):
        log.entry(4)


def test_a_volume_that_was_copied_back_is_read_again(moved: Path, archive: Path) -> None:
    shutil.copy(archive / moved.name, moved)
    with InspectionLog.open_read_only(moved, kind=EVIDENCE) as log:
        assert log.entry(4).kind is EntryKind.IDENTIFICATION
        assert log.verify().ok
        assert volume_summaries(log)[0].size_bytes is not None


def test_a_volume_that_is_gone_without_such_an_entry_is_missed(moved: Path) -> None:
    volume_path(moved, 2).unlink()
    [problem] = verified(moved).problems
    assert problem.kind is ProblemKind.VOLUME
    assert "volume 2 of the log is missing" in problem.message


def test_another_volume_in_its_place_is_noticed(
    moved: Path, archive: Path, tmp_path: Path, clock, identification
) -> None:
    other = tmp_path / "other" / "evidence.sqlite"
    with InspectionLog.open(other, kind=EVIDENCE, clock=clock, volume_size=SMALL) as log:
        for number in range(12):
            log.append(identification(number))
    shutil.copy(other, moved)
    found = {problem.message for problem in verified(moved).problems}
    assert any("is not the one that was moved to the archive" in message for message in found)


def test_an_anchor_of_the_end_of_a_retired_volume_holds_and_one_from_within_asks_for_the_file(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    with InspectionLog.open_read_only(written, kind=EVIDENCE) as log:
        end = log.volumes[0].head()
        within = f"1:4:{log.entry(4).hash.hex()}"
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)

    assert verified(written, str(end)).ok
    [problem] = verified(written, within).problems
    assert problem.kind is ProblemKind.ANCHOR
    assert "copy it back to compare the two" in problem.message
    assert not verified(written, str(end).replace(end.head[:8], "00000000")).ok
    shutil.copy(archive / written.name, written)
    assert verified(written, within).ok


def test_every_volume_but_the_newest_can_go_and_the_log_still_knows_of_all(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    for number in (1, 2, 3):
        retire(data, EVIDENCE, number, archive, REASON, open_log=open_log)
    with open_log() as log:  # the entries about the first three lie in the fourth, or in a later one
        for _ in range(12):
            log.append(NewEntry(EntryKind.BACKGROUND, {}))
        newest = log.head().volume
    for number in range(4, newest):
        retire(data, EVIDENCE, number, archive, REASON, open_log=open_log)

    assert verified(written).ok
    with InspectionLog.open_read_only(written, kind=EVIDENCE) as log:
        assert set(log.retired()) == set(range(1, newest))
        assert len(log.volumes) == log.head().volume - newest + 1
        assert [one.state for one in volume_summaries(log)][: newest - 1] == [VolumeState.RETIRED] * (
            newest - 1
        )


def test_a_volume_that_another_program_still_has_open_for_reading_can_go(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    if os.name == "nt":
        pytest.skip("Windows removes no file that is open")
    with InspectionLog.open_read_only(written, kind=EVIDENCE) as reader:
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
        assert reader.verify().ok
    assert not written.exists()


def test_a_sealed_volume_that_another_program_keeps_in_two_files_waits_for_it(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    """A sealed volume becomes one plain file as soon as nobody has it open any more."""
    holder = pysqlite3.connect(written)
    holder.execute("PRAGMA journal_mode = WAL").fetchone()
    holder.execute("SELECT count(*) FROM entries").fetchone()
    with pytest.raises(LogWriteError, match="another program keeps it locked"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert written.exists()
    assert retirements(written) == []
    holder.close()
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert [path.name for path in archive.iterdir()] == [written.name]
    assert not list(data.path.glob(f"{written.name}*"))


def test_a_damaged_volume_that_was_left_goes_byte_for_byte(
    data: DataFolder, written: Path, archive: Path, open_log, tampering
) -> None:
    newest = volume_path(written, 4)
    damage(newest, tampering)
    open_log().close()  # begins volume 5
    before = newest.read_bytes()

    moved = retire(data, EVIDENCE, 4, archive, "damaged", open_log=open_log)

    assert moved.state == VolumeState.DAMAGED
    assert (archive / newest.name).read_bytes() == before
    assert not newest.exists()
    assert verified(written).ok


@pytest.mark.parametrize("number", [1, 4])
def test_a_volume_that_nothing_can_read_any_more_goes_too(
    number: int, data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    path = volume_path(written, number)
    path.write_bytes(b"no database at all" * 300)
    open_log().close()

    moved = retire(data, EVIDENCE, number, archive, "unreadable", open_log=open_log)

    assert (moved.state, moved.count, moved.head) == (VolumeState.DAMAGED, None, None)
    assert (archive / path.name).read_bytes() == b"no database at all" * 300
    assert verified(written).ok


# What stays


def test_the_newest_volume_stays(data: DataFolder, written: Path, archive: Path, open_log) -> None:
    with pytest.raises(RetirementError, match="volume 4 is the newest"):
        retire(data, EVIDENCE, 4, archive, REASON, open_log=open_log)
    assert not archive.exists()


def test_a_volume_that_there_is_not_is_named(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    with pytest.raises(RetirementError, match="one of 1, 2, 3, 4, found 9"):
        retire(data, EVIDENCE, 9, archive, REASON, open_log=open_log)


def test_a_volume_that_has_gone_goes_no_second_time(
    data: DataFolder, moved: Path, archive: Path, open_log
) -> None:
    with pytest.raises(RetirementError, match="was moved to the archive 'archive of 2026' already"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)


def test_a_volume_whose_inspections_are_still_open_stays(
    data: DataFolder, archive: Path, open_log, identification
) -> None:
    with open_log() as log:
        log.append(opening(OPENED))
        for number in range(9):
            log.append(identification(number))
    with pytest.raises(RetirementError, match=f"found 1 that is not, the first {OPENED}"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    with open_log() as log:
        log.append(closing(OPENED))
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert verified(data.log(EVIDENCE)).ok


@pytest.mark.parametrize("reason", ["", "  ", "one\nother"])
def test_a_reason_is_one_line_of_text(
    reason: str, data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    with pytest.raises(RecordError, match="reason"):
        retire(data, EVIDENCE, 1, archive, reason, open_log=open_log)
    assert written.exists()


@pytest.mark.parametrize("place", [".", "archive", "keys"])
def test_an_archive_in_the_data_folder_is_none(place: str, data: DataFolder, written: Path, open_log) -> None:
    with pytest.raises(RetirementError, match="outside of the data folder"):
        retire(data, EVIDENCE, 1, data.path / place, REASON, open_log=open_log)
    assert written.exists()


def test_a_file_of_that_name_in_the_archive_is_not_replaced(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    archive.mkdir(parents=True)
    (archive / written.name).write_text("of another installation")
    with pytest.raises(RetirementError, match="choose another folder"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert (archive / written.name).read_text() == "of another installation"
    assert written.exists()
    assert retirements(written) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows lets few people make links")
@pytest.mark.parametrize("make_link", [os.symlink, os.link])
def test_a_link_in_the_archive_that_leads_back_here_is_no_copy(
    make_link, data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    archive.mkdir()
    before = written.read_bytes()
    make_link(written, archive / written.name)
    with pytest.raises(RetirementError, match="a file of its own"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert written.read_bytes() == before
    assert retirements(written) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows lets few people make links")
def test_a_copy_that_becomes_a_link_while_the_log_is_written_to_takes_nothing_along(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    before, calls = written.read_bytes(), iter(range(9))

    def open_and_swap() -> InspectionLog:
        if next(calls) == 1:  # the copy was made and checked
            (archive / written.name).unlink()
            (archive / written.name).symlink_to(written)
        return open_log()

    with pytest.raises(RetirementError, match="a file of its own"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_and_swap)
    assert written.read_bytes() == before


@pytest.mark.parametrize("place", ["a file", "a file/below", "a\0b"])
def test_a_place_that_cannot_be_is_said_to_be_none(
    place: str, data: DataFolder, written: Path, open_log, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(RetirementError):
        retire(data, EVIDENCE, 1, tmp_path / place, REASON, open_log=open_log)
    assert written.exists()


def test_a_medium_that_keeps_something_else_than_was_written_is_noticed(
    data: DataFolder, written: Path, archive: Path, open_log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_bytes(source: Path, target: Path) -> str:
        target.write_bytes(source.read_bytes()[:-1] + b"?")
        return "00" * 32

    monkeypatch.setattr("inspection.retirement.copy_bytes", copy_bytes)
    with pytest.raises(RetirementError, match="the medium cannot be relied on"):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert written.exists()
    assert retirements(written) == []
    assert list(archive.iterdir()) == []


def test_where_the_log_takes_no_entry_the_volume_stays(
    data: DataFolder, written: Path, archive: Path, open_log
) -> None:
    next(data.keys.glob("*.key")).unlink()
    with pytest.raises(LogWriteError):
        retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    assert written.exists()


# Ended at any moment


def in_neither_place(written: Path, archive: Path, whole: bytes) -> bool:
    places = (written, archive / written.name)
    return not any(path.exists() and path.read_bytes() == whole for path in places)


def test_a_program_that_is_ended_at_any_moment_leaves_the_volume_in_one_place_at_least(
    data: DataFolder, written: Path, archive: Path, open_log, tmp_path: Path
) -> None:
    whole = written.read_bytes()
    shutil.copytree(data.path, tmp_path / "kept")
    work = partial(retire, data, EVIDENCE, 1, archive, REASON, open_log=open_log)

    def afresh() -> None:
        shutil.rmtree(data.path)
        shutil.rmtree(archive, ignore_errors=True)
        shutil.copytree(tmp_path / "kept", data.path)

    seen = set()
    for _ in ended_at_every_step(tmp_path, work, afresh=afresh):
        assert not in_neither_place(written, archive, whole)
        assert verified(written).ok
        seen.add((written.exists(), len(retirements(written))))
        if written.exists():
            work()  # the next one goes on from there
        assert not in_neither_place(written, archive, whole)
        assert not written.exists()
        assert len(retirements(written)) == 1
        assert verified(written).ok
    assert seen == {(True, 0), (True, 1), (False, 1)}


def test_a_program_that_moves_without_a_checked_copy_is_caught(
    data: DataFolder, written: Path, archive: Path, open_log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same moments, and a program that removes the file before the copy has its name."""

    def hasty(source: Path, target: Path) -> str:
        content = source.read_bytes()
        source.unlink()
        target.write_bytes(content)
        return ""

    whole = written.read_bytes()
    shutil.copytree(data.path, tmp_path / "kept")

    def afresh() -> None:
        shutil.rmtree(data.path)
        shutil.rmtree(archive, ignore_errors=True)
        shutil.copytree(tmp_path / "kept", data.path)

    monkeypatch.setattr("inspection.retirement.copy_bytes", hasty)
    work = partial(_quietly, partial(retire, data, EVIDENCE, 1, archive, REASON, open_log=open_log))
    assert any(
        in_neither_place(written, archive, whole) for _ in ended_at_every_step(tmp_path, work, afresh=afresh)
    )


def _quietly(work: Callable[[], object]) -> None:
    try:
        work()
    except RetirementError:
        return


# With backups, and what there is


def test_a_backup_of_a_log_with_a_retired_volume_is_whole_and_can_be_restored(
    data: DataFolder, moved: Path, tmp_path: Path
) -> None:
    manifest = back_up(data, EVIDENCE, tmp_path / "backup").manifest
    fresh = DataFolder(tmp_path / "fresh")
    restore(fresh, EVIDENCE, tmp_path / "backup")
    assert manifest.problems == 0
    assert [one.volume for one in manifest.volumes] == [2, 3, 4]
    assert verified(fresh.log(EVIDENCE)).ok


def test_a_log_that_still_has_a_volume_that_the_backup_retired_is_brought_up_to_it(
    data: DataFolder, written: Path, archive: Path, open_log, tmp_path: Path
) -> None:
    shutil.copytree(data.path, tmp_path / "yesterday")
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    back_up(data, EVIDENCE, tmp_path / "backup")
    yesterday = DataFolder(tmp_path / "yesterday")

    restore(yesterday, EVIDENCE, tmp_path / "backup")

    assert yesterday.log(EVIDENCE).exists()  # nothing is removed by a restore
    assert verified(yesterday.log(EVIDENCE)).ok


def test_each_volume_is_told_with_its_extent_and_age(
    data: DataFolder, moved: Path, open_log, tampering
) -> None:
    volume_path(moved, 2).write_bytes(b"nothing")
    with InspectionLog.open_read_only(moved, kind=EVIDENCE) as log:
        first, second, third, fourth = volume_summaries(log)
        newest = log.entry(log.volumes[-1].last()[0])

    assert [one.state for one in (first, second, third, fourth)] == [
        VolumeState.RETIRED,
        VolumeState.DAMAGED,
        VolumeState.SEALED,
        VolumeState.NEWEST,
    ]
    assert (first.first, first.last, first.count) == (1, 10, 10)
    assert (first.size_bytes, first.archive) == (None, "archive of 2026")
    assert first.begun == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert (second.last, second.ended, second.years(datetime.now(UTC))) == (None, None, None)
    assert second.size_bytes == 7
    assert third.size_bytes == volume_path(moved, 3).stat().st_size
    assert fourth.ended == newest.time
    assert fourth.years(newest.time + timedelta(days=3653)) == pytest.approx(10, abs=0.01)


def test_a_volume_that_was_left_for_another_key_is_told_from_a_damaged_one(
    data: DataFolder, written: Path, open_log, tampering
) -> None:
    shutil.rmtree(data.keys)
    with open_log() as log:
        log.append(NewEntry(EntryKind.BACKGROUND, {}))
    damage(volume_path(written, 5), tampering)
    open_log().close()
    assert states(written) == {
        1: VolumeState.SEALED,
        2: VolumeState.SEALED,
        3: VolumeState.SEALED,
        4: VolumeState.LEFT,
        5: VolumeState.DAMAGED,
        6: VolumeState.NEWEST,
    }


# Backups before and after


def copies(backup: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((backup / "retired").iterdir())]


def test_a_backup_that_ends_within_a_volume_that_was_retired_since_is_gone_on_with_and_keeps_it(
    data: DataFolder, open_log, identification, archive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "backup"
    with open_log() as log:
        for number in range(5):
            log.append(identification(number))
    before = back_up(data, EVIDENCE, out)
    copy = (out / "evidence.sqlite").read_bytes()
    with open_log() as log:
        for number in range(9):
            log.append(identification(number))
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)

    after = [back_up(data, EVIDENCE, out).manifest for _ in range(2)]

    assert before.manifest.volume == 1
    assert [one.volume for one in after[1].volumes] == [2]
    assert copies(out) == [copy]
    assert after[0].retired == after[1].retired != {}
    new = DataFolder(tmp_path / "new laptop")
    assert restore(new, EVIDENCE, out).volumes == (2,)
    assert verified(new.log(EVIDENCE)).ok


def test_a_volume_that_a_backup_has_whole_stays_in_it_after_it_was_retired(
    data: DataFolder, written: Path, open_log, archive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "backup"
    back_up(data, EVIDENCE, out)
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)

    manifest = back_up(data, EVIDENCE, out).manifest

    [(name, sha256)] = manifest.retired.items()
    assert name == f"{sha256[:8]}-evidence.sqlite"
    shutil.copy(out / "retired" / name, written)
    assert verified(written).ok  # it is the one that the log says was moved


def test_a_backup_of_another_log_is_not_gone_on_with_whatever_was_retired(
    data: DataFolder, moved: Path, identification, tmp_path: Path
) -> None:
    out, other = tmp_path / "backup", DataFolder(tmp_path / "other")
    with InspectionLog.open(other.log(EVIDENCE), kind=EVIDENCE) as log:
        log.append(identification(1))
    back_up(other, EVIDENCE, out)

    with pytest.raises(BackupError, match="which this log does not hold"):
        back_up(data, EVIDENCE, out)


def test_what_is_damaged_in_the_earlier_backup_is_left_there(
    data: DataFolder, written: Path, open_log, archive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "backup"
    back_up(data, EVIDENCE, out)
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)
    (out / "evidence.sqlite").write_bytes(b"damaged")

    with pytest.raises(BackupError, match="choose another folder"):
        back_up(data, EVIDENCE, out)
    assert (out / "evidence.sqlite").read_bytes() == b"damaged"


@pytest.mark.parametrize("name", ["../../evidence.sqlite", "0123abcd-../x.sqlite", "evidence.sqlite"])
def test_a_manifest_that_leads_out_of_its_folder_is_refused(
    name: str, data: DataFolder, written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "backup"
    back_up(data, EVIDENCE, out)
    said = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps({**said, "signature": None, "retired": {name: "ab" * 32}}))

    with pytest.raises(BackupError, match="retired volumes under names"):
        back_up(data, EVIDENCE, out)


def test_a_volume_does_not_go_to_a_medium_that_is_not_there(
    data: DataFolder, written: Path, open_log, tmp_path: Path
) -> None:
    with pytest.raises(RetirementError, match="there is no folder"):
        retire(data, EVIDENCE, 1, tmp_path / "pulled out" / "archive", REASON, open_log=open_log)
    assert written.exists()


def test_an_inspection_in_a_volume_that_is_gone_is_answered_with_the_archive(
    data: DataFolder, open_log, identification, archive: Path
) -> None:
    with open_log() as log:
        log.append(opening(OPENED))
        log.append(closing(OPENED))
        for number in range(12):
            log.append(identification(number))
    retire(data, EVIDENCE, 1, archive, REASON, open_log=open_log)

    with (
        InspectionLog.open_read_only(data.log(EVIDENCE), kind=EVIDENCE) as log,
        pytest.raises(UnknownInspectionError, match="volume 1 to the archive 'archive of 2026': copy"),
    ):
        log.inspection(OPENED)
