"""The fast search, by the plain product and by bounds, against a slow, obvious twin in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from spectra_library.search import SearchIndex
from spectra_library.search_bound import Plan
from spectra_library.search_workload import band_rows, noisy_queries

TOLERANCE = 1e-6


def slow_scores(rows, query):
    """Pearson correlation row by row."""
    scores = []
    for row in np.asarray(rows, dtype=np.float64):
        a, b = row - row.mean(), np.asarray(query, dtype=np.float64) - np.mean(query)
        length = np.linalg.norm(a) * np.linalg.norm(b)
        is_flat = np.ptp(row) == 0 or np.ptp(query) == 0
        scores.append(0.0 if is_flat or length == 0 else float(a @ b / length))
    return np.array(scores)


def assert_is_the_best(found, rows, query, k):
    """The rows found are the best there are, in order, up to what float32 can tell."""
    indices, scores = found
    truth = slow_scores(rows, query)
    kept = min(k, len(truth))
    assert indices.shape == scores.shape == (kept,)
    assert (indices.dtype, scores.dtype) == (np.int64, np.float32)
    assert len(set(indices.tolist())) == kept
    assert np.abs(scores - truth[indices]).max(initial=0.0) <= TOLERANCE
    assert np.abs(scores - np.sort(truth)[::-1][:kept]).max(initial=0.0) <= TOLERANCE
    ranked = list(zip(-scores, indices, strict=True))
    assert ranked == sorted(ranked)


def plain(rows):
    return SearchIndex.build(rows)


def bounded(rows):
    """An index that uses bounds, however few the rows."""
    points = np.shape(rows)[1]
    return SearchIndex.build(rows, plan=Plan(near=points // 4, far=points // 3))


both_ways = pytest.mark.parametrize("build", [plain, bounded], ids=["plain", "bounded"])


@both_ways
@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 60),
    points=st.integers(2, 40),
    k=st.integers(1, 70),
    scale=st.sampled_from([1e-30, 1e-3, 1.0, 1e4, 1e30]),
    kinds=st.integers(1, 5),
)
def test_the_search_agrees_with_the_slow_twin(build, seed, rows, points, k, scale, kinds):
    chance = np.random.default_rng(seed)
    shapes = chance.normal(size=(kinds, points))
    matrix = shapes[chance.integers(0, kinds, rows)]  # equal rows among them
    matrix += chance.choice([0.0, 0.1], size=(rows, 1)) * chance.normal(size=matrix.shape)
    matrix[chance.random(rows) < 0.1] = 0.3  # and constant ones
    query = shapes[0] + 0.1 * chance.normal(size=points)
    assert_is_the_best(build(scale * matrix).top(query, k), scale * matrix, query, k)


@pytest.mark.parametrize("noise_only", [False, True], ids=["spectra", "noise"])
def test_a_library_large_enough_for_bounds_gives_what_the_slow_twin_gives(noise_only):
    chance = np.random.default_rng(5)
    rows = band_rows(chance, 6_000, 1200)
    index = SearchIndex.build(rows)
    assert index.plan is not None
    assert index.bounds_nbytes <= 0.06 * index.rows_nbytes
    queries = chance.normal(size=(20, 1200)) if noise_only else noisy_queries(chance, rows, 20)
    exact = rows.astype(np.float64)
    exact -= exact.mean(axis=1, keepdims=True)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    for query in queries:
        indices, scores = index.top(query, 10)
        truth = exact @ (query - query.mean()) / np.linalg.norm(query - query.mean())
        assert np.abs(scores - truth[indices]).max() <= TOLERANCE
        assert np.abs(scores - np.sort(truth)[::-1][:10]).max() <= TOLERANCE


def test_rows_without_structure_get_no_bounds():
    rows = np.random.default_rng(6).normal(size=(5_000, 200))
    assert SearchIndex.build(rows).plan is None


def test_the_same_rows_give_the_same_plan_and_the_same_answer():
    rows = band_rows(np.random.default_rng(8), 6_000, 1200)
    first, second = SearchIndex.build(rows), SearchIndex.build(rows)
    assert first.plan == second.plan is not None
    query = noisy_queries(np.random.default_rng(9), rows, 1)[0]
    for a, b in zip(first.top(query, 10), second.top(query, 10), strict=True):
        assert a.tobytes() == b.tobytes()


# --- Ties, flat rows, borders -----------------------------------------------------------------------


@both_ways
def test_equal_scores_are_ordered_by_index(build):
    row = np.array([0.0, 1.0, 0.0, 2.0])
    indices, _ = build(np.stack([row[::-1], row, row, row, -row])).top(row, 3)
    assert indices.tolist() == [1, 2, 3]


@both_ways
@pytest.mark.parametrize("points", [17, 64, 100, 333])
def test_equal_rows_score_equally_wherever_they_stand(build, points):
    chance = np.random.default_rng(points)
    row = chance.normal(size=points)
    rows = np.where(chance.random((700, 1)) < 0.5, row, chance.normal(size=(700, points)))
    same = np.flatnonzero((rows == row).all(axis=1))
    indices, scores = build(rows).top(row + 0.2 * chance.normal(size=points), 20)
    assert indices.tolist() == same[:20].tolist()
    assert len(set(scores.tolist())) == 1


@both_ways
def test_when_all_rows_are_equal_the_first_ones_are_given(build):
    row = np.random.default_rng(1).normal(size=40)
    indices, _ = build(np.tile(row, (3_000, 1))).top(row, 5)
    assert indices.tolist() == [0, 1, 2, 3, 4]


@both_ways
def test_a_constant_row_scores_zero(build):
    flat = [0.1] * 12
    steep = np.arange(12.0)
    indices, scores = build([flat, steep, -steep]).top(steep**2, 3)
    assert indices.tolist() == [1, 0, 2]
    assert scores[1] == 0.0


@both_ways
def test_a_constant_query_scores_zero_everywhere(build):
    indices, scores = build(np.random.default_rng(2).normal(size=(4, 12))).top([5.0] * 12, 2)
    assert (indices.tolist(), scores.tolist()) == ([0, 1], [0.0, 0.0])


@both_ways
def test_a_row_against_itself_scores_one_and_no_more(build):
    rows = np.random.default_rng(3).normal(size=(200, 30))
    index = build(rows)
    scores = np.array([index.top(row, 1)[1][0] for row in rows])
    assert scores.max() <= 1.0
    assert scores.min() >= 1.0 - 1e-7


@both_ways
def test_a_library_of_one_row_or_of_none_answers(build):
    row = np.arange(12.0)
    assert build([row]).top(row, 5)[0].tolist() == [0]
    index = build(np.empty((0, 12)))
    assert index.top(row, 5)[0].shape == (0,)
    assert index.top_many([row, row], 5)[1].shape == (2, 0)


# --- What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [[[1.0, np.nan]], [[np.inf, 1.0]], [1.0, 2.0], [[1.0]], 3.0, [[1e200, 0.0]]])
def test_rows_that_are_no_rows_are_refused(bad):
    with pytest.raises(ValueError, match="expected"):
        SearchIndex.build(bad)


def test_a_query_of_another_width_or_with_nan_is_refused():
    index = SearchIndex.build([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="expected 3 points, found 2"):
        index.top([1.0, 2.0], 1)
    with pytest.raises(ValueError, match="NaN"):
        index.top([1.0, np.nan, 2.0], 1)
    with pytest.raises(ValueError, match="k of at least 1"):
        index.top([1.0, 2.0, 3.0], 0)
    with pytest.raises(ValueError, match="expected a query of 3 points"):
        index.top([[1.0, 2.0, 3.0]], 1)


def test_what_is_refused_leaves_the_index_as_it_was():
    index = bounded(np.random.default_rng(1).normal(size=(5, 12)))
    with pytest.raises(ValueError, match="NaN"):
        index.append([[np.nan] * 12])
    with pytest.raises(IndexError, match="expected a row from 0 to 4, found 5"):
        index.remove(5)
    assert len(index) == 5


# --- Batches and change -----------------------------------------------------------------------------


@both_ways
def test_a_batch_gives_what_single_queries_give(build):
    chance = np.random.default_rng(4)
    rows = chance.normal(size=(50, 30))
    queries = rows[:6] + chance.normal(size=(6, 30))
    index = build(rows)
    indices, scores = index.top_many(queries, 5)
    for row, query in enumerate(queries):
        alone, alone_scores = index.top(query, 5)
        assert indices[row].tolist() == alone.tolist()
        assert scores[row].tobytes() == alone_scores.tobytes()
    assert index.top_many(np.empty((0, 30)), 5)[0].shape == (0, 5)


def test_a_batch_in_a_library_with_bounds_gives_what_single_queries_give():
    chance = np.random.default_rng(11)
    rows = band_rows(chance, 26_000, 120)  # so many that batches use the bounds too
    index = SearchIndex.build(rows, plan=Plan(near=40, far=30))
    queries = np.concatenate([noisy_queries(chance, rows, 6), chance.normal(size=(2, 120))])
    indices, scores = index.top_many(queries, 10)
    for row, query in enumerate(queries):
        alone, alone_scores = index.top(query, 10)
        assert indices[row].tolist() == alone.tolist()
        assert scores[row].tobytes() == alone_scores.tobytes()


class AnyOrderOfChanges(RuleBasedStateMachine):
    """Rows are added and taken out in any order; after each step the answers are those of a fresh twin."""

    points = 16

    @initialize(count=st.integers(0, 12), is_bounded=st.booleans())
    def start(self, count, is_bounded):
        self.rows = [self.row(seed) for seed in range(count)]
        given = np.reshape(self.rows, (-1, self.points))
        self.index = bounded(given) if is_bounded else plain(given)

    @staticmethod
    def row(seed):
        # Seeds repeat, so rows do; every seventh is constant.
        return np.full(16, 2.5) if seed % 7 == 6 else np.random.default_rng(seed % 20).normal(size=16)

    @rule(seeds=st.lists(st.integers(0, 40), min_size=0, max_size=25))
    def append(self, seeds):
        added = [self.row(seed) for seed in seeds]
        self.rows += added
        self.index.append(np.reshape(added, (-1, self.points)))

    @precondition(lambda self: self.rows)
    @rule(place=st.integers(0, 10_000))
    def remove(self, place):
        del self.rows[place % len(self.rows)]
        self.index.remove(place % (len(self.rows) + 1))

    @rule(seed=st.integers(0, 25), k=st.integers(1, 12))
    def ask(self, seed, k):
        query = self.row(seed) + 0.3 * np.random.default_rng(seed + 100).normal(size=self.points)
        assert_is_the_best(self.index.top(query, k), np.reshape(self.rows, (-1, self.points)), query, k)

    @invariant()
    def the_length_is_right(self):
        assert len(self.index) == len(self.rows)


TestAnyOrderOfChanges = AnyOrderOfChanges.TestCase
TestAnyOrderOfChanges.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@both_ways
def test_appending_and_removing_is_the_same_as_building_anew(build):
    chance = np.random.default_rng(3)
    rows, query = chance.normal(size=(12, 20)), chance.normal(size=20)
    index = build(rows[:7])
    index.append(rows[7:])
    index.remove(4)
    again = build(np.delete(rows, 4, axis=0))
    for grown, built in zip(index.top(query, 11), again.top(query, 11), strict=True):
        assert grown.tobytes() == built.tobytes()


def test_removed_rows_give_their_memory_back():
    index = bounded(np.random.default_rng(1).normal(size=(40, 12)))
    before = index.rows_nbytes
    for _ in range(30):
        index.remove(0)
    assert index.rows_nbytes <= before / 2
