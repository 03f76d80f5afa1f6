"""Rows of widgets that are put up and taken away again while the page is shown."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLayout, QWidget

from gui.icons import Icon
from gui.palette import Tone
from gui.widgets.labels import IconLabel, PlainLabel


def sign_row(icon: Icon, tone: Tone, text: str) -> QWidget:
    """Make a row of a sign and a text that wraps beside it."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(IconLabel(icon, tone, 22), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(PlainLabel(text, wraps=True), 1)
    return widget


def clear_rows(layout: QLayout) -> None:
    """Take everything out of ``layout``, for good."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            discard(widget)


def discard(widget: QWidget) -> None:
    """Let go of a widget that was taken out of its layout."""
    widget.hide()  # what is still to be shown would otherwise open as a window of its own
    widget.setParent(None)
    widget.deleteLater()
