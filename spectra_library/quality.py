"""What is wrong with a spectrum, as a stable word and a number; the hall puts it into sentences.

Limits that are not physics are this project's own; each stands here beside its reason, and
docs/identification.md says how often each speaks on real files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spectra_library.artefacts import (
    FROM_CM,
    EvenCurve,
    carbon_dioxide,
    even_curve,
    floors,
    fringe,
    height,
    highest_band,
    liquid_water,
    longest_constant,
    noise,
    signal,
    spike,
    water_vapour,
)
from spectra_library.spectrum import Spectrum


class Severity(StrEnum):
    """A warning is told; a fatal finding makes the verdict *rejected*."""

    WARNING = "warning"
    FATAL = "fatal"


class Issue(StrEnum):
    """Stable words for what can be wrong."""

    FLAT_LINE = "flat_line"  # one number everywhere: no measurement at all
    NO_SIGNAL = "no_signal"  # noise and nothing else: an empty crystal
    NO_BANDS = "no_bands"  # a slope, or a band that the end of the range cuts off
    NOISY = "noisy"
    SATURATED = "saturated"
    NEGATIVE_BANDS = "negative_bands"
    TRUNCATED_RANGE = "truncated_range"
    NOT_COMPARABLE = "not_comparable"  # too little of the range in common with any reference
    BASELINE = "baseline"
    FRINGES = "fringes"
    WATER_VAPOUR = "water_vapour"
    CARBON_DIOXIDE = "carbon_dioxide"
    SPIKES = "spikes"
    WET_SAMPLE = "wet_sample"


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing that is wrong.

    ``value`` is the figure behind it: share 0..1 of points with one number for FLAT_LINE, signal (absorbance)
    for NO_SIGNAL, the height of the highest band as a share of the span for NO_BANDS, signal to noise for
    NOISY, the highest absorbance for SATURATED, the lowest for NEGATIVE_BANDS, the share 0..1 of the
    fingerprint range that was measured for TRUNCATED_RANGE, the share 0..1 of the recipe's grid for
    NOT_COMPARABLE, and the height as a share of the spectrum's for the rest; for WATER_VAPOUR and
    CARBON_DIOXIDE negative where the background held more of it than the scan.
    """

    issue: Issue
    severity: Severity
    value: float


FINGERPRINT = (800.0, 1800.0)  # cm-1; most bands that tell substances apart lie here
FLAT_ABSORBANCE = 0.005  # five times the noise of a 16-scan measurement at 4 cm-1 on a portable instrument
FLAT_SHARE = 0.9  # programs that cut a baseline to zero leave up to half of a good spectrum constant
# Of 772 references and 587 real spectra the least has 0.52, of 772 made-up field measurements 0.16.
BAND_SHARE = 0.10
# Where the fingerprint range is cut, the flank of a band at its end must not be what carries the answer.
CUT_BAND_SHARE = 0.50
SNR_FATAL = 10.0  # below it single bands cannot be told from noise
SNR_WARNING = 50.0
SATURATED_ABSORBANCE = 2.5  # 0.3 % of the light is left: stray light and digitiser limit the reading
NEGATIVE_SHARE = 0.15  # of the highest band; below it, baseline drift is the likelier reading
ASSUMED_RESOLUTION_CM = 4.0
LEAST_NOISES = 5.0  # an artefact lower than this many times the noise cannot be told from noise
FLOOR_SHARE = 0.25  # 741 of 743 real spectra at hand keep to less
FRINGE_SHARE, FRINGE_FIT = 0.02, 0.8  # no real spectrum at hand is explained by one sine beyond 0.66
# Real vapour reaches 0.70 to 0.83 against lines from rotational constants, bands stay below 0.55.
AIR_FIT = 0.6
VAPOUR_SHARE = 0.05  # from there it takes 0.01 or more off the score of one reference in ten
CARBON_DIOXIDE_SHARE = 0.20  # not compared itself: a sign that the air has changed since the background
SPIKE_SHARE = 0.05
# Liquid water by D. J. Segelstein's constants (1981): bend 0.17 (transmission) to 0.35 (ATR) of the stretch,
# combination 0.02 to 0.03; proteins bend more, sugars and alcohols less, and none has the combination.
WET_STRETCH = 0.4  # of the height: less is not what hides the other bands
WET_BEND = (0.15, 1.0)
WET_COMBINED = (0.017, 0.045)
WET_WING = 0.27  # of the stretch at 3550 cm-1: water has 0.35 to 0.54, narrower OH bands have less


