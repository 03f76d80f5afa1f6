from __future__ import annotations

import pytest
from reportlab.pdfbase import pdfmetrics

from inspection.export.pdf.fonts import Font, broken, readable, register_fonts, width_of

SIZE = 7.0
WORD = "Tetrahydrocannabinolic-acid/2,4-dinitrochlorobenzene" * 3


@pytest.mark.parametrize(
    "text", ["Məhsul – şüşə, çörək", "Образец №3", "<b>&amp;</b>", "cm⁻¹ ≠ 10 %", "Consignor A"]
)
def test_letters_that_the_fonts_have_stay_as_they_are(text):
    assert readable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Officer\u202e1", "Officer\\u202e1"),
        ("a\u200bb", "a\\u200bb"),
        ("one\ntwo", "one\\ntwo"),
        ("\udcff", "\\udcff"),
        ("酒", "□U+9152"),
        ("\U0001f9ea", "□U+1F9EA"),
    ],
)
def test_what_is_not_seen_or_has_no_sign_is_written_out(text, shown):
    assert readable(text) == shown


@pytest.mark.parametrize("font", Font)
@pytest.mark.parametrize("width", [12.0, 40.0, 300.0])
def test_no_line_is_wider_than_its_column_and_no_letter_is_lost(font, width):
    text = f"Isopropyl alcohol, {WORD} and the rest əğıİ мыло"

    lines = broken(text, font, SIZE, width)

    assert all(width_of(line, font, SIZE) <= width + 0.01 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_column_narrower_than_a_letter_gets_a_letter_a_line():
    assert broken("abc", Font.REGULAR, SIZE, 0.5) == ("a", "b", "c")


def test_a_word_that_is_too_wide_is_parted_where_it_has_a_mark():
    first, *_ = broken("dichlorobenzene-toluene", Font.REGULAR, SIZE, 70.0)

    assert first == "dichlorobenzene-"


def test_nothing_takes_no_line():
    assert broken("", Font.REGULAR, SIZE, 100.0) == ()


def test_the_fonts_are_made_known_as_often_as_one_likes():
    register_fonts()
    register_fonts()

    assert set(Font) <= set(pdfmetrics.getRegisteredFontNames())
