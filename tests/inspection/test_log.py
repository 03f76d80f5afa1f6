from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pysqlite3
import pytest
from sqlite_utils import Database

from inspection.errors import (
    InspectionClosedError,
    LogDamagedError,
    LogError,
    LogKindError,
    LogMissingError,
    LogSettingsError,
    LogVersionError,
    LogWriteError,
    RecordError,
    UnknownEntryError,
    UnknownInspectionError,
)
from inspection.log import InspectionLog
from inspection.log_file import require_safe_sqlite
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry, closing, opening

NUMBER = "20261124-7K3FQ2"


def test_a_new_log_begins_with_a_genesis_that_says_where_it_belongs(log: InspectionLog) -> None:
    genesis = log.entry(1)
    assert genesis.kind is EntryKind.GENESIS
    assert genesis.previous == bytes(32)
    assert genesis.body["log_kind"] == "evidence"
    assert genesis.body["volume"] == 1
    assert len(genesis.body["installation"]) == 32
    assert log.head().count == 1


def test_two_installations_begin_differently(tmp_path: Path, clock) -> None:
    moment = clock()
    heads = set()
    for name in ("a", "b"):
        with InspectionLog.open(tmp_path / name / "log", kind=LogKind.EVIDENCE, clock=lambda: moment) as log:
            heads.add(log.head().head)
    assert len(heads) == 2


def test_an_entry_comes_back_as_it_was_written(log: InspectionLog, log_path: Path, finding, curve) -> None:
    body = finding(title="Заявлено: мыло; bəyan: sabun", nothing=None, ratio=0.1)
    log.append(opening(NUMBER))
    written = log.append(
        NewEntry(EntryKind.IDENTIFICATION, body, inspection=NUMBER, sample=2, curve=curve(5))
    )
    with InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE) as again:
        read = again.entry(written.sequence)
        stored = again.spectrum(written.sequence)
        assert again.spectrum(1) is None
    assert read == written
    assert read.body == body
    assert read.officer == "A. Officer"
    assert (read.inspection, read.sample, read.time) == (NUMBER, 2, datetime(2026, 11, 24, 8, 2, tzinfo=UTC))
    assert read.spectrum == stored.sha256 == curve(5).sha256
    np.testing.assert_array_equal(stored.spectrum.absorbance, curve(5).spectrum.absorbance)
    assert stored.raw_payload == curve(5).raw_payload


def test_what_is_hashed_is_stored_as_it_was_hashed(log: InspectionLog, identification) -> None:
    entry = log.append(identification())
    envelope = json.loads(entry.entry_bytes)
    assert envelope["sequence"] == entry.sequence
    assert envelope["officer"] == "A. Officer"
    assert envelope["spectrum"] == entry.spectrum
    assert envelope["body"] == entry.body


def test_entries_stand_in_the_order_in_which_they_were_written_whatever_the_clock_says(
    log_path: Path, identification
) -> None:
    moments = iter([datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (8, 9, 3, 10)])
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=lambda: next(moments)) as log:
        for number in range(3):
            log.append(identification(number))
        assert [entry.sequence for entry in log.entries()] == [1, 2, 3, 4, 5]
        assert [entry.time.hour for entry in log.entries()] == [8, 9, 3, 3, 10]
        assert log.verify().ok


def test_the_head_is_the_hash_of_the_last_entry(log: InspectionLog, identification) -> None:
    log.append(identification(1))
    last = log.append(identification(2))
    assert (log.head().volume, log.head().count, log.head().head) == (1, 3, last.hash.hex())


def test_entries_are_found_by_time_substance_officer_verdict_and_inspection(
    log: InspectionLog, finding
) -> None:
    log.append(opening(NUMBER))
    for verdict, substance in [("match", "acetone"), ("no_match", "acetone"), ("inconclusive", "toluene")]:
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(verdict, substance)))
    log.officer = "B. Officer"
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=NUMBER))

    def numbers(**filters: object) -> list[int]:
        return [entry.sequence for entry in log.entries(**filters)]

    assert numbers() == [1, 2, 3, 4, 5, 6]
    assert numbers(substance="acetone") == [3, 6]
    assert numbers(substance="ethanol") == []
    assert numbers(verdict="no_match") == [4]
    assert numbers(officer="B. Officer") == [6]
    assert numbers(inspection=NUMBER.lower()) == [2, 6]
    assert numbers(since=datetime(2026, 11, 24, 8, 3, tzinfo=UTC)) == [4, 5, 6]
    assert numbers(until=datetime(2026, 11, 24, 8, 3, tzinfo=UTC)) == [1, 2, 3]
    assert numbers(substance="acetone", officer="A. Officer") == [3]
    assert numbers(limit=2) == [5, 6]
    assert numbers(limit=0) == []
    assert numbers(substance="acetone", limit=1) == [6]
    assert numbers(up_to=3) == [1, 2, 3]


