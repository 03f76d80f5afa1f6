"""The components of a mixture as curves: what each adds to the sum, and what is left of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gui.widgets.curves import Curve, FloatArray
from spectra_library.catalogue import Catalogue
from spectra_library.identification import Identification
from spectra_library.prepared import PreparedLibrary
from spectra_library.preprocess import prepare
from spectra_library.spectrum import Spectrum

SWEEPS = 400  # of the descent below; a few rows need far less
LEAST_POINTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class MixtureOverlay:
    """The sample, the sum of the components, each of them, and the sample minus the sum, on one axis.

    The sample is as it was compared, less sharp than it was measured: only so sum and rest fit to it.
    """

    sample: Curve
    total: Curve
    parts: tuple[Curve, ...]
    rest: Curve


def mixture_overlay(
    sample: Spectrum,
    found: Identification,
    library: PreparedLibrary,
    catalogue: Catalogue,
    *,
    labels: Sequence[str],
    sample_label: str,
    total_label: str,
    rest_label: str,
) -> MixtureOverlay | None:
    """Draw ``found.components``, named by ``labels``; None where there is nothing to draw.

    Sum and rest are those of the identification.  The parts are the amounts of the components' references,
    none below zero, that add up to the sum best.
    """
    if found.residual is None or not found.components:
        return None
    left = found.residual.absorbance
    common = left != 0.0  # it is exactly 0 where the sample or a component was not measured
    if int(common.sum()) < LEAST_POINTS:
        return None
    recipe = library.recipe.comparing(sample.resolution_cm)
    axis = found.residual.wavenumber[common]
    compared = prepare(sample, recipe).absorbance[common]
    total = compared - left[common]
    rows = library.mixture_rows(found.compared_as, recipe)
    owners = [catalogue.get(one).id for one in rows.substances]
    places = [i for i, owner in enumerate(owners) if any(owner == one.substance for one in found.components)]
    known = np.asarray(rows.absorbance[places][:, common], dtype=np.float64)  # (K, P)
    amounts = _amounts(known, total)
    parts = []
    for component, label in zip(found.components, labels, strict=True):
        own = np.array([owners[place] == component.substance for place in places])
        parts.append(Curve(label, axis, amounts[own] @ known[own]))
    return MixtureOverlay(
        sample=Curve(sample_label, axis, compared),
        total=Curve(total_label, axis, total),
        parts=tuple(parts),
        rest=Curve(rest_label, axis, left[common]),
    )


def _amounts(rows: FloatArray, total: FloatArray) -> FloatArray:
    """Give the amounts (K,), none below 0, with which ``rows`` (K, P) and a level fit ``total`` (P,) best.

    Least squares by coordinate descent: each amount in turn takes its best value while the others stay.
    """
    centred = rows - rows.mean(axis=1, keepdims=True)
    gram = centred @ centred.T
    wanted = centred @ (total - total.mean())
    amounts = np.zeros(len(rows))
    for _ in range(SWEEPS):
        for k in np.flatnonzero(np.diag(gram) > 0.0):
            rise = wanted[k] - gram[k] @ amounts
            amounts[k] = max(amounts[k] + rise / gram[k, k], 0.0)
    return amounts
