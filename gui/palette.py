"""The colours of the window: one frozen set for day, one for night, one for direct sun.

Every pair that is read together keeps the contrast of WCAG 2.2 (1.4.3 and 1.4.11); tests/gui/test_theme.py
computes it.  Colour never stands alone: a sign and a word carry the same meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Tone(StrEnum):
    """What a colour means."""

    PLAIN = "plain"  # ink
    QUIET = "quiet"  # secondary text
    ACCENT = "accent"  # the next thing to do, work in progress
    ALARM = "alarm"  # controlled, differing, lost
    DOUBT = "doubt"  # not certain, to be put right by the officer
    AGREE = "agree"  # agrees, ready
    NONE = "none"  # nothing found
    TRAIN = "train"  # training: not evidence
    ON_ALARM = "on_alarm"  # whatever stands on the fill of an alarm


class ThemeName(StrEnum):
    """The themes a person can choose."""

    DAY = "day"
    NIGHT = "night"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class ToneColours:
    """One meaning as ``text`` on quiet grounds, as ``tint`` behind text, and as ``fill`` under ``on_fill``.

    ``fill_border`` outlines the fill where the fill alone would not stand out from the page.
    """

    text: str
    tint: str
    fill: str
    on_fill: str
    fill_border: str


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours, as ``#RRGGBB``, and the width of lines in px.

    ``bezel`` is the ground of header, rail and action bar, ``page`` of what is read, ``field`` of what is
    filled in.  ``line`` decorates, ``edge`` outlines controls and axes.
    """

    name: ThemeName
    bezel: str
    page: str
    field: str
    line: str
    edge: str
    ink: str
    ink2: str
    accent: ToneColours
    alarm: ToneColours
    doubt: ToneColours
    agree: ToneColours
    none: ToneColours
    train: ToneColours
    reference: str
    second: str
    difference: str
    line_px: int = 1
    tint_border_px: int = 0

    def tone(self, tone: Tone) -> ToneColours:
        """Colours of ``tone``."""
        return {
            Tone.PLAIN: ToneColours(self.ink, self.page, self.ink, self.page, self.ink),
            Tone.QUIET: ToneColours(self.ink2, self.field, self.ink2, self.page, self.ink2),
            Tone.ACCENT: self.accent,
            Tone.ALARM: self.alarm,
            Tone.DOUBT: self.doubt,
            Tone.AGREE: self.agree,
            Tone.NONE: self.none,
            Tone.TRAIN: self.train,
            Tone.ON_ALARM: ToneColours(
                self.alarm.on_fill, self.alarm.fill, self.alarm.on_fill, self.alarm.fill, self.alarm.on_fill
            ),
        }[tone]

    def for_training(self) -> Theme:
        """Give this theme with the training colour in place of the accent."""
        return replace(self, accent=self.train)


def _solid(text: str, tint: str, fill: str = "", on_fill: str = "#FFFFFF") -> ToneColours:
    fill = fill or text
    return ToneColours(text=text, tint=tint, fill=fill, on_fill=on_fill, fill_border=fill)


DAY = Theme(
    name=ThemeName.DAY,
    bezel="#E7E6E1",
    page="#FBFBF8",
    field="#F1F0EC",
    line="#D2D1CB",
    edge="#7F807A",
    ink="#1A1D1F",
    ink2="#52585C",
    accent=_solid("#14589B", "#E4EDF6"),
    alarm=_solid("#A82A12", "#FAEAE3"),
    doubt=ToneColours("#7A5200", "#F9F0DA", "#F0B429", "#1A1D1F", "#7A5200"),
    agree=_solid("#0A6550", "#E2F1EB"),
    none=_solid("#4C555C", "#EEEEEB"),
    train=_solid("#8A2568", "#F8E6F1"),
    reference="#1B6BBB",
    second="#8A6A00",
    difference="#6A7075",
)

NIGHT = Theme(
    name=ThemeName.NIGHT,
    bezel="#0D1012",
    page="#15191C",
    field="#1F2428",
    line="#2D3338",
    edge="#717A81",
    ink="#DCE0E2",
    ink2="#A0A8AE",
    accent=_solid("#7FB8EA", "#1A2835", "#1F6CB0"),
    alarm=_solid("#FF9479", "#2F1B16", "#B63D20"),
    doubt=ToneColours("#E3B450", "#2A2416", "#E0A92E", "#15191C", "#E3B450"),
    agree=_solid("#62C6A5", "#14281F", "#0E765B"),
    none=_solid("#AAB3B9", "#1F2428", "#AAB3B9", "#15191C"),
    train=_solid("#F09BD0", "#301A29", "#AE3F88"),
    reference="#6FB0EA",
    second="#D9B343",
    difference="#8C959B",
)

SUN = Theme(
    name=ThemeName.SUN,
    bezel="#FFFFFF",
    page="#FFFFFF",
    field="#FFFFFF",
    line="#000000",
    edge="#000000",
    ink="#000000",
    ink2="#262626",
    accent=_solid("#003C7D", "#FFFFFF"),
    alarm=_solid("#8C1600", "#FFFFFF"),
    doubt=ToneColours("#5A3A00", "#FFFFFF", "#FFC93C", "#000000", "#5A3A00"),
    agree=_solid("#004A38", "#FFFFFF"),
    none=_solid("#2B2F33", "#FFFFFF"),
    train=_solid("#6E0F50", "#FFFFFF"),
    reference="#0050A5",
    second="#6A4A00",
    difference="#4A4A4A",
    line_px=2,
    tint_border_px=2,
)

THEMES: dict[ThemeName, Theme] = {theme.name: theme for theme in (DAY, NIGHT, SUN)}


def contrast(first: str, second: str) -> float:
    """Contrast ratio 1..21 of two ``#RRGGBB`` colours (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance 0..1 of ``#RRGGBB`` (WCAG 2.2, definition of relative luminance)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
