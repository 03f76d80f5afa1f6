"""Kill a program that appends and exports, at random times or right after it told something.

The program tells over a pipe what it holds for written: ``entry NUMBER HASH`` after an append,
``exporting NAME HEAD`` before an export and ``exported NAME SHA256`` after it.  After each kill every entry
that it told of must be there, the log must verify, and each exported file must be the last one told of or the
one that was being written, whole.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from zipfile import BadZipFile, ZipFile

from inspection.anchor import parse_anchor
from inspection.errors import LogError
from inspection.export.csv_export import csv_head, csv_rows
from inspection.export.json_export import json_lines
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import LogHead

PROJECT = Path(__file__).parents[2]
VOLUME_SIZE = 60  # entries: some kills meet a volume that ends
KILLS_OF_A_LOG = 25
LONGEST_S = 0.35
ONCE_IT_TOLD = 0.5  # of the kills wait for the next line: what it told of last is lost first
READY = "ready\n"

PROGRAM = """
import sys
from pathlib import Path
from random import Random
from inspection.export import bundle, exporting
from inspection.export.bundle import write_bundle
from inspection.export.exporting import ExportFormat, export_log
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from tests.inspection.made_records import a_record

acknowledge = lambda entry: print("entry", entry.sequence, entry.hash.hex(), flush=True)
{control}
print("ready", flush=True)
seed, size, path, exports = sys.stdin.readline().rstrip("\\n").split("\\t")
chance, exports = Random(seed), Path(exports)
with InspectionLog.open(Path(path), kind=LogKind.EVIDENCE, volume_size=int(size)) as log:
    while True:
        for _ in range(chance.randint(1, 6)):
            acknowledge(log.append(a_record(chance)))
        name = chance.choice({formats})
        print("exporting", name, log.head(), flush=True)
        if name == "bundle":
            report = write_bundle(log, exports / "log.bundle", inspection=None, libraries=lambda: ())
        else:
            report = export_log(log, exports / f"log.{{name}}", ExportFormat(name))
        print("exported", name, report.sha256, flush=True)
"""
# It says that a record is written before it is committed, as a log would that saves its commits.
HASTY = """
from inspection.log_writer import VolumeWriter
real = VolumeWriter.insert
def insert(writer, new):
    for _ in range(8):
        entry = real(writer, new)
        print("entry", entry.sequence, entry.hash.hex(), flush=True)
    return entry
VolumeWriter.insert = insert
acknowledge = lambda entry: None
"""
# It writes an export over the old one, a piece at a time.
IN_PLACE = """
from contextlib import contextmanager
from inspection.export.atomic import HashedWriter
@contextmanager
def careless(path):
    path.parent.mkdir(exist_ok=True)
    with path.open("wb", buffering=0) as stream:
        yield HashedWriter(stream)
exporting.replacing = bundle.replacing = careless
"""
FORMATS = ("csv", "json")  # and a bundle, which takes longer


class Program(StrEnum):
    """What is killed; all but the first are controls, which must be caught."""

    THE_LOG = ""
    ACKNOWLEDGES_FIRST = HASTY
    EXPORTS_IN_PLACE = IN_PLACE

    @property
    def code(self) -> str:
        """Give the source of the program."""
        return PROGRAM.format(control=self.value, formats=(*FORMATS, *FORMATS, "bundle"))


@dataclass(frozen=True, slots=True)
class KillOutcome:
    """One kill: how many entries and exports had been told of, and what was found.

    ``during`` an export, or an append or anything else.  ``left_behind`` halves of exports beside the files.
    """

    during: str
    entries: int
    exports: int
    lost: int
    torn: tuple[str, ...]
    left_behind: int
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that must not be."""
        return not (self.lost or self.torn or self.problems)


@dataclass(slots=True)
class Told:
    """What the programs told of, over all kills of one log.

    ``entries`` hash by number.  ``exported`` by format the SHA-256 of the file and the end of the log in it.
    ``exporting`` what was begun and not told to be finished.
    """

    entries: dict[int, str] = field(default_factory=dict)
    exported: dict[str, tuple[str, LogHead]] = field(default_factory=dict)
    exports: int = 0
    exporting: tuple[str, LogHead] | None = None

    def hear(self, lines: list[str]) -> None:
        """Take in what a killed program told; its last line may be cut."""
        self.exporting = None
        for line in lines:
            if not line.endswith("\n"):
                continue
            word, name, value = line.split()
            if word == "entry":
                self.entries[int(name)] = value
            elif word == "exporting":
                self.exporting = (name, parse_anchor(value))
            else:
                assert self.exporting is not None
                self.exported[name] = (value, self.exporting[1])
                self.exports += 1
                self.exporting = None


