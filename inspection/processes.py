"""Processes that share out the work on a large log."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from inspection.errors import InspectionError

MOST: Final = 61  # Windows can wait for no more of them at once


def processors() -> int:
    """Tell how many processes are worth having here."""
    return min(os.cpu_count() or 1, MOST)


@contextmanager
def helpers(otherwise: type[InspectionError]) -> Iterator[ProcessPoolExecutor]:
    """Lend processes to share work out to; what still waits at the end is given up.

    ``otherwise`` is raised where one of them is ended from outside, by want of memory for example.
    """
    with ProcessPoolExecutor(processors(), mp_context=get_context("spawn")) as pool:
        try:
            yield pool
        except BrokenProcessPool as error:
            raise otherwise("a process that helped with the log was ended from outside") from error
        finally:
            pool.shutdown(cancel_futures=True)
