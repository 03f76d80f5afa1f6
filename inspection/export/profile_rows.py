"""What a row of a table can say, by name: ``transport.mode``, ``identification.name``, ``log.head``.

    log -records_of-> InspectionRecord -rows_of-> ExportRow -value_of-> one cell

The names are those of the sections of the record and of the columns of the CSV export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from inspection.amendments import Amendment, amended_body, amendments_by_entry
from inspection.chain import first_of_volume
from inspection.export.csv_export import COLUMNS, identification_cells
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import inspection_of, time_text
from inspection.log_writer import program_version
from inspection.record.inspection_record import Found, InspectionRecord, SampleRecord, Told, record_of
from inspection.record.sections import FORMS, Outcome, Section
from inspection.record.values import as_text
from inspection.records import EntryKind, Inspection, LogEntry, LogHead


class RowKind(StrEnum):
    """What one row of a table is about."""

    INSPECTION = "inspection"
    SAMPLE = "sample"  # with the newest identification of it
    IDENTIFICATION = "identification"
    SEIZURE = (
        "seizure"  # each sample of an inspection whose goods were seized; without samples the inspection
    )


@dataclass(frozen=True, slots=True)
class ExportRow:
    """What one row is made from; None for what it is not about.

    ``head`` where the log ended, ``kind`` of the log.
    """

    head: LogHead
    kind: LogKind
    record: InspectionRecord | None = None
    sample: SampleRecord | None = None
    found: Found | None = None


Value = Callable[[ExportRow], object]
PERSONS: Final = f"{Section.PERSONS}."  # how the names of all personal data begin

# Columns of the CSV export that say something of the inspection, the sample or the log.
_SAID_ELSEWHERE: Final = ("inspection", "sample", "volume", "log_count", "log_head")
_STATED_ONCE: Final = (Section.CIRCUMSTANCES, Section.TRANSPORT, Section.PAPERS, Section.PERSONS)


def value_of(row: ExportRow, name: str) -> object:
    """Give one cell: a text, a number, or None where there is nothing.  ``name`` is one of ``VALUES``."""
    return plain(VALUES[name](row))


def plain(value: object) -> object:
    """Give a value as a cell holds it: numbers stay numbers, times are UTC, several texts become one."""
    if value is None or value in ("", ()):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return time_text(value) if isinstance(value, datetime) else as_text(value)
    return value


def rows_of(kind: RowKind, record: InspectionRecord, head: LogHead, log_kind: LogKind) -> Iterator[ExportRow]:
    """Give the rows of one inspection."""
    whole = ExportRow(head, log_kind, record)
    samples = [
        replace(whole, sample=one, found=one.found[-1] if one.found else None) for one in record.samples
    ]
    if kind is RowKind.INSPECTION:
        yield whole
    elif kind is RowKind.SAMPLE:
        yield from samples
    elif kind is RowKind.IDENTIFICATION:
        yield from (
            replace(whole, sample=sample, found=one) for sample in record.samples for one in sample.found
        )
        yield from (replace(whole, found=one) for one in record.unsorted)
    elif record.decision is not None and record.decision.outcome is Outcome.SEIZE:
        newest = record.unsorted[-1] if record.unsorted else None
        yield from samples or [replace(whole, found=newest)]


def amendments_of(
    log: InspectionLog, head: LogHead, inspection: str | None
) -> dict[int, tuple[Amendment, ...]]:
    """Give what was amended up to ``head``, by the number of what it amends."""
    written = log.entries(kind=EntryKind.AMENDMENT, inspection=inspection, up_to=last_of(head))
    return amendments_by_entry(written)


def last_of(head: LogHead) -> int:
    """Give the number of the entry that a log ends with."""
    return first_of_volume(head.volume) + head.count - 1


def records_of(
    log: InspectionLog, head: LogHead, inspection: str | None, *, with_persons: bool
) -> Iterator[InspectionRecord]:
    """Put the record of every inspection together, or of one, as it was when the log ended at ``head``.

    One is read at a time.  Raises LogError.
    """
    last = last_of(head)
    for opened in log.entries(kind=EntryKind.INSPECTION_OPENED, inspection=inspection, up_to=last):
        entries = list(log.entries(inspection=opened.inspection, up_to=last))
        yield record_of(_inspection(opened, entries), entries, head, with_persons=with_persons)


def found_outside_inspections(log: InspectionLog, head: LogHead) -> Iterator[Found]:
    """Give the identifications that belong to no inspection.  Raises LogError."""
    last = last_of(head)
    amendments = amendments_by_entry(
        one for one in log.entries(kind=EntryKind.AMENDMENT, up_to=last) if one.inspection is None
    )
    for entry in log.entries(kind=EntryKind.IDENTIFICATION, up_to=last):
        if entry.inspection is None:
            own = amendments.get(entry.sequence, ())
            yield Found(entry, amended_body(entry, own), own, ())


def _inspection(opened: LogEntry, entries: Sequence[LogEntry]) -> Inspection:
    closed, signed = None, None
    for entry in entries:
        closed = entry if entry.kind is EntryKind.INSPECTION_CLOSED else closed
        signed = entry if entry.kind is EntryKind.SIGN_OFF else signed
    amendments = amendments_by_entry(entries).get(opened.sequence, ())
    return inspection_of(opened, closed, amendments=amendments, signed=signed)


def _of_record(read: Callable[[InspectionRecord], object]) -> Value:
    return lambda row: None if row.record is None else read(row.record)


def _of_section(section: Section, name: str) -> Value:
    return _of_record(lambda record: getattr(getattr(record, section.value), name))


def _of_sample(name: str) -> Value:
    return lambda row: None if row.sample is None else getattr(row.sample.details, name)


def _of_newest(gather: Callable[[InspectionRecord], tuple[Told[Any], ...]], name: str) -> Value:
    """Give a field of the newest of what was told about the sample, or else about the inspection."""

    def read(row: ExportRow) -> object:
        if row.record is None:
            return None
        number = None if row.sample is None else row.sample.number
        told = gather(row.record)
        fitting = told if number is None else tuple(one for one in told if one.sample in (number, None))
        own = tuple(one for one in fitting if one.sample == number) or fitting
        return getattr(own[-1].said, name) if own else None

    return read


def _of_result(name: str) -> Value:
    """Give a field of what the laboratory said last: against this identification, or against none."""
    otherwise = _of_newest(
        lambda record: tuple(one for one in record.laboratory_results if one.said.entry is None), name
    )
    of_inspection = _of_newest(lambda record: record.laboratory_results, name)

    def read(row: ExportRow) -> object:
        if row.found is None:
            return of_inspection(row)
        if row.found.laboratory:
            return getattr(row.found.laboratory[-1].said, name)
        return otherwise(row)

    return read


def _of_found(name: str) -> Value:
    def read(row: ExportRow) -> object:
        if row.found is None:
            return None
        amended = replace(row.found.entry, body=row.found.body)
        return identification_cells(amended, row.head, row.found.amendments)[name]

    return read


def _status(row: ExportRow) -> object:
    """Tell how the law treats what was named or is nearest: the strictest of all."""
    said = {one.get("status") for one in _meant(row.found)}
    return next((one for one in ("controlled", "watched", "unknown", "other") if one in said), None)


def _named(row: ExportRow) -> object:
    """Name all that the verdict names, a group with "or", a mixture with "and"; no near miss."""
    verdict = None if row.found is None else row.found.body.get("verdict")
    joint = {"match": "", "group": " or ", "mixture": " and "}.get(str(verdict))
    return None if joint is None else joint.join(str(one.get("name")) for one in _meant(row.found))


def _meant(found: Found | None) -> Sequence[Mapping[str, Any]]:
    """Give the candidates or components that a verdict speaks of."""
    body: Mapping[str, Any] = {} if found is None else found.body
    candidates = body.get("candidates") or ()
    verdict = body.get("verdict")
    if verdict == "mixture":
        return body.get("components") or ()
    if verdict == "group":
        members = body.get("group") or ()
        one_each = {one["substance"]: one for one in reversed(candidates) if one["substance"] in members}
        return [one_each[member] for member in members if member in one_each] or candidates[:1]
    return candidates[:1] if verdict in ("match", "inconclusive") else ()


def _found_day(row: ExportRow) -> date | None:
    return None if row.found is None else row.found.entry.time.astimezone(UTC).date()


def _day(record: InspectionRecord) -> date:
    """Give the day on the wall where it was written down, else the day in UTC."""
    return (record.local_time or record.inspection.opened.astimezone(UTC)).date()


def _names(section: Section) -> tuple[str, ...]:
    return tuple(one.name for one in fields(FORMS[section]))


def _values() -> dict[str, Value]:
    found: dict[str, Value] = {
        "inspection.number": _of_record(lambda record: record.inspection.id),
        "inspection.day": _of_record(_day),
        "inspection.opened": _of_record(lambda record: record.inspection.opened),
        "inspection.closed": _of_record(lambda record: record.inspection.closed),
        "inspection.signed_off": _of_record(lambda record: record.inspection.signed_off),
        "inspection.signed_off_by": _of_record(lambda record: record.inspection.signed_off_by),
        "inspection.officer": _of_record(lambda record: record.inspection.officer),
        "inspection.container": _of_record(lambda record: record.inspection.container),
        "inspection.declared": _of_record(lambda record: record.inspection.declared),
        "inspection.hs_code": _of_record(lambda record: record.inspection.hs_code),
        "inspection.samples": _of_record(lambda record: len(record.samples)),
    }
    for section in _STATED_ONCE:
        found |= {f"{section}.{name}": _of_section(section, name) for name in _names(section)}
    for section, gather in (
        (Section.DECISION, lambda record: record.decisions),
        (Section.CUSTODY, lambda record: record.custody),
        (Section.SECOND_TEST, lambda record: record.second_tests),
        (Section.LABORATORY, lambda record: record.laboratory),
    ):
        found |= {f"{section}.{name}": _of_newest(gather, name) for name in _names(section)}
    result = Section.LABORATORY_RESULT
    found |= {f"{result}.{name}": _of_result(name) for name in _names(result)}
    found["sample.number"] = lambda row: None if row.sample is None else row.sample.number
    found |= {f"sample.{name}": _of_sample(name) for name in _names(Section.SAMPLE)}
    for name in COLUMNS:
        if name not in _SAID_ELSEWHERE:
            found[f"identification.{name}"] = _of_found(name)
    return {
        **found,
        "identification.day": _found_day,
        "identification.named": _named,
        "identification.status": _status,
        "log.kind": lambda row: str(row.kind),
        "log.volume": lambda row: row.head.volume,
        "log.count": lambda row: row.head.count,
        "log.head": lambda row: row.head.head,
        "log.anchor": lambda row: str(row.head),
        "log.program_version": lambda row: program_version(),
    }


VALUES: Final[Mapping[str, Value]] = MappingProxyType(_values())