def start(program: Program) -> subprocess.Popen[str]:
    """Start a program, which loads what it needs and then waits for its task."""
    return subprocess.Popen(
        [sys.executable, "-c", program.code],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kills(
    folder: Path, count: int, *, seed: int, program: Program = Program.THE_LOG, waiting: int = 2
) -> Iterator[KillOutcome]:
    """Kill ``count`` times, and tell of each; ``waiting`` programs load while others are looked at."""
    chance = Random(f"{seed} {program.name}")
    spares: deque[subprocess.Popen[str]] = deque()
    try:
        for number in range(count):
            while len(spares) < min(waiting, count - number):
                spares.append(start(program))
            if number % KILLS_OF_A_LOG == 0:
                told = Told()
                place = folder / f"log {number}"
            path, exports = place / "evidence.sqlite", place / "exports"
            task = f"{chance.getrandbits(32)}\t{VOLUME_SIZE}\t{path}\t{exports}\n"
            after_s, once_it_told = chance.uniform(0, LONGEST_S), chance.random() < ONCE_IT_TOLD
            told.hear(_killed(spares.popleft(), task, after_s, once_it_told=once_it_told))
            yield _looked_at(path, exports, told)
    finally:
        for spare in spares:
            spare.kill()
            spare.communicate()


def _killed(child: subprocess.Popen[str], task: str, after_s: float, *, once_it_told: bool) -> list[str]:
    """Give a program its task, kill it after a time or at its first line after it, and hear what it told."""
    told: list[str] = []
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        ready = child.stdout.readline()
        if ready != READY:
            raise RuntimeError(f"the program said {ready!r}, and ended with {child.wait()}")
        child.stdin.write(task)
        child.stdin.flush()
        if once_it_told:
            kill_at = time.monotonic() + after_s
            while time.monotonic() < kill_at or not told:
                told.append(_next_line(child))
        else:
            with suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"the program ended by itself with {child.wait(after_s)}")
        child.kill()
        told += child.stdout.readlines()
    return told


def _next_line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise RuntimeError(f"the program ended by itself with {child.wait()}")
    return line


def _looked_at(path: Path, exports: Path, told: Told) -> KillOutcome:
    problems: list[str] = []
    stored: dict[int, str] = {}
    torn: list[str] = []
    try:
        with InspectionLog.open(
            path, kind=LogKind.EVIDENCE, volume_size=VOLUME_SIZE
        ) as log:  # the next start
            problems += [f"notice: {one.message}" for one in log.notices]
            problems += [f"verify: {one.message}" for one in log.verify().problems]
            for entry in log.entries():
                stored[entry.sequence] = entry.hash.hex()
                if entry.spectrum is not None:
                    log.spectrum(entry.sequence)  # raises where it is not whole
            torn = [
                name
                for name in (*FORMATS, "bundle")
                if not _is_whole(exports / f"log.{name}", name, log, told)
            ]
    except LogError as error:
        problems.append(f"{type(error).__name__}: {error}")
    return KillOutcome(
        during="append" if told.exporting is None else f"{told.exporting[0]} export",
        entries=len(told.entries),
        exports=told.exports,
        lost=sum(stored.get(number) != hash_ for number, hash_ in told.entries.items()),
        torn=tuple(torn),
        left_behind=len(list(exports.glob(".*.part"))),
        problems=tuple(problems),
    )


def _is_whole(path: Path, name: str, log: InspectionLog, told: Told) -> bool:
    """Tell whether a file is the last export told of, or the one being made, with all its records."""
    if not path.exists():
        return name not in told.exported
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if told.exported.get(name, ("",))[0] != found:
        if told.exporting is None or told.exporting[0] != name:
            return False
        told.exported[name] = (found, told.exporting[1])  # it took its place just before the kill, or is torn
    head = told.exported[name][1]
    return _is_whole_bundle(path, head) if name == "bundle" else found == _expected(name, log, head)


def _is_whole_bundle(path: Path, head: LogHead) -> bool:
    try:
        with ZipFile(path) as bundle:
            is_whole = bundle.testzip() is None
            manifest = bundle.read("manifest.json")
            named = bundle.read("manifest.sha256").decode().split()[0]
    except (BadZipFile, KeyError):
        return False
    return is_whole and named == hashlib.sha256(manifest).hexdigest() and str(head) in manifest.decode()


def _expected(name: str, log: InspectionLog, head: LogHead) -> str:
    """Compute again what an export must be that was made when the log ended at ``head``."""
    first, rows = {"csv": (csv_head(), csv_rows), "json": (b"", json_lines)}[name]
    digest = hashlib.sha256(first)
    for line, _ in rows(log.entries(up_to=head.last), head):
        digest.update(line)
    return digest.hexdigest()
