"""That a backup is being put in place: noted beside the log until an entry of the log says so.

evidence.restored       JSON: where the log in the backup ends, when it was made, whether that is signed

A program that is ended in between leaves the note; whoever next opens the log for writing writes the entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from inspection.records import EntryKind, IncidentKind, LogHead, NewEntry
from spectra_library.whole_file import write_whole

LARGEST_NOTE: Final = 10_000  # bytes


@dataclass(frozen=True, slots=True)
class RestoreNote:
    """A backup that is being put in place.

    ``ends_at`` where the log in it ends.  ``time`` when it was made, as its manifest says, and ``is_signed``
    whether that is signed.  ``volumes`` how many of its volumes were not here.
    """

    ends_at: LogHead
    time: str
    is_signed: bool
    volumes: int

    def entry(self, *, is_in_place: bool) -> NewEntry:
        """Prepare the entry that says in the log what was done to it."""
        end = f"{self.ends_at.volume}:{self.ends_at.count}:{self.ends_at.head[:16]}..."
        doubt = "" if self.is_signed else "; its manifest, which is not signed, is all that names this time"
        done = "was put in place" if is_in_place else "was not put in place to its end: the program was ended"
        body: dict[str, object] = {
            "what": IncidentKind.RESTORED,
            "backup": {**asdict(self.ends_at), "time": self.time, "is_signed": self.is_signed},
            "volumes": self.volumes,
            "message": f"a backup of {self.time} {done}; it ends at {end}{doubt}",
        }
        return NewEntry(EntryKind.INCIDENT, body if is_in_place else {**body, "is_in_place": False})


def leave_note(first: Path, note: RestoreNote) -> None:
    """Put the note beside the log whose first volume is ``first``.  Raises OSError."""
    write_whole(_path(first), json.dumps(asdict(note)).encode(), mode=0o600)


def note_beside(first: Path) -> RestoreNote | None:
    """Read the note beside a log; None where there is none, or what lies there is none.  Raises OSError."""
    path = _path(first)
    if not path.is_file() or path.stat().st_size > LARGEST_NOTE:
        return None
    try:
        return _note(json.loads(path.read_text("utf-8")))
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        return None


def drop_note(first: Path) -> None:
    """Take the note away.  Raises OSError."""
    _path(first).unlink(missing_ok=True)


def _path(first: Path) -> Path:
    return first.with_suffix(".restored")


def _note(said: Mapping[str, Any]) -> RestoreNote:
    end = LogHead(int(said["ends_at"]["volume"]), int(said["ends_at"]["count"]), str(said["ends_at"]["head"]))
    return RestoreNote(end, str(said["time"]), said["is_signed"] is True, int(said["volumes"]))
