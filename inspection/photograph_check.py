"""Which photographs a log names, and what became of them in the folder beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inspection.errors import LogError
from inspection.log import InspectionLog
from inspection.log_volume import LogVolume
from inspection.record.photographs import PhotographState, named_photographs, photograph_state
from inspection.record.searching import section_entries
from inspection.record.sections import Photograph, Section


@dataclass(frozen=True, slots=True)
class NamedPhotograph:
    """A photograph, and the first entry that names it."""

    entry: int
    photograph: Photograph


@dataclass(frozen=True, slots=True)
class PhotographCheck:
    """What was not found as the log names it; ``there`` is how many were."""

    there: int
    missing: tuple[NamedPhotograph, ...]
    changed: tuple[NamedPhotograph, ...]


NO_PHOTOGRAPHS: Final = PhotographCheck(0, (), ())


def photographs_of(log: InspectionLog, *, inspection: str | None = None) -> tuple[NamedPhotograph, ...]:
    """List the photographs that a log, or one inspection, names, each once, the first named first.

    Those that an amendment took back are among them.  Raises LogError, LogDamagedError.
    """
    return tuple(_each_once(named for volume in log.volumes for named in _named_in(volume, inspection)))


def check_photographs(log: InspectionLog, folder: Path) -> PhotographCheck:
    """Compare all photographs that a log names with what lies in ``folder``.

    A volume that cannot be read names none here: that is for the check of the log to say.
    """
    by_state: dict[PhotographState, list[NamedPhotograph]] = {state: [] for state in PhotographState}
    for named in _each_once(_readable(log)):
        by_state[photograph_state(named.photograph, folder)].append(named)
    return PhotographCheck(
        len(by_state[PhotographState.THERE]),
        tuple(by_state[PhotographState.MISSING]),
        tuple(by_state[PhotographState.CHANGED]),
    )


def check_object(check: PhotographCheck) -> dict[str, object]:
    """Give the JSON object of a check."""
    return {
        "there": check.there,
        "missing": [_named_object(one) for one in check.missing],
        "changed": [_named_object(one) for one in check.changed],
    }


def _readable(log: InspectionLog) -> Iterator[NamedPhotograph]:
    for volume in log.volumes:
        with suppress(LogError):
            yield from _named_in(volume, None)


def _named_in(volume: LogVolume, inspection: str | None) -> Iterator[NamedPhotograph]:
    for entry in section_entries(volume, Section.SAMPLE, inspection=inspection):
        for photograph in named_photographs(entry):
            yield NamedPhotograph(entry.sequence, photograph)


def _each_once(named: Iterable[NamedPhotograph]) -> Iterator[NamedPhotograph]:
    seen: set[str] = set()
    for one in named:
        if one.photograph.sha256 not in seen:
            seen.add(one.photograph.sha256)
            yield one


def _named_object(named: NamedPhotograph) -> dict[str, object]:
    return {"entry": named.entry, "name": named.photograph.name, "sha256": named.photograph.sha256}
