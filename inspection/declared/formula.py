"""Chemical formulas inside a paper: KMnO4, C3H6O, H2O2 - and the same typed on a Russian keyboard.

A molecular formula counts when it is one word with a digit in it, in its own capitals, has every element once
(CH3OCH3 has the atoms of ethanol and is another thing), and is that of one substance of the catalogue alone.
Formulas of more than ``MOST_ATOMS`` atoms besides hydrogen are those of too many substances to mean one.
Structural formulas (C2H5OH) are rows of data/trade_words.csv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from spectra_library.catalogue import Catalogue
from spectra_library.formulas import atoms
from spectra_library.substance import Substance

MOST_ATOMS: Final = 8
_SUBSCRIPTS_AND_CYRILLIC: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉АВЕКМНОРСТХ", "0123456789ABEKMHOPCTX")
_SYMBOL: Final = re.compile(r"[A-Z][a-z]?")
_Atoms = frozenset[tuple[str, int]]


def formulas_of(catalogue: Catalogue) -> Mapping[_Atoms, Substance]:
    """Give the substances that have a formula for themselves, by their atoms."""
    found: dict[_Atoms, list[Substance]] = {}
    for one in catalogue.substances:
        counted = atoms(one.formula)
        if len(counted) > 1 and counted.total() - counted["H"] <= MOST_ATOMS:
            found.setdefault(frozenset(counted.items()), []).append(one)
    return {key: several[0] for key, several in found.items() if len(several) == 1}


def in_latin(word: str) -> str:
    """Give a ``word`` with digits in it as a formula is typed; empty where it is none."""
    plain = word.translate(_SUBSCRIPTS_AND_CYRILLIC)
    return plain if plain.isascii() and re.search(r"\d", plain) and re.search("[A-Z]", plain) else ""


def substance_of(word: str, formulas: Mapping[_Atoms, Substance]) -> Substance | None:
    """Give the only substance with the molecular formula ``word``; None where there is no such one."""
    plain = in_latin(word)
    if not plain or len(symbols := _SYMBOL.findall(plain)) != len(set(symbols)):
        return None
    return formulas.get(frozenset(atoms(plain).items()))
