"""Our SVG icons in any colour and size, sharp on every screen.

The files in gui/icons/ are drawn on a 24 grid in ``currentColor``; hazard diamonds keep their own colours.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent / "icons"
RATIOS = (1.0, 1.5, 2.0)  # device pixels per pixel that an icon is prepared for


class Icon(StrEnum):
    """Every icon, by the name of its file."""

    SCAN = "scan"
    LOG = "log"
    LIBRARY = "library"
    TRAIN = "train"
    DEVICE = "device"
    MORE = "more"
    SIGN_MATCH = "sign_match"
    SIGN_MIXTURE = "sign_mixture"
    SIGN_GROUP = "sign_group"
    SIGN_NOT_CERTAIN = "sign_not_certain"
    SIGN_NO_MATCH = "sign_no_match"
    SIGN_SCAN_AGAIN = "sign_scan_again"
    CHECK = "check"
    CROSS = "cross"
    DASH = "dash"
    WARNING = "warning"
    INFO = "info"
    HINT = "hint"
    CLOCK = "clock"
    DROP = "drop"
    WEAK_SIGNAL = "weak_signal"
    PLUG = "plug"
    PLUG_OFF = "plug_off"
    CONNECTING = "connecting"
    WARMING_UP = "warming_up"
    DISK = "disk"
    SHIELD_CHECK = "shield_check"
    LOCK = "lock"
    SEARCH = "search"
    CHEVRON_DOWN = "chevron_down"
    COPY = "copy"
    SUN = "sun"
    MOON = "moon"
    CONTRAST = "contrast"
    GHS01 = "ghs01"
    GHS02 = "ghs02"
    GHS03 = "ghs03"
    GHS04 = "ghs04"
    GHS05 = "ghs05"
    GHS06 = "ghs06"
    GHS07 = "ghs07"
    GHS08 = "ghs08"
    GHS09 = "ghs09"


def paint_icon(painter: QPainter, name: Icon, colour: QColor | str, area: QRectF) -> None:
    """Draw ``name`` in ``colour`` into ``area``; for widgets that paint themselves."""
    _renderer(name, QColor(colour).name()).render(painter, area)


def pixmap(name: Icon, colour: QColor | str, size: int, ratio: float = 1.0) -> QPixmap:
    """Give a picture of ``size`` px with ``ratio`` device pixels to each."""
    return _pixmap(name, QColor(colour).name(), size, ratio)


def icon(name: Icon, colour: QColor | str, size: int = 24) -> QIcon:
    """Give a QIcon that is sharp at the usual screen scales."""
    result = QIcon()
    for ratio in RATIOS:
        result.addPixmap(pixmap(name, colour, size, ratio))
    return result


@cache
def svg_text(name: Icon) -> str:
    """Read the file of ``name``."""
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _pixmap(name: Icon, colour: str, size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _renderer(name, colour).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=256)
def _renderer(name: Icon, colour: str) -> QSvgRenderer:
    # Qt's SVG knows no outside value of currentColor, so the text is changed before it is read.
    content = svg_text(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(content.encode("utf-8")))
