"""What a row of a table can say, by name: ``transport.mode``, ``identification.name``, ``log.head``.

    log -inspection_rows-> ExportRow of each inspection -rows_of-> ExportRow -value_of-> one cell

The names are those of the sections of the record and of the columns of the CSV export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from inspection.amendments import Amendment, Field, amended_body, amendments_by_entry, newest
from inspection.export.csv_export import COLUMNS, identification_cells
from inspection.laboratory.results import is_second_opinion
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_rows import inspection_of, time_text
from inspection.log_writer import program_version
from inspection.record.inspection_record import Found, InspectionRecord, SampleRecord, Told, record_of
from inspection.record.sections import AT_THE_OPENING, LaboratoryResult, Outcome, Section
from inspection.record.values import as_text, field_names
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

    ``head`` where the log ended, ``kind`` of the log.  ``closing_remark`` what was said when the inspection
    was closed.
    """

    head: LogHead
    kind: LogKind
    record: InspectionRecord | None = None
    sample: SampleRecord | None = None
    found: Found | None = None
    closing_remark: str = ""


Value = Callable[[ExportRow], object]
PERSONS: Final = f"{Section.PERSONS}."  # how the names of all personal data begin
NOT_COMPARED_AGAIN: Final = "not compared again"  # instead of the verdict on a declaration that was amended

# What another officer said on a USB stick, by the field of a laboratory result that holds it.
_SECOND_OPINION: Final = {"by": "laboratory", "substances": "substances", "finding": "finding"}

# Columns of the CSV export that say something of the inspection, the sample or the log.
_SAID_ELSEWHERE: Final = ("inspection", "sample", "volume", "log_count", "log_head")


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


def rows_of(kind: RowKind, whole: ExportRow) -> Iterator[ExportRow]:
    """Give the rows of one inspection from the row of all of it."""
    record = whole.record
    if record is None:
        return
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
    written = log.entries(kind=EntryKind.AMENDMENT, inspection=inspection, up_to=head.last)
    return amendments_by_entry(written)


def inspection_rows(
    log: InspectionLog, head: LogHead, inspection: str | None, *, with_persons: bool
) -> Iterator[ExportRow]:
    """Give a row with the record of every inspection, or of one, as it was when the log ended at ``head``.

    One is read at a time.  Raises LogError.
    """
    last = head.last
    for opened in log.entries(kind=EntryKind.INSPECTION_OPENED, inspection=inspection, up_to=last):
        entries = list(log.entries(inspection=opened.inspection, up_to=last))
        closed = _newest_entry(entries, EntryKind.INSPECTION_CLOSED)
        record = record_of(_inspection(opened, closed, entries), entries, head, with_persons=with_persons)
        remark = "" if closed is None else str(closed.body.get("remark") or "")
        yield ExportRow(head, log.kind, record, closing_remark=remark)


def found_outside_inspections(log: InspectionLog, head: LogHead) -> Iterator[Found]:
    """Give the identifications that belong to no inspection.  Raises LogError."""
    last = head.last
    amendments = amendments_by_entry(
        one for one in log.entries(kind=EntryKind.AMENDMENT, up_to=last) if one.inspection is None
    )
    for entry in log.entries(kind=EntryKind.IDENTIFICATION, up_to=last):
        if entry.inspection is None:
            own = amendments.get(entry.sequence, ())
            yield Found(entry, amended_body(entry, own), own, ())


def _inspection(opened: LogEntry, closed: LogEntry | None, entries: Sequence[LogEntry]) -> Inspection:
    signed = _newest_entry(entries, EntryKind.SIGN_OFF)
    amendments = amendments_by_entry(entries).get(opened.sequence, ())
    changed = signed is not None and entries[-1] is not signed
    return inspection_of(opened, closed, amendments=amendments, signed=signed, changed_since=changed)


def _newest_entry(entries: Sequence[LogEntry], kind: EntryKind) -> LogEntry | None:
    return next((entry for entry in reversed(entries) if entry.kind is kind), None)


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


def _of_result(name: str, *, is_opinion: bool = False) -> Value:
    """Give a field of what a laboratory said last: against this identification, or against none.

    ``is_opinion`` of a second opinion, which is no laboratory's.
    """

    def meant(told: Sequence[Told[LaboratoryResult]]) -> tuple[Told[LaboratoryResult], ...]:
        return tuple(one for one in told if is_second_opinion(one.said.method) is is_opinion)

    otherwise = _of_newest(
        lambda record: tuple(one for one in meant(record.laboratory_results) if one.said.entry is None), name
    )
    of_inspection = _of_newest(lambda record: meant(record.laboratory_results), name)

    def read(row: ExportRow) -> object:
        if row.found is None:
            return of_inspection(row)
        own = meant(row.found.laboratory)
        return getattr(own[-1].said, name) if own else otherwise(row)

    return read


def _of_found(name: str) -> Value:
    def read(row: ExportRow) -> object:
        if row.found is None:
            return None
        amended = replace(row.found.entry, body=row.found.body)
        return identification_cells(amended, row.head, row.found.amendments)[name]

    return read


def _declared_verdict(row: ExportRow) -> object:
    """Give the verdict on the declaration; of one that was amended, that there is none."""
    if row.found is not None and Field.DECLARED in newest(row.found.amendments):
        return NOT_COMPARED_AGAIN
    return _of_found("declared_verdict")(row)


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


def _values() -> dict[str, Value]:
    found: dict[str, Value] = {
        "inspection.number": _of_record(lambda record: record.inspection.id),
        "inspection.day": _of_record(_day),
        "inspection.opened": _of_record(lambda record: record.inspection.opened),
        "inspection.closed": _of_record(lambda record: record.inspection.closed),
        "inspection.signed_off": _of_record(lambda record: record.inspection.signed_off),
        "inspection.signed_off_by": _of_record(lambda record: record.inspection.signed_off_by),
        "inspection.changed_since": _of_record(lambda record: record.inspection.changed_since),
        "inspection.officer": _of_record(lambda record: record.inspection.officer),
        "inspection.container": _of_record(lambda record: record.inspection.container),
        "inspection.declared": _of_record(lambda record: record.inspection.declared),
        "inspection.hs_code": _of_record(lambda record: record.inspection.hs_code),
        "inspection.samples": _of_record(lambda record: len(record.samples)),
        "inspection.closing_remark": lambda row: row.closing_remark,
    }
    for section in AT_THE_OPENING:
        found |= {f"{section}.{name}": _of_section(section, name) for name in field_names(section)}
    for section, gather in (
        (Section.DECISION, lambda record: record.decisions),
        (Section.CUSTODY, lambda record: record.custody),
        (Section.SECOND_TEST, lambda record: record.second_tests),
        (Section.LABORATORY, lambda record: record.laboratory),
    ):
        found |= {f"{section}.{name}": _of_newest(gather, name) for name in field_names(section)}
    result = Section.LABORATORY_RESULT
    found |= {f"{result}.{name}": _of_result(name) for name in field_names(result)}
    found |= {
        f"second_opinion.{name}": _of_result(field, is_opinion=True)
        for name, field in _SECOND_OPINION.items()
    }
    found["sample.number"] = lambda row: None if row.sample is None else row.sample.number
    found |= {f"sample.{name}": _of_sample(name) for name in field_names(Section.SAMPLE)}
    for name in COLUMNS:
        if name not in _SAID_ELSEWHERE:
            found[f"identification.{name}"] = _of_found(name)
    return {
        **found,
        "identification.declared_verdict": _declared_verdict,
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
