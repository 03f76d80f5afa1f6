"""What must be known about a substance: its status, its dangers, its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.icons import Icon, paint_icon
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.fact_list import Fact, FactList
from gui.widgets.labels import IconLabel, PlainLabel, Words
from spectra_library.substance import LegalStatus

PICTOGRAM_SIDE = 50


STATUS_SIGNS = {
    LegalStatus.CONTROLLED: (Icon.WARNING, Tone.ALARM),
    LegalStatus.WATCHED: (Icon.INFO, Tone.ALARM),
    LegalStatus.OTHER: (Icon.DASH, Tone.NONE),
    LegalStatus.UNKNOWN: (Icon.INFO, Tone.DOUBT),  # no reason for alarm, and none to let it pass
}


@dataclass(frozen=True, slots=True)
class Hazards:
    """Dangers as ``pictograms`` (GHS01 ... GHS09) and ``phrases`` ("H350 May cause cancer")."""

    pictograms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    is_verified: bool = False


class Pictograms(QWidget):
    """GHS diamonds side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._icons: tuple[Icon, ...] = ()

    def set_codes(self, codes: Sequence[str]) -> None:
        """Show the diamonds of ``codes`` (GHS01 ... GHS09) in their order."""
        self._icons = tuple(Icon(code.lower()) for code in codes)
        self.setAccessibleName(", ".join(codes))
        self.setVisible(bool(self._icons))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Two beside each other, more below."""
        columns = min(len(self._icons), 2)
        rows = -(-len(self._icons) // 2)
        return QSize(columns * (PICTOGRAM_SIDE + 8), rows * (PICTOGRAM_SIDE + 4))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the diamonds in their own colours."""
        del event
        painter = QPainter(self)
        for index, icon in enumerate(self._icons):
            left = (index % 2) * (PICTOGRAM_SIDE + 8)
            top = (index // 2) * (PICTOGRAM_SIDE + 4)
            paint_icon(painter, icon, "#000000", QRectF(left, top, PICTOGRAM_SIDE, PICTOGRAM_SIDE))


class SubstanceSheet(QWidget):
    """Status, hazards, CAS and HS code of one substance."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._sign = IconLabel(Icon.DASH, Tone.NONE, 20)
        self._status = PlainLabel(strong=True, wraps=True)
        self._facts = FactList(is_right_aligned=True, row_height=36)
        self._pictograms = Pictograms()
        self._phrases = PlainLabel(wraps=True)
        self._mark = PlainLabel(role=TypeRole.LABEL, tone=Tone.DOUBT, wraps=True)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._status, 1)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._phrases)
        texts.addWidget(self._mark)
        texts.addStretch()
        hazards = QHBoxLayout()
        hazards.setSpacing(8)
        hazards.addWidget(self._pictograms, 0, Qt.AlignmentFlag.AlignTop)
        hazards.addLayout(texts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(hazards)
        column.addWidget(self._facts)

    def set_substance(
        self, *, status: LegalStatus, status_text: str, hazards: Hazards, cas: str = "", hs_code: str = ""
    ) -> None:
        """Show one substance; empty numbers are left out."""
        icon, tone = STATUS_SIGNS[status]
        self._sign.set_icon(icon, tone)
        self._status.setText(status_text)
        self._status.set_tone(tone)
        self._pictograms.set_codes(hazards.pictograms)
        self._phrases.show_text("  ".join(hazards.phrases))
        has_hazards = bool(hazards.pictograms or hazards.phrases)
        unverified = self._words("Hazard classes unverified: treat as at least this dangerous.")
        self._mark.show_text(unverified if has_hazards and not hazards.is_verified else "")
        rows = ((self._words("CAS number"), cas), (self._words("HS code"), hs_code))
        self._facts.set_facts([Fact(label, value) for label, value in rows if value])
