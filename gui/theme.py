"""Turns a theme and a text scale into fonts, palette and style sheet of the application.

Qt's own colour scheme does nothing without a desktop, so the palette is ours, on the Fusion style.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template

from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication

from gui.palette import DAY, THEMES, Theme, ThemeName, Tone

SCALES = (1.0, 1.15, 1.3, 1.5)
LOOK_PROPERTY = "chemgate_look"
FOLDER = Path(__file__).parent
FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
FONT_FILES = ("Inter-Regular.ttf", "Inter-SemiBold.ttf")
POINTS_PER_PX = 0.75  # at 96 dots per inch, where 15 px are 11.25 pt


class TypeRole(StrEnum):
    """What a piece of text is, and so how large it is set."""

    KEY = "key"  # key hints
    LABEL = "label"  # labels, axes, notes
    BODY = "body"
    HEADING = "heading"  # buttons, verdict words, card titles
    SUBTITLE = "subtitle"  # long substance names
    TITLE = "title"
    VERDICT = "verdict"
    READING = "reading"  # the one number on the page


SIZES_PX = {
    TypeRole.KEY: 12,
    TypeRole.LABEL: 13,
    TypeRole.BODY: 15,
    TypeRole.HEADING: 17,
    TypeRole.SUBTITLE: 20,
    TypeRole.TITLE: 24,
    TypeRole.VERDICT: 30,
    TypeRole.READING: 44,
}


@dataclass(frozen=True, slots=True)
class Look:
    """A theme at a text ``scale`` of 1.0 to 1.5.

    Raises ValueError for another scale.
    """

    theme: Theme = DAY
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.scale <= 1.5:
            raise ValueError(f"expected a text scale from 1.0 to 1.5, found {self.scale}")

    def px(self, length: float) -> int:
        """Scale a length that must grow with the text, in px."""
        return round(length * self.scale)

    def points(self, role: TypeRole) -> float:
        """Text size of ``role`` in pt."""
        return round(SIZES_PX[role] * POINTS_PER_PX * self.scale, 2)

    def font(self, role: TypeRole, *, bold: bool = False, is_numeric: bool = False) -> QFont:
        """Font of ``role``; numbers below each other (``is_numeric``) have figures of one width.

        The figures are not for running text: with them Inter's hyphen is as wide as a figure.
        """
        font = QFont(list(FAMILIES))
        font.setPointSizeF(self.points(role))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        # Hinting squeezes Inter's semi-bold into whole px: at 17 px it looks like a taller, thinner font.
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if is_numeric:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def colour(self, tone: Tone) -> QColor:
        """Text colour of ``tone``."""
        return QColor(self.theme.tone(tone).text)


def apply_theme(app: QApplication, theme: Theme, scale: float = 1.0) -> Look:
    """Dress the whole application; widgets that paint themselves find the result in ``current_look``."""
    look = Look(theme, scale)
    load_fonts()
    app.setProperty(LOOK_PROPERTY, look)  # first: the changes below make widgets ask for it
    if app.property("chemgate_style") is None:
        app.setStyle("Fusion")  # once: a second time would throw away the style sheet's wrapper
        app.setProperty("chemgate_style", "Fusion")
    app.setPalette(palette_of(theme))
    app.setFont(look.font(TypeRole.BODY))
    app.setStyleSheet(style_sheet(look))
    return look


def current_look() -> Look:
    """What ``apply_theme`` set last; the day theme before that."""
    app = QApplication.instance()
    look = app.property(LOOK_PROPERTY) if app is not None else None
    return look if isinstance(look, Look) else Look()


def apply_next_theme(app: QApplication, *, is_training: bool) -> Theme:
    """Put on the theme after the one that is on: day, night, sun, day again; give it."""
    look, names = current_look(), list(ThemeName)
    theme = THEMES[names[(names.index(look.theme.name) + 1) % len(names)]]
    if is_training:
        theme = theme.for_training()
    apply_theme(app, theme, look.scale)
    return theme


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt and give their families; empty where Qt cannot read them."""
    families: list[str] = []
    for name in FONT_FILES:
        content = (FOLDER / "fonts" / name).read_bytes()
        font_id = QFontDatabase.addApplicationFontFromData(content)
        families += QFontDatabase.applicationFontFamilies(font_id) if font_id >= 0 else []
    return tuple(families)


def palette_of(theme: Theme) -> QPalette:
    """Our colours in Qt's roles, for whatever the style sheet does not reach."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: theme.bezel,
        roles.WindowText: theme.ink,
        roles.Base: theme.page,
        roles.AlternateBase: theme.field,
        roles.Text: theme.ink,
        roles.PlaceholderText: theme.ink2,
        roles.Button: theme.page,
        roles.ButtonText: theme.ink,
        roles.BrightText: theme.alarm.text,
        roles.ToolTipBase: theme.field,
        roles.ToolTipText: theme.ink,
        roles.Light: theme.page,
        roles.Midlight: theme.line,
        roles.Mid: theme.edge,
        roles.Dark: theme.edge,
        roles.Shadow: theme.line,
        roles.Highlight: theme.accent.tint,
        roles.HighlightedText: theme.ink,
        roles.Link: theme.accent.text,
        roles.LinkVisited: theme.accent.text,
    }
    palette = QPalette()
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.ink2))
    return palette


def style_sheet(look: Look) -> str:
    """Fill the one template with the tokens of ``look``."""
    return Template(_template()).substitute(_tokens(look))


@cache
def _template() -> str:
    return (FOLDER / "style.qss").read_text(encoding="utf-8")


def _tokens(look: Look) -> dict[str, str]:
    theme = look.theme
    tokens = {
        name: getattr(theme, name)
        for name in ("bezel", "page", "field", "line", "edge", "ink", "ink2", "reference", "second")
    }
    for tone in (Tone.ACCENT, Tone.ALARM, Tone.DOUBT, Tone.AGREE, Tone.NONE, Tone.TRAIN):
        colours = theme.tone(tone)
        tokens |= {
            f"{tone}": colours.text,
            f"{tone}_tint": colours.tint,
            f"{tone}_fill": colours.fill,
            f"{tone}_on_fill": colours.on_fill,
        }
    tokens |= {f"size_{role}": f"{look.points(role)}pt" for role in TypeRole}
    tokens |= {f"px{length}": f"{look.px(length)}px" for length in (8, 16, 44, 48, 56)}
    tokens |= {"line_px": f"{theme.line_px}px", "tint_border_px": f"{theme.tint_border_px}px"}
    return tokens
