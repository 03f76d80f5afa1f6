"""Put a small file in place whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Let ``content`` take the place of ``path`` in one step; a missing folder is made for this user alone.

    Raises OSError; then ``path`` is what it was before.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        with half.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # or a power cut could leave the new name on an empty file
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
