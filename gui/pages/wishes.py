"""What a person can wish for on a page, and what stands at the foot of the window for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gui.widgets.keyed_button import Action
from gui.widgets.labels import Words


class Wish(StrEnum):
    """One word per wish; buttons carry it, the parts of the window fulfil it."""

    CRYSTAL_IS_CLEAN = "crystal_is_clean"
    TAKE_BACKGROUND = "take_background"
    CRYSTAL_IS_EMPTY = "crystal_is_empty"
    HAVE_LOOKED = "have_looked"
    START_SCAN = "start_scan"
    SCAN_ANYWAY = "scan_anyway"
    GO_BACK = "go_back"
    CLEAN_AGAIN = "clean_again"
    CANCEL = "cancel"
    WATCH_AGAIN = "watch_again"
    SEARCH_DETECTOR = "search_detector"
    CONNECT_AGAIN = "connect_again"
    CONNECT_PORT = "connect_port"
    DISCONNECT = "disconnect"
    SHOW_DEVICE = "show_device"
    SHOW_SCAN = "show_scan"
    LOAD_LIBRARY = "load_library"
    NEW_INSPECTION = "new_inspection"
    EDIT_DECLARED = "edit_declared"
    SCAN_AGAIN = "scan_again"
    SAVE = "save"
    SHOW_ALL = "show_all"
    VERIFY = "verify"
    COPY_HEAD = "copy_head"
    EXPORT = "export"
    KEEP_FINDING = "keep_finding"
    SAVE_AND_LEAVE = "save_and_leave"
    LEAVE_FINDING = "leave_finding"
    NEXT_SAMPLE = "next_sample"
    LET_OWNER_SIGN_IN = "let_owner_sign_in"
    SIGN_IN = "sign_in"
    BEGIN_USERS = "begin_users"
    ADD_SECOND_USER = "add_second_user"
    LATER = "later"
    READ_USERS = "read_users"
    OPEN_DEMONSTRATION = "open_demonstration"
    ADD_USER = "add_user"
    SWITCH_USER = "switch_user"
    NEW_PIN = "new_pin"
    OWN_PIN = "own_pin"
    SEND_CHANGE = "send_change"
    DROP_CHANGE = "drop_change"


class Doing(StrEnum):
    """What is being done on the users page."""

    LOOKING = "looking"
    ADDING = "adding"
    SWITCHING = "switching"  # disable, or enable again
    NEW_PIN = "new_pin"  # for another
    OWN_PIN = "own_pin"


def primary(wish: Wish, text: str, key: str = "Enter", *, is_enabled: bool = True) -> Action:
    """Give the one action of a page; Enter and Space both press it, whichever is shown."""
    return Action(wish, text, key, is_enabled)


@dataclass(frozen=True, slots=True)
class Bar:
    """The foot of the window: what to do in one sentence, quiet actions, the primary one."""

    sentence: str
    lead: str = ""
    quiet: tuple[Action, ...] = ()
    primary: Action | None = None


def clean_bar(words: Words, *, has_inspection: bool = False) -> Bar:
    """Give the foot of gate 1, with which the window opens."""
    clean = primary(Wish.CRYSTAL_IS_CLEAN, words("Crystal is clean"))
    new = Action(Wish.NEW_INSPECTION, words("New inspection"), "F9")
    sentence = words("Wipe the crystal and let it dry; the background follows by itself.")
    return Bar(sentence, quiet=(new,) if has_inspection else (), primary=clean)
