"""A simulated instrument on a real wire, and one on a wire of no length for tests that count every frame."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings
from serial.urlhandler import protocol_socket

from detector.capture import SampleTechnique
from detector.driver import Detector
from detector.drivers.chemgate_link import open_detector
from detector.framing import Frame, FrameDecoder, encode_frame
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.optics import SimulatedSample
from detector.simulator.server import running_instrument, running_pty_instrument

settings.register_profile("detector", deadline=None)  # a busy machine is not a failure
settings.load_profile("detector")


def made_up_sample(
    name: str, *peaks_cm: float, technique: SampleTechnique = SampleTechnique.ATR
) -> SimulatedSample:
    """Bands of 30 cm-1 at the given places, known from 700 to 3600 cm-1."""
    wavenumber = np.arange(700.0, 3601.0)
    absorbance = sum(0.6 * np.exp(-(((wavenumber - peak) / 15.0) ** 2)) for peak in peaks_cm) + 0.01
    return SimulatedSample(name, wavenumber, absorbance, technique)


@pytest.fixture(autouse=True)
def no_pause_after_closing_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyserial waits 0.3 s after each, out of courtesy to slow servers."""
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def first() -> SimulatedSample:
    return made_up_sample("first", 1050.0, 1700.0, 2900.0)


@pytest.fixture
def second() -> SimulatedSample:
    return made_up_sample("second", 800.0, 1250.0, 3300.0, technique=SampleTechnique.TRANSMISSION)


@dataclass
class Rig:
    """A driver, and the way to set an instrument for it on a wire."""

    open: Callable[[str], Detector]
    serve: Callable[[SimulatedInstrument], AbstractContextManager[str]]
    running: ExitStack = field(default_factory=ExitStack)
    opened: ExitStack = field(default_factory=ExitStack)

    def connect(self, instrument: SimulatedInstrument) -> Detector:
        self.url = self.running.enter_context(self.serve(instrument))
        return self.connect_again()

    def connect_again(self) -> Detector:
        detector = self.open(self.url)
        self.opened.callback(detector.close)
        return detector


needs_pty = pytest.mark.skipif(sys.platform != "linux", reason="a pty is offered on Linux only")


# A new driver comes in here, with an instrument that speaks its language, and must pass the contract.
@pytest.fixture(
    params=[
        pytest.param(running_instrument, id="chemgate_link over a socket"),
        pytest.param(running_pty_instrument, id="chemgate_link over a pty", marks=needs_pty),
    ]
)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    rig = Rig(open=open_detector, serve=request.param)
    with rig.running, rig.opened:
        yield rig


class LoopbackTransport:
    """A wire of no length: what the host reads is what the instrument says next.

    ``between`` sees each frame on its way to the host and says what arrives in its place.
    """

    def __init__(
        self,
        instrument: SimulatedInstrument,
        between: Callable[[Frame], list[Frame]] = lambda frame: [frame],
    ) -> None:
        self._instrument = instrument
        self._between = between
        self._decoder = FrameDecoder()
        self._waiting = b""

    def write(self, outgoing: bytes) -> None:
        for frame in self._decoder.feed(outgoing):
            self._queue(self._instrument.receive(frame))

    def read(self, *, wait: bool = True) -> bytes:
        if wait and not self._waiting:
            self._queue(self._instrument.advance())
        received, self._waiting = self._waiting, b""
        return received

    def close(self) -> None:
        self._instrument.link_lost()

    def _queue(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._waiting += b"".join(encode_frame(arriving) for arriving in self._between(frame))


class SteppingClock:
    """Each look at it lets a moment pass."""

    def __init__(self, step_s: float = 0.001) -> None:
        self._now_s = 0.0
        self._step_s = step_s

    def __call__(self) -> float:
        self._now_s += self._step_s
        return self._now_s


@pytest.fixture
def loopback() -> type[LoopbackTransport]:
    return LoopbackTransport


@pytest.fixture
def stepping_clock() -> type[SteppingClock]:
    return SteppingClock
