"""What the log does on a bad day: it goes on where it can, changes nothing it should not, and says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysqlite3
import pytest

from inspection.chain import VOLUME_SIZE, ProblemKind
from inspection.errors import LogKeyError, LogNoRoomError, LogVersionError, LogWriteError
from inspection.keys import LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_notice import NoticeKind
from inspection.log_volume import volume_path
from inspection.records import EntryKind, LogEntry, NewEntry
from inspection.reserve import RESERVED_BYTES

ENTRIES = 5


@pytest.fixture
def written(log_path: Path, clock, identification) -> Path:
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=clock) as log:
        for number in range(ENTRIES - 1):
            log.append(identification(number))
    return log_path


def opened(path: Path) -> InspectionLog:
    return InspectionLog.open(path, kind=LogKind.EVIDENCE)


def kinds(log: InspectionLog) -> list[NoticeKind]:
    return [notice.kind for notice in log.notices]


def incidents(log: InspectionLog) -> list[LogEntry]:
    return list(log.entries(kind=EntryKind.INCIDENT))


# A broken chain at the start


@contextmanager
def broken(path: Path, tampering) -> Iterator[None]:
    with tampering(path) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence = 3")
    yield


def test_a_log_that_is_broken_at_the_start_is_left_as_it_is_and_a_new_volume_says_so(
    written: Path, tampering, identification
) -> None:
    with broken(written, tampering):
        before = written.read_bytes()
    with opened(written) as log:
        entry = log.append(identification(9))
        [incident] = incidents(log)
        assert kinds(log) == [NoticeKind.DAMAGED_VOLUME]
        assert entry.sequence == VOLUME_SIZE + 3
        assert incident.body["what"] == "damaged_volume"
        assert "entry 3 was changed" in incident.body["message"]
        assert log.entry(VOLUME_SIZE + 1).body["continues"]["state"] == "damaged_volume"
        assert 3 in {problem.sequence for problem in log.verify().problems}
        assert log.entry(2).body["verdict"] == "match"  # what is whole can still be read
    assert written.read_bytes() == before


def test_the_new_volume_is_begun_once(written: Path, tampering, identification) -> None:
    with broken(written, tampering), opened(written) as log:
        log.append(identification(9))
    with opened(written) as log:
        assert log.notices == ()
        assert log.head().volume == 2
        assert len(incidents(log)) == 1


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 400, None])
def test_a_file_that_is_no_log_any_more_does_not_stop_the_work(
    written: Path, identification, content
) -> None:
    damaged = written.read_bytes()[:3000] + b"\0" * 9000 if content is None else content
    written.write_bytes(damaged)
    if content == b"":  # as good as none: it begins anew, and the anchor of yesterday shows it
        with opened(written) as log:
            assert log.head().count == 1
        return
    with opened(written) as log:
        entry = log.append(identification(9))
        assert entry.sequence == VOLUME_SIZE + 3
        assert kinds(log) == [NoticeKind.DAMAGED_VOLUME]
        assert not log.verify().ok
    assert written.read_bytes() == damaged


@pytest.mark.parametrize(
    ("name", "message"), [("entries_by_officer", "tables and indexes"), ("entries_refuse_update", "triggers")]
)
def test_a_log_whose_tables_were_changed_is_not_written_to(
    written: Path, identification, name: str, message: str
) -> None:
    raw = pysqlite3.connect(written)
    [kind] = raw.execute("SELECT type FROM sqlite_master WHERE name = ?", [name]).fetchone()
    raw.execute(f"DROP {kind} {name}")
    raw.close()
    with opened(written) as log:
        log.append(identification(9))
        assert kinds(log) == [NoticeKind.DAMAGED_VOLUME]
        assert message in incidents(log)[0].body["message"]


def test_a_log_of_an_earlier_format_is_refused_and_left_alone(written: Path, tampering) -> None:
    with tampering(written) as raw:
        raw.execute("PRAGMA user_version = 1")
    with pytest.raises(LogVersionError, match="found 1: it was written by an earlier version"):
        opened(written)


# The key


def test_a_log_whose_key_is_not_here_goes_on_in_a_new_volume_with_a_new_key(
    written: Path, identification
) -> None:
    shutil.rmtree(written.parent / "keys")
    with opened(written) as log:
        log.append(identification(9))
        assert kinds(log) == [NoticeKind.KEY_LOST]
        assert [entry.body["what"] for entry in incidents(log)] == ["key_lost"]
        assert log.verify().ok


def test_a_log_that_was_signed_with_another_key_is_not_continued_with_ours(
    written: Path, tmp_path: Path, identification
) -> None:
    other = tmp_path / "other" / "evidence.sqlite"
    with InspectionLog.open(other, kind=LogKind.EVIDENCE) as log:
        log.append(identification(1))
    shutil.copy(other, written)
    with opened(written) as log:
        assert kinds(log) == [NoticeKind.KEY_CHANGED]
        assert log.head().volume == 2


def test_without_its_private_half_nothing_is_recorded(written: Path, identification) -> None:
    next((written.parent / "keys").glob("*.key")).unlink()
    with opened(written) as log:
        head = log.head()
        with pytest.raises(LogKeyError, match="nothing can be recorded"):
            log.append(identification(9))
        assert log.head() == head


def test_the_check_compares_the_log_with_the_key_of_the_installation(written: Path) -> None:
    with InspectionLog.open_read_only(written, kind=LogKind.EVIDENCE) as log:
        assert log.verify().ok
        LogKeys(written.parent / "keys").renew(LogKind.EVIDENCE)
        assert [problem.kind for problem in log.verify().problems] == [ProblemKind.KEY]
        (written.parent / "keys" / "evidence.json").write_text("{")
        assert [problem.kind for problem in log.verify().problems] == [ProblemKind.KEY]
        shutil.rmtree(written.parent / "keys")  # a copy on another computer
        assert log.verify().ok


# The clock


def test_a_clock_that_was_set_back_is_an_entry_of_its_own(log_path: Path, identification) -> None:
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    moments = iter([start, start + timedelta(hours=1), start - timedelta(days=3), start - timedelta(days=3)])
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=lambda: next(moments)) as log:
        log.append(identification(1))
        entry = log.append(identification(2))
        [incident] = incidents(log)
        assert incident.sequence == entry.sequence - 1
        assert incident.body == {
            "what": "clock_back",
            "before": "2026-11-24T13:00:00.000000Z",
            "now": "2026-11-21T12:00:00.000000Z",
            "seconds": 262800.0,
        }
        assert kinds(log) == [NoticeKind.CLOCK_BACK]
        log.append(identification(3))
        assert len(incidents(log)) == 1  # the step is one, however long it lasts
        assert log.verify().ok


def test_a_clock_that_a_time_server_moved_by_a_second_is_none(log_path: Path, identification) -> None:
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    moments = iter([start, start, start - timedelta(seconds=1.5)])
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=lambda: next(moments)) as log:
        for number in range(2):
            log.append(identification(number))
        assert incidents(log) == []


# The disk


def full_once(log: InspectionLog, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the disk be full for the next ``times`` inserts."""
    real = log._writer.insert
    left = [times]

    def insert(new: NewEntry) -> LogEntry:
        if left[0]:
            left[0] -= 1
            raise LogNoRoomError("the disk is full")
        return real(new)

    monkeypatch.setattr(log._writer, "insert", insert)


