"""``library``: what can be named, what cannot, and whether it is as it was built."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from inspection.folders import DataFolder
from spectra_library.library import sealed
from spectra_library.shelf import LibraryShelf
from spectra_library.starter import DATA_FOLDER, starter_files
from spectra_library.store import save_library


@pytest.mark.parametrize(
    ("text", "substance"),
    [
        ("ethanol", "ethanol"),
        ("этанол", "ethanol"),
        ("ETİL SPİRTİ", "ethanol"),
        ("64-17-5", "ethanol"),
        ("2905.31", "ethylene-glycol"),
        ("isopropyl alcohol", "isopropanol"),
    ],
)
def test_a_substance_is_found_by_any_of_its_names_and_numbers(text, substance, chemgate):
    found = chemgate("library", "search", text, "--json").objects

    assert substance in {one["substance"] for one in found}


def test_what_nobody_has_heard_of_is_not_found_and_no_failure(chemgate):
    assert chemgate("library", "search", "xyzzy", "--json").objects == []
    answer = chemgate("library", "search", "xyzzy")
    assert (answer.code, answer.out) == (0, "nothing found\n")


def test_a_reference_is_shown_with_its_source_and_licence(chemgate, starter):
    reference = starter[0].references[0]

    shown = chemgate("library", "show", reference.id, "--json").object

    assert shown["substance"] == reference.substance
    [only] = shown["references"]
    assert (only["reference"], only["source"], only["licence"]) == (
        reference.id,
        reference.source,
        reference.licence,
    )
    assert reference.source in chemgate("library", "show", reference.id).out


def test_a_band_list_is_shown_as_one(chemgate):
    shown = chemgate("library", "show", "acetic-anhydride", "--json").object

    tiers = {one["tier"]: one for one in shown["references"]}
    assert len(tiers["bands"]["bands"]) > 3
    assert "band list" in chemgate("library", "show", "acetic-anhydride").out


def test_what_cannot_be_named_is_said_plainly(chemgate):
    rows = chemgate("library", "coverage", "--json").objects
    nothing = next(one["substance"] for one in rows[:-1] if not any(one["tiers"].values()))

    assert "this program cannot name it" in chemgate("library", "show", nothing).out


def test_an_unknown_name_is_refused_in_one_line(chemgate):
    answer = chemgate("library", "show", "xyzzy", "--json")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "Substance catalogue: expected a substance or a reference, found nothing called 'xyzzy'\n"
    )


def test_the_summary_counts_what_the_lines_say(chemgate):
    *rows, last = chemgate("library", "coverage", "--json").objects

    controlled = [one for one in rows if one["status"] == "controlled"]
    assert last["summary"]["controlled"] == len(controlled) > 0
    assert last["summary"]["controlled_without"] == sum(not any(one["tiers"].values()) for one in controlled)


def test_the_text_names_every_controlled_substance_that_cannot_be_named(chemgate):
    *_, last = chemgate("library", "coverage", "--json").objects
    text = chemgate("library", "coverage").out

    assert all(f"({one})" in text for one in last["summary"]["controlled_without_reference"])


def test_the_notice_of_a_library_is_shown_with_it(chemgate, starter):
    text = chemgate("library", "list").out

    assert starter[1].notice
    assert starter[1].notice in text


def test_a_library_that_was_changed_on_the_disk_fails_the_check(chemgate, tmp_path, monkeypatch):
    shutil.copytree(DATA_FOLDER / "forensic", tmp_path / "forensic")
    shutil.copy(DATA_FOLDER / "starter.sqlite", tmp_path)
    raw = bytearray((tmp_path / "starter.sqlite").read_bytes())
    at = raw.find(b"Fresnel, diamond")
    raw[at : at + 7] = b"Quintal"
    (tmp_path / "starter.sqlite").write_bytes(raw)
    monkeypatch.setattr("spectra_library.shelf.starter_files", lambda _: starter_files(tmp_path))

    answer = chemgate("library", "verify", "--json")

    assert answer.code == 1
    assert [(one["name"], one["ok"]) for one in answer.objects] == [
        ("open", False),
        ("Forensic bands (fitted)", True),
    ]
    assert "has changed since it was written" in answer.objects[0]["message"]
    assert "open: Reference library: " in chemgate("library", "verify").out


def test_a_library_that_is_missing_fails_the_check(chemgate, tmp_path, monkeypatch):
    monkeypatch.setattr("spectra_library.shelf.starter_files", lambda _: starter_files(tmp_path))

    answer = chemgate("library", "verify", "--json")

    assert answer.code == 1
    assert answer.object["ok"] is False


@pytest.fixture
def agency(starter, data_dir):
    """A library of the user's beside those of the program."""
    library = sealed(
        replace(starter[0], name="Agency A", references=starter[0].references[:3], band_lists=())
    )
    shelf = LibraryShelf(DataFolder(data_dir).libraries)
    shelf.folder.mkdir(parents=True)
    save_library(library, shelf.path_of("Agency A"))
    return library


def test_a_library_of_the_user_is_listed_with_its_short_name_and_switch(chemgate, agency):
    listed = chemgate("library", "list", "--json").objects

    assert [(one["short_name"], one["on"], one["shipped"]) for one in listed][-1] == ("agency-a", True, False)
    assert listed[-1]["sha256"] == agency.sha256
    assert "agency-a  [on]  Agency A" in chemgate("library", "list").out


def test_a_library_that_is_switched_off_is_listed_and_answers_no_more(chemgate, agency):
    assert chemgate("library", "off", "forensic").out == "forensic: off\n"

    listed = chemgate("library", "list", "--json").objects
    rows = chemgate("library", "coverage", "--json").objects

    assert [one["on"] for one in listed] == [True, False, True]
    assert rows[-1]["summary"]["controlled_derived"] < 40


def test_a_library_is_removed_only_when_it_is_the_users(chemgate, agency):
    assert chemgate("library", "remove", "Agency A").out == "agency-a: removed\n"

    answer = chemgate("library", "remove", "open")

    assert answer.code == 2
    assert (
        answer.err
        == "Reference library: 'open' comes with the program: it can be switched off, not removed\n"
    )
    assert len(chemgate("library", "list", "--json").objects) == 2


def test_a_damaged_library_of_the_user_is_complained_of_and_the_others_answer(chemgate, agency, data_dir):
    LibraryShelf(DataFolder(data_dir).libraries).path_of("Agency A").write_bytes(b"SQLite format 3\0")

    answer = chemgate("library", "coverage")

    assert answer.code == 0
    assert "agency-a.sqlite" in answer.err
    assert chemgate("library", "verify").code == 1
    assert chemgate("library", "remove", "agency-a").code == 0
