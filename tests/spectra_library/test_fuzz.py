"""Damaged files never crash or hang a reader, and what is accepted is what the file says."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are run by people, not installed

from fuzz_formats import CORPUS, MAX_GROWTH_MIB, Made, Outcome, fuzz, judge, keep, made_formats  # noqa: E402
from fuzz_mutations import mutant  # noqa: E402

from spectra_library.errors import ReaderFailedError  # noqa: E402
from spectra_library.formats import jcamp_curves  # noqa: E402
from spectra_library.formats.file_spectrum import FilePart  # noqa: E402
from spectra_library.formats.reading import read_bytes  # noqa: E402
from spectra_library.formats.sandbox import LimitedReader  # noqa: E402

FORMATS = made_formats()
KEPT = sorted(CORPUS.glob("*.bin"))
MUTANTS, SEED = 1_000, 20_261_124


class UnlimitedReader:
    """The readers as they are in this process, where a test can take one of their checks away."""

    def read(self, content: bytes, name: str) -> tuple[FilePart, ...]:
        try:
            return read_bytes(content, name)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ReaderFailedError(type(error).__name__) from error


def found_in(made: Made, *, count: int = MUTANTS) -> Outcome:
    return fuzz(made, list(made.seeds.values()), UnlimitedReader(), count=count, seed=SEED)


@pytest.mark.parametrize("name", FORMATS)
def test_the_files_to_begin_with_are_what_they_say(name: str) -> None:
    made = FORMATS[name]
    outcome = Outcome(name, SEED)
    for content in made.seeds.values():
        judge(content, made, UnlimitedReader(), outcome)

    assert outcome.is_sound, outcome.summary()
    assert outcome.accepted, "all of them were refused"


@pytest.mark.parametrize("name", FORMATS)
def test_no_mutant_crashes_hangs_swells_or_is_believed_against_its_own_checks(name: str) -> None:
    made = FORMATS[name]
    with LimitedReader() as reader:
        outcome = fuzz(made, list(made.seeds.values()), reader, count=MUTANTS, seed=SEED)

    assert outcome.is_sound, outcome.summary()
    assert outcome.growth_mib < MAX_GROWTH_MIB
    # Or the mutants would be so broken, or so whole, that nothing was tried.
    assert outcome.accepted > MUTANTS // 50
    assert sum(outcome.refused.values()) > MUTANTS // 50


@pytest.fixture(scope="module")
def reader():
    with LimitedReader() as one:
        yield one


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_once_broke_a_reader_or_would_without_its_checks_is_harmless(path: Path, reader) -> None:
    made = FORMATS[path.name.split("-")[0]]
    outcome = Outcome(made.name, SEED)

    judge(path.read_bytes(), made, reader, outcome)

    assert outcome.is_sound, outcome.summary()


@pytest.mark.parametrize("check", ["_check_count", "check_abscissas", "check_ends", "check_scale"])
def test_a_reader_without_one_of_its_checks_is_caught(check: str, monkeypatch) -> None:
    monkeypatch.setattr(jcamp_curves, check, lambda *_, **__: ())

    outcome = found_in(FORMATS["jcamp"], count=2 * MUTANTS)

    assert outcome.complaints
    assert outcome.offenders


def test_a_reader_that_crashes_is_caught_and_its_file_kept(monkeypatch, tmp_path) -> None:
    def broken(*_: object) -> tuple[str, ...]:
        raise IndexError

    monkeypatch.setattr(jcamp_curves, "check_step", broken)

    outcome = found_in(FORMATS["jcamp"], count=10)
    keep(outcome, tmp_path)

    assert outcome.crashes
    assert not outcome.is_sound
    assert {path.name for path in tmp_path.iterdir()} == set(outcome.offenders)


def test_a_seed_gives_the_same_mutants_every_time() -> None:
    contents = list(FORMATS["jcamp"].seeds.values())
    one, other = ([mutant(contents[0], contents, Random(seed)) for seed in range(50)] for _ in range(2))

    assert one == other
    assert len(set(one)) > 40
