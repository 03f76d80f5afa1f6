"""The curve of the record and the reference that came nearest, as points to be drawn.  Numbers only.

The reference is drawn when the very library that was asked is at hand: same name, same content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from inspection.export.bundle_library import named_references
from spectra_library.identification import Conversion
from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.prepared_form import in_form
from spectra_library.spectrum import FloatArray, Spectrum, Technique

PEAKS_SHOWN: Final = 6
PEAK_MIN: Final = 0.12  # of the highest band; lower ones are not what a name stands on
END_CM: Final = 20.0
FINGERPRINT_HIGH_CM: Final = 1900.0  # above it bands say little


@dataclass(frozen=True, slots=True, eq=False)
class LaidOver:
    """``sample`` as it was compared, and ``reference`` brought to its height, or why there is none.

    ``name`` of the reference.
    """

    sample: Spectrum
    reference: Spectrum | None = None
    name: str = ""


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
    scaled = _scaled(sample, _as_compared(found, body))
    return LaidOver(sample) if scaled is None else LaidOver(sample, scaled, found.id)


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


def highest_peaks(curve: Spectrum, apart_cm: float, count: int = PEAKS_SHOWN) -> tuple[float, ...]:
    """Give the wavenumbers of the highest bands below 1900 cm-1, at least ``apart_cm`` from each other."""
    below = curve.wavenumber < FINGERPRINT_HIGH_CM
    axis, height = curve.wavenumber[below], curve.absorbance[below]
    if axis.size < 3:
        return ()
    height = np.convolve(np.pad(height, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    floor = float(np.median(height))
    least = floor + PEAK_MIN * (float(height.max()) - floor)
    is_top = (height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:]) & (height[1:-1] > least)
    tops = np.flatnonzero(is_top) + 1
    tops = tops[axis[tops] - axis[0] > END_CM]  # a slope that the end of the range cuts off is no band
    chosen: list[float] = []
    for index in tops[np.argsort(-height[tops], kind="stable")]:
        if all(abs(float(axis[index]) - other) >= apart_cm for other in chosen):
            chosen.append(float(axis[index]))
    return tuple(chosen[:count])


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


def _scaled(sample: Spectrum, reference: Spectrum) -> Spectrum | None:
    """Bring the reference to the sample: least squares of ``sample - (scale * reference + level)``.

    None where they share less than 3 points; a negative scale, which would turn bands over, becomes 0.
    """
    inside = (sample.wavenumber >= reference.wavenumber[0]) & (sample.wavenumber <= reference.wavenumber[-1])
    for low, high in (*reference.gaps, *sample.gaps):
        inside &= (sample.wavenumber <= low) | (sample.wavenumber >= high)
    axis = sample.wavenumber[inside]
    if axis.size < 3:
        return None
    known = np.interp(axis, reference.wavenumber, reference.absorbance)
    centred, measured = known - known.mean(), sample.absorbance[inside]
    power = float(centred @ centred)
    scale = max(float(centred @ (measured - measured.mean())) / power, 0.0) if power > 0 else 0.0
    return Spectrum(
        wavenumber=reference.wavenumber,
        absorbance=measured.mean() + scale * (reference.absorbance - known.mean()),
        gaps=reference.gaps,
    )


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
