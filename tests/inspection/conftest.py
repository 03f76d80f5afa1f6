"""A clock that ticks, curves, findings, and a hand that tampers: what the tests of the log have in common."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pysqlite3
import pytest

from inspection.curves import StoredSpectrum
from inspection.log import InspectionLog
from inspection.records import EntryKind, LogKind, NewEntry
from spectra_library.spectrum import Spectrum, Technique

PROJECT = Path(__file__).parents[2]
CANDIDATE = {
    "substance": "acetone",
    "name": "Acetone",
    "cas": "67-64-1",
    "reference": "open:acetone",
    "library": "Open spectra",
    "tier": "measured",
    "score": 0.987654,
    "confidence": None,
    "source": "a published collection",
    "licence": "CC BY 4.0",
    "lists": ["1988-II", "EU-3"],
}


def make_curve(seed: int = 1, points: int = 60) -> StoredSpectrum:
    chance = np.random.default_rng(seed)
    wavenumber = np.linspace(650.0, 4000.0, points)
    background = 1 + chance.random(points)
    sample = background * chance.uniform(0.2, 1.0, points)
    return StoredSpectrum(
        Spectrum(wavenumber, -np.log10(sample / background), Technique.ATR, resolution_cm=4.0),
        sample_beam=sample,
        background_beam=background,
        raw_payload=sample.tobytes() + background.tobytes(),
    )


def make_finding(verdict: str = "match", substance: str = "acetone", **more: object) -> dict[str, object]:
    body: dict[str, object] = {
        "verdict": verdict,
        "candidates": [{**CANDIDATE, "substance": substance, "name": substance.title()}],
        "group": [],
        "components": [],
        "declared": {"text": "ethyl acetate", "verdict": "differs", "reason": "another substance"},
        "capture": {"device": "Model F", "serial": "F-0007", "scan_id": 41, "sha256": "00" * 32},
    }
    return {**body, **more}


def make_identification(number: int = 1, **body: object) -> NewEntry:
    return NewEntry(EntryKind.IDENTIFICATION, make_finding(**body), curve=make_curve(number))


@pytest.fixture
def curve() -> Callable[..., StoredSpectrum]:
    return make_curve


@pytest.fixture
def finding() -> Callable[..., dict[str, object]]:
    return make_finding


@pytest.fixture
def identification() -> Callable[..., NewEntry]:
    return make_identification


@pytest.fixture
def clock() -> Callable[[], datetime]:
    moments = (datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(minutes=n) for n in range(10_000))
    return lambda: next(moments)


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "evidence.sqlite"


@pytest.fixture
def log(log_path: Path, clock: Callable[[], datetime]) -> Iterator[InspectionLog]:
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=clock, officer="A. Officer") as opened:
        yield opened


@pytest.fixture
def tampering() -> Callable[[Path], Iterator[pysqlite3.Connection]]:
    """A connection without Chemgate in between, with the guarding triggers removed and put back after."""

    @contextmanager
    def tamper(path: Path) -> Iterator[pysqlite3.Connection]:
        connection = pysqlite3.connect(path)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()
        connection.close()

    return tamper


@pytest.fixture
def start_child() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python code in another process; whatever is left at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(PROJECT), str(Path(__file__).parent)))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Give up root for a test, since root may write anywhere."""
    if os.name == "nt":
        pytest.skip("Windows keeps no read-only folders")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
