"""How two spellings of a chemical formula are found to be the same, whatever the order of the elements."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from spectra_library.names import fold

_ELEMENTS: Final = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se
Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu
Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U D"""
ELEMENTS: Final = frozenset(_ELEMENTS.split())
LONGEST_FORMULA: Final = 60  # characters
_MOST_PIECES: Final = 10  # element and count; a file may call anything a formula, and each order is tried
_SYMBOL_AND_COUNT: Final = re.compile(r"([A-Z][a-z]?)(\d{0,4})")
_PARTS: Final = re.compile(r"[.·*•⋅∙]")  # between a base and its acid or water
_FORMULA: Final = re.compile(r"(\d{0,3})((?:[A-Z][a-z]?\d{0,4})+)")
_SUBSCRIPTS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def atoms(formula: str) -> Counter[str]:
    """Count the atoms of each element: "C10H15NO·HCl" is C10H16ClNO; empty for what is no formula.

    Subscripts count as digits; parts may be joined by a dot and have a number before them ("CuSO4.5H2O").
    """
    counted: Counter[str] = Counter()
    plain = re.sub(r"\s+", "", formula.translate(_SUBSCRIPTS))
    if len(plain) > LONGEST_FORMULA:
        return Counter()
    for part in _PARTS.split(plain):
        found = _FORMULA.fullmatch(part)
        if found is None:
            return Counter()
        times = int(found.group(1) or 1)
        for symbol, count in _SYMBOL_AND_COUNT.findall(found.group(2)):
            if symbol not in ELEMENTS:
                return Counter()
            counted[symbol] += times * int(count or 1)
    return counted


def is_same_formula(asked: str, known: str) -> bool:
    """Tell whether ``asked`` is ``known`` with its elements in any order, or its pieces in whatever case."""
    if not known or len(asked) > LONGEST_FORMULA:
        return False
    counted = atoms(asked)
    if counted and counted == atoms(known):
        return True
    return _is_made_of(re.sub(r"\s", "", fold(asked)), tuple(_pieces(known)))


def _pieces(formula: str) -> list[str]:
    return sorted(fold(symbol + count) for symbol, count in _SYMBOL_AND_COUNT.findall(formula))


def _is_made_of(text: str, pieces: tuple[str, ...]) -> bool:
    """Tell whether ``text`` is all ``pieces`` one after the other in some order."""
    if sorted(text) != sorted("".join(pieces)):  # most formulas end here, before anything is tried
        return False
    if not pieces:
        return True
    return len(pieces) <= _MOST_PIECES and any(
        text.startswith(piece) and _is_made_of(text[len(piece) :], (*pieces[:i], *pieces[i + 1 :]))
        for i, piece in enumerate(pieces)
        if piece not in pieces[:i]
    )
