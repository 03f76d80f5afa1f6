"""A ticking clock, curves, findings, a hand that tampers, the command line: what many tests here need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pysqlite3
import pytest
from serial.urlhandler import protocol_socket

from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from inspection.cli import run
from inspection.curves import StoredSpectrum
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, NewEntry
from inspection.simulated_samples import samples_named
from spectra_library.catalogue import Catalogue
from spectra_library.library import ReferenceLibrary, sealed
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.store import save_library

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
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder that lies in memory where the system has such a place: campaigns write and delete much."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


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
def make_read_only() -> Callable[[Path], None]:
    """Make a folder a medium that nobody can write to, root excepted."""

    def make(folder: Path) -> None:
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)

    return make


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[None]:
    """Give up root for a test, since root may write anywhere; the way to ``tmp_path`` stays open."""
    if os.name == "nt":
        pytest.skip("Windows keeps no read-only folders")
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@dataclass(frozen=True)
class Answer:
    """What one call of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What was printed with ``--json``: each line one object, and nothing else."""
        assert self.out == "" or self.out.endswith("\n")
        found = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(one, dict) for one in found)
        return found

    @property
    def object(self) -> dict[str, Any]:
        """The only line."""
        [only] = self.objects
        return only


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The data folder that ``chemgate`` works in."""
    return tmp_path / "data of the program"


@pytest.fixture
def chemgate_in(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Call the command line with a data folder, in this process."""
    # pyserial waits 0.3 s after it has closed a socket, out of courtesy to slow servers
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda seconds: None))

    def call(data: Path, *argv: object) -> Answer:
        capsys.readouterr()
        try:
            code = run(["--data-dir", str(data), *map(str, argv)])
        except SystemExit as wrong_usage:  # what argparse does
            code = wrong_usage.code
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(int(code), out, err)

    return call


@pytest.fixture
def chemgate(chemgate_in: Callable[..., Answer], data_dir: Path) -> Callable[..., Answer]:
    """Call the command line with the data folder of this test, in this process."""
    return partial(chemgate_in, data_dir)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory, starter: tuple[ReferenceLibrary, ...]) -> Path:
    """A library file with a few references and all band lists, which loads in no time."""
    wanted = {"isopropanol", "ethanol", "pmma", "toluene", "water"}
    library = replace(
        starter[0],
        name="A few",
        references=tuple(one for one in starter[0].references if one.substance in wanted),
    )
    path = tmp_path_factory.mktemp("library") / "few.sqlite"
    save_library(sealed(library), path)
    path.parent.chmod(0o755)  # for the tests that give up their rights
    return path


@pytest.fixture
def wired(
    starter: tuple[ReferenceLibrary, ...], catalogue: Catalogue, demonstration: Path
) -> Iterator[Callable[..., str]]:
    """Put a simulated detector on a wire and give its URL; samples are files or substances."""
    with ExitStack() as running:

        def serve(*samples: object, **how: Any) -> str:
            names = [str(name) for name in samples or (demonstration / "isopropanol.csv",)]
            instrument = SimulatedInstrument(samples_named(names, catalogue, starter), seed=1, speed=0)
            return running.enter_context(running_instrument(instrument, **how))

        yield serve


@pytest.fixture
def start_chemgate(data_dir: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the program in a process of its own; whatever is left at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*argv: object, **streams: Any) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "main.py", "--data-dir", str(data_dir), *map(str, argv)],
            cwd=PROJECT,
            text=True,
            encoding="utf-8",
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()
