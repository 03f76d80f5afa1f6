"""What is written as CSV comes back with every bit."""

from __future__ import annotations

import numpy as np

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


def test_a_title_cannot_become_a_formula() -> None:
    content = csv_bytes([("=HYPERLINK(1)", made(400))])
    assert b",'=HYPERLINK(1)" in content
