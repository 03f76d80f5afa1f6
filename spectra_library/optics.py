"""What a substance's optical constants look like through an ATR crystal and in transmission.

    n + ik  --Fresnel-->  reflectance at the crystal  -->  ATR absorbance
    k       --Beer----->  absorbance over a path
    k       --Kramers-Kronig-->  n

So a transmission spectrum becomes an ATR spectrum but for one number that it does not tell: how strong its
strongest band is.  docs/decisions/0011-preparation.md has what that is worth.

Sources: M. Born and E. Wolf, Principles of Optics, 7th edition, chapters 1.5 and 14.2 (Fresnel's equations
with a complex index); N. J. Harrick, Internal Reflection Spectroscopy, 1967, chapter 2 (effective thickness,
penetration depth).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spectra_library.spectrum import FloatArray

DIAMOND_INDEX = 2.4
ATR_ANGLE_DEG = 45.0
REFERENCE_WAVENUMBER = 1000.0  # cm-1, where a correction for the penetration depth changes nothing
ORGANIC_INDEX = 1.5  # n of organic liquids and polymers far from their bands, 1.35 to 1.6
STEP_CM = 2.0  # of the axis on which forms are converted
INVERSION_ROUNDS = 6  # more of them gain nothing


def atr_absorbance(
    n: FloatArray,
    k: FloatArray,
    *,
    crystal_index: float = DIAMOND_INDEX,
    angle_deg: float = ATR_ANGLE_DEG,
    bounces: int = 1,
) -> FloatArray:
    """Compute -log10 of the reflectance between crystal and sample, for unpolarised light.

    ``n``, ``k`` (N,) real and imaginary part of the sample's refractive index, k >= 0; returns (N,).
    Unpolarised means the mean of the s- and the p-polarised reflectance at each bounce.
    """
    sine = crystal_index * np.sin(np.deg2rad(angle_deg))
    cosine = np.cos(np.deg2rad(angle_deg))
    index = n + 1j * k
    # sample index times the cosine inside the sample; of the two roots the one whose wave decays
    inner = np.sqrt(index**2 - sine**2 + 0j)
    inner = np.where(inner.imag < 0, -inner, inner)
    reflected_s = (crystal_index * cosine - inner) / (crystal_index * cosine + inner)
    reflected_p = (index**2 * cosine - crystal_index * inner) / (index**2 * cosine + crystal_index * inner)
    reflectance = 0.5 * (np.abs(reflected_s) ** 2 + np.abs(reflected_p) ** 2)
    return np.asarray(-bounces * np.log10(np.minimum(reflectance, 1.0)), dtype=np.float64)


def transmission_absorbance(wavenumber: FloatArray, k: FloatArray, *, path_cm: float) -> FloatArray:
    """Compute the decadic absorbance 4 pi k nu d / ln 10 of a path ``path_cm``, reflections left out.

    ``wavenumber`` (N,) cm-1, ``k`` (N,); returns (N,).
    """
    return np.asarray(4.0 * np.pi * k * wavenumber * path_cm / np.log(10.0), dtype=np.float64)


def penetration_depth(
    wavenumber: FloatArray,
    n: FloatArray | float,
    *,
    crystal_index: float = DIAMOND_INDEX,
    angle_deg: float = ATR_ANGLE_DEG,
) -> FloatArray:
    """Depth (N,) in cm at which the field in a weakly absorbing sample has fallen to 1/e (Harrick, 2.1)."""
    below = (crystal_index * np.sin(np.deg2rad(angle_deg))) ** 2 - np.square(n)
    return np.asarray(1.0 / (2.0 * np.pi * wavenumber * np.sqrt(below)), dtype=np.float64)


def refraction(wavenumber: FloatArray, k: FloatArray, *, n_infinity: float = ORGANIC_INDEX) -> FloatArray:
    """Compute n from k by the Kramers-Kronig relation; k outside the axis counts as 0.

        n(v) = n_infinity + 2/pi P int v' k(v') / (v'^2 - v^2) dv'

    ``wavenumber`` (N,) cm-1, evenly spaced at multiples of its step; ``k`` (..., N); returns (..., N).  The
    integral is taken over every second point, which steps over the pole (Maclaurin's formula; K. Ohta and
    H. Ishida, Applied Spectroscopy 42, 1988, 952); k is odd in v, so it is a convolution over both signs.
    """
    step = wavenumber[1] - wavenumber[0]
    first = round(float(wavenumber[0] / step))
    last = first + wavenumber.size - 1
    both = np.zeros((*k.shape[:-1], 2 * last + 1))
    both[..., last + first :] = k
    both[..., : last - first + 1] = -k[..., ::-1]
    length = 1 << (4 * last + 1).bit_length()  # no lag wraps round
    folded = np.fft.irfft(np.fft.rfft(both, length) * _kernel(last, length), length)
    return np.asarray(n_infinity + folded[..., last + first : 2 * last + 1], dtype=np.float64)


def atr_from_transmission(wavenumber: FloatArray, absorbance: FloatArray, *, peak_k: float) -> FloatArray:
    """Compute the ATR spectrum of a substance from its transmission spectrum.

    The path is rarely known, so k is taken as absorbance / wavenumber with ``peak_k`` at its top; n follows
    by Kramers and Kronig around an organic substance's 1.5, and the ATR absorbance by Fresnel.  Strong bands
    move to lower wavenumbers, by more the higher ``peak_k`` is.  A floor under the spectrum is taken off
    first.  ``wavenumber`` (N,) cm-1, ``absorbance`` (N,); returns (N,), as high as the input.
    """
    return atr_curves_from_transmission(wavenumber, absorbance, (peak_k,))[0]


def atr_curves_from_transmission(
    wavenumber: FloatArray, absorbance: FloatArray, peak_indices: Sequence[float]
) -> list[FloatArray]:
    """Do that for each of ``peak_indices``: the relation is linear in k, so it is computed once for all."""
    axis, curve = _even(wavenumber, absorbance)
    shape = _with_peak(curve / axis, 1.0)
    bent = refraction(axis, shape, n_infinity=0.0)
    curves = (atr_absorbance(ORGANIC_INDEX + peak * bent, peak * shape) for peak in peak_indices)
    return [_as_high_as(absorbance, np.interp(wavenumber, axis, one)) for one in curves]


def transmission_from_atr(wavenumber: FloatArray, absorbance: FloatArray, *, peak_k: float) -> FloatArray:
    """Undo ``atr_from_transmission``: look for the k whose ATR spectrum this is, in a few rounds.

    ``wavenumber`` (N,) cm-1, ``absorbance`` (N,); returns (N,), as high as the input.
    """
    axis, curve = _even(wavenumber, absorbance)
    k = _with_peak(curve * axis, peak_k)  # the penetration depth alone, to begin with
    strong = curve > 0.2 * curve.max()
    for _ in range(INVERSION_ROUNDS):
        ratio = curve / np.maximum(atr_absorbance(refraction(axis, k), k), 1e-6)
        middle = float(np.median(ratio[strong])) if strong.any() else 1.0
        k = _with_peak(k * np.clip(ratio / middle, 0.5, 2.0), peak_k)
    return _as_high_as(absorbance, np.interp(wavenumber, axis, axis * k))


@lru_cache(maxsize=8)
def _kernel(last: int, length: int) -> NDArray[np.complex128]:
    """Transform the kernel of Maclaurin's formula, for lags up to 2 x ``last``: (length // 2 + 1,)."""
    lags = np.arange(-2 * last, 2 * last + 1)
    kernel = np.zeros(length)
    kernel[-lags % length] = np.where(lags % 2 != 0, 2.0 / np.pi / np.where(lags == 0, 1, lags), 0.0)
    transformed = np.fft.rfft(kernel)
    transformed.flags.writeable = False
    return transformed


def _even(wavenumber: FloatArray, absorbance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Bring a curve to every ``STEP_CM`` of its range and its floor (1 % of the points lie lower) to 0."""
    axis = STEP_CM * np.arange(np.ceil(wavenumber[0] / STEP_CM), np.floor(wavenumber[-1] / STEP_CM) + 1)
    curve = np.interp(axis, wavenumber, absorbance)
    return axis, np.maximum(curve - np.percentile(curve, 1.0), 0.0)


def _with_peak(k: FloatArray, peak: float) -> FloatArray:
    highest = float(k.max())
    return k * (peak / highest) if highest > 0 else k


def _as_high_as(absorbance: FloatArray, converted: FloatArray) -> FloatArray:
    highest = float(converted.max())
    return converted * (float(absorbance.max()) / highest) if highest > 0 else converted
