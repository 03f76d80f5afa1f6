"""What is copied from a table or a plot is text in a spreadsheet, and no formula."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest

from gui.palette import DAY
from gui.theme import apply_theme
from gui.widgets.candidate_table import CandidateRow, CandidateTable
from gui.widgets.curves import Curve, numbers_table

HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1", " =1", "a\t=1", "\u202e=1")


def english(text: str) -> str:
    return text


@pytest.fixture
def table(qtbot, qapp) -> CandidateTable:
    apply_theme(qapp, DAY)
    made = CandidateTable(english)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("text", HOSTILE)
def test_a_row_of_a_table_is_copied_as_cells_that_are_no_formulas(table: CandidateTable, text: str) -> None:
    table.set_candidates([CandidateRow(text, "measured", 0.5)], chosen=0)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    cells = QGuiApplication.clipboard().text().split("\t")
    assert len(cells) == 4
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    assert "\r" not in cells[1]
    assert "\u202e" not in cells[1]


def test_an_ordinary_row_is_copied_as_it_is_seen(table: CandidateTable) -> None:
    table.set_candidates(
        [CandidateRow("Acetone", "measured", 0.99), CandidateRow("Butanone", "derived", 0.5)], chosen=1
    )
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "2\tButanone\tderived\t0.50"


def test_without_a_row_nothing_is_copied(table: CandidateTable) -> None:
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "before"


@pytest.mark.parametrize("text", HOSTILE)
def test_the_title_of_a_file_is_no_formula_over_copied_numbers(text: str) -> None:
    wavenumber = np.linspace(700.0, 710.0, 11)
    head = numbers_table([Curve(text, wavenumber, wavenumber)]).split("\n")[0]

    first, second = head.split("\t")
    assert first == "cm-1"
    assert not second.lstrip().startswith(("=", "+", "-", "@", "＝"))
