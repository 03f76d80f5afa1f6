"""The libraries of a data folder: which there are, which answer, what one damaged file costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spectra_library.errors import LibraryStoreError
from spectra_library.library import ReferenceLibrary, sealed
from spectra_library.shelf import LibraryShelf, slug
from spectra_library.starter import DATA_FOLDER, OPEN_NAME
from spectra_library.store import save_library


@pytest.fixture
def shelf(tmp_path: Path) -> LibraryShelf:
    """Only the libraries of the program; the folder of the user does not exist yet."""
    return LibraryShelf(tmp_path / "libraries")


@pytest.fixture
def agency(starter: tuple[ReferenceLibrary, ...]) -> ReferenceLibrary:
    return sealed(replace(starter[0], name="Agency A", references=starter[0].references[:3], band_lists=()))


@pytest.fixture
def filled(shelf: LibraryShelf, agency: ReferenceLibrary) -> LibraryShelf:
    """The same with one library of the user's."""
    shelf.folder.mkdir()
    save_library(agency, shelf.path_of(agency.name))
    return shelf


def names(shelf: LibraryShelf) -> list[str]:
    return [one.name for one in shelf.answering().libraries]


def test_without_a_folder_the_libraries_of_the_program_answer_and_nothing_is_made(
    shelf: LibraryShelf, starter: tuple[ReferenceLibrary, ...]
):
    assert names(shelf) == [one.name for one in starter]
    assert not shelf.folder.exists()


def test_a_library_of_the_user_answers_after_those_of_the_program(
    filled: LibraryShelf, starter: tuple[ReferenceLibrary, ...]
):
    assert names(filled) == [*(one.name for one in starter), "Agency A"]


def test_libraries_load_by_short_name_full_name_and_file(
    filled: LibraryShelf, agency: ReferenceLibrary, starter: tuple[ReferenceLibrary, ...]
):
    for name in ("open", " Open ", OPEN_NAME, str(DATA_FOLDER / "starter.sqlite")):
        assert [one.sha256 for one in filled.load([name])] == [starter[0].sha256]
    for name in ("agency-a", "Agency A", "agency  a", str(filled.folder / "agency-a.sqlite")):
        assert [one.sha256 for one in filled.load([name])] == [agency.sha256]


@pytest.mark.parametrize("name", ["nonesuch", "", "a\0b", "../open", "agency"])
def test_an_unknown_library_is_a_clear_error(filled: LibraryShelf, name: str):
    with pytest.raises(LibraryStoreError, match=r"expected one of the libraries open, .*agency-a, found no"):
        filled.load(["open", name])


def test_a_library_that_is_switched_off_does_not_answer_and_can_still_be_named(filled: LibraryShelf):
    filled.switch("open", on=False)

    assert OPEN_NAME not in names(filled)
    assert filled.load(["open"])[0].name == OPEN_NAME
    assert not filled.entry("open").is_on

    filled.switch(OPEN_NAME, on=True)

    assert OPEN_NAME in names(filled)


def test_the_last_library_cannot_be_switched_off(filled: LibraryShelf):
    *others, last = [one.name for one in filled.entries()]
    for name in others:
        filled.switch(name, on=False)

    with pytest.raises(LibraryStoreError, match=f"found only {last!r} on"):
        filled.switch(last, on=False)


def test_a_damaged_library_of_the_user_costs_only_itself(
    filled: LibraryShelf, starter: tuple[ReferenceLibrary, ...]
):
    filled.path_of("Agency A").write_bytes(b"SQLite format 3\x00 and then something else")

    answering = filled.answering()

    assert [one.name for one in answering.libraries] == [one.name for one in starter]
    assert [str(one) for one in answering.problems if "agency-a.sqlite" in str(one)]


def test_a_library_of_the_user_is_removed_and_its_switch_with_it(
    filled: LibraryShelf, agency: ReferenceLibrary
):
    filled.switch("agency-a", on=False)
    filled.remove("Agency A")

    assert "agency-a" not in [one.name for one in filled.entries()]
    save_library(agency, filled.path_of("Agency A"))
    assert filled.entry("Agency A").is_on


def test_a_library_of_the_program_cannot_be_removed(filled: LibraryShelf):
    with pytest.raises(LibraryStoreError, match="it can be switched off, not removed"):
        filled.remove("forensic")


def test_a_list_of_switches_that_cannot_be_read_is_a_clear_error(filled: LibraryShelf):
    (filled.folder / "switched.json").write_text('{"off": ["open"', "utf-8")

    with pytest.raises(LibraryStoreError, match=r"switched off in .*switched\.json, found: .*; without that"):
        filled.answering()


@pytest.mark.parametrize("name", ["open", "Forensic", OPEN_NAME, "forensic bands (fitted)"])
def test_no_library_of_the_user_can_take_the_name_of_one_of_the_program(shelf: LibraryShelf, name: str):
    with pytest.raises(LibraryStoreError, match="is a library of the program"):
        shelf.path_of(name)


def test_two_names_that_would_share_a_file_are_told_apart(filled: LibraryShelf):
    assert filled.path_of("agency a") == filled.path_of("Agency A")
    with pytest.raises(LibraryStoreError, match="differs more from 'Agency A', found 'Agency/A'"):
        filled.path_of("Agency/A")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SWGDRUG 3.12", "swgdrug-3-12"),
        ("Şübhəli maddələr", "subheli-maddeler"),
        ("Прекурсоры", "прекурсоры"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-library"),
        (".hidden", "hidden"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_name_becomes_a_file_name_that_every_system_takes(name: str, expected: str):
    assert slug(name) == expected


@pytest.mark.parametrize("name", ["", "  ", "...", "/", "«»"])
def test_a_name_without_letters_is_refused(name: str):
    with pytest.raises(LibraryStoreError, match="letters or digits"):
        slug(name)


@pytest.mark.parametrize("name", ["Agency\x1b[31m A", "Agency\nA", "Agency \u202eA", " Agency A"])
def test_a_name_that_would_be_shown_as_something_else_is_refused(shelf: LibraryShelf, name: str):
    with pytest.raises(LibraryStoreError, match="in one line of visible characters"):
        shelf.path_of(name)
