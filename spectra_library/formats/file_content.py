"""The bytes of a file, and nothing else of it: what they mean is read in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from spectra_library.errors import FormatError

MAX_FILE_BYTES: Final = 16 * 1024 * 1024


def file_bytes(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the content of a plain file, never more than ``max_bytes``.

    Raises FormatError saying what is there instead.
    """
    try:
        # A pipe or a device would block or never end.
        if not path.is_file():
            raise FormatError(
                "expected a file, found " + ("a folder" if path.is_dir() else "none of this name")
            )
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise FormatError(f"expected a readable file, found: {error.strerror or error}") from error
    if len(content) > max_bytes:
        raise FormatError(f"expected at most {max_bytes / 2**20:g} MiB, found a larger file")
    return content
