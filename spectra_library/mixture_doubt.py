"""What speaks against a mixture's answer: rivals of a component, room for one more, a residual with a shape.

A set can explain a spectrum well because it is right, or because it imitates something that is not in the
library.  Then its components are weakly supported, one more would nearly pay, and what is left over looks
like a substance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectra_library.mixture_search import Fit, MixtureRows, RowSet
from spectra_library.preprocess import Prepared
from spectra_library.spectrum import FloatArray

_RESEMBLING = 3  # rows that are named beside a residual
_ENOUGH = 40.0  # more support than this, in the logarithm of the evidence, makes nothing surer
_ROOM = (-5.0, 15.0)  # likewise


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against a composition being complete: a weighted sum of five terms, complete below zero.

    ``unexplained`` weighs the logarithm of the share of the signal that is not explained, ``support`` how
    much evidence is lost without the two least supported components, ``room`` how much is lost by adding one
    more, ``resemblance`` how much the residual correlates with the row that it resembles most, ``steadiness``
    the logarithm of what the best fitting quarter of the regions leaves: where that is little, instrument
    and samples are the references', and what other regions leave is no matter of instruments.
    The weights are a logistic regression of made-up mixtures, with and without a part that is not listed;
    the offset lets 8 % of the latter pass.  It is not a probability of anything else.
    """

    unexplained: float = 1.69
    support: float = -0.111
    room: float = -0.253
    resemblance: float = 8.41
    steadiness: float = -1.1
    offset: float = 5.31


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A row and how it correlates (0..1) with the derivative of what is left over."""

    row: int
    correlation: float


_STEADIEST = -7.0  # the logistic saw hardly anything below; a spectrum without noise must not look odd


def doubt_terms(
    best: Fit,
    tried: Sequence[Fit],
    rows: MixtureRows,
    resembles: tuple[Resemblance, ...],
    *,
    left_of_regions: FloatArray,
    energy: FloatArray,
) -> FloatArray:
    """Give (5,), in the order of ``Doubt``; see there.  ``tried`` holds the neighbours of ``best``.

    ``left_of_regions`` (B,) square sum of what the amounts alone leave, ``energy`` (B,) of the query.
    """
    longest = len(best.rows)
    lost = sorted(
        best.evidence
        - max(
            (
                one.evidence
                for one in tried
                if len(one.rows) <= longest and place_of(rows.substances[row], one.rows, rows) is None
            ),
            default=-np.inf,
        )
        for row in best.rows
    )
    longer = max((one.evidence for one in tried if len(one.rows) == longest + 1), default=-np.inf)
    return np.array(
        [
            np.log(max(best.unexplained, 1e-6)),
            np.mean(np.minimum(lost[:2], _ENOUGH)),
            np.clip(best.evidence - longer, *_ROOM),
            max((one.correlation for one in resembles), default=0.0),
            max(
                np.log(_lower_quartile(left_of_regions / (energy + 0.01), np.sqrt(energy)) + 1e-5),
                _STEADIEST,
            ),
        ]
    )


def total_doubt(terms: FloatArray, weights: Doubt) -> float:
    """Weigh the terms."""
    each = (
        weights.unexplained,
        weights.support,
        weights.room,
        weights.resemblance,
        weights.steadiness,
    )
    return float(weights.offset + terms @ np.array(each))


def resembling(left: FloatArray, rows: MixtureRows, taken: RowSet) -> tuple[Resemblance, ...]:
    """Compare what is left (P,) with all rows of substances that are not ``taken``."""
    size = float(np.linalg.norm(left))
    if size == 0.0:
        return ()
    length = np.sqrt(rows.energy.sum(axis=1, dtype=np.float64))
    product = rows.derivative @ (left / size).astype(np.float32)  # (R, P) @ (P,) -> (R,)
    correlation = np.divide(product, length, out=np.zeros(len(length)), where=length > 0)
    seen = {rows.substances[row] for row in taken}
    found: list[Resemblance] = []
    for row in np.argsort(-correlation, kind="stable"):
        if correlation[row] <= 0 or len(found) == _RESEMBLING:
            break
        if rows.substances[row] not in seen:
            seen.add(rows.substances[row])
            found.append(Resemblance(int(row), float(min(correlation[row], 1.0))))
    return tuple(found)


def stand_ins(
    row: int,
    best: Fit,
    averaged: Sequence[Fit],
    query: Prepared,
    rows: MixtureRows,
    *,
    alike: float,
    margin: float,
) -> tuple[int, ...]:
    """Give the best row of each other substance that may stand in the place of ``row``, best first.

    One explains as much there, within ``margin`` of the logarithm of the evidence, or its derivative
    correlates with that of ``row`` by ``alike``.
    """
    rest = set(best.rows) - {row}
    taken = {rows.substances[one] for one in best.rows}
    swapped = sorted(
        (
            (best.evidence - one.evidence, other)
            for one in averaged
            if len(one.rows) == len(best.rows) and rest < set(one.rows) and one.rows != best.rows
            for other in set(one.rows) - rest
            if best.evidence - one.evidence < margin
        ),
    )
    twins = _alike(row, query, rows, alike)
    found: dict[str, int] = {}
    for other in (*(other for _, other in swapped), *twins):
        if rows.substances[other] not in taken:
            found.setdefault(rows.substances[other], other)
    return tuple(found.values())


def _alike(row: int, query: Prepared, rows: MixtureRows, least: float) -> tuple[int, ...]:
    """Give the rows whose derivatives correlate with that of ``row`` by ``least``, best first.

    Over the points that row, other and query have; both are taken as they are, without their mean.
    """
    own = np.where(query.inside, rows.derivative[row], np.float32(0.0))
    rough = rows.derivative @ own  # (R, P) @ (P,) -> (R,)
    length = np.sqrt(np.maximum(rows.energy.sum(axis=1), 1e-30)) * np.linalg.norm(own)
    near = np.flatnonzero(rough > 0.8 * least * length)  # what lies outside the common points makes it less
    near = near[near != row]
    # Rows are 0 outside their points, so products are over the common ones; lengths have to be made so.
    others = rows.derivative[near].astype(np.float64)  # (N, P)
    common = (query.inside & rows.inside[row]).astype(np.float64)
    squares = (rows.inside[near] @ np.square(own, dtype=np.float64)) * (np.square(others) @ common)
    product = others @ own.astype(np.float64)
    correlation = np.divide(product, np.sqrt(squares), out=np.zeros(len(near)), where=squares > 0)
    found = [(-value, other) for value, other in zip(correlation.tolist(), near.tolist(), strict=True)]
    return tuple(other for negative, other in sorted(found) if -negative >= least)


def place_of(substance: str, of: RowSet, rows: MixtureRows) -> int | None:
    """Give where a substance stands in a set; None where it does not."""
    return next((place for place, row in enumerate(of) if rows.substances[row] == substance), None)


def _lower_quartile(values: FloatArray, weights: FloatArray) -> float:
    """Give the value below which a quarter of the weight lies; a region without signal has no weight."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, 0.25 * below[-1])])
