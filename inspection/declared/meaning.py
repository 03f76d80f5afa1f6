"""What a paper as a whole says: the substances that its text and its numbers name, and whether they fit.

    text, CAS, UN, HS -> one part each, with the substances that it names -> contradictions -> Meaning

Two parts contradict each other when they have no substance in common, base, salts and hydrates of one being
the same; and a text contradicts a tariff code of chapters 28 and 29, or of goods that are no chemicals
(chapter 41 and up), in whose heading none of its substances belongs.  Codes of preparations (3814 thinners,
3004 medicaments) contradict nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

from inspection.declared.codes import HEADING_DIGITS, Claim, Code, read_codes
from inspection.declared.page import Source
from inspection.declared.tables import CargoClass
from inspection.declared.words import Named, is_material_code, read_text
from spectra_library.catalogue import Catalogue
from spectra_library.substance import Substance

WATER: Final = "water"
# Sold in water alone, and all that infrared sees of them is the water.
_SOLD_IN_WATER: Final = frozenset(
    {"hydrochloric-acid", "hydriodic-acid", "hydrogen-peroxide", "methylamine-aqueous"}
)
_CHEMICAL_CHAPTERS: Final = ("28", "29")
_FIRST_OTHER_CHAPTER: Final = 41  # hides and everything behind them: no chemicals


class Through(StrEnum):
    """Through what the paper was understood."""

    NAME = "name"
    TRADE_NAME = "trade_name"
    CAS = "cas"
    HS = "hs"
    UN = "un"
    CLASS = "class"  # a generic word of trade
    SOLUTION = "solution"  # a word such as "aqueous"


@dataclass(frozen=True, slots=True)
class Understood:
    """A substance or a class of goods, ``name`` as the paper calls it, and through what it was understood."""

    substance: Substance | None
    cargo_class: CargoClass | None
    name: str
    through: Through


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the paper names: its text, or its numbers of one kind.

    ``said`` its words or numbers.  ``is_text`` tells the text from the numbers.
    """

    said: str
    substances: tuple[Substance, ...]
    is_text: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """The paper as it was understood.

    ``parts`` the text first; none where nothing is named.  ``classes`` of the text, ``code_classes`` of its
    numbers.  ``covered`` what stands in a declared heading.  ``denied`` what is said not to be there.
    ``contradictions`` pairs that do not fit: what one part says, and what the other.
    ``clear`` what is named by more than a name of several unrelated substances.  ``unsure`` what is named or
    said not to be there, one or the other.  ``unread`` words of the text that were not understood.
    """

    understood: tuple[Understood, ...]
    parts: tuple[Part, ...]
    classes: frozenset[CargoClass]
    code_classes: frozenset[CargoClass]
    headings: tuple[str, ...]
    covered: tuple[Substance, ...]
    denied: tuple[Substance, ...]
    contradictions: tuple[tuple[Part, Part], ...]
    clear: tuple[Substance, ...]
    unsure: tuple[Substance, ...]
    unread: tuple[str, ...]

    @property
    def substances(self) -> tuple[Substance, ...]:
        """Give what the paper names: its text and CAS numbers, or else where its other numbers meet."""
        first = [one for one in self.parts if one.is_text]
        return _unique(sub for part in first or self.parts for sub in part.substances)

    @property
    def names_by_text(self) -> bool:
        """Tell whether the text names a substance."""
        return any(one.is_text for one in self.parts)


def understand(text: str, catalogue: Catalogue, *, hs_code: str, un_number: str, cas: str) -> Meaning:
    """Read all parts of a paper."""
    reading = read_text(text, catalogue)
    claims = read_codes(text, catalogue, hs_code=hs_code, un_number=un_number, cas=cas)
    if reading.is_emptied:  # the other numbers are those of what was in it
        claims = tuple(one for one in claims if one.code is Code.HS and is_material_code(one.number))
    named = _unique(sub for one in reading.named for sub in one.substances)
    parts = _parts(reading.named, named, claims)
    misfits = _misfits(named, claims, text, catalogue)
    pairs = tuple(
        (first, second)
        for first, second in combinations(parts, 2)
        if not _meet(first.substances, second.substances, catalogue)
    )
    return Meaning(
        understood=(*_from_words(reading.named), *_from_claims(claims), *_from_classes(reading.classes)),
        parts=_with_water(parts, named, claims),
        classes=frozenset(one.cargo_class for one in reading.classes if one.cargo_class is not None),
        code_classes=frozenset(one.cargo_class for one in claims if one.cargo_class is not None),
        headings=tuple(one.heading for one in claims if one.heading),
        covered=_unique(sub for one in claims for sub in one.covered),
        denied=_unique(sub for one in reading.denied for sub in one.substances),
        contradictions=(*pairs, *misfits),
        clear=_unique(
            sub
            for substances in (
                *(one.substances for one in reading.named if not _is_ambiguous(one, catalogue)),
                *(one.substances for one in claims),
            )
            for sub in substances
        ),
        unsure=_unique(sub for one in reading.unsure for sub in one.substances),
        unread=reading.unread,
    )


