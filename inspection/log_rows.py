"""Entries to rows of the log file and back.  No input, no output, no clock.

entry bytes = { body, inspection, kind, officer, sample, sequence, spectrum, time }
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from inspection.amendments import Amendment, amended_body, amendments_by_entry
from inspection.chain import ChainRow, canonical_json, chained, read_envelope
from inspection.errors import LogDamagedError, RecordError
from inspection.records import EntryKind, Inspection, LogEntry, NewEntry, Sample

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"  # one width, so that texts sort as times do
ENTRY_COLUMNS = (
    "sequence",
    "time",
    "kind",
    "inspection",
    "sample",
    "officer",
    "verdict",
    "declared_verdict",
    "spectrum",
    "previous",
    "hash",
    "signature",
    "entry",
)
Row = Mapping[str, Any]


def time_text(moment: datetime) -> str:
    """Write a moment as UTC.  Raises RecordError for one without its time zone."""
    if moment.tzinfo is None:
        raise RecordError(f"expected a time with its zone, found {moment.isoformat()} without one")
    return moment.astimezone(UTC).strftime(TIME_FORMAT)


def make_row(
    new: NewEntry,
    *,
    sequence: int,
    previous: bytes,
    moment: datetime,
    officer: str | None,
    sign: Callable[[bytes], bytes],
) -> dict[str, Any]:
    """Write ``new`` as the row that continues the chain after ``previous``; ``sign`` signs its hash.

    Raises RecordError when the body holds what JSON cannot.
    """
    envelope = {
        "body": new.body,
        "inspection": new.inspection,
        "kind": new.kind,
        "officer": officer,
        "sample": new.sample,
        "sequence": sequence,
        "spectrum": None if new.curve is None else new.curve.sha256,
        "time": time_text(moment),
    }
    try:
        entry_bytes = canonical_json(envelope)
        f"{officer}{new.inspection}".encode()  # SQLite's columns hold Unicode text only
    except ValueError as error:
        raise RecordError(
            f"expected a record of finite numbers and Unicode names, found otherwise: {error}"
        ) from error
    hash_ = chained(previous, entry_bytes)
    return {
        **search_columns(envelope),
        "sequence": sequence,
        "previous": previous,
        "hash": hash_,
        "signature": sign(hash_),
        "entry": entry_bytes,
    }


def search_columns(envelope: Row) -> dict[str, Any]:
    """Derive the columns that the log is searched by from what the entry says."""
    body = envelope["body"] if envelope["kind"] == EntryKind.IDENTIFICATION else {}
    declared = body.get("declared") or {}
    return {
        "time": envelope["time"],
        "kind": str(envelope["kind"]),
        "inspection": envelope["inspection"],
        "sample": envelope["sample"],
        "officer": envelope["officer"],
        "verdict": body.get("verdict"),
        "declared_verdict": declared.get("verdict"),
        "spectrum": envelope["spectrum"],
    }


def named_substances(kind: str, body: Row) -> tuple[str, ...]:
    """List the substances that an identification names: what ``--substance`` finds it by.

    Match and inconclusive: the best candidate.  Group: all of it.  Mixture: its components.  The candidates
    of a *no match* are not named by it.
    """
    if kind != EntryKind.IDENTIFICATION:
        return ()
    candidates = [candidate["substance"] for candidate in body.get("candidates", ())]
    components = [component["substance"] for component in body.get("components", ())]
    named = {
        "match": candidates[:1],
        "inconclusive": candidates[:1],
        "group": body.get("group") or candidates[:1],
        "mixture": components or candidates[:1],
    }.get(body.get("verdict", ""), [])
    return tuple(sorted(set(named)))


def searched_text(envelope: Row) -> str:
    """Give what a typed text is looked for in, in lower case: inspection, officer, papers, names ..."""
    return searchable("\n".join(text for text in _searched_texts(envelope) if text))


def searchable(text: str) -> str:
    """Give ``text`` as it is looked for: in lower case, with what is not Unicode escaped."""
    return text.casefold().encode("utf-8", "backslashreplace").decode("utf-8")


def _searched_texts(envelope: Row) -> Iterator[str]:
    kind, body = envelope["kind"], envelope["body"]
    yield envelope["inspection"] or ""
    yield envelope["officer"] or ""
    if kind == EntryKind.INSPECTION_OPENED:
        yield from (str(body.get(name, "")) for name in ("container", "declared", "hs_code"))
    if kind == EntryKind.RECORD:
        yield from _texts_in(body.get("fields"))
    if kind == EntryKind.IDENTIFICATION:
        yield str((body.get("declared") or {}).get("text", ""))
        yield str(body.get("title", ""))
        yield str((body.get("capture") or {}).get("serial", ""))
        yield from _names(kind, body)


def _texts_in(value: object) -> Iterator[str]:
    """Give every text in the JSON of a part of the customs record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts_in(one)


