"""Made-up spectra: each effect does what its physics says, the same seed gives the same spectrum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_library.bands import BandTable, spectrum_from_bands
from spectra_library.errors import SpectrumError
from spectra_library.spectrum import FloatArray, Spectrum, Technique
from spectra_library.synthesis import (
    ANOTHER_LABORATORY,
    FIELD,
    LEVELS,
    SAME_INSTRUMENT,
    baseline,
    mixed,
    noise,
    noise_profile,
    of_instrument,
    of_sample,
    remeasured,
    scatter,
    shifted,
    smooth_field,
    tilted,
    vapour,
    varied_bands,
    varied_intensity,
    widened,
    with_share,
    with_stray_light,
)

AXIS = 2.0 * np.arange(325, 2001)


def one_band(position: float, width: float = 20.0, *, low: float = 650.0, high: float = 4000.0) -> Spectrum:
    table = BandTable(
        position=np.array([position]),
        height=np.array([1.0]),
        width=np.array([width]),
        lorentz_share=np.array([0.0]),
    )
    return spectrum_from_bands(table, low=low, high=high, technique=Technique.ATR)


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def correlation(one: FloatArray, other: FloatArray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def width_at_half(curve: FloatArray) -> float:
    return float(2.0 * (curve > curve.max() / 2).sum())


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS.keys())
def test_the_same_seed_gives_the_same_spectrum_and_another_seed_another(level):
    known, water = one_band(1700), one_band(1640, 100)

    first, again, other = (
        remeasured(known, level, chance(seed), impurities=(one_band(1000),), water=water).absorbance
        for seed in (1, 1, 2)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_harsher_level_takes_a_repeat_further_from_its_reference():
    known = one_band(1100, 40)
    agreement = {
        name: np.median(
            [
                correlation(np.interp(AXIS, made.wavenumber, made.absorbance), known.absorbance)
                for made in (remeasured(known, level, chance(seed)) for seed in range(40))
            ]
        )
        for name, level in LEVELS.items()
    }

    assert agreement["same instrument"] > agreement["another laboratory"] > agreement["field"]


def test_the_worst_of_many_repeats_is_still_a_spectrum():
    for seed in range(300):
        made = remeasured(one_band(1000), replace(FIELD, stray_light=0.0), chance(seed))
        assert np.isfinite(made.absorbance).all()


def test_a_repeat_says_its_technique_and_never_a_finer_resolution_than_its_reference():
    known = replace(one_band(1700), resolution_cm=8.0)

    made = remeasured(known, SAME_INSTRUMENT, chance())

    assert (made.technique, made.resolution_cm) == (Technique.ATR, 8.0)


def test_nothing_is_made_up_in_a_gap():
    whole = one_band(1700)
    is_kept = (whole.wavenumber <= 2200) | (whole.wavenumber >= 2400)
    known = Spectrum(
        whole.wavenumber[is_kept], whole.absorbance[is_kept], Technique.ATR, gaps=((2200.0, 2400.0),)
    )

    made = remeasured(known, ANOTHER_LABORATORY, chance())

    assert made.gaps == ((2200.0, 2400.0),)
    assert not ((made.wavenumber > 2200) & (made.wavenumber < 2400)).any()


def test_a_flat_spectrum_cannot_be_repeated():
    flat = Spectrum(AXIS, np.zeros_like(AXIS), Technique.ATR)

    with pytest.raises(SpectrumError, match="expected a spectrum with bands"):
        remeasured(flat, SAME_INSTRUMENT, chance())


def test_a_smooth_field_has_mean_nought_variance_one_and_forgets_after_its_length():
    fields = np.array([smooth_field(AXIS, chance(seed), length_cm=100.0) for seed in range(400)])

    assert abs(fields.mean()) < 0.05
    assert 0.8 < fields.var() < 1.2
    far = int(300 / 2)
    assert abs(np.mean(fields[:, far:] * fields[:, :-far])) < 0.05
    near = int(10 / 2)
    assert np.mean(fields[:, near:] * fields[:, :-near]) > 0.8


def test_intensity_varies_in_logarithms_so_no_band_turns_negative():
    varied = varied_intensity(AXIS, np.ones_like(AXIS), chance(), sd=1.0, length_cm=100.0)

    assert (varied > 0).all()
    assert varied.std() > 0.3


def test_bands_move_by_about_the_stated_distance():
    known = one_band(1700)
    moved = [
        AXIS[np.argmax(shifted(AXIS, known.absorbance, chance(seed), sd_cm=6.0))] - 1700
        for seed in range(300)
    ]

    assert 4.5 < np.std(moved) < 7.5


def test_widths_add_in_squares_and_areas_stay():
    band = one_band(1700, 12.0).absorbance

    wide = widened(band, by_cm=16.0, step_cm=2.0)

    assert width_at_half(wide) == pytest.approx(20.0, abs=2.0)
    assert wide.sum() == pytest.approx(band.sum(), rel=1e-3)
    assert widened(band, by_cm=0.0, step_cm=2.0) is band


def test_tilt_of_one_turns_transmission_into_atr_and_leaves_1000_alone():
    tilt = tilted(AXIS, np.ones_like(AXIS), exponent=1.0)

    assert np.interp([1000.0, 2000.0], AXIS, tilt) == pytest.approx([1.0, 0.5])


def test_stray_light_limits_absorbance_and_hardly_touches_weak_bands():
    saturated = with_stray_light(np.array([0.0, 0.01, 5.0]), share=0.01)

    assert saturated[0] == pytest.approx(0.0)
    assert saturated[1] == pytest.approx(0.01, rel=0.02)
    assert saturated[2] == pytest.approx(2.0, abs=0.01)


def test_a_share_replaces_it_does_not_add():
    assert with_share(np.ones(3), np.zeros(3), share=0.25) == pytest.approx(np.full(3, 0.75))


def test_scattering_rises_to_its_height_and_a_baseline_is_smooth():
    assert np.interp(4000.0, AXIS, scatter(AXIS, height=0.2)) == pytest.approx(0.2)
    assert (np.diff(scatter(AXIS, height=0.2)) > 0).all()
    assert np.abs(np.diff(baseline(AXIS, chance(), sd=0.1), 4)).max() < 1e-9


def test_noise_is_worst_at_the_low_end_and_where_diamond_absorbs():
    profile = noise_profile(AXIS)
    at = dict(zip((650.0, 1200.0, 2200.0), np.interp((650.0, 1200.0, 2200.0), AXIS, profile), strict=True))

    assert at[650.0] > at[2200.0] > 2.5 * at[1200.0]
    drawn = np.array([noise(AXIS, np.zeros_like(AXIS), chance(seed), sd=1e-3) for seed in range(300)])
    assert drawn.std(axis=0) == pytest.approx(1e-3 * profile, rel=0.25)


def test_noise_grows_where_hardly_any_light_is_left():
    dark = np.full_like(AXIS, 2.0)

    assert noise(AXIS, dark, chance(), sd=1e-3).std() == pytest.approx(
        100 * noise(AXIS, 0 * dark, chance(), sd=1e-3).std()
    )


def test_the_air_adds_water_lines_and_carbon_dioxide_where_they_belong():
    air = vapour(AXIS, water=0.1, carbon_dioxide=0.0, resolution_cm=4.0)
    gas = vapour(AXIS, water=0.0, carbon_dioxide=0.1, resolution_cm=4.0)

    assert air.max() == pytest.approx(0.1)
    assert np.abs(air[(AXIS > 2200) & (AXIS < 2700)]).max() < 1e-3
    assert 2300 < AXIS[np.argmax(gas)] < 2380
    assert vapour(AXIS, water=-0.1, carbon_dioxide=0.0, resolution_cm=4.0).min() == pytest.approx(-0.1)


def test_a_mixture_adds_absorbances_in_its_shares_over_the_common_range():
    parts = (one_band(1700), one_band(1000, low=800.0, high=3500.0))

    made = mixed(parts, (0.8, 0.2))

    assert (made.wavenumber_min, made.wavenumber_max) == (800.0, 3500.0)
    heights = np.interp([1700.0, 1000.0], made.wavenumber, made.absorbance)
    assert heights == pytest.approx([0.8, 0.2], abs=1e-6)


@pytest.mark.parametrize(
    ("parts", "shares", "message"),
    [
        ((one_band(1700),), (0.5, 0.5), "expected a share for each"),
        ((), (), "expected a share for each"),
        (
            (one_band(1700), replace(one_band(1000), technique=Technique.TRANSMISSION)),
            (0.5, 0.5),
            "one technique",
        ),
        (
            (one_band(900, low=650.0, high=1000.0), one_band(2000, low=1500.0, high=2500.0)),
            (0.5, 0.5),
            "expected a common range",
        ),
    ],
)
def test_what_does_not_mix_is_refused(parts, shares, message):
    with pytest.raises(SpectrumError, match=message):
        mixed(parts, shares)


def test_sample_and_instrument_effects_can_be_had_apart():
    known = one_band(1700)
    sample, instrument = of_sample(ANOTHER_LABORATORY), of_instrument(ANOTHER_LABORATORY)

    quiet = remeasured(known, of_instrument(sample), chance())
    assert quiet.absorbance == pytest.approx(known.absorbance, abs=1e-6)
    assert remeasured(known, sample, chance()).absorbance.min() >= 0  # neither baseline nor noise
    noisy = remeasured(known, instrument, chance())
    assert abs(noisy.wavenumber[np.argmax(noisy.absorbance)] - 1700) <= 2  # bands stay where they are


def test_bands_vary_one_by_one_and_stay_bands():
    table = BandTable(
        position=np.full(500, 1000.0),
        height=np.full(500, 0.5),
        width=np.full(500, 15.0),
        lorentz_share=np.full(500, 0.3),
    )

    varied = varied_bands(table, ANOTHER_LABORATORY, chance())

    assert np.log(varied.height / 0.5).std() == pytest.approx(ANOTHER_LABORATORY.intensity_sd, rel=0.15)
    assert (varied.position - 1000.0).std() == pytest.approx(ANOTHER_LABORATORY.position_sd_cm, rel=0.15)
    assert (varied.width > 0).all()
