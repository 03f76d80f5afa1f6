"""How every table paints its rows: hairlines only, and a bar beside the chosen row."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui.icons import Icon, paint_icon
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.cell_copies import CellCopies

ROW_HEIGHT = 44
PADDING = 8

ICON_ROLE = Qt.ItemDataRole.UserRole + 1  # Icon before the text
TONE_ROLE = Qt.ItemDataRole.UserRole + 2  # Tone of icon and text
STRONG_ROLE = Qt.ItemDataRole.UserRole + 3  # True: bold
TYPE_ROLE = Qt.ItemDataRole.UserRole + 4  # TypeRole of the text


class RowDelegate(QStyledItemDelegate):
    """Paints icon and text in a tone, taken from the roles above; the first column carries the bar."""

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionViewItem,
        index: QModelIndex,
    ) -> None:
        """Paint one cell."""
        if painter is None:
            return
        look = current_look()
        theme = look.theme
        area = QRectF(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, QColor(theme.accent.tint if is_chosen else theme.page))
        line = theme.line_px
        painter.fillRect(QRectF(area.left(), area.bottom() - line, area.width(), line), QColor(theme.line))
        if is_chosen and index.column() == 0:
            painter.fillRect(
                QRectF(area.left(), area.top(), 4, area.height() - line), QColor(theme.accent.text)
            )
        inner = area.adjusted(PADDING, 0, -PADDING, -line)
        tone = index.data(TONE_ROLE)
        tone = tone if isinstance(tone, Tone) else Tone.PLAIN
        icon = index.data(ICON_ROLE)
        if isinstance(icon, Icon):
            side = look.px(20)
            paint_icon(
                painter,
                icon,
                look.colour(tone),
                QRectF(inner.left(), inner.center().y() - side / 2, side, side),
            )
            inner.setLeft(inner.left() + side + 10)
        font = self._font(index)
        painter.setFont(font)
        painter.setPen(look.colour(tone))
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        side_flag = Qt.AlignmentFlag(alignment) if alignment is not None else Qt.AlignmentFlag.AlignLeft
        _draw_text(painter, inner, side_flag | Qt.AlignmentFlag.AlignVCenter, _text(index), font)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802 - Qt's name
        """Room for the text in its own font."""
        del option
        look = current_look()
        width = QFontMetricsF(self._font(index)).horizontalAdvance(_text(index)) + 2 * PADDING + 2
        if isinstance(index.data(ICON_ROLE), Icon):
            width += look.px(20) + 10
        return QSize(round(width), look.px(ROW_HEIGHT))

    @staticmethod
    def _font(index: QModelIndex) -> QFont:
        role = index.data(TYPE_ROLE)
        role = role if isinstance(role, TypeRole) else TypeRole.BODY
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        is_numeric = alignment is not None and bool(alignment & int(Qt.AlignmentFlag.AlignRight))
        return current_look().font(role, bold=bool(index.data(STRONG_ROLE)), is_numeric=is_numeric)


def dress_table(table: QTableView, *, row_height: int = ROW_HEIGHT) -> None:
    """Give ``table`` our rows: whole rows are chosen and copied, nothing is edited, no grid."""
    CellCopies(table)
    table.setItemDelegate(RowDelegate(table))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)  # Tab leaves the table
    upright, across = table.verticalHeader(), table.horizontalHeader()
    if upright is not None:
        upright.hide()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setDefaultSectionSize(current_look().px(row_height))
    if across is not None:
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _draw_text(painter: QPainter, area: QRectF, side: Qt.AlignmentFlag, text: str, font: QFont) -> None:
    """Draw ``text`` in one line, a long one in two smaller lines, and only then without its end."""
    if QFontMetricsF(font).horizontalAdvance(text) > area.width():
        font = current_look().font(TypeRole.LABEL, bold=font.bold())
        wrapped = side | Qt.TextFlag.TextWordWrap
        needed = QFontMetricsF(font).boundingRect(area, int(wrapped), text)
        if needed.height() <= area.height() and needed.width() <= area.width():
            painter.setFont(font)
            painter.drawText(area, int(wrapped), text)
            return
        text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(font)
    painter.drawText(area, side, text)


def _text(index: QModelIndex | QPersistentModelIndex) -> str:
    text = index.data(Qt.ItemDataRole.DisplayRole)
    return "" if text is None else str(text)