def _names(kind: str, body: Row) -> Iterator[str]:
    """Give names and CAS numbers of what was named; of what was only similar, the first alone."""
    candidates = body.get("candidates", ())
    named = {*named_substances(kind, body), *(one["substance"] for one in candidates[:1])}
    for one in candidates:
        if one["substance"] in named:
            yield from (str(one.get(column) or "") for column in ("substance", "name", "cas"))


def entry_of(row: Row) -> LogEntry:
    """Read a stored entry; everything comes from the bytes that were hashed, nothing from the columns.

    Raises LogDamagedError when the bytes are not an entry.
    """
    stored = row["entry"]
    return entry_with(row, (read_envelope(stored) if isinstance(stored, bytes) else None) or {})


def entry_with(row: Row, envelope: Row) -> LogEntry:
    """Put an entry together from its row and from what its bytes say.  Raises LogDamagedError."""
    try:
        return LogEntry(
            sequence=row["sequence"],
            time=datetime.fromisoformat(envelope["time"]),
            kind=EntryKind(envelope["kind"]),
            officer=envelope["officer"],
            inspection=envelope["inspection"],
            sample=envelope["sample"],
            body=dict(envelope["body"]),
            spectrum=envelope["spectrum"],
            entry_bytes=row["entry"],
            previous=row["previous"],
            hash=row["hash"],
            signature=row["signature"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LogDamagedError(f"entry {row['sequence']} of the log cannot be read: {error}") from error


def chain_row_of(row: Row, envelope: Row | None) -> ChainRow:
    """Take from a stored row what the chain is concerned with."""
    written_as = None if envelope is None else envelope.get("sequence")
    return ChainRow(row["sequence"], row["entry"], row["previous"], row["hash"], written_as)


def inspection_of(
    opened: LogEntry,
    closed: LogEntry | None,
    *,
    amendments: Sequence[Amendment] = (),
    signed: LogEntry | None = None,
    changed_since: bool = False,
) -> Inspection:
    """Put an inspection together: the entries that opened, closed and last signed it, with what was amended.

    ``changed_since`` whether anything was written after it was signed.
    """
    body: Row = amended_body(opened, amendments)
    return Inspection(
        id=opened.inspection or "",
        opened=opened.time,
        officer=opened.officer,
        container=body.get("container", ""),
        declared=body.get("declared", ""),
        hs_code=body.get("hs_code", ""),
        closed=None if closed is None else closed.time,
        signed_off=None if signed is None else signed.time,
        signed_off_by=None if signed is None else signed.officer,
        changed_since=changed_since,
    )


def samples_of(entries: Sequence[LogEntry]) -> tuple[Sample, ...]:
    """Gather the entries of one inspection by sample, in the order of the sample numbers."""
    by_number: dict[int, list[LogEntry]] = {}
    for entry in entries:
        if entry.sample is not None:
            by_number.setdefault(entry.sample, []).append(entry)
    return tuple(_sample(number, by_number[number]) for number in sorted(by_number))


def _sample(number: int, entries: Sequence[LogEntry]) -> Sample:
    said: Row = {}
    amendments = amendments_by_entry(entries)
    for entry in entries:
        if entry.kind is EntryKind.IDENTIFICATION:
            said = amended_body(entry, amendments.get(entry.sequence, ()))
    return Sample(
        inspection=entries[0].inspection or "",
        number=number,
        entries=tuple(entry.sequence for entry in entries),
        verdict=said.get("verdict"),
        declared_verdict=(said.get("declared") or {}).get("verdict"),
    )
