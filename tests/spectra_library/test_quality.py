"""Each way in which a spectrum can be poor is found, and a good one is left alone."""

import time
from dataclasses import replace

import numpy as np
import pytest

from spectra_library.artefacts import longest_constant, noise, spike
from spectra_library.errors import SpectraLibraryError
from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.reading import read_file
from spectra_library.quality import Issue, Severity, findings
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.synthesis import SAME_INSTRUMENT, mixed, remeasured, scatter, vapour

WAVENUMBER = np.arange(650.0, 4001.0, 2.0)


def bands(height=0.5, sigma=0.0005, seed=0):
    curve = height * sum(
        share * np.exp(-0.5 * ((WAVENUMBER - x) / 12) ** 2)
        for x, share in ((900, 1), (1450, 0.6), (2950, 0.8))
    )
    return curve + np.random.default_rng(seed).normal(scale=sigma, size=WAVENUMBER.size)


def issues(wavenumber, absorbance, **more):
    return {one.issue: one.severity for one in findings(Spectrum(wavenumber, absorbance, **more))}


def test_a_good_spectrum_has_no_findings():
    assert issues(WAVENUMBER, bands()) == {}


def test_an_empty_crystal_is_fatal():
    assert issues(WAVENUMBER, bands(height=0.0))[Issue.NO_SIGNAL] is Severity.FATAL


def test_a_few_points_constant_but_for_single_ones_are_judged_too():
    wavenumber = np.arange(500.0, 2000.0, 16.0)
    absorbance = np.full(wavenumber.size, 0.02)
    absorbance[[10, 30, 60]] = (0.03, 0.04, 0.07)  # no two points share a height

    assert Issue.BASELINE not in issues(wavenumber, absorbance)


SLOPES = {
    "falling": lambda x: np.exp(-(x - x[0]) / 700.0),
    "rising": lambda x: np.exp((x - x[-1]) / 700.0),
    "straight": lambda x: (x - x[0]) / np.ptp(x),
    "power": lambda x: (x / 4000.0) ** (-700.0 / 300.0),
    "step": lambda x: 1.0 / (1.0 + np.exp((x - x[0] - 300.0) / 100.0)),
    "valley": lambda x: ((x - 2300.0) / 1700.0) ** 2,
}


@pytest.mark.parametrize("start", [650.0, 1000.0, 1200.0])
@pytest.mark.parametrize("sigma", [0.0, 0.002, 0.02])
@pytest.mark.parametrize("slope", SLOPES)
def test_a_slope_without_a_band_is_no_spectrum_to_name(slope, sigma, start):
    wavenumber = np.arange(start, 4001.0, 2.0)
    noisy = SLOPES[slope](wavenumber) + np.random.default_rng(1).normal(scale=sigma, size=wavenumber.size)

    assert issues(wavenumber, noisy)[Issue.NO_BANDS] is Severity.FATAL


def test_a_band_that_the_end_of_the_range_cuts_off_is_none():
    flank = np.exp(-0.5 * ((WAVENUMBER - 1150.0) / 60.0) ** 2)

    whole = issues(WAVENUMBER, flank)
    cut = issues(WAVENUMBER[WAVENUMBER >= 1200.0], flank[WAVENUMBER >= 1200.0])
    assert Issue.NO_BANDS not in whole
    assert Issue.NO_BANDS in cut


def test_a_small_band_beside_a_cut_flank_is_not_enough():
    flank = np.exp(-0.5 * ((WAVENUMBER - 1150.0) / 60.0) ** 2)
    flank += 0.1 * np.exp(-0.5 * ((WAVENUMBER - 1700.0) / 12.0) ** 2)

    assert Issue.NO_BANDS not in issues(WAVENUMBER, flank)
    assert Issue.NO_BANDS in issues(WAVENUMBER[WAVENUMBER >= 1200.0], flank[WAVENUMBER >= 1200.0])


def test_every_reference_has_a_band_that_stands_out(prepared_starter):
    for library in prepared_starter.libraries:
        for reference in library.references:
            assert Issue.NO_BANDS not in {one.issue for one in findings(reference.spectrum)}, reference.id


def test_noise_is_a_warning_first_and_fatal_later():
    assert issues(WAVENUMBER, bands(sigma=0.02)) == {Issue.NOISY: Severity.WARNING}
    assert issues(WAVENUMBER, bands(sigma=0.2))[Issue.NOISY] is Severity.FATAL


def test_the_noise_estimate_ignores_bands():
    assert abs(noise(bands(sigma=0.004)) / 0.004 - 1) < 0.1


