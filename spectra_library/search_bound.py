r"""An upper bound for the score of every row from a few numbers per row.

In an orthonormal basis, coordinates u of a row and v of a query, principal axes first:

    near             far, in groups            rest
    u_1 ... u_r    | ... | ... | ... |         everything outside the basis
    exact product    norms of the groups       norm                         first bound, all rows
    exact product    products of 8-bit codes   norm                         second bound, surviving rows

By Cauchy-Schwarz in each group and in the rest

    row . query <= sum_near u_i v_i + sum_g |u_g| |v_g| + |u_rest| |v_rest|

and with codes c, which tell far coordinates up to half a step,

    row . query <= sum_near u_i v_i + step (sum_far c_i v_i + sum_far |v_i| / 2) + |u_rest| |v_rest|

The proof with all roundings is in docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from spectra_library.search_exact import UNIT_ROUNDOFF
from spectra_library.search_rows import Float32Array, GrowingRows, IndexArray
from spectra_library.spectrum import FloatArray

GROUPS = 3  # of far coordinates; more change little, one is too loose for noisy queries
_CODE_MAX = 127
_PROJECTED = 2048  # rows projected at a time
_UNPACKED = 1024  # rows whose codes are unpacked at a time: they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Plan:
    """How many coordinates of a row are kept: ``near`` as float32, ``far`` as 8-bit codes."""

    near: int
    far: int

    @property
    def kept(self) -> int:
        """How many axes the basis has."""
        return self.near + self.far

    @property
    def edges(self) -> tuple[int, ...]:
        """Where the groups of the far coordinates begin, and where the last one ends; geometric."""
        steps = np.geomspace(max(self.near, 1), max(self.kept, 1), GROUPS + 1)[1:-1]
        return (self.near, *(min(int(np.ceil(step)), self.kept) for step in steps), self.kept)

    @property
    def bytes_per_row(self) -> int:
        """What a row's coordinates, norms and step take."""
        return 4 * (self.near + GROUPS + 2) + self.far


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """What the bound knows of queries, or of rows before they are packed; norms are rounded up."""

    near: Float32Array  # (N, near)
    far: FloatArray  # (N, far), float64
    norms: Float32Array  # (N, GROUPS + 1): of each far group, then of the rest


