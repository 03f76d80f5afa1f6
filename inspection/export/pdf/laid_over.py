"""The curve of the record and the reference that came nearest, as points to be drawn.  Numbers only.

The reference is drawn when the very library that was asked is at hand: same name, same content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspection.export.bundle_library import named_references
from spectra_library.identification import Conversion
from spectra_library.laid_over import scaled_to
from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.prepared_form import in_form
from spectra_library.spectrum import FloatArray, Spectrum, Technique


@dataclass(frozen=True, slots=True, eq=False)
class LaidOver:
    """``sample`` as it was compared, and ``reference`` brought to its height; None where there is none."""

    sample: Spectrum
    reference: Spectrum | None = None


def laid_over(
    sample: Spectrum,
    body: Mapping[str, Any],
    libraries: Callable[[], Sequence[ReferenceLibrary]],
    *,
    is_named: bool,
) -> LaidOver:
    """Lay the best candidate of an identification over its curve.

    ``is_named`` whether the verdict speaks of one reference at all: beside *no match* a curve would be read
    as a name, and a mixture has no single one.
    """
    found = _reference_of(body, libraries) if is_named else None
    if found is None:
        return LaidOver(sample)
    known = _as_compared(found, body)
    scaled = scaled_to(sample, known)
    if scaled is None:
        return LaidOver(sample)
    height = scaled.scale * known.absorbance + scaled.level
    return LaidOver(sample, Spectrum(known.wavenumber, height, gaps=known.gaps))


def drawn_parts(
    curve: Spectrum, low: float, high: float, bins: int
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Give the stretches of a curve without its gaps, each as wavenumber (N,) and absorbance (N,).

    Where more than two points fall into one of ``bins`` between ``low`` and ``high`` cm-1, their lowest and
    their highest stand for them: no band is lost, and paper shows no more.
    """
    inside = (curve.wavenumber >= low) & (curve.wavenumber <= high)
    axis, height = curve.wavenumber[inside], curve.absorbance[inside]
    ends = sorted(
        int(np.searchsorted(axis, middle)) for middle in ((start + end) / 2 for start, end in curve.gaps)
    )
    for part in zip(np.split(axis, ends), np.split(height, ends), strict=True):
        if part[0].size >= 2:
            yield _thinned(*part, (high - low) / bins)


def _reference_of(
    body: Mapping[str, Any], libraries: Callable[[], Sequence[ReferenceLibrary]]
) -> Reference | None:
    named = next(iter(named_references(body)), None)
    if named is None or not named.library_sha256:
        return None
    for library in libraries():
        if (library.name, library.sha256) == (named.library, named.library_sha256):
            return next((one for one in library.references if one.id == named.reference), None)
    return None


def _as_compared(reference: Reference, body: Mapping[str, Any]) -> Spectrum:
    candidate = body["candidates"][0]
    if candidate.get("conversion") == Conversion.KRAMERS_KRONIG:
        return in_form(reference.spectrum, Technique(candidate["technique"]))
    return reference.spectrum


def _thinned(axis: FloatArray, height: FloatArray, step: float) -> tuple[FloatArray, FloatArray]:
    bins = np.floor((axis - axis[0]) / step)
    starts = np.flatnonzero(np.diff(bins, prepend=-1.0))
    if 2 * starts.size >= axis.size:
        return axis, height
    ends = np.append(starts[1:], axis.size) - 1
    is_rising = height[ends] >= height[starts]
    low, high = np.minimum.reduceat(height, starts), np.maximum.reduceat(height, starts)
    pairs = np.where(is_rising, [low, high], [high, low])  # so that the line does not run back and forth
    return np.stack([axis[starts], axis[ends]]).T.ravel(), pairs.T.ravel()