def findings(spectrum: Spectrum) -> tuple[QualityFinding, ...]:
    """List what is wrong with ``spectrum``, the fatal first."""
    nothing = _flat_line(spectrum) or _no_signal(spectrum)
    if nothing is not None:  # what else could be said would be about noise
        return (nothing, *(one for one in (_truncated(spectrum),) if one is not None))
    measured = _Measured(
        spectrum, even_curve(spectrum), height(spectrum.absorbance), noise(spectrum.absorbance)
    )
    found = [finding for check in _CHECKS if (finding := check(measured)) is not None]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.FATAL))


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A spectrum, the same on the even axis, its height and its noise, absorbance."""

    spectrum: Spectrum
    curve: EvenCurve
    height: float
    sigma: float

    @property
    def resolution_cm(self) -> float:
        return self.spectrum.resolution_cm or ASSUMED_RESOLUTION_CM

    def is_large(self, size: float, share: float) -> bool:
        """Tell whether an artefact reaches ``share`` of the height and stands out of the noise.

        A few points, constant but for single ones, have no height, and so nothing to compare with.
        """
        return self.height > 0.0 and size >= max(share * self.height, LEAST_NOISES * self.sigma)

    def warning(self, issue: Issue, size: float) -> QualityFinding:
        return QualityFinding(issue, Severity.WARNING, size / self.height)


def _flat_line(spectrum: Spectrum) -> QualityFinding | None:
    share = longest_constant(spectrum.absorbance)
    return QualityFinding(Issue.FLAT_LINE, Severity.FATAL, share) if share >= FLAT_SHARE else None


def _no_signal(spectrum: Spectrum) -> QualityFinding | None:
    found = signal(spectrum.absorbance)
    return QualityFinding(Issue.NO_SIGNAL, Severity.FATAL, found) if found < FLAT_ABSORBANCE else None


def _no_bands(measured: _Measured) -> QualityFinding | None:
    """Refuse a slope: its derivative resembles the flank of some reference's cut-off band."""
    highest, span = highest_band(measured.curve)
    share = BAND_SHARE if _truncated(measured.spectrum) is None else CUT_BAND_SHARE
    if highest >= max(share * span, LEAST_NOISES * measured.sigma):
        return None
    return QualityFinding(Issue.NO_BANDS, Severity.FATAL, highest / span if span > 0.0 else 0.0)


def _noisy(measured: _Measured) -> QualityFinding | None:
    snr = signal(measured.spectrum.absorbance) / measured.sigma if measured.sigma > 0 else np.inf
    if snr >= SNR_WARNING:
        return None
    return QualityFinding(Issue.NOISY, Severity.FATAL if snr < SNR_FATAL else Severity.WARNING, float(snr))


def _truncated_range(measured: _Measured) -> QualityFinding | None:
    return _truncated(measured.spectrum)


def _truncated(spectrum: Spectrum) -> QualityFinding | None:
    low, high = FINGERPRINT
    covered = min(spectrum.wavenumber_max, high) - max(spectrum.wavenumber_min, low)
    for gap_low, gap_high in spectrum.gaps:
        covered -= max(min(gap_high, high) - max(gap_low, low), 0.0)
    share = max(covered, 0.0) / (high - low)
    if share >= 0.98:
        return None
    return QualityFinding(Issue.TRUNCATED_RANGE, Severity.FATAL if share < 0.5 else Severity.WARNING, share)


def _saturated(measured: _Measured) -> QualityFinding | None:
    highest = float(measured.spectrum.absorbance.max())
    if highest < SATURATED_ABSORBANCE:
        return None
    return QualityFinding(Issue.SATURATED, Severity.WARNING, highest)


def _negative_bands(measured: _Measured) -> QualityFinding | None:
    lowest, median = np.percentile(measured.spectrum.absorbance, [0.5, 50.0])
    base = min(floors(measured.curve), default=float(median))
    if base - lowest < NEGATIVE_SHARE * measured.height or lowest > -0.01:
        return None
    return QualityFinding(Issue.NEGATIVE_BANDS, Severity.WARNING, float(lowest))


def _baseline(measured: _Measured) -> QualityFinding | None:
    places = floors(measured.curve)
    spread = max(places) - min(places) if places else 0.0
    return measured.warning(Issue.BASELINE, spread) if measured.is_large(spread, FLOOR_SHARE) else None


def _fringes(measured: _Measured) -> QualityFinding | None:
    found = fringe(measured.curve)
    if found is None or found[1] < FRINGE_FIT or not measured.is_large(found[0], FRINGE_SHARE):
        return None
    return measured.warning(Issue.FRINGES, found[0])


def _water_vapour(measured: _Measured) -> QualityFinding | None:
    found = water_vapour(measured.curve, measured.resolution_cm)
    if found is None or found[1] < AIR_FIT or not measured.is_large(abs(found[0]), VAPOUR_SHARE):
        return None
    return measured.warning(Issue.WATER_VAPOUR, found[0])


def _carbon_dioxide(measured: _Measured) -> QualityFinding | None:
    found = carbon_dioxide(measured.curve, measured.resolution_cm)
    if found is None or found[1] < AIR_FIT or not measured.is_large(abs(found[0]), CARBON_DIOXIDE_SHARE):
        return None
    return measured.warning(Issue.CARBON_DIOXIDE, found[0])


def _spikes(measured: _Measured) -> QualityFinding | None:
    spectrum = measured.spectrum
    # The top of a saturated band is nothing but noise.
    compared = spectrum.absorbance[spectrum.wavenumber >= FROM_CM]
    highest = spike(np.minimum(compared, SATURATED_ABSORBANCE))
    return measured.warning(Issue.SPIKES, highest) if measured.is_large(highest, SPIKE_SHARE) else None


def _wet_sample(measured: _Measured) -> QualityFinding | None:
    water = liquid_water(measured.curve)
    if water is None or not measured.is_large(water.stretch, WET_STRETCH):
        return None
    has_bend = WET_BEND[0] <= water.bend <= WET_BEND[1]
    has_combined = WET_COMBINED[0] <= water.combined <= WET_COMBINED[1]
    is_water = has_bend and has_combined and water.wing >= WET_WING
    return measured.warning(Issue.WET_SAMPLE, water.stretch) if is_water else None


_CHECKS: tuple[Callable[[_Measured], QualityFinding | None], ...] = (
    _no_bands,
    _noisy,
    _truncated_range,
    _saturated,
    _negative_bands,
    _baseline,
    _fringes,
    _water_vapour,
    _carbon_dioxide,
    _spikes,
    _wet_sample,
)
