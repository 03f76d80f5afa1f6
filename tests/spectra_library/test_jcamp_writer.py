"""What is written as JCAMP-DX comes back with every bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spectra_library.formats.file_spectrum import FileNotes, FileSpectrum, RefusedBlock
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.formats.plain_text import cleaned
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


# Two characters of the format are written with a space between them: see the test below.
texts = st.text(max_size=60).map(cleaned).filter(lambda text: "$$" not in text and "##" not in text)
inchikeys = st.just("") | st.from_regex(r"\A[A-Z]{14}-[A-Z]{10}-[A-Z]\Z")
notes = st.builds(
    FileNotes,
    names=st.lists(texts.filter(bool), max_size=4, unique=True).map(tuple),
    formula=texts,
    inchikey=inchikeys,
    form=texts,
    instrument=texts,
    origin=texts,
    owner=texts,
    date=texts,
)


@given(
    wavenumber=st.lists(st.floats(200, 3800), min_size=2, max_size=30, unique=True).map(sorted),
    chosen=st.sets(st.integers(0, 28)),
    technique=st.sampled_from(Technique),
    title=texts.filter(bool),
    phase=st.sampled_from(["", "liquid", "gas", "solid (KBr pellet)"]),
    notes=notes,
    seed=st.data(),
)
def test_everything_that_is_known_of_a_spectrum_reads_back(
    wavenumber, chosen, technique, title, phase, notes, seed
) -> None:
    absorbance = seed.draw(st.lists(absorbances, min_size=len(wavenumber), max_size=len(wavenumber)))
    gaps = tuple((wavenumber[at], wavenumber[at + 1]) for at in sorted(chosen) if at + 1 < len(wavenumber))
    spectrum = Spectrum(np.array(wavenumber), np.array(absorbance), technique, None, gaps)
    found = read_back(jcamp_bytes(spectrum, title=title, cas="64-17-5", phase=phase, notes=notes))
    assert found.wavenumber.tobytes() == spectrum.wavenumber.tobytes()
    assert found.absorbance is not None
    assert (found.absorbance == spectrum.absorbance).all()
    assert (found.gaps, found.technique) == (gaps, technique)
    assert (found.title, found.cas, found.phase, found.notes) == (title, "64-17-5", phase, notes)


def test_a_hole_that_is_no_gap_does_not_become_one() -> None:
    x = np.array([*range(400, 440, 2), *range(500, 540, 2)], dtype=float)
    spectrum = Spectrum(x, np.linspace(0.1, 0.5, x.size))
    assert read_back(jcamp_bytes(spectrum, title="no gap")).gaps == ()


def test_a_gap_beyond_the_points_survives() -> None:
    x = np.array([400.0, 402.0, 404.0, 420.0, 422.0])
    gaps = ((405.5, 419.0), (430.0, 440.0))
    spectrum = Spectrum(x, np.linspace(0.1, 0.5, 5), Technique.ATR, 4.0, gaps)
    assert read_back(jcamp_bytes(spectrum, title="gaps")).gaps == gaps


def test_a_technique_in_the_title_does_not_replace_the_one_that_is_known() -> None:
    spectrum = Spectrum(np.array([400.0, 402.0]), np.array([0.1, 0.2]), Technique.TRANSMISSION)
    instrument = FileNotes(instrument="Model 1 with ATR unit")
    found = read_back(jcamp_bytes(spectrum, title="compare with KBr pellet", notes=instrument))
    assert found.technique is Technique.TRANSMISSION
    assert (
        read_back(jcamp_bytes(spectrum, title="x", technique=Technique.UNKNOWN)).technique
        is Technique.UNKNOWN
    )


def test_a_stated_gap_that_contradicts_the_points_is_refused() -> None:
    x = np.array([400.0, 402.0, 404.0, 420.0, 422.0])
    spectrum = Spectrum(x, np.linspace(0.1, 0.5, 5), gaps=((404.0, 420.0),))
    content = jcamp_bytes(spectrum, title="gap")
    for old, new, said in (
        (b"404.0 420.0", b"402.0 420.0", "a gap without points"),
        (b"404.0 420.0", b"420.0 404.0", "a gap without points"),
        (b"404.0 420.0", b"404.0", "the two ends of a gap"),
        (b"404.0 420.0\r\n", b"", "a gap for every missing ordinate"),
    ):
        (found,) = read_bytes(content.replace(old, new), "gap.jdx")
        assert isinstance(found, RefusedBlock)
        assert said in str(found.error)


def test_doubled_signs_of_the_format_are_written_apart() -> None:
    spectrum = Spectrum(np.array([400.0, 402.0]), np.array([0.1, 0.2]))
    hostile = FileNotes(names=("##END=", "a$$$b"), owner="###END= $$")
    found = read_back(jcamp_bytes(spectrum, title="x", notes=hostile))
    assert found.notes.names == ("# #END=", "a$ $ $b")
    assert found.notes.owner == "# # #END= $ $"
