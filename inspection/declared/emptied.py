"""Which words of a paper speak of empty packaging, and of what was in it once.

    empty drums, ethanol; порожние бочки (этанол)              from there to the end of the statement
    UN 1170 ETHANOL, 3, RESIDUE, LAST CONTAINED                the whole statement
    EMPTY, UNCLEANED, UN 1090 ACETONE; etanol qalıqları ilə    the same

Transport papers name the last contents before or behind these words, commas between them.  A statement ends
at a semicolon, a full stop or a line.  "Residue on evaporation", "free of residues" and "empty container
weight" are said of other goods and are passed over.
"""

from __future__ import annotations

import re
from typing import Final

from inspection.declared.endings import is_form
from inspection.declared.page import Page
from spectra_library.names import fold

_STATEMENT: Final = re.compile(r"[;!?\n|]|\.(\s|$)")
_FAR: Final = 4  # words from "empty" to its packaging: empty 200 l steel drums
_NEAR: Final = 2  # and behind it: drums, which are empty


def _set_of(text: str) -> tuple[str, ...]:
    return tuple(fold(text).split())


_PACKS: Final = _set_of(
    "drum barrel container canister jerrycan jerrican can cylinder tank bottle bag sack box ibc packaging "
    "package flask cask tin bucket pail tote vessel "
    "бочка канистра тара цистерна контейнер баллон бутыль бутылка мешок ёмкость барабан ведро еврокуб бак "
    "упаковка бидон флакон "
    "çəllək kanistr qab konteyner sistern balon butulka kisə çən tara bidon kub"
)
_EMPTY: Final = _set_of("empty emptied порожний пустой опорожнённый boş boşdur boşaldılmış")
_WEIGHT: Final = _set_of("weight mass вес масса пробег çəkisi kütləsi")
_LAST: Final = tuple(
    map(
        _set_of,
        (
            *("last contained", "last contents", "last content", "last cargo", "empty uncleaned"),
            *("uncleaned empty", "previously contained", "previously containing", "formerly containing"),
            *("previously holding", "порожняя неочищенная", "неочищенная порожняя", "последний груз"),
            *("ранее содержавшая", "boş təmizlənməmiş", "son yük"),
        ),
    )
)
_ONCE: Final = _set_of("из под")  # of packaging only
_RESIDUES: Final = _set_of("residues остатки qalıqlar qalıqları")
_RESIDUE: Final = _set_of("residue остаток qalıq qalığı")  # of packaging only: goods have a residue, too
_OF_A_TEST: Final = _set_of("on after при после")  # residue on evaporation
_NONE: Final = _set_of("no without free less low из без сухой нелетучий")


def emptied(page: Page) -> frozenset[int]:
    """Give the places of the words that are said of empty packaging or of its last contents."""
    return frozenset(
        place for first, end in _statements(page) for place in range(_begin(page, first, end), end)
    )


def _statements(page: Page) -> list[tuple[int, int]]:
    starts = [0, *(i for i in range(1, len(page)) if _STATEMENT.search(page.gap(i)))]
    return list(zip(starts, [*starts[1:], len(page)], strict=True))


def _begin(page: Page, first: int, end: int) -> int:
    """Give the place from which the statement is about empty packaging; ``end`` where it is not."""
    has_pack = any(_is_one_of(page.word(i), _PACKS) for i in range(first, end))
    if any(_tells_of_contents(page, i, end, has_pack=has_pack) for i in range(first, end)):
        return first
    for i in range(first, end):
        if _is_one_of(page.word(i), _EMPTY) and (begin := _with_packaging(page, i, first, end)) is not None:
            while begin > first and not page.has_comma(begin):
                begin -= 1
            return begin
    return end


def _tells_of_contents(page: Page, i: int, end: int, *, has_pack: bool) -> bool:
    """Tell whether a word at ``i`` says that the rest is what was in the packaging once."""
    if any(_stands_at(page, i, end, one) for one in _LAST) or (has_pack and _stands_at(page, i, end, _ONCE)):
        return True
    is_residue = page.word(i) in _RESIDUES or _is_one_of(page.word(i), _RESIDUES[1:])
    if not is_residue and not (has_pack and _is_one_of(page.word(i), _RESIDUE)):
        return False
    before = {page.word(i - 1), page.word(i - 2)}
    return page.word(i + 1) not in _OF_A_TEST and before.isdisjoint(_NONE)


def _with_packaging(page: Page, i: int, first: int, end: int) -> int | None:
    """Give where "empty" at ``i`` or its packaging begins; None where it is said of something else."""
    for k in range(i + 1, min(i + 1 + _FAR, end)):
        if _is_one_of(page.word(k), _PACKS):
            return None if page.word(k + 1) in _WEIGHT or page.word(i - 1) in _WEIGHT else i
    return next((k for k in range(max(first, i - _NEAR), i) if _is_one_of(page.word(k), _PACKS)), None)


def _stands_at(page: Page, i: int, end: int, phrase: tuple[str, ...]) -> bool:
    return i + len(phrase) <= end and all(is_form(page.word(i + k), one) for k, one in enumerate(phrase))


def _is_one_of(word: str, names: tuple[str, ...]) -> bool:
    return any(is_form(word, one) for one in names)
