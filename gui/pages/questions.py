"""What is asked at the foot of the window before a finding that is not saved is left."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from gui.pages.wishes import Bar, Wish, primary
from gui.widgets.keyed_button import Action
from gui.widgets.labels import Words

if TYPE_CHECKING:  # it loads numpy
    from inspection.findings import Finding


class Leaving(StrEnum):
    """Where a person wants to go."""

    SCAN_AGAIN = "scan_again"
    OTHER_LOG = "other_log"

    def is_free_to_go(self, finding: Finding) -> bool:
        """Tell whether nothing needs to be asked: a spectrum that says nothing is measured once more."""
        return self is Leaving.SCAN_AGAIN and finding.identification.verdict == "rejected"


def question_bar(words: Words, leaving: Leaving) -> Bar:
    """Give the foot of the window; Enter keeps everything, Escape changes nothing."""
    keep = Action(Wish.KEEP_FINDING, words("Back"), "Esc")
    lead = words("This finding is not saved.")
    if leaving is Leaving.SCAN_AGAIN:
        leave = Action(Wish.LEAVE_FINDING, words("Scan without saving"), "F8")
        save = primary(Wish.SAVE_AND_LEAVE, words("Save and scan again"))
        return Bar(words("Save it first, or let the next scan take its place?"), lead, (keep, leave), save)
    leave = Action(Wish.LEAVE_FINDING, words("Leave without saving"), "F8")
    save = primary(Wish.SAVE_AND_LEAVE, words("Save and go on"))
    return Bar(words("Save it before you change to the other log?"), lead, (keep, leave), save)
