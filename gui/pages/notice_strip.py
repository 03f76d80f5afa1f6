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


class Strip(QWidget):
    """One sentence across the page on the tint of ``tone``; hidden while there is none.

    A hairline parts it from the page: below it, or above where ``is_at_foot``.  Further widgets go into
    ``row``, behind the sentence.
    """

    def __init__(
        self,
        icon: Icon,
        tone: Tone,
        *,
        padding: int,
        is_at_foot: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._tone, self._is_at_foot = tone, is_at_foot
        self._sign = IconLabel(icon, tone, 20)
        self._text = PlainLabel(wraps=True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(24, padding, 16, padding)
        self.row.setSpacing(12)
        self.row.addWidget(self._sign)
        self.row.addWidget(self._text, 1)
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
        """Paint the tint and the hairline."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.tone(self._tone).tint))
        top = 0 if self._is_at_foot else self.height() - theme.line_px
        painter.fillRect(0, top, self.width(), theme.line_px, QColor(theme.line))


class StandingStrip(Strip):
    """Says above the page what holds the whole time; it cannot be closed."""

    def __init__(self, tone: Tone = Tone.QUIET, parent: QWidget | None = None) -> None:
        icon = Icon.WARNING if tone is Tone.DOUBT else Icon.INFO
        super().__init__(icon, tone, padding=10, parent=parent)


class NoticeStrip(Strip):
    """Says what has just happened until it is closed or something else happens."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(Icon.INFO, Tone.ACCENT, padding=2, is_at_foot=True, parent=parent)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton(words("Close"))
        close.setProperty("kind", "link")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.hide)
        self.row.addWidget(close)

    def say(self, text: str, tone: Tone = Tone.ACCENT) -> None:
        """Show ``text`` in place of what was said before."""
        self._tone = tone
        icon = {Tone.AGREE: Icon.CHECK, Tone.ALARM: Icon.WARNING, Tone.DOUBT: Icon.WARNING}.get(
            tone, Icon.INFO
        )
        self._sign.set_icon(icon, tone)
        self.show_text(text)
        self.update()
