"""The benchmark of the log makes up a sound log, and prints figures that a script can read."""

import json
from itertools import islice

import numpy as np
import pytest

from inspection.bench import log_records
from inspection.bench.log import KIND
from inspection.bench.log_records import build_log, made_entries
from inspection.cli import run
from inspection.log import InspectionLog
from inspection.records import EntryKind

RECORDS = 60


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """What ``bench log`` prints of a small log."""
    folder = tmp_path_factory.mktemp("bench")
    out = folder / "out.json"
    arguments = ["--records", str(RECORDS), "--appends", "20", "--folder", str(folder), "--json"]
    with out.open("w", encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        assert run(["--data-dir", str(folder), "bench", "log", *arguments]) == 0
    assert [file.name for file in folder.iterdir()] == ["out.json"]
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def named(figures, name):
    return next(figure for figure in figures if figure["figure"] == name)


def test_every_figure_names_the_size_of_the_log(figures) -> None:
    assert all(figure["bench"] == "log" and figure["records"] == RECORDS for figure in figures)
    assert named(figures, "log")["entries"] == 1 + RECORDS + 2 * 3


def test_goals_are_told_with_whether_they_were_reached(figures) -> None:
    with_goals = [figure for figure in figures if "goal_reached" in figure]
    assert len(with_goals) >= 17
    assert all({"goal", "goal_ms", "goal_s"} & figure.keys() for figure in with_goals)


def test_the_newest_entries_are_listed_in_new_processes(figures) -> None:
    listed = named(figures, "last 100")
    assert 0 < listed["json_ms"] < listed["warm_ms"]


def test_every_search_finds_what_it_is_to_find(figures) -> None:
    found = {figure["figure"]: figure["found"] for figure in figures if "found" in figure}
    assert found.pop("search: text, nothing there") == found.pop("search: a week, nothing there") == 0
    assert found.pop("search: text, one old container") == 1
    assert all(count > 0 for name, count in found.items() if "verdict" not in name)


def test_an_append_is_compared_with_a_bare_commit_of_the_same_run(figures) -> None:
    append = named(figures, "append")
    assert append["appends"] == 20
    assert 0 < append["bare_p50_ms"] <= append["bare_p99_ms"] <= append["bare_max_ms"]
    assert append["ratio"] == pytest.approx(append["p99_ms"] / append["bare_p99_ms"], rel=0.1)


def test_checks_find_nothing_and_exports_leave_nothing_out(figures) -> None:
    assert all(figure["problems"] == 0 for figure in figures if "problems" in figure)
    assert named(figures, "export: csv")["rows"] > RECORDS
    assert named(figures, "export: json")["rows"] == named(figures, "verify: all")["entries"]


def test_the_benchmark_speaks_to_people_too(figures, capsys, tmp_path) -> None:
    from inspection.verbs.bench import sentence

    assert sentence(named(figures, "search: officer")).startswith("search: officer: found ")


def test_a_log_of_no_records_and_a_folder_that_is_not_there_are_refused(capfd, tmp_path) -> None:
    for wrong, told in (
        (["--records", "0"], "expected at least 1, found 0"),
        (["--folder", str(tmp_path / "none")], "expected a folder, found"),
    ):
        with pytest.raises(SystemExit, match="2"):
            run(["--data-dir", str(tmp_path), "bench", "log", *wrong])
        assert told in capfd.readouterr().err


def test_a_log_that_no_disk_can_hold_is_refused_before_it_is_made(capfd, tmp_path) -> None:
    arguments = ["--records", str(10**12), "--folder", str(tmp_path)]
    assert run(["--data-dir", str(tmp_path), "bench", "log", *arguments]) == 1
    assert "GB are needed" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_records_made_up_differ_in_what_they_say_and_in_their_curves() -> None:
    made = [
        new for new in made_entries(np.random.default_rng(1), RECORDS) if new.kind is EntryKind.IDENTIFICATION
    ]
    assert len(made) == RECORDS
    assert len({new.curve.sha256 for new in made}) == RECORDS
    assert len({new.body["source"]["sha256"] for new in made}) == RECORDS
    assert len({new.body["verdict"] for new in made}) > 1


def test_a_log_that_is_made_up_goes_on_in_the_next_volume_and_stands_every_check(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(log_records, "VOLUME_SIZE", 40)
    monkeypatch.setattr(log_records, "ENTRIES_OF_A_TRANSACTION", 10)
    build_log(tmp_path / "evidence.sqlite", KIND, RECORDS)
    with InspectionLog.open_read_only(tmp_path / "evidence.sqlite", kind=KIND) as log:
        assert len(log.volumes) == 2
        assert log.verify().ok
        assert len(list(islice(log.entries(kind=EntryKind.IDENTIFICATION), RECORDS + 1))) == RECORDS