def test_a_time_without_its_zone_is_refused(log: InspectionLog) -> None:
    with pytest.raises(RecordError, match="without one"):
        list(log.entries(since=datetime(2026, 11, 24)))


def test_reading_goes_on_while_others_write(log: InspectionLog, identification) -> None:
    for number in range(1200):
        log.append(NewEntry(EntryKind.BACKGROUND, {"number": number}))
    reading = log.entries()
    first = next(reading)
    log.append(identification())
    assert first.sequence == 1
    assert [entry.sequence for entry in reading] == list(range(2, 1202))


def test_inspections_know_when_they_were_opened_and_closed_and_what_their_samples_gave(
    log: InspectionLog, finding
) -> None:
    log.append(opening(NUMBER, container="MSKU1234565", declared="soap", hs_code="3401"))
    log.append(opening("20261124-AAAAAA"))
    assert log.next_sample(NUMBER) == 1
    for sample, verdict in [(1, "inconclusive"), (1, "match"), (2, "no_match")]:
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(verdict), inspection=NUMBER, sample=sample))
    log.append(NewEntry(EntryKind.BACKGROUND, {}, inspection=NUMBER))
    log.append(closing(NUMBER))
    first, second = log.inspections()
    assert (first.id, first.container, first.declared, first.hs_code) == (
        NUMBER,
        "MSKU1234565",
        "soap",
        "3401",
    )
    assert first.officer == "A. Officer"
    assert (first.opened, first.closed) == (log.entry(2).time, log.entry(8).time)
    assert second.closed is None
    assert log.inspection(NUMBER.lower()) == first
    assert log.next_sample(NUMBER) == 3
    samples = [(sample.number, sample.entries, sample.verdict) for sample in log.samples(NUMBER)]
    assert samples == [(1, (4, 5), "match"), (2, (6,), "no_match")]
    assert log.samples(NUMBER)[0].declared_verdict == "differs"


def test_a_finding_needs_an_inspection_that_is_open(log: InspectionLog, finding) -> None:
    new = NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=NUMBER)
    with pytest.raises(UnknownInspectionError, match=NUMBER):
        log.append(new)
    log.append(opening(NUMBER))
    log.append(new)
    log.append(closing(NUMBER))
    with pytest.raises(InspectionClosedError, match="can only be amended"):
        log.append(new)
    log.append(NewEntry(EntryKind.AMENDMENT, {"entry": 3, "reason": "typing error"}, inspection=NUMBER))
    with pytest.raises(RecordError, match="is taken"):
        log.append(opening(NUMBER))
    with pytest.raises(UnknownInspectionError):
        log.inspection("20261124-BBBBBB")
    assert log.verify().ok


def test_an_entry_that_is_not_there_is_said_to_be_unknown(log: InspectionLog) -> None:
    with pytest.raises(UnknownEntryError, match="no entry 99"):
        log.entry(99)


def test_a_genesis_cannot_be_appended(log: InspectionLog) -> None:
    with pytest.raises(RecordError, match="genesis"):
        log.append(NewEntry(EntryKind.GENESIS, {}))


@pytest.mark.parametrize("body", [{"score": float("nan")}, {"score": np.float64("inf")}])
def test_a_number_that_is_none_is_refused_and_leaves_the_log_as_it_was(log: InspectionLog, body) -> None:
    head = log.head()
    with pytest.raises(RecordError, match="finite numbers"):
        log.append(NewEntry(EntryKind.BACKGROUND, body))
    assert log.head() == head


def test_an_officer_whose_name_is_not_unicode_is_refused(log: InspectionLog) -> None:
    log.officer = "\udcff"
    with pytest.raises(RecordError, match="Unicode"):
        log.append(NewEntry(EntryKind.BACKGROUND, {}))


