"""Whether a word of a paper is a word of a name with another ending: Russian cases, Azerbaijani suffixes.

    name    ацетон        кислота        sirke tursusu           (folded, see spectra_library.names)
    paper   ацетона       кислотой       sirke tursusunun

A name's word is taken apart into a stem and an ending of its own kind (masculine, feminine, adjective ...),
and only endings of that kind may stand in its place.  So "ацетат" is no form of "ацетон", and "полиацетон"
is none either: a stem begins the word.  Words with digits, and those below ``LEAST_STEM`` letters, have no
other forms.  Of vowels that come and go inside a word only those before a last к are followed (порошок -
порошка, краска - красок).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from spectra_library.names import fold

LEAST_STEM: Final = 3  # letters before the ending; вода, сода, сера have as many
_NO_FORMS: Final = frozenset(map(fold, ("серой", "серою")))  # sulfur's, and far more often: grey

_ADJECTIVE: Final = """ый ий ой ого его ому ему ым им ом ем ая яя ей ую юю ою ею ое ее ые ие ых их ыми ими"""
_RUSSIAN: Final = tuple(
    (
        frozenset(map(fold, bases.split())),
        frozenset({"" if one == "-" else fold(one) for one in ends.split()}),
    )
    for bases, ends in (
        ("а", "а ы и е у ой ою - ам ами ах"),  # кислота
        ("я", "я и е ю ей ею ь й ям ями ях"),  # композиция
        ("ь", "ь и ью я ю е ем ей ям ями ях"),  # соль, растворитель
        ("о", "о а у ом е - ам ами ах"),  # масло
        ("ы и", "ы и ов ев ей - ам ами ах ям ями ях"),  # продукты, духи
        ("е", "е я ю ем и й ям ями ях"),  # удобрение
        ("й", "й я ю ем е и ев ям ями ях"),  # калий
        ("ый ий ой ая яя ое ее ые ие", _ADJECTIVE),  # технический
    )
)
_CONSONANT: Final = frozenset({"", "а", "у", "ом", "ем", "е", "ы", "и", "ов", "ев", "ей", "ам", "ами", "ах"})

_PLURALS: Final = ("lar", "ler")
_CASES: Final = ("in", "un", "a", "e", "i", "u", "da", "de", "dan", "den", "la", "le")
_AFTER_POSSESSIVE: Final = ("nin", "nun", "na", "ne", "ni", "nu", "nda", "nde", "ndan", "nden", "yla", "yle")
_AZERBAIJANI_CONSONANT: Final = frozenset(
    {
        "",
        *_CASES,
        *(f"{vowel}{case}" for vowel in "iu" for case in _AFTER_POSSESSIVE),
        *(f"{plural}{case}" for plural in _PLURALS for case in ("", *_CASES)),
        *(f"{plural}i{case}" for plural in _PLURALS for case in _AFTER_POSSESSIVE),
        "s",  # English
        "es",
    }
)
_AZERBAIJANI_VOWEL: Final = frozenset(
    {
        "",
        *_AFTER_POSSESSIVE,
        "ya",
        "ye",
        "da",
        "de",
        "dan",
        "den",
        *(f"{possessive}{case}" for possessive in ("si", "su") for case in ("", *_AFTER_POSSESSIVE)),
        *(f"{plural}{case}" for plural in _PLURALS for case in ("", *_CASES)),
        *(f"{plural}i{case}" for plural in _PLURALS for case in _AFTER_POSSESSIVE),
        "s",  # English
    }
)
WITHOUT: Final = ("siz", "suz", "less")  # asetonsuz: free of acetone


@lru_cache(maxsize=65_536)
def forms(word: str) -> frozenset[str]:
    """Give every form of the folded ``word`` of a name, itself included."""
    if len(word) < LEAST_STEM or not word.isalpha():
        return frozenset({word})
    return _russian(word) if _is_cyrillic(word) else _latin(word)


def is_form(text: str, word: str) -> bool:
    """Tell whether ``text`` is ``word`` with whatever ending; both are folded."""
    return text == word or (text[:LEAST_STEM] == word[:LEAST_STEM] and text in forms(word))


def _is_cyrillic(word: str) -> bool:
    return "а" <= word[0] <= "я"


def _russian(word: str) -> frozenset[str]:
    found = {word}
    is_bare = True
    for bases, ends in _RUSSIAN:
        for base in bases:
            stem = word.removesuffix(base)
            if stem == word or len(stem) < LEAST_STEM:
                continue
            is_bare = False
            found.update(stem + end for end in ends)
    if is_bare:
        found.update(word + end for end in _CONSONANT)
    if word.endswith("ка") and len(word) > LEAST_STEM + 1:
        found.update({f"{word[:-2]}ок", f"{word[:-2]}ек"})
    if word.endswith(("ок", "ек")) and len(word) > LEAST_STEM + 1:
        found.update(f"{word[:-2]}к{end}" for end in _CONSONANT if end)
    return frozenset(found - _NO_FORMS)


def _latin(word: str) -> frozenset[str]:
    ends = _AZERBAIJANI_VOWEL if word[-1] in "aeiou" else _AZERBAIJANI_CONSONANT
    return frozenset({*(word + end for end in ends), *_other_plurals(word)})


def _other_plurals(word: str) -> set[str]:
    """Give the plurals that take something away: commodity; yagi, tursusu (oil, acid of something)."""
    if word[-1] == "y":
        return {f"{word[:-1]}ies"}
    if word[-1] not in "iu" or word[-2] in "aeiou":
        return set()
    stem = word[:-2] if word[-2] == "s" else word[:-1]
    cases = ("", *_AFTER_POSSESSIVE)
    return {f"{stem}{plural}i{case}" for plural in _PLURALS for case in cases if len(stem) >= LEAST_STEM}
