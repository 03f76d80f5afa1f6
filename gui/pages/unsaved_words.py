"""The foot of a result that whoever is at the window cannot save: why, and what to do instead."""

from __future__ import annotations

from gui.pages.wishes import Bar, Wish, primary
from gui.widgets.keyed_button import Action
from gui.widgets.labels import Words


def others_bar(words: Words, owner: str) -> Bar:
    """Give the foot of a finding that ``owner`` measured, who is not at the window."""
    return Bar(
        words("Only {name} can save it: change the user, or leave it without saving.").format(name=owner),
        words("This finding of {name} is not saved.").format(name=owner),
        (Action(Wish.LEAVE_FINDING, words("Leave without saving"), "F8"),),
        primary(Wish.LET_OWNER_SIGN_IN, words("Change user")),
    )


def others_question(words: Words, owner: str) -> Bar:
    """Ask before such a finding is left for the other log."""
    return Bar(
        words("Leave it without saving? Only {name} can save it.").format(name=owner),
        words("This finding of {name} is not saved.").format(name=owner),
        (Action(Wish.LEAVE_FINDING, words("Leave without saving"), "F8"),),
        primary(Wish.KEEP_FINDING, words("Back"), "Esc"),
    )


def not_kept_bar(words: Words) -> Bar:
    """Give the foot of a result that is shown and not kept; why not stands above the page."""
    return Bar(
        words("Look at it as long as you like; the next sample takes its place."),
        words("This result is not saved."),
        (
            Action(Wish.EDIT_DECLARED, words("Declared as…"), "F7"),
            Action(Wish.SCAN_AGAIN, words("Scan again"), "F8"),
        ),
        primary(Wish.NEXT_SAMPLE, words("Next sample")),
    )
