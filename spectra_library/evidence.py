"""What speaks for the first answer of a search, as six plain numbers.

    scored references of a query -> score, lead, tail, agreement
    query against the best reference -> residual
    the query alone -> SNR

None of them is a probability.  ``confidence`` makes one of them where that was measured.  The shipped
calibration uses score, lead and agreement (``calibrating.ENTERING``); tail, residual and SNR are taken down
beside them, because every calibration is judged with and without them (docs/confidence.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.spectrum import FloatArray

# To be raised with every change of what the numbers below mean: an older calibration then gives no number.
EVIDENCE_VERSION = 1

TAIL_RANKS = (5, 100)  # places 6 to 100 of the substances: the best five may be relatives of the first
TAIL_LEAST = 20  # fewer substances than this have no tail worth fitting
EULER = 0.5772156649015329  # mean of the standard Gumbel law

FLOOR_CM = 400.0  # the floor under the bands is the lowest point within half of this on either side
NEAR_CM = 20.0  # a band may lie this far from the reference's: dispersion in ATR moves it by up to 10 cm-1
BLANK = 0.10  # of its strongest band: where the reference stays below, it has no band


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first substance of one search.

    ``score`` -1..1, the similarity the list is sorted by.
    ``gap`` 0..2, its lead over the next different substance.
    ``tail`` how far the score lies beyond a Gumbel law fitted to places 6 to 100 of the substances, in
    that law's scale; None with fewer than 26 substances.
    ``residual`` 0..1, the highest band that the query has where the best reference has none, as a share of
    the query's strongest.  The heights of bands that both have are left out: between two measurements of one
    substance they vary by far more than noise (contact, penetration depth, particle size), and what does not
    vary is which bands there are.
    ``snr`` signal to noise of the query.
    ``agreement`` -1..1, the median score of the substance's other references; None when there is none.
    """

    score: float
    gap: float
    tail: float | None
    residual: float
    snr: float
    agreement: float | None


def evidence(
    substances: Sequence[str], scores: Sequence[float], *, residual: float, snr: float
) -> Evidence | None:
    """Gather the evidence for the first of the scored references, None when there is none.

    ``substances`` and ``scores``: one entry per reference, best first; several references of one substance
    carry the same text.  ``residual`` is ``unexplained_band``'s.
    """
    if not scores:
        return None
    best = best_scores(substances, scores)
    others = [
        score for substance, score in zip(substances, scores, strict=True) if substance == substances[0]
    ]
    first, *rest = best.values()
    # A list that was cut may hold one substance only: the next is then no better than the last one kept.
    following = rest[0] if rest else scores[-1]
    return Evidence(
        score=float(first),
        gap=float(first - following),
        tail=tail(np.array([first, *rest])),
        residual=residual,
        snr=snr,
        agreement=float(np.median(others[1:])) if len(others) > 1 else None,
    )


def best_scores(substances: Sequence[str], scores: Sequence[float]) -> dict[str, float]:
    """Give the best score of each substance, best first."""
    best: dict[str, float] = {}
    for substance, score in zip(substances, scores, strict=True):
        best.setdefault(substance, score)
    return best


def tail(scores: FloatArray) -> float | None:
    """Tell how far the first of ``scores`` (S,), descending, lies beyond places 6 to 100.

    A Gumbel law is fitted to these by L-moments (J. R. M. Hosking, J. R. Stat. Soc. B 52 (1990) 105): scale
    = l2 / ln 2, location = l1 - 0.5772 scale.  The answer is (first - location) / scale.
    """
    rest = np.sort(scores[slice(*TAIL_RANKS)])
    count = rest.size
    if count < TAIL_LEAST:
        return None
    mean = rest.mean()
    second = 2 * (np.arange(count) @ rest) / (count * (count - 1)) - mean
    scale = second / np.log(2)
    if scale <= 0:
        return None
    return float((scores[0] - mean) / scale + EULER)


def unexplained_band(
    query: FloatArray,
    query_inside: NDArray[np.bool_],
    reference: FloatArray,
    reference_inside: NDArray[np.bool_],
    *,
    step_cm: float,
) -> float:
    """Give the highest band of ``query`` where ``reference`` has none, 0..1 of the query's strongest.

    ``query`` and ``reference`` (P,) absorbance on one grid, ``*_inside`` (P,) where they were measured;
    points that one of them lacks are left out.  A moving minimum takes the baseline from both.  Returns 0
    where either has no band at all.
    """
    common = query_inside & reference_inside
    if common.sum() < 2:
        return 0.0
    asked = _bands(query[common], step_cm)
    known = _bands(reference[common], step_cm)
    near = round(NEAR_CM / step_cm)
    explained = -_moving_minimum(-known, near)
    blank = explained < BLANK
    return float(np.clip(asked[blank].max(initial=0.0), 0.0, 1.0)) if known.any() else 0.0


def _bands(absorbance: FloatArray, step_cm: float) -> FloatArray:
    """Take the floor away and scale the strongest band to 1: its 99.5 % point, so that no spike sets it."""
    half = min(round(FLOOR_CM / step_cm / 2), absorbance.size - 1)
    lowest = _moving_minimum(absorbance, half)
    sums = np.concatenate([[0.0], np.cumsum(np.pad(lowest, half, mode="edge"))])
    above = absorbance - (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
    height = np.percentile(above, 99.5)
    return above / height if height > 0 else np.zeros_like(above)


def _moving_minimum(values: FloatArray, half: int) -> FloatArray:
    """Give the least of ``values`` (P,) within ``half`` points on either side.  Returns (P,).

    Windows of 2, 4, 8 ... points are made of two of half their width: twelve passes instead of 2 half + 1.
    """
    lowest = np.pad(values, half, mode="edge")
    width, covered = 2 * half + 1, 1
    while covered < width:
        step = min(covered, width - covered)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        covered += step
    return lowest
