"""The threads beside the window's: one for the detector, one that writes the log, one that reads it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QMetaObject, Qt, QThread

from gui.log_worker import LogReader, LogWriter
from gui.session_worker import SessionWorker
from inspection.log_kind import LogKind

if TYPE_CHECKING:
    from gui.user_keeper import UserKeeper
    from inspection.folders import DataFolder

LONGEST_GOODBYE_S = 3.0


class Workers:
    """Three workers, each in a thread of its own.  Connect their signals before ``start``.

    ``users_of`` the data folder whose users sign in; None where nobody does, as in the demonstration.
    """

    def __init__(
        self,
        log_path: Path,
        kind: LogKind,
        *,
        session: SessionWorker,
        officer: str | None = None,
        users_of: DataFolder | None = None,
    ) -> None:
        self.session = session
        self.writer = LogWriter(log_path, kind, officer=officer)
        self.reader = LogReader(log_path, kind)
        self.keeper: UserKeeper | None = None
        if users_of is not None:
            from gui.user_keeper import UserKeeper  # the demonstration does not wait for it

            self.keeper = UserKeeper(users_of, kind, self.writer)
        # The writer is the last to leave: what was asked of it is evidence.
        self._threads = [
            _thread_of(self.session, "detector"),
            _thread_of(self.reader, "log reader"),
            _thread_of(self.writer, "log writer"),
        ]
        if self.keeper is not None:  # a change of users is a record
            self.keeper.moveToThread(self._threads[-1])

    def start(self) -> None:
        """Start the threads; each first reads what it works with."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, timeout_s: float = LONGEST_GOODBYE_S) -> bool:
        """End the threads after what is under way; tell whether all ended in time.

        A measurement is stopped, a record that was asked for is still written.
        """
        self.session.leave()
        for thread in self._threads[:-1]:
            thread.quit()
        # Queued, so that it comes after every record that is still to be written.
        QMetaObject.invokeMethod(self.writer, "finish", Qt.ConnectionType.QueuedConnection)
        deadline = time.monotonic() + timeout_s
        have_ended = [
            thread.wait(max(round(1000 * (deadline - time.monotonic())), 0)) for thread in self._threads
        ]
        return all(have_ended)


def _thread_of(worker: SessionWorker | LogWriter | LogReader, name: str) -> QThread:
    thread = QThread()
    thread.setObjectName(name)
    worker.moveToThread(thread)
    if isinstance(worker, SessionWorker):
        thread.started.connect(worker.load_libraries)
    thread.finished.connect(
        worker.close
    )  # the last thing that runs there: ports and files belong to a thread
    return thread
