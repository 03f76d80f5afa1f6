"""Programs that are ended at a chosen moment, as by a power cut: nothing is tidied up after them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod"}
FINISHED, ENDED = 0, 7


def ended_at_every_step(
    folder: Path,
    work: Callable[[], object],
    *,
    afresh: Callable[[], object] = lambda: None,
    most: int = 400,
) -> Iterator[int]:
    """Do ``work`` in another process again and again, and end that at its first, second, third ... step.

    A step is a file under ``folder`` that is opened, renamed, removed or made.  ``afresh`` is done before
    each try.  Ends when the work was once done to its end.
    """
    if not hasattr(os, "fork"):
        pytest.skip("needs a system that can fork")
    for step in range(most):
        afresh()
        child = os.fork()
        if child == 0:
            _end_at(folder, step)
            try:
                work()
            finally:
                os._exit(FINISHED if sys.exc_info()[0] is None else 1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (FINISHED, ENDED), f"the program failed by itself at step {step}"
        if code == FINISHED:
            assert step > 0
            return
        yield step
    pytest.fail(f"not done after {most} steps")


def _end_at(folder: Path, step: int) -> None:
    left = [step]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if (
            event in STEPS
            and isinstance(arguments[0], str | Path)
            and str(arguments[0]).startswith(str(folder))
        ):
            if left[0] == 0:
                os._exit(ENDED)
            left[0] -= 1

    sys.addaudithook(watch)
