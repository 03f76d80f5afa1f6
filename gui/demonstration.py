"""The demonstration's instrument: simulated, but behind a real wire, and shown as what it is."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack

from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from inspection.demo_samples import DemoSample

SEED = 2026


class Demonstration:
    """Serves a simulated instrument over TCP on this computer until it is closed.

    The instrument plays ``samples`` in order, one per finished scan of a loaded crystal, then from the first
    again.  ``speed`` 1 is a real instrument's pace, infinity has no pauses.  The crystal is empty at first.
    What is found here belongs into the training log.
    """

    def __init__(self, samples: Sequence[DemoSample], *, speed: float = 1.0) -> None:
        self.samples = tuple(samples)
        self._is_loaded = threading.Event()
        instrument = SimulatedInstrument(
            tuple(one.sample for one in self.samples),
            seed=SEED,
            speed=speed,
            is_loaded=self._is_loaded.is_set,  # asked by the thread that serves
        )
        self._running = ExitStack()
        self.url = self._running.enter_context(running_instrument(instrument))

    def put_sample_on(self, is_wanted: bool) -> None:
        """Lay the next sample on the crystal, or take it off."""
        if is_wanted:
            self._is_loaded.set()
        else:
            self._is_loaded.clear()

    @property
    def has_sample_on(self) -> bool:
        """Whether a sample lies on the crystal."""
        return self._is_loaded.is_set()

    def declared(self, number: int) -> str:
        """Say what the papers of the sample ``number`` call it; counted from 0, round and round."""
        return self.samples[number % len(self.samples)].declared

    def close(self) -> None:
        """Switch the instrument off.  May be called twice."""
        self._running.close()