def test_the_same_spectrum_twice_is_stored_once(log: InspectionLog, log_path: Path, identification) -> None:
    log.append(identification(1))
    log.append(identification(1))
    assert Database(pysqlite3.connect(log_path))["spectra"].count == 1
    assert log.verify().ok


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET officer = 'another'",
        "UPDATE OR REPLACE entries SET sequence = 1 WHERE sequence = 2",
        "UPDATE spectra SET absorbance = zeroblob(480)",
        "UPDATE meta SET value = '2'",
        "UPDATE entry_substances SET substance = 'water'",
        "DELETE FROM entries WHERE sequence = 2",
        "DELETE FROM spectra",
        "DELETE FROM meta",
        "DELETE FROM entry_substances",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE sequence = 2",
        "REPLACE INTO entries SELECT * FROM entries",
        "INSERT OR REPLACE INTO spectra SELECT * FROM spectra",
        "INSERT OR REPLACE INTO meta SELECT key, '9' FROM meta",
        "INSERT INTO meta VALUES ('more', 'words')",
        "INSERT INTO entry_substances VALUES ('water', 2)",
        "INSERT INTO entries (sequence, time, kind, previous, hash, entry) "
        "SELECT 99, time, kind, previous, hash, entry FROM entries WHERE sequence = 2",
        "INSERT INTO entries (sequence, time, kind, previous, hash, entry) "
        "SELECT 4, time, kind, zeroblob(32), hash, entry FROM entries WHERE sequence = 2",
    ],
)
def test_the_file_itself_refuses_changes(
    log: InspectionLog, log_path: Path, identification, change: str
) -> None:
    log.append(identification(1))
    log.append(identification(2))
    connection = pysqlite3.connect(log_path)
    with pytest.raises(
        pysqlite3.IntegrityError, match=r"append-only|never replaced|continues|written once|named"
    ):
        connection.execute(change)
    connection.close()
    assert log.verify().ok


def test_a_replacing_insert_through_sqlite_utils_is_refused(
    log: InspectionLog, log_path: Path, identification
) -> None:
    log.append(identification(1))
    db = Database(pysqlite3.connect(log_path))
    row = next(db["entries"].rows_where("sequence = 2"))
    with pytest.raises(pysqlite3.IntegrityError, match="continues the chain"):
        db["entries"].insert({**row, "officer": "another"}, pk="sequence", replace=True)
    db.close()


def test_evidence_and_training_are_never_taken_for_each_other(tmp_path: Path) -> None:
    for kind, other in [(LogKind.EVIDENCE, LogKind.TRAINING), (LogKind.TRAINING, LogKind.EVIDENCE)]:
        path = tmp_path / f"{kind}.sqlite"
        InspectionLog.open(path, kind=kind).close()
        before = path.read_bytes()
        for opened in (InspectionLog.open, InspectionLog.open_read_only):
            with pytest.raises(
                LogKindError, match=rf"expected the log of {other} mode .* found the log of {kind}"
            ):
                opened(path, kind=other)
        assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "contacts.sqlite"
    connection = pysqlite3.connect(path)
    connection.execute("CREATE TABLE people (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LogKindError, match="another program"):
        InspectionLog.open(path, kind=LogKind.EVIDENCE)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_damaged_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "evidence.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(LogDamagedError, match="is damaged"):
        InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE)
    InspectionLog.open(path, kind=LogKind.EVIDENCE).close()
    assert path.read_bytes() == b"not a database at all" * 100


def test_a_log_of_a_newer_program_is_refused(log_path: Path) -> None:
    InspectionLog.open(log_path, kind=LogKind.EVIDENCE).close()
    connection = pysqlite3.connect(log_path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LogVersionError, match="newer version"):
        InspectionLog.open(log_path, kind=LogKind.EVIDENCE)


def test_evidence_is_not_written_through_an_sqlite_that_can_corrupt_it() -> None:
    with pytest.raises(LogVersionError, match=r"evidence needs SQLite 3\.51\.3 or newer, found 3\.40\.1"):
        require_safe_sqlite(LogKind.EVIDENCE, "3.40.1")
    require_safe_sqlite(LogKind.TRAINING, "3.40.1")
    require_safe_sqlite(LogKind.EVIDENCE, "3.51.3")


def test_the_settings_that_make_a_record_durable_are_on(log: InspectionLog) -> None:
    settings = ("journal_mode", "synchronous", "foreign_keys", "application_id", "user_version")
    found = [log.volumes[0].db.execute(f"PRAGMA {name}").fetchone()[0] for name in settings]
    assert found == ["wal", 2, 1, 0x43474556, 2]


