"""The newest entries of the log, for a list that a person looks through."""

from __future__ import annotations

from datetime import datetime

from inspection.log import InspectionLog
from inspection.records import LogEntry


def newest_first(
    log: InspectionLog,
    *,
    text: str = "",
    since: datetime | None = None,
    verdict: str | None = None,
    limit: int = 200,
) -> tuple[LogEntry, ...]:
    """Give at most ``limit`` entries that fit all of the filters, the newest first.

    ``text`` is looked for, in any case, in what ``log_rows.searched_text`` gives.
    """
    return tuple(reversed(list(log.entries(text=text, since=since, verdict=verdict, limit=limit))))
