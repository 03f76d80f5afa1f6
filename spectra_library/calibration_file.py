"""A Calibration as one JSON file: the one that comes with the program, and a user's own."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from spectra_library.confidence import Calibration, Feature, ReferenceKind
from spectra_library.errors import CalibrationError
from spectra_library.evidence import Evidence
from spectra_library.whole_file import write_whole

SHIPPED = Path(__file__).parent / "data" / "calibration.json"
LAYOUT = "chemgate calibration 1"
LARGEST = 1e4  # standardised numbers are near 1; far beyond, sums of them are no odds any more


def load_calibration(own: Path | None = None) -> Calibration | None:
    """Load the user's own calibration where ``own`` exists, else the shipped one, else None.

    Raises CalibrationError for a file that is there and cannot be read.
    """
    for path in (own, SHIPPED):
        if path is not None and path.exists():
            return read_calibration(path)
    return None


def read_calibration(path: Path) -> Calibration:
    """Read one file.  Raises CalibrationError."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CalibrationError(f"expected a calibration in {path.name}, found: {error}") from error
    if not isinstance(held, dict) or held.pop("layout", None) != LAYOUT:
        raise CalibrationError(f"expected {LAYOUT!r} in {path.name}, found another layout")
    try:
        return _calibration(held)
    except (KeyError, TypeError, ValueError) as error:
        raise CalibrationError(f"expected a whole calibration in {path.name}, found: {error}") from error


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write one file, whole or not at all.  Raises CalibrationError."""
    text = json.dumps({"layout": LAYOUT, **asdict(calibration)}, indent=1, ensure_ascii=False) + "\n"
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise CalibrationError(f"expected to write {path}, found: {error.strerror or error}") from error


def _calibration(held: dict[str, Any]) -> Calibration:
    """Build it from what the file holds: each value checked, for a wrong one would give a wrong number.

    Raises KeyError, TypeError, ValueError.
    """
    levels = [(_number(level, 0.0, 1.0), _number(value)) for level, value in held["quantiles"]]
    counts = {name: _count(held[name]) for name in ("right", "held", "questions")}
    if not counts["right"] <= counts["held"] <= counts["questions"]:
        raise ValueError(f"counts that contradict each other: {counts}")
    return Calibration(
        **{
            **held,
            **counts,
            **{
                name: _text(held[name])
                for name in ("preparation", "date", "description", "source", "licence")
            },
            "intercept": _number(held["intercept"]),
            "features": _features(held["features"]),
            "ceiling": _number(held["ceiling"], 0.0, 1.0),
            "quantiles": tuple(levels),
            "kinds": tuple(_kind(**one) for one in held["kinds"]),
            "evidence_version": _count(held["evidence_version"]),
            "libraries": tuple(_text(one) for one in held["libraries"]),
        }
    )


def _features(held: list[dict[str, Any]]) -> tuple[Feature, ...]:
    found = tuple(_feature(**one) for one in held)
    names = [one.name for one in found]
    known = {one.name for one in fields(Evidence)}
    if not names or len(set(names)) < len(names) or not known.issuperset(names):
        raise ValueError(f"features {names}, of {sorted(known)}")
    return found


def _feature(name: str, mean: float, scale: float, weight: float, missing: float | None) -> Feature:
    return Feature(
        name=_text(name),
        mean=_number(mean),
        scale=_number(scale, 1.0 / LARGEST),
        weight=_number(weight),
        missing=None if missing is None else _number(missing),
    )


def _kind(tier: str, technique: str, *, is_converted: bool, family: str, state: str) -> ReferenceKind:
    if not isinstance(is_converted, bool):
        raise TypeError(f"{is_converted!r} as is_converted")
    return ReferenceKind(_text(tier), _text(technique), is_converted, _text(family), _text(state))


def _number(value: object, low: float = -LARGEST, high: float = LARGEST) -> float:
    # Python's json reads NaN and Infinity, and whole numbers of any length; True is an int.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} as a number")
    if not low <= value <= high:  # NaN neither
        raise ValueError(f"a number outside {low:g} to {high:g}")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} as a count")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise TypeError(f"{value!r} as a text")
    return value
