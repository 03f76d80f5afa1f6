"""The number forms of JCAMP-DX tables: AFFN, FIX, PAC, SQZ, DIF and DUP to ordinates.

    4000 1234 1235 -20         AFFN and FIX: numbers with spaces, commas, exponents
    4000+1234+1235-20          PAC: the sign separates
    4000A234A235b0             SQZ: a letter is sign and first digit        @ 0  A..I +1..9  a..i -1..9
    4000A234Jj255              DIF: difference to the ordinate before       % 0  J..R +1..9  j..r -1..9
    4000A234V                  DUP: the item before stands V = 4 times      S..Z 1..8  s 9

The first item of a line is the abscissa.  After a line that ends in DIF form, the first ordinate
of the next line repeats the last one and stands at its abscissa: the Y-check.  It is no new point.

A repeat count follows an ordinate or a difference, never another count; a line holds an ordinate at least.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, sections on ASDF.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from spectra_library.errors import DamagedFileError
from spectra_library.formats.plain_text import shown

MISSING: Final = math.nan
_BATCH: Final = 64  # lines taken at once; each may be long, so not more
_MAX_ITEM: Final = 40  # characters of one number; longer ones are no measurement

_SQUEEZED: Final = {c: str(i) for i, c in enumerate("@ABCDEFGHI")} | {
    c: f"-{i}" for i, c in enumerate("abcdefghi", 1)
}
_DIFFERENCE: Final = {c: str(i) for i, c in enumerate("%JKLMNOPQR")} | {
    c: f"-{i}" for i, c in enumerate("jklmnopqr", 1)
}
_REPEATED: Final = {c: str(i) for i, c in enumerate("STUVWXYZs", 1)}
_DIGIT: Final = _SQUEEZED | _DIFFERENCE

# Every group is atomic or possessive: one way to read a line, and no line that takes quadratic time.
_PLAIN: Final = r"(?>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
_AFFN: Final = rf"(?>{_PLAIN}(?:[eE][+-]?[0-9]{{1,3}})?)"
_LETTERED: Final = r"(?>[@A-Ra-r%][0-9]*+(?:\.[0-9]++)?|[S-Zs][0-9]*+)"
_SEPARATOR: Final = r"(?:\s*+[,;]\s*+|\s++)"
_SPACED_LINE: Final = re.compile(r"[0-9.\- \t]+")
_PLAIN_ITEM: Final = re.compile(rf"{_AFFN}|\?")
_ITEM: Final = re.compile(rf"{_LETTERED}|{_PLAIN}|\?")
# A number needs a separator or its sign before it: 1.2.3 is no pair of numbers.
_PLAIN_LINE: Final = re.compile(
    rf"\s*+(?:{_PLAIN_ITEM.pattern})(?:(?:{_SEPARATOR}|(?=[+\-?]))(?:{_PLAIN_ITEM.pattern}))*+{_SEPARATOR}?+"
)
_COMPRESSED_LINE: Final = re.compile(
    rf"\s*+(?P<abscissa>{_PLAIN})(?:(?:{_SEPARATOR}|(?=[+\-?@%A-Za-z]))(?:{_ITEM.pattern}))*+{_SEPARATOR}?+"
)
_EXPONENT: Final = re.compile(r"(?<=[0-9.])[eE][+-]?[0-9]{1,3}(?=[\s,;+\-?]|$)")
_ONLY_SQUEEZED: Final = re.compile(rf"\s*{_PLAIN}[Ee][0-9]+\s*")
_COMPRESSED: Final = re.compile(r"[@%A-Za-z]")
_NO_EXPONENT: Final = re.compile(r"[@%A-DF-Za-df-z]")
_DECIMAL_COMMA: Final = re.compile(r"(?<=[0-9]),(?=[0-9])")

Line = tuple[int, str]  # number in the file, text without comments


class Mark(NamedTuple):
    """An abscissa printed at the beginning of a line, and the point it belongs to, counted from 0."""

    line: int
    printed: str
    point: int


@dataclass(frozen=True, slots=True)
class Ordinates:
    """A decoded table: ``values`` (N,) with NaN for ``?``, before YFACTOR; ``marks`` for the X-check."""

    values: list[float]
    marks: list[Mark]


def decode_ordinates(lines: Iterable[Line], *, points: int, decimal_commas: bool = False) -> Ordinates:
    """Decode an ``(X++(Y..Y))`` table that has to hold ``points`` ordinates.

    Raises DamagedFileError with the line number for a failed Y-check, text that is no number, a line
    without ordinates, or more ordinates than announced; no more than ``points`` are ever kept in memory.
    """
    lines = [(number, text) for number, text in lines if text.strip()]
    if decimal_commas:
        lines = [(number, _DECIMAL_COMMA.sub(".", text)) for number, text in lines]
    decoder = _Decoder(points=points)
    take = decoder.take_compressed if _is_compressed(lines) else decoder.take_plain
    for number, text in lines:
        take(number, text)
    return Ordinates(values=decoder.values, marks=decoder.marks)


def decode_groups(
    lines: Iterable[Line], *, size: int, points: int, decimal_commas: bool = False
) -> list[list[float]]:
    """Decode a table of groups such as ``(XY..XY)`` or ``(XYW..XYW)`` into its ``size`` columns of numbers.

    No factor is applied; NaN stands for ``?``.
    Raises DamagedFileError with the line number when it holds other things, half a group, or too many.
    """
    numbers: list[float] = []
    lines = [(number, text) for number, text in lines if text.strip()]
    if decimal_commas:
        lines = [(number, _DECIMAL_COMMA.sub(".", text)) for number, text in lines]
    for at in range(0, len(lines), _BATCH):
        batch = lines[at : at + _BATCH]
        if not _take_batch(numbers, batch, size * points):
            _take_one_by_one(numbers, batch, size=size, points=points)
    if len(numbers) % size:
        found = (
            "pairs of numbers, found a single one" if size == 2 else f"groups of {size}, found a shorter one"
        )
        raise DamagedFileError(f"line {lines[-1][0]}: expected {found} at the end")
    return [numbers[column::size] for column in range(size)]


def _take_batch(numbers: list[float], batch: list[Line], limit: int) -> bool:
    """Add the numbers of many lines at once; tell whether that went well."""
    try:
        found = _floats(_plain_items(batch[0][0], "\n".join([text for _, text in batch])), batch[0][0])
    except DamagedFileError:
        return False
    if len(numbers) + len(found) > limit:
        return False
    numbers += found
    return True


def _take_one_by_one(numbers: list[float], batch: list[Line], *, size: int, points: int) -> None:
    for number, text in batch:
        numbers += _floats(_plain_items(number, text), number)
        if len(numbers) > size * points:
            raise DamagedFileError(f"line {number}: expected {points} points (##NPOINTS=), found more")


def _is_compressed(lines: list[Line]) -> bool:
    """Tell whether letters are digits here.

    Without its exponents, a table that still holds letters is compressed.  There, E after an abscissa
    is the SQZ digit 5; in an AFFN table it is an exponent, but then an ordinate follows.
    """
    everything = "\n".join(text for _, text in lines)
    if _NO_EXPONENT.search(everything):
        return True
    if not _COMPRESSED.search(everything):
        return False
    return any(
        _COMPRESSED.search(_EXPONENT.sub("", text)) or _ONLY_SQUEEZED.fullmatch(text) for _, text in lines
    )


class _Decoder:
    """The state that runs from line to line: the last ordinate, and whether it was a difference."""

    def __init__(self, *, points: int) -> None:
        self.values: list[float] = []
        self.marks: list[Mark] = []
        self._points = points
        self._ended_in_difference = False
        self._known: dict[str, float] = {}  # items seen before: most differences of a table are alike

    def take_plain(self, number: int, text: str) -> None:
        items = text.split()
        numbers = _spaced_numbers(text, items)
        if numbers is None:
            items = _plain_items(number, text)
            if items[0] == "?":
                raise _not_a_number(number, text, 0)
            numbers = _floats(items, number)
        self._mark(number, items[0], point=len(self.values), items=len(items) - 1)
        if len(self.values) + len(items) - 1 > self._points:
            raise self._too_many(number)
        self.values += numbers[1:]

    def take_compressed(self, number: int, text: str) -> None:
        found = _COMPRESSED_LINE.match(text)
        if found is None or found.end() < len(text):
            raise _not_a_number(number, text, found.end() if found else 0)
        abscissa = found["abscissa"]
        if len(abscissa) > _MAX_ITEM:
            raise _too_long(number, abscissa)
        items = _ITEM.findall(text, found.end("abscissa"))
        is_check = self._ended_in_difference
        self._mark(number, abscissa, point=len(self.values) - is_check, items=len(items))
        first = items[0]
        if first[0] in _DIFFERENCE or first[0] in _REPEATED:
            raise DamagedFileError(
                f"line {number}: expected an ordinate after the abscissa, found {shown(first)}"
            )
        if is_check:
            self._check_ordinate(first, number)
        self._take_items(items, number, skip_first=is_check)

    def _take_items(self, items: list[str], number: int, *, skip_first: bool) -> None:
        values, points, known = self.values, self._points, self._known
        step: float | None = None  # the difference that a following DUP repeats
        is_repeat = False
        for item in items[1:] if skip_first else items:
            head = item[0]
            if head in _REPEATED:
                if is_repeat:
                    raise DamagedFileError(
                        f"line {number}: expected an ordinate before a repeat count, found another count"
                    )
                self._repeat(int(_number(_REPEATED[head] + item[1:], number)) - 1, step, number)
                is_repeat = True
                continue
            is_repeat = False
            value = known.get(item)
            if value is None:
                value = known[item] = _item(item, number)
            if head in _DIFFERENCE:
                if not values or values[-1] != values[-1]:
                    raise DamagedFileError(
                        f"line {number}: expected an ordinate before a difference, found none"
                    )
                step = value
                value += values[-1]
            else:
                step = None
            if len(values) >= points:
                raise self._too_many(number)
            values.append(value)
        self._ended_in_difference = step is not None

    def _mark(self, number: int, printed: str, *, point: int, items: int) -> None:
        if not items:
            raise DamagedFileError(f"line {number}: expected ordinates, found an abscissa without any")
        self.marks.append(Mark(line=number, printed=printed, point=point))

    def _check_ordinate(self, item: str, number: int) -> None:
        if item == "?":
            raise DamagedFileError(f"line {number}: expected the last ordinate again (Y-check), found '?'")
        value, last = _item(item, number), self.values[-1]
        # Integers in any sane file; the allowance is for differences of printed decimals.
        if abs(value - last) > 1e-9 * max(abs(value), abs(last)):
            raise DamagedFileError(
                f"line {number}: the Y-check failed: expected {last:.15g}, the last ordinate of the line "
                f"before, found {value:.15g}"
            )

    def _repeat(self, more: int, step: float | None, number: int) -> None:
        if more < 0:
            raise DamagedFileError(f"line {number}: expected a repeat count of at least 1, found {more + 1}")
        if len(self.values) + more > self._points:
            raise self._too_many(number)
        if step is None:
            self.values.extend([self.values[-1]] * more)
            return
        for _ in range(more):
            self.values.append(self.values[-1] + step)

    def _too_many(self, number: int) -> DamagedFileError:
        return DamagedFileError(f"line {number}: expected {self._points} points (##NPOINTS=), found more")


def _spaced_numbers(text: str, items: list[str]) -> list[float] | None:
    """Return the numbers of a line that is nothing but numbers and spaces, as most are; else None."""
    if _SPACED_LINE.fullmatch(text) is None or max(map(len, items)) > _MAX_ITEM:
        return None
    try:
        # Of digits, points and minus signs, float takes exactly the numbers of a plain table.
        return list(map(float, items))
    except ValueError:
        return None  # 4000-12-13: the sign separates


def _plain_items(number: int, text: str) -> list[str]:
    found = _PLAIN_LINE.match(text)
    if found is None or found.end() < len(text):
        raise _not_a_number(number, text, found.end() if found else 0)
    items: list[str] = _PLAIN_ITEM.findall(text)
    return items


def _floats(items: list[str], number: int) -> list[float]:
    if max(map(len, items)) < _MAX_ITEM:
        try:
            values = list(map(float, items))
        except ValueError:
            pass  # a question mark
        else:
            if math.inf not in values and -math.inf not in values:
                return values
    return [MISSING if item == "?" else _number(item, number) for item in items]


def _item(item: str, line: int) -> float:
    """Return the ordinate or the difference that an item of a compressed table stands for."""
    if item == "?":
        return MISSING
    digit = _DIGIT.get(item[0])
    return _number(digit + item[1:] if digit else item, line)


def _number(text: str, line: int) -> float:
    if len(text) > _MAX_ITEM:
        raise _too_long(line, text)
    value = float(text)
    if math.isinf(value):
        raise DamagedFileError(f"line {line}: expected a finite number, found {shown(text)}")
    return value


def _too_long(line: int, text: str) -> DamagedFileError:
    return DamagedFileError(
        f"line {line}: expected a number of at most {_MAX_ITEM} characters, found {shown(text)}"
    )


def _not_a_number(line: int, text: str, at: int) -> DamagedFileError:
    return DamagedFileError(f"line {line}: expected a number, found {shown(text[at : at + 40])}")
