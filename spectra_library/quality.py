"""What is wrong with a spectrum, as a stable word and a number; the hall puts it into sentences.

Limits that are not physics are this project's own and stand here beside their reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spectra_library.spectrum import FloatArray, Spectrum


class Severity(StrEnum):
    """A warning is told; a fatal finding makes the verdict *rejected*."""

    WARNING = "warning"
    FATAL = "fatal"


class Issue(StrEnum):
    """Stable words for what can be wrong."""

    NO_SIGNAL = "no_signal"
    NOISY = "noisy"
    SATURATED = "saturated"
    NEGATIVE_BANDS = "negative_bands"
    TRUNCATED_RANGE = "truncated_range"
    NOT_COMPARABLE = "not_comparable"  # too little of the range in common with any reference


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing that is wrong.

    ``value`` is the figure behind it: signal (absorbance) for NO_SIGNAL, signal to noise for NOISY, the
    highest absorbance for SATURATED, the lowest for NEGATIVE_BANDS, the share 0..1 of the fingerprint range
    that was measured for TRUNCATED_RANGE, the share 0..1 of the recipe's grid for NOT_COMPARABLE.
    """

    issue: Issue
    severity: Severity
    value: float


FINGERPRINT = (800.0, 1800.0)  # cm-1; most bands that tell substances apart lie here
FLAT_ABSORBANCE = 0.005  # five times the noise of a 16-scan measurement at 4 cm-1 on a portable instrument
SNR_FATAL = 10.0  # below it single bands cannot be told from noise
SNR_WARNING = 50.0
SATURATED_ABSORBANCE = 2.5  # 0.3 % of the light is left: stray light and digitiser limit the reading
NEGATIVE_SHARE = 0.15  # of the highest band; below it, baseline drift is the likelier reading


def findings(spectrum: Spectrum) -> tuple[QualityFinding, ...]:
    """List what is wrong with ``spectrum``, the fatal first."""
    found = [
        finding
        for finding in (
            _no_signal(spectrum),
            _noisy(spectrum),
            _truncated(spectrum),
            _saturated(spectrum),
            _negative_bands(spectrum),
        )
        if finding is not None
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.FATAL))


def noise(absorbance: FloatArray) -> float:
    """Estimate the standard deviation of white noise from second differences (N,) -> absorbance units.

    For white noise of sigma the second difference has sigma * sqrt(6); the median absolute deviation
    (times 1.4826) keeps bands from counting as noise.
    """
    if absorbance.size < 5:
        return 0.0
    second = np.diff(absorbance, 2)
    return float(1.4826 * np.median(np.abs(second - np.median(second))) / 6**0.5)


def signal(absorbance: FloatArray) -> float:
    """Give the height of the spectrum above its floor, robust against single spikes."""
    low, high = np.percentile(absorbance, [1.0, 99.5])
    return float(high - low)


def _no_signal(spectrum: Spectrum) -> QualityFinding | None:
    height = signal(spectrum.absorbance)
    if height >= FLAT_ABSORBANCE:
        return None
    return QualityFinding(Issue.NO_SIGNAL, Severity.FATAL, height)


def _noisy(spectrum: Spectrum) -> QualityFinding | None:
    sigma = noise(spectrum.absorbance)
    snr = signal(spectrum.absorbance) / sigma if sigma > 0 else np.inf
    if snr >= SNR_WARNING:
        return None
    return QualityFinding(Issue.NOISY, Severity.FATAL if snr < SNR_FATAL else Severity.WARNING, float(snr))


def _truncated(spectrum: Spectrum) -> QualityFinding | None:
    low, high = FINGERPRINT
    covered = min(spectrum.wavenumber_max, high) - max(spectrum.wavenumber_min, low)
    for gap_low, gap_high in spectrum.gaps:
        covered -= max(min(gap_high, high) - max(gap_low, low), 0.0)
    share = max(covered, 0.0) / (high - low)
    if share >= 0.98:
        return None
    return QualityFinding(Issue.TRUNCATED_RANGE, Severity.FATAL if share < 0.5 else Severity.WARNING, share)


def _saturated(spectrum: Spectrum) -> QualityFinding | None:
    highest = float(spectrum.absorbance.max())
    if highest < SATURATED_ABSORBANCE:
        return None
    return QualityFinding(Issue.SATURATED, Severity.WARNING, highest)


def _negative_bands(spectrum: Spectrum) -> QualityFinding | None:
    floor, median, top = np.percentile(spectrum.absorbance, [0.5, 50.0, 99.5])
    if median - floor < NEGATIVE_SHARE * (top - median) or floor > -0.01:
        return None
    return QualityFinding(Issue.NEGATIVE_BANDS, Severity.WARNING, float(floor))
