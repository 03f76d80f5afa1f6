"""What a search finds is what a look at every entry would find, and it does not look at every entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pysqlite3
import pytest

from inspection import log_volume
from inspection.errors import LogDamagedError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import named_substances, searchable, searched_text, time_text
from inspection.log_search import newest_first
from inspection.log_volume import LogVolume, Wanted
from inspection.records import EntryKind, LogEntry, opening
from tests.inspection.made_records import SUBSTANCES, VERDICTS, a_finding

BEGINNING = datetime(2026, 11, 24, 8, tzinfo=UTC)
ENTRIES = 150
SMALL = 60  # entries of a volume here
NUMBERS = tuple(f"20261124-AAAA{character}{character}" for character in "23456789")
OFFICERS = ("Officer 1", "Officer 2", "Officer 3")
QUESTIONS = 400


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three volumes, with a clock that is set back once."""
    path = tmp_path_factory.mktemp("log") / "evidence.sqlite"
    chance, minutes = Random(6), count()

    def clock() -> datetime:
        minute = next(minutes)
        return BEGINNING + timedelta(minutes=minute - (50 if minute > 90 else 0))

    with InspectionLog.open(path, kind=LogKind.EVIDENCE, clock=clock, volume_size=SMALL) as log:
        for number in NUMBERS:
            log.append(opening(number, declared=chance.choice(("Мыло", "sabun"))))
        for _ in range(ENTRIES):
            log.officer = chance.choice((*OFFICERS, None))
            place = {"inspection": chance.choice(NUMBERS), "sample": chance.randint(1, 9)}
            new = a_finding(chance, points=12)
            log.append(type(new)(new.kind, new.body, curve=new.curve, **place))
    return path


@pytest.fixture
def log(path: Path) -> Iterator[InspectionLog]:
    with InspectionLog.open_read_only(path, kind=LogKind.EVIDENCE) as log:
        assert len(log.volumes) == 3
        yield log


def a_question(chance: Random) -> dict[str, object]:
    moments = sorted(BEGINNING + timedelta(minutes=chance.randint(-20, 200)) for _ in range(2))
    known = {
        "since": moments[0],
        "until": moments[1],
        "substance": chance.choice((*SUBSTANCES, "water")),
        "officer": chance.choice(OFFICERS),
        "verdict": chance.choice(VERDICTS),
        "inspection": chance.choice(NUMBERS).lower(),
        "kind": chance.choice((EntryKind.IDENTIFICATION, EntryKind.INSPECTION_OPENED, EntryKind.INCIDENT)),
        "text": chance.choice((" МЫЛО ", "acetone", "officer 2", "aaaa33", "67-64", "nothing")),
    }
    chosen = chance.sample(sorted(known), chance.choice((0, 1, 1, 2, 2, 3)))
    return {name: known[name] for name in chosen}


def fits(entry: LogEntry, asked: dict[str, object]) -> bool:
    """The slow twin: decided from the entry alone."""
    envelope = {
        "kind": entry.kind,
        "body": entry.body,
        "inspection": entry.inspection,
        "officer": entry.officer,
    }
    verdict = entry.body.get("verdict") if entry.kind is EntryKind.IDENTIFICATION else None
    said = {
        "since": lambda since: entry.time >= since,
        "until": lambda until: entry.time < until,
        "substance": lambda substance: substance in named_substances(entry.kind, entry.body),
        "officer": lambda officer: entry.officer == officer,
        "verdict": lambda wanted: verdict == wanted,
        "inspection": lambda inspection: entry.inspection == inspection.upper(),
        "kind": lambda kind: entry.kind is kind,
        "text": lambda text: searchable(text.strip()) in searched_text(envelope),
    }
    return all(said[name](value) for name, value in asked.items())


@pytest.mark.parametrize("limit", [None, 1, 7, 100])
def test_filters_alone_and_together_find_what_a_look_at_every_entry_finds(log, limit) -> None:
    chance, everything = Random(limit), list(log.entries())
    assert [entry.sequence for entry in everything] != sorted({entry.time for entry in everything})
    found_something = 0
    for _ in range(QUESTIONS):
        asked, up_to = a_question(chance), chance.choice((None, chance.choice(everything).sequence))
        expected = [one for one in everything if fits(one, asked) and one.sequence <= (up_to or 10**9)]
        found = list(log.entries(**asked, up_to=up_to, limit=limit))
        assert found == expected[-limit if limit else 0 :], asked
        found_something += bool(found)
    assert found_something > QUESTIONS / 3


