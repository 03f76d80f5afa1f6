"""The answers of the limited reader to parts; the reader may have been taken over by a hostile file.

Every count, length, type, order and text is checked again before a value is made of it, and nothing is
allocated that was not counted.  The bytes are drawn in ``sandbox_wire``.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import IO, Any, Final

import numpy as np

from spectra_library.errors import (
    DamagedFileError,
    FormatError,
    NotInfraredError,
    ReaderFailedError,
    UnsupportedFormatError,
)
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE, MAX_POINTS_IN_SPECTRUM
from spectra_library.formats.file_spectrum import (
    FileBandList,
    FileNotes,
    FilePart,
    FileSpectrum,
    RefusedBlock,
)
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.sandbox_wire import (
    LENGTH,
    MAX_HEAD,
    MAX_HEADS,
    MAX_LISTED,
    MAX_PARTS,
    MAX_TEXT,
    WORDS,
)
from spectra_library.spectrum import FloatArray, Technique, frozen

_ERRORS: Final = {
    error.kind: error for error in (FormatError, UnsupportedFormatError, DamagedFileError, NotInfraredError)
}
_COLUMNS: Final = (["absorbance"], ["ordinate"], ["absorbance", "ordinate"])


def received(stream: IO[bytes]) -> tuple[FilePart, ...]:
    """Read one answer and believe nothing of it.

    Raises EOFError when it is cut off, FormatError when the file was refused as a whole,
    ReaderFailedError when the answer is none that an honest reader gives.
    """
    parts: list[FilePart] = []
    heads_left, points_left = MAX_HEADS, MAX_POINTS_IN_FILE
    while True:
        length = LENGTH.unpack(_exactly(stream, LENGTH.size))[0]
        if length > min(MAX_HEAD, heads_left):
            raise _unbelievable(f"at most {min(MAX_HEAD, heads_left)} bytes of words", str(length))
        heads_left -= length
        head = _Head(_exactly(stream, length))
        kind = head.text("part")
        if kind == "file" and not parts:
            raise head.error()
        if kind == "end":
            head.whole("parts", len(parts), len(parts))
            return tuple(parts)
        if len(parts) >= MAX_PARTS:
            raise _unbelievable(f"at most {MAX_PARTS} parts", "more")
        part = _part(kind, head, stream, points_left)
        if not isinstance(part, RefusedBlock):
            points_left -= part.wavenumber.size
        parts.append(part)


def _part(kind: str, head: _Head, stream: IO[bytes], points_left: int) -> FilePart:
    block = head.whole("block", 0, MAX_PARTS)
    if kind == "refused":
        return RefusedBlock(block, head.error(), head.text("title"))
    most = min(MAX_POINTS_IN_SPECTRUM, points_left)
    if kind == "bands":
        count = head.whole("points", 1, most)
        bands, strength = (_column(stream, count) for _ in range(2))
        _require(_is_axis(bands), "rising positive wavenumbers")
        _require(bool((strength >= 0).all() and (strength <= 1).all()), "strengths from 0 to 1")
        return FileBandList(
            block=block,
            **head.words(),
            wavenumber=bands,
            strength=strength,
            warnings=head.texts("warnings"),
            notes=head.notes(),
        )
    _require(kind == "spectrum", "a known part")
    count = head.whole("points", 2, most)
    gap_count = head.whole("gaps", 0, count)
    named = head.value("columns")
    _require(named in _COLUMNS, "an ordinate")
    wavenumber = _column(stream, count)
    ordinates = {name: _column(stream, count) for name in named}
    lows, highs = _column(stream, gap_count), _column(stream, gap_count)
    _require(_is_axis(wavenumber), "rising positive wavenumbers")
    _require(all(np.isfinite(one).all() for one in ordinates.values()), "finite ordinates")
    _require(bool((lows < highs).all()), "gaps from low to high")
    return FileSpectrum(
        block=block,
        **head.words(),
        technique=head.technique(),
        wavenumber=wavenumber,
        absorbance=ordinates.get("absorbance"),
        ordinate=ordinates.get("ordinate"),
        resolution_cm=head.resolution(),
        gaps=tuple(zip(lows.tolist(), highs.tolist(), strict=True)),
        warnings=head.texts("warnings"),
        notes=head.notes(),
    )


class _Head:
    """The words of one part; each is asked for by the type it must have."""

    def __init__(self, encoded: bytes) -> None:
        """Parse ``encoded``.  Raises ReaderFailedError when it is no JSON object."""
        try:
            words = json.loads(encoded)
        except (ValueError, RecursionError) as error:
            raise _unbelievable("a JSON object", "none") from error
        _require(type(words) is dict, "a JSON object")
        self._values: dict[str, Any] = words

    def value(self, name: str) -> Any:
        """Give a value of any type."""
        _require(name in self._values, f"'{name}'")
        return self._values[name]

    def text(self, name: str) -> str:
        """Give a text, cleaned once more."""
        return _text(self.value(name), name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts."""
        return _texts(self.value(name), name)

    def whole(self, name: str, least: int, most: int) -> int:
        """Give a whole number from ``least`` to ``most``."""
        number = self.value(name)
        if type(number) is not int or not least <= number <= most:
            raise _unbelievable(f"'{name}' from {least} to {most}", cleaned(repr(number)[:100], limit=40))
        return number

    def words(self) -> dict[str, str]:
        """Give what a spectrum and a band list say in words alike."""
        return {name: self.text(name) for name in WORDS}

    def technique(self) -> Technique:
        """Give how light met the sample."""
        try:
            return Technique(self.text("technique"))
        except ValueError as error:
            raise _unbelievable("a known technique", "another") from error

    def resolution(self) -> float | None:
        """Give the resolution in cm-1, None when it is not stated."""
        number = self.value("resolution_cm")
        if number is None:
            return None
        _require(type(number) in (int, float) and 0 < number < 1000, "a resolution from 0 to 1000 cm-1")
        return float(number)

    def notes(self) -> FileNotes:
        """Give what the file says of its sample."""
        notes = self.value("notes")
        _require(type(notes) is dict and notes.keys() == {one.name for one in fields(FileNotes)}, "notes")
        texts = {name: _text(text, name) for name, text in notes.items() if name != "names"}
        return FileNotes(names=_texts(notes["names"], "names"), **texts)

    def error(self) -> FormatError:
        """Give the error that the reader raised: only those that a reader may raise."""
        kind = self.text("kind")
        _require(kind in _ERRORS, "a kind of refusal")
        return _ERRORS[kind](self.text("message"))


