"""One declared text as words, with what stands between them, and the phrases that were found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from inspection.declared.endings import is_form
from inspection.declared.tables import Entry
from spectra_library.names import fold

ATOM: Final = re.compile(r"[^\W_]+")
_HARD: Final = re.compile(r"[;:!?()\[\]\n|]|\.(\s|$)")  # ends a clause; "1.4-" does not
_LIGHT: Final = re.compile(r"[\s\-'’\"«»“”()]*\.?-?")  # what may stand inside a name


class Source(Enum):
    """Where a phrase comes from."""

    CATALOGUE = auto()
    TABLE = auto()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The folded words of a name, and what it means.  ``capitals``: counts in capitals alone."""

    words: tuple[str, ...]
    entry: Entry
    source: Source
    capitals: bool = False
    has_comma: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase at the atoms ``first`` to ``end`` (not included)."""

    first: int
    end: int
    phrase: Phrase
    is_denied: bool = False
    is_unsure: bool = False
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class _Atom:
    """One word: folded, as it stands there, and where."""

    word: str
    raw: str
    start: int
    end: int


class Page:
    """The words of one text, numbered from 0; a gap has the number of the word behind it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._atoms = tuple(
            _Atom(fold(one[0]), one[0], one.start(), one.end()) for one in ATOM.finditer(text)
        )
        gaps = [self.gap(i) for i in range(len(self._atoms) + 1)]
        self._hard = tuple(_HARD.search(gap) is not None for gap in gaps)
        self._soft = tuple("," in gap for gap in gaps)

    def __len__(self) -> int:
        return len(self._atoms)

    def gap(self, i: int) -> str:
        """Give what stands before word ``i``; behind the last one for their count."""
        before = self._atoms[i - 1].end if i > 0 else 0
        after = self._atoms[i].start if i < len(self._atoms) else len(self._text)
        return self._text[before:after]

    def ends_clause(self, i: int) -> bool:
        """Tell whether a clause ends before word ``i``."""
        return self._hard[i]

    def has_comma(self, i: int) -> bool:
        """Tell whether a comma stands before word ``i``."""
        return self._soft[i]

    def word(self, i: int) -> str:
        """Give word ``i``, folded; empty where the text has none."""
        return self._atoms[i].word if 0 <= i < len(self._atoms) else ""

    def raw(self, first: int, end: int) -> str:
        """Give the words from ``first`` to ``end`` (not included) as they stand there."""
        return self._text[self._atoms[first].start : self._atoms[end - 1].end]

    def has_at(self, i: int, words: tuple[str, ...]) -> bool:
        """Tell whether the folded ``words`` begin at word ``i``, in one clause."""
        if i < 0 or i + len(words) > len(self._atoms):
            return False
        return all(self._atoms[i + k].word == one for k, one in enumerate(words)) and not any(
            self._hard[i + k] for k in range(1, len(words))
        )

    def matches(self, i: int, phrase: Phrase) -> bool:
        """Tell whether ``phrase`` stands at word ``i``, its words with any ending."""
        if i + len(phrase.words) > len(self._atoms):
            return False
        for k, word in enumerate(phrase.words):
            if not is_form(self._atoms[i + k].word, word):
                return False
            if k and not _is_light(self.gap(i + k), has_comma=phrase.has_comma):
                return False
        return not phrase.capitals or all(
            one.raw.isupper() or not one.raw.isalpha() for one in self._atoms[i : i + len(phrase.words)]
        )


def _is_light(gap: str, *, has_comma: bool) -> bool:
    return _LIGHT.fullmatch(gap.replace(",", "") if has_comma else gap) is not None
