"""One field of the customs record: from typed text to a value, to JSON for the log, and back.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from inspection.amendments import one_line
from inspection.errors import RecordError
from inspection.record.sections import FORMS, Photograph, Section, photograph_of


class Shape(StrEnum):
    """What a field takes."""

    LINE = "line"  # one line of text
    LINES = "lines"  # several, in their order
    CHOICE = "choice"  # one word of a StrEnum
    COUNT = "count"  # a whole number from 0
    DAY = "day"  # a date of the calendar
    MOMENT = "moment"  # date and time with the offset from UTC
    PHOTOGRAPHS = "photographs"


@dataclass(frozen=True, slots=True)
class Form:
    """What a field takes; ``words`` of a choice."""

    shape: Shape
    words: type[StrEnum] | None = None


SHAPES: Final[Mapping[type, Shape]] = {
    str: Shape.LINE,
    int: Shape.COUNT,
    date: Shape.DAY,
    datetime: Shape.MOMENT,
}
MOST_LINES: Final = 50  # seals, photographs, countries of transit: more is a slip
LARGEST_COUNT: Final = 10**9
YEARS: Final = range(1900, 2200)  # others are slips, and the last ones have no UTC


def field_names(section: Section) -> tuple[str, ...]:
    """Name the fields of a section, in the order of the form."""
    return tuple(one.name for one in fields(FORMS[section]))


def shape_of(section: Section, name: str) -> Shape:
    """Tell what a field takes.  Raises RecordError for a field that the section has not."""
    return _form(section, name).shape


def choices_of(section: Section, name: str) -> tuple[str, ...]:
    """Give the words of a field that is a choice; none for another.

    Raises RecordError for a field that the section has not.
    """
    words = _form(section, name).words
    return () if words is None else tuple(words)


def value_of(section: Section, name: str, typed: Sequence[str]) -> Any:
    """Read what was typed for a field: one text, or several for a field that takes several.

    Raises RecordError for text that the field does not take.
    """
    form = _form(section, name)
    lines = tuple(line for line in (one_line(text, spoken(name)) for text in typed) if line)
    if form.shape is Shape.LINES:
        return _not_too_many(lines, name)
    if form.shape is Shape.PHOTOGRAPHS:
        raise RecordError(f"expected photographs as files, found text for {spoken(name)}")
    if not lines:
        return "" if form.shape is Shape.LINE else None
    return _read(form, name, lines[-1])


def stored(value: Any) -> Any:
    """Write a value as JSON: texts, whole numbers, lists of texts, and photographs as objects."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [asdict(one) if isinstance(one, Photograph) else one for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def restored(section: Section, found: Mapping[str, Any]) -> Any:
    """Put a section together from the JSON of its fields; what it does not know, it leaves out.

    A value that is none of the field's, from a log that another program wrote, is left out as well.
    """
    read = {}
    for name, form in _forms(section).items():
        value = _restored(form, found.get(name))
        if value is not None:
            read[name] = value
    return FORMS[section](**read)


def is_given(value: Any) -> bool:
    """Tell whether a field holds something."""
    return value not in (None, "", (), [])


def given(section: Any) -> Iterator[tuple[str, Any]]:
    """Give the fields of a section that hold something, in the order of the form."""
    for one in fields(section):
        value = getattr(section, one.name)
        if is_given(value):
            yield one.name, value


def as_text(value: Any) -> str:
    """Write a value in one line, as an amendment or a cell shows it."""
    if isinstance(value, list | tuple):
        return "; ".join(as_text(one) for one in value)
    if isinstance(value, Photograph):
        return f"{value.name} {value.sha256}"
    if isinstance(value, Mapping):
        return f"{value.get('name', '')} {value.get('sha256', '')}"
    return "" if value is None else str(stored(value))


def spoken(name: str) -> str:
    """Give the name of a field as words."""
    return name.replace("_", " ")


@cache
def _forms(section: Section) -> Mapping[str, Form]:
    """Read from the types of a section what its fields take."""
    return {name: _form_of(hint) for name, hint in get_type_hints(FORMS[section]).items()}


def _form_of(hint: Any) -> Form:
    if hint == tuple[Photograph, ...]:
        return Form(Shape.PHOTOGRAPHS)
    if hint == tuple[str, ...]:
        return Form(Shape.LINES)
    kinds = [one for one in get_args(hint) or (hint,) if one is not NoneType]
    words = kinds[0] if issubclass(kinds[0], StrEnum) else None
    return Form(Shape.CHOICE if words else SHAPES[kinds[0]], words)


def _form(section: Section, name: str) -> Form:
    forms = _forms(section)
    if name not in forms:
        raise RecordError(f"expected a field of the section {section} ({', '.join(forms)}), found {name!r}")
    return forms[name]


def _not_too_many(lines: tuple[str, ...], name: str) -> tuple[str, ...]:
    if len(lines) > MOST_LINES:
        raise RecordError(f"expected at most {MOST_LINES} lines of {spoken(name)}, found {len(lines)}")
    return lines


def _read(form: Form, name: str, line: str) -> Any:
    if form.words is not None:
        if line not in list(form.words):
            raise RecordError(f"expected {spoken(name)} to be one of {', '.join(form.words)}, found {line!r}")
        return form.words(line)
    if form.shape is Shape.COUNT:
        if not (line.isascii() and line.isdigit() and int(line) <= LARGEST_COUNT):
            raise RecordError(f"expected {spoken(name)} as a whole number, found {line!r}")
        return int(line)
    if form.shape is Shape.DAY:
        return _day(line, name)
    if form.shape is Shape.MOMENT:
        return _moment(line, name)
    return line


def _day(line: str, name: str) -> date:
    try:
        day = date.fromisoformat(line)
        if day.year not in YEARS:
            raise ValueError(f"the year {day.year}")
        return day
    except ValueError as error:
        raise RecordError(f"expected {spoken(name)} as a day like 2026-11-24, found {line!r}") from error


def _moment(line: str, name: str) -> datetime:
    """Read a time; without an offset from UTC it is the time of this computer's clock."""
    try:
        moment = datetime.fromisoformat(line)
        if moment.year not in YEARS:
            raise ValueError(f"the year {moment.year}")
        return moment.astimezone() if moment.tzinfo is None else moment
    except (ValueError, OverflowError, OSError) as error:
        raise RecordError(
            f"expected {spoken(name)} as a time like 2026-11-24T09:30+04:00, found {line!r}"
        ) from error


def _restored(form: Form, value: Any) -> Any:
    try:
        if form.words is not None:
            return form.words(value)
        if form.shape is Shape.DAY:
            return date.fromisoformat(value)
        if form.shape is Shape.MOMENT:
            return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if form.shape is Shape.PHOTOGRAPHS:
        read = [photograph_of(one) for one in value] if isinstance(value, list) else []
        return tuple(one for one in read if one is not None)
    if form.shape is Shape.LINES:
        return tuple(str(one) for one in value) if isinstance(value, list) else None
    if form.shape is Shape.COUNT:
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    return value if isinstance(value, str) else None
