"""The report of an import as CSV, one line for each spectrum that was found, and as JSON objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspection.export.csv_export import BYTE_ORDER_MARK, csv_line
from spectra_library.importing.report import ImportLine, ImportReport, Outcome

COLUMNS = (
    "place",
    "block",
    "outcome",
    "reason",
    "title",
    "cas",
    "substance",
    "linked_by",
    "tier",
    "reference",
    "kind",
    "contradictions",
    "warnings",
    "format",
    "file_sha256",
)


def report_csv(report: ImportReport) -> bytes:
    """Give the whole report; text that a spreadsheet would run is made harmless."""
    return BYTE_ORDER_MARK + csv_line(COLUMNS) + b"".join(_rows(report))


def line_object(line: ImportLine) -> dict[str, Any]:
    """Give what became of one spectrum; refused ones have the ``error`` of every verb that reads files."""
    result: dict[str, Any] = {
        "source": {
            "path": line.place,
            "block": line.block,
            "sha256": line.file_sha256,
            "format": line.format,
        },
        "title": line.title,
        "cas": line.cas,
        "outcome": line.outcome.value,
    }
    if line.outcome is Outcome.REFUSED:
        return {**result, "error": {"kind": line.kind, "message": line.reason}}
    return {
        **result,
        "substance": line.substance,
        "reference": line.reference,
        "linked_by": line.linked_by,
        "tier": line.tier,
        "reason": line.reason,
        "contradictions": list(line.contradictions),
        "warnings": list(line.warnings),
    }


def summary_object(report: ImportReport) -> dict[str, Any]:
    """Give the counts."""
    counts = report.counts()
    return {
        "library": {
            "name": report.name,
            "sha256": report.sha256,
            "references": report.references,
            "band_lists": report.band_lists,
        },
        "files": counts.files,
        "linked": counts.linked,
        "unlinked": counts.unlinked,
        "duplicate": counts.duplicate,
        "refused": counts.refused,
        "refused_by": dict(counts.refused_by),
        "band_lists": counts.band_lists,
        "resumed": report.resumed,
        "licence_missing": report.licence_missing,
    }


def _rows(report: ImportReport) -> Iterator[bytes]:
    for line in report.lines:
        cells = {name: getattr(line, name) for name in COLUMNS}
        cells |= {name: "; ".join(getattr(line, name)) for name in ("contradictions", "warnings")}
        cells["outcome"] = line.outcome.value
        yield csv_line(list(cells.values()))
