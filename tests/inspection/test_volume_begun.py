"""A program that is ended while it begins a volume: the next one says why that volume had to begin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inspection.chain import VOLUME_SIZE
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_volume import volume_files, volume_path
from inspection.records import EntryKind, IncidentKind

# It is ended before a table is made, in the middle of the transaction, or right before that is written down.
BEGINNING = """
import os, sys
from pathlib import Path
from inspection import log_writer
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

class Migrations:
    def apply(self, db):
        if sys.argv[2] == "empty":
            os._exit(9)
        real.apply(db)
        if sys.argv[2] == "tables":
            db.execute("PRAGMA cache_spill = 1")
            os._exit(9)

def ended(*arguments):
    insert(*arguments)
    os._exit(9)

real, log_writer.log_migrations = log_writer.log_migrations, Migrations()
insert = log_writer._insert
if sys.argv[2] == "genesis":
    log_writer._insert = ended
InspectionLog.open(Path(sys.argv[1]), kind=LogKind.EVIDENCE)
"""


@pytest.fixture
def written(log_path: Path, clock, identification) -> Path:
    with InspectionLog.open(log_path, kind=LogKind.EVIDENCE, clock=clock) as log:
        for number in range(3):
            log.append(identification(number))
    return log_path


def lose_the_key(path: Path, tampering) -> None:
    for file in (path.parent / "keys").iterdir():
        file.unlink()


def damage(path: Path, tampering) -> None:
    with tampering(path) as raw:
        raw.execute("UPDATE entries SET entry = x'7b7d' WHERE sequence = 2")


def make_unreadable(path: Path, tampering) -> None:
    path.write_bytes(b"no log any more" * 1000)


@pytest.mark.parametrize("moment", ["empty", "tables", "genesis"])
@pytest.mark.parametrize(
    ("bring_about", "what"),
    [
        (lose_the_key, IncidentKind.KEY_CHANGED),  # the program that was ended had made another one
        (damage, IncidentKind.DAMAGED_VOLUME),
        (make_unreadable, IncidentKind.DAMAGED_VOLUME),
    ],
)
def test_a_volume_that_a_killed_program_was_beginning_begins_with_the_incident(
    moment: str, bring_about: Callable, what: IncidentKind, written: Path, tampering, start_child
) -> None:
    bring_about(written, tampering)
    assert start_child(BEGINNING, written, moment).wait(timeout=60) == 9
    assert volume_path(written, 2).exists()

    with InspectionLog.open(written, kind=LogKind.EVIDENCE) as log:
        incident = log.entry(VOLUME_SIZE + 2)
        genesis = log.entry(VOLUME_SIZE + 1)
        assert [notice.kind.value for notice in log.notices] == [what.value]

    assert (incident.kind, genesis.kind) == (EntryKind.INCIDENT, EntryKind.GENESIS)
    assert incident.body["what"] == what


def test_a_volume_whose_reason_is_gone_follows_one_that_is_sealed(
    written: Path, clock, identification
) -> None:
    volume_path(written, 2).touch()

    with InspectionLog.open(written, kind=LogKind.EVIDENCE, clock=clock) as log:
        entry = log.append(identification(9))
        assert log.verify().ok
        assert log.entry(VOLUME_SIZE + 1).body["continues"]["state"] == "sealed"
        assert log.notices == ()

    assert entry.sequence == VOLUME_SIZE + 2
    assert list(volume_files(written)) == [1, 2]


def test_a_program_that_has_a_damaged_log_open_does_not_go_on_into_an_empty_volume(
    written: Path, clock, identification, tampering
) -> None:
    with InspectionLog.open(written, kind=LogKind.EVIDENCE, clock=clock) as log:
        damage(written, tampering)
        volume_path(written, 2).touch()
        with pytest.raises(Exception, match="open the log again, which begins another one"):
            log.append(identification(9))

    with InspectionLog.open(written, kind=LogKind.EVIDENCE, clock=clock) as log:
        assert log.entry(VOLUME_SIZE + 2).body["what"] == IncidentKind.DAMAGED_VOLUME
