"""A supervisor's countersignature: the end of the log in a small file, for a medium that is kept elsewhere.

{"format": "chemgate.countersignature.1", "volume", "count", "head", "time", "supervisor", "installation",
 "public_key", "remark", "signature"}                                                      one line of JSON

signature = Ed25519( "chemgate.countersignature.1" 00 | canonical JSON of all the rest )

It is signed with the log's key, so that a file which was changed is told from a log which was.  Who holds the
key can make another such file: what counts is that the supervisor has this one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspection.amendments import one_line
from inspection.anchor_files import anchor_text
from inspection.backup_manifest import shown
from inspection.backup_retired import holds
from inspection.chain import Problem, ProblemKind, canonical_json
from inspection.errors import AnchorError, ExportError, LogDamagedError, UnknownEntryError
from inspection.log import InspectionLog
from inspection.log_rows import time_text
from inspection.records import EntryKind, LogHead, NewEntry

if TYPE_CHECKING:
    from inspection.keys import LogSigner

FORMAT: Final = "chemgate.countersignature.1"
DOMAIN: Final = f"{FORMAT}\0".encode()
_TEXTS: Final = ("head", "time", "installation", "public_key", "remark", "signature")


@dataclass(frozen=True, slots=True)
class Countersignature:
    """What such a file says; ``supervisor`` None where there are no users yet."""

    head: LogHead
    supervisor: str | None
    installation: str
    public_key: str


def countersigned(head: LogHead, *, remark: str = "") -> NewEntry:
    """Prepare the entry which says that a supervisor took ``head`` along.  Raises RecordError."""
    return NewEntry(
        EntryKind.COUNTERSIGNED,
        {
            "countersigned": {
                "volume": head.volume,
                "count": head.count,
                "head": head.head,
                "remark": one_line(remark, "remark"),
            }
        },
    )


def countersignature_bytes(
    head: LogHead,
    *,
    signer: LogSigner,
    installation: str,
    supervisor: str | None,
    moment: datetime,
    remark: str = "",
) -> bytes:
    """Write the file."""
    said: dict[str, object] = {
        "format": FORMAT,
        "volume": head.volume,
        "count": head.count,
        "head": head.head,
        "time": time_text(moment),
        "supervisor": supervisor,
        "installation": installation,
        "public_key": signer.public_key,
        "remark": one_line(remark, "remark"),
    }
    signature = signer.sign_text(DOMAIN, canonical_json(said))
    return canonical_json({**said, "signature": signature.hex()}) + b"\n"


def read_countersignature(text: str) -> Countersignature | None:
    """Read such a file; None when ``text`` is something else, such as a plain anchor.

    Raises AnchorError when its signature does not hold, or it does not say all that it should.
    """
    said = _object(text)
    if said is None:
        return None
    numbers, texts = (said.get("volume"), said.get("count")), [said.get(name) for name in _TEXTS]
    if not all(isinstance(one, int) for one in numbers) or not all(isinstance(one, str) for one in texts):
        raise AnchorError(
            f"expected a countersignature with {', '.join(_TEXTS)}, found it without one of them"
        )
    from inspection.keys import is_text_signed  # 30 ms, for those who bring such a file

    rest = {name: value for name, value in said.items() if name != "signature"}
    try:
        is_whole = is_text_signed(
            said["public_key"], DOMAIN, canonical_json(rest), bytes.fromhex(said["signature"])
        )
    except ValueError:  # digits that are none, or a NaN
        is_whole = False
    if not is_whole:
        raise AnchorError(
            f"expected a countersignature as it was written for {said['volume']}:{said['count']}, found a "
            "changed one: its signature does not hold"
        )
    return Countersignature(
        head=LogHead(said["volume"], said["count"], said["head"]),
        supervisor=said.get("supervisor"),
        installation=said["installation"],
        public_key=said["public_key"],
    )


def countersignature_problems(text: str, log: InspectionLog) -> tuple[Problem, ...]:
    """Tell where a countersignature does not fit ``log``; nothing for another anchor.

    Whether the log passes through its head is checked as with every anchor; a log without a beginning fits
    none.  Raises AnchorError, LogError.
    """
    found = read_countersignature(text)
    if found is None:
        return ()
    try:
        installation = log.entry(log.volumes[-1].first).body.get("installation")
    except (UnknownEntryError, LogDamagedError) as error:
        message = f"the countersignature cannot be compared with the installation of this log: {error}"
        return (Problem(0, ProblemKind.ANCHOR, message),)
    if installation != found.installation:
        message = f"the countersignature is of the installation {found.installation[:8]}, not of this one"
        return (Problem(0, ProblemKind.ANCHOR, message),)
    volume = next((one for one in log.volumes if one.number == found.head.volume), None)
    if volume is not None and volume.public_key != found.public_key:
        message = (
            f"the countersignature was signed with the key {found.public_key[:8]}, but volume "
            f"{volume.number} is signed with {volume.public_key[:8]}: the log was written anew"
        )
        return (Problem(0, ProblemKind.ANCHOR, message),)
    return ()


def require_renewable(path: Path, log: InspectionLog) -> None:
    """Refuse to write over a file, unless it is a countersignature that ``log`` passes through.

    It may be all that shows what happened to another log.  Raises ExportError, LogError.
    """
    if not path.exists():
        return
    try:
        text = anchor_text(str(path))
        found = read_countersignature(text)
    except AnchorError:
        found = None
    if found is None:
        raise ExportError(
            f"expected a new file, or a countersignature of this log, found another file: {path}"
        )
    if countersignature_problems(text, log) or not holds(log, found.head):
        raise ExportError(
            f"expected a new file, or a countersignature of this log, found one of {shown(found.head)} "
            f"of installation {found.installation[:8]}, which this log is not seen to pass through: {path}"
        )


def _object(text: str) -> dict[str, Any] | None:
    for line in text.splitlines():
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict) and said.get("format") == FORMAT:
            return said
    return None
