"""Asks for the PIN of somebody: at sign-in, and again before what must not be done by whoever passes by.

A wrong PIN is said in one sentence.  While a name is locked that sentence counts down, and nothing can be
sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.access_words import lock_sentence, refusal_sentence
from gui.pages.answer import Answer
from gui.pages.pin_field import LabelledPin
from inspection.errors import InspectionError, LockedOutError
from inspection.language import Wording

TICK_MS = 250


class PinQuestion(QWidget):
    """One PIN and what became of it.  ``now_s`` is a steady clock.

    Signals:
        edited(): what can be sent has changed: a person typed, a lock began or ended.
        entered(): Enter was pressed.
    """

    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(
        self,
        words: Wording,
        *,
        now_s: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._now_s = words, now_s
        self._locked_until_s = 0.0
        self.pin = LabelledPin(words("PIN"))
        self._answer = Answer()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._count_down)
        self.pin.edited.connect(self._begin_again)
        self.pin.entered.connect(self.entered)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.pin)
        column.addWidget(self._answer)

    def ask(self, name: str, locked_s: float = 0.0) -> None:
        """Ask for the PIN of ``name``, who is locked for another ``locked_s`` seconds."""
        self.pin.set_label(self._words("PIN of {name}").format(name=name))
        self.pin.field.clear()
        self._lock(locked_s)

    def refuse(self, error: InspectionError) -> None:
        """Say why not, and wait for another PIN."""
        self.pin.field.clear()
        self._lock(error.wait_s if isinstance(error, LockedOutError) else 0.0)
        if not self.is_locked:
            self._answer.show_text(refusal_sentence(self._words, error))

    @property
    def is_locked(self) -> bool:
        """Whether there is a wait before the next try."""
        return self._locked_until_s > self._now_s()

    @property
    def is_answered(self) -> bool:
        """Whether there is something to send."""
        return self.pin.field.is_long_enough and not self.is_locked

    @property
    def said(self) -> str:
        """What is said below the field."""
        return self._answer.said

    def _lock(self, seconds: float) -> None:
        self._locked_until_s = self._now_s() + seconds if seconds > 0 else 0.0
        self.pin.field.setEnabled(not self.is_locked)
        if self.is_locked:
            self._tick.start()
            self._count_down()
        else:
            self._tick.stop()
            self._answer.hide()
        self.edited.emit()

    def _count_down(self) -> None:
        left_s = self._locked_until_s - self._now_s()
        if left_s > 0:
            self._answer.show_text(lock_sentence(self._words, left_s))
            return
        self._lock(0.0)
        self.pin.field.setFocus()

    def _begin_again(self) -> None:
        if not self.is_locked:
            self._answer.hide()
        self.edited.emit()
