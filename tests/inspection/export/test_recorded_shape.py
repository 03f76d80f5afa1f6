from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from inspection.export.recorded_shape import require_shape
from inspection.log import InspectionLog
from inspection.records import EntryKind, LogEntry


@pytest.fixture
def entry(log: InspectionLog, identification) -> LogEntry:
    return log.append(identification())


def said(entry: LogEntry, **parts: Any) -> LogEntry:
    return replace(entry, body={**entry.body, **parts})


def test_what_this_program_writes_has_the_shape(filled: InspectionLog) -> None:
    for entry in filled.entries():
        require_shape(entry)


def test_what_is_missing_or_empty_is_no_trouble(entry: LogEntry) -> None:
    require_shape(replace(entry, body={"verdict": "match"}))
    require_shape(said(entry, declared=None, candidates=None, residual=None, group=()))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"declared": "soap"}, "expected an object as declared, found 'soap'"),
        ({"capture": ["Model F"]}, "expected an object as capture, found "),
        ({"library": {"parts": "Open spectra"}}, "expected a list as parts, found 'Open spectra'"),
        ({"residual": {"resembles": [7]}}, "expected objects as resembles, found 7"),
        ({"candidates": {"name": "Acetone"}}, "expected a list as candidates, found "),
        ({"components": [None]}, "expected objects as components, found None"),
        ({"hints": [{"substance": 7}]}, "expected a text as substance in hints, found 7"),
        ({"notes": "one"}, "expected a list as notes, found 'one'"),
        ({"group": ["acetone", 7]}, "expected texts as group, found 7"),
    ],
)
def test_something_else_in_the_place_of_a_part_is_refused(
    parts: dict[str, object], sentence: str, entry: LogEntry
) -> None:
    with pytest.raises(TypeError, match=sentence):
        require_shape(said(entry, **parts))


def test_the_fields_of_the_record_are_an_object(entry: LogEntry) -> None:
    with pytest.raises(TypeError, match="expected an object as fields, found 'soap'"):
        require_shape(replace(entry, kind=EntryKind.RECORD, body={"section": "papers", "fields": "soap"}))


def test_whatever_stands_there_is_refused_by_the_same_error_or_by_none(entry: LogEntry) -> None:
    chance = Random(5)
    values = (None, 7, "x", True, [], {}, [7], ["x"], [{}], {"parts": 7}, [{"name": []}], [[1]], 0.5)
    names = [*entry.body, "residual", "hints", "quality", "library", "notes", "possible", "recipe", "forms"]
    for _ in range(2000):
        parts = {chance.choice(names): chance.choice(values) for _ in range(3)}
        try:
            require_shape(said(entry, **parts))
        except TypeError as error:
            assert str(error).startswith("expected ")
