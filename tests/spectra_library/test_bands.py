"""Band tables drawn as spectra: shapes, ranges, resolution."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spectra_library.bands import BandTable, at_resolution, pseudo_voigt_sum, spectrum_from_bands
from spectra_library.errors import SpectrumError
from spectra_library.spectrum import Technique


def table(*bands: tuple[float, float, float, float]) -> BandTable:
    columns = np.array(bands, dtype=float).reshape(-1, 4).T
    return BandTable(position=columns[0], height=columns[1], width=columns[2], lorentz_share=columns[3])


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_band_has_its_height_at_its_position_and_half_of_it_half_a_width_away(share: float):
    found = pseudo_voigt_sum(np.array([1700.0, 1690.0, 1710.0]), table((1700.0, 0.8, 20.0, share)))

    assert found == pytest.approx([0.8, 0.4, 0.4])


def test_the_sum_agrees_with_a_slow_one():
    bands = [(1700.0, 0.8, 20.0, 0.3), (1712.0, 0.2, 9.0, 1.0), (2900.0, 0.5, 120.0, 0.0)]
    grid = np.arange(1600.0, 3000.0, 7.0)

    slow = [
        sum(
            height
            * (
                share / (1 + 4 * ((x - position) / width) ** 2)
                + (1 - share) * math.exp(-4 * math.log(2) * ((x - position) / width) ** 2)
            )
            for position, height, width, share in bands
        )
        for x in grid
    ]

    assert pseudo_voigt_sum(grid, table(*bands)) == pytest.approx(np.array(slow))


def test_a_spectrum_is_drawn_only_inside_the_stated_range_on_even_wavenumbers():
    spectrum = spectrum_from_bands(
        table((1000.0, 1.0, 20.0, 0.5)), low=644.2, high=3984.8, technique=Technique.ATR, resolution_cm=8.0
    )

    assert spectrum.wavenumber[0] == 646.0
    assert spectrum.wavenumber[-1] == 3984.0
    assert set(np.diff(spectrum.wavenumber)) == {2.0}
    assert spectrum.resolution_cm == 8.0
    assert spectrum.technique is Technique.ATR


def test_a_band_narrower_than_the_resolution_is_widened_and_keeps_its_area():
    narrow = table((1000.0, 1.0, 4.0, 0.5), (1200.0, 1.0, 12.0, 0.5))

    widened = at_resolution(narrow, 8.0)

    assert widened.width.tolist() == [8.0, 12.0]
    assert widened.height.tolist() == [0.5, 1.0]
    fine = np.arange(900.0, 1100.0, 0.1)
    areas = [
        pseudo_voigt_sum(fine, table((1000.0, height, width, 0.0))).sum()
        for height, width in ((1.0, 4.0), (0.5, 8.0))
    ]
    assert areas[0] == pytest.approx(areas[1], rel=1e-6)


@pytest.mark.parametrize(
    "band",
    [(0.0, 1.0, 8.0, 0.5), (900.0, -0.1, 8.0, 0.5), (900.0, 1.0, 0.0, 0.5), (900.0, 1.0, 8.0, 1.2)],
)
def test_a_band_that_cannot_be_is_refused(band: tuple[float, float, float, float]):
    with pytest.raises(SpectrumError):
        table(band)


def test_no_bands_and_not_a_number_are_refused():
    with pytest.raises(SpectrumError, match="at least one band"):
        table()
    with pytest.raises(SpectrumError, match="finite"):
        table((900.0, float("nan"), 8.0, 0.5))


def test_a_range_without_points_is_refused():
    with pytest.raises(SpectrumError):
        spectrum_from_bands(table((1000.0, 1.0, 20.0, 0.5)), low=1000.0, high=1001.0, technique=Technique.ATR)
