"""A few seconds of checks that this installation works: versions, SQLite, libraries, search, log."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from inspection.errors import LogError
from inspection.log import InspectionLog
from inspection.log_file import sqlite_version
from inspection.log_kind import LogKind
from inspection.records import new_inspection_id, opening
from spectra_library.catalogue import load_catalogue
from spectra_library.errors import SpectraLibraryError
from spectra_library.search import SearchIndex
from spectra_library.starter import starter_files
from spectra_library.store import load_library

PACKAGES = ("numpy", "scipy", "pyserial", "sqlite-utils", "PyQt6")
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
    parts = [f"Python {platform.python_version()}", f"SQLite {sqlite_version()}"]
    try:
        parts.extend(f"{name} {version(name)}" for name in PACKAGES)
    except PackageNotFoundError as error:
        return Check("versions", False, f"the package {error.name} is not installed")
    return Check("versions", True, ", ".join(parts))


def _catalogue() -> Check:
    try:
        catalogue = load_catalogue()
    except SpectraLibraryError as error:
        return Check("catalogue", False, str(error))
    return Check("catalogue", True, f"{len(catalogue.substances)} substances")


def _libraries() -> Iterator[Check]:
    """Load each library, which checks its content against its hash."""
    for name, path in starter_files().items():
        try:
            library = load_library(path)
        except SpectraLibraryError as error:
            yield Check(f"library {name}", False, str(error))
            continue
        yield Check(
            f"library {library.name}", True, f"{len(library.references)} references, sha256 {library.sha256}"
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
        try:
            with InspectionLog.open(path, kind=LogKind.TRAINING) as log:
                entry = log.append(opening(new_inspection_id(datetime.now(UTC)), declared="selftest"))
                report = log.verify()
        except LogError as error:
            return Check("log", False, str(error))
    return Check(
        "log", report.ok and report.head == entry.hash.hex(), f"{report.count} entries written and verified"
    )
