"""A slow decoder of JCAMP-DX tables, written without the reader: it walks character by character."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

SQUEEZED = {
    **{str(i): c for i, c in enumerate("@ABCDEFGHI")},
    **{f"-{i}": c for i, c in enumerate("abcdefghi", 1)},
}
DIFFERENCE = {
    **{str(i): c for i, c in enumerate("%JKLMNOPQR")},
    **{f"-{i}": c for i, c in enumerate("jklmnopqr", 1)},
}
REPEATED = {str(i): c for i, c in enumerate("STUVWXYZs", 1)}


@dataclass(frozen=True)
class Meaning:
    """One way a table could be meant: printed abscissas with their points, columns before the factors."""

    marks: list[tuple[str, int]]
    x: list[float]
    y: list[float]


def meanings(lines: list[str], form: str, *, is_assigned: bool) -> list[Meaning]:
    """Give every way in which the lines of a table could be meant; none when they hold no such table."""
    found = []
    for has_commas in (False, True):
        texts = [re.sub(r"(?<=\d),(?=\d)", ".", line) if has_commas else line for line in lines]
        texts = [line for line in texts if line.strip()]
        ways = (_assigned,) if is_assigned else (_grouped,) if "++" not in form else (_plain, _compressed)
        for way in ways:
            try:
                found.append(
                    way(texts, 3 if form.startswith("(XYW") else 2) if way is _grouped else way(texts)
                )
            except (ValueError, IndexError):
                continue  # not meant this way
    return found


def _split(text: str) -> list[str]:
    """Split plain numbers at separators and before signs, character by character."""
    items, item = [], ""
    for c in text + " ":
        begins = c in "+-" and item and item[-1] not in "eE"
        if c.isspace() or c in ",;?" or begins:
            items += [item] if item else []
            items += ["?"] if c == "?" else []
            item = c if begins else ""
        else:
            item += c
    return items


def _value(item: str) -> float:
    value = math.nan if item == "?" else float(item)
    if math.isinf(value):
        raise ValueError("too large")
    return value


def _plain(lines: list[str]) -> Meaning:
    meaning = Meaning([], [], [])
    for line in lines:
        first, *rest = _split(line)
        _value(first)  # or it is no abscissa
        meaning.marks.append((first, len(meaning.y)))
        meaning.y.extend(map(_value, rest))
    return meaning


def _grouped(lines: list[str], size: int) -> Meaning:
    numbers = [_value(item) for line in lines for item in _split(line)]
    if len(numbers) % size:
        raise ValueError("half a group")
    return Meaning([], numbers[0::size], numbers[1::size])


def _assigned(lines: list[str]) -> Meaning:
    text = re.sub(r"<[^<>]*>", "", " ".join(lines))
    rows = [row.split(",") for row in re.findall(r"\(([^()]*)\)", text)]
    return Meaning(
        [],
        [float(row[0]) for row in rows],
        [float(row[1] or "nan") if row[1].strip() else math.nan for row in rows],
    )


def _compressed(lines: list[str]) -> Meaning:
    signs = {c: digits for table in (SQUEEZED, DIFFERENCE, REPEATED) for digits, c in table.items()}
    meaning = Meaning([], [], [])
    was_difference = False
    for line in lines:
        items: list[str] = []
        for c in line:
            if c in signs or c in "+-?" or c.isspace() or c in ",;" or not items:
                items.append(c)
            else:
                items[-1] += c
        items = [item for item in (item.strip().strip(",;") for item in items) if item]
        _value(items[0])  # or it is no abscissa
        meaning.marks.append((items[0], len(meaning.y) - was_difference))
        is_check, last_step = was_difference, math.nan
        for at, item in enumerate(items[1:]):
            kind = next((t for t in (SQUEEZED, DIFFERENCE, REPEATED) if item[0] in t.values()), None)
            value = _value(signs[item[0]] + item[1:] if kind else item)
            was_difference = kind is DIFFERENCE or (kind is REPEATED and was_difference)
            if kind is REPEATED:
                for _ in range(int(value) - 1):
                    meaning.y.append(meaning.y[-1] + last_step if was_difference else meaning.y[-1])
            elif kind is DIFFERENCE:
                last_step = value
                meaning.y.append(meaning.y[-1] + value)
            elif at == 0 and is_check:
                if not math.isclose(value, meaning.y[-1], rel_tol=1e-9):
                    raise ValueError("Y-check")
            else:
                meaning.y.append(value)
            if len(meaning.y) > 100_000:
                raise ValueError("too many")
    return meaning
