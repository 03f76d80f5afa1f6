"""Bruker OPUS files of our own making, and a slow check of what was read from one.

Nothing here uses the reader: the layout is written down a second time, from its description.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum

POINTS = 60
FIRST, LAST = 3996.5, 630.0
SAMPLE, REFERENCE, RATIO = 1, 2, 3
SINGLE_BEAM, INTERFEROGRAM, ABSORBANCE, TRANSMITTANCE, KUBELKA_MUNK, SERIES = 1, 2, 4, 5, 6, 9
RAMAN, EMISSION, REFLECTANCE, LOG_REFLECTANCE, ATR_UNITS, PHOTOACOUSTIC = 10, 11, 12, 15, 16, 17
QUANTITIES = {
    "absorbance": ABSORBANCE,
    "transmittance": TRANSMITTANCE,
    "reflectance": REFLECTANCE,
    "Kubelka-Munk": KUBELKA_MUNK,
    "log reflectance": LOG_REFLECTANCE,
    "ATR units": ATR_UNITS,
    "photoacoustic": PHOTOACOUSTIC,
}

Block = tuple[int, bytes]


def float32(values: Sequence[float]) -> list[float]:
    return list(struct.unpack(f"<{len(values)}f", struct.pack(f"<{len(values)}f", *values)))


def band(*, points: int = POINTS, base: float = 0.05, height: float = 0.8) -> list[float]:
    return float32([base + height * math.exp(-(((i - points / 3) / 4) ** 2)) for i in range(points)])


def kind(
    *, beam: int = 0, parameters: int = 0, quantity: int = 0, part: int = 3, channel: int = 0,
    derivative: int = 0, extension: int = 0,
) -> int:  # fmt: skip
    fields = (beam << 2, parameters << 4, quantity << 10, channel << 15, derivative << 17, extension << 19)
    return part | sum(fields)


def parameters(**values: object) -> bytes:
    """Write a block of parameters: int, float, text or raw bytes of a text."""
    written = b""
    for name, value in values.items():
        if isinstance(value, int):
            code, raw = 0, struct.pack("<i", value)
        elif isinstance(value, float):
            code, raw = 1, struct.pack("<d", value)
        else:
            raw = value if isinstance(value, bytes) else str(value).encode("cp1252")
            code, raw = 2, raw + b"\x00" * (2 - len(raw) % 2)
        written += struct.pack("<3sxHH", name.encode("ascii"), code, len(raw) // 2) + raw
    written += b"END\x00" + bytes(4)
    return written.ljust(-(-len(written) // 4) * 4, b"\x00")


def curve(
    y: Sequence[float], *, beam: int = RATIO, quantity: int = ABSORBANCE, first: float = FIRST,
    last: float = LAST, factor: float = 1.0, form: int = 1, unused: int = 0, unit: str = "WN",
    points: int | None = None, lowest: float | None = None, highest: float | None = None,
    part: int = 3, channel: int = 0, derivative: int = 0, extension: int = 0,
) -> list[Block]:  # fmt: skip
    """Write a block of ordinates (``y`` before the factor) and its status block."""
    common = {"beam": beam, "quantity": quantity, "part": part, "channel": channel}
    common |= {"derivative": derivative, "extension": extension}
    scaled = [value * factor for value in y]
    status = parameters(
        DPF=form, NPT=len(y) if points is None else points, FXV=first, LXV=last, CSF=factor,
        MXY=max(scaled) if highest is None else highest, MNY=min(scaled) if lowest is None else lowest,
        DXU=unit, DAT="02/06/2018", TIM="14:42:58.000 (GMT-5)",
    )  # fmt: skip
    raw = struct.pack(f"<{len(y)}{'f' if form == 1 else 'i'}", *y) + b"\xff" * 4 * unused
    return [(kind(**common), raw), (kind(**common, parameters=1), status)]


def words(
    *, sample: object = "made up", form: object = "", accessory: str = "", instrument: str = "Bench 1",
    resolution: float = 4.0, history: bytes = b"",
) -> list[Block]:  # fmt: skip
    blocks = [
        (kind(part=0, parameters=6), parameters(ACC=accessory, SRC="MIR")),
        (kind(part=0, parameters=3), parameters(RES=resolution, PLF="AB")),
        (kind(part=0, parameters=10), parameters(SNM=sample, SFM=form, CPY="Agency A")),
        (kind(part=0, parameters=2), parameters(INS=instrument, RSN=7)),
    ]
    if history:
        blocks.append((kind(part=0, extension=5), history.ljust(-(-len(history) // 4) * 4, b"\x00")))
    return blocks


def opus_bytes(blocks: Sequence[Block], *, rows: int | None = None) -> bytes:
    """Lay out one file: head, directory with room for 40 rows, blocks."""
    place = 24 + 40 * 12
    directory = struct.pack("<Iii", kind(part=0, quantity=13), 120, 24)
    body = b""
    for code, block in blocks:
        directory += struct.pack("<Iii", code, len(block) // 4, place + len(body))
        body += block
    count = len(blocks) + 1 if rows is None else rows
    head = b"\x0a\x0a\xfe\xfe" + struct.pack("<diii", 920622.0, 24, 40, count)
    return head + directory.ljust(480, b"\x00") + body


def beams(*, extra: int = 3) -> tuple[list[Block], list[Block], list[float]]:
    """Single beams of sample and reference, ``extra`` points longer at both ends, and their absorbance."""
    step = (LAST - FIRST) / (POINTS - 1)
    light = float32([0.1 + 0.02 * math.sin(i / 7) for i in range(POINTS + 2 * extra)])
    sample = float32([light[i + extra] * 10**-value for i, value in enumerate(band())])
    ratio = [-math.log10(s / light[i + extra]) for i, s in enumerate(sample)]
    reference = curve(
        light, beam=REFERENCE, quantity=SINGLE_BEAM, first=FIRST - extra * step, last=LAST + extra * step
    )
    return curve(sample, beam=SAMPLE, quantity=SINGLE_BEAM), reference, ratio


def seeds() -> dict[str, bytes]:
    """Small valid files of every variant, by name."""
    sample, reference, _ = beams()
    fractions = float32([10**-value for value in band()])
    counts = [round(100_000 * value) for value in band()]
    result = curve(band())
    made = {
        "absorbance": words() + result,
        "atr": words(accessory="Platinum ATR, Diamond") + sample + reference + result,
        "ascending": words() + curve(band(), first=LAST, last=FIRST),
        "two_absorbances": words() + curve(band(height=0.7)) + result,
        "transmittance": words() + curve(fractions, quantity=TRANSMITTANCE),
        "integers": words() + curve(counts, form=2, factor=1e-5),
        "with_unused_room": words() + sample + curve(band(), unused=42),
        "single_beams": words() + sample + reference,
        "one_single_beam": words() + sample,
        "interferogram": words() + curve(band(), beam=SAMPLE, quantity=INTERFEROGRAM, unit="PNT"),
        "raman": words() + curve(band(), quantity=RAMAN),
        "series": words() + curve(band(), extension=2),
        "derivative": words() + curve(band(), derivative=1),
        "micrometres": words() + curve(band(), unit="MI", first=2.5, last=16.0),
    }
    for name, quantity in QUANTITIES.items():
        made.setdefault(name.replace(" ", "_"), words() + curve(fractions, quantity=quantity))
    return {name: opus_bytes(blocks) for name, blocks in made.items()}


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say what does not hold between a file and the spectra that were read from it; empty when sound."""
    spectra = [part for part in parts if isinstance(part, FileSpectrum)]
    if not spectra:
        return []
    if len(spectra) != 1:
        return [f"{len(spectra)} spectra"]
    (part,) = spectra
    start, _, rows = struct.unpack_from("<iii", content, 12)
    table = [struct.unpack_from("<Iii", content, start + 12 * row) for row in range(rows)]
    table = [(code & 0x3FFFFF, place, place + 4 * size) for code, size, place in table if code & 0x3FFFFF]
    found = [f"a block ends at {end}" for _, place, end in table if not 24 <= place <= end <= len(content)]
    for i, (_, place, end) in enumerate(table):
        found += [f"shared bytes at {p}" for _, p, e in table[i + 1 :] if max(place, p) < min(end, e)]
    if found:
        return found
    if any("single beams" in said for said in part.warnings):
        curves = list(_ratios(content, table))
    else:
        curves = list(_curves(content, table, kind(beam=RATIO, quantity=QUANTITIES[part.y_units])))
    differences = [_differences(part, points) for points in curves]
    if not differences:
        return ["no ordinates pass the checks of their status block"]
    return min(differences, key=len)


