"""The tables of a volume of the log, built step by step; a step that was ever released is never edited.

    meta                key, value                what the genesis says, readable without JSON
    entries             sequence ... entry        the exact bytes that were hashed, and columns to search by
    entry_substances    substance, sequence       which entries name a substance
    entry_texts         sequence, text            what a typed text is looked for in, in lower case
    spectra             sha256 ... raw_payload    curves, single beams, raw bytes

Triggers refuse every change: UPDATE, DELETE, INSERT OR REPLACE, and an INSERT that does not continue the
chain.  They stop accidents and other programs, not a person who removes the triggers; the chain shows that.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

SCHEMA_VERSION = 2  # 1 had no signatures and was never released

log_migrations = Migrations("chemgate.log")

TABLES = (
    """
    CREATE TABLE meta (
        key TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE spectra (
        sha256 TEXT PRIMARY KEY NOT NULL,
        header BLOB NOT NULL,
        wavenumber BLOB NOT NULL,
        absorbance BLOB NOT NULL,
        sample_beam BLOB NOT NULL,
        background_beam BLOB NOT NULL,
        raw_payload BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE entries (
        sequence INTEGER PRIMARY KEY,
        time TEXT NOT NULL,
        kind TEXT NOT NULL,
        inspection TEXT,
        sample INTEGER,
        officer TEXT,
        verdict TEXT,
        declared_verdict TEXT,
        spectrum TEXT REFERENCES spectra (sha256),
        previous BLOB NOT NULL,
        hash BLOB NOT NULL,
        signature BLOB NOT NULL,
        entry BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE entry_substances (
        substance TEXT NOT NULL,
        sequence INTEGER NOT NULL REFERENCES entries (sequence),
        PRIMARY KEY (substance, sequence)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE entry_texts (
        sequence INTEGER PRIMARY KEY REFERENCES entries (sequence),
        text TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX entries_by_kind ON entries (kind)",
    # What a search looks at, without the entries themselves: a walk over 50,000 takes 4 ms, not 150.
    "CREATE INDEX entries_searched ON entries (sequence, time, kind, inspection, officer, verdict)",
    "CREATE INDEX entries_by_inspection ON entries (inspection, kind) WHERE inspection IS NOT NULL",
    "CREATE INDEX entries_by_officer ON entries (officer) WHERE officer IS NOT NULL",
    "CREATE INDEX entries_by_verdict ON entries (verdict) WHERE verdict IS NOT NULL",
)

# An INSERT OR REPLACE fires the trigger on DELETE only where a connection asks for recursive triggers,
# so replacing is refused before the insert.
INSERT_GUARDS = {
    "meta": ("EXISTS (SELECT 1 FROM entries)", "meta is written once, before the first entry"),
    "spectra": (
        "EXISTS (SELECT 1 FROM spectra WHERE sha256 = NEW.sha256)",
        "a stored spectrum is never replaced",
    ),
    "entries": (
        "NEW.sequence IS NOT (SELECT coalesce(max(sequence) + 1, NEW.sequence) FROM entries) "
        "OR NEW.previous IS NOT "
        "coalesce((SELECT hash FROM entries ORDER BY sequence DESC LIMIT 1), zeroblob(32))",
        "an entry continues the chain or is refused",
    ),
    "entry_substances": (
        "NEW.sequence IS NOT (SELECT max(sequence) FROM entries)",
        "substances are named with their entry",
    ),
    "entry_texts": (
        "NEW.sequence IS NOT (SELECT max(sequence) FROM entries) "
        "OR EXISTS (SELECT 1 FROM entry_texts WHERE sequence = NEW.sequence)",
        "texts are written with their entry",
    ),
}


def guard_triggers() -> dict[str, str]:
    """Write the SQL of every trigger that refuses a change, by trigger name."""
    triggers = {}
    for table, (condition, reason) in INSERT_GUARDS.items():
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{verb.lower()}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        name = f"{table}_refuse_replace"
        triggers[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
        )
    return triggers


@log_migrations()
def m001_first_tables(db: Database) -> None:
    """Create the tables, their indexes and the triggers that guard them."""
    for statement in (*TABLES, *guard_triggers().values()):
        db.execute(statement)
