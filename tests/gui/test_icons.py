"""Every icon has a file, every file an icon, and the colour is the one that was asked for."""

from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray, QSize
from PyQt6.QtGui import QColor
from PyQt6.QtSvg import QSvgRenderer

import gui.icons
from gui.icons import Icon, icon, pixmap, svg_text

FOLDER = Path(gui.icons.__file__).parent / "icons"
HAZARDS = [name for name in Icon if name.startswith("ghs")]


def painted_colours(picture):
    image = picture.toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


def test_icons_and_files_are_the_same_set():
    assert {path.stem for path in FOLDER.glob("*.svg")} == {name.value for name in Icon}


@pytest.mark.parametrize("name", Icon)
def test_every_file_is_a_drawing(qapp, name):
    assert QSvgRenderer(QByteArray(svg_text(name).encode())).isValid()
    assert painted_colours(pixmap(name, "#102030", 64))


@pytest.mark.parametrize("name", [name for name in Icon if name not in HAZARDS])
def test_an_icon_takes_the_colour_of_the_text(qapp, name):
    assert painted_colours(pixmap(name, "#123456", 64)) == {"#123456"}


@pytest.mark.parametrize("name", HAZARDS)
def test_hazard_diamonds_keep_red_on_white_in_every_theme(qapp, name):
    for colour in ("#000000", "#DCE0E2"):
        colours = painted_colours(pixmap(name, colour, 64))
        assert {"#c8181e", "#ffffff", "#101010"} <= colours


def test_an_icon_is_sharp_on_a_screen_with_two_dots_per_px(qapp):
    picture = pixmap(Icon.SCAN, "#000000", 24, 2.0)

    assert picture.width() == 48
    assert picture.deviceIndependentSize().toSize() == QSize(24, 24)
    assert len(icon(Icon.SCAN, "#000000").availableSizes()) > 0


def test_the_same_picture_is_drawn_once(qapp):
    first = pixmap(Icon.LOG, QColor("#112233"), 24)
    second = pixmap(Icon.LOG, "#112233", 24)

    assert first.cacheKey() == second.cacheKey()
    assert pixmap(Icon.LOG, "#445566", 24).cacheKey() != first.cacheKey()
