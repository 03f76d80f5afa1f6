"""What passes between the program and its limited reader: a file in, checked parts out; no pickle.

    request   u32 length of name | u64 length of content | name, UTF-8 | content
    answer    part ... part end, or one `file` where the file as a whole was refused
    part      u32 length of head | head, JSON | the columns it announces, float64 each, little-endian

    head      {"part": "spectrum", "points": N, "gaps": G, "columns": ["absorbance"], words ...}
                  columns: wavenumber (N,), then those named (N,), then lows (G,), then highs (G,)
              {"part": "bands", "points": B, words ...}       columns: wavenumber (B,), strength (B,)
              {"part": "refused", "block", "kind", "message", "title"}
              {"part": "file", "kind", "message"}
              {"part": "end", "parts": P}

The program reads answers with ``sandbox_answers``, which believes nothing of them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import fields
from typing import IO, Any, Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE
from spectra_library.formats.file_spectrum import (
    FileBandList,
    FileNotes,
    FilePart,
    FileSpectrum,
    RefusedBlock,
)
from spectra_library.spectrum import FloatArray

READY: Final = b"ready\n"  # what the limited reader says before the first request
OUT_OF_MEMORY: Final = 66  # its exit code when there is no memory left to say anything

MAX_PARTS: Final = 50_000
MAX_HEAD: Final = 128 * 1024  # bytes; the words of one spectrum need about one thousand
MAX_HEADS: Final = 32 * 1024 * 1024  # bytes, of a whole file
MAX_TEXT: Final = 2_000  # characters; titles are cut at 200, messages are sentences
MAX_LISTED: Final = 500  # warnings of one spectrum, or names of one substance

LENGTH: Final = struct.Struct("<I")
WORDS: Final = ("format", "title", "cas", "phase", "x_units", "y_units")  # of a spectrum and of a band list
ORDINATES: Final = ("absorbance", "ordinate")
_REQUEST: Final = struct.Struct("<IQ")


def request_head(name: str, content: bytes) -> bytes:
    """Give what goes before the content of a file."""
    encoded = name.encode("utf-8", "surrogatepass")  # names that are no text exist
    return _REQUEST.pack(len(encoded), len(content)) + encoded


def next_request(stream: IO[bytes]) -> tuple[str, bytes] | None:
    """Read the next file's name and content; None when the program has closed the pipe."""
    head = stream.read(_REQUEST.size)
    if len(head) < _REQUEST.size:
        return None
    name_length, content_length = _REQUEST.unpack(head)
    name = stream.read(name_length).decode("utf-8", "surrogatepass")
    content = stream.read(content_length)
    return (name, content) if len(content) == content_length else None


def answer(parts: tuple[FilePart, ...]) -> Iterator[bytes]:
    """Give the bytes of an answer.

    Raises DamagedFileError, before the first byte, when a file has more parts, points or words than
    may pass.
    """
    if len(parts) > MAX_PARTS:
        raise DamagedFileError(f"expected at most {MAX_PARTS} spectra in one file, found {len(parts)}")
    points = sum(part.wavenumber.size for part in parts if not isinstance(part, RefusedBlock))
    if points > MAX_POINTS_IN_FILE:
        raise DamagedFileError(f"expected at most {MAX_POINTS_IN_FILE} points in one file, found {points}")
    heads = [_head_bytes(_head(part)) for part in parts]
    if sum(map(len, heads)) > MAX_HEADS:
        raise DamagedFileError(f"expected at most {MAX_HEADS // 2**20} MiB of words in one file, found more")
    return _written(parts, heads)


def refusal(error: FormatError) -> bytes:
    """Give the answer for a file that was refused as a whole."""
    return _head_bytes({"part": "file", "kind": error.kind, "message": str(error)[:MAX_TEXT]})


def _written(parts: tuple[FilePart, ...], heads: list[bytes]) -> Iterator[bytes]:
    for part, head in zip(parts, heads, strict=True):
        yield head
        for column in _columns(part):
            yield column.astype("<f8").tobytes()
    yield _head_bytes({"part": "end", "parts": len(parts)})


def _head(part: FilePart) -> dict[str, Any]:
    if isinstance(part, RefusedBlock):
        return {
            "part": "refused",
            "block": part.block,
            "kind": part.error.kind,
            "message": str(part.error)[:MAX_TEXT],
            "title": part.title[:MAX_TEXT],
        }
    head: dict[str, Any] = {
        "part": "bands" if isinstance(part, FileBandList) else "spectrum",
        "block": part.block,
        "points": int(part.wavenumber.size),
        "warnings": _listed(part.warnings),
        "notes": {one.name: getattr(part.notes, one.name)[:MAX_TEXT] for one in fields(FileNotes)},
    }
    head["notes"]["names"] = _listed(part.notes.names)
    head |= {name: getattr(part, name)[:MAX_TEXT] for name in WORDS}
    if isinstance(part, FileSpectrum):
        head |= {
            "technique": part.technique.value,
            "resolution_cm": part.resolution_cm,
            "gaps": len(part.gaps),
            "columns": [name for name in ORDINATES if getattr(part, name) is not None],
        }
    return head


def _listed(texts: tuple[str, ...]) -> list[str]:
    """Cut what no person reads to its end; the last text says how much there was."""
    kept = [text[:MAX_TEXT] for text in texts[: MAX_LISTED - 1]]
    return kept if len(texts) < MAX_LISTED else [*kept, f"{len(texts) - len(kept)} more"]


def _head_bytes(head: dict[str, Any]) -> bytes:
    encoded = json.dumps(head, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    if len(encoded) > MAX_HEAD:
        raise DamagedFileError(
            f"expected at most {MAX_HEAD // 1024} KiB of words for one spectrum, found more"
        )
    return LENGTH.pack(len(encoded)) + encoded


def _columns(part: FilePart) -> Iterator[FloatArray]:
    if isinstance(part, RefusedBlock):
        return
    yield part.wavenumber
    if isinstance(part, FileBandList):
        yield part.strength
        return
    for column in (part.absorbance, part.ordinate):
        if column is not None:
            yield column
    yield np.array([low for low, _ in part.gaps], dtype=np.float64)
    yield np.array([high for _, high in part.gaps], dtype=np.float64)
