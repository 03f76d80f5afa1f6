"""What the bound should keep of the rows: principal axes, and how many, chosen from a sample of them."""

from __future__ import annotations

import numpy as np

from spectra_library.search_bound import GROUPS, Plan, RowBounds
from spectra_library.search_exact import unit_rows
from spectra_library.search_rows import Float32Array
from spectra_library.spectrum import FloatArray

FEWEST_ROWS = 5_000  # below, the plain product is faster than any detour
LARGEST_SHARE = 0.06  # of the rows' bytes, for everything the bound keeps
_SAMPLE = 3_000
_QUERIES = 48
_NOISE = 0.05  # length of the noise on the tried queries, which are of unit length
_SEED = 1801
_NEAR_TRIED = range(24, 97, 8)
_FAR_FEWEST = 16

# What a number costs where it is used, in units of a row's number in the plain product; measured.
# They only steer the choice, never the answer.
_COST_NEAR = 0.7
_COST_FAR = 2.5
_COST_EXACT = 2.5


def chosen_plan(rows: Float32Array) -> tuple[Plan, FloatArray] | None:
    """Choose what to keep of ``rows`` (R, P), of unit length: a plan and its basis (near + far, P).

    Returns None where the plain product is the better search: few rows, or rows without structure.
    The same rows give the same choice.
    """
    count, points = rows.shape
    if count < FEWEST_ROWS:
        return None
    plans = [plan for near in _NEAR_TRIED if (plan := largest_plan(count, points, near)) is not None]
    if not plans:
        return None
    chance = np.random.default_rng(_SEED)
    sample = rows[np.sort(chance.choice(count, min(count, _SAMPLE), replace=False))].astype(np.float64)
    basis = principal_axes(sample, max(plan.kept for plan in plans), chance)
    costs = expected_costs(sample, basis, plans, chance)
    best = int(np.argmin(costs))
    if costs[best] > 0.8:
        return None
    plan = plans[best]
    return plan, basis[: plan.kept]


def largest_plan(count: int, points: int, near: int) -> Plan | None:
    """Give the plan with the most far coordinates that fits the bytes, or None when too few are left."""
    allowed = LARGEST_SHARE * 4 * count * points
    spent = count * Plan(near, 0).bytes_per_row + 8 * near * points
    far = int((allowed - spent) // (count + 8 * points))
    far = min(far // 8 * 8, min(count, points, _SAMPLE) // 2 - near)
    return Plan(near, far) if far >= _FAR_FEWEST else None


def principal_axes(sample: FloatArray, count: int, chance: np.random.Generator) -> FloatArray:
    """Find the ``count`` axes that carry most of ``sample`` (N, P): (count, P), orthonormal, strongest first.

    Subspace iteration from a random start (Halko, Martinsson, Tropp, SIAM Review 53 (2011) 217,
    algorithm 4.4).  A sample with fewer directions than that is completed with arbitrary ones.
    """
    axes = chance.normal(size=(sample.shape[1], min(count + 16, sample.shape[1])))
    for _ in range(3):
        axes, _ = np.linalg.qr(sample.T @ (sample @ axes))  # (P, N) @ (N, P) @ (P, C) -> (P, C)
    projected = sample @ axes  # (N, C)
    _, turn = np.linalg.eigh(projected.T @ projected)
    return np.ascontiguousarray((axes @ turn[:, ::-1]).T[:count])


def expected_costs(
    sample: FloatArray, basis: FloatArray, plans: list[Plan], chance: np.random.Generator
) -> list[float]:
    """Try each plan on the sample (N, P): what a search costs, as a share of the plain product.

    Queries are rows of the sample with noise, every third a sum of two.
    """
    asked = chance.choice(len(sample), _QUERIES, replace=False)
    noise = chance.normal(size=(_QUERIES, sample.shape[1])) / sample.shape[1] ** 0.5
    clean = sample[asked]
    clean[::3] = 0.5 * (clean[::3] + sample[chance.choice(len(sample), len(clean[::3]), replace=False)])
    queries = unit_rows(clean + _NOISE * noise)
    # The second best of the sample stands in for the tenth best of all rows.
    goals = np.partition(queries @ sample.T, -2, axis=1)[:, -2]  # (Q, P) @ (P, N) -> (Q, N)
    everyone = np.arange(len(sample))
    costs = []
    for plan in plans:
        bounds = RowBounds.build(plan, basis[: plan.kept], sample.astype(np.float32))
        tried = list(zip(bounds.of(bounds.coordinates(queries)), goals, strict=True))
        first_share = float(np.mean([query.first >= goal for query, goal in tried]))
        second_share = float(np.mean([query.second(everyone) >= goal for query, goal in tried]))
        numbers = (plan.near + GROUPS + 1) * _COST_NEAR + first_share * plan.far * _COST_FAR
        costs.append(numbers / sample.shape[1] + second_share * _COST_EXACT)
    return costs