def _curves(
    content: bytes, table: list[tuple[int, int, int]], wanted: int
) -> Iterator[list[tuple[float, float]]]:
    """Every pairing of ordinates with a status block of their kind in which count and extremes hold."""
    for code, place, end in table:
        for other, begin, stop in table:
            if code != wanted or other != wanted | 1 << 4:
                continue
            status = dict(_named(content, begin, stop))
            points = status.get("NPT")
            numbers = [status.get(name) for name in ("CSF", "MNY", "MXY", "FXV", "LXV")]
            if not all(isinstance(number, float) for number in numbers):
                continue
            factor, low, high, first, last = numbers
            form = {1: "f", 2: "i"}.get(status.get("DPF"))
            if form is None or not isinstance(points, int) or not 2 <= points <= (end - place) // 4:
                continue
            y = [value * factor for value in struct.unpack_from(f"<{points}{form}", content, place)]
            room = 1e-6 * max(abs(low), abs(high))
            if abs(min(y) - low) <= room and abs(max(y) - high) <= room and status.get("DXU") == b"WN":
                yield [(first + (last - first) * i / (points - 1), value) for i, value in enumerate(y)]


def _named(content: bytes, place: int, end: int) -> Iterator[tuple[str, object]]:
    while place + 8 <= end and content[place : place + 3] != b"END":
        code, size = struct.unpack_from("<HH", content, place + 4)
        raw = content[place + 8 : place + 8 + 2 * size]
        name = content[place : place + 3].decode("latin-1")
        if code == 0 and len(raw) == 4:
            yield name, struct.unpack("<i", raw)[0]
        elif code == 1 and len(raw) == 8:
            yield name, struct.unpack("<d", raw)[0]
        else:
            yield name, raw.partition(b"\x00")[0].strip()
        place += 8 + 2 * size


