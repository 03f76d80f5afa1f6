"""``log rematch``: stored identifications asked again, and what came out differently."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from inspection.desk import Desk, ExitCode
from inspection.errors import InspectionError
from inspection.language import Wording
from inspection.log import InspectionLog
from inspection.permissions import needs
from inspection.records import EntryKind, LogEntry
from inspection.rematch import BASIS, Rematch, Rematcher
from inspection.users.roles import Action
from inspection.verbs.spectra import positive
from inspection.wording import error_sentence, shown_similarity, verdict_word
from spectra_library.errors import SpectraLibraryError
from spectra_library.verdicts import Verdict


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action to ``log``."""
    rematch = actions.add_parser("rematch", help="identify stored spectra again, and say what changed")
    rematch.add_argument(
        "entry", nargs="?", type=positive, metavar="ENTRY", help="number of the entry (default: all)"
    )
    rematch.add_argument(
        "--library",
        action="append",
        metavar="NAME_OR_PATH",
        help="ask this library instead of the recorded one (repeatable)",
    )
    rematch.add_argument("--json", action="store_true", help="one JSON object per entry")
    rematch.set_defaults(verb_function=rematch_entries, permission=needs(Action.REMATCH))


def rematch_entries(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per identification: the same, or what changed."""
    code = ExitCode.DONE
    with desk.read_log() as log:
        entries = _entries(log, arguments.entry)
        known = desk.knowledge(arguments.library)
        rematcher = Rematcher(known, desk.data, is_chosen=bool(arguments.library))
        for entry in entries:
            code = max(code, _one(desk, rematcher, log, entry, as_json=arguments.json), key=_weight)
    return code


def rematch_object(found: Rematch) -> dict[str, Any]:
    """Give the JSON object of one rematch; ``library`` is the one that was asked now."""
    return {
        "entry": found.entry,
        "same": found.is_same,
        **{f"same_{what}": found.has_same(what) for what in BASIS},
        "at_hand": found.is_at_hand,
        "changes": [asdict(change) for change in found.changes],
        "library": found.now["library"],
        "recorded_library": found.then.get("library"),
    }


def _entries(log: InspectionLog, number: int | None) -> Iterable[LogEntry]:
    if number is None:
        return log.entries(kind=EntryKind.IDENTIFICATION)
    return [log.entry(number)]


def _weight(code: ExitCode) -> int:
    """Order codes by what a caller must hear first: a check that failed, then what could not be checked."""
    return (ExitCode.DONE, ExitCode.WRONG_INPUT, ExitCode.CHECK_FAILED).index(code)


def _one(desk: Desk, rematcher: Rematcher, log: InspectionLog, entry: LogEntry, *, as_json: bool) -> ExitCode:
    try:
        found = rematcher.rematch(log, entry)
    except (InspectionError, SpectraLibraryError) as error:
        if as_json:
            desk.emit({"entry": entry.sequence, "error": {"kind": error.kind, "message": str(error)}})
        else:
            label = desk.words("entry {number}").format(number=entry.sequence)
            desk.say(f"{label}: {error_sentence(desk.words, error)}")
        return ExitCode.WRONG_INPUT
    if as_json:
        desk.emit(rematch_object(found))
    else:
        desk.say(_line(desk.words, found))
    return ExitCode.CHECK_FAILED if found.is_failed else ExitCode.DONE


def _line(words: Wording, found: Rematch) -> str:
    parts = [words("entry {number}").format(number=found.entry), *_other_basis(words, found)]
    if found.is_same:
        parts.append(words("the same result: {result}").format(result=_result_words(words, found.now)))
    else:
        result = words("ANOTHER RESULT") if found.is_failed else words("another result")
        parts.append(f"{result}: {_change_words(words, found)}")
    return "  ".join(parts)


def _other_basis(words: Wording, found: Rematch) -> Iterator[str]:
    """Say what the answer is computed from now that it was not computed from then."""
    if not found.has_same("library"):
        library = found.now["library"]
        asked = words("asked of {name} {version}").format(name=library["name"], version=library["version"])
        yield asked if found.is_at_hand else asked + " " + words("(the recorded library is not at hand)")
    if not found.has_same("recipe"):
        yield words("with another recipe")
    if not found.has_same("calibration"):
        yield words("with another calibration")
    if not found.has_same("catalogue"):
        yield words("with another catalogue")


def _change_words(words: Wording, found: Rematch) -> str:
    then, now = _result_words(words, found.then), _result_words(words, found.now)
    count = len(found.changes)
    if then != now:
        return f"{then} -> {now}" + f" ({_count_words(words, count)})"
    first = found.changes[0]
    return f"{first.what} {first.then!r} -> {first.now!r} ({_count_words(words, count)})"


def _count_words(words: Wording, count: int) -> str:
    return words.plural("{count} change", "{count} changes", count).format(count=count)


def _result_words(words: Wording, answer: Mapping[str, Any]) -> str:
    """Give an answer in a few words: the verdict and the best candidate."""
    word = verdict_word(words, Verdict(answer["verdict"]))
    if not answer["candidates"]:
        return word
    leader = answer["candidates"][0]
    return f"{word}, {leader['name']} {shown_similarity(leader['score']):.2f}"
