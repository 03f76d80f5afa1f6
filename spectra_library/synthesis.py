"""Made-up spectra for accuracy work and training: a known curve as another sample and instrument show it.

    known spectrum -> sample (impurity, moisture, intensity, position, width)
                   -> contact (tilt, scale, stray light) -> air -> resolution -> baseline -> noise

Every step is a function on arrays and takes its chance from a numpy Generator, so the same seed gives the
same spectrum.  A Variation says how large the steps are.  The level ANOTHER_LABORATORY was set so that
made-up repeats agree with their references as well, and as badly, as spectra of one polymer from two real
laboratories do: docs/accuracy.md shows both.  Drugs may vary more or less: no free repeats exist to measure
it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from spectra_library.bands import BandTable
from spectra_library.errors import SpectrumError
from spectra_library.optics import REFERENCE_WAVENUMBER
from spectra_library.spectrum import FloatArray, Spectrum
from spectra_library.vapour import carbon_dioxide_lines, line_absorbance, water_lines

STEP_CM = 2.0  # the axis of made-up spectra
SHARPEST_CM = 4.0  # resolution taken for a spectrum that states none; nothing is drawn sharper
SHAPE_LENGTH_CM = 120.0  # over such a distance band positions, and the baseline's waves, drift together
FWHM_PER_SIGMA = 2.0 * (2.0 * np.log(2.0)) ** 0.5  # of a Gaussian
DIAMOND_CM = (1800.0, 2700.0)  # where the crystal itself absorbs and little light is left


@dataclass(frozen=True, slots=True)
class Variation:
    """How much a repeat differs from its reference.  "sd" is a standard deviation; 0 switches a step off.

    ``severity_sd`` of the logarithm of one factor per spectrum on all the steps below: bad days are bad in
    everything.
    ``intensity_sd`` of the logarithm of band intensities; ``intensity_length_cm`` the distance over which
    they vary together; ``tilt_sd`` of the exponent of 1000/wavenumber; ``position_sd_cm``, ``width_share``
    (bands get wider by up to this share of 8 cm-1).
    ``impurity_max`` and ``moisture_max``: largest share of another substance, of liquid water.
    ``contact_height`` absorbance of the strongest band, ``contact_sd`` of its logarithm; ``stray_light``
    largest share of light that never met the sample.
    ``baseline_sd``, ``scatter_sd``: of the height of a smooth baseline, and of scattering at 4000 cm-1, as
    shares of the strongest band; ``vapour_sd``, ``carbon_dioxide_sd``: of the strongest line, likewise, of
    either sign because the background may have held more of it than the scan.
    ``noise`` standard deviation in absorbance where the detector is at its best.
    ``resolutions_cm``: one is drawn.
    """

    severity_sd: float
    intensity_sd: float
    intensity_length_cm: float
    tilt_sd: float
    position_sd_cm: float
    width_share: float
    impurity_max: float
    moisture_max: float
    contact_height: float
    contact_sd: float
    stray_light: float
    baseline_sd: float
    scatter_sd: float
    vapour_sd: float
    carbon_dioxide_sd: float
    noise: float
    resolutions_cm: tuple[float, ...]


SAME_INSTRUMENT = Variation(
    severity_sd=0.3,
    intensity_sd=0.05,
    intensity_length_cm=120.0,
    tilt_sd=0.0,
    position_sd_cm=0.2,
    width_share=0.0,
    impurity_max=0.0,
    moisture_max=0.0,
    contact_height=0.4,
    contact_sd=0.3,
    stray_light=0.0,
    baseline_sd=0.01,
    scatter_sd=0.01,
    vapour_sd=0.005,
    carbon_dioxide_sd=0.02,
    noise=2e-4,
    resolutions_cm=(4.0,),
)
ANOTHER_LABORATORY = Variation(
    severity_sd=0.7,
    intensity_sd=0.33,
    intensity_length_cm=60.0,
    tilt_sd=0.4,
    position_sd_cm=1.5,
    width_share=0.8,
    impurity_max=0.18,
    moisture_max=0.05,
    contact_height=0.3,
    contact_sd=0.5,
    stray_light=0.01,
    baseline_sd=0.07,
    scatter_sd=0.1,
    vapour_sd=0.01,
    carbon_dioxide_sd=0.05,
    noise=5e-4,
    resolutions_cm=(4.0, 8.0),
)
FIELD = Variation(
    severity_sd=0.7,
    intensity_sd=0.4,
    intensity_length_cm=60.0,
    tilt_sd=0.5,
    position_sd_cm=2.0,
    width_share=1.0,
    impurity_max=0.25,
    moisture_max=0.2,
    contact_height=0.15,
    contact_sd=0.7,
    stray_light=0.02,
    baseline_sd=0.10,
    scatter_sd=0.15,
    vapour_sd=0.05,
    carbon_dioxide_sd=0.1,
    noise=1e-3,
    resolutions_cm=(4.0, 8.0, 16.0),
)
LEVELS = {"same instrument": SAME_INSTRUMENT, "another laboratory": ANOTHER_LABORATORY, "field": FIELD}


def of_sample(variation: Variation) -> Variation:
    """Keep what differs between samples of one substance; for the parts of a mixture before mixing."""
    return replace(
        variation,
        tilt_sd=0.0,
        contact_height=1.0,
        contact_sd=0.0,
        stray_light=0.0,
        baseline_sd=0.0,
        scatter_sd=0.0,
        vapour_sd=0.0,
        carbon_dioxide_sd=0.0,
        noise=0.0,
        resolutions_cm=(SHARPEST_CM,),
    )


def of_instrument(variation: Variation) -> Variation:
    """Keep what differs between measurements of one sample; for a mixture, after it is mixed."""
    return replace(
        variation,
        intensity_sd=0.0,
        position_sd_cm=0.0,
        width_share=0.0,
        impurity_max=0.0,
        moisture_max=0.0,
    )


def remeasured(
    known: Spectrum,
    variation: Variation,
    rng: np.random.Generator,
    *,
    impurities: Sequence[Spectrum] = (),
    water: Spectrum | None = None,
) -> Spectrum:
    """Give ``known`` as another sample of it would look, on an even axis within its range.

    ``impurities`` are spectra of which one, drawn, is mixed in; ``water`` is the spectrum of liquid water.
    Without them there is no impurity, and no moisture.  The strongest band of ``known`` counts as 1.
    """
    axis, strongest = _own_axis(known)
    # beyond two standard deviations no curve of the substance would be left
    severity = float(np.exp(variation.severity_sd * np.clip(rng.standard_normal(), -2.0, 2.0)))
    resolution = float(rng.choice(variation.resolutions_cm))
    curve = strongest
    if impurities:
        impurity = impurities[int(rng.integers(len(impurities)))]
        curve = with_share(
            curve, on_axis(impurity, axis), share=_share(rng, variation.impurity_max, severity)
        )
    if water is not None:
        share = _share(rng, variation.moisture_max, severity)
        curve = with_share(curve, on_axis(water, axis), share=share)
    curve = varied_intensity(
        axis, curve, rng, sd=severity * variation.intensity_sd, length_cm=variation.intensity_length_cm
    )
    curve = shifted(axis, curve, rng, sd_cm=severity * variation.position_sd_cm)
    curve = widened(curve, by_cm=8.0 * variation.width_share * float(rng.random()), step_cm=STEP_CM)
    curve = tilted(axis, curve, exponent=severity * variation.tilt_sd * float(rng.standard_normal()))
    curve = curve + vapour(
        axis,
        water=severity * variation.vapour_sd * float(rng.standard_normal()),
        carbon_dioxide=severity * variation.carbon_dioxide_sd * float(rng.standard_normal()),
        resolution_cm=resolution,
    )
    curve = curve + baseline(axis, rng, sd=severity * variation.baseline_sd)
    curve = curve + scatter(axis, height=abs(severity * variation.scatter_sd * float(rng.standard_normal())))
    own = known.resolution_cm or SHARPEST_CM
    curve = widened(curve, by_cm=max(resolution**2 - own**2, 0.0) ** 0.5, step_cm=STEP_CM)
    curve = curve * (variation.contact_height * float(np.exp(variation.contact_sd * rng.standard_normal())))
    curve = with_stray_light(curve, share=variation.stray_light * float(rng.random()))
    curve = curve + noise(axis, curve, rng, sd=variation.noise)
    return _spectrum(known, axis, curve, max(resolution, own))


def mixed(parts: Sequence[Spectrum], shares: Sequence[float]) -> Spectrum:
    """Mix spectra: absorbances add (Beer's law), each part scaled to a strongest band of 1 and its share.

    A share is one of light, not of weight: how strongly a gram absorbs is not known of the references.  The
    axis is the range that all parts have in common; a gap of one part is a gap of the mixture.

    Raises SpectrumError when numbers or techniques differ, or when there is no common range.
    """
    if len(parts) != len(shares) or not parts:
        raise SpectrumError(f"expected a share for each of {len(parts)} parts, found {len(shares)}")
    if len({part.technique for part in parts}) != 1:
        raise SpectrumError("expected parts of one technique: ATR and transmission do not add up")
    low = max(part.wavenumber_min for part in parts)
    high = min(part.wavenumber_max for part in parts)
    gaps = tuple(sorted(gap for part in parts for gap in part.gaps))
    axis = _even_axis(low, high, gaps)
    total = sum(
        (share * on_axis(part, axis) for part, share in zip(parts, shares, strict=True)),
        start=np.zeros_like(axis),
    )
    return _spectrum(
        parts[0], axis, total, max(part.resolution_cm or SHARPEST_CM for part in parts), gaps=gaps
    )


def varied_bands(table: BandTable, variation: Variation, rng: np.random.Generator) -> BandTable:
    """Vary every band by itself: height, position, width.

    Where the bands are known this is closer to chemistry than a smooth field over the whole spectrum:
    crystal form, hydrogen bonds and orientation change single bands.
    """
    count = table.position.size
    return BandTable(
        position=table.position + variation.position_sd_cm * rng.standard_normal(count),
        height=table.height * np.exp(variation.intensity_sd * rng.standard_normal(count)),
        width=table.width * np.exp(0.5 * variation.width_share * rng.standard_normal(count)),
        lorentz_share=table.lorentz_share,
    )


def with_share(curve: FloatArray, other: FloatArray, *, share: float) -> FloatArray:
    """Replace ``share`` (0..1) of the curve (N,) by another (N,), both with a strongest band of 1."""
    return (1.0 - share) * curve + share * other


def smooth_field(axis: FloatArray, rng: np.random.Generator, *, length_cm: float) -> FloatArray:
    """Draw a smooth random curve (N,) of mean 0 and variance about 1, unrelated beyond ``length_cm``.

    Normal numbers on knots ``length_cm`` apart, whose place is drawn, joined by a cubic spline.
    """
    start = float(axis[0]) - length_cm * (1.0 + float(rng.random()))
    knots = np.arange(start, float(axis[-1]) + 3.0 * length_cm, length_cm)
    return np.asarray(CubicSpline(knots, rng.standard_normal(knots.size))(axis), dtype=np.float64)


def varied_intensity(
    axis: FloatArray, curve: FloatArray, rng: np.random.Generator, *, sd: float, length_cm: float
) -> FloatArray:
    """Multiply the curve (N,) by exp(sd * smooth field): neighbouring bands grow and shrink together.

    Stands for orientation, crystallinity, particle size and anomalous dispersion.
    """
    return curve * np.exp(sd * smooth_field(axis, rng, length_cm=length_cm))


def shifted(axis: FloatArray, curve: FloatArray, rng: np.random.Generator, *, sd_cm: float) -> FloatArray:
    """Move bands by a smooth field of ``sd_cm``: the laser's calibration, dispersion, hydrogen bonds."""
    field = smooth_field(axis, rng, length_cm=SHAPE_LENGTH_CM)
    return np.interp(axis - sd_cm * field, axis, curve)


def widened(curve: FloatArray, *, by_cm: float, step_cm: float) -> FloatArray:
    """Convolve with a Gaussian of full width ``by_cm``; widths add in squares, areas stay."""
    if by_cm <= 0.0:
        return curve
    sigma = by_cm / FWHM_PER_SIGMA / step_cm
    return np.asarray(gaussian_filter1d(curve, sigma, mode="nearest"), dtype=np.float64)


def tilted(axis: FloatArray, curve: FloatArray, *, exponent: float) -> FloatArray:
    """Multiply by (1000 / wavenumber) to ``exponent``.

    The depth that ATR sees grows with 1/wavenumber (N. J. Harrick, Internal Reflection Spectroscopy, 1967):
    exponent 1 lies between a spectrum that some program corrected for it and one that was left as it is.
    """
    return curve * (REFERENCE_WAVENUMBER / axis) ** exponent


def vapour(axis: FloatArray, *, water: float, carbon_dioxide: float, resolution_cm: float) -> FloatArray:
    """Give the air's lines (N,), the strongest of each gas as high as told.

    Negative where the background held more of it than the scan.
    """
    wet = water * line_absorbance(axis, water_lines(), resolution_cm=resolution_cm)
    return wet + carbon_dioxide * line_absorbance(axis, carbon_dioxide_lines(), resolution_cm=resolution_cm)


def baseline(axis: FloatArray, rng: np.random.Generator, *, sd: float) -> FloatArray:
    """Draw a polynomial of third order (N,) with Legendre coefficients of ``sd``, each order half the last.

    Lamp and detector drift between background and scan; a sample that covers part of the crystal.
    """
    place = 2.0 * (axis - axis[0]) / (axis[-1] - axis[0]) - 1.0
    weights = sd * rng.standard_normal(4) * np.array([1.0, 1.0, 0.5, 0.25])
    return np.asarray(np.polynomial.legendre.legval(place, weights), dtype=np.float64)


def scatter(axis: FloatArray, *, height: float) -> FloatArray:
    """Rise with the square of the wavenumber to ``height`` at 4000 cm-1.

    Between particles much smaller than the wavelength (fourth power) and as large (none): C. F. Bohren and
    D. R. Huffman, Absorption and Scattering of Light by Small Particles, 1983, chapters 5 and 4.
    """
    return height * (axis / 4000.0) ** 2


def with_stray_light(curve: FloatArray, *, share: float) -> FloatArray:
    """Saturate: a ``share`` of the light never met the sample, so no absorbance can exceed -log10(share).

    P. R. Griffiths and J. A. de Haseth, Fourier Transform Infrared Spectrometry, 2nd edition, 2007.
    """
    if share <= 0.0:
        return curve  # without stray light any absorbance can be read, also one whose light underflows
    return np.asarray(-np.log10((10.0 ** (-curve) + share) / (1.0 + share)), dtype=np.float64)


def noise(axis: FloatArray, curve: FloatArray, rng: np.random.Generator, *, sd: float) -> FloatArray:
    """Draw noise (N,): ``sd`` at the detector's best, more where less light is left.

    Three times as much where diamond absorbs, tenfold towards 600 cm-1 where windows and detector end, twice
    as much at 4000 cm-1 where the lamp is weak: this project's own figures, of the right order.  And in
    proportion to 10 ** absorbance, because an error of the light over the light is one of the absorbance.
    """
    return sd * noise_profile(axis) * 10.0 ** np.clip(curve, 0.0, 3.0) * rng.standard_normal(axis.size)


def noise_profile(axis: FloatArray) -> FloatArray:
    """Give how much noisier (N,) than its best an instrument with a diamond crystal is at each wavenumber."""
    low, high = DIAMOND_CM
    diamond = 1.0 / (1.0 + np.exp((low - axis) / 40.0)) / (1.0 + np.exp((axis - high) / 40.0))
    return np.asarray(
        1.0 + 2.0 * diamond + 9.0 * np.exp((600.0 - axis) / 60.0) + (axis / 4000.0) ** 4, dtype=np.float64
    )


def on_axis(spectrum: Spectrum, axis: FloatArray) -> FloatArray:
    """Interpolate onto ``axis`` (N,), the strongest band 1; beyond the range the end value is held.

    Raises SpectrumError for a spectrum without bands.
    """
    highest = float(spectrum.absorbance.max())
    if highest <= 0:
        raise SpectrumError(f"expected a spectrum with bands, found a maximum of {highest}")
    return np.interp(axis, spectrum.wavenumber, spectrum.absorbance / highest)


def _share(rng: np.random.Generator, largest: float, severity: float) -> float:
    """Draw a share that is mostly small: the square of an even number, never above a half."""
    return min(largest * severity * float(rng.random()) ** 2, 0.5)


def _own_axis(known: Spectrum) -> tuple[FloatArray, FloatArray]:
    axis = _even_axis(known.wavenumber_min, known.wavenumber_max, ())
    return axis, on_axis(known, axis)


def _even_axis(low: float, high: float, gaps: tuple[tuple[float, float], ...]) -> FloatArray:
    axis = STEP_CM * np.arange(np.ceil(low / STEP_CM), np.floor(high / STEP_CM) + 1)
    for gap_low, gap_high in gaps:
        axis = axis[(axis <= gap_low) | (axis >= gap_high)]
    if axis.size < 2:
        raise SpectrumError(f"expected a common range, found {low:g} to {high:g} cm-1")
    return np.asarray(axis, dtype=np.float64)


def _spectrum(
    like: Spectrum,
    axis: FloatArray,
    curve: FloatArray,
    resolution_cm: float,
    *,
    gaps: tuple[tuple[float, float], ...] | None = None,
) -> Spectrum:
    """Finish a made-up spectrum; nothing is said where ``like`` says nothing."""
    gaps = like.gaps if gaps is None else gaps
    is_measured = np.ones(axis.size, dtype=bool)
    for low, high in gaps:
        is_measured &= (axis <= low) | (axis >= high)
    return Spectrum(
        axis[is_measured], curve[is_measured], like.technique, resolution_cm=resolution_cm, gaps=gaps
    )
