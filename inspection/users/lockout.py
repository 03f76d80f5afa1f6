"""How long nobody may try again after wrong PINs.  Pure: what the clocks say is an argument.

    wrong PINs in a row   1-4   5     6     7     8     9      10     11 and more
    wait                  0     1     2     4     8     16     32     60 minutes

The wait is measured with two clocks.  The one on the wall can be set, so it may not shorten a wait: when it
stands before the wait's beginning, the wait begins anew.  The time since the computer was started cannot be
set, and as long as it goes on the wait is not over before it says so.  A restart ends that; then the clock on
the wall alone counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FREE_FAILURES: Final = 4
FIRST_WAIT_S: Final = 60
LONGEST_WAIT_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Moment:
    """What the clocks say: ``wall_s`` seconds since 1970 UTC, ``uptime_s`` since the computer was started."""

    wall_s: float
    uptime_s: float


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong PINs in a row of one user, and when the last of them was given."""

    failures: int
    last: Moment

    @property
    def wait_s(self) -> float:
        """How long the wait is from its beginning."""
        if self.failures <= FREE_FAILURES:
            return 0
        doublings = min(self.failures - FREE_FAILURES - 1, 10)
        return min(FIRST_WAIT_S << doublings, LONGEST_WAIT_S)

    def remaining_s(self, now: Moment) -> float:
        """Tell how much of the wait is left; 0 when a try is free."""
        elapsed = now.wall_s - self.last.wall_s
        if elapsed < 0:
            return self.wait_s
        if now.uptime_s >= self.last.uptime_s:  # else the computer was started again since
            elapsed = min(elapsed, now.uptime_s - self.last.uptime_s)
        return max(self.wait_s - elapsed, 0)

    def begun_anew_if_set_back(self, now: Moment) -> Tries:
        """Let the wait begin now if the clock was set back behind its beginning, or it would last longer."""
        return Tries(self.failures, now) if now.wall_s < self.last.wall_s else self

    def with_one_more(self, now: Moment) -> Tries:
        """Count one more."""
        return Tries(self.failures + 1, now)
