"""The languages of the program, and the one door through which a text becomes one of them.

Loads nothing else, so that a window can show its first sentence before anything heavy is read.
"""

from __future__ import annotations

import gettext
from enum import StrEnum
from pathlib import Path

LOCALE_FOLDER = Path(__file__).parent / "locale"


class Language(StrEnum):
    """The languages of the program."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    AZERBAIJANI = "az"


class Wording:
    """English text in, the text of one language out: ``words("Match")``."""

    def __init__(self, language: Language = Language.ENGLISH) -> None:
        self.language = language
        self._translation = gettext.translation(
            "chemgate", localedir=LOCALE_FOLDER, languages=[language], fallback=True
        )

    def __call__(self, text: str) -> str:
        """Translate ``text``; a text without a translation stays English."""
        return self._translation.gettext(text)

    def plural(self, one: str, many: str, count: int) -> str:
        """Translate the form of a text that fits ``count``."""
        return self._translation.ngettext(one, many, count)


ENGLISH = Wording()
