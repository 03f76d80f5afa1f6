"""Entries as JSON, one a line, with the text that was hashed: another program can compute the chain again.

    {"sequence", "time", "kind", "officer", "inspection", "sample", "spectrum", "body",
     "entry": the text that was hashed, "previous": hex, "hash": hex}

docs/evidence.md shows the check in ten lines of Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from inspection.log_rows import time_text
from inspection.records import LogEntry


def json_lines(entries: Iterable[LogEntry]) -> Iterator[tuple[bytes, int]]:
    """Give the file piece by piece, each with the number of records in it."""
    for entry in entries:
        yield json_line(entry), 1


def json_line(entry: LogEntry) -> bytes:
    """Write one entry as one line."""
    line = {
        "sequence": entry.sequence,
        "time": time_text(entry.time),
        "kind": entry.kind,
        "officer": entry.officer,
        "inspection": entry.inspection,
        "sample": entry.sample,
        "spectrum": entry.spectrum,
        "body": entry.body,
        "entry": entry.entry_bytes.decode("utf-8"),
        "previous": entry.previous.hex(),
        "hash": entry.hash.hex(),
    }
    text = json.dumps(line, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"
