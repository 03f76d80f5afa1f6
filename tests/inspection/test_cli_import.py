"""``library import``: spectra of files, folders and archives into a library, and a report of every one."""

from __future__ import annotations

import csv
import json
import os
import signal
import sys
import zipfile
from pathlib import Path

import pytest

from inspection.cli import run
from inspection.verbs import imports
from spectra_library.shelf import OWN_NAME
from spectra_library.store import load_library
from tests.spectra_library.made.agency_files import agency_file

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))  # the tools are run by people, not installed

from make_agency_library import agency_files, write_files


@pytest.fixture
def agency(tmp_path: Path) -> Path:
    """Two known substances, one unknown, one gas, one copy, one file that is none."""
    folder = tmp_path / "Agency A"
    folder.mkdir()
    (folder / "1.jdx").write_bytes(agency_file(1, "Lot 1", cas="67-64-1", owner="Agency A"))
    (folder / "2.jdx").write_bytes(agency_file(2, "toluene"))
    (folder / "3.jdx").write_bytes(agency_file(3, "=XYZ-7"))
    (folder / "4.jdx").write_bytes(agency_file(4, "methane", phase="gas"))
    (folder / "5.jdx").write_bytes(agency_file(2, "toluene"))
    (folder / "6.jdx").write_bytes(b"\x00\x01" * 500)
    return folder


def library(data_dir: Path):
    return load_library(data_dir / "libraries" / "agency-a.sqlite")


def test_each_spectrum_gives_a_line_and_the_last_line_counts_them(chemgate, agency, data_dir, monkeypatch):
    monkeypatch.setenv("CHEMGATE_PIN", "482915")
    chemgate("user", "add", "Administrator 1")

    answer = chemgate("--user", "Administrator 1", "library", "import", agency, "--json")

    *lines, last = answer.objects
    assert [line["outcome"] for line in lines] == [
        *("linked", "linked", "unlinked", "refused", "duplicate", "refused"),
    ]
    assert lines[0]["source"]["path"] == str(agency / "1.jdx")
    assert (lines[0]["substance"], lines[0]["linked_by"]) == ("acetone", "cas")
    assert [line["error"]["kind"] for line in lines if "error" in line] == ["gas_phase", "unsupported_format"]
    summary = last["summary"]
    assert (summary["linked"], summary["unlinked"], summary["duplicate"], summary["refused"]) == (2, 1, 1, 2)
    assert summary["refused_by"] == {"gas_phase": 1, "unsupported_format": 1}
    made = library(data_dir)
    assert summary["library"] == {
        "name": "Agency A",
        "sha256": made.sha256,
        "references": 3,
        "band_lists": 0,
    }
    assert made.references[0].provenance.imported_by == "Administrator 1"
    assert answer.code == 2  # some were refused, as with every verb that reads files


def test_the_text_says_what_was_refused_and_why(chemgate, agency, data_dir):
    answer = chemgate("library", "import", agency)

    assert "files: 6, linked: 2, not linked: 1, duplicates: 1, refused: 2" in answer.out
    assert "refused, gas or vapour: 1" in answer.out
    assert f"{agency / '4.jdx'}: expected the spectrum of a solid or liquid" in answer.out
    assert "=XYZ-7: the catalogue knows none of" in answer.out
    assert "References without a licence in their files: 2." in answer.err


def test_nothing_refused_is_exit_code_0(chemgate, agency):
    assert chemgate("library", "import", agency / "1.jdx", "--name", "Agency A").code == 0


