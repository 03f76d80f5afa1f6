"""The simulated instrument's end of the cable: a TCP connection or the master side of a pty."""

from __future__ import annotations

import os
import select
import socket
from contextlib import suppress
from threading import Event
from typing import Final, Protocol

_READ_BYTES: Final = 4096
_POLL_S: Final = 0.1
_POLL_MS: Final = 100


class WireClosedError(Exception):
    """The host has hung up, or the instrument is to stop."""


class Wire(Protocol):
    """A two-way stream of bytes that can be waited for."""

    def read(self, wait_s: float) -> bytes:
        """Give what has arrived, waiting at most ``wait_s`` for it.  Raises WireClosedError."""
        ...

    def write(self, outgoing: bytes, stop: Event) -> None:
        """Send all bytes, however slowly the host takes them.  Raises WireClosedError, also on ``stop``."""
        ...


class SocketWire:
    """A connection that was accepted at ``listener``; both belong to the caller, who closes them.

    There is one instrument: whoever else connects meanwhile is let in and hung up on at once, so that they
    need not wait in vain for an answer.
    """

    def __init__(self, connection: socket.socket, listener: socket.socket) -> None:
        self._connection = connection
        self._listener = listener
        connection.setblocking(False)
        # Small answers must not wait for the acknowledgement of the one before.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, wait_s: float) -> bytes:
        """Give what has arrived."""
        # Asked before the host is listened to: one that hangs up and comes again at once is heard to hang up
        # below, and is not mistaken for somebody else.
        others, _, _ = select.select([self._listener], [], [], 0)
        try:
            ready, _, _ = select.select([self._connection], [], [], wait_s)
            if not ready:
                if others:
                    self._turn_away()
                return b""
            received = self._connection.recv(_READ_BYTES)
        except OSError as error:
            raise WireClosedError(f"the host is gone: {error}") from error
        if not received:
            raise WireClosedError("the host has closed the connection")
        return received

    def write(self, outgoing: bytes, stop: Event) -> None:
        """Send all bytes."""
        try:
            while outgoing and not stop.is_set():
                _, ready, _ = select.select([], [self._connection], [], _POLL_S)
                if ready:
                    with suppress(BlockingIOError):  # the line filled up in between
                        outgoing = outgoing[self._connection.send(outgoing) :]
        except OSError as error:
            raise WireClosedError(f"the host is gone: {error}") from error
        if outgoing:
            raise WireClosedError("stopped while sending")

    def _turn_away(self) -> None:
        with suppress(OSError):  # they may have left on their own
            self._listener.accept()[0].close()


class PtyWire:
    """The master side of a pty by its descriptor, which belongs to the caller.

    Its slave side must be opened by the host alone: as long as this program held it open too, a host that
    hangs up could not be noticed.
    """

    def __init__(self, master: int) -> None:
        self._master = master
        os.set_blocking(master, False)

    def read(self, wait_s: float) -> bytes:
        """Give what has arrived."""
        ready, _, _ = select.select([self._master], [], [], wait_s)
        if not ready:
            return b""
        try:
            return os.read(self._master, _READ_BYTES)
        except OSError as error:  # EIO: nobody has the slave side open
            raise WireClosedError(f"the host has closed the port: {error}") from error

    def write(self, outgoing: bytes, stop: Event) -> None:
        """Send all bytes."""
        room = select.poll()  # unlike select it tells of a host that hung up while the line was full
        room.register(self._master, select.POLLOUT)
        while outgoing and not stop.is_set():
            events = dict(room.poll(_POLL_MS)).get(self._master, 0)
            if events & (select.POLLHUP | select.POLLERR):
                raise WireClosedError("the host has closed the port")
            if events & select.POLLOUT:
                with suppress(BlockingIOError):  # the line filled up in between
                    outgoing = outgoing[os.write(self._master, outgoing) :]
        if outgoing:
            raise WireClosedError("stopped while sending")
