"""A Spectrum cannot be wrong once it is made."""

import numpy as np
import pytest

from spectra_library.errors import SpectrumError
from spectra_library.spectrum import Spectrum, frozen, read_only

WAVENUMBER = np.arange(600.0, 700.0, 10.0)


def test_a_spectrum_cannot_be_changed():
    values = np.ones(10)
    spectrum = Spectrum(WAVENUMBER, values)
    values[0] = 5.0
    assert spectrum.absorbance[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        spectrum.absorbance[0] = 2.0


@pytest.mark.parametrize(
    ("wavenumber", "absorbance", "said"),
    [
        (WAVENUMBER, np.ones(9), "one absorbance for each wavenumber"),
        (WAVENUMBER[::-1], np.ones(10), "strictly ascending"),
        (WAVENUMBER[:1], np.ones(1), "at least 2 points"),
        (WAVENUMBER, np.full(10, np.nan), "finite"),
        (WAVENUMBER - 600, np.ones(10), "positive"),
    ],
)
def test_numbers_that_are_no_spectrum_are_refused_in_words(wavenumber, absorbance, said):
    with pytest.raises(SpectrumError, match=said):
        Spectrum(wavenumber, absorbance)


def test_points_inside_a_gap_are_refused():
    with pytest.raises(SpectrumError, match="no points in the gap"):
        Spectrum(WAVENUMBER, np.ones(10), gaps=((615.0, 645.0),))
    assert Spectrum(WAVENUMBER, np.ones(10), gaps=((620.0, 630.0),)).gaps == ((620.0, 630.0),)


def test_a_resolution_of_zero_is_refused():
    with pytest.raises(SpectrumError, match="resolution"):
        Spectrum(WAVENUMBER, np.ones(10), resolution_cm=0.0)


def test_an_array_that_nobody_can_change_is_shared_and_any_other_copied():
    mine = np.arange(3.0)
    fixed = frozen(np.arange(3.0))
    view = mine.view()
    view.flags.writeable = False  # yet it can still be changed through ``mine``

    assert read_only(fixed) is fixed
    assert not any(np.shares_memory(read_only(one), mine) for one in (mine, view))
    assert not read_only(np.arange(3, dtype=np.float32)).flags.writeable
