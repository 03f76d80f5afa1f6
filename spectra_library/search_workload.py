"""Made-up rows and queries to measure and test the search with; not for accuracy work, see synthesis.py.

rows      18 of 900 random bands each, in families of six that share most of them
variants  measured references, shifted, scaled and noisy
queries   rows with noise, every third a sum of two
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectra_library.search_rows import Float32Array
from spectra_library.spectrum import FloatArray, Spectrum

LOWEST, HIGHEST = 650.0, 4000.0  # cm-1
FAMILY = 6
QUERY_NOISE = (5e-4, 1.6e-2)  # standard deviation, of the strongest band
_POOL = 900
_BANDS = 18
_EXCHANGED = 3  # bands in which a row differs from its family
_BLOCK = 600  # rows at a time


def band_rows(
    chance: np.random.Generator, count: int, points: int, widths: tuple[float, float] = (8.0, 40.0)
) -> Float32Array:
    """Make rows (count, points) of Gaussian bands with full widths at half maximum in ``widths``, cm-1."""
    wavenumber = np.linspace(LOWEST, HIGHEST, points)
    centre = chance.uniform(LOWEST, HIGHEST, _POOL)
    sigma = chance.uniform(*widths, _POOL) / np.sqrt(8 * np.log(2))
    shapes = np.exp(-0.5 * ((wavenumber - centre[:, np.newaxis]) / sigma[:, np.newaxis]) ** 2).astype(
        np.float32
    )
    rows = np.empty((count, points), np.float32)
    for start in range(0, count, _BLOCK):
        strengths = _families(chance, min(_BLOCK, count - start))
        rows[start : start + _BLOCK] = strengths @ shapes  # (M, 900) @ (900, P) -> (M, P)
    rows /= rows.max(axis=1, keepdims=True)
    return rows


def variant_rows(
    chance: np.random.Generator, spectra: Sequence[Spectrum], count: int, points: int
) -> Float32Array:
    """Make rows (count, points) from ``spectra`` in turn, shifted, tilted and noisy."""
    wavenumber = np.linspace(LOWEST, HIGHEST, points)
    middle = (wavenumber - wavenumber.mean()) / (HIGHEST - LOWEST)
    rows = np.empty((count, points), np.float32)
    for place in range(count):
        spectrum = spectra[place % len(spectra)]
        shifted = wavenumber + chance.normal(0.0, 1.5)
        row = np.interp(shifted, spectrum.wavenumber, spectrum.absorbance, left=0.0, right=0.0)
        row *= chance.uniform(0.5, 1.5) * (1.0 + chance.normal(0.0, 0.3) * middle)
        rows[place] = row + chance.normal(0.0, 2e-3 * max(float(np.abs(row).max()), 1e-9), points)
    return rows


def noisy_queries(chance: np.random.Generator, rows: Float32Array, count: int) -> FloatArray:
    """Make queries (count, P) from ``rows`` (R, P), every third from two of them."""
    queries = rows[chance.integers(0, len(rows), count)].astype(np.float64)
    share = chance.uniform(0.3, 0.7, size=(len(queries[2::3]), 1))
    queries[2::3] = share * queries[2::3] + (1 - share) * rows[chance.integers(0, len(rows), len(share))]
    low, high = np.log(QUERY_NOISE)
    noise = np.exp(chance.uniform(low, high, size=(count, 1))) * queries.max(axis=1, keepdims=True)
    noisy: FloatArray = queries + noise * chance.normal(size=queries.shape)
    return noisy


def _families(chance: np.random.Generator, count: int) -> Float32Array:
    """Draw the strengths (count, 900) of the bands of ``count`` rows, from the first of a family on."""
    strengths = np.zeros((count, _POOL), np.float32)
    for place in range(count):
        if place % FAMILY == 0:
            bands = chance.choice(_POOL, _BANDS, replace=False)
            strength = chance.uniform(0.1, 1.0, _BANDS)
        own = bands.copy()
        own[chance.choice(_BANDS, _EXCHANGED, replace=False)] = chance.integers(0, _POOL, _EXCHANGED)
        strengths[place, own] = strength * np.exp(chance.normal(0.0, 0.35, _BANDS))
    return strengths
