"""What is written as CSV comes back with every bit."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from spectra_library.formats.csv_writer import csv_bytes
from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.reading import read_bytes
from spectra_library.spectrum import Spectrum

RNG = np.random.default_rng(3)


def made(first: float) -> Spectrum:
    return Spectrum(np.sort(RNG.uniform(first, 4000, 50)), RNG.normal(0.2, 0.1, 50))


def check_round_trip(spectra: list[tuple[str, Spectrum]]) -> bytes:
    content = csv_bytes(spectra)
    found = read_bytes(content, "written.csv")
    assert len(found) == len(spectra)
    for block, (title, spectrum) in zip(found, spectra, strict=True):
        assert isinstance(block, FileSpectrum)
        assert block.title == title
        assert block.wavenumber.tobytes() == spectrum.wavenumber.tobytes()
        assert block.absorbance is not None
        assert block.absorbance.tobytes() == spectrum.absorbance.tobytes()
        assert block.warnings == ()
    return content


def test_spectra_on_one_axis_stand_side_by_side() -> None:
    one = made(400)
    two = Spectrum(one.wavenumber, one.absorbance * 2)
    content = check_round_trip([("acetone, pure", one), ("toluene (film)", two)])
    assert content.startswith(
        b'wavenumber (1/cm),"acetone, pure (absorbance)",toluene (film) (absorbance)\r\n'
    )


def test_spectra_on_their_own_axes_make_a_long_table() -> None:
    content = check_round_trip([("acetone", made(400)), ("toluene", made(600))])
    assert content.startswith(b"title,wavenumber (1/cm),absorbance\r\nacetone,")


def test_a_single_spectrum_keeps_its_title() -> None:
    check_round_trip([("A", made(400))])


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("＝1+1", "'＝1+1"),
        ('"=1+1', "'\"=1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("acetone; -20 °C", "acetone;' -20 °C"),
    ],
)
def test_a_title_cannot_become_a_formula_wherever_it_stands(title: str, written: str) -> None:
    one = made(400)
    side_by_side = csv_bytes([(title, one)]).decode()
    assert next(csv.reader(io.StringIO(side_by_side)))[1] == f"{written} (absorbance)"
    long = list(csv.reader(io.StringIO(csv_bytes([(title, one), (title, made(500))]).decode())))
    assert {row[0] for row in long[1:]} == {written}


def test_what_the_numbers_are_stands_in_the_headings() -> None:
    one, two = made(400), made(500)
    beside = csv_bytes([("sample beam", one)], ordinate="arbitrary units")
    assert beside.startswith(b"wavenumber (1/cm),sample beam (arbitrary units)\r\n")
    long = csv_bytes([("a", one), ("b", two)], ordinate="arbitrary units")
    assert long.startswith(b"title,wavenumber (1/cm),arbitrary units\r\n")
