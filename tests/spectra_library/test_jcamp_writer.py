"""What is written as JCAMP-DX comes back with every bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.reading import read_bytes
from spectra_library.spectrum import Spectrum, Technique


def read_back(content: bytes) -> FileSpectrum:
    (found,) = read_bytes(content, "written.jdx")
    assert isinstance(found, FileSpectrum), found
    return found


wavenumbers = st.lists(st.floats(min_value=100, max_value=3800), min_size=2, max_size=40, unique=True).map(
    sorted
)
absorbances = st.floats(min_value=-1, max_value=5, allow_nan=False)


@given(
    wavenumber=wavenumbers,
    technique=st.sampled_from(Technique),
    resolution=st.none() | st.floats(min_value=0.01, max_value=64),
    seed=st.data(),
)
def test_a_spectrum_reads_back_bit_for_bit(wavenumber, technique, resolution, seed) -> None:
    if wavenumber[-1] < 200:
        wavenumber = [*wavenumber, 200.0]
    absorbance = seed.draw(st.lists(absorbances, min_size=len(wavenumber), max_size=len(wavenumber)))
    spectrum = Spectrum(np.array(wavenumber), np.array(absorbance), technique, resolution)
    found = read_back(jcamp_bytes(spectrum, title="made up"))
    assert found.wavenumber.tobytes() == spectrum.wavenumber.tobytes()
    assert found.absorbance is not None
    assert (found.absorbance == spectrum.absorbance).all()
    assert found.technique is technique
    assert found.resolution_cm == resolution
    assert found.y_units == "ABSORBANCE"


def test_gaps_and_words_read_back() -> None:
    x = np.array([400.0, 402.0, 404.0, 420.0, 422.0])
    spectrum = Spectrum(x, np.linspace(0.1, 0.5, 5), Technique.ATR, 4.0, gaps=((404.0, 420.0),))
    content = jcamp_bytes(
        spectrum, title="ethanol", cas="64-17-5", phase="liquid", owner="own", comments=("one", "two")
    )
    found = read_back(content)
    assert found.gaps == ((404.0, 420.0),)
    assert (found.title, found.cas, found.phase) == ("ethanol", "64-17-5", "liquid")
    assert found.warnings == ()


def test_a_hostile_title_cannot_add_labels() -> None:
    spectrum = Spectrum(np.array([400.0, 402.0]), np.array([0.1, 0.2]))
    found = read_back(jcamp_bytes(spectrum, title="x\r\n##END=\r\n##TITLE= $$ y"))
    assert found.wavenumber.size == 2
    assert found.title == "x # #END= # #TITLE= $ $ y"
