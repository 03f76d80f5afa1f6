"""What is saved is on the disk, what is not saved can be saved again, and reading goes on beside it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, pyqtSignal

from detector.capture import Background, DeviceInfo, ScanSettings
from gui.log_worker import BackgroundWish, ExportWish, LogQuery, LogReader, LogWriter, SaveWish
from gui.session_worker import SessionWorker
from gui.workers import Workers
from inspection.errors import (
    ExportError,
    InspectionClosedError,
    LogKindError,
    LogMissingError,
    LogNoRoomError,
    LogWriteError,
)
from inspection.export.exporting import format_of
from inspection.language import Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_notice import NoticeKind
from inspection.records import EntryKind, closing

KIND = LogKind.TRAINING


class Heard(list):
    """Everything that a signal brought."""

    def __init__(self, *signals):
        super().__init__()
        for signal in signals:
            signal.connect(lambda *values: self.append(values[0] if len(values) == 1 else values))


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "training.sqlite"


@pytest.fixture
def writer(log_path, qapp):
    writer = LogWriter(log_path, KIND, officer="A. Officer")
    yield writer
    writer.close()


@pytest.fixture
def reader(log_path, qapp):
    reader = LogReader(log_path, KIND)
    yield reader
    reader.close()


@pytest.fixture
def wish(finding):
    return SaveWish(finding(), inspection=None, container="MWCU6059784", declared="ethanol", hs_code="2207")


@pytest.fixture
def background():
    device = DeviceInfo("Model F", "F-0007", "1.2", 1)
    return Background(device, ScanSettings(), datetime(2026, 11, 24, 8, tzinfo=UTC))


def test_a_new_log_is_begun_and_its_head_told(writer):
    heard = Heard(writer.log_opened)
    writer.open_log()

    assert heard[0].count == 1


def test_a_log_that_cannot_be_opened_says_so_and_the_next_wish_tries_again(writer, log_path, wish):
    failures, saved = Heard(writer.log_failed), Heard(writer.saved)
    log_path.parent.write_text("in the way")
    writer.open_log()
    log_path.parent.unlink()
    writer.save(wish)

    assert isinstance(failures[0], LogWriteError)
    assert saved[0].sample == 1


def test_a_finding_without_an_inspection_opens_one(writer, log_path, wish):
    heard = Heard(writer.saved)
    writer.save(wish)
    [saved] = heard

    with InspectionLog.open_read_only(log_path, kind=KIND) as log:
        inspection = log.inspection(saved.inspection)
        stored = log.spectrum(saved.entry.sequence)
    assert (inspection.container, inspection.declared, inspection.hs_code) == (
        "MWCU6059784",
        "ethanol",
        "2207",
    )
    assert inspection.officer == "A. Officer"
    assert stored.spectrum.absorbance.tolist() == wish.finding.spectrum.absorbance.tolist()


def test_samples_of_an_inspection_are_counted(writer, wish):
    heard = Heard(writer.saved)
    writer.save(wish)
    writer.save(replace(wish, inspection=heard[0].inspection))
    writer.save(replace(wish, inspection=heard[0].inspection))

    assert [one.sample for one in heard] == [1, 2, 3]
    assert len({one.inspection for one in heard}) == 1


def test_a_closed_inspection_takes_no_more_samples(writer, log_path, wish):
    saved, failures = Heard(writer.saved), Heard(writer.save_failed)
    writer.save(wish)
    with InspectionLog.open(log_path, kind=KIND) as log:
        log.append(closing(saved[0].inspection))
    writer.save(replace(wish, inspection=saved[0].inspection))

    assert isinstance(failures[0], InspectionClosedError)
    assert len(saved) == 1


def test_a_background_is_recorded(writer, background):
    heard = Heard(writer.background_recorded)
    writer.record_background(BackgroundWish(background, None))

    assert heard[0].kind is EntryKind.BACKGROUND
    assert heard[0].body["serial"] == "F-0007"


class SmallDisk:
    """Opens the log on a disk that has room for so many more pages; SQLite itself then finds it full."""

    def __call__(self, path, **options):
        self.log = InspectionLog.open(path, **options)
        return self.log

    def leave_room(self, pages: int) -> None:
        db = self.log.volumes[-1].db
        [used] = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {used + pages}").fetchone()


@pytest.mark.parametrize("room", [0, 1, 2, 4])
def test_on_a_full_disk_nothing_is_saved_and_the_retry_succeeds(log_path, wish, room, qapp):
    disk = SmallDisk()
    writer = LogWriter(log_path, KIND, open_log=disk)
    saved, failures = Heard(writer.saved), Heard(writer.save_failed)
    writer.open_log()
    disk.leave_room(room)
    writer.save(wish)
    writer.save(replace(wish))  # the officer tries again, in vain
    in_vain = (len(saved), [type(error) for error in failures], "full" in str(failures[0]))
    disk.leave_room(10_000)
    writer.save(replace(wish))
    writer.close()

    assert in_vain == (0, [LogNoRoomError, LogNoRoomError], True)
    assert len(saved) == 1
    with InspectionLog.open_read_only(log_path, kind=KIND) as log:
        kinds = [entry.kind for entry in log.entries()]
        assert log.verify().ok
    assert kinds == [EntryKind.GENESIS, EntryKind.INSPECTION_OPENED, EntryKind.IDENTIFICATION]


def test_a_full_disk_is_told_for_a_background_too(log_path, background, qapp):
    disk = SmallDisk()
    writer = LogWriter(log_path, KIND, open_log=disk)
    failures = Heard(writer.save_failed)
    writer.open_log()
    disk.leave_room(0)
    for _ in range(20):  # a small entry may find room in a page that is not full
        writer.record_background(BackgroundWish(background, None))
    writer.close()

    assert isinstance(failures[-1], LogWriteError)


def test_a_log_that_does_not_exist_yet_lists_as_empty(reader, log_path):
    heard = Heard(reader.listed)
    reader.refresh(LogQuery())

    assert heard == [()]
    assert not log_path.exists()


def test_entries_are_listed_newest_first_while_the_writer_goes_on(writer, reader, wish, background):
    heard = Heard(reader.listed)
    writer.open_log()
    reader.refresh(LogQuery())
    writer.record_background(BackgroundWish(background, None))
    writer.save(wish)
    reader.refresh(LogQuery())
    reader.refresh(LogQuery(limit=2))

    assert [entry.sequence for entry in heard[0]] == [1]
    assert [entry.sequence for entry in heard[1]] == [4, 3, 2, 1]
    assert [entry.sequence for entry in heard[2]] == [4, 3]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (LogQuery("ACETONE"), [4]),
        (LogQuery("67-64-1"), [4]),
        (LogQuery("mwcu605"), [3]),
        (LogQuery("Ethan"), [4, 3]),
        (LogQuery("  a. officer "), [4, 3, 2, 1]),
        (LogQuery("butanone"), []),
        (LogQuery(verdict="match"), [4]),
        (LogQuery(verdict="no_match"), []),
        (LogQuery(since=datetime(2999, 1, 1, tzinfo=UTC)), []),
    ],
    ids=str,
)
def test_the_log_is_searched_by_what_a_person_types(writer, reader, wish, background, query, expected):
    heard = Heard(reader.listed)
    writer.record_background(BackgroundWish(background, None))
    writer.save(wish)
    reader.refresh(query)

    assert [entry.sequence for entry in heard[0]] == expected


def test_the_search_reaches_beyond_the_first_page(writer, reader, wish, background):
    heard = Heard(reader.listed)
    writer.save(wish)
    for _ in range(450):
        writer.record_background(BackgroundWish(background, None))
    reader.refresh(LogQuery("acetone"))

    assert [entry.sequence for entry in heard[0]] == [3]


def test_an_entry_opens_with_its_curve(writer, reader, wish, background):
    heard = Heard(reader.entry_opened)
    writer.save(wish)
    writer.record_background(BackgroundWish(background, None))
    reader.open_entry(3)
    reader.open_entry(4)

    assert heard[0][0].body["verdict"] == "match"
    assert heard[0][1].spectrum.wavenumber.size == wish.finding.spectrum.wavenumber.size
    assert heard[1][1] is None


def test_the_log_is_verified_and_exported(writer, reader, wish, tmp_path):
    heard = Heard(reader.verified, reader.exported)
    writer.save(wish)
    reader.verify()
    reader.export(ExportWish(tmp_path / "out.json", "json"))

    assert heard[0].report.ok
    assert (heard[0].key_kept_in, heard[0].set_aside) == ("file", ())
    assert heard[1].count == 3
    assert json.loads((tmp_path / "out.json").read_text("utf-8").splitlines()[-1])


@pytest.mark.parametrize("name", ["log.csv", "log.xlsx", "log.pdf", "log.zip"])
def test_the_log_is_exported_as_every_kind_that_the_window_offers(name, writer, reader, wish, tmp_path):
    heard = Heard(reader.exported)
    writer.save(wish)
    path = tmp_path / name
    reader.export(ExportWish(path, format_of(path).value, words=Wording(Language.RUSSIAN)))

    assert heard[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_cannot_be_read_or_written_is_a_known_error(writer, reader, wish, tmp_path):
    failures = Heard(reader.failed)
    reader.verify()
    reader.open_entry(1)
    writer.save(wish)
    (tmp_path / "a file").touch()
    reader.export(ExportWish(tmp_path / "a file" / "out.csv", "csv"))

    assert [type(error) for error in failures] == [LogMissingError, LogMissingError, ExportError]


def test_after_a_failure_the_reader_opens_what_is_there_then(reader, log_path, tmp_path):
    failures, heard = Heard(reader.failed), Heard(reader.listed)
    log_path.parent.mkdir()
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE):
        pass
    reader.refresh(LogQuery())
    log_path.unlink()
    with InspectionLog.open(log_path, kind=KIND):
        pass
    reader.refresh(LogQuery())

    assert isinstance(failures[0], LogKindError)
    assert len(heard[0]) == 1


def test_after_the_folder_went_away_and_came_back_the_finding_can_be_saved(writer, log_path, wish):
    failures, heard = Heard(writer.save_failed), Heard(writer.saved)
    writer.open_log()
    away = log_path.parent.with_name("away")
    log_path.parent.rename(away)
    writer.save(wish)
    shutil.copytree(away, log_path.parent)  # as after a new mount: the same files, and yet others
    writer.save(wish)

    assert [type(error) for error in failures] == [LogWriteError]
    assert [saved.entry.sequence for saved in heard] == [3]


# --- What the log has to say, and who signs ---------------------------------------------------------


def test_each_wish_is_signed_by_whoever_had_signed_in_for_it(writer, log_path, wish, background):
    writer.open_log()
    writer.record_background(BackgroundWish(background, None, "Officer 1"))
    writer.save(replace(wish, officer="Officer 2"))
    writer.record_background(BackgroundWish(background, None))

    with InspectionLog.open_read_only(log_path, kind=KIND) as log:
        officers = [entry.officer for entry in log.entries()]
    assert officers == ["A. Officer", "Officer 1", "Officer 2", "Officer 2", "A. Officer"]


def damage(path: Path) -> None:
    """Change one entry behind the log's back."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE entries SET entry = CAST(replace(entry, 'Officer', 'officer') AS BLOB)")


