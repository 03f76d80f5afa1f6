"""What laboratories found, brought to the identifications it speaks of and written into the log.

A result says which identification it means by the number of its entry, by the reference under which the
sample was sent, or by inspection and sample; where it says several of these, they must fit.  Of several
identifications of one sample the newest is meant, as in a list of samples.  Each result is one entry, so that
one that is refused spoils no other, and a table can be read again after its mistakes were put right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, timedelta
from typing import Any, Final

from inspection.amendments import one_line
from inspection.errors import ColumnError, RecordError, UnknownEntryError, UnknownInspectionError
from inspection.laboratory.naming import substance_called
from inspection.laboratory.results import is_second_opinion, laboratory_results, standing
from inspection.laboratory.table import TypedResult
from inspection.log import InspectionLog
from inspection.record.recording import recording
from inspection.record.sections import LaboratoryRequest, LaboratoryResult, Section
from inspection.record.values import as_text, given, value_of
from inspection.records import EntryKind, LogEntry, NewEntry, inspection_number
from spectra_library.catalogue import Catalogue
from spectra_library.formats.plain_text import shown
from spectra_library.names import fold

LARGEST_NUMBER: Final = 18  # digits, which SQLite can hold
_AHEAD: Final = timedelta(days=1)  # it may be tomorrow already where the laboratory is
_DAY_WITH_DOTS: Final = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A result that is in the log now: entry ``written`` speaks of the identification ``entry``.

    ``unknown`` what the laboratory named and the catalogue does not know; it stands in the finding.
    ``newest_of`` so many identifications of the sample there are, where the row did not say which it means.
    ``follows`` the newest entry before it with a laboratory's result on the same identification.
    ``ahead`` the day of the report where that is more than a day after it was written down.
    """

    entry: int
    written: int
    substances: tuple[str, ...]
    unknown: tuple[str, ...]
    newest_of: int
    follows: int | None = None
    ahead: date | None = None


