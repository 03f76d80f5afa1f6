"""Names to choose one from, each a target for gloves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import TypeRole, current_look
from gui.widgets.labels import has_visible_focus
from gui.widgets.rows import discard

ROW_HEIGHT = 56
PADDING = 16


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name; ``note`` stands behind it, such as a role."""

    name: str
    note: str = ""


class NameButton(QAbstractButton):
    """One row of the list."""

    def __init__(self, row: NameRow) -> None:
        super().__init__()
        self.row = row
        self.setText(row.name)
        self.setAccessibleName(f"{row.name}, {row.note}" if row.note else row.name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """High enough for gloves, as wide as the name."""
        look = current_look()
        name = QFontMetricsF(look.font(TypeRole.HEADING, bold=True)).horizontalAdvance(self.row.name)
        return QSize(round(name) + 2 * PADDING, look.px(ROW_HEIGHT))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Give up the end of a long name, not the width of the page."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the name, what stands behind it, and the bar of the chosen one."""
        del event
        look = current_look()
        theme = look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            painter.fillRect(area, QColor(theme.accent.tint if self.isChecked() else theme.field))
        if self.isChecked():
            painter.fillRect(QRectF(0, 0, 4, area.height()), QColor(theme.accent.text))
        else:
            painter.fillRect(
                QRectF(0, area.height() - theme.line_px, area.width(), theme.line_px), QColor(theme.line)
            )
        if has_visible_focus(self):
            painter.setPen(QColor(theme.ink))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)
        note_font = look.font(TypeRole.BODY)
        note_width = QFontMetricsF(note_font).horizontalAdvance(self.row.note)
        inner = area.adjusted(PADDING, 0, -PADDING, 0)
        painter.setFont(note_font)
        painter.setPen(QColor(theme.ink2))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.row.note)
        name_font = look.font(TypeRole.HEADING, bold=True)
        room = inner.width() - note_width - PADDING
        name = QFontMetricsF(name_font).elidedText(self.row.name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(name_font)
        painter.setPen(QColor(theme.ink))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


class NameList(QWidget):
    """Rows below each other, in ``columns``, at most one of them chosen.

    Signals:
        name_chosen(str): a person chose another one.
    """

    name_chosen = pyqtSignal(str)

    def __init__(self, *, columns: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._tell)
        self._buttons: list[NameButton] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)

    def set_rows(self, rows: Sequence[NameRow], chosen: str = "") -> None:
        """Show ``rows``; ``chosen`` is marked without being told."""
        if [button.row for button in self._buttons] != list(rows):
            self._replace(rows)
        for button in self._buttons:
            if button.row.name == chosen:
                button.setChecked(True)

    @property
    def chosen(self) -> str:
        """The name that is marked; empty when none is."""
        button = self._group.checkedButton()
        return button.row.name if isinstance(button, NameButton) else ""

    @property
    def buttons(self) -> tuple[NameButton, ...]:
        """The rows from top to bottom."""
        return tuple(self._buttons)

    def step(self, by: int) -> None:
        """Choose the name ``by`` rows further down, or up."""
        if not self._buttons:
            return
        names = [button.row.name for button in self._buttons]
        place = names.index(self.chosen) + by if self.chosen in names else 0
        button = self._buttons[min(max(place, 0), len(names) - 1)]
        button.setChecked(True)
        self._tell()

    def _replace(self, rows: Sequence[NameRow]) -> None:
        for button in self._buttons:
            self._group.removeButton(button)
            self._grid.removeWidget(button)
            discard(button)
        self._buttons = [NameButton(row) for row in rows]
        for number, button in enumerate(self._buttons):
            self._group.addButton(button)
            self._grid.addWidget(button, *divmod(number, self._columns))

    def _tell(self) -> None:
        self.name_chosen.emit(self.chosen)
