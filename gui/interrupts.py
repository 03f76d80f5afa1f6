"""Ctrl-C and a polite kill end the program as closing the window does."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PyQt6.QtCore import QObject, QSocketNotifier
from PyQt6.sip import voidptr


class Interrupts(QObject):
    """Calls ``leave`` in the window's thread when this process is asked to end.

    Python acts on a signal only when Python code runs, and Qt waits without: so the signal writes a byte
    into a socket that Qt waits for.
    """

    def __init__(self, leave: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._leave = leave
        self._read_end, self._write_end = socket.socketpair()
        for end in (self._read_end, self._write_end):
            end.setblocking(False)
        self._notifier = QSocketNotifier(voidptr(self._read_end.fileno()), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._former_wakeup = signal.set_wakeup_fd(self._write_end.fileno())
        self._former = {
            number: signal.signal(number, self._ask_to_leave) for number in (signal.SIGINT, signal.SIGTERM)
        }

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._former_wakeup)
        for number, former in self._former.items():
            signal.signal(number, former)
        self._read_end.close()
        self._write_end.close()

    def _ask_to_leave(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._leave()

    def _wake(self) -> None:
        self._read_end.recv(64)  # Python calls the signal's function on the way back from here
