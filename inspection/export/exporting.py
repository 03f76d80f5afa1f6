"""The log to one file, in the format that is asked for; the file is replaced in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from inspection.errors import ExportError
from inspection.export.atomic import Written, replacing
from inspection.export.bundle import write_bundle
from inspection.export.bundle_library import libraries_at_hand
from inspection.export.csv_export import EXCERPT, csv_head, csv_rows
from inspection.export.in_parts import WORTH_PROCESSES, Rows, rows_in_parts
from inspection.export.json_export import json_lines, json_lines_without_persons
from inspection.export.profile import Profile
from inspection.export.profile_export import write_profile
from inspection.export.profile_rows import amendments_of
from inspection.export.xlsx_export import write_log_workbook
from inspection.folders import DataFolder
from inspection.language import ENGLISH, Wording
from inspection.log import InspectionLog
from inspection.records import LogHead
from spectra_library.shelf import LibraryShelf


class ExportFormat(StrEnum):
    """What the log can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PDF = "pdf"
    BUNDLE = "bundle"


ENDINGS = {
    ".csv": ExportFormat.CSV,
    ".xlsx": ExportFormat.XLSX,
    ".json": ExportFormat.JSON,
    ".pdf": ExportFormat.PDF,
    ".zip": ExportFormat.BUNDLE,
}


# What a format begins with, what writes its rows, and what that looks at in an entry.
ROWS: Final[dict[ExportFormat, tuple[bytes, Rows, Mapping[str, str] | None]]] = {
    ExportFormat.CSV: (csv_head(), csv_rows, EXCERPT),
    ExportFormat.JSON: (b"", json_lines, None),
}


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
    *,
    with_persons: bool = True,
    profile: Profile | None = None,
    words: Wording = ENGLISH,
) -> ExportReport:
    """Write the log, or one inspection of it, to ``path``.

    A bundle holds copies of the references that were compared, from the libraries beside the log and those
    of the program.  ``with_persons`` False leaves personal data out.  ``profile`` gives a CSV file or a
    workbook its rows and columns in place of the usual ones.  ``words`` the language of a PDF; the others are
    for programs, and English.
    Raises ExportError, UnknownInspectionError, LogError; then ``path`` is what it was before.
    """
    number = None if inspection is None else log.inspection(inspection).id
    if profile is not None and format not in (ExportFormat.CSV, ExportFormat.XLSX):
        raise ExportError(f"expected csv or xlsx for the profile {profile.name}, found {format}")
    if format is ExportFormat.BUNDLE and not with_persons:
        raise ExportError(
            "expected personal data in a bundle, which shows records as they were hashed, found without "
            "persons: write JSON, which withholds them and can be checked as well"
        )
    if format is ExportFormat.BUNDLE:
        shelf = LibraryShelf(DataFolder(log.path.parent).libraries)
        bundle = write_bundle(log, path, inspection=number, libraries=lambda: libraries_at_hand(shelf))
        return _report(path, format, Written(bundle.count, bundle.sha256), bundle.head)
    head = log.head()
    written = _write(
        log, path, format, head, inspection=number, with_persons=with_persons, profile=profile, words=words
    )
    return _report(path, format, written, head)


def _write(
    log: InspectionLog,
    path: Path,
    format: ExportFormat,  # noqa: A002 - see export_log
    head: LogHead,
    *,
    inspection: str | None,
    with_persons: bool,
    profile: Profile | None,
    words: Wording,
) -> Written:
    """Write one file, which ends at ``head``."""
    as_workbook = format is ExportFormat.XLSX
    if profile is not None:
        return write_profile(
            log,
            path,
            head,
            profile,
            inspection=inspection,
            as_workbook=as_workbook,
            with_persons=with_persons,
        )
    if as_workbook:
        return write_log_workbook(log, path, head, inspection=inspection, with_persons=with_persons)
    if format is ExportFormat.PDF:
        from inspection.export.pdf.writing import write_pdf  # reportlab: 0.2 s that no other format waits for

        return write_pdf(log, path, head, words, inspection=inspection, with_persons=with_persons)
    return _write_rows(log, path, format, head, inspection=inspection, with_persons=with_persons)


def _write_rows(
    log: InspectionLog,
    path: Path,
    format: ExportFormat,  # noqa: A002 - see export_log
    head: LogHead,
    *,
    inspection: str | None,
    with_persons: bool,
) -> Written:
    """Write CSV or JSON, row by row."""
    beginning, rows, excerpt = ROWS[format]
    if format is ExportFormat.JSON and not with_persons:
        rows = json_lines_without_persons
    if format is ExportFormat.CSV:
        rows = partial(csv_rows, amendments=amendments_of(log, head, inspection))
    count = 0
    with replacing(path) as file, _pieces(log, rows, excerpt, head, inspection) as pieces:
        file.write(beginning)
        for piece, records in pieces:
            file.write(piece)
            count += records
    return Written(count, file.sha256)


def _report(
    path: Path,
    format: ExportFormat,  # noqa: A002 - see export_log
    written: Written,
    head: LogHead,
) -> ExportReport:
    return ExportReport(path, format, written.count, written.sha256, head.head, head.volume, head.count)


@contextmanager
def _pieces(
    log: InspectionLog,
    rows: Rows,
    excerpt: Mapping[str, str] | None,
    head: LogHead,
    inspection: str | None,
) -> Iterator[Iterator[tuple[bytes, int]]]:
    """Give what ``rows`` makes of the log up to ``head``, or of one inspection, piece by piece."""
    last = head.last
    if inspection is not None or sum(one.head().count for one in log.volumes) < WORTH_PROCESSES:
        yield rows(log.entries(inspection=inspection, up_to=last), head)
        return
    with closing(rows_in_parts(log.volumes, log.kind, rows, head, last=last, excerpt=excerpt)) as pieces:
        yield pieces
