"""The benchmark of the search prints figures that a script can read, measured with one thread."""

import json

from inspection.cli import run


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
