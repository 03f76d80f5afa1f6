"""The four roles in words, for the window and the command line.  It loads nothing heavy: see wording.py."""

from __future__ import annotations

from inspection.language import Wording
from inspection.users.roles import Role


def role_word(words: Wording, role: Role) -> str:
    """Name a role."""
    return {
        Role.OFFICER: words("officer"),
        Role.SUPERVISOR: words("supervisor"),
        Role.TRAINER: words("trainer"),
        Role.ADMINISTRATOR: words("administrator"),
    }[role]
