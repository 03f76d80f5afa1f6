"""The number forms of JCAMP-DX tables: AFFN, FIX, PAC, SQZ, DIF and DUP to ordinates.

    4000 1234 1235 -20         AFFN and FIX: numbers with spaces, commas, exponents
    4000+1234+1235-20          PAC: the sign separates
    4000A234A235b0             SQZ: a letter is sign and first digit        @ 0  A..I +1..9  a..i -1..9
    4000A234Jj255              DIF: difference to the ordinate before       % 0  J..R +1..9  j..r -1..9
    4000A234V                  DUP: the item before stands V = 4 times      S..Z 1..8  s 9

The first item of a line is the abscissa.  After a line that ends in DIF form, the first ordinate
of the next line repeats the last one and stands at its abscissa: the Y-check.  It is no new point.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, sections on ASDF.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from spectra_library.errors import DamagedFileError
from spectra_library.formats.plain_text import shown

MISSING: Final = math.nan
_MAX_ITEM: Final = 40  # digits of one number; longer ones are no measurement

_SQUEEZED: Final = {c: str(i) for i, c in enumerate("@ABCDEFGHI")} | {
    c: f"-{i}" for i, c in enumerate("abcdefghi", 1)
}
_DIFFERENCE: Final = {c: str(i) for i, c in enumerate("%JKLMNOPQR")} | {
    c: f"-{i}" for i, c in enumerate("jklmnopqr", 1)
}
_REPEATED: Final = {c: str(i) for i, c in enumerate("STUVWXYZs", 1)}

_PLAIN: Final = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_AFFN: Final = re.compile(rf"{_PLAIN}(?:[eE][+-]?[0-9]{{1,3}})?")
_ABSCISSA: Final = re.compile(_PLAIN)
_ITEM: Final = re.compile(
    rf"(?P<value>{_PLAIN})|(?P<squeezed>[@A-Ia-i][0-9]*(?:\.[0-9]+)?)|(?P<difference>[%J-Rj-r][0-9]*(?:\.[0-9]+)?)"
    r"|(?P<repeat>[S-Zs][0-9]*)|(?P<missing>\?)"
)
_GAP: Final = re.compile(r"[\s,;]*")
_EXPONENT: Final = re.compile(r"(?<=[0-9.])[eE][+-]?[0-9]{1,3}(?=[\s,;+\-?]|$)")
_ONLY_SQUEEZED: Final = re.compile(rf"\s*{_PLAIN}[Ee][0-9]+\s*")
_COMPRESSED: Final = re.compile(r"[@%A-Za-z]")
_DECIMAL_COMMA: Final = re.compile(r"(?<=[0-9]),(?=[0-9])")

Line = tuple[int, str]  # number in the file, text without comments


@dataclass(frozen=True, slots=True)
class Mark:
    """An abscissa printed at the beginning of a line, and the index of the point it belongs to."""

    line: int
    printed: str
    index: int


@dataclass(frozen=True, slots=True)
class Ordinates:
    """A decoded table: ``values`` (N,) with NaN for ``?``, before YFACTOR; ``marks`` for the X-check."""

    values: list[float]
    marks: list[Mark]


def decode_ordinates(lines: Iterable[Line], *, points: int, decimal_commas: bool = False) -> Ordinates:
    """Decode an ``(X++(Y..Y))`` table that has to hold ``points`` ordinates.

    Raises DamagedFileError with the line number for a failed Y-check, text that is no number, or more
    ordinates than announced; no more than ``points`` are ever kept in memory.
    """
    lines = [(number, text) for number, text in lines if text.strip()]
    if decimal_commas:
        lines = [(number, _DECIMAL_COMMA.sub(".", text)) for number, text in lines]
    # Without its exponents, a table that still holds letters is compressed.  There, E after an abscissa
    # is the SQZ digit 5; in an AFFN table it is an exponent, but then an ordinate follows.
    compressed = any(
        _COMPRESSED.search(_EXPONENT.sub("", text)) or _ONLY_SQUEEZED.fullmatch(text) for _, text in lines
    )
    decoder = _Decoder(points=points)
    for number, text in lines:
        if compressed:
            decoder.take_compressed(number, text)
        else:
            decoder.take_plain(number, text)
    return Ordinates(values=decoder.values, marks=decoder.marks)


def decode_pairs(
    lines: Iterable[Line], *, points: int, decimal_commas: bool = False
) -> tuple[list[float], list[float]]:
    """Decode an ``(XY..XY)`` table into its abscissas and ordinates, before the factors.

    Raises DamagedFileError with the line number when it holds no pairs of numbers, or too many.
    """
    numbers: list[float] = []
    number = 0
    for number, text in lines:
        text = _DECIMAL_COMMA.sub(".", text) if decimal_commas else text
        at = 0
        while True:
            at = _skip(text, at)
            if at == len(text):
                break
            if text[at] == "?":
                numbers.append(MISSING)
                at += 1
            else:
                found = _AFFN.match(text, at)
                if found is None:
                    raise _not_a_number(number, text, at)
                numbers.append(_number(found[0], number))
                at = found.end()
        if len(numbers) > 2 * points:
            raise DamagedFileError(f"line {number}: expected {points} points (##NPOINTS=), found more")
    if len(numbers) % 2:
        raise DamagedFileError(f"line {number}: expected pairs of numbers, found a single one at the end")
    return numbers[0::2], numbers[1::2]


class _Decoder:
    """The state that runs from line to line: the last ordinate, and whether it was a difference."""

    def __init__(self, *, points: int) -> None:
        self.values: list[float] = []
        self.marks: list[Mark] = []
        self._points = points
        self._ended_in_difference = False
        self._idle = 0  # items and lines that add no point: no file needs many, only a hostile one

    def take_plain(self, number: int, text: str) -> None:
        at = self._take_abscissa(_AFFN, number, text, index=len(self.values))
        while (at := _skip(text, at)) < len(text):
            if text[at] == "?":
                self._add(MISSING, 1, number)
                at += 1
                continue
            found = _AFFN.match(text, at)
            if found is None:
                raise _not_a_number(number, text, at)
            self._add(_number(found[0], number), 1, number)
            at = found.end()

    def take_compressed(self, number: int, text: str) -> None:
        is_check = self._ended_in_difference
        at = self._take_abscissa(_ABSCISSA, number, text, index=len(self.values) - is_check)
        step: float | None = None  # the difference that a following DUP repeats
        is_first = True
        while (at := _skip(text, at)) < len(text):
            found = _ITEM.match(text, at)
            if found is None:
                raise _not_a_number(number, text, at)
            item, kind = found[0], found.lastgroup
            if is_first and kind in ("difference", "repeat"):
                raise DamagedFileError(
                    f"line {number}: expected an ordinate after the abscissa, found {shown(item)}"
                )
            if kind in ("value", "squeezed"):
                value = _number(_SQUEEZED[item[0]] + item[1:] if kind == "squeezed" else item, number)
                if is_first and is_check:
                    self._check_ordinate(value, number)
                else:
                    self._add(value, 1, number)
                step = None
            elif kind == "difference":
                step = _number(_DIFFERENCE[item[0]] + item[1:], number)
                self._add_difference(step, number)
            elif kind == "repeat":
                self._repeat(int(_number(_REPEATED[item[0]] + item[1:], number)) - 1, step, number)
            else:
                if is_first and is_check:
                    raise DamagedFileError(
                        f"line {number}: expected the last ordinate again (Y-check), found '?'"
                    )
                self._add(MISSING, 1, number)
                step = None
            self._ended_in_difference = step is not None
            is_first = False
            at = found.end()

    def _take_abscissa(self, form: re.Pattern[str], number: int, text: str, *, index: int) -> int:
        at = _skip(text, 0)
        found = form.match(text, at)
        if found is None:
            raise _not_a_number(number, text, at)
        self._count_idle(len(self.marks) - len(self.values), number)
        self.marks.append(Mark(line=number, printed=found[0], index=index))
        return found.end()

    def _check_ordinate(self, value: float, number: int) -> None:
        last = self.values[-1]
        # Integers in any sane file; the allowance is for differences of printed decimals.
        if abs(value - last) > 1e-9 * max(abs(value), abs(last)):
            raise DamagedFileError(
                f"line {number}: the Y-check failed: expected {last:.15g}, the last ordinate of the line "
                f"before, found {value:.15g}"
            )

    def _add(self, value: float, times: int, number: int) -> None:
        if len(self.values) + times > self._points:
            raise DamagedFileError(f"line {number}: expected {self._points} points (##NPOINTS=), found more")
        self.values.extend([value] * times)

    def _add_difference(self, step: float, number: int) -> None:
        if not self.values or math.isnan(self.values[-1]):
            raise DamagedFileError(f"line {number}: expected an ordinate before a difference, found none")
        self._add(self.values[-1] + step, 1, number)

    def _repeat(self, more: int, step: float | None, number: int) -> None:
        if more < 0:
            raise DamagedFileError(f"line {number}: expected a repeat count of at least 1, found {more + 1}")
        if len(self.values) + more > self._points:
            raise DamagedFileError(f"line {number}: expected {self._points} points (##NPOINTS=), found more")
        self._idle += more == 0
        self._count_idle(self._idle, number)
        if step is None:
            self._add(self.values[-1], more, number)
            return
        for _ in range(more):
            self._add_difference(step, number)

    def _count_idle(self, idle: int, number: int) -> None:
        if idle > self._points + 100:
            raise DamagedFileError(f"line {number}: expected ordinates, found too many items without any")


def _skip(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return found.end() if found else at


def _number(text: str, line: int) -> float:
    if len(text) > _MAX_ITEM:
        raise DamagedFileError(
            f"line {line}: expected a number of at most {_MAX_ITEM} characters, found {shown(text)}"
        )
    value = float(text)
    if math.isinf(value):
        raise DamagedFileError(f"line {line}: expected a finite number, found {shown(text)}")
    return value


def _not_a_number(line: int, text: str, at: int) -> DamagedFileError:
    return DamagedFileError(f"line {line}: expected a number, found {shown(text[at : at + 40])}")