class LaboratoryDesk:
    """Takes results for the log of one inspection after the other; made once for a table.

    Reads what laboratories were sent and have answered so far, and keeps that up as results are added.
    """

    def __init__(self, log: InspectionLog, catalogue: Catalogue) -> None:
        self._log = log
        self._catalogue = catalogue
        self._requests = _requests(log)
        self._results = _results(log)

    def record(self, typed: TypedResult) -> Recorded:
        """Write one result into the log.

        Raises RecordError, ColumnError where a single column is to blame, UnknownEntryError,
        UnknownInspectionError, LogError: then nothing of it is in the log.
        """
        reason = one_line(typed.again, "reason")
        identification, candidates = self._meant(typed)
        self._require_sent(typed.reference, identification)
        result, unknown = self._result(typed, identification.sequence)
        before = self._same_report(result)
        if before is not None:
            _require_another(before, result, reason)
        elif reason:
            raise _wrong("again", "expected no reason, for this laboratory gave no earlier result")
        new = recording(
            identification.inspection or "",
            Section.LABORATORY_RESULT,
            dict(given(result)),
            sample=identification.sample,
        )
        if before is not None:
            new = _with_reason(new, before.sequence, reason)
        earlier = self._results.setdefault(identification.sequence, [])
        of_laboratories = [one.sequence for one in earlier if not is_second_opinion(one.result.method)]
        written = self._log.append(new)
        earlier.append(_Earlier(written.sequence, result))
        last_day = written.time.astimezone(UTC).date() + _AHEAD
        is_ahead = result.reported is not None and result.reported > last_day
        return Recorded(
            identification.sequence,
            written.sequence,
            result.substances,
            unknown,
            candidates,
            follows=of_laboratories[-1] if of_laboratories else None,
            ahead=result.reported if is_ahead else None,
        )

    def _meant(self, typed: TypedResult) -> tuple[LogEntry, int]:
        """Find the identification that is meant, and among how many of its sample it is the newest."""
        sample = _count("sample", typed.sample)
        inspection = inspection_number(typed.inspection)
        if typed.entry:
            entry = self._identification(_count("entry", typed.entry) or 0)
            _require_fit("inspection", inspection, entry.inspection)
            _require_fit("sample", sample, entry.sample)
            return entry, 1
        if inspection:
            if sample is None:
                raise _wrong("sample", "expected the number of a sample beside the inspection, found none")
            return self._newest(inspection, sample, "inspection")
        if sample is not None:
            raise _wrong("inspection", "expected the inspection of the sample, found none")
        return self._sent_as(typed)

    def _identification(self, number: int) -> LogEntry:
        try:
            entry = self._log.entry(number)
        except UnknownEntryError as error:
            raise _wrong("entry", f"expected an entry of the log, found: {error}") from error
        if entry.kind is not EntryKind.IDENTIFICATION:
            kind = entry.kind.value.replace("_", " ")
            raise _wrong("entry", f"expected an identification, found entry {number}, {kind}")
        if entry.inspection is None:
            raise _wrong(
                "entry", f"expected an identification of an inspection, found entry {number} of none"
            )
        return entry

    def _newest(self, inspection: str, sample: int | None, column: str) -> tuple[LogEntry, int]:
        """Give the newest identification of a sample; of an inspection whose only sample it is, too."""
        try:
            number = self._log.inspection(inspection).id
        except UnknownInspectionError as error:
            raise _wrong(column, f"expected an inspection of this log, found: {error}") from error
        found = [
            entry
            for entry in self._log.entries(inspection=number, kind=EntryKind.IDENTIFICATION)
            if sample is None or entry.sample == sample
        ]
        samples = {entry.sample for entry in found}
        if len(samples) != 1:
            what = f"sample {sample}" if sample is not None else "one sample"
            several = (
                f"samples {', '.join(str(one) for one in sorted(samples, key=str))}" if samples else "none"
            )
            raise _wrong(
                column, f"expected an identification of {what} in inspection {number}, found {several}"
            )
        return found[-1], len(found)

    def _sent_as(self, typed: TypedResult) -> tuple[LogEntry, int]:
        if not typed.reference:
            raise _wrong(
                "entry",
                "expected an entry, a laboratory reference, or inspection and sample, found none of them",
            )
        sent = [
            one
            for one in self._requests.get(fold(typed.reference), ())
            if not typed.laboratory or not one.laboratory or fold(one.laboratory) == fold(typed.laboratory)
        ]
        places = {(one.inspection, one.sample) for one in sent}
        if len(places) != 1:
            found = "samples of several inspections" if places else "none"
            raise _wrong(
                "reference", f"expected a sample that was sent as {shown(typed.reference)}, found {found}"
            )
        inspection, sample = places.pop()
        return self._newest(inspection, sample, "reference")

    def _require_sent(self, reference: str, identification: LogEntry) -> None:
        """Refuse a reference under which only other samples were sent; one that nobody noted may be any."""
        sent = self._requests.get(fold(reference), ()) if reference else ()
        fitting = [
            one
            for one in sent
            if one.inspection == identification.inspection and one.sample in (None, identification.sample)
        ]
        if sent and not fitting:
            raise _wrong(
                "reference",
                f"expected that of the sample in entry {identification.sequence}, found {shown(reference)}, "
                f"under which a sample of inspection {sent[0].inspection} was sent",
            )

    def _result(self, typed: TypedResult, entry: int) -> tuple[LaboratoryResult, tuple[str, ...]]:
        """Read what was typed: the result, and what the catalogue does not know of it."""
        if is_second_opinion(typed.method):
            raise _wrong("method", "expected how the laboratory found it, found a second opinion: log answer")
        named, unknown = self._substances(typed.substances)
        finding = _read("finding", typed.finding)
        if unknown:
            told = f"not in the catalogue: {'; '.join(unknown)}"
            finding = f"{finding}; {told}" if finding else told
        if not named and not finding:
            raise _wrong("substances", "expected a substance or a finding, found neither")
        result = LaboratoryResult(
            entry=entry,
            laboratory=_read("laboratory", typed.laboratory),
            reference=_read("reference", typed.reference),
            reported=_read("reported", _iso_day(typed.reported)),
            method=_read("method", typed.method),
            substances=_read_lines("substances", named),
            finding=_read("finding", finding),
        )
        return result, unknown

    def _substances(self, typed: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the ids of what the catalogue knows, and the texts of the rest."""
        named: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for text in (one_line(one, "substance") for one in typed):
            if not text:
                continue
            substance = substance_called(text, self._catalogue)
            (named if substance else unknown).setdefault(substance or text)
        return tuple(named), tuple(unknown)

    def _same_report(self, result: LaboratoryResult) -> _Earlier | None:
        """Find the newest result that the same laboratory gave for this entry under the same reference."""
        for earlier in reversed(self._results.get(result.entry or 0, [])):
            if _report(earlier.result) == _report(result):
                return earlier
        return None


@dataclass(frozen=True, slots=True)
class _Sent:
    """A sample that was sent, under a reference of the laboratory's."""

    inspection: str
    sample: int | None
    laboratory: str


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A result in the log, as it stands after its amendments."""

    sequence: int
    result: LaboratoryResult


def _requests(log: InspectionLog) -> dict[str, list[_Sent]]:
    """Gather what was sent to laboratories by the reference, however it is spelt."""
    found: dict[str, list[_Sent]] = {}
    for entry, request in standing(log, Section.LABORATORY):
        said: LaboratoryRequest = request
        if said.reference and entry.inspection is not None:
            sent = _Sent(entry.inspection, entry.sample, said.laboratory)
            found.setdefault(fold(said.reference), []).append(sent)
    return found


def _results(log: InspectionLog) -> dict[int, list[_Earlier]]:
    found: dict[int, list[_Earlier]] = {}
    for entry, result in laboratory_results(log):
        if result.entry is not None:
            found.setdefault(result.entry, []).append(_Earlier(entry.sequence, result))
    return found


def _report(result: LaboratoryResult) -> tuple[str, str]:
    return fold(result.laboratory), fold(result.reference)


def _require_another(before: _Earlier, result: LaboratoryResult, reason: str) -> None:
    """Refuse what is in the log already, and what differs from it without a reason."""
    differing = [
        one.name
        for one in fields(LaboratoryResult)
        if as_text(getattr(before.result, one.name)) != as_text(getattr(result, one.name))
    ]
    if not differing:
        raise RecordError(
            f"expected a result that is not in the log yet, found that of entry {before.sequence}"
        )
    if not reason:
        raise RecordError(
            f"expected one result of this laboratory under this reference, found another in entry "
            f"{before.sequence} that differs in {', '.join(differing)}: amend that entry, or say why there "
            "is a further one (again)"
        )


def _with_reason(new: NewEntry, earlier: int, reason: str) -> NewEntry:
    """Say in the entry which earlier result it stands beside, and why."""
    return replace(new, body={**new.body, "again": {"entry": earlier, "reason": reason}})


def _require_fit(column: str, said: object, found: object) -> None:
    if said not in (None, "", found):
        raise _wrong(column, f"expected that of the entry, {found}, found {said}")


def _count(column: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LARGEST_NUMBER):
        raise _wrong(column, f"expected a whole number, found {shown(text)}")
    return int(text)


def _iso_day(text: str) -> str:
    """Give a day with dots, as offices here write it, as an ISO day; whatever else as it is."""
    found = _DAY_WITH_DOTS.fullmatch(text)
    if found is None:
        return text
    return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"


def _read(column: str, text: str) -> Any:
    return _read_lines(column, (text,))


def _read_lines(column: str, texts: Sequence[str]) -> Any:
    try:
        return value_of(Section.LABORATORY_RESULT, column, texts)
    except RecordError as error:
        raise _wrong(column, str(error)) from error


def _wrong(column: str, message: str) -> ColumnError:
    return ColumnError(f"column {column}: {message}", column)
