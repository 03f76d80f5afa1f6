"""Whose the window is at this moment, as a word."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """Who may work at the window; all but OPEN and PRESENT are covered."""

    OPEN = "open"  # nobody has to sign in: demonstration, training without users, a viewer
    ASKING = "asking"  # whether there are users is being looked up
    UNREADABLE = "unreadable"  # the list of users cannot be relied on
    FIRST_START = "first_start"  # there are no users yet
    SECOND_USER = "second_user"  # the administrator was made just now
    SIGN_IN = "sign_in"
    PRESENT = "present"  # somebody has signed in
    LOCKED = "locked"  # somebody has, and went away

    @property
    def is_covered(self) -> bool:
        """Whether nothing of the work may be seen."""
        return self not in (Access.OPEN, Access.PRESENT)
