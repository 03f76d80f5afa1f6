"""Colours that can be read, fonts that have the letters, a style sheet without holes."""

from itertools import product

import pytest
from PyQt6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette, QRawFont
from PyQt6.QtWidgets import QApplication, QLabel

from gui.palette import DAY, NIGHT, SUN, THEMES, ThemeName, Tone, contrast
from gui.theme import FONT_FILES, Look, TypeRole, apply_theme, current_look, load_fonts, style_sheet

ALL_THEMES = (DAY, NIGHT, SUN, DAY.for_training(), NIGHT.for_training(), SUN.for_training())
MEANINGS = (Tone.ACCENT, Tone.ALARM, Tone.DOUBT, Tone.AGREE, Tone.NONE, Tone.TRAIN)
TEXT_MIN, PART_MIN = 4.5, 3.0  # WCAG 2.2, success criteria 1.4.3 and 1.4.11


def too_weak(pairs, least):
    return [
        (name, round(contrast(first, second), 2))
        for name, first, second in pairs
        if contrast(first, second) < least
    ]


def grounds(theme):
    return {"bezel": theme.bezel, "page": theme.page, "field": theme.field}


def test_contrast_is_the_formula_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1.0)


@pytest.mark.parametrize("theme", ALL_THEMES, ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme):
    texts = {"ink": theme.ink, "ink2": theme.ink2}
    texts |= {tone.value: theme.tone(tone).text for tone in MEANINGS}
    pairs = [
        (f"{text} on {ground}", texts[text], grounds(theme)[ground])
        for text, ground in product(texts, grounds(theme))
    ]
    assert too_weak(pairs, TEXT_MIN) == []


@pytest.mark.parametrize("theme", ALL_THEMES, ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_tints_and_fills(theme):
    pairs = []
    for tone in MEANINGS:
        colours = theme.tone(tone)
        pairs += [
            (f"{tone} on its tint", colours.text, colours.tint),
            (f"ink on {tone} tint", theme.ink, colours.tint),
            (f"ink2 on {tone} tint", theme.ink2, colours.tint),
            (f"sign on {tone} fill", colours.on_fill, colours.fill),
        ]
    assert too_weak(pairs, TEXT_MIN) == []


@pytest.mark.parametrize("theme", ALL_THEMES, ids=lambda theme: theme.name)
def test_controls_curves_and_blocks_stand_out(theme):
    pairs = [(f"edge on {name}", theme.edge, ground) for name, ground in grounds(theme).items()]
    curves = {"reference": theme.reference, "second": theme.second, "difference": theme.difference}
    pairs += [(f"{name} curve", colour, theme.page) for name, colour in curves.items()]
    for tone in MEANINGS:
        border = theme.tone(tone).fill_border
        pairs += [(f"{tone} block on {name}", border, grounds(theme)[name]) for name in ("bezel", "page")]
    assert too_weak(pairs, PART_MIN) == []


def test_a_pale_colour_is_caught():
    assert too_weak([("grey on white", "#B0B0B0", "#FFFFFF")], TEXT_MIN) == [("grey on white", 2.17)]


def test_training_changes_the_accent_and_nothing_else():
    training = DAY.for_training()

    assert training.accent == DAY.train
    assert training.alarm == DAY.alarm
    assert training.accent.fill != DAY.accent.fill


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_style_sheet_has_no_holes(theme, scale):
    sheet = style_sheet(Look(theme, scale))

    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_a_scale_outside_100_to_150_percent_is_refused():
    with pytest.raises(ValueError, match=r"from 1\.0 to 1\.5, found 2"):
        Look(DAY, 2.0)


def test_the_application_takes_palette_font_and_scale(qapp: QApplication):
    apply_theme(qapp, NIGHT, 1.3)

    assert current_look() == Look(NIGHT, 1.3)
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(NIGHT.page)
    assert qapp.font().pointSizeF() == pytest.approx(14.62, abs=0.01)

    apply_theme(qapp, DAY)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DAY.bezel)
    assert qapp.font().pointSizeF() == pytest.approx(11.25)


def test_labels_follow_a_change_of_theme(qapp: QApplication, qtbot):
    label = QLabel("text")
    label.setProperty("role", "title")
    qtbot.addWidget(label)
    apply_theme(qapp, DAY)
    label.show()
    day = label.grab().toImage()

    apply_theme(qapp, THEMES[ThemeName.NIGHT], 1.5)

    assert label.font().pointSizeF() == pytest.approx(27.0)
    assert label.grab().toImage() != day
    apply_theme(qapp, DAY)


def test_the_bundled_font_has_the_letters_of_all_three_languages(qapp: QApplication):
    assert "Inter" in load_fonts()
    letters = "ƏəĞğIıİiŞşÇçÖöÜüЖжЩщЪъЁёЫы0123456789–·≈≠×⁻¹«»“”…"
    for bold in (False, True):
        font = Look().font(TypeRole.BODY, bold=bold)
        assert QFontInfo(font).family().startswith("Inter")
        raw = QRawFont.fromFont(font)
        assert [letter for letter in letters if not raw.supportsCharacter(letter)] == []


def test_the_font_comes_with_its_licence():
    from importlib import resources

    folder = resources.files("gui").joinpath("fonts")
    licence = folder.joinpath("OFL.txt").read_text(encoding="utf-8")
    size = sum(len(folder.joinpath(name).read_bytes()) for name in FONT_FILES)

    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Inter Project Authors" in licence
    assert size < 1_500_000


def test_figures_below_each_other_have_one_width(qapp: QApplication):
    load_fonts()
    metrics = QFontMetricsF(Look().font(TypeRole.BODY, is_numeric=True))

    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")
