"""How long the computer has been running: a clock that nobody can set."""

from __future__ import annotations

import time


def seconds_since_boot() -> float:
    """Tell how long the computer has been running; asleep too, where the system counts that."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
