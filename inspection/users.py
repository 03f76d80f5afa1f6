"""A user, the names that users may have, and what the log is told of a change in the list of users."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from inspection.errors import PinError, UserError
from inspection.records import EntryKind, NewEntry
from inspection.roles import Role
from spectra_library.formats.plain_text import INVISIBLE

if TYPE_CHECKING:
    from inspection.log import InspectionLog

LONGEST_NAME: Final = 64
SHORTEST_PIN: Final = 6
LONGEST_PIN: Final = 64
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


def require_pin(pin: str) -> None:
    """Refuse what is tried first by anyone who guesses.  Raises PinError; the PIN is never told in it."""
    if not is_pin(pin):
        raise PinError(f"expected a PIN of {SHORTEST_PIN} to {LONGEST_PIN} digits 0-9")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps == {0}:
        raise PinError("expected a PIN of different digits, found one digit again and again")
    if steps in ({1}, {9}):
        raise PinError("expected a PIN that is not one digit after the other, up or down, found such a row")


def is_pin(pin: str) -> bool:
    """Tell whether it has the form of a PIN."""
    return pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN
