"""One calm sentence above the foot of the window: saved, exported, a fault with its number."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.fault_report import Fault
from gui.icons import Icon
from gui.palette import Tone
from gui.theme import current_look
from gui.widgets.labels import IconLabel, PlainLabel, Words


def fault_sentence(words: Words, fault: Fault) -> str:
    """Say that something nobody foresaw went wrong, and that the program stays up."""
    sentence = words(
        "Something went wrong inside the program. Your work goes on; tell your administrator: fault {number}."
    ).format(number=fault.number)
    if fault.path is not None:
        sentence += " " + words("The report is in {path}.").format(path=fault.path)
    return sentence


class StandingStrip(QWidget):
    """Says above the page what holds the whole time; it cannot be closed."""

    def __init__(self, tone: Tone = Tone.QUIET, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._tone = tone
        icon = Icon.WARNING if tone is Tone.DOUBT else Icon.INFO
        self._text = PlainLabel(wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 10, 16, 10)
        row.setSpacing(12)
        row.addWidget(IconLabel(icon, tone, 20))
        row.addWidget(self._text, 1)
        self.hide()

    def show_text(self, text: str) -> None:
        """Show ``text``; an empty one takes no room."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    @property
    def said(self) -> str:
        """What is shown, empty when nothing is."""
        return self._text.text() if not self.isHidden() else ""

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint a quiet ground with a line below."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.tone(self._tone).tint))
        painter.fillRect(0, self.height() - theme.line_px, self.width(), theme.line_px, QColor(theme.line))


class NoticeStrip(QWidget):
    """Says what has just happened until it is closed or something else happens."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._tone = Tone.ACCENT
        self._sign = IconLabel(Icon.INFO, Tone.ACCENT, 20)
        self._text = PlainLabel(wraps=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton(words("Close"))
        close.setProperty("kind", "link")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 2, 16, 2)
        row.setSpacing(12)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(close)
        self.hide()

    def say(self, text: str, tone: Tone = Tone.ACCENT) -> None:
        """Show ``text`` in place of what was said before."""
        self._tone = tone
        icon = {Tone.AGREE: Icon.CHECK, Tone.ALARM: Icon.WARNING, Tone.DOUBT: Icon.WARNING}.get(
            tone, Icon.INFO
        )
        self._sign.set_icon(icon, tone)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.update()

    @property
    def said(self) -> str:
        """What is shown, empty when nothing is."""
        return self._text.text() if not self.isHidden() else ""

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the tint of the tone with a line above."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.tone(self._tone).tint))
        painter.fillRect(0, 0, self.width(), theme.line_px, QColor(theme.line))
