"""A library in a file: bit for bit there and back, refused when it has changed."""

from __future__ import annotations

import os
import sqlite3
import zlib
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spectra_library.errors import LibraryStoreError
from spectra_library.library import (
    BandList,
    OutsideSubstance,
    Provenance,
    Reference,
    ReferenceLibrary,
    Tier,
    sealed,
)
from spectra_library.quantise import quantised
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.store import _packed, _unpacked, load_library, save_library


@pytest.fixture
def library() -> ReferenceLibrary:
    axis = np.arange(700.0, 1800.0, 2.0)
    uneven = 1e4 / np.linspace(14.0, 5.0, 90)
    bands = np.exp(-(((axis - 1100.0) / 15.0) ** 2)) + 0.5 * np.exp(-(((axis - 1500.0) / 9.0) ** 2))
    spectra = (
        quantised(Spectrum(axis, bands, Technique.ATR, 8.0)),
        Spectrum(axis, bands * 0.123, Technique.ATR),  # not rounded: stored as float64
        Spectrum(uneven, np.cos(uneven) * 0.1, Technique.TRANSMISSION, gaps=((700.0, 714.2),)),
    )
    references = tuple(
        Reference(f"acetone#{i}", "acetone", Tier.DERIVED, one, f"quelle № {i}", "CC0 1.0", "жидкость, maye")
        for i, one in enumerate(spectra)
    )
    lists = (BandList("a#bands", "acetone", np.array([1220.5, 1710.0]), np.array([0.75, 1 / 3]), "x", "y"),)
    return sealed(ReferenceLibrary("Пример", "2", references, lists, notice="take care"))


@pytest.fixture
def imported(library: ReferenceLibrary) -> ReferenceLibrary:
    """The same library, one spectrum of which was imported from a file of a substance nobody listed."""
    origin = Provenance("ab" * 32, "шкаф/1.jdx", 3, title="Probe 1", linked_by="", imported_by="Officer 1")
    own = OutsideSubstance("outside:probe-1", "Probe 1", cas="64-17-5", synonyms=("проба", "nümunə"))
    first = replace(library.references[0], id="own#1", substance=own.id, provenance=origin)
    listed = replace(library.band_lists[0], id="own#2", provenance=replace(origin, block=4))
    return sealed(
        replace(
            library,
            references=(first, *library.references),
            band_lists=(listed, *library.band_lists),
            outside=(own,),
        )
    )


def assert_same(first: ReferenceLibrary, second: ReferenceLibrary) -> None:
    assert (first.name, first.version, first.notice, first.sha256) == (
        second.name,
        second.version,
        second.notice,
        second.sha256,
    )
    for one, other in zip(first.references, second.references, strict=True):
        for field in fields(Reference):
            if field.name != "spectrum":
                assert getattr(one, field.name) == getattr(other, field.name)
        assert one.spectrum.wavenumber.tobytes() == other.spectrum.wavenumber.tobytes()
        assert one.spectrum.absorbance.tobytes() == other.spectrum.absorbance.tobytes()
        assert one.spectrum.technique is other.spectrum.technique
        assert one.spectrum.resolution_cm == other.spectrum.resolution_cm
        assert one.spectrum.gaps == other.spectrum.gaps
    for one, other in zip(first.band_lists, second.band_lists, strict=True):
        assert one.wavenumber.tobytes() == other.wavenumber.tobytes()
        assert one.strength.tobytes() == other.strength.tobytes()
        assert (one.id, one.source, one.licence, one.form) == (
            other.id,
            other.source,
            other.licence,
            other.form,
        )


def test_a_library_comes_back_bit_for_bit(library: ReferenceLibrary, tmp_path: Path):
    save_library(library, tmp_path / "a.sqlite")

    assert_same(load_library(tmp_path / "a.sqlite"), library)


def test_the_same_library_gives_the_same_bytes(library: ReferenceLibrary, tmp_path: Path):
    save_library(library, tmp_path / "a.sqlite")
    save_library(load_library(tmp_path / "a.sqlite"), tmp_path / "b.sqlite")

    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()


def test_saving_replaces_what_was_there_and_leaves_nothing_beside_it(
    library: ReferenceLibrary, tmp_path: Path
):
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"something else")

    save_library(library, path)

    assert load_library(path).sha256 == library.sha256
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_library_can_be_stored(tmp_path: Path):
    empty = sealed(ReferenceLibrary("empty", "1", (), ()))
    save_library(empty, tmp_path / "a.sqlite")

    assert load_library(tmp_path / "a.sqlite").references == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows folders have no read-only mode of this kind")
def test_a_library_on_read_only_media_loads(library: ReferenceLibrary, tmp_path: Path):
    folder = tmp_path / "read only? #1 50%"
    folder.mkdir()
    path = folder / "a.sqlite"
    save_library(library, path)
    path.chmod(0o400)
    folder.chmod(0o500)
    try:
        assert load_library(path).sha256 == library.sha256
        assert list(folder.iterdir()) == [path]
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize(
    "change",
    [
        "update reference set substance = 'sucrose' where id = 'acetone#1'",
        "update reference set tier = 'measured' where id = 'acetone#1'",
        "update reference set absorbance = (select absorbance from reference where id = 'acetone#0')"
        " where id = 'acetone#1'",
        "update reference set licence = 'mine'",
        "update library set notice = ''",
        "delete from reference where id = 'acetone#2'",
        "delete from band_list",
    ],
)
def test_a_changed_library_is_refused(library: ReferenceLibrary, tmp_path: Path, change: str):
    path = tmp_path / "a.sqlite"
    save_library(library, path)
    connection = sqlite3.connect(path)
    connection.execute(change)
    connection.commit()
    connection.close()

    with pytest.raises(LibraryStoreError, match="changed since it was written"):
        load_library(path)


