"""A log with two jobs whose records are filled in, one of them a seizure, and a finding of no job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.recording import recording
from inspection.record.sections import Outcome, PhysicalState, Section, TestResult, TransportMode
from inspection.records import EntryKind, NewEntry, closing, opening

SEIZED = "20261124-7K3FQ2"
RELEASED = "20261124-8K3FQ2"
CONSIGNOR = "Consignor A"
BAKU = timezone(timedelta(hours=4))


def fill(log: InspectionLog, finding: Callable[..., dict[str, Any]], curve: Callable[..., Any]) -> None:
    """Write down two jobs and a finding that belongs to none."""

    def told(section: Section, sample: int | None = None, **values: object) -> None:
        log.append(recording(SEIZED, section, values, sample=sample))

    def found(number: str | None, sample: int | None, seed: int, **more: object) -> None:
        body = finding(**more)
        body["candidates"] = [{**one, "status": "controlled"} for one in body["candidates"]]
        log.append(
            NewEntry(EntryKind.IDENTIFICATION, body, inspection=number, sample=sample, curve=curve(seed))
        )

    at_noon = datetime(2026, 11, 24, 12, tzinfo=BAKU)
    log.append(opening(SEIZED, container="ABCU1234560", declared="soap", hs_code="3401", local_time=at_noon))
    told(Section.CIRCUMSTANCES, post="Post 1", second_officer="Officer 2")
    told(
        Section.TRANSPORT,
        mode=TransportMode.ROAD,
        seals_found=("S-1", "S-2"),
        origin="A-land",
        destination="B-land",
    )
    told(Section.PAPERS, quantity="120 kg", packages=12)
    told(Section.PERSONS, consignor=CONSIGNOR, driver="Driver 1")
    told(Section.SAMPLE, 1, position="bag 3", packages=12, packages_sampled=4, state=PhysicalState.POWDER)
    found(SEIZED, 1, 1, verdict="no_match")
    found(SEIZED, 1, 2)
    told(Section.SAMPLE, 2, position="bag 5")
    told(Section.SECOND_TEST, 1, kind="colour test", result=TestResult.POSITIVE)
    told(Section.CUSTODY, 1, released_by="Officer 1", received_by="Courier 1", when=at_noon, seal="B-7")
    told(Section.LABORATORY, 1, laboratory="Laboratory A", sent=date(2026, 11, 25), question="what is it?")
    told(Section.DECISION, outcome=Outcome.SEIZE, reason="not declared")
    log.append(closing(SEIZED))
    log.append(opening(RELEASED, declared="sugar"))
    found(RELEASED, 1, 3, verdict="match", substance="sucrose")
    found(None, None, 4, verdict="rejected", candidates=[], declared=None, capture=None)


@pytest.fixture
def filled(log: InspectionLog, finding, curve) -> InspectionLog:
    """The evidence log with all of it."""
    fill(log, finding, curve)
    return log


@pytest.fixture
def filled_training(tmp_path: Path, clock, finding, curve) -> Iterator[InspectionLog]:
    """A training log with the same."""
    path = tmp_path / "training" / "training.sqlite"
    with InspectionLog.open(path, kind=LogKind.TRAINING, clock=clock, officer="Officer 1") as opened:
        fill(opened, finding, curve)
        yield opened


@pytest.fixture
def now() -> datetime:
    """A moment."""
    return datetime(2026, 11, 24, 8, tzinfo=UTC)
