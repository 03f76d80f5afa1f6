"""What the window remembers from one start to the next, in a file beside the log.

    [detector]
    port=/dev/ttyUSB0

Whatever stands in that file, a start is not stopped by it: what is no port is as good as none.  Qt's own
settings would bring back values of any type that a damaged file happens to name.
"""

from __future__ import annotations

import re
from contextlib import suppress

from inspection.folders import DataFolder

NAME = "window.ini"
LONGEST_FILE = 4096  # bytes
LONGEST_PORT = 200  # characters, as in the field it is typed into
_PORT = re.compile(r"^\[detector\]\s*^port=(.+)$", re.MULTILINE)


def remembered_port(data: DataFolder) -> str | None:
    """Give the port of the detector that was last connected; None when there was none."""
    try:
        with (data.path / NAME).open("rb") as file:
            text = file.read(LONGEST_FILE).decode("utf-8")
    except (OSError, ValueError):
        return None
    found = _PORT.search(text.replace("\r\n", "\n"))
    port = "" if found is None else found[1].strip()
    return port if _can_be_port(port) else None


def remember_port(data: DataFolder, url: str) -> None:
    """Keep ``url`` for the next start; where nothing can be written nothing is remembered.

    Not made to survive a power cut: half a file is as good as none, and the disk may keep a writer waiting.
    """
    if not _can_be_port(url) or remembered_port(data) == url:
        return
    with suppress(OSError):
        data.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data.path / NAME).write_bytes(f"[detector]\nport={url}\n".encode())


def _can_be_port(text: str) -> bool:
    return 0 < len(text) <= LONGEST_PORT and text.isprintable() and text == text.strip()
