"""The folded axis, its labels, and the numbers behind the curves."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.curves import Curve, extent, numbers_table, with_breaks
from gui.widgets.fold import FOLD_AT, fold, fold_one, round_step, spread, tick_wavenumbers, unfold, unfold_one

WAVENUMBERS = st.floats(min_value=400, max_value=5000, allow_nan=False)


@given(st.lists(WAVENUMBERS, min_size=1, max_size=50))
def test_unfold_takes_back_what_fold_did(wavenumbers):
    values = np.array(wavenumbers)
    np.testing.assert_allclose(unfold(fold(values)), values, rtol=1e-12)


@given(WAVENUMBERS, WAVENUMBERS)
def test_folding_keeps_the_order(first, second):
    low, high = sorted((first, second))
    assert fold_one(low) <= fold_one(high)


def test_above_the_fold_a_third_is_left():
    assert fold_one(1000.0) == 1000.0
    assert fold_one(FOLD_AT) == FOLD_AT
    assert fold_one(FOLD_AT + 300.0) == pytest.approx(FOLD_AT + 100.0)
    assert unfold_one(FOLD_AT + 100.0) == pytest.approx(FOLD_AT + 300.0)


def test_a_whole_spectrum_is_labelled_as_on_paper():
    ticks = tick_wavenumbers(fold_one(650), fold_one(3800), 722, 58)

    assert ticks == (800, 1000, 1200, 1400, 1600, 1800, 2000, 2500, 3000, 3500)


@given(st.floats(400, 3000), st.floats(30, 2000), st.floats(100, 2000), st.floats(20, 100))
def test_labels_never_come_closer_than_asked(low, width, width_px, gap_px):
    high = low + width
    ticks = np.array(tick_wavenumbers(low, high, width_px, gap_px))
    if ticks.size < 2 or ticks.size > 60:
        return
    distances = np.diff(fold(ticks)) * width_px / (high - low)
    near_fold = (ticks[:-1] <= FOLD_AT) & (ticks[1:] > FOLD_AT)  # two scales meet there
    coarsest = np.diff(ticks) >= 1000
    assert (distances[~near_fold & ~coarsest] >= gap_px * (1 - 1e-6)).all()


def test_an_empty_axis_has_no_labels():
    assert tick_wavenumbers(1000, 1000, 500, 50) == ()
    assert tick_wavenumbers(1000, 2000, 0, 50) == ()


@pytest.mark.parametrize(("least", "step"), [(0.07, 0.1), (0.1, 0.1), (0.11, 0.2), (3, 5), (6, 10), (0, 1)])
def test_steps_are_round(least, step):
    assert round_step(least) == pytest.approx(step)


@given(st.lists(st.floats(0, 500), max_size=10))
def test_labels_are_moved_apart_but_stay_inside(wishes):
    placed = spread(sorted(wishes), 40, 0, 500)

    assert len(placed) == len(wishes)
    assert all(second - first >= 40 - 1e-6 for first, second in pairwise(placed))
    assert all(-1e-6 <= place <= 500 + 1e-6 for place in placed)


def test_labels_with_room_stay_where_they_are():
    assert spread((100, 200, 400), 40, 0, 500) == (100, 200, 400)
    assert spread((100, 110), 40, 0, 500) == pytest.approx((85, 125))


def curve(label="Sample", low=700.0, high=710.0, points=11):
    wavenumber = np.linspace(low, high, points)
    return Curve(label, wavenumber, wavenumber / 1000)


def test_a_gap_breaks_the_line():
    wavenumber = np.array([1.0, 2.0, 3.0, 50.0, 51.0, 52.0])
    broken = Curve("", wavenumber, np.ones(6))

    _, values = with_breaks(broken)

    assert np.isnan(values).tolist() == [False, False, False, True, False, False, False]
    assert with_breaks(curve())[1].size == 11


def test_nearest_point_and_height():
    sample = curve()

    assert sample.nearest(600) == 0
    assert sample.nearest(800) == 10
    assert sample.nearest(703.4) == 3
    assert sample.nearest(703.6) == 4
    assert sample.at(705.5) == pytest.approx(0.7055)
    assert sample.at(720) is None


def test_extent_looks_only_at_what_is_in_view():
    assert extent([curve()], 702, 704) == pytest.approx((0.702, 0.704))
    assert extent([curve()], 900, 1000) == (0.0, 1.0)


def test_numbers_are_tab_separated_and_leave_out_what_is_not_there():
    lines = numbers_table([curve(), curve("Reference", 700, 705, 6)]).splitlines()

    assert lines[0] == "cm-1\tSample\tReference"
    assert lines[1] == "710\t0.71\t"
    assert lines[-1] == "700\t0.7\t0.7"
    assert numbers_table([]) == ""
