"""The whole record of one inspection, put together from its entries: what exports are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from inspection.amendments import Amendment, amended_body, amendments_by_entry
from inspection.log import InspectionLog
from inspection.record.recording import amended_section, names_persons, present, section_of
from inspection.record.sections import (
    Circumstances,
    CustodyStep,
    Decision,
    LaboratoryRequest,
    LaboratoryResult,
    Papers,
    Persons,
    SampleDetails,
    SecondTest,
    Section,
    Transport,
)
from inspection.record.values import restored
from inspection.records import EntryKind, Inspection, LogEntry, LogHead

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Told(Generic[Said]):
    """Something that was told once: ``said`` in entry ``sequence``, at ``time`` (UTC), by ``officer``."""

    said: Said
    sequence: int
    time: datetime
    officer: str | None
    sample: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """One identification: its ``entry``, and its ``body`` with the newest value of what was amended.

    ``amendments`` in their order; ``laboratory`` what the laboratory said against it, the newest last.
    """

    entry: LogEntry
    body: Mapping[str, Any]
    amendments: tuple[Amendment, ...]
    laboratory: tuple[Told[LaboratoryResult], ...]


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """One sample: its description, and every identification of it, the oldest first."""

    number: int
    details: SampleDetails
    found: tuple[Found, ...]
    second_tests: tuple[Told[SecondTest], ...]


@dataclass(frozen=True, slots=True)
class InspectionRecord:
    """The record of one inspection as it stands at ``head``.

    ``local_time`` the hour on the wall when it was opened, with its offset from UTC; None in a log that did
    not write it down.  ``persons`` is the one part with personal data: empty when it was left out.
    ``unsorted`` identifications that belong to no sample.  ``amendments`` all, in their order.
    """

    inspection: Inspection
    head: LogHead
    local_time: datetime | None
    circumstances: Circumstances
    transport: Transport
    papers: Papers
    persons: Persons
    samples: tuple[SampleRecord, ...]
    unsorted: tuple[Found, ...]
    decisions: tuple[Told[Decision], ...]
    custody: tuple[Told[CustodyStep], ...]
    second_tests: tuple[Told[SecondTest], ...]
    laboratory: tuple[Told[LaboratoryRequest], ...]
    laboratory_results: tuple[Told[LaboratoryResult], ...]
    amendments: tuple[Amendment, ...]

    @property
    def decision(self) -> Decision | None:
        """The decision that holds: the newest."""
        return self.decisions[-1].said if self.decisions else None

    @property
    def found(self) -> tuple[Found, ...]:
        """Every identification, by sample and then in time, those of no sample last."""
        return (*(one for sample in self.samples for one in sample.found), *self.unsorted)


def inspection_record(log: InspectionLog, inspection: str, *, with_persons: bool = True) -> InspectionRecord:
    """Read the record of an inspection.  Raises UnknownInspectionError, LogError."""
    head = log.head()
    return record_of(
        log.inspection(inspection), list(log.entries(inspection=inspection)), head, with_persons=with_persons
    )


def record_of(
    inspection: Inspection, entries: Sequence[LogEntry], head: LogHead, *, with_persons: bool = True
) -> InspectionRecord:
    """Put the record together from all ``entries`` of the inspection, the oldest first."""
    if not with_persons:
        entries = [entry for entry in entries if not names_persons(entry)]
    amendments = amendments_by_entry(entries)
    results: tuple[Told[LaboratoryResult], ...] = _told(entries, amendments, Section.LABORATORY_RESULT)
    tests: tuple[Told[SecondTest], ...] = _told(entries, amendments, Section.SECOND_TEST)
    found = [
        Found(
            entry,
            amended_body(entry, amendments.get(entry.sequence, ())),
            amendments.get(entry.sequence, ()),
            tuple(one for one in results if one.said.entry == entry.sequence),
        )
        for entry in entries
        if entry.kind is EntryKind.IDENTIFICATION
    ]
    return InspectionRecord(
        inspection=inspection,
        head=head,
        local_time=_local_time(entries),
        circumstances=present(entries, Section.CIRCUMSTANCES, amendments=amendments),
        transport=present(entries, Section.TRANSPORT, amendments=amendments),
        papers=present(entries, Section.PAPERS, amendments=amendments),
        persons=present(entries, Section.PERSONS, amendments=amendments),
        samples=tuple(
            SampleRecord(
                number=number,
                details=present(entries, Section.SAMPLE, number, amendments=amendments),
                found=tuple(one for one in found if one.entry.sample == number),
                second_tests=tuple(one for one in tests if one.sample == number),
            )
            for number in sorted({entry.sample for entry in entries if entry.sample is not None})
        ),
        unsorted=tuple(one for one in found if one.entry.sample is None),
        decisions=_told(entries, amendments, Section.DECISION),
        custody=_told(entries, amendments, Section.CUSTODY),
        second_tests=tests,
        laboratory=_told(entries, amendments, Section.LABORATORY),
        laboratory_results=results,
        amendments=tuple(
            sorted((one for several in amendments.values() for one in several), key=lambda one: one.sequence)
        ),
    )


def _told(
    entries: Sequence[LogEntry], amendments: Mapping[int, Sequence[Amendment]], section: Section
) -> tuple[Told[Any], ...]:
    """Gather what was told in a section, each as it stands after its amendments."""
    return tuple(
        Told(
            restored(section, amended_section(entry, amendments)),
            entry.sequence,
            entry.time,
            entry.officer,
            entry.sample,
        )
        for entry in entries
        if section_of(entry) is section
    )


def _local_time(entries: Sequence[LogEntry]) -> datetime | None:
    for entry in entries:
        said = entry.body.get("local_time")
        if entry.kind is EntryKind.INSPECTION_OPENED and isinstance(said, str):
            return datetime.fromisoformat(said)
    return None