def test_a_log_found_damaged_is_told_once_and_saving_goes_on_in_a_new_volume(
    writer, reader, log_path, wish, qapp
):
    writer.save(wish)
    writer.close()
    damage(log_path)
    before = log_path.read_bytes()
    again = LogWriter(log_path, KIND)
    notices, saved, verified = Heard(again.noticed), Heard(again.saved), Heard(reader.verified)
    again.open_log()
    again.save(replace(wish))
    again.close()
    reader.verify()

    assert [notice.kind for notice in notices] == [NoticeKind.DAMAGED_VOLUME]
    assert saved[0].entry.sequence > 50_000
    assert log_path.read_bytes() == before
    assert verified[0].set_aside == (1,)
    assert not verified[0].report.ok


def test_a_clock_that_was_set_back_is_told_with_the_record_that_shows_it(log_path, wish, qapp):
    clock = [datetime(2026, 11, 24, 12, tzinfo=UTC)]

    def open_log(path, **options):
        return InspectionLog.open(path, clock=lambda: clock[0], **options)

    writer = LogWriter(log_path, KIND, open_log=open_log)
    notices = Heard(writer.noticed)
    writer.save(wish)
    before = list(notices)
    clock[0] = datetime(2026, 11, 24, 11, tzinfo=UTC)
    writer.save(replace(wish))
    writer.save(replace(wish))
    writer.close()

    assert before == []
    assert [notice.kind for notice in notices] == [NoticeKind.CLOCK_BACK]


class Wishes(QObject):
    save = pyqtSignal(object)


def test_a_record_that_was_asked_for_is_written_before_the_threads_end(log_path, ready, wish, qapp):
    workers = Workers(log_path, KIND, session=SessionWorker(load=lambda: ready))
    wishes = Wishes()
    wishes.save.connect(workers.writer.save)
    workers.start()
    for _ in range(5):
        wishes.save.emit(wish)

    assert workers.stop()
    with InspectionLog.open_read_only(log_path, kind=KIND) as log:
        assert sum(entry.kind is EntryKind.IDENTIFICATION for entry in log.entries()) == 5


def test_a_saved_finding_comes_back_to_the_window_s_thread(qtbot, log_path, ready, wish):
    workers = Workers(log_path, KIND, session=SessionWorker(load=lambda: ready))
    wishes = Wishes()
    wishes.save.connect(workers.writer.save)
    workers.start()
    with qtbot.waitSignal(workers.writer.saved, timeout=5000) as answer:
        wishes.save.emit(wish)

    assert answer.args[0].sample == 1
    assert workers.stop()