def test_a_place_where_sqlite_cannot_keep_records_durable_is_refused() -> None:
    in_memory = Path(":memory:")  # SQLite's own word for a database without a file
    with pytest.raises(LogSettingsError, match="journal_mode = wal, found memory"):
        InspectionLog.open(in_memory, kind=LogKind.EVIDENCE)


def test_a_log_that_is_not_there_is_not_made_by_reading(log_path: Path) -> None:
    with pytest.raises(LogMissingError, match="found none"):
        InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE)
    assert not log_path.parent.exists()
    log_path.parent.mkdir()
    log_path.touch()
    with pytest.raises(LogMissingError, match="found none"):
        InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE)


def test_a_log_opened_for_reading_refuses_to_write(log: InspectionLog, log_path: Path) -> None:
    with (
        InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE) as reading,
        pytest.raises(LogWriteError, match="for reading only"),
    ):
        reading.append(NewEntry(EntryKind.BACKGROUND, {}))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no read-only folders")
def test_a_log_on_a_read_only_medium_can_be_read_and_checked(
    log_path: Path, identification, make_read_only, request
) -> None:
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE) as log:
        log.append(identification())
    make_read_only(log_path.parent)
    request.getfixturevalue("unprivileged")
    with InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE) as reading:
        assert reading.verify().ok
        assert reading.head().count == 2
    with pytest.raises(LogWriteError, match="could not be"):
        InspectionLog.open(log_path, kind=LogKind.EVIDENCE)
    with pytest.raises(LogWriteError, match=r"could not be|cannot be made"):
        InspectionLog.open(log_path.parent / "deeper" / "evidence.sqlite", kind=LogKind.EVIDENCE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no read-only folders")
def test_records_that_still_wait_in_the_wal_of_a_read_only_medium_are_not_passed_over(
    log_path: Path, identification, make_read_only, request
) -> None:
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE) as log:
        log.append(identification())
        wal = log_path.with_name(log_path.name + "-wal").read_bytes()
        main = log_path.read_bytes()
    copy = log_path.parent.with_name("copy") / log_path.name
    copy.parent.mkdir()
    copy.write_bytes(main)
    copy.with_name(copy.name + "-wal").write_bytes(wal)
    make_read_only(copy.parent)
    request.getfixturevalue("unprivileged")
    with pytest.raises(LogError, match="could not be read"):
        InspectionLog.open_read_only(copy, kind=LogKind.EVIDENCE)


def test_a_full_disk_is_one_clear_sentence_and_nothing_half_written(
    log: InspectionLog, log_path: Path, curve
) -> None:
    resource = pytest.importorskip("resource")
    large = NewEntry(EntryKind.IDENTIFICATION, {}, curve=curve(1, points=20_000))
    log.append(NewEntry(EntryKind.BACKGROUND, {}))
    head = log.head()
    used = log_path.with_name(log_path.name + "-wal").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (used + 50_000, limits[1]))
    try:
        with pytest.raises(LogWriteError, match="could not be written"):
            log.append(large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert log.head() == head
    assert log.verify().ok
    assert log.append(large).sequence == head.count + 1
    assert log.verify().ok


def test_a_writer_that_never_gets_its_turn_says_so(log: InspectionLog, log_path: Path) -> None:
    holder = pysqlite3.connect(log_path)
    holder.execute("BEGIN IMMEDIATE")
    with (
        InspectionLog.open(log_path, kind=LogKind.EVIDENCE, busy_timeout_s=0.05) as waiting,
        pytest.raises(LogWriteError, match="another program keeps it locked"),
    ):
        waiting.append(NewEntry(EntryKind.BACKGROUND, {}))
    holder.rollback()
    holder.close()
    assert log.head().count == 1


WRITER = """
import sys
from pathlib import Path
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry

sys.stdin.readline()
with InspectionLog.open(Path(sys.argv[1]), kind=LogKind.EVIDENCE, officer=sys.argv[2]) as log:
    for number in range(50):
        log.append(NewEntry(EntryKind.BACKGROUND, {"number": number}))
"""


def test_two_programs_that_begin_and_write_at_once_make_one_chain(log_path: Path, start_child) -> None:
    writers = [start_child(WRITER, log_path, officer) for officer in ("first", "second")]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    with InspectionLog.open_read_only(log_path, kind=LogKind.EVIDENCE) as log:
        assert log.verify().ok
        assert log.head().count == 101
        for officer in ("first", "second"):
            numbers = [
                entry.body["number"] for entry in log.entries(officer=officer) if "number" in entry.body
            ]
            assert numbers == list(range(50))
