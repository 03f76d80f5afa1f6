"""What the entries of an inspection say, read before anything is drawn.

Whatever goes wrong here is the entry's fault, and whatever goes wrong afterwards is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from inspection.errors import LogDamagedError
from inspection.export.pdf.code import SHORT
from inspection.export.pdf.laid_over import LaidOver, laid_over
from inspection.export.pdf.recorded import recorded_substances
from inspection.export.pdf.telling import Told, is_of_one_reference, told
from inspection.export.receipt import time_words
from inspection.export.recorded_shape import require_shape
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.log_writer import program_version
from inspection.record.inspection_record import Found, InspectionRecord, record_of
from inspection.records import LogEntry, LogHead
from spectra_library.catalogue import Catalogue
from spectra_library.library import ReferenceLibrary
from spectra_library.verdicts import Verdict

_NEGATIVE = (Verdict.NO_MATCH, Verdict.INCONCLUSIVE)


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One identification: what it says, where it comes from, and its curves; None where none was stored."""

    said: Told
    origin: str
    curves: LaidOver | None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """An inspection as it is printed.

    ``findings`` by the number of the entry.  ``basis`` what the answers were computed from, label and text.
    ``catalogue`` with what only the entries know.
    """

    record: InspectionRecord
    catalogue: Catalogue
    findings: Mapping[int, Finding]
    basis: tuple[tuple[str, str], ...]

    @property
    def is_negative(self) -> bool:
        """Tell whether a finding could be taken for an all-clear."""
        return any(Verdict(one.body["verdict"]) in _NEGATIVE for one in self.record.found)


def read_inspection(
    log: InspectionLog,
    words: Wording,
    entries: Sequence[LogEntry],
    *,
    head: LogHead,
    inspection: str,
    catalogue: Catalogue,
    libraries: Callable[[], Sequence[ReferenceLibrary]],
) -> Reading:
    """Read an inspection out of its ``entries``; ``libraries`` is called once, when an entry names one.

    Raises UnknownInspectionError, and LogDamagedError for what was not written by this program.
    """
    opened = log.inspection(inspection)
    at_hand = cache(libraries)  # read once, whatever the number of samples
    try:
        for entry in entries:
            require_shape(entry)
        record = record_of(opened, entries, head)
        catalogue = catalogue.extended(
            one for found in record.found for one in recorded_substances(found.entry.body)
        )
        return Reading(
            record=record,
            catalogue=catalogue,
            findings={
                one.entry.sequence: _finding(log, words, one, catalogue, at_hand) for one in record.found
            },
            basis=tuple(_basis(words, [one.entry.body for one in record.found])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LogDamagedError(f"what was recorded cannot be printed: {error!r}") from error


def _finding(
    log: InspectionLog,
    words: Wording,
    found: Found,
    catalogue: Catalogue,
    libraries: Callable[[], Sequence[ReferenceLibrary]],
) -> Finding:
    entry = found.entry
    said = told(words, found, catalogue)
    stored = log.spectrum(entry.sequence)
    curves = None
    if stored is not None:
        is_named = is_of_one_reference(said.verdict)
        curves = laid_over(stored.spectrum, entry.body, libraries, is_named=is_named)
    return Finding(said, " · ".join(_origin(words, entry)), curves)


def _origin(words: Wording, entry: LogEntry) -> Iterator[str]:
    yield words("record {number}").format(number=entry.sequence)
    yield time_words(entry.time)
    if entry.officer:
        yield words("recorded by {name}").format(name=entry.officer)
    body: Mapping[str, Any] = entry.body
    capture: Mapping[str, Any] = body.get("capture") or {}
    if not capture:
        return
    yield words("instrument {device} {serial}").format(
        device=capture.get("device"), serial=capture.get("serial")
    )
    if capture.get("scans") is not None:
        yield words("{scans} scans at {resolution} cm⁻¹").format(
            scans=capture["scans"], resolution=f"{capture['resolution_cm']:g}"
        )


def _basis(words: Wording, bodies: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What the answers were computed from, each once."""
    bodies = list(bodies)
    for label, name in (
        (words("Library"), "library"),
        (words("Recipe"), "recipe"),
        (words("Calibration"), "calibration"),
        (words("Substance catalogue"), "catalogue"),
    ):
        said = [_stamp(body[name]) for body in bodies if body.get(name)]
        if name == "calibration" and bodies and not said:
            said = [words("none")]
        if said:
            yield label, "; ".join(dict.fromkeys(said))
    yield words("Program"), f"Chemgate {program_version()}"


def _stamp(said: Mapping[str, Any]) -> str:
    """Write what names a library, a recipe, a calibration or a catalogue, its hash cut short."""
    parts = [str(said[name]) for name in ("name", "version", "date") if said.get(name)]
    return " ".join([*parts, f"sha256 {str(said.get('sha256', ''))[:SHORT]}…"])
