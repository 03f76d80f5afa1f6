"""Which volumes of a log were moved to an archive, as the entries of the others say.

    {"volume", "state", "count", "head", "sha256", "files", "archive", "begun", "ended", "reason",
     "carried": [the same for volumes whose retirement was noted in this one]}

An entry about a volume lies in a later one, which may be retired in its turn: then it is carried along, or
the first would look as if it had been lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from inspection.chain import read_envelope
from inspection.errors import LogError
from inspection.log_file import translated
from inspection.log_volume import LogVolume, as_bytes
from inspection.records import EntryKind, LogHead


@dataclass(frozen=True, slots=True)
class RetiredVolume:
    """One volume that was moved to an archive.

    ``state`` sealed, left or damaged.  ``count`` and ``head`` as in LogHead, None where they were unreadable.
    ``sha256`` of the file, ``files`` of each file of the volume by name, 64 hex digits.  ``archive`` the name
    of the folder.  ``begun`` and ``ended`` the times of the first and the last entry, UTC.
    """

    volume: int
    state: str
    count: int | None
    head: str | None
    sha256: str
    archive: str
    reason: str = ""
    begun: str | None = None
    ended: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def ended_at(self) -> LogHead | None:
        """Where the volume ended; None where that could not be read."""
        if self.count is None or self.head is None:
            return None
        return LogHead(self.volume, self.count, self.head)

    def body(self, carried: Iterable[RetiredVolume] = ()) -> dict[str, object]:
        """Give the body of the entry that says so."""
        return {**asdict(self), "carried": [asdict(one) for one in carried]}


def retired_volumes(volumes: Sequence[LogVolume]) -> dict[int, RetiredVolume]:
    """Find what the entries of these volumes, the oldest first, say of others; the last word counts.

    What a damaged entry says is passed over.  Raises LogError.
    """
    said: dict[int, RetiredVolume] = {}
    carried: dict[int, RetiredVolume] = {}
    for volume in volumes:
        for body in _bodies(volume):
            said.update({one.volume: one for one in _read([body])})
            carried.update({one.volume: one for one in _read(body.get("carried"))})
    return dict(sorted({**carried, **said}.items()))


def _bodies(volume: LogVolume) -> Iterator[Mapping[str, Any]]:
    sql = "SELECT entry FROM entries WHERE kind = ? ORDER BY sequence"
    with translated(volume.path, "read", LogError):
        rows = volume.db.execute(sql, [str(EntryKind.VOLUME_RETIRED)]).fetchall()
    for (entry,) in rows:
        body = (read_envelope(as_bytes(entry)) or {}).get("body")
        if isinstance(body, dict):
            yield body


def _read(bodies: object) -> Iterator[RetiredVolume]:
    for body in bodies if isinstance(bodies, list) else ():
        if not isinstance(body, dict) or not isinstance(body.get("volume"), int):
            continue
        count, files = body.get("count"), body.get("files")
        yield RetiredVolume(
            volume=body["volume"],
            state=str(body.get("state", "")),
            count=count if isinstance(count, int) else None,
            head=_text_or_none(body.get("head")),
            sha256=str(body.get("sha256", "")),
            archive=str(body.get("archive", "")),
            reason=str(body.get("reason", "")),
            begun=_text_or_none(body.get("begun")),
            ended=_text_or_none(body.get("ended")),
            files=files if isinstance(files, dict) else {},
        )


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
