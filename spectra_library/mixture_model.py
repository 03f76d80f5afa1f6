"""How well a set of components explains a spectrum when every component may vary from region to region.

    query = sum of amount x reference, and in each region of the spectrum, for each component,
            a factor on its height (another sample of it varies by some share)
            and a shift along the axis (by some part of a grid point)

The same substance on another instrument differs by far more than noise: bands of one region grow and move
together.  So the spectrum is cut into regions, and factor and shift of each are integrated out in closed
form.  What is left of a region counts as a few independent numbers with heavy tails, not as one per point:
neighbouring points are not independent, and one region that went wrong must not decide.

Sources: the Gaussian integral is Woodbury's identity; heavy tails by a Student likelihood per region (Lange,
Little and Taylor, J. Am. Stat. Assoc. 84 (1989) 881); the width of the amounts' posterior as the price of a
component is the Occam factor of D. J. C. MacKay, Neural Computation 4 (1992) 415.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.preprocess import BoolArray
from spectra_library.spectrum import FloatArray

IndexArray = NDArray[np.intp]

_LEAST_AMOUNT = 1e-3  # of the query's root mean square; below it a component counts as absent
_STEADY_SHARE = 0.3  # of the shift that a sample has which varies little in height
_ROUNDS = 3  # amounts and what they may vary by depend on each other; by then nothing moves any more


@dataclass(frozen=True, slots=True)
class ModelError:
    """How the same substance differs between two measurements.

    ``region_points`` grid points that vary together.
    ``heights`` standard deviations of the height by region, as a share of it; the best of them is taken.
    ``shift_points`` standard deviation of the shift, in grid points, of a sample that varies much.
    ``residuals`` standard deviation of all else that goes with each of ``heights``, as a share of the
    query's root mean square.
    ``independent`` how many independent numbers one grid point is worth, 0..1.
    ``broadenings`` of all references together, of which the best is taken; see ``extended``.
    ``freedom`` of the Student tails of a region.
    ``unmeasured`` root mean square that a component is taken to have where its reference has no data, as a
    share of what it has elsewhere.
    """

    region_points: int = 30
    heights: tuple[float, ...] = (0.15, 0.6)
    shift_points: float = 1.0
    residuals: tuple[float, ...] = (0.15, 0.4)
    independent: float = 0.2
    broadenings: tuple[float, ...] = (0.0, 0.4)
    freedom: float = 1.5
    unmeasured: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """A query and M references cut into B regions of n points: the products that every fit needs.

    ``query`` (B, n), root mean square 1 over its points, 0 where nothing was measured.
    ``points`` (B,) measured points, ``energy`` (B,) sum of squares of the query.
    ``heights`` (B, n, M) the references' derivatives, root mean square 1, ``shifts`` (B, n, M) what one grid
    point of shift adds to them; 0 outside the common points.
    ``unmeasured`` (M, B) share of the query's points that the reference lacks.
    ``gram`` (2 M, 2 M, B) products of the columns (height, shift, height, ...), ``product`` (2 M, B) of the
    columns with the query.
    """

    query: FloatArray
    points: FloatArray
    energy: FloatArray
    heights: FloatArray
    shifts: FloatArray
    unmeasured: FloatArray
    gram: FloatArray
    product: FloatArray

    @property
    def references(self) -> int:
        """M."""
        return len(self.unmeasured)


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """The fits of N sets of K components each.

    ``evidence`` (N,) natural logarithm; -inf where an amount would be negative.
    ``amount`` (N, K) of each component, in units of the query's root mean square.
    ``covariance`` (N, K, K) of the amounts.
    ``height_sd`` (N,) the member of ``ModelError.heights`` that fits best.
    ``unexplained`` (N,) squared residual and what factors and shifts had to be bent by, as a share of the
    query's square sum.
    """

    evidence: FloatArray
    amount: FloatArray
    covariance: FloatArray
    height_sd: FloatArray
    unexplained: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Remainder:
    """What one set leaves of the query, each (P,).

    ``residual`` of the amounts alone, ``variance`` that the model allows it, ``corrected`` what is left of it
    after the factors and shifts of all regions.
    """

    residual: FloatArray
    corrected: FloatArray
    variance: FloatArray


def regions_of(query: FloatArray, inside: BoolArray, size: int) -> Regions:
    """Cut a derivative (P,), 0 outside ``inside`` (P,), which must vary, into regions of ``size`` points."""
    scale = float(np.sqrt(np.mean(query[inside] ** 2)))
    cut = _cut(query / scale, size)
    count, empty = len(cut), np.zeros((*cut.shape, 0))
    return Regions(
        query=cut,
        points=_cut(inside.astype(np.float64), size).sum(axis=1),
        energy=np.vecdot(cut, cut),
        heights=empty,
        shifts=empty,
        unmeasured=np.zeros((0, count)),
        gram=np.zeros((0, 0, count)),
        product=np.zeros((0, count)),
    )


def extended(
    regions: Regions,
    derivative: FloatArray,
    inside: BoolArray,
    query_inside: BoolArray,
    *,
    broadening: float = 0.0,
) -> Regions:
    """Add references (m, P), 0 outside ``inside`` (m, P); each must vary.

    They are broadened first by a Gaussian of variance 2 x ``broadening``, in square grid points.
    """
    size = regions.query.shape[1]
    scale = np.sqrt((derivative**2).sum(axis=1) / inside.sum(axis=1))[:, np.newaxis]
    unit = derivative / scale
    common = inside & query_inside
    if broadening > 0:
        unit = unit + broadening * _slope(_slope(unit, inside), inside)
    shift = _slope(unit, inside)
    height = _cut(np.where(common, unit, 0.0), size).transpose(1, 2, 0)  # (B, n, m)
    shift = _cut(np.where(common, shift, 0.0), size).transpose(1, 2, 0)
    fresh = np.stack([height, shift], axis=-1).reshape(*height.shape[:2], -1)  # (B, n, 2 m)
    old = np.stack([regions.heights, regions.shifts], axis=-1).reshape(*height.shape[:2], -1)
    own = (fresh.transpose(0, 2, 1) @ fresh).transpose(1, 2, 0)  # (2 m, 2 m, B)
    cross = (old.transpose(0, 2, 1) @ fresh).transpose(1, 2, 0)  # (2 M, 2 m, B)
    lacking = _cut((query_inside & ~inside).astype(np.float64), size).sum(axis=2)  # (m, B)
    return Regions(
        query=regions.query,
        points=regions.points,
        energy=regions.energy,
        heights=np.concatenate([regions.heights, height], axis=2),
        shifts=np.concatenate([regions.shifts, shift], axis=2),
        unmeasured=np.concatenate([regions.unmeasured, lacking / np.maximum(regions.points, 1.0)]),
        gram=np.concatenate(
            [
                np.concatenate([regions.gram, cross], axis=1),
                np.concatenate([cross.transpose(1, 0, 2), own], axis=1),
            ]
        ),
        product=np.concatenate([regions.product, np.einsum("bnc,bn->cb", fresh, regions.query)]),
    )


def fitted(regions: Regions, sets: IndexArray, error: ModelError) -> Fits:
    """Fit the sets (N, K) of references, K at least 1, no reference twice in a set."""
    height_sd = np.array(error.heights)[np.newaxis, :, np.newaxis, np.newaxis]  # over (N, S, K, B)
    residual = np.array(error.residuals)[:, np.newaxis]  # (S, 1)
    shift_sd = error.shift_points * np.minimum(1.0, _STEADY_SHARE + 2.0 * height_sd)
    heights, shifts = 2 * sets, 2 * sets + 1
    gram = _Gram(
        heights=_pairs(regions.gram, heights, heights),
        shifts=_pairs(regions.gram, shifts, shifts),
        mixed=_pairs(regions.gram, shifts, heights),
        height_query=regions.product[heights].transpose(1, 0, 2)[:, :, np.newaxis],
        shift_query=regions.product[shifts].transpose(1, 0, 2)[:, :, np.newaxis],
        query=regions.energy,
    )
    unmeasured = regions.unmeasured[sets][:, np.newaxis]  # (N, 1, K, B)
    count = np.maximum(regions.points, 1.0)
    amount = _first_amounts(regions, heights)[:, np.newaxis].repeat(len(error.heights), axis=1)  # (N, S, K)
    for _ in range(_ROUNDS):
        allowed = np.maximum(amount, _LEAST_AMOUNT)[..., np.newaxis]  # (N, S, K, 1)
        noise = residual**2 + ((allowed * error.unmeasured) ** 2 * unmeasured).sum(axis=2)  # (N, S, B)
        height_variance = (allowed * height_sd) ** 2
        shift_variance = (allowed * shift_sd) ** 2
        reduced, log_pivots = _integrated(gram, noise, height_variance, shift_variance)
        weighted = reduced / noise
        curvature = weighted[:-1, :-1].sum(axis=-1).transpose(2, 3, 0, 1)  # (N, S, K, K)
        slope = weighted[:-1, -1].sum(axis=-1).transpose(1, 2, 0)  # (N, S, K)
        amount = _solved(curvature, slope)
    squares = (
        weighted[-1, -1]
        - 2.0 * np.einsum("knsb,nsk->nsb", weighted[:-1, -1], amount)
        + np.einsum("klnsb,nsk,nsl->nsb", weighted[:-1, :-1], amount, amount)
    )  # (N, S, B) squared residual over the covariance
    squares = np.maximum(squares, 0.0)
    size = sets.shape[1]
    log_variance = (np.log(height_variance) + np.log(shift_variance)).sum(axis=2)
    log_determinant = (count - 2 * size) * np.log(noise) + log_pivots + log_variance
    fraction, freedom = error.independent, error.freedom
    tails = (freedom + fraction * regions.points) * np.log1p(fraction * squares / freedom)
    is_measured = regions.points > 0
    log_likelihood = -0.5 * ((fraction * log_determinant + tails) * is_measured).sum(axis=-1)
    covariance = np.linalg.inv(fraction * curvature + 1e-9 * np.eye(size))
    width = np.sqrt(np.einsum("nskk->nsk", covariance))
    total = np.maximum(amount.sum(axis=-1, keepdims=True), _LEAST_AMOUNT)
    occam = np.log(np.minimum(np.sqrt(2.0 * np.pi) * width / total, 1.0)).sum(axis=-1)
    is_possible = (amount > _LEAST_AMOUNT).all(axis=-1)
    evidence = np.where(is_possible, log_likelihood + occam, -np.inf)
    best = evidence.argmax(axis=1)
    rows = np.arange(len(sets))
    return Fits(
        evidence=evidence[rows, best],
        amount=amount[rows, best],
        covariance=covariance[rows, best],
        height_sd=np.array(error.heights)[best],
        unexplained=(squares * residual**2)[rows, best].sum(axis=-1) / regions.points.sum(),
    )


def remainder(
    regions: Regions,
    chosen: tuple[int, ...],
    amount: FloatArray,
    *,
    height_sd: float,
    error: ModelError,
    points: int,
) -> Remainder:
    """Give what ``amount`` (K,) of the ``chosen`` references leave of a query of ``points`` points."""
    index = list(chosen)
    heights, shifts = regions.heights[:, :, index], regions.shifts[:, :, index]  # (B, n, K)
    shift_sd = error.shift_points * min(1.0, _STEADY_SHARE + 2.0 * height_sd)
    variance = np.concatenate([(height_sd * amount) ** 2, (shift_sd * amount) ** 2])  # (2 K,)
    lacking = ((amount * error.unmeasured) ** 2)[:, np.newaxis] * regions.unmeasured[index]  # (K, B)
    noise = error.residuals[error.heights.index(height_sd)] ** 2 + lacking.sum(axis=0)  # (B,)
    columns = np.concatenate([heights, shifts], axis=2)
    residual = regions.query - heights @ amount
    normal = columns.transpose(0, 2, 1) @ columns
    normal += noise[:, np.newaxis, np.newaxis] * np.diag(1.0 / variance)
    part = np.linalg.solve(normal, columns.transpose(0, 2, 1) @ residual[..., np.newaxis])  # (B, 2 K, 1)
    return Remainder(
        residual=residual.reshape(-1)[:points],
        corrected=(residual - (columns @ part)[..., 0]).reshape(-1)[:points],
        variance=(noise[:, np.newaxis] + columns**2 @ variance).reshape(-1)[:points],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Gram:
    """Products of the columns of N sets of K: (K, K, N, 1, B), (K, N, 1, B) with the query, (B,) of it."""

    heights: FloatArray
    shifts: FloatArray
    mixed: FloatArray
    height_query: FloatArray
    shift_query: FloatArray
    query: FloatArray


def _slope(rows: FloatArray, inside: BoolArray) -> FloatArray:
    """Differentiate (m, P) per grid point; 0 beside what was not measured, where a step is no slope."""
    has_neighbours = inside.copy()
    has_neighbours[:, 1:] &= inside[:, :-1]
    has_neighbours[:, :-1] &= inside[:, 1:]
    return np.where(has_neighbours, np.gradient(rows, axis=1), 0.0)


def _pairs(gram: FloatArray, first: IndexArray, second: IndexArray) -> FloatArray:
    """Take (N, K) x (N, K) of (2 M, 2 M, B): (K, K, N, 1, B)."""
    taken = gram[first[:, :, np.newaxis], second[:, np.newaxis, :]]
    return np.ascontiguousarray(taken.transpose(1, 2, 0, 3))[:, :, :, np.newaxis]


def _first_amounts(regions: Regions, heights: IndexArray) -> FloatArray:
    """Solve plain least squares (N, K) in which loud regions count little more than quiet ones."""
    weight = 1.0 / (regions.energy / np.maximum(regions.points, 1.0) + 0.05)
    normal = regions.gram[heights[:, :, np.newaxis], heights[:, np.newaxis, :]] @ weight
    return _solved(normal, regions.product[heights] @ weight)


def _solved(normal: FloatArray, right: FloatArray) -> FloatArray:
    """Solve normal equations (..., K, K) for (..., K); what would be negative is held at almost nothing."""
    size = right.shape[-1]
    ridge = 1e-9 * np.trace(normal, axis1=-2, axis2=-1)[..., np.newaxis, np.newaxis] * np.eye(size)
    amount = np.linalg.solve(normal + ridge, right[..., np.newaxis])[..., 0]
    return np.asarray(np.maximum(amount, 0.5 * _LEAST_AMOUNT))


def _integrated(
    gram: _Gram, noise: FloatArray, height_variance: FloatArray, shift_variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Integrate shifts, then heights of all regions out of the squared distance of query and model.

    ``noise`` (N, S, B), the variances (N, S, K, 1).  Returns the products (K + 1, K + 1, N, S, B) of heights
    and query that are left, symmetric, and the logarithm of the product of all pivots (N, S, B).
    """
    size = len(gram.height_query)
    shape = (2 * size + 1, 2 * size + 1, *noise.shape)
    work = np.empty(shape)
    work[:size, :size] = gram.shifts
    work[:size, size:-1] = gram.mixed
    work[:size, -1] = gram.shift_query
    work[size:-1, size:-1] = gram.heights
    work[size:-1, -1] = gram.height_query
    work[-1, -1] = gram.query
    for k in range(size):
        work[k, k] += noise / shift_variance[:, :, k]
    log_pivots = _eliminated(work, size)
    left = work[size:, size:].copy()  # (K + 1, K + 1, N, S, B), upper part
    for i in range(size):
        left[i + 1 :, i] = left[i, i + 1 :]
    work[:size, :size] = left[:-1, :-1]
    work[:size, size:] = left[:-1]
    work[size:, size:] = left
    for k in range(size):
        work[k, k] += noise / height_variance[:, :, k]
    log_pivots += _eliminated(work, size)
    left = work[size:, size:]
    for i in range(size):
        left[i + 1 :, i] = left[i, i + 1 :]
    return left, log_pivots


def _eliminated(work: FloatArray, pivots: int) -> FloatArray:
    """Eliminate the first ``pivots`` rows of symmetric matrices (c, c, ...) in their upper part, in place.

    One small matrix after another would be all overhead; here each step runs over all of them.  Returns the
    logarithm of the product of the pivots.
    """
    log_pivots = np.zeros(work.shape[2:])
    for j in range(pivots):
        log_pivots += np.log(work[j, j])
        row = work[j, j + 1 :] / work[j, j]
        for i in range(j + 1, len(work)):
            work[i, i:] -= work[j, i] * row[i - j - 1 :]
    return log_pivots


def _cut(rows: FloatArray, size: int) -> FloatArray:
    """Cut (..., P) into (..., B, size), the last region filled up with zeros."""
    points = rows.shape[-1]
    filled = np.zeros((*rows.shape[:-1], points + -points % size))
    filled[..., :points] = rows
    return filled.reshape(*rows.shape[:-1], -1, size)
