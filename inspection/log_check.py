"""Check a whole log: chain, signatures, the columns beside the entries, the curves under them, and an anchor.

A volume is checked in parts, each with a connection of its own, so that a large one can be shared out among
processes.  Entries never change, so parts that are read one after the other still speak of one log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from inspection.anchor import parse_anchor
from inspection.chain import (
    NO_PREVIOUS,
    VOLUME_SIZE,
    ChainRow,
    Problem,
    ProblemKind,
    first_of_volume,
    read_envelope,
    spectrum_hash,
    verify_chain,
)
from inspection.curves import PARTS
from inspection.errors import LogError
from inspection.log_file import translated
from inspection.log_kind import LogKind
from inspection.log_rows import (
    ENTRY_COLUMNS,
    Row,
    chain_row_of,
    named_substances,
    search_columns,
    searched_text,
)
from inspection.log_volume import LogVolume, as_bytes, reading_ahead, volume_files
from inspection.migrations import log_migrations
from inspection.records import EntryKind, LogHead
from inspection.retired_volumes import RetiredVolume, retired_volumes

SEARCHED_BY: Final = (
    "time",
    "kind",
    "inspection",
    "sample",
    "officer",
    "verdict",
    "declared_verdict",
    "spectrum",
)
ENTRIES_OF_A_PART: Final = 5_000
WORTH_PROCESSES: Final = 4_000  # entries: below, starting processes takes longer than they save
BLOBS: Final = ("previous", "hash", "signature", "entry")
META_KEYS: Final = (
    "installation",
    "volume",
    "log_kind",
    "program_version",
    "format",
    "public_key",
    "key_kept_in",
)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What the check found.

    ``volume``, ``count`` and ``head`` are those of the log as it is now, see LogHead; ``entries`` how many
    were checked in all volumes.
    """

    ok: bool
    count: int
    head: str
    problems: tuple[Problem, ...]
    volume: int = 0
    entries: int = 0

    @property
    def anchor(self) -> str:
        """The head as it is printed; empty when there is none."""
        return str(LogHead(self.volume, self.count, self.head)) if self.head else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of work: a check over the numbers ``first`` to ``last`` of a volume; see ``CHECKS``."""

    check: str
    path: Path
    kind: LogKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What one part found.

    ``wanted`` curves by hash with the entries that name them; ``stored`` curves that are there, whole or not.
    """

    problems: tuple[Problem, ...] = ()
    wanted: Mapping[str, list[int]] = field(default_factory=dict)
    stored: Mapping[str, bool] = field(default_factory=dict)


def check_log(
    path: Path,
    volumes: Sequence[LogVolume],
    unreadable: Mapping[int, LogError],
    kind: LogKind,
    anchor: str | None,
    *,
    installation_key: str | None,
) -> VerifyReport:
    """Read everything and name all that does not hold.

    Raises AnchorError for an anchor that is none.
    """
    expected = None if anchor is None else parse_anchor(anchor)
    problems = [Problem(0, ProblemKind.FILE, str(error)) for error in unreadable.values()]
    heads: dict[int, LogHead] = {}
    parts: list[tuple[int, Part]] = []
    for volume in volumes:
        try:
            heads[volume.number], curves = volume.extent()
        except LogError as error:
            problems.append(Problem(0, ProblemKind.FILE, str(error)))
            continue
        parts += [(volume.number, part) for part in parts_of(volume, heads[volume.number], curves, kind)]
    sound = [volume for volume in volumes if volume.number in heads]
    problems += _check_parts(
        parts,
        is_large=sum(part.last - part.first for _, part in parts if part.check == "entries")
        >= WORTH_PROCESSES,
    )
    problems += _read(path, lambda: _check_row_of_volumes(path, sound, heads))
    if installation_key is not None and sound and sound[-1].public_key != installation_key:
        message = (
            f"volume {sound[-1].number} names the key {sound[-1].public_key[:8]}, "
            f"this installation signs with {installation_key[:8]}"
        )
        problems.append(Problem(sound[-1].first, ProblemKind.KEY, message))
    if expected is not None:
        problems += _read(path, lambda: _check_anchor(sound, heads, expected))
    newest = heads[sound[-1].number] if sound else LogHead(0, 0, "")
    return VerifyReport(
        ok=not problems,
        count=newest.count,
        head=newest.head,
        problems=tuple(sorted(problems, key=lambda problem: (problem.sequence, problem.kind))),
        volume=newest.volume,
        entries=sum(head.count for head in heads.values()),
    )


