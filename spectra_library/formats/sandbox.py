"""Untrusted files read in a process of its own, with little memory and time: bytes in, checked parts out.

    content -pipe-> sandbox_worker (limited) -pipe-> parts, checked again -> FilePart
                          |
                 killed at a limit, and a new one for the next file

The program never parses a file of somebody else's itself.  A file that hangs, eats memory or breaks its
reader is one clear error, and the next file is read.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from spectra_library.errors import (
    FormatError,
    ReaderFailedError,
    ReadingCancelledError,
    ReadingLimitError,
    SpectraLibraryError,
)
from spectra_library.formats.file_content import MAX_FILE_BYTES
from spectra_library.formats.file_spectrum import FilePart
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.sandbox_answers import received
from spectra_library.formats.sandbox_wire import OUT_OF_MEMORY, READY, request_head

_ROOT: Final = Path(__file__).resolve().parents[2]
_MODULE: Final = "spectra_library.formats.sandbox_worker"
_CPU_SIGNAL: Final = 24  # SIGXCPU of Linux; Windows knows neither the name nor negative exit codes
_MAX_COMPLAINT: Final = 4096  # bytes
_START_S: Final = 30.0  # a slow disk, a virus scanner
_LOOK_S: Final = 0.05  # how often a read in progress is looked at
_END_S: Final = 1.0
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one file may take: memory and content in bytes, processor and wall time in whole seconds.

    Raises ValueError when one is not positive.
    """

    memory_bytes: int = 512 * 2**20
    cpu_s: int = 5
    wall_s: int = 8
    file_bytes: int = MAX_FILE_BYTES

    def __post_init__(self) -> None:
        if min(self.memory_bytes, self.cpu_s, self.wall_s, self.file_bytes) <= 0:
            raise ValueError(f"expected positive limits, found {self}")

    def arguments(self) -> tuple[str, ...]:
        """Give the limits as the process takes them."""
        return (str(self.memory_bytes), str(self.cpu_s), str(self.wall_s))

    def memory_error(self) -> ReadingLimitError:
        """Give the error of a file that needs more memory."""
        return _over(f"{self.memory_bytes / 2**20:g} MB of memory")


# A person chose this file and waits for it.
CHOSEN_LIBRARY: Final = ReadingLimits(cpu_s=30, wall_s=30, file_bytes=64 * 2**20)


