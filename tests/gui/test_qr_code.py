"""The code on the screen is the one that was asked for, and is black on white in every theme."""

from __future__ import annotations

import pytest

from gui.palette import THEMES, ThemeName
from gui.theme import apply_theme
from gui.widgets.qr_code import MODULE_PX, QrCode
from inspection.export.qr import qr_matrix

ANCHOR = "1:42:" + "9f3c" * 16


def modules_of(widget):
    """Read the modules back from the picture, each from its middle."""
    picture = widget.grab().toImage()
    count = picture.width() // MODULE_PX
    half = MODULE_PX // 2
    return [
        [picture.pixelColor(x * MODULE_PX + half, y * MODULE_PX + half).name() for x in range(count)]
        for y in range(count)
    ]


@pytest.mark.parametrize("theme", ThemeName)
def test_every_module_is_painted_black_or_white(qapp, qtbot, theme):
    apply_theme(qapp, THEMES[theme])
    code = QrCode()
    qtbot.addWidget(code)
    matrix = qr_matrix(ANCHOR)
    code.set_matrix(matrix, ANCHOR)
    code.resize(code.sizeHint())
    painted = modules_of(code)
    apply_theme(qapp, THEMES[ThemeName.DAY])

    assert painted == [["#000000" if is_dark else "#ffffff" for is_dark in row] for row in matrix]
    assert code.accessibleName() == ANCHOR


def test_a_telephone_can_tell_the_modules_apart(qapp, qtbot):
    code = QrCode()
    qtbot.addWidget(code)
    code.set_matrix(qr_matrix(ANCHOR), ANCHOR)

    assert code.sizeHint().width() == MODULE_PX * len(qr_matrix(ANCHOR))
    assert code.sizeHint().width() <= 300  # it fits beside the list


def test_without_a_head_there_is_no_code(qapp, qtbot):
    code = QrCode()
    qtbot.addWidget(code)
    code.set_matrix((), "")

    assert code.isHidden()
