"""The log to one file, in the format that is asked for; the file is replaced in one step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inspection.errors import ExportError
from inspection.export.atomic import replacing
from inspection.export.csv_export import csv_lines
from inspection.export.json_export import json_lines
from inspection.log import InspectionLog


class ExportFormat(StrEnum):
    """What the log can be written as."""

    CSV = "csv"
    JSON = "json"


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
        return ExportFormat(path.suffix.lower().lstrip("."))
    except ValueError as error:
        known = " or ".join(f".{name}" for name in ExportFormat)
        raise ExportError(f"expected a name ending in {known}, found {path.name!r}") from error


def export_log(
    log: InspectionLog,
    path: Path,
    format: ExportFormat,  # noqa: A002 - the word of the command line
    inspection: str | None = None,
) -> ExportReport:
    """Write the log, or one inspection of it, to ``path``.

    Raises ExportError, UnknownInspectionError, LogDamagedError; then ``path`` is what it was before.
    """
    number = None if inspection is None else log.inspection(inspection).id
    head = log.head()
    lines = {ExportFormat.CSV: csv_lines, ExportFormat.JSON: json_lines}[format]
    count = 0
    with replacing(path) as file:
        for line, records in lines(log.entries(inspection=number, up_to=head.count)):
            file.write(line)
            count += records
    return ExportReport(path, format, count, file.sha256, head.head, head.volume, head.count)