def test_what_is_no_library_is_refused(library: ReferenceLibrary, tmp_path: Path):
    text, other, old = tmp_path / "text.sqlite", tmp_path / "other.sqlite", tmp_path / "old.sqlite"
    text.write_text("not a database at all, only a text file that is long enough to have a header" * 20)
    connection = sqlite3.connect(other)
    connection.execute("create table people (name text)")
    connection.close()
    save_library(library, old)
    connection = sqlite3.connect(old)
    connection.execute("update library set format = 'something 0'")
    connection.commit()
    connection.close()

    for path in (text, other, old):
        with pytest.raises(LibraryStoreError, match="expected"):
            load_library(path)


def test_a_library_cut_short_is_refused(library: ReferenceLibrary, tmp_path: Path):
    path = tmp_path / "a.sqlite"
    save_library(library, path)
    whole = path.read_bytes()

    for size in range(0, len(whole), 1500):
        path.write_bytes(whole[:size])
        with pytest.raises(LibraryStoreError):
            load_library(path)


def test_damaged_numbers_are_refused(library: ReferenceLibrary, tmp_path: Path):
    path = tmp_path / "a.sqlite"
    for blob in (b"u16\0garbage", b"float128\0" + bytes(8), b""):
        save_library(library, path)
        connection = sqlite3.connect(path)
        connection.execute("update reference set absorbance = ?", (blob,))
        connection.commit()
        connection.close()
        with pytest.raises(LibraryStoreError, match="expected a reference library"):
            load_library(path)


def test_a_missing_file_and_an_impossible_place_are_said_so(library: ReferenceLibrary, tmp_path: Path):
    with pytest.raises(LibraryStoreError, match="found nothing"):
        load_library(tmp_path / "nowhere.sqlite")
    with pytest.raises(LibraryStoreError, match="expected to write"):
        save_library(library, tmp_path / "no folder" / "a.sqlite")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
@example([-0.0, 0.0])
def test_any_numbers_are_packed_exactly(values: list[float]):
    array = np.array(values)

    for steps in ("hundredths", "u16"):
        assert _unpacked(_packed(array, steps)).tobytes() == array.tobytes()


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=40))
def test_rounded_numbers_are_packed_exactly_as_integers(counts: list[int]):
    array = np.array(counts) / 65535

    packed = _packed(array, "u16")

    assert packed.startswith(b"u16\0")
    assert _unpacked(packed).tobytes() == array.tobytes()


def test_where_a_reference_came_from_and_what_the_catalogue_does_not_know_are_kept(
    imported: ReferenceLibrary, tmp_path: Path
) -> None:
    save_library(imported, tmp_path / "own.sqlite")

    found = load_library(tmp_path / "own.sqlite")

    assert_same(imported, found)
    assert found.outside == imported.outside
    assert [one.provenance for one in found.band_lists] == [one.provenance for one in imported.band_lists]


def test_where_a_reference_came_from_counts_in_the_hash(imported: ReferenceLibrary) -> None:
    first, *others = imported.references
    assert first.provenance is not None
    forged = replace(first, provenance=replace(first.provenance, imported_by="Officer 2"))

    assert sealed(replace(imported, references=(forged, *others))).sha256 != imported.sha256


# --- files that somebody made to do harm --------------------------------------------------------------

HOSTILE = {
    "a number instead of a curve": "update reference set absorbance = 5",
    "no curve": "update reference set absorbance = null",
    "bytes instead of a name": "update reference set substance = x'00ff'",
    "a text instead of a number": "update reference set resolution_cm = 'four'",
    "a name that is none": "update library set name = null",
    "a hash that is none": "update library set sha256 = null",
    "gaps without an end": f"update reference set gaps = '{'[' * 100_000}'",
    "a gap too large for a number": f"update reference set gaps = '[[1, 2{'0' * 400}]]'",
    "gaps that are none": "update reference set gaps = '[1]'",
    "another column": "alter table reference add column more",
    "another table": "create table more (a)",
    "a view that never ends": "alter table library rename to other; create view library as "
    "with recursive n(i) as (select 1 union all select i + 1 from n) select i as format from n",
    "a table that is a program": "drop table axis; create virtual table axis using fts5(number, wavenumber)",
    "synonyms that are none": "update outside set synonyms = '5'",
    "a block that is no number": "update provenance set block = 'first'",
}


@pytest.mark.parametrize("statement", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_was_made_to_do_harm_is_one_clear_error(
    imported: ReferenceLibrary, tmp_path: Path, statement: str
) -> None:
    path = tmp_path / "own.sqlite"
    save_library(imported, path)
    connection = sqlite3.connect(path)
    connection.executescript(statement)
    connection.commit()
    connection.close()

    with pytest.raises(LibraryStoreError, match=r"own\.sqlite"):
        load_library(path)


def test_a_curve_that_swells_when_it_is_unpacked_is_refused(
    imported: ReferenceLibrary, tmp_path: Path
) -> None:
    path = tmp_path / "own.sqlite"
    save_library(imported, path)
    bomb = b"float64\0" + zlib.compress(bytes(64_000_000), 9)
    connection = sqlite3.connect(path)
    connection.execute("update reference set absorbance = ?", [bomb])
    connection.commit()
    connection.close()

    with pytest.raises(LibraryStoreError, match="more than 1000000 numbers"):
        load_library(path)
