"""A user, the names that users may have, and what the log is told of a change in the list of users."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from inspection.errors import UserError
from inspection.records import EntryKind, NewEntry
from inspection.users.pin_rules import LONGEST_NAME
from inspection.users.roles import Role
from spectra_library.formats.plain_text import INVISIBLE

if TYPE_CHECKING:
    from inspection.log import InspectionLog

LOOKED_AT: Final = 200  # entries


@dataclass(frozen=True, slots=True)
class User:
    """Somebody in the list of users.  ``locked_until`` (UTC) while wrong PINs keep the name locked."""

    name: str
    role: Role
    is_enabled: bool = True
    locked_until: datetime | None = None


class UserEvent(StrEnum):
    """What happened to a user."""

    ADDED = "added"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PIN_CHANGED = "pin_changed"
    ROLE_CHANGED = "role_changed"
    LOCKED = "locked"


def user_entry(event: UserEvent, user: User) -> NewEntry:
    """Prepare the entry of the evidence log that tells of ``event``."""
    return NewEntry(EntryKind.USER, {"event": str(event), "user": user.name, "role": str(user.role)})


def log_knows_users(log: InspectionLog) -> bool:
    """Tell whether there were users when this evidence log was written.

    The entries that tell of them may lie in a volume that was archived or lost.  Then the names tell in the
    newest entries: since nobody vouched for a name before there were users, none stood in evidence.
    """
    return any(log.entries(kind=EntryKind.USER, limit=1)) or any(
        entry.officer is not None for entry in log.entries(limit=LOOKED_AT)
    )


def user_name(typed: str) -> str:
    """Give a name as it is kept: composed (NFC), without spaces at its ends.  Raises UserError."""
    name = unicodedata.normalize("NFC", typed).strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UserError(f"expected a name of 1 to {LONGEST_NAME} characters, found {len(name)}")
    hidden = next((letter for letter in name if _is_hidden(letter)), None)
    if hidden is not None:
        raise UserError(
            f"expected a name of visible characters, found U+{ord(hidden):04X}: what cannot be seen could "
            "make two names look alike"
        )
    return name


def _is_hidden(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category in INVISIBLE or (category == "Zs" and letter != " ")


def compared_name(typed: str) -> str:
    """Give the form in which two names are the same: case, width and number of spaces do not count."""
    folded = unicodedata.normalize("NFKC", typed).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
