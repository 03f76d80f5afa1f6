"""Spectra to JCAMP-DX 5.01 text that this program reads back bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spectra_library.formats.plain_text import cleaned
from spectra_library.spectrum import Spectrum, Technique

_TECHNIQUE_WORDS: Final = {
    Technique.ATR: "ATR",
    Technique.TRANSMISSION: "transmission",
    Technique.REFLECTANCE: "diffuse reflectance",
    Technique.UNKNOWN: "",
}


def jcamp_bytes(
    spectrum: Spectrum,
    *,
    title: str,
    cas: str = "",
    phase: str = "",
    owner: str = "",
    origin: str = "",
    comments: Sequence[str] = (),
) -> bytes:
    """Write one spectrum as an ``(XY..XY)`` table with every digit a float64 holds.

    Pairs instead of ``(X++(Y..Y))``: an even axis would be computed again by the reader, and differ in
    its last bits.  A gap becomes one point with the ordinate ``?`` in its middle, so it reads back as
    reaching from the last point below it to the first one above it.
    """
    rows = _rows(spectrum)
    points = spectrum.absorbance
    header = [
        ("TITLE", title),
        ("JCAMP-DX", "5.01 $$ Chemgate"),
        ("DATA TYPE", "INFRARED SPECTRUM"),
        ("DATA CLASS", "XYPOINTS"),
        ("ORIGIN", origin),
        ("OWNER", owner),
        ("CAS REGISTRY NO", cas),
        ("STATE", phase),
        ("SAMPLING PROCEDURE", _TECHNIQUE_WORDS[spectrum.technique]),
        ("RESOLUTION", "" if spectrum.resolution_cm is None else repr(spectrum.resolution_cm)),
        *(("COMMENTS", comment) for comment in comments),
        ("XUNITS", "1/CM"),
        ("YUNITS", "ABSORBANCE"),
        ("XFACTOR", "1"),
        ("YFACTOR", "1"),
        ("FIRSTX", repr(float(spectrum.wavenumber[0]))),
        ("LASTX", repr(float(spectrum.wavenumber[-1]))),
        ("FIRSTY", repr(float(points[0]))),
        ("MAXY", repr(float(points.max()))),
        ("MINY", repr(float(points.min()))),
        ("NPOINTS", str(len(rows))),
        ("XYPOINTS", "(XY..XY)"),
    ]
    required = {"TITLE", "ORIGIN", "OWNER"}
    lines = [f"##{label}= {_value(label, text)}" for label, text in header if text or label in required]
    text = "\r\n".join([*lines, *rows, "##END=", ""])
    return text.encode("utf-8")


def _rows(spectrum: Spectrum) -> list[str]:
    pairs = list(zip(spectrum.wavenumber.tolist(), map(repr, spectrum.absorbance.tolist()), strict=True))
    for low, high in spectrum.gaps:
        middle = (low + high) / 2
        if spectrum.wavenumber_min < middle < spectrum.wavenumber_max and low < middle < high:
            pairs.append((middle, "?"))
    return [f"{x!r}, {y}" for x, y in sorted(pairs, key=lambda pair: pair[0])]


def _value(label: str, text: str) -> str:
    value = cleaned(text)
    if label == "JCAMP-DX":
        return value
    # Two characters that mean something in this format must not come from a title.
    return value.replace("$$", "$ $").replace("##", "# #")
