"""PerkinElmer SP files of our own making, and a slow check of what was read from one.

Nothing here uses the reader: the layout is written down a second time, from its description.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum

POINTS = 60
FIRST, STEP = 4000.0, -56.25  # exact in binary, so that the last abscissa is
LAST = FIRST + (POINTS - 1) * STEP
RANGE, EXTREMES, INTERVAL, COUNT = -29838, -29837, -29836, -29835
X_LABEL, Y_LABEL, KIND, ORDINATES, NAME = -29833, -29832, -29829, -29828, -29827
HISTORY, INVALID, ALIAS, ACCESSORY = -29825, -29824, -29823, -29822


def band(*, points: int = POINTS, base: float = 0.05, height: float = 0.8) -> list[float]:
    return [base + height * math.exp(-(((i - points / 3) / 4) ** 2)) for i in range(points)]


def percent(values: Sequence[float]) -> list[float]:
    return [100 * 10**-value for value in values]


def block(number: int, content: bytes) -> bytes:
    return struct.pack("<hi", number, len(content)) + content


def text(number: int, words: str) -> bytes:
    raw = words.encode("cp1252")
    return block(number, struct.pack("<hH", 29987, len(raw)) + raw)


def history(*, when: str = "Thu Mar 09 09:17:56 2006", action: str = "Created as New Dataset") -> bytes:
    """Two records, the older one with an instrument in it."""
    instrument = block(124, block(123, text(-29699, "Spectrum One") + text(-29698, "00001")))
    older = block(122, block(121, text(-29837, action) + text(-29836, when)) + block(-29831, instrument))
    newer = text(-29837, "Absorbance") + text(-29836, "Thu Mar 09 09:19:21 2006") + block(-29833, older)
    return block(HISTORY, block(121, newer))


def sp_bytes(
    y: Sequence[float],
    *,
    first: float = FIRST,
    last: float | None = None,
    step: float = STEP,
    points: int | None = None,
    size: int | None = None,
    extremes: tuple[float, float] | None = None,
    x_label: str = "cm-1",
    y_label: str = "A",
    kind: str = "Spectrum",
    alias: str = "made up",
    more: bytes = b"",
    without: Sequence[int] = (),
    description: str = "2D constant interval DataSet file",
    sets: int = 1,
) -> bytes:
    """Lay out one file: head, then data sets that are alike."""
    last = first + (len(y) - 1) * step if last is None else last
    known = [value for value in y if not math.isnan(value)] or [0.0]
    low, high = extremes or (min(known), max(known))
    ordinates = struct.pack(f"<{len(y)}d", *y)
    declared = len(ordinates) if size is None else size
    members = {
        HISTORY: history(),
        NAME: text(NAME, "C:\\spectra\\day one\\file01.sp"),
        RANGE: block(RANGE, struct.pack("<hdd", 29981, first, last)),
        EXTREMES: block(EXTREMES, struct.pack("<hdd", 29981, low, high)),
        INTERVAL: block(INTERVAL, struct.pack("<hd", 29979, step)),
        COUNT: block(COUNT, struct.pack("<hi", 29995, len(y) if points is None else points)),
        X_LABEL: text(X_LABEL, x_label),
        Y_LABEL: text(Y_LABEL, y_label),
        KIND: text(KIND, kind),
        ALIAS: text(ALIAS, alias),
        ORDINATES: block(ORDINATES, struct.pack("<hi", 29974, declared) + ordinates),
    }
    content = b"".join(raw for number, raw in members.items() if number not in without) + more
    return b"PEPE" + description.encode().ljust(40, b"\x00") + block(120, content) * sets


def accessory(kind: str) -> bytes:
    raw = b"".join(
        struct.pack("<hH", 29987, len(words)) + words for words in (b"Accessory Type", kind.encode())
    )
    return block(ACCESSORY, struct.pack("<hi", 29971, 2) + raw)


def seeds() -> dict[str, bytes]:
    """Small valid files of every variant, by name."""
    blanked = band()
    blanked[20:24] = [math.nan] * 4
    return {
        "absorbance": sp_bytes(band()),
        "ascending": sp_bytes(band(), first=LAST, step=-STEP),
        "percent_transmittance": sp_bytes(percent(band()), y_label="%T"),
        "percent_reflectance": sp_bytes(percent(band()), y_label="%R"),
        "kubelka_munk": sp_bytes(band(), y_label="KM"),
        "unnamed": sp_bytes(band(), y_label=""),
        "blanked": sp_bytes(blanked),
        "accessory": sp_bytes(band(), more=accessory("UATR")),
        "two_sets": sp_bytes(band(), sets=2),
        "single_beam": sp_bytes(band(), y_label="EGY"),
        "nanometres": sp_bytes(band(), x_label="nm", first=2500.0, step=150.0),
        "image": sp_bytes(band(), description="DataSet - 4DConst3DInterval"),
    }


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say what does not hold between a file and the spectra that were read from it; empty when sound."""
    spectra = [part for part in parts if isinstance(part, FileSpectrum) and part.format == "sp"]
    sets = [inner for number, inner in _blocks(content[44:]) if number == 120]
    found: list[str] = []
    for part in spectra:
        if part.block >= len(sets):
            return [f"{len(sets)} data sets, but a spectrum {part.block}"]
        found += _differences(part, _blocks(sets[part.block]))
    return found


