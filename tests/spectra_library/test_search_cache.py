"""A saved index gives the same answers; a missing, cut, changed or foreign one is made again."""

import json

import numpy as np
import pytest

from spectra_library.errors import LibraryStoreError
from spectra_library.search import SearchIndex
from spectra_library.search_bound import Plan
from spectra_library.search_cache import MAGIC, cache_file
from spectra_library.search_workload import band_rows, noisy_queries

KEY = "library 0123 recipe 4567"


@pytest.fixture
def rows():
    return band_rows(np.random.default_rng(1), 400, 60)


@pytest.fixture
def queries(rows):
    return noisy_queries(np.random.default_rng(2), rows, 8)


@pytest.fixture(params=[None, Plan(12, 16)], ids=["plain", "bounded"])
def index(request, rows):
    return SearchIndex.build(rows, plan=request.param)


def answers(index, queries):
    return [part.tobytes() for query in queries for part in index.top(query, 10)]


def test_a_saved_index_gives_the_same_answers(index, queries, tmp_path):
    index.save(tmp_path, KEY)
    opened = SearchIndex.open(tmp_path, KEY)
    assert (len(opened), opened.points, opened.plan) == (len(index), index.points, index.plan)
    assert answers(opened, queries) == answers(index, queries)


def test_an_opened_index_can_be_changed_and_saved_again(index, rows, queries, tmp_path):
    index.save(tmp_path, KEY)
    opened = SearchIndex.open(tmp_path, KEY)
    for changed in (index, opened):
        changed.append(rows[:3] + 0.1)
        changed.remove(7)
    assert answers(opened, queries) == answers(index, queries)
    opened.save(tmp_path, "after the change")
    again = SearchIndex.open(tmp_path, "after the change")
    assert answers(again, queries) == answers(index, queries)
    assert len(SearchIndex.open(tmp_path, KEY)) == 400


def test_the_rows_are_mapped_and_not_read(index, tmp_path):
    index.save(tmp_path, KEY)
    rows = SearchIndex.open(tmp_path, KEY)._rows.whole()
    assert not rows.flags.owndata
    assert not rows.flags.writeable


def test_an_empty_index_can_be_saved(tmp_path):
    SearchIndex.build(np.empty((0, 5))).save(tmp_path, KEY)
    assert len(SearchIndex.open(tmp_path, KEY)) == 0


def test_saving_leaves_one_file_and_nothing_half_written(index, tmp_path):
    index.save(tmp_path / "made" / "on demand", KEY)
    assert list((tmp_path / "made" / "on demand").iterdir()) == [
        cache_file(tmp_path / "made" / "on demand", KEY)
    ]


def test_an_index_that_was_never_saved_is_missing(tmp_path):
    with pytest.raises(LibraryStoreError, match="expected a search index at"):
        SearchIndex.open(tmp_path, KEY)


def test_an_index_saved_for_another_library_is_not_used(index, tmp_path):
    index.save(tmp_path, KEY)
    cache_file(tmp_path, KEY).rename(cache_file(tmp_path, "another library"))
    with pytest.raises(LibraryStoreError, match="expected a search index for 'another library'"):
        SearchIndex.open(tmp_path, "another library")


def test_a_folder_that_cannot_be_written_is_said(index, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryStoreError, match="expected to make the folder"):
        index.save(tmp_path / "file", KEY)


def cut_short(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4096)


def cut_in_the_head(path):
    with path.open("r+b") as file:
        file.truncate(10)


def emptied(path):
    path.write_bytes(b"")


def made_longer(path):
    with path.open("ab") as file:
        file.write(b"\0" * 4096)


def of_another_version(path):
    content = path.read_bytes()
    path.write_bytes(MAGIC[:-1] + b"0" + content[8:])


def with_another_header(path):
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"rows"', b'"sows"', 1))


def with_one_bit_changed_in_the_bounds(path):
    content = bytearray(path.read_bytes())
    start = content.index(b"{")
    header, _ = json.JSONDecoder().raw_decode(content[start:].split(b"\0")[0].decode())
    place = header["arrays"][-1]["place"] - header["bytes"] + len(content)
    content[place] ^= 1
    path.write_bytes(bytes(content))


DAMAGES = [cut_short, cut_in_the_head, emptied, made_longer, of_another_version, with_another_header]


@pytest.mark.parametrize("damage", [*DAMAGES, with_one_bit_changed_in_the_bounds], ids=lambda d: d.__name__)
def test_a_damaged_index_is_not_used_but_made_again(damage, rows, queries, tmp_path):
    index = SearchIndex.build(rows, plan=Plan(12, 16))
    index.save(tmp_path, KEY)
    damage(cache_file(tmp_path, KEY))
    with pytest.raises(LibraryStoreError):
        SearchIndex.open(tmp_path, KEY)

    again = SearchIndex.open_or_build(tmp_path, KEY, lambda: rows)

    assert answers(again, queries) == answers(index, queries)
    assert len(SearchIndex.open(tmp_path, KEY)) == len(rows)


def test_a_good_index_is_opened_without_asking_for_the_rows(rows, tmp_path):
    SearchIndex.open_or_build(tmp_path, KEY, lambda: rows)

    def never():
        raise AssertionError("the rows were asked for")

    assert len(SearchIndex.open_or_build(tmp_path, KEY, never)) == len(rows)


def test_a_cache_that_cannot_be_written_does_not_cost_the_answer(rows, queries, tmp_path):
    (tmp_path / "file").write_text("in the way")
    index = SearchIndex.open_or_build(tmp_path / "file", KEY, lambda: rows)
    assert answers(index, queries) == answers(SearchIndex.build(rows), queries)
