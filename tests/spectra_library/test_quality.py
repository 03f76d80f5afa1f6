"""Each way in which a spectrum can be poor is found, and a good one is left alone."""

import numpy as np

from spectra_library.quality import Issue, Severity, findings, noise
from spectra_library.spectrum import Spectrum

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
