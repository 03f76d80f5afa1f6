"""``library list | verify | on | off | remove | duplicates``: the libraries, and which of them answer."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from inspection.desk import Desk, ExitCode
from inspection.permissions import needs, no_user
from inspection.users.roles import Action
from inspection.wording import error_sentence, shown_similarity
from spectra_library.errors import LibraryStoreError
from spectra_library.library import ReferenceLibrary
from spectra_library.near_duplicates import USUAL_LEAST, near_duplicates
from spectra_library.prepared import PreparedLibrary
from spectra_library.shelf import ShelfEntry
from spectra_library.store import load_library


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions to ``library``."""
    listing = actions.add_parser("list", help="the libraries, and which of them answer")
    listing.set_defaults(verb_function=list_libraries, permission=no_user)

    verify = actions.add_parser("verify", help="check each library against its hash")
    verify.set_defaults(verb_function=verify_libraries, permission=no_user)

    for name, is_on, text in (
        ("on", True, "let a library answer again"),
        ("off", False, "keep a library from answering"),
    ):
        switch = actions.add_parser(name, help=text)
        switch.add_argument("name", metavar="NAME")
        switch.set_defaults(
            verb_function=switch_library, is_on=is_on, permission=needs(Action.MANAGE_LIBRARIES)
        )

    remove = actions.add_parser("remove", help="delete a library that was imported")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(verb_function=remove_library, permission=needs(Action.MANAGE_LIBRARIES))

    duplicates = actions.add_parser("duplicates", help="references that look the same, and whether they may")
    duplicates.add_argument(
        "--library", action="append", metavar="NAME_OR_PATH", help="look in this library (repeatable)"
    )
    duplicates.add_argument(
        "--least",
        type=_similarity,
        default=USUAL_LEAST,
        metavar="R",
        help=f"similarity (default {USUAL_LEAST})",
    )
    duplicates.add_argument(
        "--all", action="store_true", help="pairs of one substance too; they are many and do no harm"
    )
    duplicates.set_defaults(verb_function=list_duplicates, permission=needs(Action.INSPECT))

    for action in (listing, verify, duplicates):
        action.add_argument("--json", action="store_true", help="one JSON object per line")


def list_libraries(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per library; a damaged one is an error line among the others."""
    code = ExitCode.DONE
    for entry, library in _each(desk):
        if isinstance(library, LibraryStoreError):
            code = _tell_damaged(desk, entry, library, as_json=arguments.json)
        elif arguments.json:
            desk.emit({**library_object(library), **_shelf_object(entry), "notice": library.notice})
        else:
            desk.say(_line(desk, entry, library))
            if library.notice:
                desk.say(f"  {library.notice}")
    return code


def verify_libraries(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Load each library again, switched on or not, which checks its content against its hash."""
    code = ExitCode.DONE
    for entry, library in _each(desk):
        if isinstance(library, LibraryStoreError):
            code = _tell_damaged(desk, entry, library, as_json=arguments.json)
        elif arguments.json:
            desk.emit({**library_object(library), "ok": True})
        else:
            desk.say(f"{library.name} {library.version}: {desk.words('unchanged')}")
    return code


def switch_library(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Let a library answer, or not."""
    entry = desk.shelf.switch(arguments.name, on=arguments.is_on)
    desk.say(f"{entry.name}: {_switch_word(desk, entry)}")
    return ExitCode.DONE


def remove_library(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Delete a library of the user."""
    entry = desk.shelf.remove(arguments.name)
    desk.say(desk.words("{name}: removed").format(name=entry.name))
    return ExitCode.DONE


def list_duplicates(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print one line per pair of references that look the same."""
    known = desk.knowledge(arguments.library)
    prepared = PreparedLibrary.open_or_build(known.libraries, desk.data.cache)
    for pair in near_duplicates(prepared, known.catalogue, least=arguments.least):
        if pair.is_one_substance and not arguments.all:
            continue
        if arguments.json:
            desk.emit(
                {
                    "references": [pair.first.id, pair.second.id],
                    "substances": [pair.first.substance, pair.second.substance],
                    "similarity": pair.similarity,
                    "one_substance": pair.is_one_substance,
                }
            )
            continue
        mark = desk.words("one substance") if pair.is_one_substance else desk.words("DIFFERENT SUBSTANCES")
        similarity = f"{shown_similarity(pair.similarity):.2f}"
        desk.say(f"{similarity}  {pair.first.id}  {pair.second.id}  {mark}")
    return ExitCode.DONE


def library_object(library: ReferenceLibrary) -> dict[str, Any]:
    """Give the ``library`` object of cli.md for one library."""
    return {
        "name": library.name,
        "version": library.version,
        "sha256": library.sha256,
        "references": len(library.references),
        "band_lists": len(library.band_lists),
    }


def _shelf_object(entry: ShelfEntry) -> dict[str, Any]:
    return {"short_name": entry.name, "on": entry.is_on, "shipped": entry.is_shipped}


def _each(desk: Desk) -> Iterator[tuple[ShelfEntry, ReferenceLibrary | LibraryStoreError]]:
    for entry in desk.shelf.entries():
        try:
            yield entry, load_library(entry.path)
        except LibraryStoreError as error:
            yield entry, error


def _tell_damaged(desk: Desk, entry: ShelfEntry, error: LibraryStoreError, *, as_json: bool) -> ExitCode:
    if as_json:
        desk.emit({"name": entry.name, "ok": False, "message": str(error)})
    else:
        desk.say(f"{entry.name}: {error_sentence(desk.words, error)}")
    return ExitCode.CHECK_FAILED


def _line(desk: Desk, entry: ShelfEntry, library: ReferenceLibrary) -> str:
    line = desk.words(
        "{name} {version}: {references} references, {lists} band lists, sha256 {sha256}"
    ).format(
        name=library.name,
        version=library.version,
        references=len(library.references),
        lists=len(library.band_lists),
        sha256=library.sha256,
    )
    return f"{entry.name}  [{_switch_word(desk, entry)}]  {line}"


def _switch_word(desk: Desk, entry: ShelfEntry) -> str:
    return desk.words("on") if entry.is_on else desk.words("off")


def _similarity(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.5 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a similarity from 0.5 to 1, found {text!r}")
    return value
