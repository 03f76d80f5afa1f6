"""Profiles: which columns a table for somebody else has, under which heads, in which words; in TOML.

    name = "own-form"                    letters, digits and hyphens
    title = "What the form is called"
    template = true                      not an official form
    rows = "seizure"                     or inspection, sample, identification
    nominal = false                      true where personal data are wanted

    [only]                               rows that are kept; leave it out to keep all
    "decision.outcome" = ["seize"]

    [[column]]
    header = "Means of transport"
    from = "transport.mode"              a name of profile_rows.VALUES, or "constant:TEXT"
    translate = { sea = "ship" }         other values stay as they are

A profile says nothing but this: it is read, never run.  A line has at most 4,000 characters; what is longer,
a list or a table of words, goes over several lines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from inspection.errors import ExportError
from inspection.export.profile_rows import PERSONS, VALUES, ExportRow, RowKind, plain, value_of
from spectra_library.errors import FormatError
from spectra_library.formats.file_content import file_bytes
from spectra_library.formats.plain_text import cleaned

FOLDER: Final = Path(__file__).with_name("profiles")
ENDING: Final = ".toml"
CONSTANT: Final = "constant:"
MAX_BYTES: Final = 64 * 1024
MAX_LINE: Final = 4_000  # characters: reading a.a.a... takes as long as its length squared
MOST_COLUMNS: Final = 200
MOST_WORDS: Final = 500  # of a translation, of a filter
_LONGEST: Final = 200  # characters of a head, a title, a translated word
_LARGEST: Final = 10**18  # a larger number is named, not written: that alone takes long, or fails
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS: Final = frozenset({"name", "title", "template", "rows", "nominal", "only", "column"})
_COLUMN_KEYS: Final = frozenset({"header", "from", "translate"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and where its cells come from: a name of ``VALUES``, or a ``constant``."""

    header: str
    source: str
    constant: str | None = None
    translate: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Profile:
    """A table that somebody else asks for; ``only`` the texts that a row must have, by name."""

    name: str
    title: str
    rows: RowKind
    is_template: bool
    is_nominal: bool
    only: Mapping[str, tuple[str, ...]]
    columns: tuple[Column, ...]

    def without_persons(self) -> Profile:
        """Give the profile without its columns of personal data, and without filters that look at them."""
        return Profile(
            self.name,
            self.title,
            self.rows,
            self.is_template,
            False,
            {name: texts for name, texts in self.only.items() if not name.startswith(PERSONS)},
            tuple(one for one in self.columns if not one.source.startswith(PERSONS)),
        )

    def wants(self, row: ExportRow) -> bool:
        """Tell whether a row passes the filters."""
        return all(_text(value_of(row, name)) in texts for name, texts in self.only.items())

    def cells(self, row: ExportRow) -> list[object]:
        """Give the cells of a row."""
        return [_cell(column, row) for column in self.columns]


def shipped_profiles() -> tuple[Profile, ...]:
    """Read the profiles that come with the program, by name."""
    return tuple(read_profile(path) for path in sorted(FOLDER.glob(f"*{ENDING}")))


def profile_named(name_or_path: str) -> Profile:
    """Give the profile of this name that comes with the program, or the one in the file at this path.

    Raises ExportError in one sentence that says what was expected, and where.
    """
    known = [path.stem for path in sorted(FOLDER.glob(f"*{ENDING}"))]
    if name_or_path in known:
        return read_profile(FOLDER / f"{name_or_path}{ENDING}")
    if _NAME.fullmatch(name_or_path):
        raise ExportError(
            f"expected one of the profiles {', '.join(known)}, or a file, found {name_or_path!r}"
        )
    return read_profile(Path(name_or_path))


def read_profile(path: Path) -> Profile:
    """Read a profile.  Raises ExportError."""
    where = repr(cleaned(path.name))
    try:
        text = file_bytes(path, max_bytes=MAX_BYTES).decode("utf-8")
        _require_short_lines(text)
        said = tomllib.loads(text)
    except FormatError as error:
        raise ExportError(f"profile {where}: {error}") from error
    except _WrongError as error:
        raise ExportError(f"profile {where}: {error}") from None
    except (ValueError, RecursionError) as error:  # both TOMLDecodeError and UnicodeDecodeError are the first
        reason = cleaned(str(error)) or "brackets within brackets"
        raise ExportError(f"profile {where}: expected TOML in UTF-8, found: {reason}") from error
    try:
        return _profile(said)
    except _WrongError as error:
        raise ExportError(f"profile {where}: {error}") from None


class _WrongError(Exception):
    """What was expected and what was found; the file's name comes before it."""


