"""The entries of one part of the customs record out of a large log, without reading the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from inspection.errors import LogError
from inspection.log_file import translated
from inspection.log_volume import LogVolume
from inspection.record.sections import Section
from inspection.records import EntryKind, LogEntry

PAGE: Final = 25  # entries read at a time; see log.PAGE
# Left to itself SQLite would rather read the whole file than sort the numbers that the index gives.
_OF_ALL: Final = "entries INDEXED BY entries_by_kind WHERE ? IS NULL"
_OF_ONE: Final = "entries WHERE inspection = ?"
# An entry that is no JSON any more belongs to no section: what became of it, ``log verify`` says.
_OF_SECTION: Final = (
    "AND kind IN (?, ?) AND CASE WHEN json_valid(CAST(entry AS TEXT)) "
    "THEN json_extract(CAST(entry AS TEXT), '$.body.section') END = ? ORDER BY sequence"
)


def section_entries(
    volume: LogVolume, section: Section, kind: EntryKind | None = None, *, inspection: str | None = None
) -> Iterator[LogEntry]:
    """Give the entries of a volume that fill in ``section`` and those that amend them, the oldest first.

    ``kind`` RECORD or AMENDMENT: only the one or the other.  Raises LogError, LogDamagedError.
    """
    source = _OF_ALL if inspection is None else _OF_ONE
    kinds = [kind or EntryKind.RECORD, kind or EntryKind.AMENDMENT]
    with translated(volume.path, "read", LogError):
        sql = f"SELECT sequence FROM {source} {_OF_SECTION}"
        rows = volume.db.execute(sql, [inspection, *map(str, kinds), section.value]).fetchall()
    numbers = [sequence for (sequence,) in rows]
    for start in range(0, len(numbers), PAGE):
        yield from volume.numbered(numbers[start : start + PAGE])
