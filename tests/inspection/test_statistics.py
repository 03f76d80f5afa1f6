"""``log statistics``: counts and shares of a log that was made by hand, and their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from inspection.amendments import Field, amending
from inspection.folders import DataFolder
from inspection.laboratory.results import SECOND_OPINION
from inspection.laboratory.statistics import WINDOW, Share, Statistics, proportion_interval, statistics
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Section
from inspection.records import EntryKind, NewEntry, opening

ASKED = "20261124-7K3FQ2"


@pytest.fixture
def log(data_dir: Path, clock):
    path = DataFolder(data_dir).evidence_log
    with InspectionLog.open(path, kind=LogKind.EVIDENCE, clock=clock, volume_size=60) as opened:
        opened.append(opening(ASKED))
        yield opened


@pytest.fixture
def add(log: InspectionLog, finding) -> Callable[..., int]:
    """Write an identification, and what a laboratory found of it unless that is None; give its number."""

    def write(
        verdict: str, substance: str, found: tuple[str, ...] | None, *, serial: str = "F-0001", **more: object
    ) -> int:
        body = finding(verdict, substance, capture={"device": "Model F", "serial": serial}, **more)
        number = log.append(NewEntry(EntryKind.IDENTIFICATION, body, ASKED, 1)).sequence
        if found is not None:
            report(log, number, found)
        return number

    return write


def report(log: InspectionLog, number: int, found: tuple[str, ...], method: str = "GC-MS") -> int:
    said = {"entry": number, "substances": found, "finding": "as told", "method": method}
    return log.append(recording(ASKED, Section.LABORATORY_RESULT, said, sample=1)).sequence


def shares(found: Statistics) -> dict[tuple[str, str], tuple[int, int | None]]:
    return {(row.by, row.key): (row.share.n, row.share.agree) for row in found.rows}


def test_shares_are_counted_by_substance_device_library_and_verdict(log, add, catalogue) -> None:
    add("match", "acetone", ("acetone",))
    add("match", "acetone", ("acetone",), serial="F-0002")
    add("match", "acetone", ("ethanol",), serial="F-0002")
    add("match", "ethanol", None)
    components = [{"substance": "acetone"}, {"substance": "toluene"}]
    add("mixture", "acetone", ("toluene",), components=components, library={"name": "All of them"})
    add("no_match", "acetone", ("sucrose",))
    add("inconclusive", "acetone", ("acetone",))
    add("rejected", "acetone", ("sucrose",))

    found = statistics(log, catalogue)

    assert shares(found) == {
        ("substance", "acetone"): (4, 2),
        ("substance", "toluene"): (1, 1),
        ("device", "F-0001"): (2, 1),
        ("device", "F-0002"): (2, 1),
        ("library", "Open spectra"): (3, 2),
        ("library", "All of them"): (1, 0),
        ("verdict", "match"): (3, 2),
        ("verdict", "mixture"): (1, 0),
        ("verdict", "no_match"): (1, 1),
        ("verdict", "inconclusive"): (1, 1),
        ("verdict", "rejected"): (1, None),
    }
    assert (found.with_result, found.claims.n, found.claims.agree) == (7, 4, 2)
    assert found.counts.identifications == 8
    assert found.counts.verdicts == {
        "match": 4,
        "mixture": 1,
        "no_match": 1,
        "inconclusive": 1,
        "rejected": 1,
    }
    assert found.counts.inspections == 1
    assert found.counts.declared == {"differs": 8}


def test_what_was_said_and_found_instead_is_listed_the_most_frequent_first(log, add, catalogue) -> None:
    for _ in range(2):
        add("match", "acetone", ("ethanol", "sucrose"))
    wrong = add("match", "ethanol", ("cocaine",))
    unseen = add("no_match", "acetone", ("cocaine",), hints=[{"substance": "cocaine"}])

    found = statistics(log, catalogue)

    assert [(one.verdict, one.said, one.found, one.n) for one in found.confusions] == [
        ("match", ("acetone",), ("ethanol", "sucrose"), 2),
        ("match", ("ethanol",), ("cocaine",), 1),
        ("no_match", (), ("cocaine",), 1),
    ]
    assert (found.falsely_controlled.n, found.falsely_controlled.by_verdict) == (2, {"match": 2})
    assert found.missed_controlled.entries == (wrong, unseen)
    assert found.missed_controlled.by_verdict == {"match": 1, "no_match": 1}
    assert found.hinted == 1


def test_the_instrument_is_judged_by_what_it_said_and_overrides_are_counted(log, add, catalogue) -> None:
    number = add("match", "acetone", ("acetone",))
    entry = log.entry(number)
    for new in amending(entry, {Field.VERDICT: "no_match"}, "the window was dirty"):
        log.append(new)
    add("match", "acetone", ("acetone",))

    found = statistics(log, catalogue)

    assert shares(found)["verdict", "match"] == (2, 2)
    assert ("verdict", "no_match") not in shares(found)
    assert found.claims.overridden == found.counts.overridden == 1
    assert {row.share.overridden for row in found.rows} == {1}


def test_of_several_results_the_newest_counts_as_it_was_amended(log, add, catalogue) -> None:
    number = add("match", "acetone", ("ethanol",))
    later = report(log, number, ("toluene",))
    for new in amending_record(log.entry(later), {"substances": ("acetone",)}, "wrong line"):
        log.append(new)

    found = statistics(log, catalogue)

    assert (found.with_result, found.contradictory) == (1, 1)
    assert shares(found)["verdict", "match"] == (1, 1)


def test_a_result_that_names_no_substance_is_counted_apart(log, add, catalogue) -> None:
    add("match", "acetone", ())

    found = statistics(log, catalogue)

    assert (found.with_result, found.unnamed, found.claims.n, found.rows) == (1, 1, 0, ())


def test_a_second_opinion_is_no_laboratory(log, add, catalogue) -> None:
    number = add("match", "acetone", ("acetone",))
    report(log, number, ("ethanol",), method=SECOND_OPINION)
    report(log, add("match", "acetone", None), ("acetone",), method=SECOND_OPINION)

    found = statistics(log, catalogue)

    assert (found.with_result, found.contradictory) == (1, 0)
    assert shares(found)["verdict", "match"] == (1, 1)


def test_results_on_what_is_no_identification_here_are_counted_apart(log, add, catalogue) -> None:
    report(log, 4711, ("acetone",))
    report(log, 1, ("acetone",))

    found = statistics(log, catalogue)

    assert (found.with_result, found.out_of_reach) == (0, 2)


def test_a_period_is_that_of_the_identifications(log, add, catalogue) -> None:
    first, second, third = (log.entry(add("match", "acetone", ("acetone",))) for _ in range(3))

    def counted(**period):
        found = statistics(log, catalogue, **period)
        return found.counts.identifications, found.with_result, found.out_of_reach

    assert counted(since=second.time) == (2, 2, 0)
    assert counted(until=second.time) == (1, 1, 0)
    assert counted(since=second.time, until=third.time) == (1, 1, 0)
    assert counted(since=third.time, until=first.time) == (0, 0, 0)


def test_nothing_is_lost_where_volumes_and_windows_end(log, add, catalogue) -> None:
    count = 3 * WINDOW
    for number in range(count):
        add("match", "acetone", ("acetone",) if number % 3 else ("ethanol",))

    found = statistics(log, catalogue)

    assert len(log.volumes) > 2
    assert (found.with_result, found.claims.n, found.claims.agree) == (count, count, count - count // 3)


# --- Intervals


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (9, 10, 0.5550, 0.9975), (1, 1, 0.025, 1.0)],
)
def test_an_interval_is_that_of_clopper_and_pearson(successes, n, low, high) -> None:
    assert proportion_interval(successes, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("successes", "n"), [(3, 7), (1, 12), (19, 20)])
def test_its_ends_are_where_the_tails_hold_just_one_fortieth(successes, n) -> None:
    """The slow twin: the definition, summed term by term."""
    low, high = proportion_interval(successes, n)

    def tail(p: float, ks: range) -> float:
        return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in ks)

    assert tail(low, range(successes, n + 1)) == pytest.approx(0.025, abs=1e-6)
    assert tail(high, range(successes + 1)) == pytest.approx(0.025, abs=1e-6)


def test_of_fewer_than_ten_nothing_is_said_and_of_none_there_is_no_share() -> None:
    assert not Share(9, 9).is_enough
    assert Share(10, 9).is_enough
    assert (Share(0, 0).share, Share(0, 0).interval) == (None, None)
    assert (Share(4, None).share, Share(4, None).interval) == (None, None)


# --- The verb


def test_the_verb_prints_one_object_a_line_and_the_summary_last(chemgate, log, add) -> None:
    for _ in range(9):
        add("match", "acetone", ("acetone",))
    add("match", "acetone", ("toluene",))
    add("no_match", "ethanol", None)

    answer = chemgate("log", "statistics", "--json")

    assert (answer.code, answer.err) == (0, "")
    *lines, last = answer.objects
    assert [(one["by"], one["key"]) for one in lines] == [
        ("substance", "acetone"),
        ("device", "F-0001"),
        ("library", "Open spectra"),
        ("verdict", "match"),
        ("confusion", "acetone -> toluene"),
    ]
    assert lines[0] == {
        "by": "substance",
        "key": "acetone",
        "name": "Acetone",
        "status": "controlled",
        "n": 10,
        "agree": 9,
        "disagree": 1,
        "share": 0.9,
        "low": 0.555,
        "high": 0.9975,
        "overridden": 0,
        "enough": True,
    }
    summary = last["summary"]
    assert (summary["inspections"], summary["identifications"], summary["differs"]) == (1, 11, 11)
    assert (summary["claims"]["n"], summary["with_result"]) == (10, 10)
    assert summary["falsely_controlled"]["n"] == 1
    assert summary["missed_controlled"] == {
        "n": 1,
        "by_verdict": {"match": 1},
        "entries": summary["falsely_controlled"]["entries"],
        "hinted": 0,
    }
    assert summary["interval"] == "clopper-pearson"


def test_words_for_people_say_how_sure_a_share_is(chemgate, log, add) -> None:
    for _ in range(10):
        add("match", "acetone", ("acetone",))
    add("match", "ethanol", ("sucrose",), serial="")

    answer = chemgate("log", "statistics")

    assert answer.code == 0
    assert "Acetone: 10 of 10 agree, 100% (69% to 100%)\n" in answer.out
    assert "Ethanol: 0 of 1 agree, 0% (0% to 98%)  fewer than 10: not enough to say" in answer.out
    assert "spectra from files: 0 of 1" in answer.out
    assert "1 x  Match: Ethanol -> Sucrose" in answer.out


def test_a_result_that_cannot_be_read_wipes_out_no_missed_controlled_substance(log, add, catalogue) -> None:
    number = add("match", "ethanol", ("cocaine",))
    report(log, number, ())

    found = statistics(log, catalogue)

    assert found.missed_controlled.entries == (number,)
    assert (found.unnamed, found.contradictory, found.with_result) == (0, 0, 1)


def test_a_period_that_is_no_time_is_refused(chemgate, log) -> None:
    assert chemgate("log", "statistics", "--since", "yesterday").code == 2
    assert chemgate("log", "statistics", "--since", "2030-01-01", "--json").object["summary"]["since"] == (
        "2030-01-01T00:00:00+00:00"
    )


def test_a_log_that_was_never_begun_has_counts_of_nothing(chemgate) -> None:
    answer = chemgate("log", "statistics", "--json")

    assert (answer.code, answer.object["summary"]["identifications"]) == (0, 0)
    assert chemgate("log", "statistics").code == 0
