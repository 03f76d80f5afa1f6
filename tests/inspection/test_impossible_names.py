"""A name that no system can have as a file is one clear sentence, in every verb that takes one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inspection.errors import ExportError, LogError, LogWriteError
from inspection.export.atomic import replacing, write_atomically
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

NUL = "a\0b.csv"


@pytest.mark.parametrize("name", [NUL, "folder\0/out.csv", "\ud800.csv", "", "."])
def test_a_file_of_an_impossible_name_is_refused_as_an_export(tmp_path: Path, name: str) -> None:
    path = Path("/") if name == "" else tmp_path / name if name != "." else Path()
    with pytest.raises(ExportError, match="expected the name of a file, found"):
        write_atomically(path, b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_one_who_writes_is_not_mistaken_for_the_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), replacing(tmp_path / "out.csv"):
        raise ValueError("mine")


@pytest.mark.parametrize(
    "verb",
    [
        ("convert", "{file}", "{nul}"),
        ("convert", "{nul}", "{out}"),
        ("identify", "{nul}"),
        ("identify", "{file}", "--library", "{nul}"),
        ("read", "{nul}"),
        ("log", "export", "{nul}"),
        ("log", "export", "/", "--format", "csv"),
        ("log", "verify", "--anchor", "{nul}"),
    ],
    ids=" ".join,
)
def test_every_verb_says_so_in_one_line(chemgate, demonstration, tmp_path, verb) -> None:
    assert chemgate("inspection", "new").code == 0
    places = {
        "file": str(demonstration / "ethanol.csv"),
        "nul": str(tmp_path / NUL),
        "out": str(tmp_path / "o.csv"),
    }
    answer = chemgate(*(word.format(**places) for word in verb))

    assert answer.code == 2
    said = (answer.err or answer.out).strip()
    assert said
    assert "\n" not in said
    assert "embedded null" not in said
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    "verb",
    [
        ("inspection", "show", "{raw}"),
        ("inspection", "close", "{raw}"),
        ("inspection", "signoff", "{raw}"),
        ("inspection", "new", "--seal-found", "1", "--seal-found", "{raw}"),
        ("log", "list", "--officer", "{raw}"),
        ("log", "list", "--substance", "{raw}"),
        ("log", "export", "{out}", "--inspection", "{raw}"),
        ("log", "receipt", "{out}", "--inspection", "{raw}"),
        ("--user", "{raw}", "log", "list"),
    ],
    ids=" ".join,
)
def test_bytes_that_are_no_text_are_refused_where_text_is_meant(chemgate, tmp_path, verb) -> None:
    assert chemgate("inspection", "new").code == 0
    answer = chemgate(*(word.format(raw="a\udcff", out=tmp_path / "out.txt") for word in verb))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Not possible: expected text in UTF-8 for ")
    assert len(answer.err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_bytes_that_are_no_text_name_a_file_all_the_same(chemgate, tmp_path) -> None:
    assert chemgate("inspection", "new").code == 0
    out = tmp_path / "slip\udcff.txt"

    assert chemgate("log", "receipt", out).code == 0
    assert chemgate("log", "verify", "--anchor", out).code == 0
    assert chemgate("--data-dir", tmp_path / "data\udcff", "inspection", "new").code == 0


def test_a_scan_into_an_impossible_file_is_refused_before_the_scan(chemgate, tmp_path) -> None:
    answer = chemgate("scan", "--port", "socket://127.0.0.1:1", "--out", tmp_path / NUL)

    assert answer.code == 2
    assert "expected the name of a file" in answer.err


def test_a_log_in_an_impossible_folder_is_a_known_error(tmp_path: Path) -> None:
    path = tmp_path / "a\0b" / "evidence.sqlite"
    with pytest.raises(LogWriteError, match="cannot be made"):
        InspectionLog.open(path, kind=LogKind.EVIDENCE)
    with pytest.raises(LogError):
        InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE)