def test_the_window_lists_the_newest_first(log) -> None:
    found = newest_first(log, text="acetone", verdict="match", limit=5)
    assert len(found) == 5
    assert [one.sequence for one in found] == sorted((one.sequence for one in found), reverse=True)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(officer="Officer 1"),
        Wanted(verdict="match"),
        Wanted(kind="identification"),
        Wanted(since=time_text(BEGINNING)),
        Wanted(substance="acetone"),
        Wanted(text="acetone"),
        Wanted(verdict="match", since=time_text(BEGINNING)),
        Wanted(officer="Officer 1", verdict="match"),
        Wanted(substance="acetone", officer="Officer 1", until=time_text(BEGINNING)),
        Wanted(text="acetone", verdict="match", since=time_text(BEGINNING)),
    ],
)
def test_a_search_reads_indexes_and_never_an_entry(log, wanted: Wanted) -> None:
    volume = log.volumes[0]
    asked: list[str] = []
    volume.db.conn.set_trace_callback(asked.append)
    volume.numbers(wanted, last=10**9, limit=200)
    volume.db.conn.set_trace_callback(None)
    [question] = [sql for sql in asked if "ORDER BY sequence DESC" in sql]
    steps = [row[3] for row in volume.db.execute(f"EXPLAIN QUERY PLAN {question}")]
    assert any("COVERING INDEX" in step for step in steps)
    assert not [step for step in steps if " entries " in step and "COVERING INDEX" not in step]


def test_a_log_without_the_index_of_searches_is_listed_all_the_same(log, path, tmp_path) -> None:
    copy = tmp_path / "evidence.sqlite"
    copy.write_bytes(path.read_bytes())
    with pysqlite3.connect(copy) as raw:
        raw.execute("DROP INDEX entries_searched")
    raw.close()
    with InspectionLog.open_read_only(copy, kind=LogKind.EVIDENCE) as robbed:
        assert list(robbed.entries()) == list(log.volumes[0].numbered(range(1, SMALL + 1)))
        assert not robbed.verify().ok


# Read ahead


def copied(path: Path, folder: Path, change: str) -> LogVolume:
    copy = folder / "evidence.sqlite"
    copy.write_bytes(path.read_bytes())
    with pysqlite3.connect(copy) as raw:
        raw.execute("DROP TRIGGER entries_refuse_update")
        raw.execute("DROP TRIGGER entries_refuse_delete")
        raw.execute(change)
    raw.close()
    return LogVolume.open_read_only(copy, kind=LogKind.EVIDENCE)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET entry = x'00' WHERE sequence = 20",
        "DELETE FROM entries WHERE sequence BETWEEN 11 AND 14",
        "UPDATE entries SET entry = entry",
    ],
)
def test_a_chain_that_is_read_ahead_breaks_where_it_breaks(path, tmp_path, change, monkeypatch) -> None:
    volume = copied(path, tmp_path, change)
    monkeypatch.setattr(log_volume, "WORTH_READING_AHEAD", 10**9)
    alone = volume.broken_links()
    monkeypatch.setattr(log_volume, "WORTH_READING_AHEAD", 1)
    monkeypatch.setattr(log_volume, "AT_ONCE", 3)
    together = volume.broken_links()
    volume.close()
    assert together == alone
    assert bool(alone) == ("sequence" in change)


def test_damage_that_the_threads_meet_first_is_told_by_the_one_who_follows_the_chain(
    path, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(log_volume, "WORTH_READING_AHEAD", 1)
    copy = tmp_path / "evidence.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 3 :] = bytes(len(content) - len(content) // 3)
    copy.write_bytes(content)
    volume = LogVolume.open_read_only(copy, kind=LogKind.EVIDENCE)
    with pytest.raises(LogDamagedError):
        volume.broken_links()
    volume.close()
