"""A few seconds of checks that this installation works: versions, SQLite, libraries, search, log."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from inspection.log import InspectionLog
from inspection.log_file import sqlite_version
from inspection.records import LogKind, new_inspection_id, opening
from spectra_library.catalogue import load_catalogue
from spectra_library.errors import SpectraLibraryError
from spectra_library.library import content_sha256
from spectra_library.search import SearchIndex
from spectra_library.starter import load_libraries

SLOW_TRUTH_TOLERANCE = 1e-5  # float32 dot products of unit rows of this width


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str


def run_checks() -> Iterator[Check]:
    """Run the checks one by one."""
    yield _versions()
    yield _catalogue()
    yield from _libraries()
    yield _search()
    yield _log_round_trip()


def _versions() -> Check:
    packages = ("numpy", "scipy", "pyserial", "sqlite-utils", "PyQt6")
    parts = [f"Python {platform.python_version()}", f"SQLite {sqlite_version()}"]
    return Check("versions", True, ", ".join(parts + [f"{name} {version(name)}" for name in packages]))


def _catalogue() -> Check:
    catalogue = load_catalogue()
    return Check("catalogue", True, f"{len(catalogue.substances)} substances")


def _libraries() -> Iterator[Check]:
    try:
        libraries = load_libraries()
    except SpectraLibraryError as error:
        yield Check("libraries", False, str(error))
        return
    for library in libraries:
        ok = content_sha256(library) == library.sha256
        yield Check(
            f"library {library.name}", ok, f"{len(library.references)} references, sha256 {library.sha256}"
        )


def _search() -> Check:
    """Compare the fast search with numpy's own correlation, row by row in float64."""
    chance = np.random.default_rng(7)
    rows = chance.normal(size=(200, 300))
    query = rows[17] + 0.5 * chance.normal(size=300)
    indices, scores = SearchIndex.build(rows).top(query, 10)
    truth = np.array([np.corrcoef(row, query)[0, 1] for row in rows])
    order = np.argsort(-truth, kind="stable")[:10]
    ok = bool((indices == order).all()) and bool(np.abs(scores - truth[order]).max() < SLOW_TRUTH_TOLERANCE)
    return Check("search", ok, "best 10 of 200 against float64 correlation")


def _log_round_trip() -> Check:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "selftest.sqlite"
        with InspectionLog.open(path, kind=LogKind.TRAINING) as log:
            entry = log.append(opening(new_inspection_id(datetime.now(UTC)), declared="selftest"))
            report = log.verify()
    return Check(
        "log", report.ok and report.head == entry.hash.hex(), f"{report.count} entries written and verified"
    )
