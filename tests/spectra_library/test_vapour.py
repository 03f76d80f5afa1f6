"""Lines of the air: where they are known to lie, and what symmetry forbids."""

from __future__ import annotations

import numpy as np
import pytest

from spectra_library.vapour import carbon_dioxide_lines, line_absorbance, water_lines

# Strong lines of water vapour that every infrared laboratory knows from a badly purged spectrometer.
KNOWN_WATER_LINES = (1507.1, 1539.1, 1558.5, 1576.2, 1616.7, 1635.7, 1653.3, 1684.8, 1717.4)


@pytest.mark.parametrize("position", KNOWN_WATER_LINES)
def test_the_strong_water_lines_lie_where_they_are_seen(position):
    lines = water_lines()
    strong = lines.position[lines.strength > 0.3]

    assert np.abs(strong - position).min() < 1.0


def test_the_bending_band_of_water_has_two_wings_and_a_hole_at_its_origin():
    lines = water_lines()
    bending = (lines.position > 1300) & (lines.position < 2000)
    below = lines.strength[bending & (lines.position < 1594.75)].sum()
    above = lines.strength[bending & (lines.position > 1594.75)].sum()

    assert 0.5 < below / above < 2.0
    assert lines.strength[np.abs(lines.position - 1594.75) < 3].sum() < 0.3


def test_carbon_dioxide_has_no_line_at_its_origin_and_its_lines_are_four_rotational_constants_apart():
    lines = carbon_dioxide_lines()
    stretch = lines.position[lines.position > 2000]

    assert np.abs(stretch - 2349.14).min() > 0.5
    assert np.median(np.diff(stretch)) == pytest.approx(4 * 0.39, abs=0.25)
    assert np.abs(lines.position - 667.4).min() < 0.1  # the Q branch of the bending


def test_lines_are_drawn_with_a_maximum_of_one_and_not_outside_the_axis():
    axis = np.arange(1400.0, 1800.0, 2.0)

    assert line_absorbance(axis, water_lines(), resolution_cm=8.0).max() == pytest.approx(1.0)
    assert not line_absorbance(axis, carbon_dioxide_lines(), resolution_cm=8.0).any()


def test_a_coarser_instrument_shows_fewer_lines():
    axis = np.arange(1400.0, 1800.0, 1.0)

    def maxima(resolution_cm: float) -> int:
        drawn = line_absorbance(axis, water_lines(), resolution_cm=resolution_cm)
        return int(((drawn[1:-1] > drawn[:-2]) & (drawn[1:-1] > drawn[2:])).sum())

    assert maxima(2.0) > maxima(8.0) > maxima(32.0)