def test_the_report_is_a_table_that_a_spreadsheet_does_not_run(chemgate, agency, data_dir):
    chemgate("library", "import", agency)

    text = (data_dir / "libraries" / "agency-a.import.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["outcome"] for row in rows][:3] == ["linked", "linked", "unlinked"]
    assert rows[2]["title"] == "'=XYZ-7"


def test_the_library_is_on_the_shelf_and_answers(chemgate, agency):
    chemgate("library", "import", agency)

    listed = chemgate("library", "list", "--json").objects
    assert [one["short_name"] for one in listed if not one["shipped"]] == ["agency-a"]
    assert chemgate("library", "verify").code == 0


def test_a_licence_and_a_source_can_be_stated(chemgate, agency, data_dir):
    answer = chemgate(
        "library", "import", agency, "--licence", "for this service", "--source", "Laboratory 3"
    )

    assert {(one.licence, one.source) for one in library(data_dir).references} == {
        ("for this service", "Laboratory 3")
    }
    assert answer.err == ""


def test_a_zip_and_a_name(chemgate, agency, tmp_path, data_dir):
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in agency.iterdir():
            archive.write(file, file.name)

    chemgate("library", "import", path, "--name", "Agency A")

    assert len(library(data_dir).references) == 3


def test_several_paths_need_a_name(chemgate, agency):
    answer = chemgate("library", "import", agency / "1.jdx", agency / "2.jdx")

    assert answer.code == 2
    assert "expected --name" in answer.err


@pytest.mark.parametrize("name", [OWN_NAME, "open", "Open starter library"])
def test_neither_own_spectra_nor_those_of_the_program_are_imported_into(chemgate, agency, name):
    answer = chemgate("library", "import", agency, "--name", name)

    assert answer.code == 2
    assert "expected another name" in answer.err


def test_a_package_and_spectra_in_one_call_are_refused(chemgate, agency, tmp_path):
    answer = chemgate("library", "import", agency, tmp_path / f"x{imports.PACKAGE}")

    assert "expected either signed packages or spectra" in answer.err


@pytest.mark.skipif(os.name == "nt", reason="no signal can be sent to oneself there")
def test_ctrl_c_says_how_far_it_came_and_the_same_command_goes_on(
    chemgate, agency, data_dir, monkeypatch, capsys
):
    real = imports.import_library

    def interrupted(*arguments, **how):
        def press(progress) -> None:
            if progress.done == 2:
                os.kill(os.getpid(), signal.SIGINT)

        return real(*arguments, **{**how, "progress": press, "readers": 1})

    monkeypatch.setattr(imports, "import_library", interrupted)
    code = run(["--data-dir", str(data_dir), "library", "import", str(agency), "--json"])
    stopped = capsys.readouterr()
    monkeypatch.undo()

    answer = chemgate("library", "import", agency, "--json")

    assert code == 130
    assert "of 6 files were read; nothing was changed. The same command goes on from here." in stopped.err
    assert stopped.out == ""
    assert json.loads(answer.out.splitlines()[-1])["summary"]["resumed"] >= 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_file_that_contradicts_itself_is_named(chemgate, tmp_path):
    path = tmp_path / "x.jdx"
    path.write_bytes(agency_file(1, "toluene", cas="67-64-1"))

    answer = chemgate("library", "import", path)

    assert "Files that contradict themselves: 1" in answer.out
    assert "the CAS number 67-64-1 is that of Acetone, but the name 'toluene' means Toluene" in answer.out


def test_sixty_controlled_substances_of_an_agency_show_in_the_coverage(chemgate, tmp_path):
    assert write_files(tmp_path / "made", agency_files(0, controlled=60)) == 60

    before = chemgate("library", "coverage", "--json").objects[-1]["summary"]
    imported = chemgate("library", "import", tmp_path / "made", "--tier", "derived", "--json")
    after = chemgate("library", "coverage", "--json").objects[-1]["summary"]

    assert imported.objects[-1]["summary"]["linked"] == 60
    gained = before["controlled_without"] - after["controlled_without"]
    gained += before["controlled_bands_only"] - after["controlled_bands_only"]
    # those that had no spectrum come first, so each of them now has one
    assert after["controlled_derived"] - before["controlled_derived"] == gained
    without = {*before["controlled_without_reference"], *before["controlled_bands_only_reference"]}
    assert gained == min(60, len(without - {*before["controlled_invisible"]}))
