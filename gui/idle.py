"""Notices that nobody has touched the computer for a while."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QInputEvent, QWindow
from PyQt6.QtWidgets import QApplication, QDialog

from inspection.users.uptime import seconds_since_boot

LOCK_AFTER_MS = 10 * 60 * 1000


class IdleWatch(QObject):
    """Watches for keys, mouse and touch from ``start`` to ``stop``.

    Events are seen where they reach a window of this program, before any widget: there are few of them there.

    Signals:
        idle(): nothing was touched for ``after_ms``.
    """

    idle = pyqtSignal()

    def __init__(
        self,
        parent: QObject | None,
        after_ms: int,
        *,
        now_s: Callable[[], float] = seconds_since_boot,
    ) -> None:
        super().__init__(parent)
        self._after_ms, self._now_s = after_ms, now_s
        self._touched_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        self._watched: QWindow | None = None
        app = QApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)

    @property
    def is_watching(self) -> bool:
        """Whether it watches now."""
        return self._timer.isActive()

    def start(self) -> None:
        """Watch from now on; called again, wait anew."""
        self._touched_s = self._now_s()
        self._timer.start(self._after_ms)
        self._watch(QGuiApplication.focusWindow())

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """Wait anew; but the touch that wakes a computer which has slept too long only wakes it."""
        if isinstance(event, QInputEvent) and self.is_watching:
            if self._now_s() - self._touched_s > self._after_ms / 1000:
                self._tell()
                return True
            self._touched_s = self._now_s()
            self._timer.start(self._after_ms)
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is None:
            return
        if self._watched is not None and not sip.isdeleted(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window
        window.installEventFilter(self)

    def _tell(self) -> None:
        self._timer.stop()
        self.idle.emit()


def close_dialogs() -> None:
    """Close what asks for a file or the like above the window."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
