"""Kill an import at any moment: the old library is there, or the new one, and the next run finishes the work.

A moment is one opening, renaming or deleting of a file by the program, or one file that is done; the program
ends at it at once, as by SIGKILL.  ``tools/import_campaign.py`` kills by the clock, and for hours.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spectra_library.catalogue import Catalogue
from spectra_library.errors import LibraryStoreError
from spectra_library.formats.reading import read_bytes
from spectra_library.formats.sandbox import ReadingLimits
from spectra_library.importing.growth import ImportOrder
from spectra_library.importing.run import ImportPlace, import_library
from spectra_library.store import load_library
from tests.spectra_library.made.agency_files import agency_file

PROJECT = Path(__file__).parents[2]
KILLS = 8

IMPORT = """
import os, sys
from pathlib import Path
from spectra_library.importing import run as importing
from spectra_library.catalogue import load_catalogue
from spectra_library.formats.reading import read_bytes
from spectra_library.importing.growth import ImportOrder

class ReaderHere:
    def __init__(self, limits): pass
    def read(self, content, name, *, cancel=None): return read_bytes(content, name)
    def close(self): pass

source, folder, moment = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
order = ImportOrder("Agency A", "2026-11-24")
place = importing.ImportPlace(folder / "a.sqlite", folder / ".staging" / "a.sqlite")
importing._COMMIT_EVERY = 3
count = 0

def pass_moment(*_):
    global count
    count += 1
    if count == moment:
        os._exit(9)

def hear(event, arguments):
    if event in ("open", "os.rename", "os.remove"):
        pass_moment()
"""
RUN = """
catalogue = load_catalogue()
sys.addaudithook(hear)
report = importing.import_library(
    [source], order, place, catalogue, progress=pass_moment, readers=1, make_reader=ReaderHere
)
print(count)
"""
# The control: the new library is written over the old one, a piece at a time.
IN_PLACE = """
def careless(self, target):
    content = self.read_bytes()
    for start in range(0, len(content), len(content) // 40):
        with open(target, "ab" if start else "wb") as stream:
            stream.write(content[start : start + len(content) // 40])

importing.Path.replace = careless
"""


class ReaderHere:
    """Reads in this process."""

    def __init__(self, limits: ReadingLimits) -> None:
        pass

    def read(self, content, name, *, cancel=None):
        return read_bytes(content, name)

    def close(self) -> None:
        pass


def import_here(source: Path, folder: Path, catalogue: Catalogue) -> str:
    """Import without a kill, as the code above does; gives the hash of the library."""
    place = ImportPlace(folder / "a.sqlite", folder / ".staging" / "a.sqlite")
    order = ImportOrder("Agency A", "2026-11-24")
    return import_library([source], order, place, catalogue, make_reader=ReaderHere).sha256


@dataclass(frozen=True)
class Kills:
    """An import of ``files`` onto the library ``before``, to be killed; its hash before and after."""

    files: Path
    before: Path
    old: str
    new: str

    def folders(self, code: str, folder: Path) -> Iterator[Path]:
        """Kill the import at random moments, each time from the beginning; give what it leaves."""
        chance = random.Random(20261124)
        counted = run(code, self.files, copied(self.before, folder / "counted")).stdout
        for number in range(KILLS):
            left = copied(self.before, folder / f"round {number}")
            assert run(code, self.files, left, chance.randint(1, int(counted))).returncode == 9
            yield left


def run(code: str, source: Path, folder: Path, moment: int = 0) -> subprocess.CompletedProcess[str]:
    """Import in another process; ``moment`` 0 lives to the end and prints how many there were."""
    return subprocess.run(
        [sys.executable, "-c", code, str(source), str(folder), str(moment)],
        cwd=PROJECT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.fixture
def kills(tmp_path: Path, catalogue: Catalogue) -> Kills:
    files, before = written(tmp_path / "files", range(2, 12)), tmp_path / "before"
    old = import_here(written(tmp_path / "old files", range(3)), before, catalogue)
    new = import_here(files, copied(before, tmp_path / "unharmed"), catalogue)
    return Kills(files, before, old, new)


def written(folder: Path, seeds: range) -> Path:
    folder.mkdir()
    for seed in seeds:
        (folder / f"{seed:02d}.jdx").write_bytes(agency_file(seed, f"Compound {seed % 4}"))
    return folder


def copied(before: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "a.sqlite").write_bytes((before / "a.sqlite").read_bytes())
    return folder


def state(folder: Path) -> str:
    try:
        return load_library(folder / "a.sqlite").sha256
    except LibraryStoreError:
        return "broken"


def test_a_killed_import_leaves_the_old_library_or_the_new_one(kills, catalogue, tmp_path) -> None:
    for folder in kills.folders(IMPORT + RUN, tmp_path):
        assert state(folder) in (kills.old, kills.new)
        assert import_here(kills.files, folder, catalogue) == kills.new
        assert state(folder) == kills.new
        assert list((folder / ".staging").iterdir()) == []


def test_an_import_that_writes_in_place_is_caught(kills, tmp_path) -> None:
    assert any(state(folder) == "broken" for folder in kills.folders(IMPORT + IN_PLACE + RUN, tmp_path))
