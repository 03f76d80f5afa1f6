"""The one action of a page: large, bottom right, pressed by Enter or Space from anywhere on the page."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from gui.widgets.keyed_button import ButtonKind, KeyedButton

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PrimaryButton(KeyedButton):
    """The primary action.  ``key`` is only shown: Enter and Space both press it while it can be pressed.

    It listens to the window, where keys arrive that the focused widget did not want: a focused button, a list
    or a text field keeps its own Enter and Space.

    Signals: those of QPushButton (``clicked``).
    """

    def __init__(self, text: str = "", key: str = "Enter", *, parent: QWidget | None = None) -> None:
        super().__init__(text, key, kind=ButtonKind.PRIMARY, parent=parent)
        self._window: QWidget | None = None

    def shortcut_of(self, key: str) -> str:
        """None: the window's unwanted keys are used instead."""
        del key
        return ""

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        """Listen to the window that the button is in now."""
        super().showEvent(event)
        window = self.window()
        if window is not None and window.focusWidget() is None:
            self.setFocus()  # or Qt gives it to the first button of the window, which would take Space
        if self._window is not window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = window
            if self._window is not None:
                self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """Press the button for a key that nobody else wanted."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._is_meant(event):
            self.click()
            return True
        return super().eventFilter(watched, event)

    def _is_meant(self, event: QKeyEvent) -> bool:
        bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        is_key = event.key() in (*ENTER_KEYS, Qt.Key.Key_Space)
        if not (bare and is_key and not event.isAutoRepeat() and self.isEnabled() and self.isVisible()):
            return False
        window = self.window()
        focused = window.focusWidget() if window is not None else None
        # Whatever takes text carries this attribute, Qt's editors and our own.
        is_typing = focused is not None and focused.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        return not is_typing
