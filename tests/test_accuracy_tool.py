"""The tool that measures the engine: its counting, its splits, its truth, and one quick run."""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are run by people, not installed

from accuracy_engine import Outcome, catalogue_of, engine_over  # noqa: E402
from accuracy_methods import METHODS  # noqa: E402
from accuracy_mixtures import additions  # noqa: E402
from accuracy_ranking import Ranking, pooled, ranking  # noqa: E402
from accuracy_spectra import OpenSpectrum, as_library, read_classes, split, splits  # noqa: E402
from accuracy_statistics import Count, calibration, paired_difference  # noqa: E402
from accuracy_verdicts import named, outcomes, removed_outcomes, wrong_matches  # noqa: E402

from spectra_library.bands import BandTable, spectrum_from_bands  # noqa: E402
from spectra_library.spectrum import Technique  # noqa: E402
from spectra_library.verdicts import Verdict  # noqa: E402

IDENTITIES = ROOT / "spectra_library" / "data" / "sources" / "openspecy_identities.csv"
SEEDS = {"polyethylene": 1, "polystyrene": 2, "nylon": 3}


def measured(material: str, laboratory: str, number: str) -> OpenSpectrum:
    """A spectrum of ten bands that belong to its material."""
    rng = np.random.default_rng(SEEDS[material])
    table = BandTable(
        position=rng.uniform(700, 3500, 10),
        height=rng.uniform(0.2, 1.0, 10),
        width=rng.uniform(15, 40, 10),
        lorentz_share=np.full(10, 0.3),
    )
    spectrum = spectrum_from_bands(table, low=650.0, high=4000.0, technique=Technique.ATR)
    return OpenSpectrum(number, laboratory, material, material, spectrum)


SPECTRA = (
    measured("polyethylene", "north", "1"),
    measured("polystyrene", "north", "2"),
    measured("polyethylene", "south", "3"),
    measured("nylon", "south", "4"),
)


def outcome(
    verdict: Verdict,
    truth: set[str],
    found: set[str],
    *,
    is_held: bool = True,
) -> Outcome:
    return Outcome(frozenset(truth), is_held, verdict, frozenset(found), min(found, default=""))


def test_every_identity_of_the_source_has_a_row_and_what_is_not_asked_has_a_reason():
    with (ROOT / "tools" / "classes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with IDENTITIES.open(encoding="utf-8", newline="") as file:
        identities = {row["identity"]: row["spectra"] for row in csv.DictReader(file)}

    assert {row["identity"]: row["spectra"] for row in rows} == identities
    assert sum(int(row["spectra"]) for row in rows) == 636
    assert all(row["reason"] for row in rows if not row["class"])


def test_grades_are_one_class_and_blends_none():
    classes = read_classes()

    assert {classes[name] for name in ("HDPE", "polyethylene low density", "polyethylene wax")} == {
        "polyethylene"
    }
    assert classes["PE with silicate inorganic"] == ""
    assert classes["nylon 6"] != classes["nylon 6 6"]


def test_a_wilson_interval_is_the_textbooks():
    low, high = Count(8, 10).interval

    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=5e-4)
    assert Count(0, 0).interval == (0.0, 1.0)
    assert Count(1, 2) + Count(2, 3) == Count(3, 5)


def test_a_paired_difference_counts_only_where_the_two_part():
    first = [True] * 60 + [True] * 12 + [False] * 3 + [False] * 25
    second = [True] * 60 + [False] * 12 + [True] * 3 + [False] * 25

    found = paired_difference(first, second)

    assert (found.won, found.lost, found.asked) == (12, 3, 100)
    assert found.low < found.share < found.high
    assert found.low > 0


def test_two_methods_that_never_part_still_have_an_interval():
    found = paired_difference([True] * 20, [True] * 20)

    assert found.low < 0.0 < found.high


def test_the_paired_interval_holds_its_level():
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        first = rng.random(80) < 0.9
        second = np.where(rng.random(80) < 0.8, first, rng.random(80) < 0.7)
        truth = 0.2 * (0.9 - 0.7)
        found = paired_difference(first.tolist(), second.tolist())
        covered += found.low <= truth <= found.high

    assert covered / 400 > 0.92


def test_calibration_puts_what_was_said_beside_what_was_true():
    bins = calibration([0.95, 0.97, 1.0, 0.2], [True, False, True, False], [0.0, 0.5, 0.9, 1.0])

    assert [(one.low, one.true) for one in bins] == [(0.0, Count(0, 1)), (0.9, Count(2, 3))]


