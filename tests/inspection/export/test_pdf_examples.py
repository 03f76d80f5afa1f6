"""The examples of docs/examples, made anew: a whole job on the simulated detector, on one page."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from inspection.language import Language, Wording
from inspection.log_kind import LogKind
from inspection.record.labels import section_label
from inspection.record.sections import Section
from inspection.wording import verdict_word
from spectra_library.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are run by people, not installed

from example_exports import Caller, print_out, work_through  # noqa: E402

# Another one each time: numbers of inspections, days, times, offsets from UTC, hashes and what breaks there.
OTHER_EACH_TIME = re.compile(
    r"\d{8}-[0-9A-Z]{6}|\d{4}-\d{2}-\d{2}|\d{2}:\d{2}(:\d{2})?|[+-]\d{2}:\d{2}|([\d]+:)*[0-9a-f]{4,}…?"
)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    """The caller by whom an inspection of three samples was made, by commands alone."""
    return work_through(tmp_path_factory.mktemp("data"), LogKind.EVIDENCE)


@pytest.fixture(scope="module")
def printed(caller: Caller, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What can be printed of it, in all languages."""
    out = tmp_path_factory.mktemp("printed")
    for language in Language:
        print_out(caller, out, language)
    return out


@pytest.mark.parametrize("language", Language)
def test_a_usual_inspection_with_three_samples_fills_one_page(language: Language, printed: Path) -> None:
    words = Wording(language)
    path = printed / f"inspection_{language}.pdf"
    reader = PdfReader(path)
    text = " ".join(reader.pages[0].extract_text().split())

    assert len(reader.pages) == 1
    assert text.count(verdict_word(words, Verdict.MATCH)) >= 3
    for section in Section:
        if section not in (Section.SAMPLE, Section.LABORATORY_RESULT):
            assert section_label(words, section) in text
    assert path.stat().st_size < 150_000


def test_the_reference_that_was_compared_is_drawn_beside_each_sample(printed: Path) -> None:
    text = PdfReader(printed / "inspection_en.pdf").pages[0].extract_text()

    assert text.count("reference, to scale") == 3
    assert "not at hand" not in text


@pytest.mark.parametrize("language", Language)
def test_the_log_of_one_inspection_is_one_page(language: Language, printed: Path) -> None:
    assert len(PdfReader(printed / f"log_{language}.pdf").pages) == 1


@pytest.mark.parametrize("name", ["inspection_en.pdf", "log_en.pdf"])
def test_the_examples_say_what_the_tool_makes_now(name: str, printed: Path) -> None:
    assert words_of(printed / name) == words_of(ROOT / "docs" / "examples" / name), (
        "run tools/example_exports.py"
    )


def test_the_inspection_is_signed_off_and_its_log_holds(caller: Caller) -> None:
    shown = json.loads(caller.call("Officer 1", "inspection show ID --json"))

    assert shown["signed_off_by"] == "Supervisor 1"
    assert [one["sample"] for one in shown["record"]["samples"]] == [1, 2, 3]
    assert json.loads(caller.call(None, "log verify --json"))["ok"]


def words_of(path: Path) -> list[str]:
    """The words of a file, without those that are others each time."""
    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    return [word for word in text.split() if not OTHER_EACH_TIME.fullmatch(word)]