def _is_ambiguous(one: Named, catalogue: Catalogue) -> bool:
    """Tell whether a name of the catalogue means unrelated substances (PAA).

    The table's rows with several mean isomers, or what is in the goods.
    """
    parents = {catalogue.parent_of(sub.id) for sub in one.substances}
    return one.source is Source.CATALOGUE and len(parents) > 1


def is_covered(one: Substance, declared: Iterable[Substance], catalogue: Catalogue) -> bool:
    """Tell whether ``declared`` names ``one``, or names it without saying which salt or hydrate."""
    names = {substance.id for substance in declared}
    return one.id in names or catalogue.parent_of(one.id) in names


def is_other_form(one: Substance, declared: Iterable[Substance], catalogue: Catalogue) -> bool:
    """Tell whether ``declared`` names another base, salt or hydrate of ``one``."""
    parent = catalogue.parent_of(one.id)
    return any(catalogue.parent_of(substance.id) == parent for substance in declared)


def _parts(
    words: tuple[Named, ...], named: tuple[Substance, ...], claims: tuple[Claim, ...]
) -> tuple[Part, ...]:
    found = []
    if named:
        found.append(Part(", ".join(one.words for one in words if not one.is_solvent), named, is_text=True))
    for code in (Code.CAS, Code.UN, Code.HS):
        naming = [one for one in claims if one.code is code and one.substances]
        if naming:
            said = f"{code.value.upper()} {', '.join(one.number for one in naming)}"
            found.append(Part(said, _unique(sub for one in naming for sub in one.substances), is_text=False))
    return tuple(found)


def _with_water(
    parts: tuple[Part, ...], named: tuple[Substance, ...], claims: tuple[Claim, ...]
) -> tuple[Part, ...]:
    """Add to the text what its CAS numbers name besides, and the water of a solution's UN number.

    A text of several parts often has the names of some and the numbers of others.
    """
    if not named:
        return _met(parts)
    more = [sub for one in claims if one.code is Code.CAS for sub in one.substances]
    if not any(sub in named for sub in more):
        more = []
    for one in claims:
        if one.code is Code.UN and any(sub in named for sub in one.substances):
            more += [sub for sub in one.substances if sub.id == WATER]
    text, *rest = parts
    return (Part(text.said, _unique((*named, *more)), is_text=True), *rest)


def _met(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Narrow numbers down to what they all name: HS 2905.12 is two alcohols, with UN 1219 it is one."""
    if len(parts) < 2:
        return parts
    common = [sub for sub in parts[0].substances if all(sub in one.substances for one in parts[1:])]
    return tuple(Part(one.said, tuple(common), one.is_text) for one in parts) if common else parts


def _meet(first: tuple[Substance, ...], second: tuple[Substance, ...], catalogue: Catalogue) -> bool:
    parents = {catalogue.parent_of(one.id) for one in first}
    return any(catalogue.parent_of(one.id) in parents for one in second)


def _misfits(
    named: tuple[Substance, ...], claims: tuple[Claim, ...], text: str, catalogue: Catalogue
) -> tuple[tuple[Part, Part], ...]:
    """Pair the text with tariff codes that name nothing, in whose heading none of its substances belongs."""
    at_home = [one for one in named if one.hs_code.startswith(_CHEMICAL_CHAPTERS)]
    if not at_home or len(at_home) < len([one for one in named if one.id != WATER]):
        return ()
    return tuple(
        (Part(text, named, is_text=True), Part(f"HS {one.number}", (), is_text=False))
        for one in claims
        if one.heading and not one.substances and _is_elsewhere(one, at_home)
    )


def _is_elsewhere(claim: Claim, substances: list[Substance]) -> bool:
    is_exact = claim.heading.startswith(_CHEMICAL_CHAPTERS) or int(claim.heading[:2]) >= _FIRST_OTHER_CHAPTER
    homes = {one.hs_code.replace(".", "")[:HEADING_DIGITS] for one in substances}
    return is_exact and claim.heading not in homes


def _from_words(named: tuple[Named, ...]) -> Iterable[Understood]:
    for one in named:
        through = Through.TRADE_NAME if one.source is Source.TABLE else Through.NAME
        for substance in one.substances:
            yield Understood(substance, None, one.words, Through.SOLUTION if one.is_solvent else through)


def _from_claims(claims: tuple[Claim, ...]) -> Iterable[Understood]:
    for one in claims:
        for substance in one.substances:
            yield Understood(substance, None, one.number, Through(one.code.value))
        if one.cargo_class is not None:
            yield Understood(None, one.cargo_class, one.number, Through(one.code.value))


def _from_classes(classes: tuple[Named, ...]) -> Iterable[Understood]:
    for one in classes:
        yield Understood(None, one.cargo_class, one.words, Through.CLASS)


def may_show_as_water(substances: tuple[Substance, ...]) -> bool:
    """Tell whether goods declared as ``substances`` may show nothing but their water in the infrared."""
    names = {one.id for one in substances}
    return (WATER in names and len(names) > 1) or not names.isdisjoint(_SOLD_IN_WATER)


def _unique(substances: Iterable[Substance]) -> tuple[Substance, ...]:
    return tuple(dict.fromkeys(substances))
