"""Look before you press: the one card in front of gate 4."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.side_column import Scrolled
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import IconLabel, PlainLabel, Rule, Words, put_on

CARD_WIDTH = 760


class LookBody(QWidget):
    """What must never be pressed, and what is worn while pressing; confirmed at the foot of the window."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        card = QFrame()
        card.setProperty("kind", "card")
        card.setMaximumWidth(current_look().px(CARD_WIDTH))
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(8)
        column.addWidget(PlainLabel(words("Look before you press"), TypeRole.TITLE, strong=True))
        column.addWidget(
            PlainLabel(
                words("Pressure and friction can set off what infrared light does not."),
                tone=Tone.QUIET,
                wraps=True,
            )
        )
        column.addSpacing(8)
        for icon, tone, lead, text in (
            (
                Icon.GHS01,
                Tone.ALARM,
                words("Never press what could be a primary explosive."),
                words("White crystals from a home laboratory, peroxides, anything found with detonators."),
            ),
            (
                Icon.CROSS,
                Tone.ALARM,
                words("Never press a sample that fumes."),
                words("Close the bag, step back, let the room air."),
            ),
            (
                Icon.SHIELD_CHECK,
                Tone.AGREE,
                words("Goggles and gloves on."),
                words("A sample the size of a rice grain is enough."),
            ),
        ):
            column.addWidget(Rule())
            column.addWidget(_line(icon, tone, lead, text))
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.addStretch(2)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(card, 8)
        centred.addStretch(1)
        outer.addLayout(centred)
        outer.addStretch(3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(content))


def _line(icon: Icon, tone: Tone, lead: str, text: str) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 10, 0, 8)
    row.setSpacing(18)
    row.addWidget(IconLabel(icon, tone, 44), 0, Qt.AlignmentFlag.AlignVCenter)
    texts = QVBoxLayout()
    texts.setSpacing(2)
    texts.addWidget(PlainLabel(lead, TypeRole.HEADING, strong=True, wraps=True))
    texts.addWidget(PlainLabel(text, wraps=True))
    row.addLayout(texts, 1)
    return widget
