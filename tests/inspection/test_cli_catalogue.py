"""``library national``; what ``library search`` and ``show`` tell of the law and of what is unverified."""

from __future__ import annotations

import numpy as np
import pytest

from inspection.folders import DataFolder
from inspection.own_catalogue import own_catalogue
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.spectrum import Spectrum, Technique

LIST = """title;List A
as_of;2026-01-15
source;Decision 7
id;cas;name;schedule;since;note
caffeine;;;List I;2020;
;;Nobodys powder;List II;;
"""


@pytest.fixture
def national_file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    return path


def test_without_a_national_list_the_lists_of_the_program_are_shown(chemgate):
    shown = chemgate("library", "national", "--json").object

    assert shown["national"] is None
    assert {one["list"] for one in shown["lists"]} >= {"un-1961", "un-1971", "un-1988", "eu-precursors"}
    assert "No national list in force" in chemgate("library", "national").out


def test_an_imported_list_is_in_force_everywhere(chemgate, national_file):
    taken = chemgate("library", "national", str(national_file), "--json").object["national"]

    assert (taken["title"], taken["date"], taken["source"]) == ("List A", "2026-01-15", "Decision 7")
    assert (taken["substances"], taken["linked"]) == (2, 1)
    assert [(one["line"], one["substance"]) for one in taken["unknown"]] == [(6, "national:nobodys-powder")]
    [caffeine] = [
        one
        for one in chemgate("library", "search", "58-08-2", "--json").objects
        if one["substance"] == "caffeine"
    ]
    assert (caffeine["status"], caffeine["lists"]) == ("controlled", ["List A List I (2020)"])
    assert caffeine["listings"][0]["as_of"] == "2026-01-15"
    summary = chemgate("library", "coverage", "--json").objects[-1]["summary"]
    assert summary["controlled"] == 140 + 2
    assert "line 6: Nobodys powder is not in the catalogue" in chemgate("library", "national").out


def test_a_removed_list_is_no_longer_in_force(chemgate, national_file):
    chemgate("library", "national", str(national_file))

    assert chemgate("library", "national", "--remove", "--json").object == {"removed": True}
    assert chemgate("library", "national", "--remove", "--json").object == {"removed": False}
    assert chemgate("library", "national", "--json").object["national"] is None


def test_a_wrong_list_is_refused_with_its_line_and_changes_nothing(chemgate, national_file, tmp_path):
    chemgate("library", "national", str(national_file))
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(LIST.replace("caffeine;;", "caffeine;67-64-1;"), "utf-8")

    answer = chemgate("library", "national", str(wrong))

    assert answer.code == 2
    assert "line 5" in answer.err
    assert chemgate("library", "national", "--json").object["national"]["file"] == "list.csv"


def test_a_template_is_written_once_and_never_over_another_file(chemgate, tmp_path):
    out = tmp_path / "template.csv"

    assert chemgate("library", "national", "--template", str(out), "--json").object == {"template": str(out)}
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert chemgate("library", "national", "--template", str(out)).code == 2


def test_a_damaged_national_list_is_told_and_the_other_lists_answer(
    chemgate, national_file, tmp_path, data_dir
):
    chemgate("library", "national", str(national_file))
    path = DataFolder(data_dir).national_list
    path.write_bytes(path.read_bytes().replace(b"caffeine", b"caffeina"))

    shown = chemgate("library", "national", "--json")
    searched = chemgate("library", "search", "acetone", "--json")

    assert (shown.code, shown.object["national"]) == (1, None)
    assert "not in force" in shown.object["problem"]
    assert searched.code == 0
    assert "the national list is not in force" in searched.err
    assert searched.objects[0]["status"] == "controlled"


def test_search_tells_date_and_source_of_each_list_and_what_is_unverified(chemgate):
    found = chemgate("library", "search", "cathinone").out

    assert "CND 68 (March 2025)" in found
    assert "INCB" in found
    assert "UN 1971 Schedule I: Convention on Psychotropic Substances of 1971" in found
    [cathinone] = [line for line in found.splitlines() if line.startswith("  UN 1971 Schedule I: ")]
    assert cathinone.count("unverified") == 1
    assert (
        "Unverified: Russian name, Azerbaijani name, hazard statements"
        in chemgate("library", "search", "acetic-anhydride").out
    )


def test_show_marks_each_unverified_field_in_words(chemgate):
    shown = chemgate("library", "show", "acetic-anhydride").out

    assert "Russian name: уксусный ангидрид (unverified)" in shown
    assert "Hazard statements: H226 H302 H314 H332 (unverified)" in shown
    assert "Formula: C4H6O3\n" in shown


def test_what_the_user_verified_is_no_longer_marked(chemgate, data_dir):
    table = DataFolder(data_dir).verified
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(
        "substance,column,by,date,source\nacetic-anhydride,ghs,Officer 1,2026-11-24,data sheet\n", "utf-8"
    )

    assert "Hazard statements: H226 H302 H314 H332\n" in chemgate("library", "show", "acetic-anhydride").out


def test_a_damaged_table_of_verifications_is_told_and_costs_only_itself(chemgate, data_dir):
    table = DataFolder(data_dir).verified
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("substance,column\n", "utf-8")

    answer = chemgate("library", "search", "acetone", "--json")

    assert answer.code == 0
    assert "verified.csv" in answer.err


def test_a_list_that_may_not_be_read_is_told_and_the_lists_of_the_program_answer(
    chemgate, national_file, data_dir, request
):
    chemgate("library", "national", str(national_file))
    DataFolder(data_dir).national_list.chmod(0o000)
    request.getfixturevalue("unprivileged")

    own = own_catalogue(DataFolder(data_dir))

    assert "Permission denied; the national list is not in force" in str(own.problems[-1])
    assert sum(one.is_controlled for one in own.catalogue.substances) == 140


@pytest.fixture
def powder(tmp_path):
    """A spectrum like no other."""
    axis = np.arange(650.0, 4000.0, 2.0)
    chance = np.random.default_rng(5)
    bands = np.exp(-(((axis - chance.uniform(700, 3900, 25)[:, None]) / 12) ** 2)).sum(axis=0)
    path = tmp_path / "powder.jdx"
    path.write_bytes(jcamp_bytes(Spectrum(axis, bands, Technique.ATR, 4.0), title="Probe 7"))
    return path


def test_a_reference_of_what_only_a_national_list_named_answers_when_the_list_is_gone(
    chemgate, national_file, powder
):
    chemgate("library", "national", str(national_file))
    added = chemgate("library", "add", powder, "--substance", "nobodys powder", "--approved-by", "Officer 1")
    listed = chemgate("identify", powder, "--json").object["candidates"][0]
    chemgate("library", "national", "--remove")
    unlisted = chemgate("identify", powder, "--json").object["candidates"][0]

    assert added.code == 0
    assert (listed["name"], listed["status"]) == ("Nobodys powder", "controlled")
    assert (unlisted["name"], unlisted["status"]) == ("national:nobodys-powder", "unknown")
    said = chemgate("identify", powder).out
    assert "Not in this catalogue: its legal status is not known" in said
    summary = chemgate("library", "coverage", "--json").objects[-1]["summary"]
    assert (summary["controlled"], summary["outside_catalogue"]) == (140, 1)