def _require_short_lines(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise _WrongError(
                f"expected TOML in UTF-8, found: {len(line)} characters in line {number}, "
                f"more than {MAX_LINE}"
            )


def _profile(said: Mapping[str, Any]) -> Profile:
    _require_keys(said, _KEYS, "the profile")
    name = _line(said.get("name"), "name")
    if not _NAME.fullmatch(name):
        raise _WrongError(f"expected a name of small letters, digits and hyphens, found {name!r}")
    kinds = tuple(RowKind)
    rows = said.get("rows")
    if rows not in kinds:
        raise _WrongError(f"expected rows to be one of {', '.join(kinds)}, found {_shown(rows)}")
    is_nominal = _flag(said.get("nominal", False), "nominal")
    profile = Profile(
        name=name,
        title=_line(said.get("title"), "title"),
        rows=RowKind(rows),
        is_template=_flag(said.get("template", False), "template"),
        is_nominal=is_nominal,
        only=MappingProxyType(dict(_filters(said.get("only", {}), is_nominal=is_nominal))),
        columns=tuple(_columns(said.get("column", []), is_nominal=is_nominal)),
    )
    heads = [one.header for one in profile.columns]
    for number, head in enumerate(heads, start=1):
        if head in heads[: number - 1]:
            raise _WrongError(f"column {number}: expected a header of its own, found {head!r} again")
    return profile


def _filters(said: object, *, is_nominal: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not isinstance(said, dict):
        raise _WrongError(f"expected a table of names and texts as only, found {_shown(said)}")
    for name, wanted in _flattened(said):
        _require_source(name, f"only {_shown(name)}", is_nominal=is_nominal)
        texts = wanted if isinstance(wanted, list) else [wanted]
        if not texts or len(texts) > MOST_WORDS or not all(isinstance(one, str) for one in texts):
            raise _WrongError(
                f"only {_shown(name)}: expected a text or a list of texts, found {_shown(wanted)}"
            )
        yield name, tuple(texts)


def _flattened(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give filters by their whole name: without quotes TOML reads ``decision.outcome`` as a table in one."""
    for name, value in said.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", wanted) for inner, wanted in value.items())
        else:
            yield name, value


def _columns(said: object, *, is_nominal: bool) -> Iterator[Column]:
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_COLUMNS:
        count = f"{len(said)} of them" if isinstance(said, list) else _shown(said)
        raise _WrongError(f"expected 1 to {MOST_COLUMNS} tables [[column]], found {count}")
    for number, one in enumerate(said, start=1):
        where = f"column {number}"
        if not isinstance(one, dict):
            raise _WrongError(f"{where}: expected a table, found {_shown(one)}")
        _require_keys(one, _COLUMN_KEYS, where)
        header = _line(one.get("header"), "header", f"{where}: ")
        source = _line(one.get("from"), "from", f"{where}: ")
        translate = one.get("translate", {})
        if not isinstance(translate, dict) or len(translate) > MOST_WORDS:
            raise _WrongError(f"{where}: expected a table of words as translate, found {_shown(translate)}")
        words = {
            key: _line(value, f"translation of {_shown(key)}", f"{where}: ")
            for key, value in translate.items()
        }
        if source.startswith(CONSTANT):
            yield Column(header, source, source.removeprefix(CONSTANT), MappingProxyType(words))
            continue
        _require_source(source, where, is_nominal=is_nominal)
        yield Column(header, source, None, MappingProxyType(words))


def _require_source(name: str, where: str, *, is_nominal: bool) -> None:
    if name not in VALUES:
        room = name.partition(".")[0]
        near = [one for one in VALUES if one.startswith(f"{room}.")]
        known = ", ".join(near) if near else ", ".join(dict.fromkeys(one.partition(".")[0] for one in VALUES))
        raise _WrongError(f"{where}: expected one of {known}, found {_shown(name)}")
    if name.startswith(PERSONS) and not is_nominal:
        raise _WrongError(
            f"{where}: expected no personal data in a profile without nominal = true, found {name!r}"
        )


def _require_keys(said: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in said:
        if key not in known:
            raise _WrongError(f"expected in {where} only {', '.join(sorted(known))}, found {_shown(key)}")


def _line(value: object, what: str, where: str = "") -> str:
    """Give a text in one line of visible characters: it is shown, and stands over a column."""
    if not isinstance(value, str) or not value or cleaned(value, limit=_LONGEST) != value:
        raise _WrongError(
            f"{where}expected {what} as one line of 1 to {_LONGEST} visible characters, found {_shown(value)}"
        )
    return value


def _flag(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise _WrongError(f"expected {what} to be true or false, found {_shown(value)}")
    return value


def _shown(value: object) -> str:
    """Write a value into a sentence; of what may be large or deep only what it is."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return "a very large number"
    return repr(cleaned(str(value), limit=60))


def _cell(column: Column, row: ExportRow) -> object:
    if column.constant is not None:
        return column.constant
    value = value_of(row, column.source)
    if not column.translate or value is None:
        return value
    parts = _text(value).split("; ")  # several lines of one field; each has its own translation
    return plain(tuple(column.translate.get(part, part) for part in parts))


def _text(value: object) -> str:
    return "" if value is None else str(value)
