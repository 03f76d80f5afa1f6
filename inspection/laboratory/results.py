"""What laboratories found so far, out of the log, as it stands after its amendments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from inspection.amendments import amendments_by_entry
from inspection.log import InspectionLog
from inspection.record.recording import amended_section, section_of
from inspection.record.searching import section_entries
from inspection.record.sections import LaboratoryResult, Section
from inspection.record.values import restored
from inspection.records import EntryKind, LogEntry
from spectra_library.names import fold

# The method of what another officer said on a USB stick; see second_opinion.py.  It is no laboratory's.
SECOND_OPINION: Final = "second opinion"


@dataclass(frozen=True, slots=True)
class NewestResult:
    """What a laboratory said last of an identification, in entry ``sequence``.

    A result that names no substance stands here only where none does: it takes nothing back.
    ``is_contradictory`` where two results name different substances.
    """

    sequence: int
    newest: LaboratoryResult
    is_contradictory: bool

    @property
    def found(self) -> tuple[str, ...]:
        """The substances that were found, as they were written down."""
        return self.newest.substances


def laboratory_results(log: InspectionLog) -> Iterator[tuple[LogEntry, LaboratoryResult]]:
    """Give every result in the log, the oldest first, with its entry and as it stands after its amendments.

    Raises LogError, LogDamagedError.
    """
    return standing(log, Section.LABORATORY_RESULT)


def newest_results(log: InspectionLog) -> dict[int, NewestResult]:
    """Give the newest result by the number of the identification it speaks of, second opinions left out.

    Raises LogError, LogDamagedError.
    """
    results: dict[int, NewestResult] = {}
    for entry, result in laboratory_results(log):
        if result.entry is None or is_second_opinion(result.method):
            continue
        before = results.get(result.entry)
        if before is not None and before.found:
            if not result.substances:
                continue
            differs = set(before.found) != set(result.substances)
            results[result.entry] = NewestResult(entry.sequence, result, differs or before.is_contradictory)
        else:
            results[result.entry] = NewestResult(entry.sequence, result, is_contradictory=False)
    return results


def is_second_opinion(method: str) -> bool:
    """Tell whether it was no laboratory that said it."""
    return fold(method) == SECOND_OPINION


def standing(log: InspectionLog, section: Section) -> Iterator[tuple[LogEntry, Any]]:
    """Give what was told in a section, each with its entry, as it stands after its amendments.

    Raises LogError, LogDamagedError.
    """
    # An amendment may lie in a later volume than what it amends, so all of them come first.
    corrections = (
        entry for volume in log.volumes for entry in section_entries(volume, section, EntryKind.AMENDMENT)
    )
    amendments = amendments_by_entry(corrections)
    for volume in log.volumes:
        for entry in section_entries(volume, section, EntryKind.RECORD):
            if section_of(entry) is section:
                yield entry, restored(section, amended_section(entry, amendments))
