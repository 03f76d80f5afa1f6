"""The examples of docs/examples, made anew: a whole job on the simulated detector, on one page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from inspection.export.exporting import ExportFormat, export_log
from inspection.folders import DataFolder
from inspection.language import Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.labels import section_label
from inspection.record.sections import Section
from inspection.wording import verdict_word
from spectra_library.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are run by people, not installed

from example_exports import INSPECTION, ticking, work_through  # noqa: E402


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InspectionLog]:
    """The log of an inspection of three samples that is signed off."""
    data = DataFolder(tmp_path_factory.mktemp("data"))
    kind = LogKind.EVIDENCE
    with InspectionLog.open(data.log(kind), kind=kind, clock=ticking(), officer="Officer 1") as log:
        work_through(log, data)
        yield log


@pytest.mark.parametrize("language", Language)
def test_a_usual_inspection_with_three_samples_fills_one_page(
    language: Language, worked: InspectionLog, tmp_path: Path
) -> None:
    words = Wording(language)
    report = export_log(worked, tmp_path / "out.pdf", ExportFormat.PDF, INSPECTION, words=words)

    reader = PdfReader(tmp_path / "out.pdf")
    text = " ".join(reader.pages[0].extract_text().split())

    assert len(reader.pages) == 1
    assert report.count == worked.head().count - 1  # all but the beginning of the log
    assert text.count(verdict_word(words, Verdict.MATCH)) >= 3
    for section in Section:
        if section not in (Section.SAMPLE, Section.LABORATORY_RESULT):
            assert section_label(words, section) in text
    assert (tmp_path / "out.pdf").stat().st_size < 150_000


def test_the_reference_that_was_compared_is_drawn_beside_each_sample(
    worked: InspectionLog, tmp_path: Path
) -> None:
    export_log(worked, tmp_path / "out.pdf", ExportFormat.PDF, INSPECTION)

    text = PdfReader(tmp_path / "out.pdf").pages[0].extract_text()

    assert text.count("reference, to scale") == 3
    assert "not at hand" not in text


def test_the_log_of_one_inspection_is_one_page(worked: InspectionLog, tmp_path: Path) -> None:
    report = export_log(worked, tmp_path / "out.pdf", ExportFormat.PDF)

    assert report.count == 3
    assert len(PdfReader(tmp_path / "out.pdf").pages) == 1


@pytest.mark.parametrize(("name", "inspection"), [("inspection_en", INSPECTION), ("log_en", None)])
def test_the_examples_say_what_the_tool_makes_now(
    name: str, inspection: str | None, worked: InspectionLog, tmp_path: Path
) -> None:
    new = tmp_path / f"{name}.pdf"
    export_log(worked, new, ExportFormat.PDF, inspection)

    assert words_of(new) == words_of(ROOT / "docs" / "examples" / new.name), "run tools/example_exports.py"


def words_of(path: Path) -> list[str]:
    """The words of a file, without those that have another value each time: hashes, and what breaks there."""
    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    return [word for word in text.split() if not is_part_of_a_hash(word)]


def is_part_of_a_hash(word: str) -> bool:
    digits = word.rpartition(":")[2].rstrip("…")
    return len(digits) >= 4 and set(digits) <= set("0123456789abcdef")
