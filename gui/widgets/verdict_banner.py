"""The verdict: sign, word, colour - and only then numbers.

The fill of the block is the certainty: solid for a name, amber for a doubt, empty for none.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.icons import Icon, paint_icon
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import FittingLabel, PlainLabel, Words, YieldingLabel
from spectra_library.verdicts import Verdict

HEIGHT = 136
BLOCK_WIDTH = 112
SIGN_SIDE = 60

SIGNS = {
    Verdict.MATCH: Icon.SIGN_MATCH,
    Verdict.MIXTURE: Icon.SIGN_MIXTURE,
    Verdict.GROUP: Icon.SIGN_GROUP,
    Verdict.INCONCLUSIVE: Icon.SIGN_NOT_CERTAIN,
    Verdict.NO_MATCH: Icon.SIGN_NO_MATCH,
    Verdict.REJECTED: Icon.SIGN_SCAN_AGAIN,
}


def verdict_tone(verdict: Verdict, *, is_alarming: bool, is_unknown: bool = False) -> Tone:
    """Colour of ``verdict``; ``is_alarming`` when controlled, watched or differing from the declaration.

    ``is_unknown`` when the legal status of something named is not known: that is no reason to let it pass.
    """
    if verdict in (Verdict.MATCH, Verdict.MIXTURE):
        if is_alarming:
            return Tone.ALARM
        return Tone.DOUBT if is_unknown else Tone.AGREE
    return {
        Verdict.GROUP: Tone.DOUBT,
        Verdict.INCONCLUSIVE: Tone.DOUBT,
        Verdict.NO_MATCH: Tone.NONE,
        Verdict.REJECTED: Tone.ACCENT,
    }[verdict]


def is_solid(verdict: Verdict) -> bool:
    """Whether the block is filled: the program names something, or doubts between names."""
    return verdict not in (Verdict.NO_MATCH, Verdict.REJECTED)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the banner says, all in words.

    ``word`` is the verdict, ``name`` what was found, ``status`` its legal status, ``similarity`` the line of
    numbers, ``advice`` what this result is worth ("Presumptive result ...").
    """

    verdict: Verdict
    word: str
    name: str
    status: str = ""
    similarity: str = ""
    advice: str = ""
    is_alarming: bool = False
    is_unknown: bool = False


class _Block(QWidget):
    """The square with the sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(BLOCK_WIDTH)
        self.verdict, self.tone = Verdict.NO_MATCH, Tone.NONE

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the fill and the sign on it."""
        del event
        theme = current_look().theme
        colours = theme.tone(self.tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_solid(self.verdict):
            painter.fillRect(self.rect(), QColor(colours.fill))
            if colours.fill_border != colours.fill:
                painter.setPen(QPen(QColor(colours.fill_border), theme.line_px))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            ink = colours.on_fill
        else:
            painter.fillRect(self.rect(), QColor(theme.page))
            line = theme.line_px
            painter.fillRect(self.width() - line, 0, line, self.height(), QColor(theme.edge))
            ink = colours.text
        area = QRectF((self.width() - SIGN_SIDE) / 2, (self.height() - SIGN_SIDE) / 2, SIGN_SIDE, SIGN_SIDE)
        paint_icon(painter, SIGNS[self.verdict], ink, area)


class VerdictBanner(QWidget):
    """The verdict over everything else on the page.

    Signals:
        why_requested(): a person asks what the numbers stand on.
    """

    why_requested = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tone = Tone.NONE
        self._block = _Block()
        self._word = PlainLabel(role=TypeRole.HEADING, strong=True)
        self._name = FittingLabel((TypeRole.VERDICT, TypeRole.TITLE, TypeRole.SUBTITLE))
        self._status = PlainLabel(wraps=True)
        self._similarity = YieldingLabel(TypeRole.LABEL, tone=Tone.QUIET)
        self._advice = YieldingLabel(TypeRole.LABEL, strong=True)
        self._why = QPushButton(words("Why?"))
        self._why.setProperty("kind", "link")
        self._why.setCursor(Qt.CursorShape.PointingHandCursor)
        self._why.clicked.connect(self.why_requested)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addStretch()
        lines.addWidget(self._similarity)
        lines.addWidget(self._advice)
        lines.addStretch()
        worth = QHBoxLayout()
        worth.setSpacing(8)
        worth.addLayout(lines)
        worth.addWidget(self._why, 0, Qt.AlignmentFlag.AlignVCenter)
        worth.addStretch(1)
        texts = QVBoxLayout()
        texts.setContentsMargins(24, 8, 24, 6)
        texts.setSpacing(1)
        texts.addStretch()
        for part in (self._word, self._name, self._status):
            texts.addWidget(part)
        texts.addLayout(worth)
        texts.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._block)
        row.addLayout(texts, 1)

    def set_finding(self, finding: Finding) -> None:
        """Show ``finding``."""
        self._tone = verdict_tone(
            finding.verdict, is_alarming=finding.is_alarming, is_unknown=finding.is_unknown
        )
        self._block.verdict, self._block.tone = finding.verdict, self._tone
        self._word.setText(finding.word)
        self._word.set_tone(self._tone)
        self._name.setText(finding.name)
        self._status.show_text(finding.status)
        self._similarity.show_text(finding.similarity)
        self._why.setVisible(bool(finding.similarity))
        self._advice.show_text(finding.advice)
        self.setAccessibleName(f"{finding.word}: {finding.name}. {finding.status}")
        self.updateGeometry()
        self._block.update()
        self.update()

    @property
    def tone(self) -> Tone:
        """The colour that is shown."""
        return self._tone

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """At least the usual height."""
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), HEIGHT))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the tint behind the texts and a line below."""
        del event
        theme = current_look().theme
        colours = theme.tone(self._tone)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.tint))
        painter.fillRect(0, self.height() - theme.line_px, self.width(), theme.line_px, QColor(theme.line))
        if theme.tint_border_px:
            painter.setPen(QPen(QColor(colours.text), theme.tint_border_px))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