class LimitedReader:
    """Reads files in one warm limited process, started with the first file and again after each failure.

    For one thread at a time; ``cancel`` may be set by any other.  Close it, or use it as a context.
    """

    def __init__(
        self, limits: ReadingLimits = ReadingLimits(), *, command: Sequence[str] | None = None
    ) -> None:
        """Start nothing yet; ``command`` is the process in place of the program's own."""
        self.limits = limits
        self._command = tuple(_own_command() if command is None else command)
        self._worker: _Worker | None = None

    def start(self) -> None:
        """Let the process start while there is other work; reading without this does as well.

        What goes wrong here is told by the first file.
        """
        with suppress(FormatError):
            self._running()

    def read(
        self, content: bytes, name: str, *, cancel: threading.Event | None = None
    ) -> tuple[FilePart, ...]:
        """Read all parts of a file; ``name`` only serves as a title where the file has none.

        Raises FormatError when the file is refused as a whole, ReadingLimitError (one of them) when it
        takes too much, ReaderFailedError (another) when the reader breaks, ReadingCancelledError when
        ``cancel`` was set.
        """
        if len(content) > self.limits.file_bytes:
            raise FormatError(f"expected at most {self.limits.file_bytes / 2**20:g} MiB, found a larger file")
        if cancel is not None and cancel.is_set():  # a quick answer could come before the first look at it
            raise ReadingCancelledError("reading was called off before it began")
        worker = self._running()
        is_sound = False
        try:
            parts = worker.read(content, name, self.limits, cancel)
            is_sound = True
        except (ReaderFailedError, ReadingLimitError):
            raise
        except FormatError:
            is_sound = True  # the file is refused, and the process can read on
            raise
        finally:
            if not is_sound:
                self.close()  # what comes next through its pipe belongs to no file
        return parts

    def close(self) -> None:
        """End the process; reading again starts another."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _running(self) -> _Worker:
        if self._worker is not None and self._worker.is_gone():
            self.close()
        if self._worker is None:
            self._worker = _Worker([*self._command, *self.limits.arguments()])
        return self._worker


class _Worker:
    """One process and its three pipes."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it.  Raises ReaderFailedError."""
        self._is_ready = False
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=_ROOT,  # the folder of somebody's files may be on a stick that is to be pulled out
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the program alone
                creationflags=_WINDOWS_FLAGS,
            )
        except OSError as error:
            raise _not_started(error.strerror or str(error)) from error
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self._requests, self._answers = self.process.stdin, self.process.stdout
        self._complaints = self.process.stderr

    def is_gone(self) -> bool:
        """Tell whether the process has ended."""
        return self.process.poll() is not None

    def read(
        self, content: bytes, name: str, limits: ReadingLimits, cancel: threading.Event | None
    ) -> tuple[FilePart, ...]:
        """Send one file and receive its parts, see LimitedReader."""
        if not self._is_ready:
            self._wait_until_ready(cancel)
        with _Watch(self.process, limits, limits.wall_s, cancel) as watch:
            try:
                self._requests.write(request_head(name, content))
                self._requests.write(content)
                self._requests.flush()
                return received(self._answers)
            except (EOFError, OSError) as error:  # the process is gone, and has closed its ends
                raise watch.found or self._reason(limits) from error

    def end(self) -> None:
        """Let the process end, or kill it; close the pipes."""
        with suppress(OSError):  # it is gone, and what was still to be written with it
            self._requests.close()  # at this the process ends by itself
        try:
            self.process.wait(_END_S if self._is_ready else 0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._answers.close()
        self._complaints.close()

    def _wait_until_ready(self, cancel: threading.Event | None) -> None:
        with _Watch(self.process, None, _START_S, cancel) as watch:
            said = self._answers.read(len(READY))
        if said != READY:
            raise watch.found or _not_started(self._last_words() or "it ended")
        self._is_ready = True

    def _reason(self, limits: ReadingLimits) -> FormatError:
        """Say why the process ended in the midst of a file."""
        last_words = self._last_words()
        code = self.process.returncode
        if code == OUT_OF_MEMORY:
            return limits.memory_error()
        if code == -_CPU_SIGNAL:
            return _over(f"{limits.cpu_s} s of processor time")
        if code < 0 and not last_words:
            last_words = _signal_name(-code)
        return ReaderFailedError(f"the reader gave up on this file ({last_words or f'exit code {code}'})")

    def _last_words(self) -> str:
        """Give the last line that the process wrote before it ended."""
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        lines = os.read(self._complaints.fileno(), _MAX_COMPLAINT).decode("utf-8", "replace").splitlines()
        return cleaned(lines[-1]) if lines else ""


class _Watch:
    """A thread beside a read that kills the process when time, memory (Windows) or patience is at an end.

    ``found`` is the error for it, None when nothing happened.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        limits: ReadingLimits | None,
        wall_s: float,
        cancel: threading.Event | None,
    ) -> None:
        """Watch nothing yet; ``limits`` is None while the process starts."""
        self.found: SpectraLibraryError | None = None
        self._process, self._limits, self._wall_s, self._cancel = process, limits, wall_s, cancel
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="file reading watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        end = time.monotonic() + self._wall_s
        while self.found is None:
            if self._cancel is not None and self._cancel.is_set():
                self.found = ReadingCancelledError("the file was not read to its end")
            elif time.monotonic() >= end:
                self.found = (
                    _not_started("it does not answer")
                    if self._limits is None
                    else _over(f"{self._wall_s:g} s")
                )
            elif self._limits is not None and memory_of(self._process.pid) > self._limits.memory_bytes:
                self.found = self._limits.memory_error()
            elif self._is_over.wait(min(_LOOK_S, max(end - time.monotonic(), 0.0))):
                return
        self._process.kill()


if sys.platform == "win32":
    # No console window, and Ctrl-C is for the program alone.
    _WINDOWS_FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP

    def memory_of(pid: int) -> int:
        """Return the bytes that a process and its children hold: in a venv python.exe only starts another."""
        import psutil  # only where the system cannot limit memory itself

        try:
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
            return sum(one.memory_info().private for one in family)
        except psutil.Error:
            return 0  # gone in between

else:
    _WINDOWS_FLAGS = 0

    def memory_of(pid: int) -> int:
        """Return 0: the system limits the memory of the process itself."""
        return 0


def _own_command() -> list[str]:
    return [sys.executable, "-P", "-S", "-W", "ignore", "-m", _MODULE]


def _environment() -> dict[str, str]:
    """Let the process find what this one finds, wherever it was started, and compute with one thread."""
    paths = [str(_ROOT), *(path for path in sys.path if path)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        **dict.fromkeys(_ONE_THREAD, "1"),
    }


def _over(limit: str) -> ReadingLimitError:
    return ReadingLimitError(f"expected a file that is read within {limit}, found one that takes more")


def _not_started(reason: str) -> ReaderFailedError:
    return ReaderFailedError(f"expected a process that reads files, found that none starts: {reason}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