def _text(value: object, name: str) -> str:
    if type(value) is not str or len(value) > MAX_TEXT:
        raise _unbelievable(f"'{name}' as a text of at most {MAX_TEXT} characters", type(value).__name__)
    return cleaned(value, limit=MAX_TEXT)


def _texts(value: object, name: str) -> tuple[str, ...]:
    if type(value) is not list or len(value) > MAX_LISTED:
        raise _unbelievable(f"'{name}' as a list of at most {MAX_LISTED} texts", type(value).__name__)
    return tuple(_text(one, name) for one in value)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    taken = stream.read(count)
    if len(taken) < count:
        raise EOFError
    return taken


def _column(stream: IO[bytes], count: int) -> FloatArray:
    column = np.empty(count, dtype="<f8")
    view = column.data.cast("B") if count else memoryview(b"")
    while view:
        taken = stream.readinto(view)  # type: ignore[attr-defined]  # buffered streams have it
        if not taken:
            raise EOFError
        view = view[taken:]
    return frozen(column)


def _is_axis(wavenumber: FloatArray) -> bool:
    return bool(np.isfinite(wavenumber).all() and wavenumber[0] > 0 and (np.diff(wavenumber) > 0).all())


def _require(condition: bool, expected: str) -> None:
    if not condition:
        raise _unbelievable(expected, "something else")


def _unbelievable(expected: str, found: str) -> ReaderFailedError:
    return ReaderFailedError(
        f"the reader gave up on this file (expected {expected} in its answer, found {found})"
    )
