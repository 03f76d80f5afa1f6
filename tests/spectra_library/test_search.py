"""The fast search against a slow, obvious twin in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_library.search import SearchIndex


def slow_top(rows, query, k):
    """Pearson correlation row by row; best first, ties by index."""
    scores = []
    for row in np.asarray(rows, dtype=np.float64):
        a, b = row - row.mean(), np.asarray(query, dtype=np.float64) - np.mean(query)
        length = np.linalg.norm(a) * np.linalg.norm(b)
        is_flat = np.ptp(row) == 0 or np.ptp(query) == 0
        scores.append(0.0 if is_flat or length == 0 else float(a @ b / length))
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    return order, [scores[i] for i in order]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 30),
    points=st.integers(2, 40),
    k=st.integers(1, 40),
    scale=st.sampled_from([1e-3, 1.0, 1e4]),
)
def test_the_fast_search_agrees_with_the_slow_twin(seed, rows, points, k, scale):
    chance = np.random.default_rng(seed)
    matrix = scale * chance.normal(size=(rows, points))
    query = chance.normal(size=points)
    indices, scores = SearchIndex.build(matrix).top(query, k)
    order, truth = slow_top(matrix, query, k)
    assert indices.shape == scores.shape == (min(k, rows),)
    assert np.allclose(scores, truth, atol=2e-6)
    # Where the index differs, the two rows are equal to the precision of float32.
    assert all(
        a == b or abs(scores[i] - truth[i]) < 2e-6
        for i, (a, b) in enumerate(zip(indices, order, strict=True))
    )


def test_equal_scores_are_ordered_by_index():
    row = np.array([0.0, 1.0, 0.0, 2.0])
    index = SearchIndex.build(np.stack([row[::-1], row, row, row, -row]))
    indices, _ = index.top(row, 3)
    assert indices.tolist() == [1, 2, 3]


def test_equal_scores_at_the_border_keep_the_lower_index():
    row = np.array([0.0, 1.0, 0.0, 2.0])
    indices, _ = SearchIndex.build(np.stack([row] * 5)).top(row, 2)
    assert indices.tolist() == [0, 1]


def test_a_constant_row_scores_zero():
    index = SearchIndex.build([[0.1, 0.1, 0.1], [1.0, 2.0, 3.0]])
    _, scores = index.top([1.0, 2.0, 4.0], 2)
    assert scores[1] == 0.0


def test_a_constant_query_scores_zero_everywhere():
    _, scores = SearchIndex.build([[1.0, 2.0, 3.0]]).top([5.0, 5.0, 5.0], 1)
    assert scores.tolist() == [0.0]


@pytest.mark.parametrize("bad", [[[1.0, np.nan]], [[np.inf, 1.0]], [1.0, 2.0], [[1.0]]])
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


def test_appending_and_removing_is_the_same_as_building_anew():
    chance = np.random.default_rng(3)
    rows, query = chance.normal(size=(12, 20)), chance.normal(size=20)
    index = SearchIndex.build(rows[:7])
    index.append(rows[7:])
    index.remove(4)
    again = SearchIndex.build(np.delete(rows, 4, axis=0))
    for grown, built in zip(index.top(query, 11), again.top(query, 11), strict=True):
        assert (grown == built).all()
    with pytest.raises(IndexError, match="expected a row from 0 to 10"):
        index.remove(11)


def test_a_batch_gives_what_single_queries_give():
    chance = np.random.default_rng(4)
    rows, queries = chance.normal(size=(50, 30)), chance.normal(size=(6, 30))
    index = SearchIndex.build(rows)
    indices, scores = index.top_many(queries, 5)
    for row, query in enumerate(queries):
        alone, alone_scores = index.top(query, 5)
        assert indices[row].tolist() == alone.tolist()
        assert np.allclose(scores[row], alone_scores, atol=1e-6)
