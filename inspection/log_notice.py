"""What the log has to say to the person who works with it, beside its entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """What happened."""

    DAMAGED_VOLUME = "damaged_volume"  # it is kept as it is; a new volume was begun
    KEY_LOST = "key_lost"  # this data folder had no key for its log; a new volume was begun
    KEY_CHANGED = "key_changed"  # the log was signed with another key than this one; a new volume was begun
    CLOCK_BACK = "clock_back"  # the clock stands before the last entry
    RESERVE_USED = "reserve_used"  # the disk is full; the last record went into the room kept for it
    NO_RESERVE = "no_reserve"  # there is too little room left on the disk to keep any free


@dataclass(frozen=True, slots=True)
class LogNotice:
    """One such event; ``message`` is one English sentence with its details."""

    kind: NoticeKind
    message: str