def _blocks(content: bytes) -> list[tuple[int, bytes]]:
    found = []
    while content:
        number, size = struct.unpack_from("<hi", content)
        if size < 0 or 6 + size > len(content):
            raise ValueError("a block reaches beyond what it stands in")
        found.append((number, content[6 : 6 + size]))
        content = content[6 + size :]
    return found


def _differences(part: FileSpectrum, members: list[tuple[int, bytes]]) -> list[str]:
    by_id = dict(members)
    if len({number for number, _ in members} & {RANGE, INTERVAL, COUNT, ORDINATES}) < 4:
        return ["a member is missing"]
    first, last = struct.unpack_from("<dd", by_id[RANGE], 2)
    (step,) = struct.unpack_from("<d", by_id[INTERVAL], 2)
    (points,) = struct.unpack_from("<i", by_id[COUNT], 2)
    raw = by_id[ORDINATES][6:]
    if len(raw) != 8 * points:
        return [f"{points} points in {len(raw)} bytes"]
    if abs((last - first) / step - (points - 1)) > 0.5:
        return [f"{points} points do not lead from {first} to {last} in steps of {step}"]
    y = struct.unpack(f"<{points}d", raw)
    x = [first + (last - first) * i / (points - 1) for i in range(points)]
    label = by_id.get(X_LABEL, b"")[4:].decode("cp1252").strip().lower()
    if label in ("nm", "um", "µm"):
        x = [(1e7 if label == "nm" else 1e4) / value for value in x]
    kept = sorted((a, b) for a, b in zip(x, y, strict=True) if not math.isnan(b))
    values = part.absorbance if part.absorbance is not None else part.ordinate
    if values is None:
        return ["a spectrum without values"]
    return _wrong(part, kept, values.tolist())


def _wrong(part: FileSpectrum, pairs: list[tuple[float, float]], values: list[float]) -> list[str]:
    """Compare as absorbance, then as either transmittance: which of them, the words and numbers decide."""
    readings = [pairs]
    if part.absorbance is not None:
        # The smallest numbers of all become zero when they are divided: no positive transmittance any more.
        readings += [[(x, -math.log10(y / unit)) for x, y in pairs if y / unit > 0] for unit in (1.0, 100.0)]
    read = list(zip(part.wavenumber.tolist(), values, strict=True))
    for reading in readings:
        if len(reading) == len(read) and all(
            math.isclose(x, a, rel_tol=1e-9) and math.isclose(y, b, rel_tol=1e-9, abs_tol=1e-9)
            for (x, y), (a, b) in zip(reading, read, strict=True)
        ):
            return []
    return [f"{len(read)} points were read that are none of the {len(pairs)} in the file"]
