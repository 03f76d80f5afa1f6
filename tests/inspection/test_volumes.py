"""A log over several files: sealing, continuing, and what must never be lost between two of them."""

from __future__ import annotations

import os
from pathlib import Path

import pysqlite3
import pytest

from inspection.chain import VOLUME_SIZE, ProblemKind
from inspection.errors import LogKindError, LogMissingError, LogWriteError, UnknownEntryError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_volume import volume_files, volume_path
from inspection.records import EntryKind, NewEntry, closing, opening

NUMBER = "20261124-7K3FQ2"
SMALL = 12  # entries of a volume here


def opened(path: Path, clock, **how) -> InspectionLog:
    return InspectionLog.open(path, kind=LogKind.EVIDENCE, clock=clock, volume_size=SMALL, **how)


@pytest.fixture
def three_volumes(log_path: Path, clock, identification) -> Path:
    with opened(log_path, clock) as log:
        log.append(opening(NUMBER, declared="acetone"))
        for number in range(17):
            log.append(
                NewEntry(EntryKind.IDENTIFICATION, identification(number).body, inspection=NUMBER, sample=1)
            )
    return log_path


def test_a_full_volume_is_sealed_and_the_next_one_names_its_head(three_volumes: Path) -> None:
    assert [path.name for path in volume_files(three_volumes).values()] == [
        "evidence.sqlite",
        "evidence-0002.sqlite",
        "evidence-0003.sqlite",
    ]
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        first, second, third = log.volumes
        assert first.head().count <= SMALL
        assert log.entry(first.last()[0]).kind is EntryKind.VOLUME_SEALED
        genesis = log.entry(VOLUME_SIZE + 1)
        assert genesis.kind is EntryKind.GENESIS
        assert genesis.body["continues"] == {
            "volume": 1,
            "count": first.head().count,
            "head": first.head().head,
            "state": "sealed",
        }
        assert (second.number, third.number) == (2, 3)
        assert log.head().volume == 3
        report = log.verify()
        assert report.ok
        assert report.anchor == str(log.head())
        assert report.entries == sum(volume.head().count for volume in log.volumes)


def test_a_sealed_volume_is_one_plain_file(three_volumes: Path) -> None:
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE):
        pass
    connection = pysqlite3.connect(three_volumes)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    assert not three_volumes.with_name("evidence.sqlite-wal").exists()


def test_an_inspection_goes_on_over_the_end_of_a_volume(three_volumes: Path, clock, identification) -> None:
    with opened(three_volumes, clock) as log:
        assert log.inspection(NUMBER).declared == "acetone"
        assert log.next_sample(NUMBER) == 2
        findings = [
            entry for entry in log.entries(inspection=NUMBER) if entry.kind is EntryKind.IDENTIFICATION
        ]
        assert len(findings) == 17
        assert len({entry.sequence for entry in findings}) == 17
        log.append(closing(NUMBER))
        assert log.inspections()[0].closed is not None
        assert log.verify().ok


@pytest.mark.parametrize("limit", [1, 5, 11, 16, 17, 100])
def test_the_newest_entries_are_found_over_the_ends_of_volumes(three_volumes: Path, limit: int) -> None:
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        everything = list(log.entries(verdict="match"))
        assert list(log.entries(verdict="match", limit=limit)) == everything[-limit:]
        middle = everything[12].sequence
        assert list(log.entries(verdict="match", up_to=middle)) == everything[:13]
        assert list(log.entries(verdict="match", up_to=middle, limit=3)) == everything[10:13]


def test_a_number_between_two_volumes_has_no_entry(three_volumes: Path) -> None:
    with (
        InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log,
        pytest.raises(UnknownEntryError, match="no entry 40000"),
    ):
        log.entry(40_000)


def test_a_curve_is_found_in_the_volume_of_its_entry(log_path: Path, clock, identification) -> None:
    with opened(log_path, clock) as log:
        written = [log.append(identification(number)) for number in range(20)]
        for entry in written:
            curve = log.spectrum(entry.sequence)
            assert curve is not None
            assert curve.sha256 == entry.spectrum


def test_two_programs_write_over_the_end_of_a_volume_in_turn(log_path: Path, clock, identification) -> None:
    with opened(log_path, clock) as one, opened(log_path, clock) as other:
        written = [log.append(identification(n)).sequence for n in range(20) for log in (one, other)]
        assert len(set(written)) == 40
        assert sorted(written) == written
        assert one.head() == other.head()
        assert one.verify().ok
        assert other.verify().ok


