"""Look through the log from its newest entry backwards, for a text that a person typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from inspection.log import InspectionLog
from inspection.log_rows import named_substances
from inspection.records import EntryKind, LogEntry

LOOKED_THROUGH_AT_ONCE = 200


def newest_first(
    log: InspectionLog,
    *,
    text: str = "",
    since: datetime | None = None,
    verdict: str | None = None,
    limit: int = 200,
) -> Iterator[LogEntry]:
    """Give at most ``limit`` entries that fit all of the filters, the newest first.

    ``text`` is looked for, in any case, in what ``searched_texts`` gives.
    """
    wanted = text.strip().casefold()
    fitting = (
        entry
        for entry in _backwards(log, since=since, verdict=verdict)
        if not wanted or any(wanted in one.casefold() for one in searched_texts(entry))
    )
    return islice(fitting, limit)


def searched_texts(entry: LogEntry) -> Iterator[str]:
    """Give what an entry is found by: inspection, officer, papers, instrument, and what it was named."""
    body: Mapping[str, Any] = entry.body
    yield entry.inspection or ""
    yield entry.officer or ""
    if entry.kind is EntryKind.INSPECTION_OPENED:
        yield from (str(body.get(name, "")) for name in ("container", "declared", "hs_code"))
    if entry.kind is EntryKind.IDENTIFICATION:
        yield str((body.get("declared") or {}).get("text", ""))
        yield str(body.get("title", ""))
        yield str((body.get("capture") or {}).get("serial", ""))
        yield from _names(entry.kind, body)


def _names(kind: EntryKind, body: Mapping[str, Any]) -> Iterator[str]:
    """Give names and CAS numbers of what was named; of what was only similar, the first alone."""
    candidates = body.get("candidates", ())
    named = {*named_substances(kind, body), *(one["substance"] for one in candidates[:1])}
    for one in candidates:
        if one["substance"] in named:
            yield from (one["substance"], one["name"], one["cas"])


def _backwards(log: InspectionLog, *, since: datetime | None, verdict: str | None) -> Iterator[LogEntry]:
    up_to: int | None = None
    while True:
        page = list(log.entries(since=since, verdict=verdict, up_to=up_to, limit=LOOKED_THROUGH_AT_ONCE))
        yield from reversed(page)
        if len(page) < LOOKED_THROUGH_AT_ONCE:
            return
        up_to = page[0].sequence - 1
