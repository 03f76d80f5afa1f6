"""Confirmed spectra as cases for a calibration: a step of its own, and never the result by itself."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inspection.chain import canonical_json
from inspection.curves import StoredSpectrum
from inspection.errors import ExportError, RecordError
from inspection.folders import DataFolder
from inspection.laboratory.cases import TABLE, write_cases
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.recording import recording
from inspection.record.sections import Section
from inspection.records import EntryKind, NewEntry, opening
from spectra_library.formats.reading import read_bytes
from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.store import save_library
from tests.inspection.test_cli_calibrate import PLASTICS, noisy

ASKED = "20261124-7K3FQ2"


@pytest.fixture
def path(data_dir: Path) -> Path:
    return DataFolder(data_dir).evidence_log


@pytest.fixture
def log(path: Path, clock):
    with InspectionLog.open(path, kind=LogKind.EVIDENCE, clock=clock) as opened:
        opened.append(opening(ASKED))
        yield opened


@pytest.fixture
def add(log: InspectionLog, finding, curve) -> Callable[..., int]:
    """Write an identification with its spectrum, and what laboratories found of it."""

    def write(*results: tuple[str, ...], stored: StoredSpectrum | None = None, verdict: str = "match") -> int:
        new = NewEntry(EntryKind.IDENTIFICATION, finding(verdict), ASKED, 1, stored or curve(1))
        number = log.append(new).sequence
        for found in results:
            said = {"entry": number, "substances": found, "reference": "=L-17", "finding": "as told"}
            log.append(recording(ASKED, Section.LABORATORY_RESULT, said, sample=1))
        return number

    return write


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / TABLE).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_case_is_what_a_laboratory_found_to_be_one_substance_whatever_was_said(
    log, add, catalogue, tmp_path
) -> None:
    right = add(("acetone",))
    wrong = add(("ethanol",), verdict="no_match")
    add()  # no result
    add(("acetone", "water"))
    add(())
    add(("acetone",), ("ethanol",))  # contradictory
    add(("of no catalogue",))

    report = write_cases(log, catalogue, tmp_path / "cases")

    assert (report.count, report.substances, report.left_out) == (2, 2, 4)
    assert report.head == log.head()
    rows = rows_of(tmp_path / "cases")
    assert [(row["substance"], int(row["entry"])) for row in rows] == [("acetone", right), ("ethanol", wrong)]
    assert rows[0]["reference"] == "'=L-17"  # no formula for a spreadsheet
    assert hashlib.sha256((tmp_path / "cases" / TABLE).read_bytes()).hexdigest() == report.sha256
    for row in rows:
        content = (tmp_path / "cases" / row["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        [read] = read_bytes(content, row["file"])
        stored = log.spectrum(int(row["entry"]))
        assert np.array_equal(read.spectrum().absorbance, stored.spectrum.absorbance)
        assert read.cas == row["cas"]


def test_the_folder_appears_whole_or_not_at_all(log, add, catalogue, tmp_path, monkeypatch) -> None:
    add(("acetone",))
    add(("acetone",))
    asked = []

    def failing(sequence: int):
        asked.append(sequence)
        if len(asked) == 2:
            raise OSError(28, "No space left on device")
        return InspectionLog.spectrum(log, sequence)

    monkeypatch.setattr(log, "spectrum", failing)

    with pytest.raises(ExportError, match="No space left"):
        write_cases(log, catalogue, tmp_path / "cases")
    assert not (tmp_path / "cases").exists()
    assert not list(tmp_path.glob(".cases*"))


@pytest.mark.parametrize("place", ["a file", "a folder"])
def test_what_is_there_is_not_overwritten(log, add, catalogue, tmp_path, place) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a folder" / "mine.txt").touch()

    with pytest.raises(ExportError, match="expected the name of a new folder"):
        write_cases(log, catalogue, tmp_path / place)
    assert (tmp_path / "a folder" / "mine.txt").exists()


def test_a_folder_that_is_not_there_is_not_made(log, add, catalogue, tmp_path) -> None:
    add(("acetone",))

    with pytest.raises(ExportError, match="there is no folder"):
        write_cases(log, catalogue, tmp_path / "stick" / "cases")
    assert not (tmp_path / "stick").exists()


def test_exercises_confirm_nothing(data_dir, catalogue, tmp_path) -> None:
    training = DataFolder(data_dir).log(LogKind.TRAINING)
    with (
        InspectionLog.open(training, kind=LogKind.TRAINING) as log,
        pytest.raises(RecordError, match="found the training log"),
    ):
        write_cases(log, catalogue, tmp_path / "cases")


def test_cases_are_those_of_a_period(log, add, catalogue, tmp_path) -> None:
    first, second = add(("acetone",)), add(("acetone",))

    write_cases(log, catalogue, tmp_path / "cases", since=log.entry(second).time)

    assert [int(row["entry"]) for row in rows_of(tmp_path / "cases")] == [second]
    assert first < second


# --- The loop: identify -> laboratory -> cases -> calibrate, each when somebody says so


@pytest.fixture(scope="module")
def plastics(starter: tuple[ReferenceLibrary, ...]) -> tuple[Reference, ...]:
    first = {one.substance: one for one in reversed(starter[0].references) if one.tier is Tier.MEASURED}
    return tuple(first[name] for name in PLASTICS)


def test_results_alone_change_no_confidence_and_the_explicit_step_reads_the_cases(
    chemgate, data_dir, log, add, plastics, demonstration, tmp_path
) -> None:
    library = tmp_path / "plastics.sqlite"
    save_library(sealed(ReferenceLibrary("Plastics", "1", plastics, ())), library)
    asked = demonstration / "isopropanol.csv"
    rows = ["entry;laboratory;substances"]
    for one in plastics:
        for seed in range(7):
            number = add(stored=StoredSpectrum(noisy(one.spectrum, seed)))
            rows.append(f"{number};Laboratory 1;{one.substance}")
    table = tmp_path / "results.csv"
    table.write_text("\n".join(rows))

    def answered() -> bytes:
        """The answer, byte for byte, but for how long it took."""
        found = chemgate("identify", asked, "--json")
        return canonical_json({**found.object, "elapsed_ms": 0})

    before = answered()
    assert chemgate("log", "laboratory", table, "--json").code == 0
    assert chemgate("log", "statistics").code == 0
    assert answered() == before
    written = chemgate("log", "statistics", "--cases", tmp_path / "cases", "--json").object["cases"]
    assert answered() == before
    assert not (data_dir / "calibration.json").exists()

    assert (written["count"], written["substances"]) == (49, 7)
    calibrated = chemgate("library", "calibrate", written["spectra"], "--library", library, "--json")
    assert calibrated.code == 0
    assert calibrated.object["calibration"]["held"] == 49
    assert json.loads(before)["calibration"] != json.loads(answered())["calibration"]


def test_words_for_people_say_that_nothing_was_calibrated(chemgate, log, add, tmp_path) -> None:
    add(("acetone",))

    answer = chemgate("log", "statistics", "--cases", tmp_path / "cases")

    assert answer.code == 0
    assert "1 confirmed spectra of 1 substances" in answer.out
    assert "Nothing was calibrated" in answer.out