def test_a_reader_sees_the_volume_that_was_begun_after_it_opened(
    log_path: Path, clock, identification
) -> None:
    with opened(log_path, clock) as log:
        log.append(identification(1))
        with InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE) as reader:
            last = [log.append(identification(number)) for number in range(15)][-1]
            assert reader.head() == log.head()
            assert reader.entry(last.sequence) == last
            assert list(reader.entries(limit=1)) == [last]


def test_a_program_that_ended_between_seal_and_next_volume_is_continued(
    log_path: Path, clock, identification
) -> None:
    with opened(log_path, clock) as log:
        log.append(identification(1))
        writer = log._writer
        with writer.transaction():
            writer.seal()
    with opened(log_path, clock) as log:
        entry = log.append(identification(2))
        assert entry.sequence == VOLUME_SIZE + 2
        assert log.verify().ok


def test_a_program_that_ended_before_the_genesis_of_a_volume_is_continued(
    three_volumes: Path, clock, identification
) -> None:
    volume_path(three_volumes, 4).touch()
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        assert log.head().volume == 3
    with opened(three_volumes, clock) as log:
        assert log.head().volume == 4
        log.append(identification(2))
        problems = log.verify().problems
        assert [problem.kind for problem in problems] == []


def test_the_end_of_a_sealed_volume_cannot_be_cut_off_unseen(three_volumes: Path, tampering) -> None:
    with tampering(three_volumes) as raw:
        [last] = raw.execute("SELECT max(sequence) FROM entries").fetchone()
        for table in ("entry_substances", "entry_texts", "entries"):
            raw.execute(f"DELETE FROM {table} WHERE sequence = ?", [last])
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        assert [problem.kind for problem in log.verify().problems] == [ProblemKind.VOLUME]


@pytest.mark.parametrize("number", [1, 2])
def test_a_missing_volume_is_named(three_volumes: Path, number: int) -> None:
    volume_path(three_volumes, number).unlink()
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        [problem] = log.verify().problems
    assert problem.kind is ProblemKind.VOLUME
    assert f"volume {number} of the log is missing" in problem.message


def test_an_anchor_of_an_older_volume_still_holds(three_volumes: Path) -> None:
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        assert log.verify(str(log.volumes[0].head())).ok
        wrong = str(log.volumes[0].head()).replace("1:", "2:", 1)
        assert [problem.kind for problem in log.verify(wrong).problems] == [ProblemKind.ANCHOR]


def test_a_training_volume_in_the_row_of_the_evidence_is_refused(
    three_volumes: Path, clock, identification
) -> None:
    training = three_volumes.with_name("training.sqlite")
    with InspectionLog.open(training, kind=LogKind.TRAINING, clock=clock) as log:
        log.append(identification(1))
    volume_path(three_volumes, 4).write_bytes(training.read_bytes())
    with pytest.raises(LogKindError):
        opened(three_volumes, clock)
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        assert log.head().volume == 3
        assert [problem.kind for problem in log.verify().problems] == [ProblemKind.FILE]


def test_a_volume_that_says_another_number_than_its_name_is_not_written_to(
    three_volumes: Path, clock, identification
) -> None:
    volume_path(three_volumes, 4).write_bytes(volume_path(three_volumes, 3).read_bytes())
    with opened(three_volumes, clock) as log:
        entry = log.append(identification(1))
        assert log.head().volume == 5
    assert entry.sequence > 4 * VOLUME_SIZE


