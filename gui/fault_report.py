"""What happens to a fault that nobody foresaw: the program stays up, and a numbered report is kept.

slot or thread raises -> FaultDesk.take -> faults/fault-0007.txt -> reported(Fault) -> one sentence
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject, pyqtSignal

MOST_FAULTS_PER_RUN = 50  # a fault that changes its face each time must not fill the disk either


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that was reported; ``path`` is None where no report could be written."""

    number: int
    path: Path | None


class FaultDesk(QObject):
    """Takes every exception that reached the top of a thread.

    ``folder`` receives the reports.  ``private`` are texts that no report may hold, such as the officer's
    name; the home folder and the login name are always among them.  Belongs to the window's thread; ``take``
    may be called from any.

    Signals:
        reported(Fault): a fault that was not seen before in this run.
    """

    reported = pyqtSignal(object)

    def __init__(self, folder: Path, *, private: Iterable[str] = ()) -> None:
        super().__init__()
        self._folder = folder
        self._private = tuple(private)
        self._seen: set[tuple[object, ...]] = set()
        self._last_number = 0
        self._lock = threading.Lock()
        self._installed = False

    def install(self) -> None:
        """Become the last resort of this process: without one, Qt aborts at an exception in a slot."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread
        self._installed = True

    def uninstall(self) -> None:
        """Give the process back its former last resort.  May be called twice."""
        if self._installed:
            sys.excepthook, threading.excepthook = self._before
            self._installed = False

    def take(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep a report of a fault, print it, and tell the window; pass over one that was seen before."""
        if not issubclass(kind, Exception):  # Ctrl-C and sys.exit are no faults
            sys.__excepthook__(kind, error or kind(), trace)
            return
        import traceback  # 2 ms until the window shows; gui/app.py reads it right after

        text = "".join(traceback.format_exception(kind, error, trace))
        with self._lock:
            face = _face(kind, trace)
            if face in self._seen or len(self._seen) >= MOST_FAULTS_PER_RUN:
                return
            self._seen.add(face)
            fault = self._keep(self._without_private(text))
        if sys.stderr is not None:  # a Windows program without a console has none
            print(text, file=sys.stderr)
        self.reported.emit(fault)

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        self.take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _keep(self, text: str) -> Fault:
        report = "\n".join([*_circumstances(), "", text])
        number = max(next_number(self._folder), self._last_number + 1)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, path = _write_new(self._folder, number, report)
        except OSError:  # the disk may be full; the person still gets the sentence
            path = None
        self._last_number = number
        return Fault(number, path)

    def _without_private(self, text: str) -> str:
        """Leave the home folder, the login and other private words out; parts of longer words stay."""
        for private in sorted({*self._private, str(Path.home()), _login()}, key=len, reverse=True):
            if private:
                text = re.sub(rf"(?<!\w){re.escape(private)}(?!\w)", "(left out)", text)
        return text


def _write_new(folder: Path, number: int, report: str) -> tuple[int, Path]:
    """Write ``report`` under the first free number from ``number`` on: two programs may share the folder."""
    while True:
        path = folder / f"fault-{number:04d}.txt"
        try:
            with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(report)
        except FileExistsError:
            number += 1
        else:
            return number, path


def next_number(folder: Path) -> int:
    """Give the number after the highest that a report in ``folder`` has."""
    try:
        names = [path.stem.removeprefix("fault-") for path in folder.glob("fault-*.txt")]
    except OSError:
        names = []
    return max((int(name) for name in names if name.isascii() and name.isdecimal()), default=0) + 1


def _face(kind: type[BaseException], trace: TracebackType | None) -> tuple[object, ...]:
    """Tell by what a fault is known again: its kind and the lines it came through, not its message."""
    import traceback  # as in FaultDesk.take

    frames = traceback.extract_tb(trace)
    return (kind, *((frame.filename, frame.lineno) for frame in frames))


def _circumstances() -> list[str]:
    # Imported when something has gone wrong, not at each start.
    import platform
    from importlib.metadata import PackageNotFoundError, version

    def of(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return "not installed"

    return [
        f"time: {datetime.now(UTC).isoformat(timespec='seconds')}",
        f"chemgate: {of('chemgate')}",
        f"python: {platform.python_version()} on {platform.system()} {platform.machine()}",
        f"PyQt: {PYQT_VERSION_STR}, Qt: {QT_VERSION_STR}, numpy: {of('numpy')}",
    ]


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return ""
