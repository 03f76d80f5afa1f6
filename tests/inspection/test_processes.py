from __future__ import annotations

import os

import pytest

from inspection import processes
from inspection.errors import LogError
from inspection.processes import helpers, processors


def test_a_helping_process_that_ends_is_told_as_the_error_of_the_job() -> None:
    with pytest.raises(LogError, match="ended from outside"), helpers(LogError) as pool:
        pool.submit(os._exit, 1).result()


def test_no_more_processes_are_asked_for_than_windows_can_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 128)
    assert processors() == 61
