"""The power fails while the log is written; ``tools/log_campaign.py --power-cuts`` does it for longer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from sqlite_utils.utils import sqlite3

from inspection import log_file, log_writer
from inspection.errors import LogError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from tests.inspection.made_records import a_record
from tests.inspection.power_cut import Keeping, PowerCutError, SimulatedDisk, copy_of
from tests.inspection.power_cut_campaign import Subject, power_cuts

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the simulated disk reads and writes as Unix does"
)

CUTS = 150
NOTHING, ALL = Keeping(0.0, is_torn=False, chance_grown=0.0), Keeping(1.0, is_torn=False)


def test_a_power_cut_loses_no_record_that_was_acknowledged(in_memory: Path) -> None:
    outcomes = list(power_cuts(in_memory, CUTS, seed=20261124))

    assert [outcome for outcome in outcomes if not outcome.is_sound] == []
    assert max(outcome.volumes for outcome in outcomes) > 2
    assert any(outcome.clock_steps for outcome in outcomes)
    assert any(outcome.in_doubt for outcome in outcomes)
    assert {"write", "sync"} <= {outcome.during for outcome in outcomes}


@pytest.mark.parametrize("control", [subject for subject in Subject if subject is not Subject.THE_LOG])
def test_a_log_that_would_lose_a_record_is_caught(in_memory: Path, control: Subject) -> None:
    assert any(outcome.lost for outcome in power_cuts(in_memory, CUTS, seed=20261124, subject=control))


@pytest.mark.parametrize("keeping", [NOTHING, ALL], ids=["nothing unsynced is kept", "all of it is"])
def test_a_volume_may_be_cut_off_at_every_single_moment_of_its_end(in_memory: Path, keeping: Keeping) -> None:
    """It is sealed, the next one is begun, and it is laid down as one plain file."""
    found = list(_ends_with_a_cut(in_memory, keeping))

    assert len(found) > 50
    assert not any(found)


def test_a_reader_that_leaves_an_interrupted_change_as_it_is_would_be_caught(in_memory: Path) -> None:
    with patch.object(log_file, "_undo_interrupted", lambda path, busy_timeout_s: None):
        assert any(_ends_with_a_cut(in_memory, ALL))


def _ends_with_a_cut(folder: Path, keeping: Keeping) -> Iterator[dict[int, LogError]]:
    """End a volume again and again, cut off one moment later each time; give what then does not open."""
    begun = folder / "begun"
    with InspectionLog.open(begun / "evidence.sqlite", kind=LogKind.EVIDENCE, volume_size=8) as log:
        kept = [log.append(a_record(Random(number))) for number in range(4)][-1]
    for moment in count(1):
        left = folder / f"left {moment}"
        if not _ended_with_a_cut(begun, left, moment, keeping):
            return
        with InspectionLog.open_read_only(left / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
            if not log.unreadable:
                assert log.verify().ok
                assert log.entry(kept.sequence).hash == kept.hash
            yield dict(log.unreadable)
        shutil.rmtree(left)


def _ended_with_a_cut(begun: Path, left: Path, moment: int, keeping: Keeping) -> bool:
    """Write the record that ends the volume, with a cut; tell whether the power failed before it was done."""
    disk = SimulatedDisk(copy_of(begun, left.with_name(f"disk {moment}")))
    with (
        patch.object(log_file, "connect", disk.connect),
        patch.object(log_writer, "sync_folder", disk.sync_folder),
        InspectionLog.open(disk.folder / "evidence.sqlite", kind=LogKind.EVIDENCE, volume_size=8) as log,
    ):
        disk.cut_at(moment, after=False)
        with suppress(LogError, sqlite3.Error, PowerCutError):
            log.append(a_record(Random(99)))
        if disk.failed_at is not None:
            disk.cut()
    disk.restart(left, keeping, Random(moment))
    return disk.failed_at is not None
