"""Kill a program while it writes: what it said was written must be there, whole, and the chain must hold."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from inspection.log import InspectionLog
from inspection.log_kind import LogKind

KILLS = 15

WRITER = """
import sys
from pathlib import Path
from conftest import make_identification
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

with InspectionLog.open(Path(sys.argv[1]), kind=LogKind.EVIDENCE) as log:
    number = log.head().count
    while True:
        entry = log.append(make_identification(number := number + 1))
        print(entry.sequence, entry.hash.hex(), flush=True)
"""

# The control: it says that a record is written before it is committed, as a log would that saves its commits.
HASTY_WRITER = """
import sys
from pathlib import Path
from conftest import make_identification
from inspection.log import InspectionLog
from inspection.log_kind import LogKind

with InspectionLog.open(Path(sys.argv[1]), kind=LogKind.EVIDENCE) as log:
    number = log.head().count
    while True:
        with log._writing():
            for _ in range(8):
                entry = log._insert(make_identification(number := number + 1), log._clock())
                print(entry.sequence, entry.hash.hex(), flush=True)
"""


def acknowledged(writer: subprocess.Popen[str], at_least: int) -> Iterator[tuple[int, str]]:
    """Read what the writer says it wrote; kill it at line ``at_least`` and read what is left in the pipe."""
    for line_number, line in enumerate(writer.stdout, start=1):
        if line_number == at_least:
            writer.kill()
        if line.endswith("\n"):  # the last line may be cut
            sequence, head = line.split()
            yield int(sequence), head


def losses(
    log_path: Path, code: str, start_child: Callable[..., subprocess.Popen[str]]
) -> Iterator[list[int]]:
    """Kill the writer again and again; tell each time which acknowledged records are not in the log."""
    chance = random.Random(20261124)
    for _ in range(KILLS):
        writer = start_child(code, log_path)
        said = dict(acknowledged(writer, chance.randint(1, 30)))
        assert writer.wait(timeout=30) != 0
        assert said
        with InspectionLog.open(log_path, kind=LogKind.EVIDENCE) as log:  # the next start, on what was left
            report = log.verify()
            assert report.ok, report.problems
            stored = {entry.sequence: entry.hash.hex() for entry in log.entries()}
        yield [sequence for sequence, head in said.items() if stored.get(sequence) != head]


def test_a_killed_program_loses_no_record_that_it_acknowledged(log_path: Path, start_child) -> None:
    assert list(losses(log_path, WRITER, start_child)) == [[]] * KILLS


def test_a_log_that_acknowledges_before_it_commits_is_caught(log_path: Path, start_child) -> None:
    assert any(losses(log_path, HASTY_WRITER, start_child))
