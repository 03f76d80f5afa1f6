"""Bytes to and from a port.  Knows no frames; the only file besides discovery.py that knows pyserial."""

from __future__ import annotations

import errno
import select
import sys
from dataclasses import dataclass
from typing import Final, Protocol

import serial

from detector.errors import LinkLostError, PortError

BAUD_RATE: Final = 115_200  # for bridges with a real UART behind them; USB and sockets ignore it
WRITE_TIMEOUT_S: Final = 1.0
READ_WAIT_S: Final = 0.05
_READ_BYTES: Final = 4096

# What pyserial lets out when the other end is gone, or when another thread has closed the port under it:
# its own SerialException is an OSError; a closed port has no descriptor, which gives the other three.
_LINK_ERRORS: Final = (OSError, TypeError, ValueError, AttributeError)

_REASONS: Final = {
    errno.ENOENT: "there is no such port",
    errno.EACCES: "this user is not permitted to use it (on Linux: join the group 'dialout')",
    errno.EAGAIN: "another program is using it",
    errno.EBUSY: "another program is using it",
    errno.ECONNREFUSED: "nothing is listening there",
}


class Transport(Protocol):
    """A two-way stream of bytes."""

    def write(self, outgoing: bytes) -> None:
        """Send all bytes.  Raises LinkLostError when they cannot be sent within about a second."""
        ...

    def read(self, *, wait: bool = True) -> bytes:
        """Give what has arrived, waiting at most ``READ_WAIT_S`` for it; may be empty.

        Raises LinkLostError when the other end is gone.
        """
        ...

    def close(self) -> None:
        """Give the port back; may be called twice."""
        ...


class SerialTransport:
    """A port by its URL: ``/dev/ttyUSB0``, ``COM5``, ``socket://host:port``, ``rfc2217://host:port``, a pty.

    Raises PortError when it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        scheme = url.partition("://")[0].lower() if "://" in url else ""
        # pyserial's rfc2217 refuses any write timeout; its socket has one of 5 s inside.
        write_timeout = None if scheme == "rfc2217" else WRITE_TIMEOUT_S
        # A socket and a POSIX tty can be waited for by select; pyserial tells of a socket only *whether*
        # bytes wait, not how many, so that in_waiting would mean reading one byte at a time.
        self._is_selectable = scheme == "socket" or (scheme == "" and sys.platform != "win32")
        try:
            self._port = serial.serial_for_url(
                url,
                baudrate=BAUD_RATE,
                timeout=0 if self._is_selectable else READ_WAIT_S,
                write_timeout=write_timeout,
                exclusive=True,  # without it a second program may open a POSIX tty and steal half the bytes
            )
        except (OSError, TypeError, ValueError) as error:  # TypeError: a socket URL without a port number
            raise PortError(f"cannot open {url}: {_reason(error)}") from error

    def write(self, outgoing: bytes) -> None:
        """Send all bytes."""
        try:
            self._port.write(outgoing)
        except serial.SerialTimeoutException as error:
            raise LinkLostError(
                f"{self.url} takes no more bytes: the instrument has stopped reading"
            ) from error
        except _LINK_ERRORS as error:
            raise LinkLostError(f"the connection to {self.url} broke while sending: {error}") from error

    def read(self, *, wait: bool = True) -> bytes:
        """Give what has arrived."""
        try:
            return self._read_selected(wait=wait) if self._is_selectable else self._read_counted(wait=wait)
        except _LINK_ERRORS as error:
            raise LinkLostError(f"the connection to {self.url} is gone: {error}") from error

    def close(self) -> None:
        """Give the port back."""
        # pyserial forgets to close a socket whose other end went first; nothing else lets go of it then.
        inner_socket = getattr(self._port, "_socket", None)
        try:
            self._port.close()
        except OSError as error:
            raise LinkLostError(f"{self.url} could not be closed: {error}") from error
        finally:
            if inner_socket is not None:
                inner_socket.close()

    def _read_selected(self, *, wait: bool) -> bytes:
        ready, _, _ = select.select([self._port.fileno()], [], [], READ_WAIT_S if wait else 0)
        return bytes(self._port.read(_READ_BYTES)) if ready else b""

    def _read_counted(self, *, wait: bool) -> bytes:
        waiting = self._port.in_waiting
        if not waiting and not wait:
            return b""
        return bytes(self._port.read(waiting or 1))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One piece of a recording: bytes that went out (``is_sent``) or came in."""

    is_sent: bool
    content: bytes


class RecordingTransport:
    """Another transport that keeps all bytes both ways, in the order in which they passed."""

    def __init__(self, inner: Transport) -> None:
        self.exchanges: list[Exchange] = []
        self._inner = inner

    @property
    def sent(self) -> bytes:
        """All bytes that went out."""
        return b"".join(exchange.content for exchange in self.exchanges if exchange.is_sent)

    @property
    def received(self) -> bytes:
        """All bytes that came in."""
        return b"".join(exchange.content for exchange in self.exchanges if not exchange.is_sent)

    def write(self, outgoing: bytes) -> None:
        """Send all bytes."""
        self.exchanges.append(Exchange(is_sent=True, content=outgoing))
        self._inner.write(outgoing)

    def read(self, *, wait: bool = True) -> bytes:
        """Give what has arrived."""
        received = self._inner.read(wait=wait)
        if received:
            self.exchanges.append(Exchange(is_sent=False, content=received))
        return received

    def close(self) -> None:
        """Give the port back."""
        self._inner.close()


def _reason(error: BaseException) -> str:
    """Put the cause of a failed opening into words; pyserial hides the first error behind its own."""
    cause: BaseException | None = error
    while cause is not None:
        number = getattr(cause, "errno", None)
        if number in _REASONS:
            return _REASONS[number]
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__
