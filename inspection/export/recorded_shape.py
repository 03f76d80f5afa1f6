"""Whether an entry that another program may have written has the parts that a printer reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inspection.records import EntryKind, LogEntry

_OBJECTS: Final = ("declared", "capture", "library", "recipe", "calibration", "catalogue", "residual")
_LISTS_OF_OBJECTS: Final = ("candidates", "components", "hints", "quality", "possible")
_LISTS_OF_TEXTS: Final = ("group", "cautions", "forms", "not_compared", "notes")
_TEXTS: Final = ("substance", "name")  # of a candidate, a component, a hint


def require_shape(entry: LogEntry) -> None:
    """Refuse an identification or an entry of the record in which something else stands for a part.

    What is missing or empty is allowed, for earlier versions of the program wrote less.
    Raises TypeError; whoever reads entries says which one it was.
    """
    body: Mapping[str, Any] = entry.body
    if entry.kind is EntryKind.RECORD:
        _object(body, "fields")
    if entry.kind is not EntryKind.IDENTIFICATION:
        return
    for name in _OBJECTS:
        _object(body, name)
    _objects(_object(body, "library"), "parts")
    _objects(_object(body, "residual"), "resembles")
    for name in _LISTS_OF_OBJECTS:
        for one in _objects(body, name):
            for text in _TEXTS:
                if one.get(text) is not None and not isinstance(one[text], str):
                    raise TypeError(f"expected a text as {text} in {name}, found {one[text]!r}")
    for name in _LISTS_OF_TEXTS:
        for said in _list(body, name):
            if not isinstance(said, str):
                raise TypeError(f"expected texts as {name}, found {said!r}")


def _object(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name) or {}
    if not isinstance(found, Mapping):
        raise TypeError(f"expected an object as {name}, found {found!r}")
    return found


def _objects(said: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found = _list(said, name)
    for one in found:
        if not isinstance(one, Mapping):
            raise TypeError(f"expected objects as {name}, found {one!r}")
    return found


def _list(said: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = said.get(name) or ()
    if not isinstance(found, list | tuple):
        raise TypeError(f"expected a list as {name}, found {found!r}")
    return found