def test_on_a_full_disk_the_reserve_takes_one_last_record(written: Path, identification, monkeypatch) -> None:
    reserve = written.with_suffix(".reserve")
    with opened(written) as log:
        assert reserve.stat().st_size == RESERVED_BYTES
        full_once(log, monkeypatch, 1)
        entry = log.append(identification(9))
        assert not reserve.exists()
        assert kinds(log) == [NoticeKind.RESERVE_USED]
        assert log.entry(entry.sequence) == entry
        full_once(log, monkeypatch, 1)
        with pytest.raises(LogNoRoomError):
            log.append(identification(10))
        assert log.head().count == ENTRIES + 1
    with opened(written) as log:
        assert reserve.stat().st_size == RESERVED_BYTES


def test_a_training_log_keeps_no_room_free(tmp_path: Path) -> None:
    InspectionLog.open(tmp_path / "training.sqlite", kind=LogKind.TRAINING).close()
    assert not list(tmp_path.glob("*.reserve"))


# Two programs, and a medium that is read only


def test_a_program_that_holds_the_log_makes_the_other_wait_and_then_say_so(
    written: Path, identification
) -> None:
    holder = pysqlite3.connect(written, isolation_level=None)
    with InspectionLog.open(written, kind=LogKind.EVIDENCE, busy_timeout_s=0.05) as log:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogWriteError, match="another program keeps it locked"):
            log.append(identification(9))
        holder.execute("ROLLBACK")
        assert log.append(identification(9)).sequence == ENTRIES + 1
    holder.close()


def test_sealed_and_open_volumes_are_read_from_a_read_only_medium(
    log_path: Path, clock, identification, make_read_only, request
) -> None:
    path = log_path
    with InspectionLog.open(path, kind=LogKind.EVIDENCE, clock=clock, volume_size=12) as log:
        for number in range(12):
            log.append(identification(number))
        count = len(list(log.entries()))
    assert volume_path(path, 2).exists()
    make_read_only(path.parent)
    request.getfixturevalue("unprivileged")
    with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as log:
        assert len(list(log.entries())) == count
        assert log.verify().ok
    with pytest.raises(LogWriteError):
        opened(path)
