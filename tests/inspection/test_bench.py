"""The benchmarks print figures that a script can read, as ratios measured in one run with one thread."""

import json

import pytest

from inspection.bench.identify import PARTS
from inspection.cli import run


def figures_of(capfd, tmp_path, *arguments):
    assert run(["--data-dir", str(tmp_path), "bench", *arguments, "--json"]) == 0
    return {one["figure"]: one for one in map(json.loads, capfd.readouterr().out.splitlines())}


def test_bench_search_prints_ratios_measured_in_one_run(capfd, tmp_path):
    arguments = ["bench", "search", "--references", "60", "--points", "40", "--json"]
    assert run(["--data-dir", str(tmp_path), *arguments]) == 0
    figures = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert all(figure["references"] == 60 and figure["points"] == 40 for figure in figures)
    assert all(figure["threads"] == "1" for figure in figures)
    checked = next(figure for figure in figures if "mismatches" in figure)
    assert (checked["mismatches"], checked["queries"]) == (0, 1000)
    plain = next(figure for figure in figures if figure.get("against") == "rows @ query")
    assert plain["ratio"] > 0


def test_bench_search_speaks_to_people_too(capfd, tmp_path):
    arguments = ["bench", "search", "--references", "60", "--points", "40"]
    assert run(["--data-dir", str(tmp_path), *arguments]) == 0
    assert "best 10: against rows @ query, ratio " in capfd.readouterr().out


def test_bench_identify_times_the_whole_and_its_parts(capfd, tmp_path):
    figures = figures_of(capfd, tmp_path, "identify", "--questions", "6")
    whole, parts = figures["ATR"], figures["parts, median ms"]
    assert whole["threads"] == "1"
    assert whole["questions"] == 6
    assert whole["ratio"] > 1
    assert 0 < whole["median_ms"] <= whole["most_ms"] <= whole["worst_ms"]
    assert set(PARTS) <= set(parts)
    assert figures["unknown technique"]["questions"] == 2


def test_bench_startup_compares_the_window_with_an_empty_one(capfd, tmp_path):
    pytest.importorskip("PyQt6")
    figures = figures_of(capfd, tmp_path, "startup", "--runs", "1")
    shown, usable, first = (figures[name] for name in ("shown", "usable", "usable, first ever"))
    assert 1 < shown["ratio"] < min(usable["ratio"], first["ratio"])
    assert figures["empty window"]["cpu_ms"] > 0


def test_a_benchmark_of_nothing_is_refused(capfd, tmp_path):
    with pytest.raises(SystemExit, match="2"):
        run(["--data-dir", str(tmp_path), "bench", "startup", "--runs", "0"])
    assert "expected at least 1, found 0" in capfd.readouterr().err