def test_a_laboratory_left_out_is_not_in_its_library_and_absent_classes_are_apart():
    south = split("south", SPECTRA)

    assert {one.laboratory for one in south.library} == {"north"}
    assert [one.material for one in south.present] == ["polyethylene"]
    assert [one.material for one in south.absent] == ["nylon"]
    assert [one.laboratory for one in splits(SPECTRA)] == ["north", "south"]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_puts_the_same_curve_first(method):
    rank = method.ready(as_library(SPECTRA, "all"))

    assert rank(SPECTRA[1].spectrum)[0].substance == "polystyrene"


def test_rankings_ask_what_is_held_and_pool_question_by_question():
    rankings = [ranking(one) for one in splits(SPECTRA)]

    together = pooled(rankings)

    assert together.materials == ("polyethylene", "polyethylene")
    assert together.count("engine") == Count(2, 2)
    assert together.class_mean("engine") == 1.0


def test_the_mean_over_classes_counts_each_class_once():
    found = Ranking("x", ("a", "a", "a", "b"), {"engine": (True, True, True, False)})

    assert found.class_mean("engine") == 0.5


def test_the_engine_is_asked_also_for_what_the_library_does_not_hold():
    answers = outcomes(split("south", SPECTRA))

    assert [(one.is_held, one.verdict) for one in answers] == [
        (True, Verdict.MATCH),
        (False, Verdict.NO_MATCH),
    ]
    assert answers[0].is_right


def test_a_class_taken_out_is_asked_for_and_whatever_is_named_is_wrong():
    (answer,) = removed_outcomes(split("south", SPECTRA))

    assert not answer.is_held
    assert answer.truth == {"polyethylene"}
    assert not answer.is_right


def test_a_match_must_name_the_truth_a_group_must_hold_it_and_a_mixture_be_it():
    assert outcome(Verdict.MATCH, {"a"}, {"a"}).is_right
    assert not outcome(Verdict.MATCH, {"a"}, {"b"}).is_right
    assert outcome(Verdict.GROUP, {"a"}, {"a", "b"}).is_right
    assert not outcome(Verdict.MIXTURE, {"a"}, {"a", "b"}).is_right
    assert not outcome(Verdict.INCONCLUSIVE, {"a"}, set()).is_right


def test_wrong_matches_are_counted_among_matches_of_present_and_absent_alike():
    answers = (
        outcome(Verdict.MATCH, {"a"}, {"a"}),
        outcome(Verdict.MATCH, {"z"}, {"a"}, is_held=False),
        outcome(Verdict.GROUP, {"z"}, {"a", "b"}, is_held=False),
        outcome(Verdict.NO_MATCH, {"z"}, set(), is_held=False),
    )

    assert wrong_matches(answers) == Count(1, 2)
    assert named(answers, is_held=False) == Count(2, 3)
    assert named(answers, is_held=True) == Count(1, 1)


def test_a_false_addition_is_a_named_substance_that_was_not_there():
    assert additions(outcome(Verdict.MIXTURE, {"a", "b"}, {"a", "c", "d"})) == 2
    assert additions(outcome(Verdict.GROUP, {"a", "b"}, {"a", "c"})) == 0
    assert additions(outcome(Verdict.GROUP, {"a", "b"}, {"c", "d"})) == 1
    assert additions(outcome(Verdict.INCONCLUSIVE, {"a", "b"}, set())) == 0


def test_the_catalogue_of_classes_is_enough_for_the_engine():
    engine = engine_over((as_library(SPECTRA, "all"),), catalogue_of(SEEDS))

    assert engine.ask(SPECTRA[3].spectrum, {"nylon"}, is_held=True).named == {"nylon"}


def test_a_quick_run_writes_the_whole_page(tmp_path):
    if find_spec("pyopenspecy") is None:
        pytest.skip("the package pyopenspecy of the extra `build` is not installed")
    page = tmp_path / "page.md"

    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "accuracy.py"), "--quick", "--output", str(page)],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )

    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    for section in (
        "## At a glance",
        "## First in the list, real spectra",
        "## Verdicts, real spectra",
        "## Substance removed",
        "## The simulator against reality",
        "## Forensic references, made-up repeats",
        "## Mixtures, made up",
    ):
        assert section in text
