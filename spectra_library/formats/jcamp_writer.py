"""Spectra to JCAMP-DX 5.01 text that this program reads back bit for bit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from spectra_library.formats.file_spectrum import FileNotes
from spectra_library.formats.plain_text import cleaned
from spectra_library.spectrum import Spectrum, Technique

_TECHNIQUE_WORDS: Final = {
    Technique.ATR: "ATR",
    Technique.TRANSMISSION: "transmission",
    Technique.REFLECTANCE: "diffuse reflectance",
    Technique.UNKNOWN: "",
}
_NOTHING: Final = FileNotes()


def jcamp_bytes(
    spectrum: Spectrum,
    *,
    title: str,
    cas: str = "",
    phase: str = "",
    owner: str = "",
    origin: str = "",
    comments: Sequence[str] = (),
    technique: Technique | None = None,
    notes: FileNotes = _NOTHING,
) -> bytes:
    """Write one spectrum as an ``(XY..XY)`` table with every digit a float64 holds.

    Pairs instead of ``(X++(Y..Y))``: an even axis would be computed again by the reader, and differ in
    its last bits.  A gap becomes one point with the ordinate ``?`` in its middle, for any program, and a
    line with its exact ends under a label of our own; so do the technique and the form, which have no
    label with a fixed meaning.  ``technique`` is that of the spectrum where it is not given, ``owner``
    and ``origin`` are those of the notes.

    Texts are cleaned as the reader cleans them; ``$$`` and ``##`` mean something in this format and get
    a space in their middle.
    """
    technique = spectrum.technique if technique is None else technique
    rows = _rows(spectrum)
    points = spectrum.absorbance
    header = [
        ("TITLE", title),
        ("JCAMP-DX", "5.01 $$ Chemgate"),
        ("DATA TYPE", "INFRARED SPECTRUM"),
        ("DATA CLASS", "XYPOINTS"),
        ("ORIGIN", origin or notes.origin),
        ("OWNER", owner or notes.owner),
        ("LONGDATE", notes.date),
        ("NAMES", "\n".join(notes.names)),
        ("MOLFORM", notes.formula),
        ("CAS REGISTRY NO", cas),
        ("$INCHIKEY", notes.inchikey),
        ("STATE", phase),
        ("$CHEMGATE FORM", notes.form),
        ("SPECTROMETER/DATA SYSTEM", notes.instrument),
        ("SAMPLING PROCEDURE", _TECHNIQUE_WORDS[technique]),
        ("$CHEMGATE TECHNIQUE", technique.value),
        ("RESOLUTION", "" if spectrum.resolution_cm is None else repr(float(spectrum.resolution_cm))),
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
    ]
    required = {"TITLE", "ORIGIN", "OWNER"}
    lines = [f"##{label}= {_value(label, text)}" for label, text in header if text or label in required]
    gaps = [f"{float(low)!r} {float(high)!r}" for low, high in spectrum.gaps]
    lines += ["##$CHEMGATE GAPS= (low high)", *gaps, "##XYPOINTS= (XY..XY)"]
    return "\r\n".join([*lines, *rows, "##END=", ""]).encode("utf-8")


def _rows(spectrum: Spectrum) -> list[str]:
    pairs = list(zip(spectrum.wavenumber.tolist(), map(repr, spectrum.absorbance.tolist()), strict=True))
    taken = set(spectrum.wavenumber.tolist())
    for low, high in spectrum.gaps:
        middle = float((low + high) / 2)
        is_inside = spectrum.wavenumber_min < middle < spectrum.wavenumber_max and low < middle < high
        if is_inside and middle not in taken:
            taken.add(middle)
            pairs.append((middle, "?"))
    return [f"{x!r}, {y}" for x, y in sorted(pairs, key=lambda pair: pair[0])]


def _value(label: str, text: str) -> str:
    if label == "JCAMP-DX":
        return text
    if label == "NAMES":
        # Each name has its line below the label, where a semicolon is a part of it.
        return "\r\n".join(["", *(_harmless(name) for name in text.split("\n"))])
    return _harmless(text)


def _harmless(text: str) -> str:
    # Two characters that mean something in this format must not come from a title.
    return re.sub(r"([$#])(?=\1)", r"\1 ", cleaned(text))
