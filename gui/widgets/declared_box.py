"""Declared against identified: agrees, differs, or not confirmed - and why."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import ElidedLabel, IconLabel, PlainLabel, Words
from inspection.declared.declaration import DeclarationVerdict

WIDTH = 456

SIGNS = {
    DeclarationVerdict.AGREES: (Icon.CHECK, Tone.AGREE),
    DeclarationVerdict.DIFFERS: (Icon.WARNING, Tone.ALARM),
    DeclarationVerdict.UNDETERMINED: (Icon.DASH, Tone.NONE),
}


class DeclaredBox(QWidget):
    """What the papers say, and whether the spectrum bears it out."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._is_alarm = False
        self._heading = PlainLabel(words("Declared"), TypeRole.LABEL, tone=Tone.QUIET)
        self._hs_code = PlainLabel(role=TypeRole.LABEL, tone=Tone.QUIET)
        self._declared = ElidedLabel(role=TypeRole.HEADING, strong=True)
        self._sign = IconLabel(Icon.DASH, Tone.NONE, 26)
        self._word = PlainLabel(role=TypeRole.HEADING, strong=True, wraps=True)
        self._reason = PlainLabel(wraps=True)
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addStretch()
        head.addWidget(self._hs_code)
        sentence = QVBoxLayout()
        sentence.setSpacing(2)
        sentence.addWidget(self._word)
        sentence.addWidget(self._reason)
        answer = QHBoxLayout()
        answer.setSpacing(12)
        side = QVBoxLayout()
        side.addWidget(self._sign)
        side.addStretch()
        answer.addLayout(side)
        answer.addLayout(sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 14, 24, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._declared)
        column.addSpacing(4)
        column.addLayout(answer)
        column.addStretch()
        self.set_not_declared()

    def set_declaration(
        self,
        declared: str,
        *,
        verdict: DeclarationVerdict,
        word: str,
        reason: str,
        hs_code: str = "",
        is_alarm: bool = False,
    ) -> None:
        """Show the ``declared`` text with its ``hs_code`` ("HS 3302.10") and what became of it.

        ``is_alarm``: something controlled is not what was declared.  Nothing on the screen is louder.
        """
        icon, tone = SIGNS[verdict]
        if is_alarm:
            tone = Tone.ON_ALARM
        self._show_alarm(is_alarm)
        self._declared.setText(declared)
        self._hs_code.setText(hs_code)
        self._sign.set_icon(icon, tone)
        self._word.setText(word)
        self._word.set_tone(tone)
        self._reason.show_text(reason)
        self.setAccessibleName(f"{declared}: {word}. {reason}")

    def set_not_declared(self) -> None:
        """Show that nothing was declared yet; the fields can be completed afterwards."""
        nothing = self._words("Nothing declared yet")
        self._show_alarm(False)
        self._declared.setText(nothing)
        self._declared.set_tone(Tone.QUIET)
        self._hs_code.setText("")
        self._sign.set_icon(Icon.DASH, Tone.NONE)
        self._word.setText(self._words("Not compared"))
        self._word.set_tone(Tone.NONE)
        self._reason.show_text(self._words("The declaration can be filled in afterwards."))
        self.setAccessibleName(nothing)

    def _show_alarm(self, is_alarm: bool) -> None:
        self._is_alarm = is_alarm
        for label in (self._heading, self._hs_code):
            label.set_tone(Tone.ON_ALARM if is_alarm else Tone.QUIET)
        for label in (self._declared, self._reason):
            label.set_tone(Tone.ON_ALARM if is_alarm else Tone.PLAIN)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the page with lines towards the banner and towards what is below."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.alarm.fill if self._is_alarm else theme.page))
        painter.fillRect(0, 0, theme.line_px, self.height(), QColor(theme.line))
        painter.fillRect(0, self.height() - theme.line_px, self.width(), theme.line_px, QColor(theme.line))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The width beside the banner."""
        return QSize(WIDTH, super().sizeHint().height())