def test_saturated_bands_are_told():
    assert issues(WAVENUMBER, bands(height=4.0)) == {Issue.SATURATED: Severity.WARNING}


def test_bands_that_point_down_are_told():
    assert issues(WAVENUMBER, bands() - 0.3 * np.exp(-0.5 * ((WAVENUMBER - 1700) / 30) ** 2)) == {
        Issue.NEGATIVE_BANDS: Severity.WARNING
    }


def test_a_missing_fingerprint_is_fatal_and_a_cut_one_a_warning():
    high = WAVENUMBER > 1400
    assert issues(WAVENUMBER[high], bands()[high])[Issue.TRUNCATED_RANGE] is Severity.FATAL
    most = WAVENUMBER > 1000
    assert issues(WAVENUMBER[most], bands()[most]) == {Issue.TRUNCATED_RANGE: Severity.WARNING}


def test_a_gap_counts_as_missing_range():
    kept = (WAVENUMBER <= 900) | (WAVENUMBER >= 1700)
    found = issues(WAVENUMBER[kept], bands()[kept], gaps=((900.0, 1700.0),))
    assert found[Issue.TRUNCATED_RANGE] is Severity.FATAL


# --- Faults put into made-up measurements of real references -----------------------------------------

WELL = ("caffeine", "cocaine-hydrochloride", "lactose", "cotton", "polystyrene", "ethanol", "wool", "kaolin")


@pytest.fixture(scope="module")
def well_measured(starter) -> list[Spectrum]:
    """One good measurement, of ordinary noise, of several kinds of substance."""
    rng = np.random.default_rng(11)
    known = {
        one.substance: one.spectrum
        for library in starter
        for one in library.references
        if one.substance in WELL and one.spectrum.technique is Technique.ATR
    }
    # no air: how much vapour is too much is asked below
    still = replace(SAME_INSTRUMENT, vapour_sd=0.0, carbon_dioxide_sd=0.0)
    return [remeasured(known[name], still, rng) for name in WELL]


def with_fault(spectrum: Spectrum, fault) -> Spectrum:
    """Add ``fault``, a curve over the axis for a spectrum of height 1, scaled to this one's height."""
    height = float(np.ptp(spectrum.absorbance))
    return replace(spectrum, absorbance=spectrum.absorbance + height * fault(spectrum.wavenumber))


def air(water: float, carbon_dioxide: float):
    return lambda axis: vapour(axis, water=water, carbon_dioxide=carbon_dioxide, resolution_cm=4.0)


def one_point(axis):
    curve = np.zeros_like(axis)
    curve[np.abs(axis - 2000.0).argmin()] = 0.3
    return curve


FAULTS = {
    Issue.BASELINE: lambda axis: 2.0 * scatter(axis, height=0.4),
    Issue.FRINGES: lambda axis: 0.06 * np.sin(2 * np.pi * axis / 80.0),
    Issue.WATER_VAPOUR: air(0.2, 0.0),
    Issue.CARBON_DIOXIDE: air(0.0, 0.5),
    Issue.SPIKES: one_point,
}


def test_good_measurements_have_no_findings(well_measured):
    for spectrum in well_measured:
        assert findings(spectrum) == ()


@pytest.mark.parametrize("issue", FAULTS)
def test_each_fault_is_found_in_every_substance_and_nothing_else_is(well_measured, issue):
    for spectrum in well_measured:
        found = findings(with_fault(spectrum, FAULTS[issue]))
        assert [(one.issue, one.severity) for one in found] == [(issue, Severity.WARNING)]


@pytest.mark.parametrize("issue", FAULTS)
def test_a_tenth_of_each_fault_is_left_alone(well_measured, issue):
    for spectrum in well_measured:
        assert findings(with_fault(spectrum, lambda axis: 0.1 * FAULTS[issue](axis))) == ()


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_value_is_the_height_of_the_lines_with_the_sign_of_where_the_air_was(well_measured, sign):
    cotton = well_measured[WELL.index("cotton")]

    [found] = findings(with_fault(cotton, air(sign * 0.2, 0.0)))

    assert found.value == pytest.approx(sign * 0.2, rel=0.2)


@pytest.mark.parametrize("substance", ["caffeine", "lactose", "cocaine-hydrochloride", "ethanol", "cotton"])
def test_a_wet_sample_is_told_and_a_dry_one_is_not(starter, substance):
    known = [
        one for library in starter for one in library.references if one.spectrum.technique is Technique.ATR
    ]
    [water] = [one.spectrum for one in known if one.substance == "water"]
    dry = next(one.spectrum for one in known if one.substance == substance)
    wet = mixed([above_700(water), above_700(dry)], [0.65, 0.35])

    assert Issue.WET_SAMPLE in {one.issue for one in findings(wet)}
    assert findings(dry) == ()


