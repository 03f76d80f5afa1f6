"""From two single beams to absorbance: the host's own arithmetic, never the instrument's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.capture import Capture, Preview

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AbsorbanceCurve:
    """What a capture or a preview says in absorbance.

    ``wavenumber`` (M,) float64, cm-1, strictly ascending; M may be smaller than the measured N, even 0.
    ``absorbance`` (M,) float64, decadic, finite.
    ``gaps`` stretches (low, high) in cm-1 without a point strictly inside.  Between two points a gap
    reaches from one to the other; at an end of the instrument's axis, from there to the nearest point.
    """

    wavenumber: FloatArray
    absorbance: FloatArray
    gaps: tuple[tuple[float, float], ...]


def absorbance_of(beams: Capture | Preview) -> AbsorbanceCurve:
    """Compute -log10(sample / background); points where a beam is not positive are dropped into gaps."""
    measured = (beams.sample_beam > 0) & (beams.background_beam > 0)
    transmittance = beams.sample_beam[measured] / beams.background_beam[measured]
    wavenumber, absorbance = beams.wavenumber[measured], -np.log10(transmittance)
    wavenumber.flags.writeable = absorbance.flags.writeable = False
    return AbsorbanceCurve(wavenumber, absorbance, _gaps(beams.wavenumber, measured))


def _gaps(wavenumber: FloatArray, measured: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Give each run of unmeasured points from its left to its right neighbour, or to the end of the axis."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], measured, [True])).astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]  # points starts[i] to stops[i] - 1 are missing
    last = wavenumber.size - 1
    return tuple(
        (float(wavenumber[max(start - 1, 0)]), float(wavenumber[min(stop, last)]))
        for start, stop in zip(starts, stops, strict=True)
        if max(start - 1, 0) < min(stop, last)
    )
