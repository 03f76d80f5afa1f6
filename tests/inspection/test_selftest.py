from __future__ import annotations

import re
import shutil
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

from inspection import selftest
from inspection.errors import LogWriteError
from inspection.log import InspectionLog
from spectra_library.errors import CatalogueError
from spectra_library.search import SearchIndex
from spectra_library.starter import DATA_FOLDER, starter_files


def test_every_check_passes_on_an_installation_that_works():
    checks = list(selftest.run_checks())

    assert [check for check in checks if not check.ok] == []
    assert [check.name for check in checks] == [
        *("versions", "catalogue", "library Open starter library", "library Forensic bands (fitted)"),
        *("search", "log"),
    ]


def test_the_versions_that_matter_are_told():
    detail = next(selftest.run_checks()).detail

    assert re.match(r"Python 3\.\d+\.\d+, SQLite 3\.\d+\.\d+, numpy \d", detail)


def test_the_text_marks_each_check(chemgate):
    answer = chemgate("selftest")

    assert answer.code == 0
    assert all(line.startswith("ok ") for line in answer.out.splitlines())


@pytest.fixture
def broken_library(tmp_path, monkeypatch) -> None:
    shutil.copy(DATA_FOLDER / "starter.sqlite", tmp_path)
    raw = (tmp_path / "starter.sqlite").read_bytes()
    (tmp_path / "starter.sqlite").write_bytes(raw[: len(raw) // 2])
    monkeypatch.setattr(selftest, "starter_files", lambda: starter_files(tmp_path))


@pytest.fixture
def broken_search(monkeypatch) -> None:
    right = SearchIndex.top

    def wrong(self: SearchIndex, query: np.ndarray, k: int):
        indices, scores = right(self, query, k)
        return indices, scores + np.float32(1e-3)

    monkeypatch.setattr(SearchIndex, "top", wrong)


@pytest.fixture
def broken_log(monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise LogWriteError("the disk is full")

    monkeypatch.setattr(InspectionLog, "append", refuse)


@pytest.fixture
def broken_catalogue(monkeypatch) -> None:
    def refuse() -> None:
        raise CatalogueError("expected a table, found none")

    monkeypatch.setattr(selftest, "load_catalogue", refuse)


@pytest.fixture
def missing_package(monkeypatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(selftest, "version", missing)


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        ("broken_library", "library open"),
        ("broken_search", "search"),
        ("broken_log", "log"),
        ("broken_catalogue", "catalogue"),
        ("missing_package", "versions"),
    ],
)
def test_what_does_not_work_is_found_and_the_other_checks_still_run(broken, check, chemgate, request):
    request.getfixturevalue(broken)

    answer = chemgate("selftest", "--json")

    failed = [one for one in answer.objects if not one["ok"]]
    assert answer.code == 1
    assert [one["check"] for one in failed] == [check]
    assert failed[0]["detail"]
    assert len(answer.objects) >= 5


def test_a_failed_check_is_marked_in_the_text(chemgate, broken_search):
    assert "\nFAILED  search: " in chemgate("selftest").out