def above_700(spectrum: Spectrum) -> Spectrum:
    """Cut off the end where water's libration is highest: shares are those of the highest band."""
    kept = spectrum.wavenumber >= 700.0
    return replace(spectrum, wavenumber=spectrum.wavenumber[kept], absorbance=spectrum.absorbance[kept])


def test_one_number_everywhere_is_no_empty_crystal_but_no_measurement():
    assert issues(WAVENUMBER, np.full(WAVENUMBER.size, 0.3)) == {Issue.FLAT_LINE: Severity.FATAL}


def test_a_baseline_cut_to_zero_is_no_flat_line():
    cut = np.where(np.abs(WAVENUMBER - 1500.0) < 600.0, bands(), 0.0)
    assert longest_constant(cut) > 0.5
    assert Issue.FLAT_LINE not in issues(WAVENUMBER, cut)


def test_a_short_range_has_no_findings_about_places_that_were_not_measured():
    inside = (WAVENUMBER > 790.0) & (WAVENUMBER < 1810.0)
    assert issues(WAVENUMBER[inside], bands()[inside]) == {}


def slow_spike(curve):
    """Look at every point with two on each side."""
    highest = 0.0
    for i in range(2, len(curve) - 2):
        around = [curve[i - 2], curve[i - 1], curve[i + 1], curve[i + 2]]
        alone = max(curve[i] - max(around), min(around) - curve[i])
        highest = max(highest, alone - 2.0 * (max(around) - min(around)))
    return highest


def test_spikes_are_those_of_the_slow_twin():
    rng = np.random.default_rng(3)
    for _ in range(50):
        curve = rng.normal(size=40)
        assert spike(curve) == pytest.approx(slow_spike(curve))


def test_all_findings_take_under_two_milliseconds(well_measured):
    findings(well_measured[0])  # templates are drawn once
    times = []
    for _ in range(20):
        start = time.perf_counter()
        findings(well_measured[0])
        times.append(time.perf_counter() - start)
    assert min(times) < 0.002


# What was looked at, one by one, and found to be so.  Saturated and cut ranges are counted elsewhere.
TRUE_OF_REAL_FILES = {
    ("compound.jdx", 0): {Issue.BASELINE},  # a pellet that scatters
    ("compound.jdx", 1): {Issue.BASELINE},
    ("compound.jdx", 3): {Issue.WET_SAMPLE},  # a pentahydrate
    ("ftir_library.csv.xz", 230): {Issue.CARBON_DIOXIDE},
    ("ftir_library.csv.xz", 256): {Issue.CARBON_DIOXIDE},
    ("ftir_library.csv.xz", 520): {Issue.WATER_VAPOUR},
    ("617262_1TP_C-1_A5.0", 0): {Issue.BASELINE},  # soils, by diffuse reflectance: they scatter
    ("629266_1TP_A-1_C1.0", 0): {Issue.BASELINE},
    ("BF_lo_01_soil_cal.1", 0): {Issue.BASELINE},
    ("issue94_RT_01_1_23-02-21_13-23-54.0", 0): {Issue.BASELINE},
    ("issue82_Opus_test.0", 0): {Issue.NO_BANDS},  # near infrared but for its last 38 points
    # A series of curves that point down as far as up, to 7.9 and -11.4: of what, the file does not say.
    **{("m_ordz.spc", number): {Issue.NEGATIVE_BANDS} for number in (0, 2, 5, 7, 8, 9)},
    **{("m_ordz.spc", number): {Issue.NEGATIVE_BANDS, Issue.NO_BANDS} for number in (3, 4, 6)},
}


def test_real_files_have_no_findings_but_those_that_are_so(samples):
    found, asked = {}, 0
    for path in sorted(samples.rglob("*")):
        if not path.is_file() or path.suffix == ".yml":  # optical constants are no spectra
            continue
        try:
            blocks = read_file(path)
        except SpectraLibraryError:
            continue
        for block in blocks:
            if not isinstance(block, FileSpectrum) or block.absorbance is None:
                continue
            asked += 1
            told = {one.issue for one in findings(block.spectrum())}
            told -= {Issue.SATURATED, Issue.TRUNCATED_RANGE}
            if told:
                found[path.name, block.block] = told
    assert asked > 700
    assert found == TRUE_OF_REAL_FILES