def _ratios(content: bytes, table: list[tuple[int, int, int]]) -> Iterator[list[tuple[float, float]]]:
    for sample in _curves(content, table, kind(beam=SAMPLE, quantity=SINGLE_BEAM)):
        for reference in _curves(content, table, kind(beam=REFERENCE, quantity=SINGLE_BEAM)):
            under = [min(reference, key=lambda point, x=x: abs(point[0] - x)) for x, _ in sample]
            if all(abs(a - b) < 1e-3 for (a, _), (b, _) in zip(sample, under, strict=True)):
                yield [
                    (x, math.log10(light / y) if y > 0 and light > 0 else math.nan)
                    for (x, y), (_, light) in zip(sample, under, strict=True)
                ]


def _differences(part: FileSpectrum, points: list[tuple[float, float]]) -> list[str]:
    if part.absorbance is not None and part.y_units == "transmittance":
        unit = 100.0 if any("percent" in said for said in part.warnings) else 1.0
        points = [(x, -math.log10(y / unit)) for x, y in points if y / unit > 0]
    values = part.ordinate if part.absorbance is None else part.absorbance
    kept = sorted((x, y) for x, y in points if not math.isnan(y))
    if values is None or values.size != len(kept):
        return [f"{len(kept)} points are there, {0 if values is None else values.size} were read"] * 4
    read = zip(part.wavenumber.tolist(), values.tolist(), strict=True)
    wrong = [
        f"{x:.3f} {y:.6g} was read as {a:.3f} {b:.6g}"
        for (x, y), (a, b) in zip(kept, read, strict=True)
        if not (
            math.isclose(x, a, rel_tol=1e-9, abs_tol=1e-9) and math.isclose(y, b, rel_tol=1e-9, abs_tol=1e-12)
        )
    ]
    return wrong[:3]
