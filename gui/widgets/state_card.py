"""A state of the program on a card: what happened, what to do, the buttons that do it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.icons import Icon, paint_icon
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.keyed_button import Action, ButtonKind, KeyedButton
from gui.widgets.labels import PlainLabel
from gui.widgets.progress_row import ProgressLine

TILE_SIDE = 44


class StateKind(StrEnum):
    """How serious a state is."""

    IDLE = "idle"  # nothing there yet
    WORKING = "working"  # wait
    FIX = "fix"  # the officer can put it right
    LOST = "lost"  # something was lost, or may be


class _Tile(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(TILE_SIDE, TILE_SIDE)
        self.kind, self.icon = StateKind.IDLE, Icon.INFO

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the tile in the colour of the kind."""
        del event
        theme = current_look().theme
        ground, outline, ink = {
            StateKind.IDLE: (theme.page, theme.edge, theme.ink2),
            StateKind.WORKING: (theme.accent.tint, theme.accent.text, theme.accent.text),
            StateKind.FIX: (theme.doubt.fill, theme.doubt.text, theme.doubt.on_fill),
            StateKind.LOST: (theme.alarm.fill, theme.alarm.fill, theme.alarm.on_fill),
        }[self.kind]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(outline), theme.line_px))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        paint_icon(painter, self.icon, ink, QRectF(10, 10, 24, 24))


class StateCard(QFrame):
    """One state.

    Signals:
        action_requested(str): the ``name`` of the Action whose button was pressed.
    """

    action_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._tile = _Tile()
        self._title = PlainLabel(role=TypeRole.HEADING, strong=True, wraps=True)
        self._advice = PlainLabel(wraps=True)
        self._note = PlainLabel(tone=Tone.QUIET, wraps=True)
        self._line = ProgressLine()
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for part in (self._title, self._advice, self._note):
            texts.addWidget(part)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addStretch()
        column.addLayout(self._buttons)
        self._line.hide()

    def set_state(
        self,
        kind: StateKind,
        icon: Icon,
        *,
        title: str,
        advice: str,
        note: str = "",
        actions: Sequence[Action] = (),
        has_chief: bool = True,
    ) -> None:
        """Say what happened (``title``) and what to do (``advice``); the last action is the chief one.

        Without ``has_chief`` all of them are quiet, as for Cancel.
        """
        self._tile.kind, self._tile.icon = kind, icon
        self._tile.update()
        self._title.setText(title)
        self._advice.setText(advice)
        self._note.show_text(note)
        self._line.setVisible(kind is StateKind.WORKING)
        self._show_actions(actions, has_chief=has_chief)
        self.setAccessibleName(f"{title}. {advice}")

    def set_share(self, share: float | None) -> None:
        """Fill the bar of a working state to ``share`` 0..1; None when nobody knows."""
        self._line.set_share(share)

    def buttons(self) -> tuple[KeyedButton, ...]:
        """The buttons from left to right."""
        found = (self._buttons.itemAt(index) for index in range(self._buttons.count()))
        widgets = (item.widget() for item in found if item is not None)
        return tuple(widget for widget in widgets if isinstance(widget, KeyedButton))

    def _show_actions(self, actions: Sequence[Action], *, has_chief: bool) -> None:
        for button in self.buttons():
            self._buttons.removeWidget(button)
            button.hide()  # what is still to be shown would otherwise open as a window of its own
            button.setParent(None)
            button.deleteLater()
        for index, action in enumerate(actions):
            is_chief = has_chief and index == len(actions) - 1
            button = KeyedButton(
                action.text, action.key, kind=ButtonKind.CHIEF if is_chief else ButtonKind.QUIET
            )
            button.setObjectName(action.name)
            button.setEnabled(action.is_enabled)
            button.clicked.connect(self._request)
            self._buttons.addWidget(button)

    def _request(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.action_requested.emit(sender.objectName())
