"""The words of a declaration: which substances, and which classes of goods, does a free text name?

    text -> words -> phrases, longest first -> read in their place -> TextReading

A phrase is a name of the catalogue or a row of data/trade_words.csv; each of its words may have any ending
(declared_endings.py).  Two words may stand the other way round (кислота уксусная; acid, acetic), and a
radical apart or together (etilasetat, etil asetat).  What a phrase is in its place - named, denied, or part
of another thing - is in declared_context.py.  A word of a class (растворитель для красок) always counts.
With a solution water is declared, too, unless another solvent is named.

Amounts, grades and packing are no names and so are passed over.  Names below ``CONTAINED_NAME_MIN`` letters
count as the whole text only, but for those in the table: these must be in capitals where the table has them
so (MEK, ИПС).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from inspection.declared.context import LONG_RADICALS, RADICALS, judged
from inspection.declared.endings import LEAST_STEM, WITHOUT
from inspection.declared.page import ATOM, Hit, Page, Phrase, Source
from inspection.declared.tables import CargoClass, Entry, Sort, known, trade_words
from spectra_library.catalogue import CONTAINED_NAME_MIN, Catalogue
from spectra_library.names import fold, plain_cas
from spectra_library.substance import Substance

_CAS: Final = re.compile(r"\d{2,7}-\d{2}-\d")
_WATER: Final = "water"
_REVERSIBLE: Final = frozenset(
    ("acid", "alcohol", "anhydride", "oxide", "chloride", "sulfate", "sulphate", "nitrate")
)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that the text names, in the words of the paper.

    ``is_solvent``: water that a word such as "aqueous" brings.
    """

    words: str
    source: Source
    substances: tuple[Substance, ...] = ()
    cargo_class: CargoClass | None = None
    is_solvent: bool = False


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a text names, which classes of goods it speaks of, and what it says is not there."""

    named: tuple[Named, ...]
    classes: tuple[Named, ...]
    denied: tuple[Named, ...]


def read_text(text: str, catalogue: Catalogue) -> TextReading:
    """Read a declared ``text`` in English, Russian or Azerbaijani."""
    tidy = unicodedata.normalize("NFC", text)
    index = _index(catalogue)
    whole = _whole(tidy, index, catalogue)
    if whole is not None:
        return TextReading((whole,), (), ())
    page = Page(tidy)
    return _reading(page, judged(page, list(_hits(page, index))), catalogue)


def _whole(text: str, index: _Index, catalogue: Catalogue) -> Named | None:
    """Give what a text means that is a name from end to end; rows of the table go before the catalogue."""
    found = catalogue.by_name(text)
    if not found or fold(text) in index.whole or _CAS.fullmatch(fold(text)):
        return None
    return Named(text.strip(), Source.CATALOGUE, found)


@dataclass(frozen=True, slots=True)
class _Index:
    """Phrases by the beginning of their first word, and the folded texts of the table."""

    by_start: dict[str, tuple[Phrase, ...]]
    whole: frozenset[str]

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
    return _Index(ordered, frozenset(fold(one.key) for one in trade_words()))


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
    return None


def _reading(page: Page, hits: list[Hit], catalogue: Catalogue) -> TextReading:
    named: list[Named] = []
    classes: list[Named] = []
    denied: list[Named] = []
    waters: list[tuple[Sort, Named]] = []
    for hit in hits:
        entry, words = hit.phrase.entry, page.raw(hit.first, hit.end)
        one = Named(words, hit.phrase.source, known(entry.substances, catalogue), entry.cargo_class)
        if entry.sort is Sort.CLASS:
            classes.append(one)
        elif entry.sort in (Sort.AQUEOUS, Sort.SOLUTION):
            waters.append((entry.sort, replace(one, is_solvent=True)))
        elif entry.sort is Sort.SUBSTANCE and hit.is_denied:
            denied.append(one)
        elif entry.sort is Sort.SUBSTANCE and not hit.is_aside:
            named.append(one)
    named += _water(named, waters)
    return TextReading(*(tuple(dict.fromkeys(several)) for several in (named, classes, denied)))


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
