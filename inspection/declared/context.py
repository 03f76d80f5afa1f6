"""What a found name is in its place: part of another name, packaging, a purpose, or said not to be there.

    acetone-free; без ацетона; tərkibində aseton yoxdur     denied: the paper says that it is not there
    canisters for acetone; aspirin istehsalı üçün           set aside: what goods are for, or were once
    sugar in jute bags                                      set aside: packaging
    toluene diisocyanate; salt of citric acid; nitro-toluene; isopropyl ether
                                                            set aside: part of the name of something else

A denial reaches to the end of its clause, over commas ("free of acetone, toluene"), or to a word that begins
another thought ("contains").  One that stands behind its names (Azerbaijani) reaches back to a comma, or over
commas to the word that opened the list (tərkibində).  Every text is gone through once in each direction, so
that a long one takes no longer than its length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from inspection.declared.endings import LEAST_STEM, WITHOUT, is_form
from inspection.declared.page import Hit, Page
from inspection.declared.tables import Sort
from spectra_library.names import fold


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(fold(line).split()) for line in text.split("|"))


def _set_of(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


# What denies the names behind it, up to the end of the clause or a word that begins another thought.
_DENY_BEHIND: Final = _phrases(
    "free of|free from|without|contains no|contain no|containing no|does not contain|do not contain"
    "|not containing|not contain|excluding|except|instead of|substitute for|replacement for|replaces"
    "|не содержит|не содержат|не содержащий|не содержащая|не содержащее|не содержащие|без|исключая|кроме"
    "|вместо|заменитель|заменителя|нет"
)
_DENY_NEXT: Final = _phrases("no|not|non|не")  # denies the very next word
# What denies the names before it, back to the beginning of the clause.
_DENY_BEFORE: Final = _phrases(
    "yoxdur|olmayan|olmadan|içermir|ehtiva etmir|əvəzinə|əvəzedicisi|xaric|istisna olmaqla|daxil deyil|deyil"
)
_DENY_PREVIOUS: Final = _phrases("free|не содержит|не содержится|отсутствует|substitute")
_OPENERS: Final = _phrases("tərkibində")  # a list of several things that are not there begins here
_ANOTHER_THOUGHT: Final = frozenset(
    map(
        fold, ("contains", "containing", "with", "but", "based", "содержит", "содержащий", "но", "на", "amma")
    )
)
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


def judged(page: Page, hits: list[Hit]) -> list[Hit]:
    """Mark which of ``hits`` are denied or set aside; class words and solutions stay as they are."""
    context = _Context(page, frozenset(hit.first for hit in hits))
    return [
        hit
        if hit.phrase.entry.sort is not Sort.SUBSTANCE
        else replace(hit, is_denied=context.is_denied(hit), is_aside=context.is_aside(hit, later))
        for hit, later in zip_longest(hits, hits[1:])
        if hit is not None
    ]


class _Context:
    """What every place of a page is under: a denial before it or behind it, a purpose."""

    def __init__(self, page: Page, starts: frozenset[int]) -> None:
        self._page = page
        self._starts = starts
        self._denied_ahead, self._purpose_ahead, self._opened = self._forwards()
        self._denied_behind, self._purpose_behind = self._backwards()

    def _forwards(self) -> tuple[list[bool], list[bool], list[bool]]:
        """Go from the first word to the last: what stands before each one in its clause."""
        page = self._page
        denied, purpose, opened = False, False, False
        found: tuple[list[bool], list[bool], list[bool]] = ([], [], [])
        for i in range(len(page)):
            if page.ends_clause(i):
                denied, purpose, opened = False, False, False
            purpose = purpose and not page.has_comma(i)
            for places, state in zip(found, (denied, purpose, opened), strict=True):
                places.append(state)
            if self._begins(i, _DENY_BEHIND):
                denied = True
            elif page.word(i) in _ANOTHER_THOUGHT and not self._ends(i, _DENY_BEHIND):
                denied = False
            purpose = purpose or page.word(i) in _FOR
            opened = opened or self._begins(i, _OPENERS)
        return found

    def _backwards(self) -> tuple[list[str], list[bool]]:
        """Go from the last word to the first: what stands at each one or behind it in its clause.

        A denial is "near" without a comma before it, else "far"; empty where there is none.
        """
        page = self._page
        denied, purpose = "", False
        denials, purposes = [""], [False]
        for i in range(len(page) - 1, -1, -1):
            if i + 1 < len(page) and page.ends_clause(i + 1):
                denied, purpose = "", False
            if i + 1 < len(page) and page.has_comma(i + 1):
                denied, purpose = "far" if denied else "", False
            denied = "near" if self._begins(i, _DENY_BEFORE) else denied
            purpose = purpose or page.word(i) in _FOR_AFTERWARDS
            denials.append(denied)
            purposes.append(purpose)
        return denials[::-1], purposes[::-1]

    def _begins(self, i: int, phrases: Iterable[tuple[str, ...]]) -> bool:
        return any(one[0] == self._page.word(i) and self._page.has_at(i, one) for one in phrases)

    def _ends(self, i: int, phrases: Iterable[tuple[str, ...]]) -> bool:
        return any(
            one[-1] == self._page.word(i) and self._page.has_at(i - len(one) + 1, one) for one in phrases
        )

    # Denied

    def is_denied(self, hit: Hit) -> bool:
        """Tell whether the text says that it is not there."""
        page = self._page
        has_suffix = page.word(hit.end - 1).endswith(WITHOUT) and not hit.phrase.words[-1].endswith(WITHOUT)
        is_next = self._ends(hit.first - 1, _DENY_NEXT) and "." not in page.gap(hit.first)
        return (
            has_suffix
            or (is_next and not page.ends_clause(hit.first))
            or self._denied_ahead[hit.first]
            or self._is_denied_previous(hit)
            or self._is_denied_behind(hit)
        )

    def _is_denied_previous(self, hit: Hit) -> bool:
        page = self._page
        if page.has_comma(hit.end) or page.ends_clause(hit.end):
            return False
        for one in _DENY_PREVIOUS:
            then = hit.end + len(one)
            is_ahead = then in self._starts and one in _DENY_BEHIND  # этилацетат не содержит метанола
            # "acetone free of toluene" denies what comes
            if page.has_at(hit.end, one) and not is_ahead and page.word(then) not in ("of", "from"):
                return True
        return False

    def _is_denied_behind(self, hit: Hit) -> bool:
        if hit.end >= len(self._page) or self._page.ends_clause(hit.end):
            return False
        denied = self._denied_behind[hit.end]
        is_near = denied == "near" and not self._page.has_comma(hit.end)
        return is_near or (bool(denied) and self._opened[hit.first])

    # Set aside

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