def _read(path: Path, check: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """Do a check that reads over the volumes; what cannot be read is a problem too."""
    try:
        with translated(path, "read", LogError):
            return list(check())
    except LogError as error:
        return [Problem(0, ProblemKind.FILE, str(error))]


# Shared out


def _check_parts(parts: Sequence[tuple[int, Part]], *, is_large: bool) -> Iterator[Problem]:
    """Check every part; curves are compared at the end, for an entry and its curve may lie in two parts."""
    wanted: dict[int, dict[str, list[int]]] = {}
    stored: dict[int, dict[str, bool]] = {}
    results = run_parts([part for _, part in parts], is_large=is_large)
    for (number, _), findings in zip(parts, results, strict=True):
        yield from findings.problems
        for sha256, sequences in findings.wanted.items():
            wanted.setdefault(number, {}).setdefault(sha256, []).extend(sequences)
        stored.setdefault(number, {}).update(findings.stored)
    for number, curves in stored.items():
        yield from _compare_spectra(wanted.get(number, {}), curves)


def parts_of(volume: LogVolume, head: LogHead, curves: int, kind: LogKind) -> Iterator[Part]:
    """Share out the check of a volume, whose newest curve is in row ``curves``."""
    # A damaged number can be any: what stands past the last that a volume has is found among the strays.
    last = min(volume.first + head.count, first_of_volume(volume.number + 1)) - 1
    curves = min(curves, VOLUME_SIZE)
    for check in ("guards", "indexes", "strays"):
        yield Part(check, volume.path, kind, volume.first, last)
    for first in range(volume.first, max(last, volume.first) + 1, ENTRIES_OF_A_PART):
        yield Part("entries", volume.path, kind, first, min(first + ENTRIES_OF_A_PART - 1, last))
    for first in range(1, curves + 1, ENTRIES_OF_A_PART):
        yield Part("spectra", volume.path, kind, first, min(first + ENTRIES_OF_A_PART - 1, curves))


def run_parts(parts: Sequence[Part], *, is_large: bool) -> Iterable[Findings]:
    """Do all parts, in several processes when they are large; what was found, in their order.

    Raises LogError when such a process is ended from outside.
    """
    if not is_large:
        return map(run_part, parts)
    from inspection.processes import helpers, processors  # a log that is only listed does without

    if processors() < 2:
        return map(run_part, parts)
    with helpers(LogError) as pool:
        return list(pool.map(run_part, parts))


def run_part(part: Part) -> Findings:
    """Do one part on a connection of its own."""
    try:
        with (
            closing(LogVolume.open_read_only(part.path, kind=part.kind)) as volume,
            translated(part.path, "read", LogError),
        ):
            return CHECKS[part.check](volume, part)
    except LogError as error:
        return Findings((Problem(0, ProblemKind.FILE, str(error)),))


# One part


def _check_guards(volume: LogVolume, part: Part) -> Findings:
    del part
    return Findings(tuple(Problem(0, ProblemKind.GUARD, message) for message in unlike_a_log(volume)))


def unlike_a_log(volume: LogVolume) -> list[str]:
    """Say what of its tables, indexes and triggers is not as it was made; nothing when all is.

    Raises LogDamagedError, LogError.
    """
    with translated(volume.path, "read", LogError):
        changed = _schema(volume.db) ^ _expected_schema()
    if not changed:
        return []
    if any(kind == "trigger" for kind, *_ in changed):
        return ["the triggers that refuse changes were removed or replaced"]
    return ["the tables and indexes are not those that the log was made with"]


@cache
def _expected_schema() -> frozenset[tuple[str, ...]]:
    db = Database(memory=True, execute_plugins=False)
    log_migrations.apply(db)
    return _schema(db)


def _schema(db: Database) -> frozenset[tuple[str, ...]]:
    """Give what a log is made of; the list of migrations is not ours, and says nothing of records."""
    rows = db.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return frozenset(row for row in rows if row[2] != log_migrations.migrations_table)


def _check_indexes(volume: LogVolume, part: Part) -> Findings:
    """Compare the indexes with their tables: a damaged index hides entries from a search."""
    del part
    return Findings(
        tuple(
            Problem(0, ProblemKind.FILE, f"SQLite finds the table {table} damaged: {row[0]}")
            for table in ("meta", "entries", "entry_substances", "entry_texts")
            for row in volume.db.execute(f"PRAGMA integrity_check({table})").fetchall()
            if row[0] != "ok"
        )
    )


def _check_strays(volume: LogVolume, part: Part) -> Findings:
    """Look for substances and texts without their entry, and for rows where the log puts none."""
    problems = []
    for table, what in (("entry_substances", "a substance"), ("entry_texts", "a text")):
        rows = volume.db.execute(
            f"SELECT DISTINCT sequence FROM {table} WHERE sequence NOT IN (SELECT sequence FROM entries)"
        ).fetchall()
        for (sequence,) in rows:
            message = f"{what} points to entry {sequence}, which is not there"
            number = sequence if isinstance(sequence, int) else 0  # damage can make anything of it
            problems.append(Problem(number, ProblemKind.COLUMNS, message))
    for (sequence,) in volume.db.execute(
        "SELECT sequence FROM entries WHERE sequence NOT BETWEEN ? AND ? ORDER BY sequence",
        [part.first, first_of_volume(volume.number + 1) - 1],
    ).fetchall():
        message = f"entry {sequence} stands in volume {volume.number}, which has no such number"
        problems.append(Problem(sequence, ProblemKind.RENUMBERED, message))
    [misplaced] = volume.db.execute(
        "SELECT count(*) FROM spectra WHERE rowid NOT BETWEEN 1 AND ?", [VOLUME_SIZE]
    ).fetchone()
    if misplaced:
        message = f"{misplaced} spectra stand where the log puts none"
        problems.append(Problem(0, ProblemKind.SPECTRUM, message))
    return Findings(tuple(problems))


def _check_entries(volume: LogVolume, part: Part) -> Findings:
    from inspection.keys import signature_check  # it brings cryptography; see run_parts

    db, bounds = volume.db, [part.first, part.last]
    between = "WHERE sequence BETWEEN ? AND ?"
    substances: dict[int, set[str]] = {}
    for sequence, substance in db.execute(
        f"SELECT sequence, substance FROM entry_substances {between}", bounds
    ):
        substances.setdefault(sequence, set()).add(substance)
    texts = dict(db.execute(f"SELECT sequence, text FROM entry_texts {between}", bounds).fetchall())
    before = db.execute("SELECT hash FROM entries WHERE sequence = ?", [part.first - 1]).fetchone()
    problems: list[Problem] = []
    wanted: dict[str, list[int]] = {}
    is_signed = signature_check(volume.public_key)

    def chain_rows() -> Iterator[ChainRow]:
        columns = ", ".join(ENTRY_COLUMNS)
        for stored in db.execute(f"SELECT {columns} FROM entries {between} ORDER BY sequence", bounds):
            row = dict(zip(ENTRY_COLUMNS, stored, strict=True))
            row.update({name: as_bytes(row[name]) for name in BLOBS})
            envelope = read_envelope(row["entry"])
            sequence = row["sequence"]
            if sequence == volume.first:
                problems.extend(_check_genesis(volume, envelope or {}, part.kind))
            if not is_signed(row["hash"], row["signature"]):
                message = f"entry {sequence} was not signed with the key of its volume"
                problems.append(Problem(sequence, ProblemKind.SIGNATURE, message))
            found_by = (substances.get(sequence, set()), texts.get(sequence, ""))
            if not _is_found_by_what_it_says(row, envelope or {}, *found_by):
                message = f"what entry {sequence} is found by is not what the entry says"
                problems.append(Problem(sequence, ProblemKind.COLUMNS, message))
            spectrum = (envelope or {}).get("spectrum")
            if isinstance(spectrum, str):
                wanted.setdefault(spectrum, []).append(sequence)
            yield chain_row_of(row, envelope)

    previous = NO_PREVIOUS if part.first == volume.first or before is None else as_bytes(before[0])
    with reading_ahead(volume.path, part.first, part.last):
        problems.extend(verify_chain(chain_rows(), first=part.first, previous=previous))
    if part.last < part.first:
        problems.append(
            Problem(volume.first, ProblemKind.MISSING, f"entry {volume.first} is missing: the log is empty")
        )
    return Findings(tuple(problems), wanted=wanted)


def _is_found_by_what_it_says(row: Row, envelope: Row, substances: set[str], text: str) -> bool:
    try:
        says = search_columns(envelope)
        return (
            all(row[name] == says[name] for name in SEARCHED_BY)
            and substances == set(named_substances(envelope["kind"], envelope["body"]))
            and text == searched_text(envelope)
        )
    except (KeyError, TypeError, AttributeError):
        return False  # not an envelope any more


def _check_genesis(volume: LogVolume, envelope: Row, kind: LogKind) -> Iterator[Problem]:
    meta = {row["key"]: row["value"] for row in volume.db.query("SELECT key, value FROM meta")}
    body = envelope.get("body")
    is_genesis = envelope.get("kind") == EntryKind.GENESIS and isinstance(body, dict)
    says = {key: str(body.get(key)) for key in META_KEYS} if is_genesis and isinstance(body, dict) else {}
    if says != meta or says.get("log_kind") != kind:
        yield Problem(
            volume.first,
            ProblemKind.GENESIS,
            f"entry {volume.first} and the head of the file do not name the same installation",
        )


def _check_spectra(volume: LogVolume, part: Part) -> Findings:
    bounds = [part.first, part.last]
    rows = volume.db.execute(
        f"SELECT sha256, {', '.join(PARTS)} FROM spectra WHERE rowid BETWEEN ? AND ?", bounds
    )
    stored = {str(row[0]): spectrum_hash(map(as_bytes, row[1:])) == row[0] for row in rows}
    # SQLite's own check would read every curve again to see whether each is found by its hash.  The header is
    # compared so that the row itself is fetched.
    [hidden] = volume.db.execute(
        "SELECT count(*) FROM spectra AS stored NOT INDEXED WHERE rowid BETWEEN ? AND ? AND NOT EXISTS "
        "(SELECT 1 FROM spectra AS found WHERE found.sha256 = stored.sha256 AND +found.rowid = stored.rowid "
        "AND found.header = stored.header)",
        bounds,
    ).fetchone()
    message = f"the index of the spectra is damaged: {hidden} of them are not found by their hash"
    return Findings((Problem(0, ProblemKind.FILE, message),) if hidden else (), stored=stored)


CHECKS: Final[Mapping[str, Callable[[LogVolume, Part], Findings]]] = {
    "guards": _check_guards,
    "indexes": _check_indexes,
    "strays": _check_strays,
    "entries": _check_entries,
    "spectra": _check_spectra,
}


# Over the parts


def _compare_spectra(wanted: Mapping[str, list[int]], stored: Mapping[str, bool]) -> Iterator[Problem]:
    for sha256, is_whole in stored.items():
        if sha256 not in wanted:
            message = f"the spectrum {sha256[:16]} belongs to no entry"
            yield Problem(0, ProblemKind.SPECTRUM, message)
        elif not is_whole:
            yield from _name_spectrum(wanted[sha256], "was changed")
    for sha256, sequences in wanted.items():
        if sha256 not in stored:
            yield from _name_spectrum(sequences, "is missing")


def _name_spectrum(sequences: list[int], what: str) -> Iterator[Problem]:
    for sequence in sequences:
        yield Problem(sequence, ProblemKind.SPECTRUM, f"the spectrum of entry {sequence} {what}")


def check_volume(volume: LogVolume, kind: LogKind) -> tuple[Problem, ...]:
    """Check everything in one volume, and nothing that concerns its place among the others."""
    try:
        head, curves = volume.extent()
    except LogError as error:
        return (Problem(0, ProblemKind.FILE, str(error)),)
    parts = [(volume.number, part) for part in parts_of(volume, head, curves, kind)]
    return tuple(_check_parts(parts, is_large=head.count >= WORTH_PROCESSES))


def _check_row_of_volumes(
    path: Path, volumes: Sequence[LogVolume], heads: Mapping[int, LogHead]
) -> Iterator[Problem]:
    """Check that each volume continues the one before it, and that none is missing that was not retired."""
    retired = retired_volumes(volumes)
    there = {volume.number for volume in volumes} | set(volume_files(path))
    for number in range(1, max(there, default=1) + 1):
        if number not in there and number not in retired:
            message = f"volume {number} of the log is missing"
            yield Problem(first_of_volume(number), ProblemKind.VOLUME, message)
    for volume in volumes:
        before = _end_of(volume.number - 1, heads, retired)
        if before is None:
            continue
        says = _continues(volume)
        if says is None or says.get("volume") != before.volume:
            message = f"volume {volume.number} does not say which volume it continues"
            yield Problem(volume.first, ProblemKind.VOLUME, message)
        elif says.get("head") is not None and (says.get("count"), says.get("head")) != (
            before.count,
            before.head,
        ):
            message = (
                f"volume {before.volume} does not end where volume {volume.number} continues it: "
                "entries were removed or added at its end, or it was rewritten"
            )
            yield Problem(volume.first, ProblemKind.VOLUME, message)
    for number, was in retired.items():
        if number in heads and was.ended_at not in (None, heads[number]):
            message = f"volume {number} is not the one that was moved to the archive {was.archive!r}"
            yield Problem(first_of_volume(number), ProblemKind.VOLUME, message)


def _end_of(
    number: int, heads: Mapping[int, LogHead], retired: Mapping[int, RetiredVolume]
) -> LogHead | None:
    """Tell where a volume ends: its file says so, or, where that was retired, the entry about it."""
    if number in heads or number not in retired:
        return heads.get(number)
    return retired[number].ended_at


def _hash_at(volume: LogVolume, sequence: int) -> str:
    row = volume.db.execute("SELECT hash FROM entries WHERE sequence = ?", [sequence]).fetchone()
    return as_bytes(row[0]).hex() if row else ""


def _continues(volume: LogVolume) -> Mapping[str, Any] | None:
    row = volume.db.execute("SELECT entry FROM entries WHERE sequence = ?", [volume.first]).fetchone()
    envelope: Row = (read_envelope(as_bytes(row[0])) if row else None) or {}
    body = envelope.get("body")
    says = body.get("continues") if isinstance(body, dict) else None
    return says if isinstance(says, dict) else None


def _check_anchor(
    volumes: Sequence[LogVolume], heads: Mapping[int, LogHead], anchor: LogHead
) -> Iterator[Problem]:
    volume = next((one for one in volumes if one.number == anchor.volume), None)
    if volume is None:
        yield from _check_anchor_of_missing(retired_volumes(volumes).get(anchor.volume), anchor)
        return
    sequence, count = volume.first + anchor.count - 1, heads[anchor.volume].count
    if anchor.count > count:
        yield Problem(
            sequence,
            ProblemKind.ANCHOR,
            f"the log ends at entry {volume.first + count - 1}, but the anchor has seen {sequence}: "
            "entries were removed from the end, or an older copy was put back",
        )
        return
    if _hash_at(volume, sequence) != anchor.head:
        yield Problem(
            sequence,
            ProblemKind.ANCHOR,
            f"entry {sequence} is not the one that the anchor has seen: the log was rewritten",
        )


def _check_anchor_of_missing(retired: RetiredVolume | None, anchor: LogHead) -> Iterator[Problem]:
    """Compare an anchor of a volume that is not here with what is noted of its end."""
    if retired is None:
        message = f"the anchor is of volume {anchor.volume}, which this log does not have"
    elif anchor == retired.ended_at:
        return
    else:
        message = (
            f"the anchor is of volume {anchor.volume}, which was moved to the archive {retired.archive!r}: "
            "copy it back to compare the two"
        )
    yield Problem(0, ProblemKind.ANCHOR, message)
