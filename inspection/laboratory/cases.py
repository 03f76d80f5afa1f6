"""Spectra of the log that a laboratory confirmed, as cases that ``library calibrate`` reads.

    OUT/cases.csv                       one row a case: file, entry, hashes, substance, who confirmed it
    OUT/spectra/acetone/000123.jdx      the stored spectrum, in the folder of the substance that it is of

A case is an identification whose newest result names one substance and whose results do not contradict each
other; what the instrument said plays no part.  To write cases calibrates nothing: whoever keeps the libraries
looks through them and then calls ``library calibrate OUT/spectra``.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from inspection.curves import StoredSpectrum
from inspection.errors import ExportError, ExportNoRoomError, RecordError, UnknownEntryError
from inspection.export.atomic import require_place, write_atomically
from inspection.export.csv_export import BYTE_ORDER_MARK, csv_line
from inspection.laboratory.results import NewestResult, newest_results
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import EntryKind, LogEntry, LogHead
from spectra_library.catalogue import Catalogue
from spectra_library.formats.jcamp_writer import jcamp_bytes
from spectra_library.substance import Substance
from spectra_library.whole_file import NO_ROOM, sync_folder

TABLE: Final = "cases.csv"
SPECTRA: Final = "spectra"
COLUMNS: Final = (
    *("file", "sha256", "entry", "entry_sha256", "spectrum_sha256", "verdict"),
    *("substance", "name", "cas", "result_entry", "laboratory", "reference", "reported", "method"),
)


@dataclass(frozen=True, slots=True)
class CasesReport:
    """What was written: ``count`` cases of ``substances`` substances; ``sha256`` of the table.

    ``left_out`` identifications with a result that is no case.  ``head`` where the log ended.
    """

    path: Path
    count: int
    substances: int
    left_out: int
    sha256: str
    head: LogHead


@dataclass(frozen=True, slots=True)
class _Case:
    """One identification with its spectrum, and the one substance that the laboratory found."""

    entry: LogEntry
    stored: StoredSpectrum
    substance: Substance
    result: NewestResult

    @property
    def file(self) -> str:
        return f"{SPECTRA}/{self.substance.id}/{self.entry.sequence:06d}.jdx"


def write_cases(
    log: InspectionLog,
    catalogue: Catalogue,
    out: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> CasesReport:
    """Write the cases of a period to the new folder ``out``; it appears whole or not at all.

    Raises RecordError for the training log, ExportError, LogError.
    """
    if log.kind is not LogKind.EVIDENCE:
        raise RecordError("expected the evidence log, found the training log: exercises confirm nothing")
    require_place(out)
    head = log.head()
    place = out.absolute()
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise ExportError(f"expected the name of a new folder, found {out} with other content")
        try:
            (part / SPECTRA).mkdir(parents=True)
            written = _Written()
            table = [BYTE_ORDER_MARK + csv_line(COLUMNS)]
            for case in _cases(log, catalogue, written, since, until):
                table.append(csv_line(_row(case, _write(case, part))))
                written.substances.add(case.substance.id)
            sha256 = write_atomically(part / TABLE, b"".join(table))
            with suppress(FileNotFoundError):
                place.rmdir()
            part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        sync_folder(place.parent)
    except OSError as error:
        reason = ExportNoRoomError if error.errno in NO_ROOM else ExportError
        raise reason(f"{out} could not be written: {error.strerror or error}") from error
    return CasesReport(out, len(table) - 1, len(written.substances), written.left_out, sha256, head)


class _Written:
    """What was written so far, and what was not."""

    def __init__(self) -> None:
        self.substances: set[str] = set()
        self.left_out = 0


def _cases(
    log: InspectionLog,
    catalogue: Catalogue,
    written: _Written,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[_Case]:
    for number, result in sorted(newest_results(log).items()):
        try:
            entry = log.entry(number)
        except UnknownEntryError:  # in an archive
            written.left_out += 1
            continue
        if (since is not None and entry.time < since) or (until is not None and entry.time >= until):
            continue
        substance = _only_substance(result, catalogue)
        stored = log.spectrum(number) if entry.kind is EntryKind.IDENTIFICATION else None
        if substance is None or stored is None:
            written.left_out += 1
            continue
        yield _Case(entry, stored, substance, result)


def _only_substance(result: NewestResult, catalogue: Catalogue) -> Substance | None:
    if result.is_contradictory or len(result.found) != 1 or result.found[0] not in catalogue:
        return None
    substance = catalogue.get(result.found[0])
    # Its id becomes the name of a folder, which says what the spectra in it are of.
    is_folder_name = substance.id.isascii() and all(one.isalnum() or one in "-_" for one in substance.id)
    return substance if is_folder_name else None


def _write(case: _Case, folder: Path) -> str:
    """Write the spectrum of a case; give the SHA-256 of the file."""
    content = jcamp_bytes(
        case.stored.spectrum,
        title=case.substance.name,
        cas=case.substance.cas,
        comments=[
            f"entry {case.entry.sequence} of the log, confirmed in entry {case.result.sequence}",
            f"stored spectrum, SHA-256 {case.stored.sha256}",
        ],
    )
    path = folder / case.file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _row(case: _Case, sha256: str) -> list[object]:
    said, entry, substance = case.result.newest, case.entry, case.substance
    return [
        *(case.file, sha256, entry.sequence, entry.hash.hex(), case.stored.sha256, entry.body.get("verdict")),
        *(substance.id, substance.name, substance.cas, case.result.sequence),
        *(said.laboratory, said.reference, said.reported, said.method),
    ]
