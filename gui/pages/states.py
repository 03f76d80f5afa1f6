"""Every state of the program that is not the usual one: what happened, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from gui.icons import Icon
from gui.pages.wishes import Wish, primary
from gui.widgets.keyed_button import Action
from gui.widgets.labels import Words
from gui.widgets.state_card import StateCard, StateKind


@dataclass(frozen=True, slots=True)
class State:
    """One state in words.  ``helps`` is the primary action of the page, ``others`` the quiet ones."""

    kind: StateKind
    icon: Icon
    title: str
    advice: str
    note: str = ""
    helps: Action | None = None
    others: tuple[Action, ...] = ()

    def show_on(self, card: StateCard) -> None:
        """Show this state; its actions stand at the foot of the window, where they always are."""
        card.set_state(self.kind, self.icon, title=self.title, advice=self.advice, note=self.note)


def no_detector(words: Words, reason: str = "") -> State:
    """Nothing is connected."""
    return State(
        StateKind.IDLE,
        Icon.PLUG_OFF,
        words("No detector is connected"),
        words("Plug in the cable and switch the detector on, then search. The log can be read without it."),
        note=reason,
        helps=primary(Wish.SEARCH_DETECTOR, words("Search detector")),
        others=(Action(Wish.SHOW_DEVICE, words("Choose the port"), "F7"),),
    )


def connecting(words: Words, port: str) -> State:
    """An answer is waited for."""
    title = words("Connecting to the detector")
    if port:
        title = words("Connecting to the detector at {port}").format(port=port)
    return State(
        StateKind.WORKING,
        Icon.CONNECTING,
        title,
        words("It says who it is and how it is. This usually takes less than ten seconds."),
    )


def warming_up(words: Words) -> State:
    """The detector is not ready yet."""
    return State(
        StateKind.WORKING,
        Icon.WARMING_UP,
        words("The detector is warming up"),
        words("Nothing to do: the work goes on by itself as soon as the detector is ready."),
    )


def detector_fault(words: Words) -> State:
    """The detector reports a fault of its own."""
    return State(
        StateKind.LOST,
        Icon.DEVICE,
        words("The detector reports a fault"),
        words("Switch it off, wait ten seconds, switch it on and connect again. If it stays, call service."),
        helps=primary(Wish.CONNECT_AGAIN, words("Connect again")),
    )


def cable_lost(words: Words, scans_done: int | None, reason: str) -> State:
    """The line is dead; ``scans_done`` None when nothing was being measured."""
    title = words("Lost the cable")
    advice = words("Push the plug in until it clicks, then connect again.")
    if scans_done is not None:
        title = words("Lost the cable after scan {number}").format(number=scans_done)
        advice = words(
            "Nothing was saved. Push the plug in until it clicks, then connect again; the scan starts over."
        )
    return State(
        StateKind.LOST,
        Icon.PLUG,
        title,
        advice,
        note=reason,
        helps=primary(Wish.CONNECT_AGAIN, words("Connect again")),
        others=(Action(Wish.SHOW_DEVICE, words("Choose the port"), "F7"),),
    )


def no_library(words: Words, reason: str) -> State:
    """Nothing can be named."""
    return State(
        StateKind.LOST,
        Icon.LIBRARY,
        words("The reference library is missing"),
        words("Without it nothing can be named. Put the file back or install the program again, then load."),
        note=reason,
        helps=primary(Wish.LOAD_LIBRARY, words("Load again")),
    )


def background_failed(words: Words, reason: str) -> State:
    """Gate 2 ended without a background."""
    return State(
        StateKind.FIX,
        Icon.WARNING,
        words("No background was taken"),
        words("Check that the crystal is empty and the lever open, then take it again."),
        note=reason,
        helps=primary(Wish.TAKE_BACKGROUND, words("Take background")),
        others=(Action(Wish.GO_BACK, words("Back to cleaning"), "Esc"),),
    )


def old_background(words: Words, minutes: int) -> State:
    """The background is older than it is good for."""
    return State(
        StateKind.FIX,
        Icon.CLOCK,
        words("The background is more than {minutes} minutes old").format(minutes=minutes),
        words("The air in the room has changed since. Clean the crystal and take a new one."),
        helps=primary(Wish.CLEAN_AGAIN, words("Clean again")),
    )


def scan_failed(words: Words, reason: str) -> State:
    """A scan ended without a spectrum."""
    return State(
        StateKind.FIX,
        Icon.WARNING,
        words("The scan gave no result"),
        words("Nothing was saved. The sample is still on the crystal: scan it again."),
        note=reason,
        helps=primary(Wish.SCAN_ANYWAY, words("Scan again")),
        others=(Action(Wish.GO_BACK, words("Back to empty check"), "Esc"),),
    )


def watch_failed(words: Words, reason: str) -> State:
    """The live curve stopped."""
    return State(
        StateKind.FIX,
        Icon.WARNING,
        words("The live curve stopped"),
        words("The detector gave no picture of the crystal. Look again, or take a new background."),
        note=reason,
        helps=primary(Wish.WATCH_AGAIN, words("Look again")),
        others=(Action(Wish.TAKE_BACKGROUND, words("Take background"), "F7"),),
    )


def scan_cancelled(words: Words) -> State:
    """The officer stopped a scan."""
    return State(
        StateKind.IDLE,
        Icon.CROSS,
        words("The scan was cancelled"),
        words("Nothing was saved. The sample is still on the crystal; start again when it lies well."),
    )


def background_cancelled(words: Words) -> State:
    """The officer stopped a background."""
    return State(
        StateKind.IDLE,
        Icon.CROSS,
        words("The background was cancelled"),
        words("Nothing was measured. Take it again when the crystal is empty."),
    )


def crystal_not_clean(words: Words, residue: str = "") -> State:
    """Gate 3 sees something; ``residue`` names what it resembles, where that can be said."""
    note = words("It resembles {name}. This is a hint, not a match.") if residue else ""
    return State(
        StateKind.FIX,
        Icon.DROP,
        words("The crystal is not clean"),
        words("Wipe it with isopropanol, let it dry, and take a new background."),
        note=note.format(name=residue),
    )


def weak_signal(words: Words) -> State:
    """Gate 4 sees too little."""
    return State(
        StateKind.FIX,
        Icon.WEAK_SIGNAL,
        words("The signal is too weak to start"),
        words("Turn the lever one more step, or add sample."),
    )


def not_saved(words: Words, reason: str) -> State:
    """The log could not be written."""
    return State(
        StateKind.LOST,
        Icon.DISK,
        words("The finding is not saved"),
        words("It is kept in this window. Make room on the disk or plug the drive back in, then save again."),
        note=reason,
    )


def empty_log(words: Words) -> State:
    """No finding was ever saved."""
    return State(
        StateKind.IDLE,
        Icon.LOG,
        words("No findings yet"),
        words("The log fills itself: every finding that you save appears here."),
        helps=primary(Wish.SHOW_SCAN, words("Go to scan")),
    )


def nothing_found(words: Words) -> State:
    """The filters leave nothing."""
    return State(
        StateKind.IDLE,
        Icon.SEARCH,
        words("Nothing fits the search"),
        words("Search for fewer letters, a longer time, or all verdicts."),
        helps=primary(Wish.SHOW_ALL, words("Show all")),
    )


def reading_users(words: Words) -> State:
    """Whether there are users is being looked up."""
    return State(
        StateKind.WORKING,
        Icon.CONNECTING,
        words("One moment"),
        words("The list of users is being read."),
    )


def users_unreadable(words: Words, reason: str) -> State:
    """The list of users cannot be relied on."""
    return State(
        StateKind.LOST,
        Icon.LOCK,
        words("The list of users cannot be read"),
        words("Nobody can sign in. The log is untouched: let your administrator put the list back."),
        note=reason,
    )


def log_unreadable(words: Words, reason: str) -> State:
    """The log could not be read."""
    return State(
        StateKind.LOST,
        Icon.DISK,
        words("The log cannot be read"),
        words(
            "Nothing was changed in it. Check that the drive is there; call your administrator if it stays."
        ),
        note=reason,
        helps=primary(Wish.SHOW_ALL, words("Read again")),
    )