class RowBounds:
    """The kept coordinates of rows, and the bounds that follow from them.

    ``basis`` (B, P) float64, B = near + far, orthonormal.  ``near`` (R, near) float32.
    ``norms`` (R, GROUPS + 1) float32.  ``codes`` (R, far) int8 and ``steps`` (R, 1) float32: a far coordinate
    is its code times its row's step, up to half a step.
    """

    def __init__(
        self,
        plan: Plan,
        basis: FloatArray,
        *,
        near: GrowingRows,
        norms: GrowingRows,
        codes: GrowingRows,
        steps: GrowingRows,
    ) -> None:
        self.plan, self.basis = plan, basis
        self.near, self.norms, self.codes, self.steps = near, norms, codes, steps
        self._defect = _defect(basis)
        # This many roundings of terms whose magnitudes sum to less than 2, and what the basis lacks of
        # being orthonormal: docs/performance.md.
        roundings = plan.kept + GROUPS + 8
        self.margin = np.float32(2.0 * roundings * UNIT_ROUNDOFF + 3.0 * self._defect + 1e-9)

    @classmethod
    def build(cls, plan: Plan, basis: FloatArray, unit_rows: Float32Array) -> Self:
        """Project ``unit_rows`` (R, P) onto ``basis`` (near + far, P), orthonormal rows, principal first."""
        count = len(unit_rows)
        made = cls(
            plan,
            basis,
            near=GrowingRows(np.empty((count, plan.near), np.float32, order="F")),
            norms=GrowingRows(np.empty((count, GROUPS + 1), np.float32, order="F")),
            codes=GrowingRows(np.empty((count, plan.far), np.int8)),
            steps=GrowingRows(np.empty((count, 1), np.float32)),
        )
        near, norms = made.near.whole(), made.norms.whole()
        codes, steps = made.codes.whole(), made.steps.whole()
        for start in range(0, count, _PROJECTED):
            block = slice(start, start + _PROJECTED)
            projected = made.coordinates(unit_rows[block])
            near[block], norms[block] = projected.near, projected.norms
            codes[block], steps[block] = _quantised(projected.far)
        return made

    @property
    def nbytes(self) -> int:
        """All bytes beside the rows, the basis among them."""
        parts = (self.basis, self.near, self.norms, self.codes, self.steps)
        return sum(part.nbytes for part in parts)

    def coordinates(self, vectors: Float32Array | FloatArray) -> Coordinates:
        """Project ``vectors`` (N, P), of unit length or zero, onto the basis."""
        exact = vectors.astype(np.float64, copy=False)
        projected = exact @ self.basis.T  # (N, P) @ (P, B) -> (N, B)
        squares = projected**2
        edges = self.plan.edges
        groups = [squares[:, low:high].sum(axis=1) for low, high in pairwise(edges)]
        inside = squares.sum(axis=1)
        rest = np.maximum(np.einsum("np,np->n", exact, exact) - inside, 0.0) + 2.0 * self._defect
        return Coordinates(
            near=projected[:, : self.plan.near].astype(np.float32),
            far=projected[:, self.plan.near :],
            norms=_rounded_up(np.sqrt(np.stack([*groups, rest], axis=1))),
        )

    def append(self, unit_rows: Float32Array) -> None:
        """Project rows (M, P) onto the basis there is."""
        projected = self.coordinates(unit_rows)
        codes, steps = _quantised(projected.far)
        self.near.append(projected.near)
        self.norms.append(projected.norms)
        self.codes.append(codes)
        self.steps.append(steps)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give all that is to be stored."""
        return {
            "basis": self.basis,
            "near": self.near.whole(),
            "norms": self.norms.whole(),
            "codes": self.codes.whole(),
            "steps": self.steps.whole(),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Undo ``arrays``."""
        return cls(
            Plan(near=arrays["near"].shape[1], far=arrays["codes"].shape[1]),
            arrays["basis"],
            **{name: GrowingRows(arrays[name]) for name in ("near", "norms", "codes", "steps")},
        )

    def kept(self, indices: IndexArray) -> RowBounds:
        """Make the bounds of the rows at ``indices`` alone."""
        return RowBounds(
            self.plan,
            self.basis,
            near=self.near.kept(indices),
            norms=self.norms.kept(indices),
            codes=self.codes.kept(indices),
            steps=self.steps.kept(indices),
        )

    def of(self, queries: Coordinates) -> list[QueryBounds]:
        """Bound every row for each of the queries (Q, ...)."""
        near = self.near.product(queries.near)  # (Q, near) @ (near, R) -> (Q, R)
        first = self.norms.product(queries.norms)  # (Q, G) @ (G, R) -> (Q, R)
        first += near
        first += self.margin
        far = queries.far.astype(np.float32)
        reach = 0.5 * np.abs(queries.far).sum(axis=1)
        return [
            QueryBounds(self, near[q], first[q], far[q], np.float32(reach[q]), queries.norms[q, -1])
            for q in range(len(far))
        ]


@dataclass(frozen=True, slots=True, eq=False)
class QueryBounds:
    """The bounds of every row for one query.

    ``near`` (R,) products of the near coordinates.  ``first`` (R,) first bounds.
    ``far`` (far,) the query's far coordinates.  ``reach`` how much their product may be above that of the
    codes, in steps.  ``rest`` the query's length outside the basis.
    """

    rows: RowBounds
    near: Float32Array
    first: Float32Array
    far: Float32Array
    reach: np.float32
    rest: np.float32

    def second(self, indices: IndexArray) -> Float32Array:
        """Bound the rows at ``indices`` (M,) closer: (M,)."""
        bounds = np.empty(len(indices), np.float32)
        for start in range(0, len(indices), _UNPACKED):
            block = indices[start : start + _UNPACKED]
            product = self.rows.codes.take(block).astype(np.float32) @ self.far  # (M, far) @ (far,) -> (M,)
            step, rest = self.rows.steps.take(block)[:, 0], self.rows.norms.take(block)[:, -1]
            far = step * (product + self.reach)
            bounds[start : start + _UNPACKED] = self.near[block] + far + rest * self.rest + self.rows.margin
        return bounds


def _quantised(far: FloatArray) -> tuple[NDArray[np.int8], Float32Array]:
    """Write ``far`` (N, far) as codes (N, far) times a step per row (N, 1), off by at most half a step."""
    steps = _rounded_up(np.abs(far).max(axis=1, keepdims=True, initial=0.0) / _CODE_MAX)
    return np.rint(far / steps).astype(np.int8), steps


def _rounded_up(values: FloatArray) -> Float32Array:
    """Round to float32, never down; never 0."""
    return np.nextafter(values.astype(np.float32), np.float32(np.inf))


def _defect(basis: FloatArray) -> float:
    """Bound how far ``basis`` (B, P) is from orthonormal, |B B' - 1|, and what float64 adds in using it."""
    count, points = basis.shape
    return float(np.linalg.norm(basis @ basis.T - np.eye(count)) + points * count**0.5 * 2.0**-52)
