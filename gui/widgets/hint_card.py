"""A hint: listed bands that are there.  Worded and coloured so that nobody takes it for a match."""

from __future__ import annotations

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.labels import IconLabel, PlainLabel, Words


class HintCard(QFrame):
    """One substance that band lists hint at; always stands outside the verdict."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "hint")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._name = PlainLabel(role=TypeRole.HEADING, strong=True, wraps=True)
        self._bands = PlainLabel(wraps=True)
        self._status = PlainLabel(role=TypeRole.LABEL, wraps=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconLabel(Icon.HINT, Tone.DOUBT, 24))
        head.addWidget(PlainLabel(words("Hint – not a match"), strong=True, tone=Tone.DOUBT))
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 16, 14)
        column.setSpacing(5)
        column.addLayout(head)
        column.addSpacing(3)
        for part in (self._name, self._bands, self._status):
            column.addWidget(part)

    def set_hint(self, name: str, *, bands: str, status: str = "") -> None:
        """Show that ``bands`` ("6 of 6 listed bands ...") hint at ``name`` with its legal ``status``."""
        self._name.setText(name)
        self._bands.setText(bands)
        self._status.show_text(status)
