"""Identifications as CSV: one row each, columns that stay, for a spreadsheet.

UTF-8 with a byte order mark, so that Excel shows Azerbaijani and Russian.  Text that a spreadsheet would
run as a formula gets an apostrophe in front, and what is not seen is written out as an escape; the JSON
export has it as it was written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from inspection.amendments import Amendment, Field, newest
from inspection.export.cells import cell_text
from inspection.log_rows import time_text
from inspection.records import EntryKind, LogEntry, LogHead

COLUMNS = (
    "sequence",
    "time",
    "inspection",
    "sample",
    "officer",
    "declared",
    "declared_verdict",
    "verdict",
    "substance",
    "name",
    "cas",
    "lists",
    "tier",
    "library",
    "score",
    "confidence",
    "reference_source",
    "licence",
    "device",
    "serial",
    "scan_id",
    "spectrum_sha256",
    "entry_sha256",
    "previous_sha256",
    "advice",
    "components",
    "volume",
    "log_count",
    "log_head",
    # What holds now where a person corrected it, else nothing; and the entries that say who and why.
    "declared_now",
    "verdict_now",
    "amended_by",
)
# Where in an entry that is said which the columns show.
EXCERPT = {
    "verdict": "$.body.verdict",
    "advice": "$.body.advice",
    "declared": "$.body.declared",
    "capture": "$.body.capture",
    "candidates": "$.body.candidates[0]",
    "components": "$.body.components",
}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def csv_head() -> bytes:
    """Give the names of the columns."""
    return BYTE_ORDER_MARK + csv_line(COLUMNS)


def csv_rows(
    entries: Iterable[LogEntry],
    anchor: LogHead,
    amendments: Mapping[int, Sequence[Amendment]] = MappingProxyType({}),
) -> Iterator[tuple[bytes, int]]:
    """Give the file without the names of its columns, line by line, each with the number of records in it.

    ``anchor`` is where the log ended when it was exported; every row carries it.  ``amendments`` by the
    number of what they amend.
    A *no match* or *rejected* row names no substance: its best candidate was not good enough to be named.
    A *mixture* row names its components, parted by semicolons; the columns that speak of one reference are
    empty, for no single one is the answer.  ``components`` has their shares of the spectrum, not of weight.
    """
    for entry in entries:
        if entry.kind is EntryKind.IDENTIFICATION:
            cells = identification_cells(entry, anchor, amendments.get(entry.sequence, ()))
            yield csv_line(list(cells.values())), 1


def csv_line(cells: Sequence[object]) -> bytes:
    """Write one line; text is made harmless, numbers stay numbers, None is an empty cell."""
    line = io.StringIO()
    csv.writer(line).writerow([cell_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue().encode("utf-8", "backslashreplace")


def identification_cells(
    entry: LogEntry, anchor: LogHead, amendments: Sequence[Amendment] = ()
) -> dict[str, object]:
    """Give the cells of one identification by column; ``amendments`` are those made to it.

    ``declared`` and ``verdict`` are what was written, whatever was amended later.
    """
    body = entry.body
    now = newest(amendments)
    candidate = _named_candidate(body)
    declared = _part(body, "declared")
    capture = _part(body, "capture")
    cells = {
        "sequence": entry.sequence,
        "time": time_text(entry.time),
        "inspection": entry.inspection,
        "sample": entry.sample,
        "officer": entry.officer,
        "declared": declared.get("text"),
        "declared_verdict": declared.get("verdict"),
        "verdict": body.get("verdict"),
        "substance": candidate.get("substance"),
        "name": candidate.get("name"),
        "cas": candidate.get("cas"),
        "lists": "; ".join(candidate.get("lists", ())),
        "tier": candidate.get("tier"),
        "library": candidate.get("library"),
        "score": candidate.get("score"),
        "confidence": candidate.get("confidence"),
        "reference_source": candidate.get("source"),
        "licence": candidate.get("licence"),
        "device": capture.get("device"),
        "serial": capture.get("serial"),
        "scan_id": capture.get("scan_id"),
        "spectrum_sha256": entry.spectrum,
        "entry_sha256": entry.hash.hex(),
        "previous_sha256": entry.previous.hex(),
        "advice": body.get(
            "advice"
        ),  # what a negative cannot exclude; entries of the first version have none
        "components": _components_text(body),
        "volume": anchor.volume,
        "log_count": anchor.count,
        "log_head": anchor.head,
        "declared_now": now[Field.DECLARED].new if Field.DECLARED in now else None,
        "verdict_now": now[Field.VERDICT].new if Field.VERDICT in now else None,
        "amended_by": "; ".join(str(one.sequence) for one in amendments) or None,
    }
    return {name: cells[name] for name in COLUMNS}


def _named_candidate(body: Mapping[str, Any]) -> Mapping[str, Any]:
    candidates = body.get("candidates") or ()
    if not candidates or body.get("verdict") in ("no_match", "rejected"):
        return {}
    if body.get("verdict") == "mixture":
        return _named_together(body)
    best: Mapping[str, Any] = candidates[0]
    return best


def _named_together(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the components of a mixture as if they were one candidate."""
    components: Sequence[Mapping[str, Any]] = body.get("components") or ()
    joined = {
        column: "; ".join(str(one[column]) for one in components if one.get(column))
        for column in ("substance", "name", "cas")
    }
    lists = dict.fromkeys(name for one in components for name in one.get("lists", ()))
    return {**joined, "lists": list(lists)}


def _components_text(body: Mapping[str, Any]) -> str | None:
    """Write the shares of a mixture, "toluene 0.52 (0.26-0.78); acetone 0.48"; None for other verdicts."""
    if body.get("verdict") != "mixture":
        return None
    return "; ".join(_component_text(one) for one in body.get("components") or ())


def _component_text(component: Mapping[str, Any]) -> str:
    text = f"{component['substance']} {component['share']:.2f}"
    if component.get("share_low") is not None and component.get("share_high") is not None:
        text += f" ({component['share_low']:.2f}-{component['share_high']:.2f})"
    others = component.get("alternatives") or ()
    return f"{text} or {' or '.join(others)}" if others else text


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part: Mapping[str, Any] = body.get(name) or {}
    return part
