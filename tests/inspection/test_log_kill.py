"""Kill a program while it writes and exports; ``tools/log_campaign.py --kills`` does it for longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.inspection.kill_campaign import KillOutcome, Program, kills

KILLS = 15
MOST_OF_A_CONTROL = 150  # one kill in eight catches the first control, so nearly all of its runs end early


def outcomes(folder: Path, program: Program, count: int = MOST_OF_A_CONTROL) -> Iterator[KillOutcome]:
    return kills(folder, count, seed=20261124, program=program)


def test_a_killed_program_loses_no_record_that_it_acknowledged_and_leaves_no_half_of_an_export(
    tmp_path: Path,
) -> None:
    found = list(outcomes(tmp_path, Program.THE_LOG, KILLS))

    assert [outcome for outcome in found if not outcome.is_sound] == []
    assert max(outcome.entries for outcome in found) > KILLS
    assert max(outcome.exports for outcome in found) > 0


def test_a_log_that_acknowledges_before_it_commits_is_caught(tmp_path: Path) -> None:
    assert any(outcome.lost for outcome in outcomes(tmp_path, Program.ACKNOWLEDGES_FIRST))


def test_an_export_that_writes_over_the_old_file_is_caught(tmp_path: Path) -> None:
    assert any(outcome.torn for outcome in outcomes(tmp_path, Program.EXPORTS_IN_PLACE))
