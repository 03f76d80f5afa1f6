"""Which components explain a spectrum: up to four, with their shares, and what is left over.

    query --search--> best set, and all sets that were tried --average--> share, interval, probability
                         `-> residual --search--> what it resembles
                         `-> doubt --> is the composition complete, or is something in it that is not listed?

Functions on arrays.  How well a set explains a spectrum is judged in mixture_model.py, which sets are worth
judging in mixture_search.py, what speaks against an answer in mixture_doubt.py.  Sets are averaged as in
Bayesian model averaging: Hoeting, Madigan, Raftery and Volinsky, Statistical Science 14 (1999) 382.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spectra_library.mixture_doubt import (
    Doubt,
    Resemblance,
    doubt_terms,
    place_of,
    resembling,
    stand_ins,
    total_doubt,
)
from spectra_library.mixture_model import ModelError
from spectra_library.mixture_search import Fit, MixtureRows, MixtureSearch, SearchSettings
from spectra_library.preprocess import BoolArray, Prepared
from spectra_library.spectrum import FloatArray, read_only

_NORMAL_QUANTILE = 1.959964  # of the two-sided 95 %
_BAND_SD = (
    0.5  # of a strongest band's height between two laboratories, as a share of it; see docs/identification.md
)
_BASE_QUANTILE = 0.02  # of a spectrum's points lie below its base


@dataclass(frozen=True, slots=True)
class MixtureSettings:
    """What to look for, and when it counts as found.

    ``search`` which sets are tried, ``error`` how one substance differs between measurements, ``doubt`` when
    a composition is called complete.
    ``alike`` rows of other substances that correlate by this with a component are exchangeable with it, and
    so are those that cost less than ``margin`` of the logarithm of the evidence when put in its place.
    ``explained_min`` least share of the signal that a complete composition explains: what resembles nothing
    in the library leaves much, and gives no other sign.  ``explained_whole`` from here on nothing speaks
    against it: of 252 made-up samples with an unlisted part the best explained one reached 0.9945.
    """

    search: SearchSettings = field(default_factory=SearchSettings)
    error: ModelError = field(default_factory=ModelError)
    doubt: Doubt = field(default_factory=Doubt)
    alike: float = 0.98
    margin: float = 3.0
    explained_min: float = 0.80
    explained_whole: float = 0.995


@dataclass(frozen=True, slots=True)
class MixtureComponent:
    """One component.

    ``row`` the reference.  ``share`` 0..1 of the spectrum, each component counted by its strongest band in
    the range that was compared; it is not a share of weight.  ``low``..``high`` its 95 % interval between
    laboratories.  ``probability`` 0..1, weight of the tried sets that hold the substance: by the model alone.
    ``alternatives`` rows of other substances that may stand in its place, best first.
    """

    row: int
    share: float
    low: float
    high: float
    probability: float
    alternatives: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """What a spectrum is made of, as far as the rows can say.

    ``components`` largest share first, empty when nothing could be compared.
    ``explained`` 0..1: share of the derivative's square sum that the components explain, where what they
    have to be bent for it counts against them.
    ``residual`` (P,) absorbance that the components leave, 0 where one of them was not measured.
    ``resembles`` the rows that the residual resembles most, best first.
    ``doubt`` see Doubt; ``is_complete`` False means: contains something that is not in the library.
    """

    components: tuple[MixtureComponent, ...]
    explained: float
    residual: FloatArray
    resembles: tuple[Resemblance, ...]
    doubt: float
    is_complete: bool


def unmix(query: Prepared, rows: MixtureRows, settings: MixtureSettings | None = None) -> Mixture:
    """Take ``query`` apart into rows.  A query without variation, or without a row to compare, is empty."""
    settings = settings or MixtureSettings()
    best = None
    if np.any(query.derivative[query.inside]):
        search = MixtureSearch(query, rows, settings.search, settings.error)
        best = search.run()
    if best is None:
        residual = np.where(query.inside, query.absorbance, 0.0)
        return Mixture((), 0.0, read_only(residual), (), np.inf, is_complete=False)
    averaged = [one for one in search.tried.values() if len(one.rows) <= settings.search.largest]
    left = search.remainder(best)
    resembles = resembling(np.where(query.inside, left.corrected, 0.0), rows, best.rows)
    explained = 1.0 - min(best.unexplained, 1.0)
    starts = np.arange(0, query.inside.size, settings.error.region_points)
    terms = doubt_terms(
        best,
        tuple(search.tried.values()),
        rows,
        resembles,
        left_of_regions=np.add.reduceat(np.where(query.inside, left.residual, 0.0) ** 2, starts),
        energy=search.energy,
    )
    doubt = total_doubt(terms, settings.doubt)
    return Mixture(
        components=_components(best, averaged, query, rows, settings),
        explained=explained,
        residual=read_only(_absorbance_left(best, query, rows)),
        resembles=resembles,
        doubt=doubt,
        is_complete=explained >= (settings.explained_min if doubt < 0.0 else settings.explained_whole),
    )


def evidence_weights(fits: Sequence[Fit]) -> FloatArray:
    """Give the weight (N,) of each set in the average, sum 1."""
    evidence = np.array([one.evidence for one in fits])
    if not np.isfinite(evidence.max()):
        return np.full(len(evidence), 1.0 / len(evidence))  # no set is possible: none is better than another
    weight = np.exp(evidence - evidence.max())
    return np.asarray(weight / weight.sum())


def shares(fit: Fit, query: Prepared, rows: MixtureRows) -> tuple[FloatArray, FloatArray]:
    """Give the shares (K,) of a set by strongest bands, sum 1, and their standard deviations (K,)."""
    height = np.array([_height_per_amount(row, query, rows) for row in fit.rows])
    light = fit.amount * height
    total = light.sum()
    share = light / total
    # the strongest band, by which shares are counted, varies between laboratories like any other
    sample = _BAND_SD * share * (1.0 - share)
    slope = (np.diag(height) - share[:, np.newaxis] * height) / total  # of the shares over the amounts
    return share, np.sqrt(np.maximum(np.diag(slope @ fit.covariance @ slope.T), 0.0) + sample**2)


def _components(
    best: Fit, averaged: Sequence[Fit], query: Prepared, rows: MixtureRows, settings: MixtureSettings
) -> tuple[MixtureComponent, ...]:
    weights = evidence_weights(averaged)
    counted = [(one, weight) for one, weight in zip(averaged, weights, strict=True) if weight > 1e-4]
    spread = {one.rows: shares(one, query, rows) for one, _ in counted}
    share, _ = spread[best.rows]
    found = []
    for place, row in enumerate(best.rows):
        substance = rows.substances[row]
        probability = variance = 0.0
        for one, weight in counted:
            own = place_of(substance, one.rows, rows)
            if own is None:
                continue
            values, deviations = spread[one.rows]
            probability += weight
            variance += weight * (deviations[own] ** 2 + (values[own] - share[place]) ** 2)
        reach = _NORMAL_QUANTILE * (variance / probability) ** 0.5
        found.append(
            MixtureComponent(
                row=row,
                share=float(share[place]),
                low=float(max(share[place] - reach, 0.0)),
                high=float(min(share[place] + reach, 1.0)),
                probability=float(min(probability, 1.0)),
                alternatives=stand_ins(
                    row, best, averaged, query, rows, alike=settings.alike, margin=settings.margin
                ),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.share, one.row)))


def _absorbance_left(fit: Fit, query: Prepared, rows: MixtureRows) -> FloatArray:
    """Subtract the components, and the constant that fits best, from the absorbance of the query: (P,)."""
    common = query.inside & rows.inside[list(fit.rows)].all(axis=0)
    left = np.where(common, query.absorbance, 0.0)
    scale = _root_mean_square(query.derivative, query.inside)
    for row, amount in zip(fit.rows, fit.amount, strict=True):
        per_amount = scale / _root_mean_square(rows.derivative[row], rows.inside[row])
        left -= amount * per_amount * rows.absorbance[row]
    offset = float(left[common].mean()) if common.any() else 0.0
    return np.where(common, left - offset, 0.0)


def _height_per_amount(row: int, query: Prepared, rows: MixtureRows) -> float:
    """Give the height of a row's strongest band, in the range that was compared, per unit of its amount."""
    absorbance = rows.absorbance[row][rows.inside[row] & query.inside]
    height = float(absorbance.max() - np.quantile(absorbance, _BASE_QUANTILE))
    return height / _root_mean_square(rows.derivative[row], rows.inside[row])


def _root_mean_square(derivative: FloatArray, inside: BoolArray) -> float:
    return float(np.sqrt(np.mean(np.square(derivative[inside], dtype=np.float64))))
