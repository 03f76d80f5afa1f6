"""Users, roles and refusals in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.pages.numbers import capital
from inspection.errors import InspectionError, LockedOutError, PinError, SignInError
from inspection.language import Wording
from inspection.users.role_words import role_word
from inspection.users.roles import Role

if TYPE_CHECKING:  # what the first sight of the window does not wait for
    from inspection.users.user import User


def role_title(words: Wording, role: Role) -> str:
    """Name a role at the beginning of a line."""
    return capital(role_word(words, role))


def role_sentences(words: Wording, role: Role) -> tuple[str, ...]:
    """Say what somebody of this role may do here, one line each."""
    reading = words("Read, check and export the log")
    recording = words("Scan, save findings and correct them")
    return {
        Role.OFFICER: (recording, reading),
        Role.SUPERVISOR: (recording, words("Sign off, change a verdict, countersign the head"), reading),
        Role.TRAINER: (words("Scan and save in the training log, for exercises"), reading),
        Role.ADMINISTRATOR: (
            words("Add and disable users, set new PINs"),
            words("Keep libraries, copies and volumes"),
            reading,
        ),
    }[role]


def cannot_record(words: Wording, role: Role) -> str:
    """Say why nothing is saved for somebody of this role; empty for one who records."""
    return {
        Role.ADMINISTRATOR: words(
            "An administrator writes no findings into evidence: a scan shows its result and is not kept."
        ),
        Role.TRAINER: words(
            "A trainer writes no findings into evidence: a scan shows its result and is not kept."
        ),
    }.get(role, "")


def user_state(words: Wording, user: User) -> str:
    """Say whether somebody may sign in."""
    if not user.is_enabled:
        return words("disabled")
    if user.locked_until is not None:
        return words("locked after wrong PINs")
    return words("may sign in")


def refusal_sentence(words: Wording, error: InspectionError) -> str:
    """Say in one sentence why a wish about users was not granted; how long a lock lasts comes beside it."""
    from inspection.wording import error_sentence  # it loads numpy; by now it is there

    known: dict[type[InspectionError], str] = {
        SignInError: words("The PIN is wrong."),
        LockedOutError: words("There were too many wrong PINs."),
        PinError: words(
            "This PIN is too easily guessed: no digit again and again, and no row such as 345678 or 987654."
        ),
    }
    return known.get(type(error)) or error_sentence(words, error)


def lock_sentence(words: Wording, seconds: float) -> str:
    """Say when the next try is possible."""
    minutes, rest = divmod(max(round(seconds), 1), 60)
    return words("Too many wrong PINs. Next try in {time} min.").format(time=f"{minutes}:{rest:02d}")
