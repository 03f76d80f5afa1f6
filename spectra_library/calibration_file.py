"""A Calibration as one JSON file: the one that comes with the program, and a user's own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spectra_library.confidence import Calibration, Feature, ReferenceKind
from spectra_library.errors import CalibrationError

SHIPPED = Path(__file__).parent / "data" / "calibration.json"
LAYOUT = "chemgate calibration 1"


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
    except (OSError, ValueError) as error:
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
    half = path.with_name(f".{path.name}.half")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise CalibrationError(f"expected to write {path}, found: {error.strerror or error}") from error


def _calibration(held: dict[str, Any]) -> Calibration:
    return Calibration(
        **{
            **held,
            "features": tuple(Feature(**one) for one in held["features"]),
            "kinds": tuple(ReferenceKind(**one) for one in held["kinds"]),
            "quantiles": tuple((float(level), float(value)) for level, value in held["quantiles"]),
            "libraries": tuple(held["libraries"]),
        }
    )
