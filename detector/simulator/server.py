"""Puts the simulated instrument behind a real wire: TCP on this machine, or a pty on Linux.

The only file of the simulator with a clock and a thread.  ``serve_tcp`` and ``serve_pty`` block until
they are stopped or nobody has been connected for ``idle_timeout_s``.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from ipaddress import ip_address
from queue import SimpleQueue
from typing import Final

from detector.errors import PortError
from detector.framing import Frame, FrameDecoder, encode_frame
from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.wire import PtyWire, SocketWire, Wire, WireClosedError

IDLE_TIMEOUT_S: Final = 3600.0
SIGN_OF_LIFE_S: Final = 1.0
_POLL_S: Final = 0.1

# What happens to the bytes of each outgoing frame on their way: they may be damaged, doubled, held back.
# Raising WireClosedError in it pulls the plug.
LineHook = Callable[[bytes], bytes]


def undisturbed(outgoing: bytes) -> bytes:
    """Leave the bytes as they are."""
    return outgoing


def serve_tcp(
    instrument: SimulatedInstrument,
    host: str,
    port: int,
    *,
    idle_timeout_s: float = IDLE_TIMEOUT_S,
    stop: threading.Event,
    ready: Callable[[str], None],
    line: LineHook = undisturbed,
) -> None:
    """Serve connections one after another; ``ready`` is given the URL to connect to.

    Who connects while another is served is hung up on.

    ``host`` must be this machine's own (127.0.0.1, ::1, localhost), ``port`` 0 picks a free one.
    Raises PortError when it is not, or when the port is taken.
    """
    with closing(_listen(host, port)) as listener:
        address, bound_port = listener.getsockname()[:2]
        ready(f"socket://{f'[{address}]' if ':' in address else address}:{bound_port}")
        idle_since = time.monotonic()
        while not stop.is_set() and time.monotonic() - idle_since < idle_timeout_s:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with closing(connection):
                _converse(instrument, SocketWire(connection, listener), stop, line)
            idle_since = time.monotonic()


def serve_pty(
    instrument: SimulatedInstrument,
    *,
    idle_timeout_s: float = IDLE_TIMEOUT_S,
    stop: threading.Event,
    ready: Callable[[str], None],
    line: LineHook = undisturbed,
) -> None:
    """Serve a new pty; ``ready`` is given its path, which a host may open and close any number of times.

    Raises PortError on systems without ptys of this kind.
    """
    if sys.platform != "linux":
        raise PortError("a pty is offered on Linux only; serve over TCP here")
    with ExitStack() as open_ends:
        master, path = _open_raw_pty()
        open_ends.callback(os.close, master)
        ready(path)
        idle_since = time.monotonic()
        while not stop.is_set() and time.monotonic() - idle_since < idle_timeout_s:
            if _converse(instrument, PtyWire(master), stop, line):
                idle_since = time.monotonic()
            stop.wait(_POLL_S / 2)  # nobody has it open: the master side would report that without a pause


@contextmanager
def running_instrument(instrument: SimulatedInstrument, *, line: LineHook = undisturbed) -> Iterator[str]:
    """Serve over TCP in a thread of its own, give the URL, and stop at the end."""

    def serve(stop: threading.Event, ready: Callable[[str], None]) -> None:
        serve_tcp(instrument, "127.0.0.1", 0, stop=stop, ready=ready, line=line)

    with _running(serve) as url:
        yield url


@contextmanager
def running_pty_instrument(instrument: SimulatedInstrument, *, line: LineHook = undisturbed) -> Iterator[str]:
    """Serve a pty in a thread of its own, give its path, and stop at the end."""

    def serve(stop: threading.Event, ready: Callable[[str], None]) -> None:
        serve_pty(instrument, stop=stop, ready=ready, line=line)

    with _running(serve) as path:
        yield path


@contextmanager
def _running(serve: Callable[[threading.Event, Callable[[str], None]], None]) -> Iterator[str]:
    stop = threading.Event()
    urls: SimpleQueue[str | PortError] = SimpleQueue()

    def serve_and_tell() -> None:
        try:
            serve(stop, urls.put)
        except PortError as error:
            urls.put(error)
        finally:  # whatever happens, nobody waits for a first word that never comes
            urls.put(PortError("the simulated instrument stopped before it was ready"))

    thread = threading.Thread(target=serve_and_tell, name="simulated instrument", daemon=True)
    thread.start()
    try:
        first_word = urls.get()
        if isinstance(first_word, PortError):
            raise first_word
        yield first_word
    finally:
        stop.set()
        thread.join()


def _converse(instrument: SimulatedInstrument, wire: Wire, stop: threading.Event, line: LineHook) -> bool:
    """Talk until the host hangs up; tell whether anything was heard."""
    decoder = FrameDecoder()
    was_heard = False
    step_ends = spoke = time.monotonic()

    def send(frames: list[Frame]) -> None:
        nonlocal spoke
        for frame in frames:
            wire.write(line(encode_frame(frame)), stop)
        spoke = time.monotonic()

    try:
        while not stop.is_set():
            wait_s = (
                min(max(step_ends - time.monotonic(), 0.0), _POLL_S) if instrument.is_measuring else _POLL_S
            )
            received = wire.read(wait_s)
            was_heard = was_heard or bool(received)
            for frame in decoder.feed(received):
                was_measuring = instrument.is_measuring
                send(instrument.receive(frame))
                if instrument.is_measuring and not was_measuring:
                    step_ends = time.monotonic() + instrument.step_s
            if instrument.is_measuring and time.monotonic() >= step_ends:
                send(instrument.advance())
                step_ends = time.monotonic() + instrument.step_s
            elif instrument.is_measuring and time.monotonic() - spoke >= SIGN_OF_LIFE_S:
                send(instrument.repeat_progress())
    except WireClosedError:
        return was_heard
    finally:
        instrument.link_lost()
    return was_heard


def _listen(host: str, port: int) -> socket.socket:
    """Listen on this machine alone: what has no password must not be reachable from a network."""
    if not 0 <= port <= 0xFFFF:  # getaddrinfo would quietly take another one
        raise PortError(f"cannot listen at {host}:{port}: expected a port from 0 to 65535")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise PortError(f"cannot listen at {host}:{port}: {error}") from error
    if not ip_address(address[0]).is_loopback:
        raise PortError(f"expected an address of this machine alone, such as 127.0.0.1, found {host}")
    listener = socket.socket(family, socket.SOCK_STREAM)
    with ExitStack() as on_failure:
        on_failure.callback(listener.close)
        if sys.platform != "win32":  # there it would let two programs listen at one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise PortError(f"cannot listen at {host}:{port}: {error}") from error
        listener.settimeout(_POLL_S)
        on_failure.pop_all()
    return listener


def _open_raw_pty() -> tuple[int, str]:
    """Open a pty whose line passes every byte, and give its master descriptor and the slave's path."""
    import tty  # exists on POSIX only

    master, slave = os.openpty()
    with ExitStack() as open_ends:
        open_ends.callback(os.close, slave)
        tty.setraw(slave)
        return master, os.ttyname(slave)
