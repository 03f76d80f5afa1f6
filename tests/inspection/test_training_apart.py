"""No way leads a training record into evidence, or back; ``tools/log_campaign.py --apart`` walks longer."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from inspection import log_file
from tests.inspection.training_apart import STEPS, CrossedOverError, walk

TAKEN = 2_000


def test_no_step_of_a_random_walk_brings_a_record_into_the_other_log(in_memory: Path) -> None:
    counts = walk(in_memory, TAKEN, seed=20261124)

    assert {step.__name__ for _, step in STEPS} <= counts.keys()
    assert counts["refused"] > TAKEN / 10
    assert counts["reported"] > TAKEN / 100


def test_a_log_that_does_not_look_at_its_kind_is_caught(in_memory: Path) -> None:
    with (
        patch.object(log_file, "require_kind", lambda db, path, kind: None),
        pytest.raises(CrossedOverError, match=r"was opened|is read in"),
    ):
        walk(in_memory, TAKEN, seed=20261124)
