"""What the scan page says at each gate: the state it is in, and the foot of the window."""

from __future__ import annotations

from gui.pages import states
from gui.pages.course import BACKGROUND_GOOD_FOR, START_MIN, Course, Link, Signal, Step, Trouble
from gui.pages.numbers import number
from gui.pages.states import State
from gui.pages.wishes import Bar, Wish, clean_bar, primary
from gui.widgets.keyed_button import Action
from gui.widgets.labels import Words


def state_of(words: Words, course: Course) -> State | None:
    """Give the state that takes the page over, None while the gates are shown."""
    if course.missing_library:
        return states.no_library(words, course.missing_library)
    if course.trouble is Trouble.LOST:
        return states.cable_lost(words, course.done if course.total else None, course.reason)
    if course.step in (Step.CLEAN, Step.RESULT):
        return None  # neither needs a detector
    if course.link is Link.CONNECTING:
        return states.connecting(words, course.port)
    if course.link is Link.ABSENT:
        return states.no_detector(words, course.reason)
    if course.status is not None and course.status.state == "warming_up":
        return states.warming_up(words)
    if course.status is not None and course.status.state == "fault":
        return states.detector_fault(words)
    return _failure(words, course)


def _failure(words: Words, course: Course) -> State | None:
    if course.trouble is Trouble.BACKGROUND_FAILED:
        return states.background_failed(words, course.reason)
    if course.trouble is Trouble.SCAN_FAILED:
        return states.scan_failed(words, course.reason)
    if course.trouble is Trouble.WATCH_FAILED:
        return states.watch_failed(words, course.reason)
    if (
        course.is_background_old
        and not course.is_measuring
        and course.step in (Step.EMPTY_CHECK, Step.SAMPLE)
    ):
        minutes = int(BACKGROUND_GOOD_FOR.total_seconds() // 60)
        return states.old_background(words, minutes)
    return None


def side_state(words: Words, course: Course) -> State | None:
    """Give the state that stands beside the live curve."""
    if course.is_measuring:
        return None
    if course.trouble is Trouble.CANCELLED:
        is_background = course.step is Step.BACKGROUND
        return states.background_cancelled(words) if is_background else states.scan_cancelled(words)
    if course.step is Step.EMPTY_CHECK and course.signal in (Signal.WEAK, Signal.STRONG):
        return states.crystal_not_clean(words, course.residue)
    if course.step is Step.SAMPLE and course.signal is Signal.WEAK:
        return states.weak_signal(words)
    return None


def scan_bar(words: Words, course: Course, *, has_inspection: bool) -> Bar:
    """Give the foot of the scan page; an inspection that is in the log can be left for a new one."""
    state = state_of(words, course)
    if state is not None:
        return Bar("", lead=state.title, quiet=state.others, primary=state.helps)  # the card says the rest
    back = Action(Wish.GO_BACK, words("Back"), "Esc")
    if course.is_measuring:
        return _measuring_bar(words, course)
    if course.step is Step.BACKGROUND:
        take = primary(Wish.TAKE_BACKGROUND, words("Take background"))
        return Bar(words("Leave the crystal empty and take the background."), quiet=(back,), primary=take)
    if course.step is Step.EMPTY_CHECK:
        return _empty_bar(words, course, back)
    if course.step is Step.LOOK:
        looked = primary(Wish.HAVE_LOOKED, words("I have looked"))
        return Bar(
            words("If in doubt, do not press: keep your distance and call for help."), "", (back,), looked
        )
    if course.step is Step.SAMPLE:
        return _sample_bar(words, course, back)
    return clean_bar(words, has_inspection=has_inspection)


def _measuring_bar(words: Words, course: Course) -> Bar:
    if course.step is Step.BACKGROUND:
        return Bar(words("The background is being taken: keep the crystal empty and the lever open."))
    return Bar(words("Keep the lever closed and the table still until the scan is done."))


def _empty_bar(words: Words, course: Course, back: Action) -> Bar:
    go_on = primary(Wish.CRYSTAL_IS_EMPTY, words("Continue"), is_enabled=course.is_empty)
    if course.is_empty:
        return Bar(words("The line is flat: the crystal is empty and clean."), quiet=(back,), primary=go_on)
    if course.signal in (Signal.WEAK, Signal.STRONG):
        clean = primary(Wish.CLEAN_AGAIN, words("Clean again"))
        return Bar(words("Something is on the crystal: clean it and take a new background."), primary=clean)
    return Bar(words("The empty crystal is compared with the background."), quiet=(back,), primary=go_on)


def _sample_bar(words: Words, course: Course, back: Action) -> Bar:
    start = primary(Wish.START_SCAN, words("Start scan"), "Space", is_enabled=course.signal is Signal.STRONG)
    if course.signal is Signal.STRONG:
        return Bar(
            words("The signal is strong enough. Start the scan; it takes a few seconds."), "", (back,), start
        )
    if course.signal is Signal.WEAK:
        anyway = Action(Wish.SCAN_ANYWAY, words("Scan anyway"), "F8")
        sentence = words("The scan starts above {threshold}.").format(threshold=number(START_MIN))
        return Bar(sentence, "", (back, anyway), start)
    return Bar(
        words("Put the sample on the crystal and close the lever until it clicks."), "", (back,), start
    )


def progress_words(words: Words, course: Course) -> tuple[str, str]:
    """Give what is going on, and how long it still takes."""
    if not course.total:
        return words("Beginning"), ""
    title = words("Scanning {done} of {total}")
    if course.step is Step.BACKGROUND:
        title = words("Background, scan {done} of {total}")
    left = course.seconds_left
    note = "" if left is None else words("about {seconds} s left").format(seconds=max(round(left), 1))
    return title.format(done=course.done, total=course.total), note
