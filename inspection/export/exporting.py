"""The log to one file, in the format that is asked for; the file is replaced in one step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inspection.chain import first_of_volume
from inspection.errors import ExportError
from inspection.export.atomic import replacing
from inspection.export.bundle import write_bundle
from inspection.export.bundle_library import libraries_at_hand
from inspection.export.csv_export import csv_lines
from inspection.export.json_export import json_lines
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from spectra_library.shelf import LibraryShelf


class ExportFormat(StrEnum):
    """What the log can be written as."""

    CSV = "csv"
    JSON = "json"
    BUNDLE = "bundle"


ENDINGS = {".csv": ExportFormat.CSV, ".json": ExportFormat.JSON, ".zip": ExportFormat.BUNDLE}


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: ``count`` records into ``path``, whose bytes hash to ``sha256`` (64 hex digits).

    ``volume``, ``log_count`` and ``head`` say where the log ended when it was exported: an anchor.
    """

    path: Path
    format: ExportFormat
    count: int
    sha256: str
    head: str
    volume: int
    log_count: int


def format_of(path: Path) -> ExportFormat:
    """Tell the format from the ending of ``path``.  Raises ExportError for an ending that is none."""
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError as error:
        *others, last = ENDINGS
        known = f"{', '.join(others)} or {last}"
        raise ExportError(f"expected a name ending in {known}, found {path.name!r}") from error


def export_log(
    log: InspectionLog,
    path: Path,
    format: ExportFormat,  # noqa: A002 - the word of the command line
    inspection: str | None = None,
) -> ExportReport:
    """Write the log, or one inspection of it, to ``path``.

    A bundle holds copies of the references that were compared, from the libraries beside the log and those
    of the program.
    Raises ExportError, UnknownInspectionError, LogError; then ``path`` is what it was before.
    """
    number = None if inspection is None else log.inspection(inspection).id
    if format is ExportFormat.BUNDLE:
        shelf = LibraryShelf(DataFolder(log.path.parent).libraries)
        bundle = write_bundle(log, path, inspection=number, libraries=lambda: libraries_at_hand(shelf))
        head, count, sha256 = bundle.head, bundle.count, bundle.sha256
    else:
        head = log.head()
        lines = {ExportFormat.CSV: csv_lines, ExportFormat.JSON: json_lines}[format]
        last = first_of_volume(head.volume) + head.count - 1
        count = 0
        with replacing(path) as file:
            for line, records in lines(log.entries(inspection=number, up_to=last), head):
                file.write(line)
                count += records
        sha256 = file.sha256
    return ExportReport(path, format, count, sha256, head.head, head.volume, head.count)
