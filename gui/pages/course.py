"""The course of one sample through the five gates, as a value; no Qt, no clock.

clean -> background -> empty check -> look -> sample -> result
Every event gives a new Course; what the window shows follows from it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it brings numpy, which the first sight of the window does not wait for
    from detector.capture import DeviceInfo, DeviceStatus

START_MIN = 0.10  # absorbance; below it the bands of a weak absorber drown in the noise of 16 scans
EMPTY_MAX = 0.03  # absorbance; three times what the noise of one preview reaches
BEST = (0.20, 1.50)  # absorbance; above it less than 3 % of the light is left in the strongest band
EMPTY_LOOKS = 3  # previews in a row, so that one lucky reading does not pass a gate
BACKGROUND_GOOD_FOR = timedelta(minutes=15)  # water vapour and carbon dioxide of the room drift


class Step(StrEnum):
    """Where the sample stands; LOOK is the card in front of gate 4."""

    CLEAN = "clean"
    BACKGROUND = "background"
    EMPTY_CHECK = "empty_check"
    LOOK = "look"
    SAMPLE = "sample"
    RESULT = "result"


class Link(StrEnum):
    """How the detector is connected."""

    ABSENT = "absent"
    CONNECTING = "connecting"
    OPEN = "open"


class Trouble(StrEnum):
    """What went wrong last, until the next attempt."""

    NOT_FOUND = "not_found"
    LOST = "lost"
    BACKGROUND_FAILED = "background_failed"
    SCAN_FAILED = "scan_failed"
    WATCH_FAILED = "watch_failed"
    CANCELLED = "cancelled"


class Signal(StrEnum):
    """What the strongest band says about the crystal."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    WEAK = "weak"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Course:
    """All that the scan page depends on.

    ``done`` of ``total`` co-added scans are finished, ``began_s`` on a steady clock; ``seconds_left`` None
    when nobody knows.  ``passed`` says when each step was passed.  ``reason`` is the sentence of the error
    behind ``trouble``, ``missing_library`` that of the error that left nothing to name with.  ``residue``
    names what the empty crystal resembles, as a hint; empty where that cannot be said.
    """

    step: Step = Step.CLEAN
    link: Link = Link.ABSENT
    port: str = ""
    device: DeviceInfo | None = None
    status: DeviceStatus | None = None
    is_measuring: bool = False
    done: int = 0
    total: int = 0
    began_s: float = 0.0
    seconds_left: float | None = None
    background_at: datetime | None = None
    is_background_old: bool = False
    passed: tuple[tuple[Step, datetime], ...] = ()
    strongest: float | None = None
    empty_looks: int = 0
    residue: str = ""
    trouble: Trouble | None = None
    reason: str = ""
    missing_library: str = ""

    # The detector

    def connecting(self, url: str) -> Course:
        """Look for the detector at ``url``, or anywhere when it is empty."""
        return replace(self, link=Link.CONNECTING, port=url or self.port, trouble=None, reason="")

    def connected(self, device: DeviceInfo, status: DeviceStatus) -> Course:
        """Go on where the detector allows: without a background in it, from gate 2."""
        step = self.step
        if step in (Step.EMPTY_CHECK, Step.LOOK, Step.SAMPLE) and not status.has_background:
            step = Step.BACKGROUND
        return replace(
            self.without_reading(),
            step=step,
            link=Link.OPEN,
            device=device,
            status=status,
            is_measuring=False,
            trouble=None,
            reason="",
        )

    def not_connected(self, reason: str) -> Course:
        """No detector answered."""
        return replace(self.let_go(), trouble=Trouble.NOT_FOUND, reason=reason)

    def let_go(self) -> Course:
        """The port was given back."""
        return replace(self.without_reading(), link=Link.ABSENT, device=None, status=None, is_measuring=False)

    def lost(self, reason: str) -> Course:
        """The cable is gone; what was under way has failed just before."""
        total = self.total if self.trouble is Trouble.LOST else 0
        return replace(self.let_go(), total=total, trouble=Trouble.LOST, reason=reason)

    def status_changed(self, status: DeviceStatus) -> Course:
        """The detector says how it is."""
        return replace(self, status=status)

    # The library

    def library_missing(self, reason: str) -> Course:
        """Nothing can be named."""
        return replace(self, missing_library=reason)

    def library_loaded(self) -> Course:
        """There is something to name with again."""
        return replace(self, missing_library="")

    # The gates

    def crystal_is_clean(self, now: datetime) -> Course:
        """Gate 1 is passed."""
        is_connected = self.link is Link.OPEN  # else the reason why not is still wanted
        course = self.without_trouble() if is_connected else self
        return replace(course._past(Step.CLEAN, now), step=Step.BACKGROUND)

    def measuring(self, began_s: float) -> Course:
        """A background or a scan begins."""
        return replace(
            self,
            is_measuring=True,
            done=0,
            total=0,
            began_s=began_s,
            seconds_left=None,
            trouble=None,
            reason="",
        )

    def progressed(self, done: int, total: int, moment_s: float) -> Course:
        """``done`` of ``total`` co-added scans are finished."""
        left = (moment_s - self.began_s) / done * (total - done) if done else None
        return replace(self, done=done, total=total, seconds_left=left)

    def background_taken(self, now: datetime) -> Course:
        """Gate 2 is passed."""
        return replace(
            self._past(Step.BACKGROUND, now).without_reading(),
            step=Step.EMPTY_CHECK,
            is_measuring=False,
            background_at=now,
            is_background_old=False,
        )

    def failed(self, trouble: Trouble, reason: str) -> Course:
        """A background, a scan or the watching ended without a result."""
        return replace(self, is_measuring=False, trouble=trouble, reason=reason)

    def seen(self, strongest: float, now: datetime) -> Course:
        """A look at the crystal: the strongest band stands ``strongest`` above the floor."""
        looks = self.empty_looks + 1 if strongest <= EMPTY_MAX else 0
        age = now - self.background_at if self.background_at is not None else timedelta(0)
        return replace(
            self, strongest=strongest, empty_looks=looks, is_background_old=age > BACKGROUND_GOOD_FOR
        )

    def residue_seen(self, residue: str) -> Course:
        """What is left on the crystal resembles ``residue``."""
        return replace(self, residue=residue)

    def crystal_is_empty(self, now: datetime) -> Course:
        """Gate 3 is passed."""
        return replace(self._past(Step.EMPTY_CHECK, now), step=Step.LOOK)

    def have_looked(self) -> Course:
        """The sample may be pressed."""
        return replace(self.without_reading(), step=Step.SAMPLE)

    def named(self, now: datetime) -> Course:
        """Gate 4 is passed."""
        return replace(self._past(Step.SAMPLE, now), step=Step.RESULT, is_measuring=False)

    def sample_again(self) -> Course:
        """The same sample is measured once more, with the background there is."""
        return replace(self.without_reading(), step=Step.SAMPLE, trouble=None, reason="")

    def next_sample(self) -> Course:
        """Begin at gate 1."""
        return replace(self.without_reading(), step=Step.CLEAN, passed=(), trouble=None, reason="")

    def background_again(self) -> Course:
        """Begin at gate 2."""
        return replace(self.without_reading(), step=Step.BACKGROUND, trouble=None, reason="")

    def back(self) -> Course:
        """Return to the gate before."""
        before = {
            Step.BACKGROUND: Step.CLEAN,
            Step.EMPTY_CHECK: Step.CLEAN,
            Step.LOOK: Step.EMPTY_CHECK,
            Step.SAMPLE: Step.EMPTY_CHECK,
        }
        step = before.get(self.step, self.step)
        return replace(self.without_reading(), step=step, trouble=None, reason="")

    def without_reading(self) -> Course:
        """Forget what was seen on the crystal."""
        return replace(self, strongest=None, empty_looks=0, residue="")

    def without_trouble(self) -> Course:
        """Try again."""
        return replace(self, trouble=None, reason="")

    # Questions

    @property
    def wants_watch(self) -> bool:
        """Whether the live curve is wanted now."""
        return (
            self.link is Link.OPEN
            and not self.is_measuring
            and self.step in (Step.EMPTY_CHECK, Step.SAMPLE)
            and self.trouble in (None, Trouble.CANCELLED)
            and not self.missing_library
            and not self.is_background_old
        )

    @property
    def is_empty(self) -> bool:
        """Whether gate 3 may be passed."""
        return self.empty_looks >= EMPTY_LOOKS

    @property
    def signal(self) -> Signal:
        """What the strongest band says."""
        if self.strongest is None:
            return Signal.UNKNOWN
        if self.strongest <= EMPTY_MAX:
            return Signal.EMPTY
        return Signal.STRONG if self.strongest >= START_MIN else Signal.WEAK

    def passed_at(self, step: Step) -> datetime | None:
        """When ``step`` was passed."""
        return dict(self.passed).get(step)

    def _past(self, step: Step, now: datetime) -> Course:
        kept = tuple(one for one in self.passed if one[0] is not step)
        return replace(self, passed=(*kept, (step, now)))