def test_large_logs_are_checked_in_several_processes_with_the_same_answer(
    three_volumes: Path, tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tampering(volume_path(three_volumes, 2)) as raw:
        raw.execute("UPDATE entries SET officer = 'B' WHERE sequence = ?", [VOLUME_SIZE + 4])
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        alone = log.verify()
        monkeypatch.setattr("inspection.log_check.WORTH_PROCESSES", 1)
        monkeypatch.setattr("inspection.log_check.ENTRIES_OF_A_PART", 5)
        together = log.verify()
    assert alone == together
    assert [problem.sequence for problem in alone.problems] == [VOLUME_SIZE + 4]


def test_no_log_is_made_by_looking_for_its_volumes(tmp_path: Path) -> None:
    with pytest.raises(LogMissingError):
        InspectionLog.open_read_only(tmp_path / "nowhere" / "evidence.sqlite", kind=LogKind.EVIDENCE)
    assert not (tmp_path / "nowhere").exists()


def test_the_seal_is_the_last_entry_even_when_the_clock_was_set_back(
    log_path: Path, clock, identification
) -> None:
    moments = iter(range(10_000))
    start = clock()

    def restless():
        """Go back by an hour at every second call."""
        step = next(moments)
        return start.replace(hour=8 if step % 2 else 9)

    with opened(log_path, restless) as log:
        for number in range(40):
            log.append(identification(number))
        assert all(volume.head().count <= SMALL for volume in log.volumes)
        assert log.verify().ok
        assert any(entry.body.get("what") == "clock_back" for entry in log.entries(kind=EntryKind.INCIDENT))


ALMOST = [
    "evidence-0000.sqlite",
    "evidence-0001.sqlite",
    "evidence-00002.sqlite",
    "evidence-2.sqlite",
    "evidence-\u0660\u0660\u0660\u0664.sqlite",
    "evidence-99999999999999999999999.sqlite",
    "evidence-copy.sqlite",
]


@pytest.mark.parametrize("name", ALMOST)
@pytest.mark.parametrize("content", ["", "another log"])
def test_a_file_that_is_almost_named_like_a_volume_is_none_and_is_told_of(
    three_volumes: Path, clock, identification, name: str, content: str
) -> None:
    stray = three_volumes.with_name(name)
    stray.write_bytes(three_volumes.read_bytes() if content else b"")
    before = stray.read_bytes()
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        assert [volume.number for volume in log.volumes] == [1, 2, 3]
        [problem] = log.verify().problems
        assert (problem.kind, name in problem.message) == (ProblemKind.FILE, True)
    with opened(three_volumes, clock) as log:
        log.append(identification(1))
        assert log.head().volume == 3
    assert stray.read_bytes() == before


def an_empty_database(path: Path) -> None:
    connection = pysqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()


@pytest.mark.parametrize("make", [Path.touch, an_empty_database])
def test_no_volume_is_begun_whose_predecessor_is_missing(
    three_volumes: Path, clock, identification, make
) -> None:
    make(volume_path(three_volumes, 5))
    with opened(three_volumes, clock) as log:
        log.append(identification(1))
        assert log.head().volume == 3
        assert [problem.message for problem in log.verify().problems] == ["volume 4 of the log is missing"]


def test_a_damaged_file_under_the_last_number_is_followed_by_none(three_volumes: Path, clock) -> None:
    volume_path(three_volumes, 9999).write_bytes(b"no database")
    with pytest.raises(LogWriteError, match="at most 9999 volumes"):
        opened(three_volumes, clock)
    assert len(volume_files(three_volumes)) == 4


def test_a_number_of_a_volume_without_end_is_damage(three_volumes: Path, tampering) -> None:
    with tampering(volume_path(three_volumes, 2)) as raw:
        raw.execute("UPDATE meta SET value = ? WHERE key = 'volume'", ["9" * 5000])
    with InspectionLog.open_read_only(three_volumes, kind=LogKind.EVIDENCE) as log:
        assert "does not say which volume it is" in str(log.unreadable[2])


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such pipes")
@pytest.mark.parametrize("volume", [1, 2])
def test_a_pipe_in_the_place_of_a_volume_keeps_no_verb_waiting(
    start_chemgate, data_dir: Path, tmp_path: Path, volume: int
) -> None:
    data_dir.mkdir()
    if volume == 2:
        assert start_chemgate("inspection", "new").wait(timeout=30) == 0
    os.mkfifo(volume_path(data_dir / "evidence.sqlite", volume))
    codes = []
    for verb in (
        ("inspection", "new"),
        ("log", "list"),
        ("log", "verify"),
        ("log", "export", str(tmp_path / "out.json")),
        ("log", "backup", str(tmp_path / "backup")),
    ):
        child = start_chemgate(*verb)
        _, err = child.communicate(timeout=30)
        assert "Traceback" not in err
        codes.append(child.returncode)
    assert codes == ([5, 0, 2, 2, 2] if volume == 1 else [0, 0, 1, 0, 0])
