"""Files of every format, changed at random, through the limited reader; what must not happen is counted.

    python tools/fuzz_formats.py [--format NAME]... [--count N] [--seed S] [--real] [--keep FOLDER]

prints one JSON object per format and returns 1 when a reader crashed, hung, hit a limit, made this
program's memory grow, or accepted a file whose own checks do not hold.  Such files are kept.

The files to begin with are those of tests/spectra_library/made, which also holds the checkers.  With
--real those of the folder that CHEMGATE_SAMPLES names join them; what is made of these may not be passed
on either, so --keep must then name another folder than that of the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Final, Protocol

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from fuzz_mutations import mutant  # noqa: E402

from spectra_library.errors import FormatError, ReaderFailedError, ReadingLimitError  # noqa: E402
from spectra_library.formats.file_spectrum import FilePart, RefusedBlock  # noqa: E402
from spectra_library.formats.reading import read_bytes  # noqa: E402
from spectra_library.formats.sandbox import LimitedReader  # noqa: E402
from spectra_library.formats.unpacking import is_packed, unpacked  # noqa: E402

MADE: Final = ROOT / "tests" / "spectra_library" / "made"
CORPUS: Final = ROOT / "tests" / "spectra_library" / "fuzz_corpus"
MAX_GROWTH_MIB: Final = 20.0
_MOST_KEPT: Final = 20  # offenders of one format; more of them say nothing new
_LARGEST_SAMPLE: Final = 128 * 1024  # bytes
_WARM_UP: Final = 200  # mutants, until what is loaded once is loaded


class Reader(Protocol):
    """What reads one file."""

    def read(self, content: bytes, name: str) -> tuple[FilePart, ...]:
        """Give its parts.  Raises FormatError."""


@dataclass(frozen=True, slots=True)
class Made:
    """A format: small valid files of our own making, and a checker of what was accepted.

    ``formats`` are the names that its readers give to what they read.
    """

    name: str
    formats: frozenset[str]
    seeds: dict[str, bytes]
    complaints: Callable[[bytes, Sequence[FilePart]], list[str]]


@dataclass(slots=True)
class Outcome:
    """What became of the mutants of one format; ``offenders`` are those that must not be."""

    format: str
    seed: int
    count: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)
    worst_ms: float = 0.0
    growth_mib: float = 0.0
    per_minute: int = 0
    offenders: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing happened that must not."""
        return not (self.crashes or self.limits or self.complaints) and self.growth_mib < MAX_GROWTH_MIB

    def summary(self) -> dict[str, object]:
        """Give the JSON object."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "offenders"}
        return {"is_sound": self.is_sound, **told, "kept": sorted(self.offenders)}


def main() -> int:
    """Run and print."""
    formats = made_formats()
    parser = argparse.ArgumentParser(description="Reads randomly changed files; one JSON object per format.")
    parser.add_argument("--format", action="append", choices=sorted(formats), help="only this (repeatable)")
    parser.add_argument("--count", type=int, default=20_000, help="mutants of each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=CORPUS, help="where offenders go")
    parser.add_argument("--real", action="store_true", help="begin with real files too")
    arguments = parser.parse_args()
    if arguments.real and arguments.keep.resolve() == CORPUS:
        parser.error("--real needs --keep FOLDER: real files may not come into the tests")
    is_sound = True
    for name in arguments.format or sorted(formats):
        with LimitedReader() as reader:
            made = formats[name]
            seeds = [*made.seeds.values(), *(real_files(made) if arguments.real else ())]
            outcome = fuzz(made, seeds, reader, count=arguments.count, seed=arguments.seed)
        keep(outcome, arguments.keep)
        print(json.dumps(outcome.summary()), flush=True)
        is_sound &= outcome.is_sound
    return 0 if is_sound else 1


def made_formats() -> dict[str, Made]:
    """Load what the tests hold of every format."""
    found = {}
    for path in sorted(MADE.glob("*_files.py")):
        name = path.stem.removesuffix("_files")
        spec = importlib.util.spec_from_file_location(f"fuzzed_{path.stem}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        if not hasattr(module, "complaints"):
            continue  # made for something else
        seeds = module.seeds()
        formats = frozenset(one for content in seeds.values() for one in _formats_of(content))
        found[name] = Made(name, formats, seeds, module.complaints)
    return found


def real_files(made: Made) -> Iterator[bytes]:
    """Give the small real files that read as the format does, where there are any."""
    folder = os.environ.get("CHEMGATE_SAMPLES")
    if not folder:
        return
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and path.stat().st_size <= _LARGEST_SAMPLE:
            content = path.read_bytes()
            if made.formats & _formats_of(content):
                yield content


def _formats_of(content: bytes) -> set[str]:
    try:
        return {one.format for one in read_bytes(content, "a") if not isinstance(one, RefusedBlock)}
    except FormatError:
        return set()


def fuzz(made: Made, contents: Sequence[bytes], reader: Reader, *, count: int, seed: int) -> Outcome:
    """Read ``contents`` as they are, then ``count`` mutants of them."""
    outcome = Outcome(made.name, seed, count)
    random = Random(seed)
    begun, resident = time.monotonic(), 0.0
    for content in contents:
        judge(content, made, reader, outcome)
    outcome.worst_ms = 0.0  # the first one waited for the process to start
    for number in range(count):
        judge(mutant(random.choice(contents), contents, random), made, reader, outcome)
        if number == min(_WARM_UP, count // 2):
            resident = resident_mib()
        elif number % 500 == 499 or number == count - 1:
            outcome.growth_mib = round(max(outcome.growth_mib, resident_mib() - resident), 1)
    outcome.per_minute = round(60 * count / (time.monotonic() - begun))
    return outcome


def judge(content: bytes, made: Made, reader: Reader, outcome: Outcome) -> None:
    """Read one mutant and put down what became of it."""
    begun = time.perf_counter()
    try:
        try:
            parts = reader.read(content, "mutant")
        finally:
            outcome.worst_ms = round(max(outcome.worst_ms, 1000 * (time.perf_counter() - begun)), 1)
    except ReadingLimitError as error:
        _note(outcome, outcome.limits, str(error), content)
    except ReaderFailedError as error:
        _note(outcome, outcome.crashes, str(error), content)
    except FormatError as error:
        outcome.refused[error.kind] += 1
    else:
        if all(isinstance(part, RefusedBlock) for part in parts):
            outcome.refused["every block"] += 1
        else:
            outcome.accepted += 1
            for complaint in _complaints(made, content, parts):
                _note(outcome, outcome.complaints, complaint, content)


def _complaints(made: Made, content: bytes, parts: tuple[FilePart, ...]) -> list[str]:
    """Ask the checker, unless the mutant has become a file of another format, which it does not know."""
    formats = {part.format for part in parts if not isinstance(part, RefusedBlock)}
    if not formats <= made.formats:
        return []
    try:
        return made.complaints(unpacked(content) if is_packed(content) else content, parts)
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        return [f"the checker itself failed: {type(error).__name__}: {error}"]


def _note(outcome: Outcome, where: Counter[str], what: str, content: bytes) -> None:
    kind = "".join("9" if sign.isdigit() else sign for sign in what)[:120]  # the numbers differ every time
    where[kind] += 1
    if where[kind] == 1 and len(outcome.offenders) < _MOST_KEPT:
        outcome.offenders[f"{outcome.format}-{hashlib.sha256(content).hexdigest()[:12]}.bin"] = content


def keep(outcome: Outcome, folder: Path) -> None:
    """Write the offenders into ``folder``, from where the tests read them from then on."""
    for name, content in outcome.offenders.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def resident_mib() -> float:
    """Return the memory that this process holds, in MiB; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if status.exists() else 0.0


if __name__ == "__main__":
    sys.exit(main())
