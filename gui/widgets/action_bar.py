"""The foot of every page: what to do next in one sentence, quiet buttons, the primary action."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current_look
from gui.widgets.keyed_button import Action, KeyedButton
from gui.widgets.labels import PlainLabel
from gui.widgets.primary_button import PrimaryButton

HEIGHT = 80


class ActionBar(QWidget):
    """Sentence on the left, actions on the right.

    Signals:
        action_requested(str): the ``name`` of the Action whose button was pressed.
    """

    action_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lead = PlainLabel(strong=True, wraps=True)
        self._sentence = PlainLabel(wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch()
        texts.addWidget(self._lead)
        texts.addWidget(self._sentence)
        texts.addStretch()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(12)
        self._quiet: list[KeyedButton] = []
        self._primary_name = ""
        self._primary = PrimaryButton()
        self._primary.clicked.connect(self._request_primary)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 16, 12)
        row.setSpacing(24)
        row.addLayout(texts, 1)
        row.addLayout(self._buttons)
        self._buttons.addWidget(self._primary)
        self.set_sentence("")
        self.set_actions(())

    def set_sentence(self, sentence: str, *, lead: str = "") -> None:
        """Say what to do next; ``lead`` is what must not be missed and stands above in bold."""
        self._lead.show_text(lead)
        self._sentence.show_text(sentence)

    def set_actions(self, quiet: Sequence[Action], primary: Action | None = None) -> None:
        """Offer ``quiet`` actions, from left to right, and at most one ``primary``."""
        while len(self._quiet) > len(quiet):
            button = self._quiet.pop()
            self._buttons.removeWidget(button)
            button.hide()  # what is still to be shown would otherwise open as a window of its own
            button.setParent(None)
            button.deleteLater()
        while len(self._quiet) < len(quiet):
            button = KeyedButton()
            button.clicked.connect(self._request_quiet)
            self._buttons.insertWidget(len(self._quiet), button, alignment=Qt.AlignmentFlag.AlignVCenter)
            self._quiet.append(button)
        for button, action in zip(self._quiet, quiet, strict=True):
            _show(button, action)
        self._primary.setVisible(primary is not None)
        self._primary_name = primary.name if primary is not None else ""
        if primary is not None:
            _show(self._primary, primary)

    @property
    def primary(self) -> PrimaryButton:
        """The primary button, for focus and tests."""
        return self._primary

    @property
    def quiet_buttons(self) -> tuple[KeyedButton, ...]:
        """The quiet buttons from left to right."""
        return tuple(self._quiet)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the bezel with a line above it."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.bezel))
        painter.fillRect(0, 0, self.width(), theme.line_px, QColor(theme.line))

    def _request_quiet(self) -> None:
        button = self.sender()
        if isinstance(button, KeyedButton):
            self.action_requested.emit(button.objectName())

    def _request_primary(self) -> None:
        self.action_requested.emit(self._primary_name)


def _show(button: KeyedButton, action: Action) -> None:
    button.setObjectName(action.name)
    button.set_wish(action.text, action.key)
    button.setEnabled(action.is_enabled)
