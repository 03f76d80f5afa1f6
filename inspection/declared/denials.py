"""What a paper says is not there: acetone-free; без ацетона; tərkibində aseton yoxdur; acetone: none.

A denial that stands before its names reaches over the names that follow it, and over commas and words such as
"and" between them ("free of acetone, toluene"); the first word that is neither ends it ("without defects,
acetone").  "No traces of" reaches over its own noun.  One that stands behind its names (Azerbaijani) reaches
back in the same way, or over commas to the word that opened the list (tərkibində).

What cannot be told is unsure: "acetone free sample", "acetone substitute grade", "free of toluene acetone",
"without odour and acetone".
"Free of charge" and "без НДС" deny nothing.

Every text is gone through once in each direction, so that a long one takes no longer than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from inspection.declared.endings import LEAST_STEM, WITHOUT, is_form
from inspection.declared.page import Hit, Page
from inspection.declared.tables import Sort
from spectra_library.names import fold


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(fold(line).split()) for line in re.split(r"[|\n]", text) if line.strip())


def _set_of(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


# What denies the names behind it.
_BEHIND: Final = _phrases(
    """free of|free from|without|contains no|contain no|containing no|does not contain|do not contain
    not containing|not contain|never contains|never contain|never|excluding|except|neither|nor|lacking|lacks
    devoid of|absence of|lack of|instead of|substitute for|replacement for|replacement of|replaces
    не содержит|не содержат|не содержащий|не содержащая|не содержащее|не содержащие|без|исключая|кроме
    вместо|заменитель|заменителя|замена|замены|замену|заменой|нет|отсутствие|отсутствия|отсутствии|ни"""
)
_NEXT: Final = _phrases("no|not|non|nil|не|zero|nə")  # denies the very next word
# What denies the names before it.
_BEFORE: Final = _phrases(
    "yoxdur|olmayan|olmadan|içermir|ehtiva etmir|əvəzinə|əvəzedicisi|xaric|istisna olmaqla|daxil deyil|deyil"
)
# What says of the names before it that they are not there; also behind a colon or a dash.
_ANSWERS: Final = _phrases(
    """absent|not present|excluded|not included|not detected|not found|not contained|not used|not added
    отсутствует|отсутствуют|исключен|исключена|исключено|исключены|не содержится|не содержатся|не входит
    не обнаружен|не обнаружена|не обнаружено|не обнаружены|не выявлен|не присутствует|не используется
    yoxdur|aşkar edilməyib|aşkar edilmədi|daxil deyil"""
)
_SHORT_ANSWERS: Final = _phrases("none|nil|no|zero|нет|yox|не содержит")  # only where nothing comes behind
_SUBSTITUTES: Final = _phrases("substitute|replacement|alternative")
_OPENERS: Final = _phrases("tərkibində")  # a list of several things that are not there begins here
_OTHER_MATTERS: Final = _phrases(
    """free of charge|free of duty|free of tax|free of payment|free of cost|duty free|tax free|without charge
    without payment|without commercial value|no commercial value|of no commercial value
    not more than|no more than|not less than|no less than|не более|не менее
    без НДС|без оплаты|без пошлины|без коммерческой ценности
    kommersiya dəyəri olmayan|kommersiya dəyəri yoxdur|ödəniş olmadan"""
)
# What may stand between a denial and its names, and between these.
_GLUE: Final = _set_of(
    "and or nor either any added residual detectable measurable the a an of "
    "и или ни либо а также любого любых какого каких содержания добавления следов "
    "və ya nə heç bir izi tərkibdə"
)
_ADDED: Final = _set_of("any added residual detectable measurable of")
_IMPURITIES: Final = _set_of("примеси примесей примесь остатков")  # of something, or with nothing behind them
_AND: Final = _set_of("and or и или və")
_LAST: Final = _AND | {"nor"}
_BETWEEN: Final = _set_of("is are was were content")  # acetone is not present
_LISTS: Final = _set_of("list lists control controls schedule table annex список списка перечень перечня")
_LIST_WITHIN: Final = 5  # words: "not included in the list of precursors" is about the list
_ANSWER_GAP: Final = re.compile(r"[\s:(=\-–—»\"”)]*")

_ZERO: Final = re.compile(
    r"(?<![\d.,])0+(?:[.,]0+)?\s*(?:%|per ?cent\b|процент(?:ов|а)?\b|faiz\b)"
    r"|%\s*0(?![\d.,])|(?<=[:=])\s*0+(?!\w|[.,]\d|\s*%)",
    re.IGNORECASE,
)
_NOT: Final = re.compile(r"n['’`´′]t\b", re.IGNORECASE)


def spelt_out(text: str) -> str:
    """Write "0 %" and "doesn't" in words."""
    return _NOT.sub(" not", _ZERO.sub(" zero ", text))


class _State(StrEnum):
    """What a place is under."""

    NOTHING = ""
    DENIED = "denied"
    UNSURE = "unsure"


class Denials:
    """What every place of a page is under: a denial before it or behind it.

    ``words`` the places of the words that deny, and of those that only seem to.
    """

    def __init__(self, page: Page, hits: Iterable[Hit]) -> None:
        self._page = page
        self._hits = {hit.first: hit for hit in hits}
        self._inside = {i: hit for hit in self._hits.values() for i in range(hit.first, hit.end)}
        self._other = frozenset(self._places_of(_OTHER_MATTERS))
        lists = (_BEHIND, _NEXT, _BEFORE, _ANSWERS, _SHORT_ANSWERS, _SUBSTITUTES, _OPENERS)
        self.words = set(self._other).union(*map(self._places_of, lists))
        self.words |= {hit.end for hit in self._hits.values() if page.word(hit.end) in ("free", *WITHOUT)}
        self._list_ends = self._ends_of_lists()
        self._ahead, self._opened = self._forwards()
        self._behind = self._backwards()

    def is_denied(self, hit: Hit) -> bool:
        """Tell whether the text says that it is not there."""
        page = self._page
        last = page.word(hit.end - 1)
        has_suffix = last.endswith(WITHOUT) and not hit.phrase.words[-1].endswith(WITHOUT)
        is_less = page.gap(hit.end) in ("-", "'", "’") and page.word(hit.end) in WITHOUT
        return (
            has_suffix
            or is_less
            or self._is_next(hit)
            or self._ahead[hit.first] is _State.DENIED
            or self._previous(hit) is _State.DENIED
            or self._is_answered(hit)
            or self._is_behind(hit)
        )

    def is_unsure(self, hit: Hit) -> bool:
        """Tell whether the text may say so."""
        return _State.UNSURE in (self._ahead[hit.first], self._previous(hit))

    # Before the names

    def _is_next(self, hit: Hit) -> bool:
        page, at = self._page, hit.first
        while page.word(at - 1) in _ADDED and at - 1 not in self._inside and not page.has_comma(at):
            at -= 1  # no added acetone; 0 % of acetone
        if at - 1 in self._other or page.ends_clause(at) or "." in page.gap(at) or page.has_comma(at):
            return False
        return any(page.has_at(at - len(one), one) for one in _NEXT)

    def _forwards(self) -> tuple[list[_State], list[bool]]:
        """Go from the first word to the last: what stands before each one in its clause."""
        page = self._page
        state, opened, phrase_end = _State.NOTHING, False, 0
        states: list[_State] = []
        openings: list[bool] = []
        for i in range(len(page)):
            if page.ends_clause(i):
                state, opened = _State.NOTHING, False
            if state and page.has_comma(i) and not self._goes_on_over_comma(i):
                state = _State.NOTHING
            if state and i in self._hits and (self._follows_a_name(i) or self._is_behind_the_last(i)):
                state = _State.UNSURE
            states.append(state)
            openings.append(opened)
            opened = opened or self._length_at(i, _OPENERS) > 0
            if page.word(i - 1) in ("no", "not") and i not in self._inside and self._is_end(i + 1):
                self.words |= {i}  # no defects
            length = 0 if i in self._other or i < phrase_end else self._opening_at(i)
            if length:
                state, phrase_end = _State.DENIED, i + length
            elif i >= phrase_end and not self._is_reached_over(i):
                if state:
                    self.words |= {i}  # what is not there changes nothing: without defects
                is_list = bool(state) and page.word(i + 1) in _LAST and not page.has_comma(i + 1)
                state = _State.UNSURE if is_list else _State.NOTHING  # without odour and acetone
        return states, openings

    def _opening_at(self, i: int) -> int:
        """Give how many words open a denial at ``i``: one of the list, or "no traces of"."""
        page = self._page
        length = self._length_at(i, _BEHIND)
        if not length and page.word(i) == "no" and "." not in page.gap(i + 1) and page.word(i + 2) == "of":
            length = 0 if page.word(i + 1).isdigit() else 3
        return length

    def _goes_on_over_comma(self, i: int) -> bool:
        before = self._inside.get(i - 1)
        is_list = before is not None and before.phrase.entry.sort is Sort.SUBSTANCE
        return is_list and (i in self._hits or self._page.word(i) in _GLUE)

    def _follows_a_name(self, i: int) -> bool:
        """Tell whether nothing stands between the name at ``i`` and one before it: "toluene acetone"."""
        before = self._inside.get(i - 1)
        is_name = before is not None and before.phrase.entry.sort is Sort.SUBSTANCE
        return is_name and not self._page.gap(i).strip()

    def _is_behind_the_last(self, i: int) -> bool:
        """Tell whether a list ended before the name at ``i``: free of toluene and benzene, acetone."""
        before = self._inside.get(i - 1)
        return before is not None and self._page.has_comma(i) and self._page.word(before.first - 1) in _LAST

    def _is_reached_over(self, i: int) -> bool:
        page = self._page
        if i in self._inside or page.word(i) in _GLUE:
            return True
        if page.word(i) in _IMPURITIES:
            then = self._hits.get(i + 1)
            return then is not None and page.word(then.first) != then.phrase.words[0]
        return page.word(i + 1) == "of"

    # Behind the names

    def _previous(self, hit: Hit) -> _State:
        """Judge "acetone free" and "acetone substitute", which may be about what comes behind."""
        page = self._page
        word = page.word(hit.end)
        if page.has_comma(hit.end) or page.ends_clause(hit.end) or hit.end in self._other:
            return _State.NOTHING
        if word == "free":
            if page.word(hit.end + 1) in ("of", "from"):  # "acetone free of toluene" denies what comes
                return _State.NOTHING
            is_sure = page.gap(hit.end) == "-" or hit.end + 1 in self._hits or self._is_end(hit.end + 1)
            return _State.DENIED if is_sure else _State.UNSURE
        if (word,) in _SUBSTITUTES and page.word(hit.end + 1) not in ("of", "for"):
            return _State.DENIED if self._is_end(hit.end + 1) else _State.UNSURE
        return _State.NOTHING

    def _is_answered(self, hit: Hit) -> bool:
        """Judge "acetone: none", "acetone and toluene are not present"."""
        page, at = self._page, self._list_ends[hit.first]
        if at < len(page) and page.word(at) in _BETWEEN and page.gap(at).isspace():
            at += 1
        if at >= len(page) or at in self._other or _ANSWER_GAP.fullmatch(page.gap(at)) is None:
            return False
        length = self._length_at(at, _ANSWERS)
        if length:
            coming = {page.word(at + length + k) for k in range(_LIST_WITHIN)}
            return at + length not in self._hits and coming.isdisjoint(_LISTS)
        length = self._length_at(at, _SHORT_ANSWERS)
        return length > 0 and self._is_end(at + length)

    def _ends_of_lists(self) -> dict[int, int]:
        """Give where the list ends that the name at each place is in: acetone and toluene."""
        found: dict[int, int] = {}
        for first in sorted(self._hits, reverse=True):
            end = self._hits[first].end
            found[first] = found.get(end + 1, end) if self._page.word(end) in _AND else end
        return found

    def _backwards(self) -> list[str]:
        """Go from the last word to the first: what stands at each one or behind it in its clause.

        A denial is "near" without a comma before it, else "far"; empty where there is none.
        """
        page = self._page
        denied, denials = "", [""]
        for i in range(len(page) - 1, -1, -1):
            if i + 1 < len(page) and page.ends_clause(i + 1):
                denied = ""
            elif i + 1 < len(page) and page.has_comma(i + 1) and denied:
                denied = "far"
            length = 0 if i in self._other else self._length_at(i, _BEFORE)
            is_passed = i in self._inside or page.word(i) in _GLUE or i in self.words
            if length:
                denied = "near"
            elif not is_passed or i in self._other:
                denied = ""
            denials.append(denied)
        return denials[::-1]

    def _is_behind(self, hit: Hit) -> bool:
        if hit.end >= len(self._page) or self._page.ends_clause(hit.end):
            return False
        denied = self._behind[hit.end]
        is_near = denied == "near" and not self._page.has_comma(hit.end)
        return is_near or (bool(denied) and self._opened[hit.first])

    # Places

    def _is_end(self, i: int) -> bool:
        page = self._page
        if page.gap(i).startswith(".") and i < len(page):  # acetone No. 5
            return False
        is_broken = page.ends_clause(i) or page.has_comma(i)
        return i >= len(page) or is_broken or page.word(i) in ("and", fold("и"))

    def _length_at(self, i: int, phrases: Iterable[tuple[str, ...]]) -> int:
        word = self._page.word(i)
        return max((len(one) for one in phrases if one[0] == word and self._page.has_at(i, one)), default=0)

    def _places_of(self, phrases: Iterable[tuple[str, ...]]) -> set[int]:
        """Give the places of all words of ``phrases``; Russian and Azerbaijani ones in any form."""
        page = self._page
        by_start: dict[str, list[tuple[str, ...]]] = {}
        for one in phrases:
            by_start.setdefault(one[0][:LEAST_STEM], []).append(one)
        return {
            i + k
            for i in range(len(page))
            for one in by_start.get(page.word(i)[:LEAST_STEM], ())
            if is_form(page.word(i), one[0]) and page.has_at(i, (page.word(i), *one[1:]))
            for k in range(len(one))
        }
