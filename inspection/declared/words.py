"""The words of a declaration: which substances, and which classes of goods, does a free text name?

    text -> words -> phrases, longest first -> read in their place -> TextReading

A phrase is a name of the catalogue or a row of data/trade_words.csv; each of its words may have any ending
(endings.py).  Two words may stand the other way round (кислота уксусная; acid, acetic), and a
radical apart or together (etilasetat, etil asetat).  What a phrase is in its place - named, denied, or part
of another thing - is in context.py.  A word of a class (растворитель для красок) always counts.
With a solution water is declared, too, unless another solvent is named.  Of a word for several substances
(xylene) that remains which the text names besides (o-xylene).  Empty packaging (emptied.py) is what it is
made of: its last contents are not declared.  Formulas are in formula.py.

Amounts, grades and packing are no names and so are passed over; unread.py tells them from words that were not
understood.  Names below ``CONTAINED_NAME_MIN`` letters
count as the whole text only, but for those in the table: these must be in capitals where the table has them
so (MEK, ИПС).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from inspection.declared.context import LONG_RADICALS, RADICALS, judged
from inspection.declared.denials import Denials, spelt_out
from inspection.declared.emptied import emptied
from inspection.declared.endings import LEAST_STEM, WITHOUT
from inspection.declared.formula import formulas_of, in_latin, substance_of
from inspection.declared.page import ATOM, Hit, Page, Phrase, Source
from inspection.declared.tables import CargoClass, Entry, Sort, known, trade_words
from inspection.declared.unread import unread_words
from spectra_library.catalogue import CONTAINED_NAME_MIN, Catalogue
from spectra_library.names import fold, plain_cas
from spectra_library.substance import Substance

_CAS: Final = re.compile(r"\d{2,7}-\d{2}-\d")
_WATER: Final = "water"
_JOINING: Final = frozenset(".·*•⋅∙")
_FIRST_MATERIAL_CHAPTER: Final = 39  # of the tariff: plastics, and behind them what else packaging is made of
_MATERIAL_CLASSES: Final = frozenset({CargoClass.PLASTIC, CargoClass.TEXTILE})
_REVERSIBLE: Final = frozenset(
    ("acid", "alcohol", "anhydride", "oxide", "chloride", "sulfate", "sulphate", "nitrate")
)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that the text names, in the words of the paper.

    ``is_solvent``: water that a word such as "aqueous" brings.  ``is_one_of``: a word for several substances.
    """

    words: str
    source: Source
    substances: tuple[Substance, ...] = ()
    cargo_class: CargoClass | None = None
    is_solvent: bool = False
    is_one_of: bool = False


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a text names, which classes of goods it speaks of, and what it says is not there.

    ``is_emptied``: it speaks of empty packaging, and of no other goods than those of its material.
    ``unsure`` what it names or says is not there, one or the other.  ``unread`` the words not understood.
    """

    named: tuple[Named, ...]
    classes: tuple[Named, ...]
    denied: tuple[Named, ...]
    is_emptied: bool = False
    unsure: tuple[Named, ...] = ()
    unread: tuple[str, ...] = ()


def read_text(text: str, catalogue: Catalogue) -> TextReading:
    """Read a declared ``text`` in English, Russian or Azerbaijani."""
    tidy = unicodedata.normalize("NFC", text)
    index = _index(catalogue)
    whole = _whole(tidy, index, catalogue)
    if whole is not None:
        return TextReading((whole,), (), ())
    page = Page(spelt_out(tidy))
    found = list(_hits(page, index))
    denials = Denials(page, found)
    hits = judged(page, found, denials)
    return replace(_reading(page, hits, catalogue), unread=unread_words(page, hits, denials.words))


def _whole(text: str, index: _Index, catalogue: Catalogue) -> Named | None:
    """Give what a text means that is a name from end to end; rows of the table go before the catalogue."""
    found = catalogue.by_name(text)
    if not found or fold(text) in index.whole or _CAS.fullmatch(fold(text)):
        return None
    return Named(text.strip(), Source.CATALOGUE, found)


@dataclass(frozen=True, slots=True)
class _Index:
    """Phrases by the beginning of their first word, the folded texts of the table, and formulas."""

    by_start: dict[str, tuple[Phrase, ...]]
    whole: frozenset[str]
    formulas: Mapping[frozenset[tuple[str, int]], Substance]

    def at(self, word: str) -> tuple[Phrase, ...]:
        return self.by_start.get(word[:LEAST_STEM], ())


@lru_cache(maxsize=4)
def _index(catalogue: Catalogue) -> _Index:
    """Order all phrases: the longest first; of equals the table's before the catalogue's."""
    found: dict[str, list[Phrase]] = {}
    for phrase in (*_table_phrases(), *_catalogue_phrases(catalogue)):
        for one in (phrase, *_reversed(phrase), *_spaced(phrase)):
            found.setdefault(one.words[0][:LEAST_STEM], []).append(one)
    ordered = {
        start: tuple(sorted(several, key=lambda one: (-len(one.words), -sum(map(len, one.words)))))
        for start, several in found.items()
    }
    whole = frozenset(fold(one.key) for one in trade_words())
    return _Index(ordered, whole, formulas_of(catalogue))


def _table_phrases() -> Iterator[Phrase]:
    for entry in trade_words():
        is_short = len(fold(entry.key)) < CONTAINED_NAME_MIN
        words = tuple(ATOM.findall(fold(entry.key)))
        yield Phrase(words, entry, Source.TABLE, capitals=is_short and entry.key.isupper())


def _catalogue_phrases(catalogue: Catalogue) -> Iterator[Phrase]:
    for name, substances in catalogue.folded_names.items():
        words = tuple(ATOM.findall(name))
        if (
            len(name) < CONTAINED_NAME_MIN
            or not words
            or _CAS.fullmatch(name)
            or all(map(str.isdigit, words))
        ):
            continue
        entry = Entry(name, Sort.SUBSTANCE, tuple(one.id for one in substances))
        yield Phrase(words, entry, Source.CATALOGUE, has_comma="," in name)


def _reversed(phrase: Phrase) -> Iterable[Phrase]:
    """Give the same two words the other way round, as papers have them: кислота уксусная; acid, acetic."""
    if len(phrase.words) != 2 or not all(map(str.isalpha, phrase.words)):
        return
    if phrase.words[1] in _REVERSIBLE or "а" <= phrase.words[0][0] <= "я":
        yield replace(phrase, words=phrase.words[::-1], has_comma=True)


def _spaced(phrase: Phrase) -> Iterable[Phrase]:
    """Give a name with its radical apart or together: etilasetat, etil asetat."""
    first, *rest = phrase.words
    if first in RADICALS and len(first) >= LEAST_STEM and all(map(str.isalpha, phrase.words)):
        yield replace(phrase, words=(first + "".join(rest[:1]), *rest[1:]))
    for radical in LONG_RADICALS:
        remainder = first.removeprefix(radical)
        if remainder != first and len(remainder) > LEAST_STEM and first.isalpha():
            yield replace(phrase, words=(radical, remainder, *rest))


def _hits(page: Page, index: _Index) -> Iterator[Hit]:
    """Find phrases from left to right; each word belongs to one of them at most."""
    i = 0
    while i < len(page):
        hit = _hit_at(page, i, index)
        if hit is None:
            i += 1
            continue
        yield hit
        i = hit.end


def _hit_at(page: Page, i: int, index: _Index) -> Hit | None:
    word = page.word(i)
    for phrase in index.at(word):
        if page.matches(i, phrase):
            return Hit(i, i + len(phrase.words), phrase)
    bare = next((word.removesuffix(end) for end in WITHOUT if word.endswith(end)), "")
    for phrase in index.at(bare) if len(bare) >= CONTAINED_NAME_MIN else ():
        if phrase.words == (bare,):
            return Hit(i, i + 1, phrase)
    return _formula_at(page, i, index)


def _formula_at(page: Page, i: int, index: _Index) -> Hit | None:
    """Find a formula: of the table, typed with whatever letters, or of a substance of the catalogue."""
    raw = page.raw(i, i + 1)
    if not in_latin(raw) or page.gap(i)[-1:] in _JOINING:  # the water of CuSO4.5H2O is no goods
        return None
    plain = fold(in_latin(raw))
    for phrase in index.at(plain):
        if phrase.words == (plain,):
            return Hit(i, i + 1, phrase)
    substance = substance_of(raw, index.formulas)
    if substance is None:
        return None
    entry = Entry(plain, Sort.SUBSTANCE, (substance.id,))
    return Hit(i, i + 1, Phrase((page.word(i),), entry, Source.CATALOGUE))


def _reading(page: Page, hits: list[Hit], catalogue: Catalogue) -> TextReading:
    named: list[Named] = []
    classes: list[Named] = []
    denied: list[Named] = []
    unsure: list[Named] = []
    waters: list[tuple[Sort, Named]] = []
    places = emptied(page)
    for hit in hits:
        entry, words = hit.phrase.entry, page.raw(hit.first, hit.end)
        one = Named(words, hit.phrase.source, known(entry.substances, catalogue), entry.cargo_class)
        is_once = hit.first in places and not is_material(one)
        if entry.sort is Sort.SUBSTANCE and hit.is_denied:
            denied.append(one)
        elif is_once:
            continue
        elif entry.sort is Sort.CLASS:
            classes.append(one)
        elif entry.sort in (Sort.AQUEOUS, Sort.SOLUTION):
            waters.append((entry.sort, replace(one, is_solvent=True)))
        elif entry.sort is Sort.SUBSTANCE and hit.is_unsure:
            unsure.append(one)
        elif entry.sort is Sort.SUBSTANCE and not hit.is_aside:
            named.append(replace(one, is_one_of=entry.is_one_of))
    is_emptied = bool(places) and all(map(is_material, (*named, *classes)))
    named = [*_narrowed(named), *_water(named, waters)]
    return TextReading(
        named=tuple(dict.fromkeys(named)),
        classes=tuple(dict.fromkeys(classes)),
        denied=tuple(dict.fromkeys(denied)),
        is_emptied=is_emptied,
        unsure=tuple(dict.fromkeys(unsure)),
    )


def is_material(one: Named) -> bool:
    """Tell whether packaging is made of it."""
    if one.cargo_class is not None:
        return one.cargo_class in _MATERIAL_CLASSES
    return bool(one.substances) and all(is_material_code(sub.hs_code) for sub in one.substances)


def is_material_code(hs_code: str) -> bool:
    """Tell whether packaging is made of what stands under ``hs_code``, or is packaging itself."""
    chapter = hs_code[:2]
    return chapter.isdigit() and int(chapter) >= _FIRST_MATERIAL_CHAPTER


def _narrowed(named: list[Named]) -> Iterator[Named]:
    """Give each word for several substances with those alone that the text names besides, if it does."""
    expressly = {sub.id for one in named if not one.is_one_of for sub in one.substances} - {_WATER}
    for one in named:
        if one.is_one_of and any(sub.id in expressly for sub in one.substances):
            said = tuple(sub for sub in one.substances if sub.id in expressly or sub.id == _WATER)
            yield replace(one, substances=said)
        else:
            yield one


def _water(named: list[Named], waters: list[tuple[Sort, Named]]) -> tuple[Named, ...]:
    """Give the water that a solution brings: none where nothing is dissolved, or another solvent is named."""
    if not named or any(sub.id == _WATER for one in named for sub in one.substances):
        return ()
    for sort, one in waters:
        if sort is Sort.AQUEOUS or len(named) == 1:
            return (one,)
    return ()


def cas_numbers(text: str) -> tuple[str, ...]:
    """Give the CAS numbers in a text, in their usual form; the check digit is not looked at."""
    return tuple(plain_cas(one) for one in re.findall(r"(?<![\w-])\d{2,7}-\d{2}-\d(?![\w-])", fold(text)))
