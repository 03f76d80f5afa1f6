"""Check a whole log: the chain, the columns beside it, the curves under it, and an anchor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from inspection.anchor import parse_anchor
from inspection.chain import ChainRow, Problem, ProblemKind, read_envelope, spectrum_hash, verify_chain
from inspection.curves import PARTS
from inspection.errors import LogError
from inspection.log_file import translated
from inspection.log_kind import LogKind
from inspection.log_rows import ENTRY_COLUMNS, Row, chain_row_of, named_substances, search_columns
from inspection.migrations import guard_triggers
from inspection.records import EntryKind, LogHead

SEARCHED_BY = ("time", "kind", "inspection", "sample", "officer", "verdict", "declared_verdict", "spectrum")


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What the check found.  ``count`` and ``head`` are those of the log as it is now; see LogHead."""

    ok: bool
    count: int
    head: str
    problems: tuple[Problem, ...]


def check_log(db: Database, path: Path, kind: LogKind, anchor: str | None) -> VerifyReport:
    """Read everything once, as it was at one moment, and name all that does not hold.

    Raises AnchorError for an anchor that is none.
    """
    expected = None if anchor is None else parse_anchor(anchor)
    check = _LogCheck(db, kind)
    try:
        with translated(path, "read", LogError):
            db.begin()  # one moment: others may go on writing meanwhile
            try:
                check.run(expected)
            finally:
                db.rollback()
    except LogError as error:
        check.problems.append(Problem(0, ProblemKind.FILE, str(error)))
    problems = tuple(sorted(check.problems, key=lambda problem: (problem.sequence, problem.kind)))
    return VerifyReport(ok=not problems, count=check.count, head=check.head.hex(), problems=problems)


class _LogCheck:
    """The state of one check: what was found so far, and what the entries say must be there."""

    def __init__(self, db: Database, kind: LogKind) -> None:
        self._db = db
        self._kind = kind
        self.problems: list[Problem] = []
        self.count = 0
        self.head = b""
        self._spectra: dict[str, list[int]] = {}
        self._substances: dict[int, set[str]] = {}

    def run(self, anchor: LogHead | None) -> None:
        self._check_guards()
        for row in self._db.query("SELECT sequence, substance FROM entry_substances"):
            self._substances.setdefault(row["sequence"], set()).add(row["substance"])
        self._check_indexes()
        self.problems.extend(verify_chain(self._chain_rows()))
        self._check_left_over_substances()
        self._check_spectra()
        if anchor is not None:
            self._check_anchor(anchor)

    def _found(self, sequence: int, kind: ProblemKind, message: str) -> None:
        self.problems.append(Problem(sequence, kind, message))

    def _check_indexes(self) -> None:
        """Compare the indexes with their tables: a damaged index hides entries from a search."""
        for table in ("entries", "entry_substances"):
            for row in self._db.execute(f"PRAGMA integrity_check({table})").fetchall():
                if row[0] != "ok":
                    self._found(0, ProblemKind.FILE, f"SQLite finds the table {table} damaged: {row[0]}")

    def _check_guards(self) -> None:
        rows = self._db.query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        if {row["name"]: row["sql"] for row in rows} != guard_triggers():
            self._found(0, ProblemKind.GUARD, "the triggers that refuse changes were removed or replaced")

    def _chain_rows(self) -> Iterator[ChainRow]:
        columns = ", ".join(ENTRY_COLUMNS)
        for stored in self._db.query(f"SELECT {columns} FROM entries ORDER BY sequence"):
            row = {**stored, **{name: _bytes(stored[name]) for name in ("previous", "hash", "entry")}}
            envelope = read_envelope(row["entry"])
            chain_row = chain_row_of(row, envelope)
            self._check_entry(row, envelope or {})
            self.count = row["sequence"]
            self.head = row["hash"]
            yield chain_row
        if self.count == 0:
            self._found(1, ProblemKind.MISSING, "entry 1 is missing: the log is empty")

    def _check_entry(self, row: Row, envelope: Row) -> None:
        sequence = row["sequence"]
        if sequence == 1:
            self._check_genesis(envelope)
        named = self._substances.pop(sequence, set())
        try:
            says = search_columns(envelope)
            agrees = all(row[name] == says[name] for name in SEARCHED_BY)
            agrees = agrees and named == set(named_substances(envelope["kind"], envelope["body"]))
        except (KeyError, TypeError, AttributeError):
            says, agrees = {}, False  # not an envelope any more
        if not agrees:
            self._found(
                sequence, ProblemKind.COLUMNS, f"what entry {sequence} is found by is not what the entry says"
            )
        if says.get("spectrum") is not None:
            self._spectra.setdefault(says["spectrum"], []).append(sequence)

    def _check_genesis(self, envelope: Row) -> None:
        meta = {row["key"]: row["value"] for row in self._db.query("SELECT key, value FROM meta")}
        body = envelope.get("body")
        is_genesis = envelope.get("kind") == EntryKind.GENESIS and isinstance(body, dict)
        says = {key: str(value) for key, value in body.items()} if is_genesis and body else {}
        if not says or says != meta or says.get("log_kind") != self._kind:
            self._found(
                1, ProblemKind.GENESIS, "entry 1 and the head of the file do not name the same installation"
            )

    def _check_left_over_substances(self) -> None:
        for sequence in sorted(self._substances):
            self._found(
                sequence, ProblemKind.COLUMNS, f"a substance points to entry {sequence}, which is not there"
            )

    def _check_spectra(self) -> None:
        for row in self._db.query(f"SELECT sha256, {', '.join(PARTS)} FROM spectra"):
            sequences = self._spectra.pop(row["sha256"], None)
            if sequences is None:
                self._found(0, ProblemKind.SPECTRUM, f"the spectrum {row['sha256'][:16]} belongs to no entry")
            elif spectrum_hash(_bytes(row[name]) for name in PARTS) != row["sha256"]:
                self._name_spectrum(sequences, "was changed")
        for sequences in self._spectra.values():
            self._name_spectrum(sequences, "is missing")

    def _name_spectrum(self, sequences: list[int], what: str) -> None:
        for sequence in sequences:
            self._found(sequence, ProblemKind.SPECTRUM, f"the spectrum of entry {sequence} {what}")

    def _check_anchor(self, anchor: LogHead) -> None:
        volume = self._db.execute("SELECT value FROM meta WHERE key = 'volume'").fetchone()
        if volume is None or volume[0] != str(anchor.volume):
            self._found(
                0, ProblemKind.ANCHOR, f"the anchor is of volume {anchor.volume}, this log is another one"
            )
            return
        if anchor.count > self.count:
            self._found(
                anchor.count,
                ProblemKind.ANCHOR,
                f"the log ends at entry {self.count}, but the anchor has seen {anchor.count}: "
                "entries were removed from the end, or an older copy was put back",
            )
            return
        row = self._db.execute("SELECT hash FROM entries WHERE sequence = ?", [anchor.count]).fetchone()
        if row is None or _bytes(row[0]).hex() != anchor.head:
            self._found(
                anchor.count,
                ProblemKind.ANCHOR,
                f"entry {anchor.count} is not the one that the anchor has seen: the log was rewritten",
            )


def _bytes(value: Any) -> bytes:
    """Give a stored blob; a damaged file may hold something else in its place, which then fails its hash."""
    return value if isinstance(value, bytes) else b""
