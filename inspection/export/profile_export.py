"""The rows that a profile asks for, as CSV or as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inspection.errors import ExportError
from inspection.export.atomic import Written, replacing
from inspection.export.csv_export import BYTE_ORDER_MARK, csv_line
from inspection.export.profile import Profile
from inspection.export.profile_rows import (
    ExportRow,
    RowKind,
    found_outside_inspections,
    inspection_rows,
    rows_of,
)
from inspection.export.xlsx_export import TRAINING, write_profile_workbook
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import LogHead


def write_profile(
    log: InspectionLog,
    path: Path,
    head: LogHead,
    profile: Profile,
    *,
    inspection: str | None,
    as_workbook: bool,
    with_persons: bool,
) -> Written:
    """Write the log up to ``head`` as ``profile`` has it.

    From a training log every row begins with a cell that says so.
    Raises ExportError, LogError; then ``path`` is what it was before.
    """
    if not with_persons:
        profile = profile.without_persons()
        if not profile.columns:
            raise ExportError(
                f"expected columns without personal data in the profile {profile.name}, found none"
            )
    mark = [TRAINING] if log.kind is LogKind.TRAINING else []
    headers = [*mark, *(column.header for column in profile.columns)]
    wanted = (row for row in _rows(log, head, inspection, profile) if profile.wants(row))
    rows = ([*mark, *profile.cells(row)] for row in wanted)
    if as_workbook:
        return write_profile_workbook(log, path, head, profile=profile, headers=headers, rows=rows)
    count = 0
    with replacing(path) as file:
        file.write(BYTE_ORDER_MARK + csv_line(headers))
        for row in rows:
            file.write(csv_line(row))
            count += 1
    return Written(count, file.sha256)


def _rows(log: InspectionLog, head: LogHead, inspection: str | None, profile: Profile) -> Iterator[ExportRow]:
    """Give all rows; personal data are not even read for a profile that does not ask for them."""
    for whole in inspection_rows(log, head, inspection, with_persons=profile.is_nominal):
        yield from rows_of(profile.rows, whole)
    if profile.rows is RowKind.IDENTIFICATION and inspection is None:
        for found in found_outside_inspections(log, head):
            yield ExportRow(head, log.kind, found=found)
