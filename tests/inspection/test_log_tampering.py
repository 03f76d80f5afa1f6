from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from inspection.chain import ProblemKind, chained
from inspection.errors import AnchorError, LogDamagedError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_notice import NoticeKind
from inspection.log_volume import volume_path
from tests.inspection.tampering import (
    SEEN_BY_AN_ANCHOR_ALONE,
    WITHOUT_THE_KEY,
    Subject,
    problems,
    tamper,
)

ENTRIES = 8  # the genesis included
INSTANCES = 100  # of each way


@pytest.fixture
def closed_log(log_path: Path, clock, identification) -> Path:
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=clock, officer="A. Officer") as log:
        for number in range(ENTRIES - 1):
            log.append(identification(number))
        assert log.verify().ok
    return log_path


def found(path: Path, anchor: str | None = None) -> list[tuple[int, ProblemKind]]:
    with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as log:
        report = log.verify(anchor)
    assert report.ok == (not report.problems)
    return [(problem.sequence, problem.kind) for problem in report.problems]


def head_of(path: Path) -> str:
    with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as log:
        return str(log.head())


def test_an_edited_body_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute(
            "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), 'differs', 'agrees!') AS BLOB) "
            "WHERE sequence = 5"
        )
    assert (5, ProblemKind.CHANGED) in found(closed_log)


@pytest.mark.parametrize(
    "change",
    ["verdict = 'no_match'", "officer = 'B'", "time = '2020'", "declared_verdict = NULL", "sample = 4"],
)
def test_an_edited_search_column_is_named(closed_log: Path, tampering, change: str) -> None:
    with tampering(closed_log) as raw:
        raw.execute(f"UPDATE entries SET {change} WHERE sequence = 3")
    assert found(closed_log) == [(3, ProblemKind.COLUMNS)]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM entry_substances WHERE sequence = 4",
        "UPDATE entry_substances SET substance = 'water' WHERE sequence = 4",
        "INSERT INTO entry_substances VALUES ('water', 4)",
    ],
)
def test_an_entry_that_would_be_found_under_another_substance_is_named(
    closed_log: Path, tampering, change: str
) -> None:
    with tampering(closed_log) as raw:
        raw.execute(change)
    assert found(closed_log) == [(4, ProblemKind.COLUMNS)]


