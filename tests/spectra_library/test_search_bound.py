"""No bound is ever below the score it bounds; bounds that forget something are caught."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_library.search_bound import Coordinates, Plan, RowBounds
from spectra_library.search_exact import unit_rows
from spectra_library.search_plan import largest_plan, principal_axes

plans = st.builds(Plan, near=st.integers(0, 9), far=st.integers(0, 12))


def violations(bounds, rows, queries):
    """How many bounds, first and second, are below the exact scores of ``rows``, float32 as in the index."""
    exact = queries @ rows.astype(np.float64).T
    everyone = np.arange(len(rows))
    count = 0
    for query, truth in zip(bounds.of(bounds.coordinates(queries)), exact, strict=True):
        count += int((query.first.astype(np.float64) < truth).sum())
        count += int((query.second(everyone).astype(np.float64) < truth).sum())
    return count


def made_rows(chance, kind, count, points):
    rows = {
        "random": lambda: chance.normal(size=(count, points)),
        "few directions": lambda: chance.normal(size=(count, 3)) @ chance.normal(size=(3, points)),
        "one spike each": lambda: np.eye(points)[chance.integers(0, points, count)],
        "nearly equal": lambda: chance.normal(size=points) + 1e-7 * chance.normal(size=(count, points)),
        "huge and tiny": lambda: (
            chance.normal(size=(count, points)) * 10.0 ** chance.integers(-30, 30, points)
        ),
        "some constant": lambda: chance.normal(size=(count, points)) * chance.integers(0, 2, (count, 1)),
    }[kind]()
    return unit_rows(rows).astype(np.float32)


KINDS = ["random", "few directions", "one spike each", "nearly equal", "huge and tiny", "some constant"]


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS),
    asked=st.sampled_from(["the rows", "their opposites", "random", *KINDS]),
    points=st.integers(24, 70),
    plan=plans,
)
def test_no_bound_is_below_the_score(seed, kind, asked, points, plan):
    chance = np.random.default_rng(seed)
    rows = made_rows(chance, kind, 40, points)
    queries = {"the rows": rows, "their opposites": -rows}.get(asked)
    if queries is None:
        queries = made_rows(chance, asked if asked in KINDS else "random", 12, points)
    queries = unit_rows(queries.astype(np.float64))
    basis = principal_axes(rows.astype(np.float64), plan.kept, chance)
    bounds = RowBounds.build(plan, basis, rows[:25])
    bounds.append(rows[25:])
    assert violations(bounds, rows, queries) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_bound_is_below_the_score_at_full_width(kind):
    chance = np.random.default_rng(1)
    rows = made_rows(chance, kind, 300, 1801)
    bounds = RowBounds.build(Plan(72, 96), principal_axes(rows.astype(np.float64), 168, chance), rows)
    queries = np.concatenate([rows[:20], -rows[:5]]).astype(np.float64)
    queries = np.concatenate([queries, unit_rows(queries + 0.01 * chance.normal(size=queries.shape))])
    assert violations(bounds, rows, queries) == 0


def test_no_bound_is_below_the_score_when_the_basis_is_not_quite_orthonormal():
    chance = np.random.default_rng(2)
    rows = made_rows(chance, "few directions", 200, 60)
    basis = principal_axes(rows.astype(np.float64), 20, chance) + 1e-4 * chance.normal(size=(20, 60))
    bounds = RowBounds.build(Plan(8, 12), basis, rows)
    assert violations(bounds, rows, rows.astype(np.float64)) == 0


class WithoutGroups(RowBounds):
    """Failing control: forgets what the far groups may add."""

    def coordinates(self, vectors):
        whole = super().coordinates(vectors)
        norms = whole.norms.copy()
        norms[:, :-1] = 0.0
        return Coordinates(near=whole.near, far=whole.far, norms=norms)


class WithoutRest(RowBounds):
    """Failing control: forgets what lies outside the basis."""

    def coordinates(self, vectors):
        whole = super().coordinates(vectors)
        norms = whole.norms.copy()
        norms[:, -1] = 0.0
        return Coordinates(near=whole.near, far=whole.far, norms=norms)


class WithoutMargin(RowBounds):
    """Failing control: takes float32 for exact."""

    @classmethod
    def build(cls, plan, basis, unit_rows):
        made = super().build(plan, basis, unit_rows)
        made.margin = np.float32(0.0)
        return made


@pytest.mark.parametrize(
    ("broken", "plan"),
    [(WithoutGroups, Plan(4, 12)), (WithoutRest, Plan(4, 12)), (WithoutMargin, Plan(48, 12))],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_bound_that_forgets_something_is_caught(broken, plan):
    chance = np.random.default_rng(3)
    rows = made_rows(chance, "random", 500, 60)
    basis = principal_axes(rows.astype(np.float64), plan.kept, chance)
    queries = rows.astype(np.float64)
    assert violations(broken.build(plan, basis, rows), rows, queries) > 0
    assert violations(RowBounds.build(plan, basis, rows), rows, queries) == 0


@given(
    count=st.integers(5_000, 200_000),
    points=st.integers(100, 4_000),
    near=st.sampled_from(range(24, 97, 8)),
)
def test_what_is_kept_is_never_more_than_six_percent_of_the_rows(count, points, near):
    plan = largest_plan(count, points, near)
    if plan is not None:
        assert count * plan.bytes_per_row + 8 * plan.kept * points <= 0.06 * 4 * count * points


def test_principal_axes_are_orthonormal_and_strongest_first():
    chance = np.random.default_rng(4)
    sample = chance.normal(size=(300, 80)) * np.geomspace(1.0, 1e-3, 80)
    axes = principal_axes(sample, 10, chance)
    assert np.allclose(axes @ axes.T, np.eye(10), atol=1e-12)
    strength = np.linalg.norm(sample @ axes.T, axis=0)
    assert np.allclose(strength, np.linalg.svd(sample, compute_uv=False)[:10], rtol=1e-3)
