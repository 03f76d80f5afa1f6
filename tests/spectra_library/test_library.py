"""The content hash of a library, and the rounding that makes it the same everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_library.errors import LibraryStoreError, SpectrumError
from spectra_library.library import BandList, Reference, ReferenceLibrary, Tier, content_sha256, sealed
from spectra_library.quantise import gaps_of, quantised, with_gaps
from spectra_library.spectrum import Spectrum, Technique


def spectrum(**changes: object) -> Spectrum:
    wavenumber = np.arange(1000.0, 1100.0, 2.0)
    absorbance = np.exp(-(((wavenumber - 1050.0) / 10.0) ** 2))
    return replace(Spectrum(wavenumber, absorbance, Technique.ATR, 4.0), **changes)


def reference(**changes: object) -> Reference:
    plain = Reference("a#1", "acetone", Tier.MEASURED, spectrum(), "somebody", "CC0 1.0", "liquid")
    return replace(plain, **changes)


def band_list(**changes: object) -> BandList:
    plain = BandList(
        "a#bands", "acetone", np.array([1220.0, 1710.0]), np.array([0.75, 1.0]), "nobody", "none"
    )
    return replace(plain, **changes)


def library(*references: Reference, **changes: object) -> ReferenceLibrary:
    plain = ReferenceLibrary("test", "1", references or (reference(),), (band_list(),), notice="take care")
    return sealed(replace(plain, **changes))


def test_the_hash_is_this_one_on_every_machine():
    # a number that was computed once; when it changes, every library's hash changes with it
    axis = np.array([1000.0, 1002.0, 1004.0])
    one = Spectrum(axis, np.array([0.0, 1.0, 0.25]), Technique.ATR)
    plain = ReferenceLibrary("any", "1", (reference(spectrum=one),), (band_list(),))

    assert content_sha256(plain) == "1a8329f469dcbac41cc99a2ea1596d0545a9aab009b9088f68ecfaacc6109d62"


def test_the_hash_does_not_depend_on_name_and_version():
    assert library(name="other", version="7").sha256 == library().sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "a#2"},
        {"substance": "ethanol"},
        {"tier": Tier.DERIVED},
        {"source": "somebody else"},
        {"licence": "CC BY 4.0"},
        {"form": ""},
        {"spectrum": spectrum(technique=Technique.TRANSMISSION)},
        {"spectrum": spectrum(resolution_cm=8.0)},
        {"spectrum": spectrum(resolution_cm=None)},
        {"spectrum": spectrum(gaps=((1000.0, 1002.0),))},
        {"spectrum": spectrum(wavenumber=np.arange(1000.0, 1100.0, 2.0) + 1e-9)},
        {"spectrum": spectrum(absorbance=np.nextafter(spectrum().absorbance, 2.0))},
    ],
)
def test_the_hash_covers_all_that_a_reference_says(changes: dict[str, object]):
    assert library(reference(**changes)).sha256 != library().sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"strength": np.array([0.75, 0.5])},
        {"wavenumber": np.array([1220.0, 1711.0])},
        {"source": "somebody"},
        {"id": "b"},
    ],
)
def test_the_hash_covers_band_lists(changes: dict[str, object]):
    assert library(band_lists=(band_list(**changes),)).sha256 != library().sha256


def test_the_hash_covers_the_notice_and_the_order():
    first, second = reference(), reference(id="a#2")

    assert library(notice="").sha256 != library().sha256
    assert library(first, second).sha256 != library(second, first).sha256


def test_texts_cannot_slide_from_one_field_into_the_next():
    assert (
        library(reference(form="ab", source="c")).sha256 != library(reference(form="a", source="bc")).sha256
    )


def test_two_entries_of_one_id_are_refused():
    with pytest.raises(LibraryStoreError, match="twice"):
        library(reference(), reference())


def test_a_spectrum_is_no_band_list():
    with pytest.raises(LibraryStoreError, match="tier"):
        library(reference(tier=Tier.BANDS))


def test_band_lists_that_do_not_ascend_are_refused():
    with pytest.raises(SpectrumError, match="ascending"):
        band_list(wavenumber=np.array([1710.0, 1220.0]))


def test_rounding_hides_the_last_bits_of_a_processor():
    plain = spectrum(absorbance=spectrum().absorbance * 0.37)
    other_machine = spectrum(
        absorbance=np.nextafter(plain.absorbance, 1.0), wavenumber=np.nextafter(plain.wavenumber, 0.0)
    )

    first, second = quantised(plain), quantised(other_machine)

    assert first.absorbance.tobytes() == second.absorbance.tobytes()
    assert first.wavenumber.tobytes() == second.wavenumber.tobytes()
    assert first.absorbance.max() == 1.0


def test_rounding_changes_a_spectrum_by_less_than_half_a_step():
    plain = spectrum()

    assert np.abs(quantised(plain).absorbance - plain.absorbance).max() <= 0.5 / 65535 + 1e-12


def test_a_flat_spectrum_cannot_be_scaled():
    with pytest.raises(SpectrumError, match="bands"):
        quantised(spectrum(absorbance=np.zeros(50)))


def test_a_hole_in_an_even_axis_is_a_gap():
    axis = np.concatenate((np.arange(1000.0, 1800.0, 2.0), np.arange(2000.0, 2100.0, 2.0)))

    assert gaps_of(axis) == ((1798.0, 2000.0),)
    assert with_gaps(spectrum(wavenumber=axis, absorbance=np.ones(axis.size))).gaps == ((1798.0, 2000.0),)


def test_a_table_even_in_wavelength_has_no_gaps():
    wavenumber = 1e4 / np.arange(25.0, 2.5, -0.05)

    assert np.diff(wavenumber).max() > 50
    assert gaps_of(wavenumber) == ()


def test_two_points_have_no_gap():
    assert gaps_of(np.array([1000.0, 4000.0])) == ()
