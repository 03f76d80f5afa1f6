"""Which words of a paper were not understood: they may make the goods another thing than the name alone.

    acetone, technical, 200 l in drums          all understood
    cocaine drug test kits                      not: drug, test, kits
    acetone scented candles                     not: scented, candles

Understood are the phrases that were found, words that deny, numbers and amounts, what stands behind "for", a
country behind "origin", empty packaging, and the rows of data/passing_words.csv.  All else was not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache
from typing import Final

from inspection.declared.emptied import emptied
from inspection.declared.endings import LEAST_STEM, is_form
from inspection.declared.page import ATOM, Hit, Page
from inspection.declared.tables import Sort, passing_words
from spectra_library.names import fold

_FOR: Final = frozenset({"for", fold("для")})
_FOR_AFTERWARDS: Final = fold("üçün")
_ORIGINS: Final = tuple(
    map(fold, ("origin", "происхождение", "производство", "mənşə", "mənşəyi", "ölkəsi", "istehsalı"))
)
_UNITS: Final = "kg|kgs|g|mg|t|l|lt|ltr|ml|cl|hl|m3|cm3|gal|lb|lbs|oz|x|pct|pcs|кг|г|мг|т|л|мл|м3|шт|kq|q|ton"
_AMOUNT: Final = re.compile(rf"[\dx]*\d(?:{_UNITS})?")  # 25, 25kg, 4x2, x4
_NUMBER: Final = re.compile(r"(?:un|оон|hs|e|е)\d+")  # UN1294, E330
_ROMAN: Final = re.compile(r"[ivx]+")  # packing group II


def unread_words(page: Page, hits: Iterable[Hit], others: Set[int]) -> tuple[str, ...]:
    """Give the words of ``page`` that are not in ``hits``, not at the places ``others``, and not plain."""
    understood = set(others) | _purposes(page) | _passing(page) | _origins(page) | emptied(page)
    for hit in hits:
        if hit.phrase.entry.sort is not Sort.NOTHING:
            understood.update(range(hit.first, hit.end))
    left = (i for i in range(len(page)) if i not in understood and not _is_plain(page.word(i)))
    return tuple(dict.fromkeys(page.raw(i, i + 1) for i in left))


def _is_plain(word: str) -> bool:
    """Tell whether ``word`` is an amount, a number of a paper, or a single letter (ч.д.а., марка А)."""
    if len(word) == 1:
        return True
    return any(one.fullmatch(word) is not None for one in (_AMOUNT, _NUMBER, _ROMAN))


def _purposes(page: Page) -> set[int]:
    """Give the places of what goods are for, up to a comma or the end of the clause."""
    found: set[int] = set()
    is_purpose, begin = False, 0
    for i in range(len(page)):
        if page.has_comma(i) or page.ends_clause(i):
            is_purpose, begin = False, i
        is_purpose = is_purpose or page.word(i) in _FOR
        if is_purpose:
            found.add(i)
        if page.word(i) == _FOR_AFTERWARDS:
            found.update(range(begin, i + 1))
            begin = i + 1
    return found


def _origins(page: Page) -> set[int]:
    """Give the places of where goods come from, and of the word with a capital behind that."""
    found: set[int] = set()
    for i in range(len(page)):
        is_made = page.word(i) == "in" and page.word(i - 1) == "made"
        if not is_made and not any(is_form(page.word(i), one) for one in _ORIGINS):
            continue
        found.add(i)
        if i + 1 < len(page) and not page.has_comma(i + 1) and page.raw(i + 1, i + 2)[0].isupper():
            found.add(i + 1)
    return found


def _passing(page: Page) -> set[int]:
    by_start = _by_start()
    found: set[int] = set()
    for i in range(len(page)):
        for words in by_start.get(page.word(i)[:LEAST_STEM], ()):
            if all(is_form(page.word(i + k), one) for k, one in enumerate(words)):
                found.update(range(i, i + len(words)))
    return found


@cache
def _by_start() -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in passing_words():
        words = tuple(ATOM.findall(fold(phrase)))
        found.setdefault(words[0][:LEAST_STEM], []).append(words)
    return {start: tuple(several) for start, several in found.items()}
