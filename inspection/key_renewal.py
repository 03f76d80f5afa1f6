"""Another key for a log: the volume that was signed with the former one is left, and a new one begins.

Where the former key is at hand, it signs last which key comes after it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum

from inspection.amendments import one_line
from inspection.errors import LogKeyError, LogMissingError, RecordError
from inspection.folders import DataFolder
from inspection.keys import LogKey, LogKeys
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.log_volume import volume_files
from inspection.records import EntryKind, IncidentKind, LogHead, NewEntry

OpenLog = Callable[[], AbstractContextManager[InspectionLog]]


class KeyState(Enum):
    """What is known of a key: none was ever made here, it cannot be had, or it can sign."""

    NONE = "none"
    LOST = "lost"
    AT_HAND = "at hand"


@dataclass(frozen=True, slots=True)
class KeyRenewal:
    """The key that signs from now on.

    ``was_lost`` whether the former one could not be had; ``head`` where the log ends, in its new volume.
    """

    key: LogKey
    was_lost: bool
    head: LogHead


def renew_key(
    data: DataFolder, kind: LogKind, reason: str, *, open_log: OpenLog, keys: LogKeys | None = None
) -> KeyRenewal:
    """Make another key for the log of ``kind``, and begin a volume that is signed with it.

    ``open_log`` opens the log of ``data`` for writing; ``keys`` lie in its folder unless others are given.
    Raises LogMissingError where there is neither log nor key, RecordError without a reason, LogKeyError,
    LogWriteError.
    """
    why = one_line(reason, "reason")
    if not why:
        raise RecordError("expected a reason for another key, found none")
    keys = keys or LogKeys(data.keys)
    held = _held(keys, kind)
    if held is KeyState.NONE and not volume_files(data.log(kind)):
        raise LogMissingError(f"expected a log at {data.log(kind)} whose key to renew, found none")
    keys.installation()  # no volume begins without it: better said before another key is in force
    was_lost = held is not KeyState.AT_HAND
    if was_lost:
        key = keys.renew(kind).key
    else:
        key = keys.prepare(kind)
        with open_log() as log:
            log.append(_incident(IncidentKind.KEY_RENEWED, key, why))
        keys.adopt(kind, key)
    with open_log() as log:  # it finds that its newest volume was signed with another key
        if was_lost:
            log.append(_incident(IncidentKind.KEY_LOST, key, why))
        return KeyRenewal(key, was_lost, log.head())


def _held(keys: LogKeys, kind: LogKind) -> KeyState:
    try:
        if keys.held(kind) is None:
            return KeyState.NONE
        keys.signer(kind)
    except LogKeyError:
        return KeyState.LOST
    return KeyState.AT_HAND


def _incident(what: IncidentKind, key: LogKey, reason: str) -> NewEntry:
    body = {"what": what, "public_key": key.public_key, "key_kept_in": key.kept_in, "message": reason}
    return NewEntry(EntryKind.INCIDENT, body)
