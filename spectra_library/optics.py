"""What a substance's optical constants look like through an ATR crystal and in transmission.

    n + ik  --Fresnel-->  reflectance at the crystal  -->  ATR absorbance
    k       --Beer----->  absorbance over a path

Without optical constants only the penetration depth is left, which grows with the wavelength: a
transmission spectrum over wavenumber is roughly an ATR spectrum (r = 0.75 before, better after).

Sources: M. Born and E. Wolf, Principles of Optics, 7th edition, chapters 1.5 and 14.2 (Fresnel's equations
with a complex index); N. J. Harrick, Internal Reflection Spectroscopy, 1967, chapter 2 (effective thickness,
penetration depth).
"""

from __future__ import annotations

import numpy as np

from spectra_library.spectrum import FloatArray

DIAMOND_INDEX = 2.4
ATR_ANGLE_DEG = 45.0
REFERENCE_WAVENUMBER = 1000.0  # cm-1, where the penetration-depth correction changes nothing


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


def atr_from_transmission(wavenumber: FloatArray, absorbance: FloatArray) -> FloatArray:
    """Approximate the ATR spectrum by the penetration depth, which falls as 1/wavenumber.

    ``wavenumber`` (N,) cm-1, ``absorbance`` (N,); returns (N,), unchanged at 1000 cm-1.  The shift of
    strong bands to lower wavenumbers, which needs n and k, is not reproduced.
    """
    return absorbance * (REFERENCE_WAVENUMBER / wavenumber)


def transmission_from_atr(wavenumber: FloatArray, absorbance: FloatArray) -> FloatArray:
    """Undo ``atr_from_transmission``."""
    return absorbance * (wavenumber / REFERENCE_WAVENUMBER)
