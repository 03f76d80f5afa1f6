"""What a found name is in its place: part of another name, packaging, a purpose, or what was denied.

    acetone-free; без ацетона; tərkibində aseton yoxdur     denied: the paper says that it is not there
    canisters for acetone; aspirin istehsalı üçün           set aside: what goods are for, or were once
    sugar in jute bags                                      set aside: packaging
    toluene diisocyanate; salt of citric acid; nitro-toluene; isopropyl ether
                                                            set aside: part of the name of something else

Every text is gone through once in each direction, so that a long one takes no longer than its length.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import Final

from inspection.declared.denials import Denials
from inspection.declared.endings import LEAST_STEM, is_form
from inspection.declared.page import Hit, Page
from inspection.declared.tables import Sort
from spectra_library.names import fold


def _set_of(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


_FOR: Final = frozenset(map(fold, ("for", "previously", "formerly", "для", "под", "ранее")))
_FOR_AFTERWARDS: Final = frozenset(map(fold, ("üçün",)))


_HEADS: Final = _set_of(
    "diisocyanate isocyanate oxime cyanohydrin peroxide hydroperoxide sulfonate sulphonate sulfonic "
    "sulphonic ester esters resin resins dye dyes derivative derivatives polymer glass formaldehyde "
    "pump pumps machine machines maker makers lamp lamps cup cups mug mugs pot pots filter filters tank "
    "tanks dispenser cooler heater heaters meter meters gloves soluble resistant proof repellent sensor "
    "sensors detector detectors test kit "
    "törəməsi törəmələri efiri efirləri esteri esterləri qatranı qatranları nasosu maşını filtri"
)
_OF: Final = _set_of(
    "salt salts ester esters derivative derivatives polymer polymers resin resins analogue substitute"
)
_GENITIVE_HEADS: Final = tuple(
    map(fold, ("эфир", "соль", "производное", "производная", "смола", "полимер", "аналог", "датчик", "насос"))
)
RADICALS: Final = _set_of(
    "methyl ethyl propyl isopropyl butyl isobutyl vinyl phenyl benzyl "
    "dimethyl trimethyl diethyl dibutyl diisopropyl "
    "metil etil propil izopropil butil izobutil vinil fenil benzil dimetil dietil izo "
    "nitro chloro bromo iodo fluoro amino hydroxy methoxy ethoxy dichloro trichloro dinitro trinitro cyclo "
    "iso tert sec poly di tri o m p meta para ortho метил этил пропил "
    "изопропил бутил изобутил винил фенил бензил диметил диэтил нитро хлор бром поли пара орто мета изо"
)
LONG_RADICALS: Final = tuple(sorted(one for one in RADICALS if len(one) > LEAST_STEM))
_PACKS: Final = (
    "bag",
    "bags",
    "sack",
    "sacks",
    "drum",
    "drums",
    "box",
    "boxes",
    "packaging",
    "pallets",
    "film",
)
_PACKS_RU: Final = tuple(map(fold, ("мешок", "мешки", "мешках", "бочках", "канистрах", "пакетах", "таре")))
_PACKS_AZ: Final = tuple(map(fold, ("kisə", "çəllək", "kanistr", "torba", "qab")))


def judged(page: Page, hits: list[Hit], denials: Denials) -> list[Hit]:
    """Mark which of ``hits`` are denied or set aside; class words and solutions stay as they are."""
    context = _Context(page)
    return [
        hit
        if hit.phrase.entry.sort is not Sort.SUBSTANCE
        else replace(
            hit,
            is_denied=denials.is_denied(hit),
            is_unsure=denials.is_unsure(hit),
            is_aside=context.is_aside(hit, later),
        )
        for hit, later in zip_longest(hits, hits[1:])
        if hit is not None
    ]


class _Context:
    """What every place of a page is under: a purpose before it or behind it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._purpose_ahead = self._forwards()
        self._purpose_behind = self._backwards()

    def _forwards(self) -> list[bool]:
        """Go from the first word to the last: whether a word such as "for" stands before each one."""
        page = self._page
        purpose, found = False, []
        for i in range(len(page)):
            purpose = purpose and not (page.has_comma(i) or page.ends_clause(i))
            found.append(purpose)
            purpose = purpose or page.word(i) in _FOR
        return found

    def _backwards(self) -> list[bool]:
        """Go from the last word to the first: whether such a word stands at each one or behind it."""
        page = self._page
        purpose, found = False, [False]
        for i in range(len(page) - 1, -1, -1):
            if i + 1 < len(page) and (page.has_comma(i + 1) or page.ends_clause(i + 1)):
                purpose = False
            purpose = purpose or page.word(i) in _FOR_AFTERWARDS
            found.append(purpose)
        return found[::-1]

    def is_aside(self, hit: Hit, later: Hit | None) -> bool:
        """Tell whether it is part of another name, packaging, or what the goods are for."""
        return self._is_part(hit, later) or self._is_packaging(hit) or self._is_purpose(hit)

    def _is_part(self, hit: Hit, later: Hit | None) -> bool:
        page = self._page
        before, after = page.word(hit.first - 1), page.word(hit.end)
        gap = page.gap(hit.first) if hit.first else ""
        if before in RADICALS and gap and gap.strip() in ("", "-"):
            return True
        if before.isdigit() and gap == "-":
            return True
        follows = page.gap(hit.end)
        is_joined = follows.strip() in ("", "-") and (later is None or later.first > hit.end)
        if is_joined and (after in _HEADS or (follows == "-" and after.isdigit())):
            return True
        if after == "of" and page.word(hit.end - 1) in _OF:
            return True
        if before == "of" and page.word(hit.first - 2) in _OF:
            return True
        is_genitive = page.word(hit.first) != hit.phrase.words[0]
        return is_genitive and not gap.strip() and any(is_form(before, head) for head in _GENITIVE_HEADS)

    def _is_packaging(self, hit: Hit) -> bool:
        page = self._page
        after, before = page.word(hit.end), page.word(hit.first - 1)
        if after in _PACKS and {before, page.word(hit.first - 2)} & {"in", "packed"}:
            return True
        if after.startswith(_PACKS_AZ) and after.endswith(("da", "de")):
            return True
        if after in _PACKS_RU and before == fold("в"):
            return True
        return before == fold("из") and page.word(hit.first - 2) in _PACKS_RU

    def _is_purpose(self, hit: Hit) -> bool:
        is_open = hit.end < len(self._page) and not (
            self._page.ends_clause(hit.end) or self._page.has_comma(hit.end)
        )
        return self._purpose_ahead[hit.first] or (is_open and self._purpose_behind[hit.end])
