"""ASP files of our own making, and a slow check of what was read from one.

Nothing here uses the reader: the layout is written down a second time, from its description.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum

POINTS = 60
FIRST, LAST = 3999.43349933624, 650.420452594757


def band(*, points: int = POINTS, base: float = 0.05, height: float = 0.8) -> list[float]:
    return [base + height * math.exp(-(((i - points / 3) / 4) ** 2)) for i in range(points)]


def percent(values: Sequence[float]) -> list[float]:
    return [100 * 10**-value for value in values]


def asp_bytes(
    y: Sequence[float],
    *,
    first: float = FIRST,
    last: float = LAST,
    x_code: str = "1",
    y_code: str = "2",
    resolution: str = "4",
    count: str | None = None,
    comment: str = "",
    newline: str = "\r\n",
) -> bytes:
    header = [str(len(y)) if count is None else count, repr(first), repr(last), x_code, y_code, resolution]
    lines = [*header, *([f"'{comment}"] if comment else []), *map(repr, y)]
    return (newline.join(lines) + newline).encode("cp1252")


def seeds() -> dict[str, bytes]:
    """Small valid files of every variant, by name."""
    return {
        "absorbance": asp_bytes(band()),
        "ascending": asp_bytes(band(), first=LAST, last=FIRST, newline="\n"),
        "comment": asp_bytes(band(), comment="white powder"),
        "percent": asp_bytes(percent(band()), y_code="11"),
        "transmission": asp_bytes([10**-value for value in band()], y_code="128"),
        "reflectance": asp_bytes(band(), y_code="129"),
        "micrometres": asp_bytes(band(), x_code="2", first=2.5, last=16.0),
        "control_z": asp_bytes(band()) + b"\x1a",
        "single_beam": asp_bytes(band(), y_code="130"),
    }


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say what does not hold between a file and the spectrum that was read from it; empty when sound."""
    spectra = [part for part in parts if isinstance(part, FileSpectrum) and part.format == "asp"]
    if not spectra:
        return []  # another reader took it
    words = (
        content.decode("latin-1").replace("\x1a", " ").replace("\x0c", "\n").replace("\r", "\n").split("\n")
    )
    numbers = [float(word) for word in words if word.strip() and not word.strip().startswith("'")]
    count, first, last, x_code, y_code = numbers[:5]
    y = numbers[6:]
    if len(y) != count or len(spectra) != 1:
        return [f"{len(spectra)} spectra, {count} ordinates are announced, {len(y)} are there"]
    if x_code not in (1, 2, 3) or y_code not in (0, 2, 3, 10, 11, 128, 129):
        return [f"codes {x_code} and {y_code} were read"]
    x = [first + (last - first) * i / (len(y) - 1) for i in range(len(y))]
    if x_code > 1:
        x = [(1e4 if x_code == 2 else 1e7) / value for value in x]
    pairs = sorted(zip(x, y, strict=True))
    part = spectra[0]
    values = part.ordinate if part.absorbance is None else part.absorbance
    if values is None or (part.absorbance is None) != (y_code in (0, 3, 10, 11, 129)):
        return [f"ordinate code {y_code} was read as another quantity"]
    if y_code == 128:
        percents = any("read as percent" in said and "values" in said for said in part.warnings)
        unit = 100.0 if percents else 1.0
        pairs = [(a, -math.log10(b / unit)) for a, b in pairs if b / unit > 0]
    read = list(zip(part.wavenumber.tolist(), values.tolist(), strict=True))
    if len(read) != len(pairs):
        return [f"{len(pairs)} points are there, {len(read)} were read"]
    return [
        f"{x} {y} was read as {a} {b}"
        for (x, y), (a, b) in zip(pairs, read, strict=True)
        if not (math.isclose(x, a, rel_tol=1e-9) and math.isclose(y, b, rel_tol=1e-9, abs_tol=1e-9))
    ][:3]
