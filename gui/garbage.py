"""Reference cycles are collected in the window's thread, and nowhere else.

Python's collector runs in whatever thread happens to allocate.  A discarded widget in a cycle would then be
destroyed in a worker's thread while the window draws, and Qt ends the process.
"""

from __future__ import annotations

import gc

from PyQt6.QtCore import QObject, QTimer, pyqtSlot

CHECK_EVERY_MS = 1000


class GarbageCollector(QObject):
    """Takes the collector over from its making to ``close``; lives in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start(CHECK_EVERY_MS)

    @pyqtSlot()
    def collect_what_is_due(self) -> None:
        """Collect the oldest generation whose count has passed Python's own threshold."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Give the collector back; call it when no other thread runs any more."""
        self._timer.stop()
        gc.collect()
        gc.enable()