@pytest.mark.parametrize(
    "part", ["header", "wavenumber", "absorbance", "sample_beam", "background_beam", "raw_payload"]
)
def test_one_flipped_bit_of_a_curve_is_named(closed_log: Path, tampering, part: str) -> None:
    with tampering(closed_log) as raw:
        sha256, stored = raw.execute(
            f"SELECT sha256, {part} FROM spectra "
            "WHERE sha256 = (SELECT spectrum FROM entries WHERE sequence = 6)"
        ).fetchone()
        flipped = bytearray(stored)
        flipped[len(flipped) // 2] ^= 0x10
        raw.execute(f"UPDATE spectra SET {part} = ? WHERE sha256 = ?", [bytes(flipped), sha256])
    assert found(closed_log) == [(6, ProblemKind.SPECTRUM)]
    with (
        InspectionLog.open_read_only(closed_log, kind=LogKind.EVIDENCE) as log,
        pytest.raises(LogDamagedError, match="the spectrum of entry 6 was changed"),
    ):
        log.spectrum(6)


def test_a_removed_curve_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("DELETE FROM spectra WHERE sha256 = (SELECT spectrum FROM entries WHERE sequence = 6)")
    assert found(closed_log) == [(6, ProblemKind.SPECTRUM)]
    with (
        InspectionLog.open_read_only(closed_log, kind=LogKind.EVIDENCE) as log,
        pytest.raises(LogDamagedError, match="the spectrum of entry 6 is missing"),
    ):
        log.spectrum(6)


def test_a_curve_that_belongs_to_no_entry_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute(
            "INSERT INTO spectra SELECT 'ff', header, wavenumber, absorbance, sample_beam, background_beam, "
            "raw_payload FROM spectra LIMIT 1"
        )
    assert found(closed_log) == [(0, ProblemKind.SPECTRUM)]


def test_a_deleted_entry_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("DELETE FROM entry_substances WHERE sequence = 4")
        raw.execute("DELETE FROM entries WHERE sequence = 4")
    assert (4, ProblemKind.MISSING) in found(closed_log)


def test_renumbered_entries_are_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("DELETE FROM entry_substances")
        raw.execute("DELETE FROM entries WHERE sequence = 4")
        raw.execute("UPDATE entries SET sequence = sequence - 1 WHERE sequence > 4")
    problems = found(closed_log)
    assert (4, ProblemKind.LINK) in problems
    assert [(number, ProblemKind.RENUMBERED) for number in (4, 5, 6, 7)] == [
        problem for problem in problems if problem[1] is ProblemKind.RENUMBERED
    ]


def test_swapped_entries_are_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("UPDATE entries SET sequence = -1 WHERE sequence = 3")
        raw.execute("UPDATE entries SET sequence = 3 WHERE sequence = 4")
        raw.execute("UPDATE entries SET sequence = 4 WHERE sequence = -1")
    problems = found(closed_log)
    assert {(3, ProblemKind.RENUMBERED), (4, ProblemKind.RENUMBERED)} <= set(problems)


def test_an_entry_hashed_again_after_a_change_breaks_the_link_after_it(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        rehash(raw, 5)
    assert (6, ProblemKind.LINK) in found(closed_log)


@pytest.mark.parametrize("damaged", ["x''", "'text'", "x'ff'", "x'5b5d'"])
def test_an_entry_that_is_no_longer_one_is_named(closed_log: Path, tampering, damaged: str) -> None:
    with tampering(closed_log) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_master SET sql = replace(sql, 'STRICT', '') WHERE name = 'entries'")
        raw.execute("PRAGMA writable_schema = RESET")
        raw.execute(f"UPDATE entries SET entry = {damaged} WHERE sequence = 5")
    assert (5, ProblemKind.CHANGED) in found(closed_log)
    with (
        InspectionLog.open_read_only(closed_log, kind=LogKind.EVIDENCE) as log,
        pytest.raises(LogDamagedError, match="entry 5 of the log cannot be read"),
    ):
        list(log.entries())


def test_a_head_of_the_file_that_names_another_installation_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("UPDATE meta SET value = 'another' WHERE key = 'installation'")
    assert found(closed_log) == [(1, ProblemKind.GENESIS)]


def test_evidence_made_out_of_a_training_log_is_named(tmp_path: Path, tampering, identification) -> None:
    path = tmp_path / "training.sqlite"
    with InspectionLog.open(path, kind=LogKind.TRAINING) as log:
        log.append(identification())
    with tampering(path) as raw:
        raw.execute(f"PRAGMA application_id = {0x43474556}")
    assert found(path) == [(1, ProblemKind.GENESIS)]


def test_removed_guards_are_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("CREATE TRIGGER more AFTER INSERT ON entries BEGIN SELECT 1; END")
    assert found(closed_log) == [(0, ProblemKind.GUARD)]


def test_a_file_that_ends_too_early_is_named_or_refused(closed_log: Path) -> None:
    content = closed_log.read_bytes()
    closed_log.write_bytes(content[: len(content) // 2 // 4096 * 4096])
    try:
        problems = found(closed_log)
    except LogDamagedError:
        return
    assert (0, ProblemKind.FILE) in problems


def test_an_index_that_no_longer_fits_its_table_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        [sql] = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'entries_by_officer'").fetchone()
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_master SET sql = NULL, type = 'x' WHERE name = 'entries_by_officer'")
        raw.execute("DELETE FROM sqlite_master WHERE name = 'entries_by_officer'")
        raw.execute("PRAGMA writable_schema = RESET")
        raw.execute(sql.replace("officer IS NOT NULL", "officer = 'nobody'"))
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'entries_by_officer'", [sql])
        raw.execute("PRAGMA writable_schema = RESET")
    assert (0, ProblemKind.FILE) in found(closed_log)


def test_a_log_that_grew_since_continues_from_its_anchor(closed_log: Path, identification) -> None:
    anchor = head_of(closed_log)
    with InspectionLog.open(closed_log, kind=LogKind.EVIDENCE) as log:
        log.append(identification(50))
        assert log.verify(anchor).ok
        assert log.verify(str(log.head())).ok


def test_an_index_that_no_longer_finds_a_spectrum_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        [(root,)] = raw.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_spectra_1'"
        ).fetchall()
        sha256 = raw.execute("SELECT spectrum FROM entries WHERE sequence = 6").fetchone()[0].encode()
    content = bytearray(closed_log.read_bytes())
    page = slice((root - 1) * 4096, root * 4096)
    assert sha256 in content[page]
    content[page] = content[page].replace(sha256, sha256[:-1] + b"x")
    closed_log.write_bytes(content)
    assert found(closed_log) == [(0, ProblemKind.FILE)]


@pytest.mark.parametrize("number", [0, -1, 50_001, 2**62])
def test_an_entry_that_stands_where_a_volume_has_none_is_named(
    closed_log: Path, tampering, number: int
) -> None:
    with tampering(closed_log) as raw:
        raw.execute(
            "INSERT INTO entries SELECT ?, time, kind, inspection, sample, officer, verdict, "
            "declared_verdict, spectrum, previous, hash, signature, entry FROM entries WHERE sequence = 4",
            [number],
        )
    assert (number, ProblemKind.RENUMBERED) in found(closed_log)


@pytest.mark.parametrize("row", [-1, 2**62])
def test_a_curve_that_stands_where_the_log_puts_none_is_named(closed_log: Path, tampering, row: int) -> None:
    with tampering(closed_log) as raw:
        raw.execute(
            "INSERT INTO spectra (rowid, sha256, header, wavenumber, absorbance, sample_beam, "
            "background_beam, raw_payload) SELECT ?, 'ff', header, wavenumber, absorbance, sample_beam, "
            "background_beam, raw_payload FROM spectra LIMIT 1",
            [row],
        )
    assert (0, ProblemKind.SPECTRUM) in found(closed_log)


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX entries_by_officer",
        "CREATE TABLE more (text TEXT)",
        "CREATE VIEW shown AS SELECT * FROM entries WHERE officer IS NULL",
    ],
)
def test_a_volume_that_is_made_of_other_parts_is_named(closed_log: Path, tampering, change: str) -> None:
    with tampering(closed_log) as raw:
        raw.execute(change)
    assert found(closed_log) == [(0, ProblemKind.GUARD)]


def test_a_volume_under_the_number_of_another_is_named(closed_log: Path) -> None:
    shutil.copy(closed_log, volume_path(closed_log, 2))
    assert found(closed_log) == [(0, ProblemKind.FILE)]


def test_the_removed_end_of_a_volume_that_another_continues_is_named(closed_log: Path, tampering) -> None:
    for secret in (closed_log.parent / "keys").iterdir():
        secret.unlink()
    with InspectionLog.open(closed_log, kind=LogKind.EVIDENCE) as log:
        assert [notice.kind for notice in log.notices] == [NoticeKind.KEY_LOST]
    assert found(closed_log) == []
    with tampering(closed_log) as raw:
        remove_last(raw)
    assert found(closed_log) == [(50_001, ProblemKind.VOLUME)]


def test_a_last_entry_without_a_hash_is_said_to_be_damaged(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'entries'")
        raw.execute("PRAGMA writable_schema = RESET")
        raw.execute("UPDATE entries SET hash = NULL WHERE sequence = 8")
    assert found(closed_log) == [(0, ProblemKind.FILE)]


def test_a_text_that_is_not_utf_8_any_more_is_said_to_be_damaged(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        raw.execute("UPDATE meta SET value = CAST(x'e961' AS TEXT) WHERE key = 'program_version'")
    with (
        pytest.raises(LogDamagedError, match="is damaged"),
        InspectionLog.open_read_only(closed_log, kind=LogKind.EVIDENCE),
    ):
        pass


def test_a_removed_end_is_seen_by_the_anchor_and_by_nothing_else(closed_log: Path, tampering) -> None:
    anchor = head_of(closed_log)
    with tampering(closed_log) as raw:
        remove_last(raw)
    assert found(closed_log) == []
    assert found(closed_log, anchor) == [(8, ProblemKind.ANCHOR)]


def test_a_log_that_was_rewritten_without_the_key_is_named(closed_log: Path, tampering) -> None:
    with tampering(closed_log) as raw:
        for sequence in (5, 6, 7, 8):
            rehash(raw, sequence)
    assert {(5, ProblemKind.SIGNATURE), (8, ProblemKind.SIGNATURE)} <= set(found(closed_log))


def test_the_anchor_of_another_volume_is_said_to_be_one(closed_log: Path) -> None:
    anchor = head_of(closed_log).replace("1:", "2:", 1)
    assert found(closed_log, anchor) == [(0, ProblemKind.ANCHOR)]


def test_an_anchor_that_is_none_is_refused(closed_log: Path) -> None:
    with pytest.raises(AnchorError):
        found(closed_log, "see the note on the desk")


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject.made(tmp_path_factory.mktemp("subject"), Random(20261124))


def test_a_log_that_nobody_touched_holds_with_its_anchor_and_without(
    subject: Subject, in_memory: Path
) -> None:
    untouched = shutil.copytree(subject.folder, in_memory / "copy")
    assert problems(untouched) == problems(untouched, subject.anchor) == []


@pytest.mark.parametrize("way", WITHOUT_THE_KEY)
def test_what_is_done_without_the_key_is_always_found(subject: Subject, in_memory: Path, way: str) -> None:
    outcome = tamper(subject, in_memory / "copy", way, count=INSTANCES, seed=20261124)
    assert (outcome.found_without, outcome.found_with) == (INSTANCES, INSTANCES), outcome.missed


@pytest.mark.parametrize("way", SEEN_BY_AN_ANCHOR_ALONE)
def test_what_leaves_a_whole_signed_chain_is_found_by_an_anchor_and_by_nothing_else(
    subject: Subject, in_memory: Path, way: str
) -> None:
    outcome = tamper(subject, in_memory / "copy", way, count=INSTANCES, seed=20261124)
    assert (outcome.found_without, outcome.found_with) == (0, INSTANCES)


def remove_last(raw) -> None:
    """Take the last entry away, with its curve and all that points to it."""
    sequence, sha256 = raw.execute(
        "SELECT sequence, spectrum FROM entries ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    for table in ("entry_substances", "entry_texts", "entries"):
        raw.execute(f"DELETE FROM {table} WHERE sequence = ?", [sequence])
    raw.execute("DELETE FROM spectra WHERE sha256 = ?", [sha256])


def rehash(raw, sequence: int) -> None:
    """Change an entry's recipe-free remark and chain it again, as someone who knows the format would."""
    previous = raw.execute("SELECT hash FROM entries WHERE sequence = ?", [sequence - 1]).fetchone()[0]
    stored = raw.execute("SELECT entry FROM entries WHERE sequence = ?", [sequence]).fetchone()[0]
    changed = stored.replace(b"another substance", b"one and the same..")
    raw.execute(
        "UPDATE entries SET entry = ?, previous = ?, hash = ? WHERE sequence = ?",
        [changed, previous, chained(previous, changed), sequence],
    )
